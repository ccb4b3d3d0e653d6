"""Whatever holds a table is opened by its content; a name that contradicts is said."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from preflight.errors import UnreadableInput, UsageError
from preflight.files.read import ReadOptions, open_source

if TYPE_CHECKING:
    from pathlib import Path


def parquet() -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table({"a": ["1"]}), sink)
    return sink.getvalue()


def workbook() -> bytes:
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink) as book:
        sheet = book.add_worksheet()
        sheet.write("A1", "a")
        sheet.write("A2", "1")
    return sink.getvalue()


def archive() -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as made:
        made.writestr("rows.csv", "a\n1\n")
    return sink.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rows.csv", b"a\n1\n"),
        ("rows", b"a\n1\n"),
        ("rows.txt", b"\xef\xbb\xbfa\n1\n"),
        ("rows.parquet", parquet()),
        ("rows", parquet()),
        ("rows.xlsx", workbook()),
        ("rows", workbook()),
    ],
)
def test_a_file_and_standard_input_give_the_same_rows(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    for source in (open_source(tmp_path / name), open_source(str(tmp_path / name)), open_source("-", stdin=io.BytesIO(content))):
        assert source.header == ("a",)
        for _ in range(2):
            assert [text for chunk in source.chunks() for text in chunk.columns[0].to_pylist()] == ["1"]
        assert source.line().records == 1
    assert source.path == "-"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("rows.csv", workbook(), "an Excel or OpenDocument workbook"),
        ("rows.csv", parquet(), "name it .parquet"),
        ("rows.csv", archive(), "a zip archive, not text; unpack it first"),
        ("rows.xlsx", archive(), "a zip archive"),
        ("rows.csv.gz", b"\x1f\x8b\x08\x00rest", "a gzip archive"),
        ("rows.csv", b"%PDF-1.7\n", "a PDF document"),
        ("rows.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "an old Office file"),
        ("rows.csv", b"<html><body>Sign in</body></html>", "a web page"),
        ("rows.xlsx", b"a,b\n1,2\n", "is named as xlsx and holds something else"),
        ("rows.parquet", b"a,b\n1,2\n", "is named as parquet and holds something else"),
    ],
)
def test_what_is_no_table_is_named(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnreadableInput) as refused:
        open_source(tmp_path / name)
    assert refused.value.code == "PF008"
    assert words in str(refused.value)


@pytest.mark.parametrize("name", ["rows.csv", "rows.xlsx", "rows.parquet"])
def test_an_empty_file_is_empty_whatever_its_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    with pytest.raises(UnreadableInput, match="is empty") as refused:
        open_source(tmp_path / name)
    assert refused.value.code == "PF002"


@pytest.mark.parametrize(
    ("content", "options", "words"),
    [
        (b"a\n", {"sheet": "One"}, "a text file, to which --sheet cannot apply"),
        (parquet(), {"encoding": "utf-8", "header_line": 2}, "a Parquet file, to which --encoding and --header-line cannot apply"),
        (workbook(), {"delimiter": ";"}, "a workbook, to which --delimiter cannot apply"),
    ],
)
def test_an_option_that_cannot_apply_is_refused(tmp_path: Path, content: bytes, options: dict[str, Any], words: str) -> None:
    (tmp_path / "rows").write_bytes(content)
    with pytest.raises(UsageError, match=words):
        open_source(tmp_path / "rows", ReadOptions(**options))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="does not exist"):
        open_source(tmp_path / "none.csv")


def test_standard_input_is_called_by_its_name() -> None:
    with pytest.raises(UnreadableInput, match=r"^standard input is empty"):
        open_source("-", stdin=io.BytesIO(b""))
