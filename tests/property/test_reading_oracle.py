"""Reading held against two readers that are not ours: Python's csv for cells and lines, pandas for the position of a row.

The files are clean in structure, and random in all else: any text in the cells, any of the delimiters, quoting and line ends, with
or without a byte order mark, and empty lines between the records.
"""

from __future__ import annotations

import csv
import io
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import preflight as pf
from preflight.files.options import ReadOptions
from preflight.files.read import open_source

PLAN = pf.plan("accounts", operation="insert")
HEADER = ["Company", "Website", "Employees", "Owner"]
BAD = "five"
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])

LETTERS = st.characters(exclude_categories=("Cs", "Cc"))
TEXTS = st.text(LETTERS | st.sampled_from(",;|\t\"'\n #=0"), max_size=12)


@dataclass(frozen=True)
class Made:
    """A file, its delimiter, and its records as they were meant."""

    content: bytes
    delimiter: str
    records: list[list[str]]


@st.composite
def files(draw: st.DrawFn) -> Made:
    delimiter, end = draw(st.sampled_from(",;\t|")), draw(st.sampled_from(["\n", "\r\n"]))
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    company = TEXTS.map(lambda text: f"A{text}")  # a record is never blank
    record = st.tuples(company, TEXTS, st.sampled_from(["1", "250", BAD, ""]), TEXTS).map(list)
    records = draw(st.lists(record, min_size=1, max_size=12))
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=end)
    writer.writerow(HEADER)
    for one in records:
        text.write(end * draw(st.sampled_from([0, 0, 0, 1, 2])))
        writer.writerow(one)
    whole = text.getvalue()
    whole = whole.removesuffix(end) if draw(st.booleans()) else whole
    return Made(whole.encode("utf-8-sig" if draw(st.booleans()) else "utf-8"), delimiter, records)


def on_disk(made: Made, folder: str) -> Path:
    path = Path(folder) / "accounts.csv"
    path.write_bytes(made.content)
    return path


def from_pandas(made: Made) -> pd.DataFrame:
    return pd.read_csv(
        io.BytesIO(made.content), sep=made.delimiter, dtype=str, keep_default_na=False, encoding="utf-8-sig", index_col=False
    )


def lines_of_csv(made: Made) -> list[int]:
    """The physical line on which each record starts."""
    reader = csv.reader(io.StringIO(made.content.decode("utf-8-sig"), newline=""), delimiter=made.delimiter, strict=True)
    found, before = [], 0
    for record in reader:
        if record:
            found.append(before + 1)
        before = reader.line_num
    return found[1:]


class TestCellsAreThoseOfOtherReaders:
    @quick
    @given(files(), st.integers(1, 200))
    def test_however_the_file_is_cut(self, made: Made, block: int) -> None:
        with tempfile.TemporaryDirectory() as folder:
            source = open_source(on_disk(made, folder), ReadOptions(delimiter=made.delimiter, block_bytes=block))
            chunks = list(source.chunks())
        assert list(source.header) == HEADER
        starts = [chunk.first_row for chunk in chunks]
        assert starts == [sum(chunk.length for chunk in chunks[:number]) for number in range(len(chunks))]
        columns = [
            pa.chunked_array([chunk.columns[number] for chunk in chunks], pa.string()).to_pylist() for number in range(len(HEADER))
        ]
        read = [["" if cell is None else cell for cell in record] for record in zip(*columns, strict=True)]
        assert read == made.records
        assert read == from_pandas(made).to_numpy().tolist()


class TestSourceRowIsThePositionInPandas:
    @quick
    @given(files(), st.sampled_from(["memory", "stream"]))
    def test_findings_point_at_the_same_rows(self, made: Made, engine: str) -> None:
        with tempfile.TemporaryDirectory() as folder:
            report = PLAN.check(on_disk(made, folder), delimiter=made.delimiter, engine=engine)
            found = report.findings.query("code == 'PF302'")
        frame = from_pandas(made)
        rows = [row for row, cell in enumerate(frame["Employees"]) if cell == BAD]
        assert found["source_row"].tolist() == rows
        assert found["record"].tolist() == [row + 1 for row in rows]
        lines = lines_of_csv(made)
        assert found["line"].tolist() == [lines[row] for row in rows]
        assert report.summary["records"] == len(frame)

    @quick
    @given(files())
    def test_verdicts_are_those_of_the_frame_that_pandas_reads(self, made: Made) -> None:
        with tempfile.TemporaryDirectory() as folder:
            report = PLAN.check(on_disk(made, folder), delimiter=made.delimiter)
            of_frame = PLAN.check(from_pandas(made))
        assert report.is_good.tolist() == of_frame.is_good.tolist()
        told = ["source_row", "code", "field", "message"]
        errors = [
            one.findings.query("severity == 'error' and source_row.notna()")[told].to_numpy().tolist() for one in (report, of_frame)
        ]
        assert errors[0] == errors[1]
