"""However a table is stored, cut and fed, what is said of it and what is written are the same to the byte.

Tables come from hypothesis and from a list of hard ones. Sources that have lines are compared with each other, and so are frames,
as whole JSON documents; between the two only what speaks of lines, records and rows may differ. Files that are written are compared
between all.
"""

from __future__ import annotations

import csv
import importlib.util
import io
import itertools
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import preflight as pf
from preflight.api.report import Report
from preflight.contract.policy import Policy
from preflight.engines.memory import frame_source
from preflight.engines.run import run
from preflight.files.options import ReadOptions
from preflight.files.read import open_source
from preflight.report import json

Cell = str | None
Row = tuple[Cell, ...]

FIELDS = [
    {"field_name": "account_id", "field_type": "id", "required": True},
    {"field_name": "account_name", "field_type": "string", "required": True},
    {"field_name": "domain", "field_type": "domain"},
    {"field_name": "employees", "field_type": "integer"},
    {"field_name": "revenue", "field_type": "currency"},
    {"field_name": "share", "field_type": "percent"},
    {"field_name": "created", "field_type": "date"},
    {"field_name": "seen", "field_type": "datetime"},
    {"field_name": "active", "field_type": "boolean"},
    {"field_name": "owner", "field_type": "email"},
    {"field_name": "notes", "field_type": "text"},
]
POOLS: dict[str, tuple[Cell, ...]] = {
    "account_name": ("Nordwind GmbH", " Süd \u00a0 pol  AG ", "N/A", "test", 'a "b", c', "x\u200by", "ＡＣＭＥ", "=1+1", None),
    "domain": ("acme.com", "https://www.ACME.com/en", "acme.com/x", "bücher.de", "sales@delta.com", "no domain", "null", None),
    "employees": ("1", "1,234", "51-200", "12.0", "1e99", "n/a", "-", "99999999999999999999", None),
    "revenue": ("1.5", "$1,000.00", "1.000,5", "1.234", "(12.00)", "lots", None),
    "share": ("0.5", "50%", "7", None),
    "created": ("03/04/2024", "13/04/2024", "04/13/2024", "2024-02-30", "2024-02-29", "5 Jan 2024", "45000", None),
    "seen": ("2024-01-02T03:04:05Z", "2024-01-02 03:04", "never", None),
    "active": ("yes", "FALSE", "maybe", None),
    "owner": ("a@b.com", "A <a@gmail.com>", "mailto:x@y.org", "nobody", None),
    "notes": (None, "one\ntwo", "  ", "#N/A", "Ã¼ber", "x" * 300, "\u202eevil"),
}
HEADER = ("account_id", *POOLS)
PLANS = {
    "upsert": pf.plan("accounts", operation="upsert", match_key="domain", fields=FIELDS),
    "first": pf.plan("accounts", operation="upsert", match_key="domain", fields=FIELDS, duplicates="first", blank="optional"),
    "last": pf.plan("accounts", operation="update", match_key="domain", fields=FIELDS, duplicates="last"),
    "insert": pf.plan("accounts", operation="insert", fields=FIELDS, dates="dmy", timezone="UTC", percent="0-1", unmapped="drop"),
}


def numbered(rows: list[Row]) -> list[Row]:
    """Each row with an id of its own, so that none is blank in every cell."""
    return [(f"id-{number}", *row) for number, row in enumerate(rows)]


def blank(**cells: Cell) -> Row:
    return tuple(cells.get(name) for name in POOLS)


def good(number: int, **cells: Cell) -> Row:
    return blank(**{"account_name": f"Company {number}", "domain": f"company{number}.com"} | cells)


HARD: dict[str, list[Row]] = {
    "empty": [],
    "one row": [good(1)],
    "one row, every cell faulty": [blank(domain="x", employees="x", created="x", seen="x", active="x", owner="x")],
    "all cells blank": [blank(), blank(), blank()],
    "a fault in the last row alone": [*(good(number) for number in range(11)), good(11, employees="51-200")],
    "a duplicate of the first row in the last": [*(good(number) for number in range(9)), good(9, domain="www.COMPANY0.com")],
    "all rows duplicates": [good(1, notes=f"note {number}") for number in range(7)],
    "a column that the last row settles": [*(good(n, created="03/04/2024") for n in range(8)), good(8, created="13/04/2024")],
    "a column that the last row spoils": [
        good(1, created="13/04/2024"),
        good(2, created="04/13/2024"),
        good(3, created="03/04/2024"),
    ],
    "lost zeros nowhere, null words everywhere": [good(n, employees="n/a", revenue="-", owner="none") for n in range(5)],
    "empty texts among capitals": [good(n, owner="" if n % 2 else f"P{n}@COMPANY.COM", notes="") for n in range(7)],
    "cells of many lines": [good(n, notes="a\r\nb\n\nc", account_name='"quoted"\n') for n in range(4)],
}


@st.composite
def tables(draw: st.DrawFn) -> list[Row]:
    cells = st.tuples(*(st.sampled_from(pool) for pool in POOLS.values()))
    rows = draw(st.lists(cells, max_size=14))
    if rows and draw(st.booleans()):
        rows.append(rows[0])
    return rows


def frame(rows: list[Row], dtype: Any) -> pd.DataFrame:
    columns = list(zip(*rows, strict=True)) or [()] * len(HEADER)
    return pd.DataFrame({name: pd.Series(cells, dtype=dtype) for name, cells in zip(HEADER, columns, strict=True)})


def table(rows: list[Row]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(HEADER)
    return pa.table({name: pa.array(cells, pa.string()) for name, cells in zip(HEADER, columns, strict=True)})


def text(rows: list[Row], *, end: str = "\n", delimiter: str = ",") -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator=end, delimiter=delimiter)
    writer.writerow(HEADER)
    writer.writerows([("" if cell is None else cell for cell in row) for row in rows])
    return stream.getvalue().encode()


def cut(data: Any, rows: int) -> Any:
    """A frame as a source that is cut after so many rows."""
    return replace(frame_source(data), rows_per_chunk=rows)


def duckdb_relation(rows: list[Row]) -> Any:
    import duckdb

    data = table(rows)
    return duckdb.connect().from_arrow(data)


def parquet_file(folder: Path, rows: list[Row], group: int, **options: Any) -> Path:
    path = folder / "source.parquet"
    parquet.write_table(table(rows), path, row_group_size=group, **options)
    return path


def csv_file(folder: Path, rows: list[Row], **options: Any) -> Path:
    path = folder / "source.csv"
    path.write_bytes(text(rows, **options))
    return path


def streamed(rows: list[Row], block: int) -> Any:
    return open_source("-", ReadOptions(block_bytes=block), stdin=io.BytesIO(text(rows)))


Given = Callable[[Path, list[Row]], Any]  # a source, opened
LINES: dict[str, Given] = {
    "a CSV": lambda folder, rows: open_source(csv_file(folder, rows)),
    "a CSV in blocks of 1 byte": lambda folder, rows: open_source(csv_file(folder, rows), ReadOptions(block_bytes=1)),
    "a CSV in blocks of 150 bytes": lambda folder, rows: open_source(csv_file(folder, rows), ReadOptions(block_bytes=150)),
    "standard input": lambda folder, rows: streamed(rows, 1 << 20),
    "standard input in blocks of 100 bytes": lambda folder, rows: streamed(rows, 100),
}
FRAMES: dict[str, Given] = {
    "pandas, object": lambda _, rows: frame_source(frame(rows, object)),
    "pandas, object, cut after each row": lambda _, rows: cut(frame(rows, object), 1),
    "pandas, str": lambda _, rows: cut(frame(rows, "str"), 3),
    "pandas, string of Python": lambda _, rows: cut(frame(rows, pd.StringDtype("python")), 2),
    "pandas, string of Arrow": lambda _, rows: cut(frame(rows, "string[pyarrow]"), 4),
    "pandas, Arrow": lambda _, rows: cut(frame(rows, pd.ArrowDtype(pa.string())), 5),
    "pandas, category": lambda _, rows: cut(frame(rows, "category"), 5),
    "pyarrow": lambda _, rows: frame_source(table(rows)),
    "pyarrow, in chunks of 2 rows": lambda _, rows: frame_source(
        pa.Table.from_batches(table(rows).to_batches(2), table([]).schema)
    ),
    "pyarrow, large text": lambda _, rows: cut(table(rows).cast(pa.schema([(name, pa.large_string()) for name in HEADER])), 3),
    "pyarrow, dictionaries": lambda _, rows: cut(
        pa.table({n: c.dictionary_encode() for n, c in zip(HEADER, table(rows), strict=True)}), 3
    ),
    "pyarrow, a slice": lambda _, rows: frame_source(table([*rows[:1], *rows]).slice(1 if rows else 0)),
    "polars": lambda _, rows: frame_source(pl.DataFrame(table(rows))),
    "DuckDB": lambda _, rows: frame_source(duckdb_relation(rows)),
}
FILES_WITHOUT_LINES: dict[str, Given] = {
    "Parquet": lambda folder, rows: open_source(parquet_file(folder, rows, 100)),
    "Parquet, groups of 1 row": lambda folder, rows: open_source(parquet_file(folder, rows, 1)),
    "Parquet, groups of 3 rows, no dictionaries": lambda folder, rows: open_source(
        parquet_file(folder, rows, 3, use_dictionary=False, compression="none")
    ),
}
if importlib.util.find_spec("duckdb") is None:
    del FRAMES["DuckDB"]

WAYS: tuple[dict[str, Any], ...] = ({"keep": True}, {"keep": False, "threads": 1}, {"keep": False, "threads": 3})
KINDS = {"lines": LINES, "frames": FRAMES, "files without lines": FILES_WITHOUT_LINES}


def document(made: Any) -> str:
    """The whole report as JSON, its source unnamed."""
    content = Report(made, "0").content
    return "".join(json.render(replace(content, source=replace(content.source, path=None))))


COMPARED = (
    "source_row",
    "column",
    "value",
    "suggestion",
    "code",
    "name",
    "severity",
    "fixable",
    "field",
    "scope",
    "rows",
    "related",
)


def essence(made: Any) -> tuple[Any, ...]:
    """What is said of rows and columns, apart from lines, records, positions, and the words of duplicates, which name them."""
    report = Report(made, "0")
    found = report.findings[report.findings.scope != "file"]
    messages = found.message.where(found.code != "PF502", "")
    groups = report.groups[report.groups.column.notna()]
    changes = report.changes[["source_row", "column", "before", "after", "rules", "safe"]]
    counts = {name: count for name, count in report.summary.items() if name not in ("errors", "by_code")}  # an empty file is one
    return counts, *(_plain(one) for one in (found[list(COMPARED)].assign(message=messages), groups, changes))


def _plain(found: pd.DataFrame) -> list[list[Any]]:
    return found.astype(object).where(found.notna(), None).to_numpy().tolist()  # type: ignore[no-any-return]


def each(sources: dict[str, Given], rows: list[Row], plan: Any, say: Callable[[Any], Any], first: int = 0) -> dict[str, Any]:
    """What is said of a table by each source, run in turn in each way."""
    said = {}
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, make) in enumerate(sources.items(), first):
            way = WAYS[number % len(WAYS)]
            said[f"{name}, {way}"] = say(run(plan, make(Path(folder), rows), Policy(), **way))
    return said


def agree(said: dict[str, Any]) -> None:
    first, *_ = said.values()
    for name, one in said.items():
        assert one == first, name


@given(rows=tables(), name=st.sampled_from(list(PLANS)), kind=st.sampled_from(list(KINDS)), data=st.data())
@settings(max_examples=20)
def test_however_a_source_is_cut_the_document_is_the_same(rows: list[Row], name: str, kind: str, data: st.DataObject) -> None:
    sources = KINDS[kind]
    chosen = data.draw(st.lists(st.sampled_from(list(sources)), min_size=2, max_size=3, unique=True))
    agree(each({one: sources[one] for one in chosen}, numbered(rows), PLANS[name], document, data.draw(st.integers(0, 2))))


@given(rows=tables(), name=st.sampled_from(list(PLANS)))
@settings(max_examples=10)
def test_sources_of_all_kinds_say_the_same(rows: list[Row], name: str) -> None:
    one_of_each = {"a CSV": LINES["a CSV"], "polars": FRAMES["polars"], "Parquet": FILES_WITHOUT_LINES["Parquet"]}
    agree(each(one_of_each, numbered(rows), PLANS[name], essence))


@pytest.mark.parametrize(("at", "hard", "name"), list(zip(itertools.count(), HARD, itertools.cycle(PLANS), strict=False)))
def test_hard_tables_are_the_same_from_every_source(at: int, hard: str, name: str) -> None:
    """Each table goes through a third of the sources, another third than its neighbours; hypothesis mixes them all."""
    rows, plan, firsts = numbered(HARD[hard]), PLANS[name], {}
    for kind in KINDS.values():
        chosen = list(kind.items())[at % 3 :: 3] or list(kind.items())
        agree(each(dict(chosen), rows, plan, document, at))
        firsts |= dict(chosen[:1])
    agree(each(firsts, rows, plan, essence))


def written(folder: Path, source: Any, plan: Any) -> tuple[Any, ...]:
    """The bytes of the parts, and the rejected rows without what names the run, the line or the record."""
    receipt = plan.write(source, folder)
    rejected = receipt.folder / "rejected.csv"
    lines: list[list[str]] = []
    if rejected.exists():
        with rejected.open(encoding="utf-8-sig", newline="") as stream:
            lines = list(csv.reader(stream))
    told = [[line[0].partition(" is also the match key")[0], line[2].partition("-")[2], *line[3:]] for line in lines]
    return [path.read_bytes() for path in receipt.parts], told


@pytest.mark.parametrize(("hard", "name"), [*zip(HARD, itertools.cycle(PLANS)), *(("everything", name) for name in PLANS)])
def test_what_is_written_is_the_same_from_every_source(hard: str, name: str, tmp_path: Path) -> None:
    rows = numbered([row for many in HARD.values() for row in many] if hard == "everything" else HARD[hard])
    sources = {
        "csv": csv_file(tmp_path, rows),
        "parquet": parquet_file(tmp_path, rows, 2),
        "pandas": frame(rows, object),
        "arrow": table(rows),
        "polars": pl.DataFrame(table(rows)),
    }
    agree({kind: written(tmp_path / kind, source, PLANS[name]) for kind, source in sources.items()})


@pytest.mark.spark
@pytest.mark.parametrize("hard", ["everything", "one row"])
def test_spark_says_the_same_of_labels_fields_codes_and_values(hard: str, spark: Any, tmp_path: Path) -> None:
    rows = numbered([row for many in HARD.values() for row in many] if hard == "everything" else HARD[hard])
    plan = PLANS["upsert"]
    source = frame(rows, object).set_index("account_id", drop=False)
    expected = plan.check(source)
    sdf = spark.createDataFrame(rows, ", ".join(f"{name} string" for name in HEADER)).repartition(4)  # some are empty
    report = pf.check_spark(sdf, plan, row_id="account_id")
    assert report.summary == expected.summary
    assert told_of(pd.DataFrame(report.findings.collect(), columns=report.findings.columns)) == told_of(expected.findings)
    assert sorted(line[0] for line in report.good.select("preflight_row_id").collect()) == sorted(expected.good.index)
    parts, _ = written(tmp_path / "memory", source, plan)
    receipt = report.write(tmp_path / "spark")
    assert records(path.read_bytes() for path in receipt.parts) == records(parts)
    report.unpersist()


def told_of(findings: pd.DataFrame) -> list[tuple[str, ...]]:
    label = findings.label.astype(object).where(findings.scope.isin(["cell", "row"]), None)
    columns = [label, *(findings[name].astype(object) for name in ("field", "code", "value", "severity"))]
    return sorted(
        tuple(str(None if cell is None or cell != cell else cell) for cell in line) for line in zip(*columns, strict=True)
    )


def records(parts: Iterable[bytes]) -> list[list[str]]:
    return sorted(line for part in parts for line in csv.reader(io.StringIO(part.decode(), newline="")))
