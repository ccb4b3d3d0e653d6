"""What checking promises, on random frames: one class per promise of the design."""

from __future__ import annotations

import csv
import io
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import preflight as pf
from preflight.contract.policy import Policy
from preflight.engines.content import content_of
from preflight.engines.memory import frame_source
from preflight.engines.run import run

FIELDS = [
    {"field_name": "name", "field_type": "string", "required": True},
    {"field_name": "domain", "field_type": "domain", "required": True},
    {"field_name": "employees", "field_type": "integer"},
    {"field_name": "revenue", "field_type": "currency"},
    {"field_name": "industry", "field_type": "picklist"},
    {"field_name": "active", "field_type": "boolean"},
    {"field_name": "created", "field_type": "date"},
    {"field_name": "owner", "field_type": "email"},
    {"field_name": "code", "field_type": "string"},
]
RULES = {
    "entity_type": "accounts",
    "dated": "2026-11-24",
    "fields": {
        "employees": {"min": 0, "max": 1000000},
        "industry": {"values": ["Software", "Retail"], "synonyms": {"SaaS": "Software"}},
        "code": {"max_length": 4, "pattern": "[A-Z]+"},
    },
}
PLAN = pf.plan("accounts", operation="upsert", match_key="domain", fields=FIELDS, rules=RULES)
NAMES = tuple(one["field_name"] for one in FIELDS)

GOOD: dict[str, list[str | None]] = {
    "name": ["Nordwind GmbH", " Müller  AG ", "O'Neill, Ltd", 'The "Quoted" Co', "Société\u00a0Générale", "株式会社"],
    "domain": ["company{}.com", "HTTPS://www.Company{}.com/", "company{}.com.", "bücher{}.de"],
    "employees": ["5", "1,234", "+7", "12.0", None, ""],
    "revenue": ["$1,234.50", "(12.00)", "1.5e6", "0.10", None],
    "industry": ["Software", " retail", "saas", None],
    "active": ["yes", "FALSE", "1", "n", None],
    "created": ["2024-01-05", "5 Jan 2024", "20240229", None],
    "owner": ["X@Example.COM", "mailto:a.b@example.de", None],
    "code": ["A", "ABCD", None],
}
BAD: dict[str, list[tuple[str | None, str]]] = {
    "name": [(None, "PF401"), ("   ", "PF401"), ("a\x07b", "PF005")],
    "domain": [(None, "PF501"), ("not a domain", "PF313"), ("10.0.0.1", "PF313")],
    "employees": [("51-200", "PF302"), ("-1", "PF404"), ("1000001", "PF404"), ("9" * 30, "PF308"), ("#N/A", "PF311")],
    "revenue": [("nan", "PF310"), ("about 5", "PF303")],
    "industry": [("Mining", "PF405")],
    "active": [("maybe", "PF304")],
    "created": [("2024-02-30", "PF305"), ("yesterday", "PF305")],
    "owner": [("nobody", "PF307"), ("a@b.com, c@d.com", "PF307")],
    "code": [("ABCDE", "PF403"), ("a1", "PF406")],
}
Cell = tuple[int, str]
quick = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
slower = settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def made_frame(rows: list[dict[str, str | None]]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series([row[name] for row in rows], dtype="str") for name in NAMES})


@st.composite
def good_rows(draw: st.DrawFn, most: int = 12) -> list[dict[str, str | None]]:
    rows: list[dict[str, str | None]] = []
    for number in range(draw(st.integers(1, most))):
        row = {name: draw(st.sampled_from(GOOD[name])) for name in NAMES}
        row["domain"] = (row["domain"] or "").format(number)
        rows.append(row)
    return rows


@st.composite
def spoilt(draw: st.DrawFn, most: int = 12) -> tuple[pd.DataFrame, pd.DataFrame, dict[Cell, str]]:
    """A good frame, the same with faults put in, and the code of each fault by row and field."""
    rows = draw(good_rows(most))
    cells = st.tuples(st.integers(0, len(rows) - 1), st.sampled_from(NAMES))
    faults: dict[Cell, str] = {}
    bad = [dict(row) for row in rows]
    for row, name in sorted(draw(st.sets(cells, max_size=8))):
        bad[row][name], faults[row, name] = draw(st.sampled_from(BAD[name]))
    return made_frame(rows), made_frame(bad), faults


def found_in(report: Any) -> dict[Cell, str]:
    cells = report.findings[report.findings["source_row"].notna()]
    return {(int(row), field): code for row, field, code in zip(cells.source_row, cells.field, cells.code, strict=True)}


def told(report: Any) -> tuple[Any, ...]:
    """All that a report says, without the labels of the caller's index."""
    findings, changes = report.findings.drop(columns="label"), report.changes.drop(columns="label")
    return (report.summary, *(_plain(one) for one in (findings, changes, report.groups, report.columns)))


def _plain(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    return list(frame.astype(object).where(frame.notna(), None).itertuples(index=False, name=None))


class TestInjectedErrorsAreExactlyTheFindings:
    @quick
    @given(spoilt())
    def test_every_fault_is_found_once_and_nothing_else(self, made: tuple[pd.DataFrame, pd.DataFrame, dict[Cell, str]]) -> None:
        _, bad, faults = made
        report = PLAN.check(bad)
        assert found_in(report) == faults
        assert report.summary["errors"] == len(faults)
        rejected = {row for row, _ in faults}
        assert [not good for good in report.is_good] == [row in rejected for row in range(len(bad))]

    @quick
    @given(good_rows(), st.data())
    def test_every_row_of_a_duplicated_key_is_found(self, rows: list[dict[str, str | None]], data: st.DataObject) -> None:
        source = data.draw(st.integers(0, len(rows) - 1))
        twin = {**rows[source], "domain": (rows[source]["domain"] or "").upper()}
        report = PLAN.check(made_frame([*rows, twin]))
        assert found_in(report) == {(source, "domain"): "PF502", (len(rows), "domain"): "PF502"}


class TestRepairingOneCellAddsNoFindingElsewhere:
    @quick
    @given(spoilt(), st.data())
    def test_the_other_findings_stay(self, made: tuple[Any, pd.DataFrame, dict[Cell, str]], data: st.DataObject) -> None:
        good, bad, faults = made
        if not faults:
            return
        row, name = data.draw(st.sampled_from(sorted(faults)))
        repaired = bad.copy()
        repaired.loc[row, name] = good.loc[row, name]
        assert found_in(PLAN.check(repaired)) == {cell: code for cell, code in faults.items() if cell != (row, name)}


INDEXES: dict[str, Any] = {
    "duplicate labels": lambda n: pd.Index([7] * n),
    "texts": lambda n: pd.Index([f"r{n - i}" for i in range(n)]),
    "dates": lambda n: pd.date_range("2024-01-01", periods=n),
    "two levels": lambda n: pd.MultiIndex.from_arrays([[1] * n, list(range(n))]),
    "backwards": lambda n: pd.RangeIndex(n, 0, -1),
    "missing labels": lambda n: pd.Index([None] * n, dtype=object),
}


class TestIndexBlind:
    @pytest.mark.parametrize("name", INDEXES)
    @slower
    @given(made=spoilt())
    def test_any_index_gives_the_same_report(self, name: str, made: tuple[Any, pd.DataFrame, Any]) -> None:
        _, bad, _ = made
        labelled = bad.set_axis(INDEXES[name](len(bad)))
        before = labelled.copy()
        plain, report = PLAN.check(bad), PLAN.check(labelled)
        assert told(report) == told(plain)
        assert report.is_good.index.equals(labelled.index)
        assert report.good.index.equals(labelled.index[report.is_good.to_numpy()])
        pd.testing.assert_frame_equal(report.rejected, labelled[~report.is_good.to_numpy()])
        pd.testing.assert_frame_equal(labelled, before)


STORAGES: dict[str, Any] = {
    "object": lambda frame: frame.astype(object).where(frame.notna(), None),
    "object with NaN": lambda frame: frame.astype(object),
    "string[python]": lambda frame: frame.astype("string[python]"),
    "string[pyarrow]": lambda frame: frame.astype("string[pyarrow]"),
    "Arrow string": lambda frame: frame.astype(pd.ArrowDtype(pa.string())),
    "Arrow large_string": lambda frame: frame.astype(pd.ArrowDtype(pa.large_string())),
    "category": lambda frame: frame.astype("category"),
    "Arrow dictionary": lambda frame: pa.table(
        {n: pa.array(frame[n], from_pandas=True).cast("string").dictionary_encode() for n in frame}
    ),
    "pyarrow": lambda frame: pa.Table.from_pandas(frame, preserve_index=False),
    "pyarrow in pieces": lambda frame: pa.concat_tables(
        [pa.Table.from_pandas(frame.iloc[i : i + 1], preserve_index=False) for i in range(len(frame))]
    ),
    "polars": lambda frame: pl.from_arrow(pa.Table.from_pandas(frame, preserve_index=False)),
}


class TestStorageBlind:
    @pytest.mark.parametrize("name", STORAGES)
    @slower
    @given(made=spoilt())
    def test_any_storage_of_text_gives_the_same_report(self, name: str, made: tuple[Any, pd.DataFrame, Any]) -> None:
        _, bad, _ = made
        assert told(PLAN.check(STORAGES[name](bad))) == told(PLAN.check(bad))

    @slower
    @given(st.lists(st.one_of(st.none(), st.integers(-5, 2**53 - 1)), min_size=1, max_size=8))
    def test_any_storage_of_whole_numbers_gives_the_same_report(self, numbers: list[int | None]) -> None:
        frame = made_frame([dict.fromkeys(NAMES) | {"domain": f"a{i}.de", "name": "Abc AG"} for i in range(len(numbers))])
        frame["employees"] = pd.Series([None if one is None else str(one) for one in numbers], dtype="str")
        expected = told(PLAN.check(frame))
        for column in (
            pd.Series(numbers, dtype="Int64"),
            pd.Series(numbers, dtype="float64"),
            pd.Series(numbers, dtype="Float64"),
            pd.Series(numbers, dtype=pd.ArrowDtype(pa.int64())),
            pd.Series(numbers, dtype=object),
            pd.Series(numbers, dtype="Int64").astype("category"),
        ):
            assert told(PLAN.check(frame.assign(employees=column))) == expected, column.dtype


class TestEveryRowIsGoodOrRejected:
    @quick
    @given(spoilt())
    def test_nothing_is_lost_and_good_rows_stay_good(self, made: tuple[Any, pd.DataFrame, Any]) -> None:
        _, bad, _ = made
        report = PLAN.check(bad)
        assert len(report.good) + len(report.rejected) == len(bad) == report.summary["records"]
        assert len(report.changes) == report.summary["changed_cells"]
        again = PLAN.check(report.good)
        assert again.summary["errors"] == 0
        assert again.summary["changed_cells"] == 0, "normalising twice equals once"
        if len(report.good):  # a column without any value is left out of an upsert
            pd.testing.assert_frame_equal(again.good, report.good[list(again.good.columns)])


def expected_records(report: Any, frame: pd.DataFrame) -> dict[int, list[str]]:
    """The good rows as they should be written: the source's cells with the changes that the report lists."""
    sent = list(report.good.columns)
    rows = {
        row: {name: "" if pd.isna(cell := frame[name].iloc[row]) else cell for name in sent}
        for row in np.flatnonzero(report.is_good.to_numpy()).tolist()
    }
    for change in report.changes.itertuples():
        rows[change.source_row][change.field] = "" if pd.isna(change.after) else change.after
    return {row: list(cells.values()) for row, cells in rows.items()}


class TestWriteThenReadGivesTheGoodRows:
    @slower
    @given(spoilt(), st.integers(1, 4))
    def test_parts_and_row_map(self, made: tuple[Any, pd.DataFrame, Any], max_rows: int) -> None:
        _, bad, _ = made
        report = PLAN.check(bad)
        with tempfile.TemporaryDirectory() as out:
            receipt = report.write(out, max_rows=max_rows)
            parts = [part.read_text(encoding="utf-8") for part in receipt.parts]
            rows = parquet.read_table(Path(out) / "rows.parquet").to_pylist()
        assert [row["source_row"] for row in rows] == list(range(len(bad)))
        assert len({row["row_key"] for row in rows}) == len(rows)
        records = [list(csv.reader(io.StringIO(part, newline=""), strict=True)) for part in parts]
        assert all(part[0] == list(report.good.columns) for part in records)
        lines = [part.split("\n") for part in parts]
        expected = expected_records(report, bad)
        written = [row for row in rows if row["state"] == "written"]
        assert [row["source_row"] for row in written] == sorted(expected)
        for row in written:
            record = records[row["part"] - 1][row["part_record"]]
            assert record == expected[row["source_row"]]
            assert next(csv.reader([lines[row["part"] - 1][row["part_line"] - 1]])) == record
        assert sum(len(part) - 1 for part in records) == len(written)


def content_told(made: Any) -> tuple[Any, ...]:
    content = content_of(made, "0")
    return (content.summary, content.groups, content.columns, list(content.findings()), list(content.changes()))


def written_bytes(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix == ".csv"}
    found["rows"] = parquet.read_table(folder / "rows.parquet").to_pylist()
    found["receipt"] = (folder / "receipt.json").read_bytes()
    return found


class TestCutsAndEnginesChangeNothing:
    @quick
    @given(spoilt(), st.integers(1, 13), st.integers(1, 3), st.booleans(), st.sampled_from(["reject", "first", "last"]))
    def test_frames(self, made: tuple[Any, pd.DataFrame, Any], rows: int, threads: int, keep: bool, duplicates: str) -> None:
        _, bad, _ = made
        doubled = pd.concat([bad, bad.iloc[:2]], ignore_index=True)
        plan = replace(PLAN, duplicates=duplicates)
        source = frame_source(doubled)
        whole = run(plan, source, Policy(), keep=True, threads=1)
        cut = run(plan, replace(source, rows_per_chunk=rows), Policy(), keep=keep, threads=threads)
        assert content_told(cut) == content_told(whole)

    @slower
    @given(spoilt(), st.integers(20, 400), st.booleans())
    def test_files(self, made: tuple[Any, pd.DataFrame, Any], block: int, quoted: bool) -> None:
        _, bad, _ = made
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "accounts.csv"
            bad.to_csv(path, index=False, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL)
            whole = PLAN.check(path, engine="memory")
            cut = PLAN.check(path, engine="stream", block_bytes=block)
            assert told(cut)[:4] == told(whole)[:4]
            whole.write(Path(folder) / "one", max_rows=3)
            PLAN.write(path, Path(folder) / "two", max_rows=3, block_bytes=block)
            assert written_bytes(Path(folder) / "one") == written_bytes(Path(folder) / "two")


TYPED = {
    "name": st.sampled_from(["Abc", None]),
    "domain": st.sampled_from(["a.com", "b.de", None]),
    "employees": st.one_of(st.none(), st.integers(-3, 3), st.integers(999_998, 1_000_003)),
    "revenue": st.one_of(st.none(), st.floats(-1e6, 1e6, width=32)),
    "industry": st.sampled_from(["Software", "Retail", "Mining", None]),
    "active": st.sampled_from([True, False, None]),
    "code": st.one_of(st.none(), st.text("AB1", min_size=1, max_size=6)),
}
DTYPES = {"employees": "Int64", "revenue": "float64", "active": "boolean"}


class TestSchemaAndKernelAgree:
    @quick
    @given(st.lists(st.fixed_dictionaries(TYPED), min_size=1, max_size=10))
    def test_they_fail_the_same_cells_of_well_typed_frames(self, rows: list[dict[str, Any]]) -> None:
        from pandera.errors import SchemaErrors

        frame = pd.DataFrame({name: pd.Series([row[name] for row in rows], dtype=DTYPES.get(name, "str")) for name in TYPED})
        report = PLAN.check(frame, ignore="PF502")
        kernel = {cell for cell, code in found_in(report).items() if code != "PF416"}
        try:
            PLAN.schema.validate(frame, lazy=True)
            refused: set[Cell] = set()
        except SchemaErrors as errors:
            cases = errors.failure_cases
            refused = {(int(row), column) for row, column in zip(cases["index"], cases["column"], strict=True)}
        assert refused == kernel

    @quick
    @given(spoilt())
    def test_good_rows_pass_and_come_back_equal(self, made: tuple[Any, pd.DataFrame, Any]) -> None:
        _, bad, _ = made
        good = PLAN.check(bad).good
        pd.testing.assert_frame_equal(PLAN.schema.validate(good), good)
