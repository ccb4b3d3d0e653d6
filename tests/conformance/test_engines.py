"""One suite for every engine: what is said about a source does not depend on what feeds it to the kernel."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

import preflight as pf

HEADER = ("Company", "Website", "Employees", "Created", "Notes")
ROWS = (
    ("Nordwind GmbH", "https://www.nordwind.example.com/", "1,234", "5 Jan 2024", "plain"),
    ("Südpol AG", "suedpol.de", "51-200", "2024-02-30", None),
    ("Delta Tools", "sales@deltatools.com", "7", None, 'a "quoted", note'),
    (None, "epsilon.fr", None, "2024-03-01", "text"),
    ("Zeta One", "zeta.it/a", "1", "2024-03-01", "text"),
    ("Zeta Two", "ZETA.it/b", "2", "2024-03-02", "text"),
)
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


def frame() -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(cells, dtype="str") for name, cells in zip(HEADER, zip(*ROWS, strict=True), strict=True)})


def csv_in(folder: Path) -> Path:
    path = folder / "accounts.csv"
    frame().to_csv(path, index=False)
    return path


def parquet_in(folder: Path) -> Path:
    path = folder / "accounts.parquet"
    frame().to_parquet(path)
    return path


ENGINES: dict[str, Callable[[Path], Any]] = {
    "memory, a DataFrame": lambda folder: PLAN.check(frame()),
    "memory, an Arrow table": lambda folder: PLAN.check(pa.Table.from_pandas(frame(), preserve_index=False)),
    "memory, a CSV": lambda folder: PLAN.check(csv_in(folder), engine="memory"),
    "memory, a Parquet": lambda folder: PLAN.check(parquet_in(folder), engine="memory"),
    "stream, a CSV": lambda folder: PLAN.check(csv_in(folder), engine="stream"),
    "stream, a CSV in small blocks": lambda folder: PLAN.check(csv_in(folder), engine="stream", block_bytes=64),
    "stream, a Parquet": lambda folder: PLAN.check(parquet_in(folder), engine="stream"),
    "stream, a DataFrame": lambda folder: PLAN.check(frame(), engine="stream"),
}


@pytest.fixture(params=ENGINES)
def report(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    return ENGINES[request.param](tmp_path)


def test_the_findings_are_these(report: Any) -> None:
    found = report.findings
    cells = found[found.source_row.notna()]
    assert list(zip(cells.source_row, cells.code, cells.column, cells.value, strict=True)) == [
        (1, "PF302", "Employees", "51-200"),
        (1, "PF305", "Created", "2024-02-30"),
        (2, "PF313", "Website", "sales@deltatools.com"),
        (3, "PF401", "Company", pytest.approx(float("nan"), nan_ok=True)),
        (4, "PF502", "Website", "zeta.it/a"),
        (5, "PF502", "Website", "ZETA.it/b"),
    ]
    assert cells.related.tolist() == [(), (), (), (), (5,), (4,)]
    assert cells.suggestion.tolist()[2] == "deltatools.com"


def test_the_counts_are_these(report: Any) -> None:
    assert report.summary == {
        "records": 6,
        "good": 1,
        "rejected": 5,
        "changed_cells": 3,
        "errors": 6,
        "warnings": 0,
        "by_code": {"PF302": 1, "PF305": 1, "PF313": 1, "PF401": 1, "PF502": 2},
    }
    assert not report.ok


def test_the_changes_are_these(report: Any) -> None:
    assert report.changes[["source_row", "column", "before", "after"]].to_numpy().tolist() == [
        [0, "Website", "https://www.nordwind.example.com/", "nordwind.example.com"],
        [0, "Employees", "1,234", "1234"],
        [0, "Created", "5 Jan 2024", "2024-01-05"],
    ]


def test_the_messages_of_duplicates_list_partners_and_paths(report: Any) -> None:
    messages = report.findings.message[report.findings.code == "PF502"].tolist()
    unit = "row" if report.findings.record.isna().all() else "record"
    first = 0 if unit == "row" else 1
    assert messages[0] == (
        f'"zeta.it" is also the match key of {unit} {5 + first}; the hosts agree, the addresses differ ("/a", "/b"); '
        'none of the 2 is sent, duplicates="first" would send 1'
    )


def test_columns_say_how_they_were_recognised(report: Any) -> None:
    shown = report.columns[["column", "field", "how", "filled", "changed", "findings"]].to_numpy().tolist()
    assert shown == [
        ["Company", "account_name", "stated", 5, 0, 1],
        ["Website", "domain", "stated", 6, 1, 3],
        ["Employees", "employees", "exact", 5, 1, 1],
        ["Created", "created", "exact", 5, 1, 1],
        ["Notes", "notes", "exact", 5, 0, 0],
    ]


@pytest.mark.parametrize("source", ["frame", "csv", "stream"])
def test_the_written_parts_are_these(source: str, tmp_path: Path) -> None:
    given = frame() if source == "frame" else csv_in(tmp_path)
    receipt = PLAN.check(given).write(tmp_path / "out") if source == "csv" else PLAN.write(given, tmp_path / "out")
    assert [part.read_text(encoding="utf-8") for part in receipt.parts] == [
        "account_name,domain,employees,created,notes\nNordwind GmbH,nordwind.example.com,1234,2024-01-05,plain\n"
    ]
    rejected = (tmp_path / "out" / "rejected.csv").read_text(encoding="utf-8-sig").splitlines()
    assert rejected[0] == "preflight_errors,preflight_line,preflight_row,Company,Website,Employees,Created,Notes"
    assert len(rejected) == 6
