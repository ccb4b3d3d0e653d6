"""The promise of several files: however a table is cut into files, in whatever order their columns stand, it is the one table."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

import preflight as pf

HEADER = ("Company", "Website", "Employees", "Created", "Notes")
CELLS = (
    st.sampled_from(["Acme", "Bêta", "", 'a "b"', "two\nlines"]),
    st.sampled_from(["acme.com", "https://ACME.com/x", "beta.io", "a@b.fr", "", "gamma.fr", "delta.de", "eps.it"]),
    st.sampled_from(["1,234", "51-200", "7", "", "7.0"]),
    st.sampled_from(["2024-01-05", "5 Jan 2024", "03/04/2024", "2024-02-30", ""]),
    st.sampled_from(["", "text", "€", "a,b"]),
)
ROW = st.one_of(st.tuples(*CELLS), st.tuples(*CELLS), st.tuples(*CELLS), st.sampled_from([("",), ("Acme", "acme.com"), ("x",) * 7]))
PLAN = pf.plan(
    "accounts",
    operation="upsert",
    match_key="domain",
    columns={"Company": "account_name", "Website": "domain"},
    fields=[
        {"field_name": "account_name", "field_type": "string", "required": True},
        {"field_name": "domain", "field_type": "domain", "required": True},
        {"field_name": "employees", "field_type": "integer"},
        {"field_name": "created", "field_type": "date"},
        {"field_name": "notes", "field_type": "text"},
    ],
)
LATE = pf.plan(
    "accounts",
    operation="upsert",
    match_key="size",
    columns={"Employees": "size", "Company": "account_name"},
    unmapped="drop",
    fields=[{"field_name": "size", "field_type": "number"}, {"field_name": "account_name", "field_type": "string"}],
)
"""A match key that is read late, once all of its column is known."""


def text_of(rows: list[tuple[str, ...]], order: tuple[int, ...] = tuple(range(5))) -> bytes:
    """A CSV with its columns in that order; a record of another width has the cells that it has."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for row in [HEADER, *rows]:
        writer.writerow([row[at] for at in order] if len(row) == len(HEADER) else row)
    return out.getvalue().encode()


def findings_of(report: Any) -> list[tuple[Any, ...]]:
    """The findings of rows, which have all the promise names."""
    found = report.findings.astype(object).where(report.findings.notna(), None)
    rows = found[found.source_row.notna()]
    names = ["source_row", "field", "code", "value", "severity", "related", "record"]
    return sorted(map(tuple, rows[names].to_numpy().tolist()), key=repr)


def about_columns(report: Any) -> list[tuple[Any, ...]]:
    found = report.findings
    whole = found[found.source_row.isna() & (found.scope == "column")]
    return list(map(tuple, whole[["code", "column", "message", "rows"]].to_numpy().tolist()))


@st.composite
def cut_tables(draw: st.DrawFn) -> tuple[list[tuple[str, ...]], list[bytes]]:
    """Rows, and the same rows in files. Where a record is broken, its file keeps the order of the columns."""
    rows = draw(st.lists(ROW, min_size=1, max_size=12))
    cuts = sorted(draw(st.lists(st.integers(0, len(rows)), min_size=1, max_size=4)))
    files = []
    for start, stop in zip([0, *cuts], [*cuts, len(rows)], strict=True):
        piece = rows[start:stop]
        is_straight = all(len(row) == len(HEADER) or row == ("",) for row in piece)
        order = tuple(draw(st.permutations(range(5)))) if is_straight and files else tuple(range(5))
        text = text_of(piece, order)
        files.append(draw(st.sampled_from([text, b"\xef\xbb\xbf" + text, text.decode().encode("utf-16")])))
    return rows, files


@settings(max_examples=40, deadline=None)
@given(cut_tables(), st.sampled_from(["memory", "stream"]), st.sampled_from([1, 40, 1 << 20]), st.sampled_from([PLAN, LATE]))
def test_a_table_cut_into_files_is_judged_as_the_one_file(
    table: tuple[list[tuple[str, ...]], list[bytes]], engine: str, block_bytes: int, plan: Any
) -> None:
    rows, files = table
    with TemporaryDirectory() as folder:
        whole, parts = Path(folder, "whole.csv"), [Path(folder, f"{number}.csv") for number in range(len(files))]
        whole.write_bytes(text_of(rows))
        for path, text in zip(parts, files, strict=True):
            path.write_bytes(text)
        one = plan.check(whole)
        many = plan.check(parts, engine=engine, block_bytes=block_bytes)
        assert findings_of(many) == findings_of(one)
        assert about_columns(many) == about_columns(one)
        names = ("records", "good", "rejected", "changed_cells")
        assert [many.summary[name] for name in names] == [one.summary[name] for name in names]
        assert many.changes.drop(columns="line").equals(one.changes.drop(columns="line"))
        assert many.columns.drop(columns=["distinct", "findings"]).equals(one.columns.drop(columns=["distinct", "findings"]))
        if engine == "memory":
            assert many.good.equals(one.good)
            assert many.is_good.equals(one.is_good)


@settings(max_examples=25, deadline=None)
@given(cut_tables(), st.sampled_from([1, 40, 1 << 20]), st.sampled_from([1, 3, 1000]))
def test_a_table_cut_into_files_is_written_as_the_one_file(
    table: tuple[list[tuple[str, ...]], list[bytes]], block_bytes: int, max_rows: int
) -> None:
    rows, files = table
    with TemporaryDirectory() as folder:
        whole, paths = Path(folder, "whole.csv"), [Path(folder, f"{number}.csv") for number in range(len(files))]
        whole.write_bytes(text_of(rows))
        for path, text in zip(paths, files, strict=True):
            path.write_bytes(text)
        one = PLAN.write(whole, Path(folder, "one"), max_rows=max_rows)
        many = PLAN.write(paths, Path(folder, "many"), max_rows=max_rows, block_bytes=block_bytes)
        assert [path.read_bytes() for path in many.parts] == [path.read_bytes() for path in one.parts]
        assert many.record.run == one.record.run
        known = pq.read_table(Path(folder, "many", "rows.parquet")).drop_columns(["line", "path"])
        assert known.equals(pq.read_table(Path(folder, "one", "rows.parquet")).drop_columns(["line"]))
