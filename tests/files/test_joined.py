"""Several files as one Source: coordinates, columns in another order, what is refused, what is said of each file."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from preflight.errors import UnreadableInput, UsageError
from preflight.files.csv_source import CsvSource
from preflight.files.joined import JoinedSource, open_sources
from preflight.files.options import ReadOptions
from preflight.findings import Severity
from preflight.rows import Chunk, FileName, NarrowSource

if TYPE_CHECKING:
    from preflight.rows import Source


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def joined(*texts: bytes, **options: Any) -> Source:
    """Files called a.csv, b.csv … with these bytes, as one source."""
    names = [f"{chr(ord('a') + number)}.csv" for number in range(len(texts))]
    for name, text in zip(names, texts, strict=True):
        Path(name).write_bytes(text)
    return open_sources(names, ReadOptions(**options))


def rows_of(chunks: list[Chunk]) -> list[tuple[Any, ...]]:
    return [row for chunk in chunks for row in zip(*(column.to_pylist() for column in chunk.columns), strict=True)]


def lines_of(chunk: Chunk) -> list[int]:
    assert chunk.first_line is not None
    return [chunk.first_line + at for at in range(chunk.length)] if chunk.lines is None else chunk.lines.to_pylist()


def test_one_path_is_the_file_itself() -> None:
    assert isinstance(joined(b"a\n1\n"), CsvSource)


def test_rows_count_through_and_lines_are_those_of_the_file() -> None:
    source = joined(b"a,b\n1,x\n2,y\n", b"a,b\n\n3,z\n", b"a,b\n4,w\n")
    for _ in range(2):
        chunks = list(source.chunks())
        assert rows_of(chunks) == [("1", "x"), ("2", "y"), ("3", "z"), ("4", "w")]
        assert [(one.path, one.first_row, one.length, lines_of(one)) for one in chunks] == [
            ("a.csv", 0, 2, [2, 3]),
            ("b.csv", 2, 1, [3]),
            ("c.csv", 3, 1, [2]),
        ]
        assert [None if one.blank_lines is None else one.blank_lines.to_pylist() for one in chunks] == [None, [2], None]


def test_several_chunks_of_a_file() -> None:
    source = joined(b"a\n1\n2\n3\n", b"a\n4\n5\n", block_bytes=1)
    assert [(one.path, one.first_row) for one in source.chunks()] == [
        ("a.csv", 0),
        ("a.csv", 1),
        ("a.csv", 2),
        ("b.csv", 3),
        ("b.csv", 4),
    ]


def test_columns_in_another_order_are_those_of_the_first_file() -> None:
    source = joined(b"a,b,c\n1,x,!\n", b"c,a,b\n?,2,yy\n\xc3\xa4,,z\n")
    first, second = source.chunks()
    assert source.header == ("a", "b", "c")
    assert rows_of([first, second]) == [("1", "x", "!"), ("2", "yy", "?"), (None, "z", "ä")]
    assert second.locate is not None
    found = second.locate(pa.array([0, 0, 0, 1]), pa.array([0, 1, 2, 1]))
    assert [one.to_pylist() for one in found] == [[3, 5, 1, 4], [8, 10, 6, 17], [9, 12, 7, 18]]


def test_the_columns_that_are_wanted_are_found_in_each_order() -> None:
    source = joined(b"a,b,c\n1,x,!\n", b"c,a,b\n?,2,yy\n")
    assert isinstance(source, NarrowSource)
    chunks = list(source.narrowed(lambda: frozenset({1})))
    assert [chunk.columns[1].to_pylist() for chunk in chunks] == [["x"], ["yy"]]
    assert [chunk.columns[at].null_count for chunk in chunks for at in (0, 2)] == [1, 1, 1, 1]


def test_a_record_with_too_few_cells_lacks_those_at_the_end_of_its_own_file() -> None:
    _, second = joined(b"a,b\n1,x\n", b"b,a\ny\n").chunks()
    assert rows_of([second]) == [(None, "y")]
    assert second.cells.to_pylist() == [1]


def test_formats_may_be_mixed() -> None:
    Path("a.csv").write_text("name,size\nx,1\n")
    pq.write_table(pa.table({"size": [2, 3], "name": ["y", "z"]}), "b.parquet")
    with xlsxwriter.Workbook("c.xlsx") as book:
        sheet = book.add_worksheet("Sheet")
        sheet.write_row(0, 0, ("size", "name"))
        sheet.write_row(1, 0, (4, "w"))
    source = open_sources([Path("a.csv"), "b.parquet", "c.xlsx"])
    chunks = list(source.chunks())
    assert rows_of(chunks) == [("x", "1"), ("y", "2"), ("z", "3"), ("w", "4")]
    assert [(one.path, one.first_row, one.first_line) for one in chunks] == [
        ("a.csv", 0, 2),
        ("b.parquet", 1, None),
        ("c.xlsx", 3, 2),
    ]
    assert chunks[2].locate is not None
    assert chunks[2].locate(pa.array([0]), pa.array([0]))[0].to_pylist() == [2]
    line = source.line()
    assert (line.path, line.records, line.encoding, line.delimiter) == ("a.csv and 2 more files", 4, None, None)
    assert [(one.path, one.records, one.sheet) for one in line.files] == [
        ("a.csv", 1, None),
        ("b.parquet", 2, None),
        ("c.xlsx", 1, "Sheet"),
    ]


def test_objects_without_a_text_stay_in_their_column() -> None:
    pq.write_table(pa.table({"a": ["x"], "b": ["y"]}), "a.parquet")
    pq.write_table(pa.table({"b": [[1]], "a": ["z"]}), "b.parquet")
    _, second = open_sources(["a.parquet", "b.parquet"]).chunks()
    assert [(column, mask.to_pylist()) for column, mask in second.objects] == [(1, [True])]


def test_what_was_read_is_the_sum_and_what_agrees() -> None:
    source = joined(b"a;b\n1;2\n", b"\xef\xbb\xbfa;b\r\n3;4\r\n5;6\r\n")
    list(source.chunks())
    line = source.line()
    assert (line.path, line.records, line.encoding, line.delimiter, line.columns) == ("a.csv and b.csv", 3, None, ";", 2)
    assert [(one.path, one.records, one.encoding) for one in line.files] == [("a.csv", 1, "utf-8"), ("b.csv", 2, "utf-8 with BOM")]


def test_each_file_has_its_own_encoding_and_line_ends() -> None:
    source = joined("a,b\nä,1\n".encode("utf-16"), b"\xef\xbb\xbfa,b\r\n\xc3\xb6,2\r\n", b"a,b\n\xc3\xbc,3\n")
    assert rows_of(list(source.chunks())) == [("ä", "1"), ("ö", "2"), ("ü", "3")]
    assert [(one.code, one.path) for one in source.findings()] == [("PF004", "a.csv")]


def test_the_file_of_a_row() -> None:
    source = joined(b"a\n1\n2\n", b"a\n", b"a\n\n", b"a\n3\n", b"a\n")
    assert isinstance(source, JoinedSource)
    list(source.chunks())
    assert [source.label_of(row) for row in range(3)] == ["a.csv", "a.csv", "d.csv"]
    assert isinstance(source.label_of(0), FileName)


def test_a_file_without_records_is_a_warning_where_others_have_some() -> None:
    source = joined(b"a\n1\n", b"a\n", b"a\n \n")
    chunks = list(source.chunks())
    assert [(one.path, one.first_row, one.length) for one in chunks] == [("a.csv", 0, 1), ("c.csv", 1, 0)]
    assert [(one.code, one.path, one.severity) for one in source.findings()] == [
        ("PF002", "b.csv", Severity.WARNING),
        ("PF002", "c.csv", Severity.WARNING),
    ]


def test_no_record_at_all_is_an_error() -> None:
    source = joined(b"a\n", b"a\n")
    assert list(source.chunks()) == []
    assert [(one.code, one.severity) for one in source.findings()] == [("PF002", Severity.ERROR)] * 2


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ("a,b,c", "a,b", 'b.csv lacks "c", compared with a.csv; several files are one table only with the same columns: '),
        ("a,b", "a,b,d", 'b.csv has "d" besides, compared with a.csv; several files'),
        ("a,b,c", "b,d,a", 'b.csv lacks "c" and has "d" besides, compared with a.csv;'),
        ("a,b", "a,b,b", 'b.csv has "b" besides, compared with a.csv;'),
        ("a,A", "a,a", 'b.csv lacks "A" and has "a" besides, compared with a.csv;'),
        ("a,b,b", "b,a,b", 'b.csv has the columns of a.csv in another order, and "b" more than once, which cannot be told apart; '),
    ],
)
def test_other_columns_are_refused(first: str, second: str, words: str) -> None:
    with pytest.raises(UsageError) as raised:
        joined(f"{first}\n1,2,3\n".encode(), f"{second}\n1,2,3\n".encode())
    assert str(raised.value).startswith(words)


def test_names_that_stand_twice_are_fine_in_the_same_order() -> None:
    source = joined(b"a,b,b\n1,2,3\n", b"a,b,b\n4,5,6\n")
    assert rows_of(list(source.chunks())) == [("1", "2", "3"), ("4", "5", "6")]


@pytest.mark.parametrize("other", ["a.csv", "./a.csv", "soft.csv", "hard.csv"])
def test_the_same_file_twice_is_refused(other: str) -> None:
    Path("a.csv").write_text("a\n1\n")
    Path("soft.csv").symlink_to("a.csv")
    os.link("a.csv", "hard.csv")
    said = "a.csv is given more than once" if other == "a.csv" else f"a.csv and {other} are the same file"
    with pytest.raises(UsageError, match=f"^{said}, and its rows would be counted twice; leave one of them out$"):
        open_sources(["a.csv", other])


def test_standard_input_once() -> None:
    Path("a.csv").write_text("a\n1\n")
    source = open_sources(["a.csv", "-"], stdin=io.BytesIO(b"a\n2\n"))
    assert [(chunk.path, chunk.first_row) for chunk in source.chunks()] == [("a.csv", 0), ("-", 1)]
    with pytest.raises(UsageError, match=r"^standard input \(-\) is given more than once, and can be read but once$"):
        open_sources(["-", "a.csv", "-"], stdin=io.BytesIO(b"a\n2\n"))


def test_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match=r"^no file is named; give at least one$"):
        open_sources([])


@pytest.mark.parametrize(
    ("second", "words"),
    [
        (b"", "b.csv is empty"),
        (b'a,b\n1,"2\n3,4\n', "b.csv: a quote that opens on line 2"),
        (b"a,b\n1,\xff\n", "b.csv: byte 0xFF at offset 6, on line 2, is not UTF-8"),
    ],
)
def test_a_fault_names_its_file(second: bytes, words: str) -> None:
    with pytest.raises(UnreadableInput) as raised:
        list(joined(b"a,b\n1,2\n", second).chunks())
    assert str(raised.value).startswith(words)


def test_a_file_that_is_missing_is_named() -> None:
    Path("a.csv").write_text("a\n1\n")
    with pytest.raises(UnreadableInput, match=r"^b.csv does not exist"):
        open_sources(["a.csv", "b.csv"])


def test_a_file_that_changes_is_named() -> None:
    source = joined(b"a\n1\n", b"a\n2\n")
    list(source.chunks())
    Path("b.csv").write_bytes(b"a\n2\n3\n")
    with pytest.raises(UnreadableInput, match=r"^b.csv changed while it was read"):
        list(source.chunks())


def test_options_apply_to_each_file() -> None:
    assert rows_of(list(joined(b"a^b\n1^\xe4\n", b"b^a\n\xf6^2\n", delimiter="^", encoding="cp1252").chunks())) == [
        ("1", "ä"),
        ("2", "ö"),
    ]
    with pytest.raises(UsageError, match=r"a\.csv is a text file, to which --sheet cannot apply"):
        joined(b"a\n1\n", b"a\n2\n", sheet="x")
