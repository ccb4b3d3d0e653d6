"""Chunks of CSV text: equal to Python's csv module, however the text is cut into blocks."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preflight.errors import UnreadableInput
from preflight.files.csv_source import open_csv
from preflight.files.encoding import open_text
from preflight.files.options import ReadOptions
from preflight.files.origin import find_origin
from preflight.rows import NarrowSource

if TYPE_CHECKING:
    from preflight.rows import Chunk, Source


def opened(folder: Path, content: bytes, **options: Any) -> Source:
    file = folder / "rows.csv"
    file.write_bytes(content)
    chosen = ReadOptions(**options)
    return open_csv(open_text(find_origin(file, io.BytesIO()), chosen.encoding), chosen)


def table(chunks: list[Chunk]) -> list[list[str | None]]:
    return [list(row) for chunk in chunks for row in zip(*(column.to_pylist() for column in chunk.columns), strict=True)]


def lines(chunks: list[Chunk]) -> list[int]:
    return [
        line
        for chunk in chunks
        for line in (range(chunk.first_line, chunk.first_line + chunk.length) if chunk.lines is None else chunk.lines.to_pylist())
    ]


def cells(chunks: list[Chunk], width: int) -> list[int]:
    return [count for chunk in chunks for count in ([width] * chunk.length if chunk.cells is None else chunk.cells.to_pylist())]


def stray(chunks: list[Chunk]) -> list[bool]:
    return [mark for chunk in chunks for mark in ([False] * chunk.length if chunk.stray is None else chunk.stray.to_pylist())]


def blank_lines(chunks: list[Chunk]) -> list[int]:
    return [line for chunk in chunks if chunk.blank_lines is not None for line in chunk.blank_lines.to_pylist()]


class Reference:
    """What Python's csv module reads, record by record, with the lines where they start."""

    def __init__(self, text: str, delimiter: str) -> None:
        self.rows: list[list[str]] = []
        self.lines: list[int] = []
        self.blank: list[int] = []
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        before = 0
        for row in reader:
            if any(cell.strip(" \t\r\n") for cell in row):
                self.rows.append(row)
                self.lines.append(before + 1)
            else:
                self.blank.append(before + 1)
            before = reader.line_num


def is_closed(text: str, delimiter: str) -> bool:
    """Whether the last quoted cell closes: only then does a strict reader reach the end without complaint about the end."""
    reader = csv.reader(io.StringIO(text + "\n" + "end", newline=""), delimiter=delimiter)
    rows = list(reader)
    return bool(rows) and rows[-1] == ["end"]


def shaped(row: list[str], width: int) -> list[str | None]:
    return ([cell or None for cell in row] + [None] * width)[:width]


BLOCKS = st.sampled_from([1, 2, 3, 5, 16, 17, 31, 64, 200, 1 << 20])
ENDS = st.sampled_from(["\n", "\r\n", "\r"])


@given(
    body=st.lists(st.sampled_from(['"', ",", "\n", "\r", "\r\n", "a", "é", " ", "\t", "\ufeff", "\0", '""', '",']), max_size=60),
    block=BLOCKS,
)
@settings(max_examples=200, deadline=None)
def test_any_text_reads_as_the_csv_module_reads_it(body: list[str], block: int) -> None:
    text = "h1,h2,h3\n" + "".join(body)
    if not is_closed(text, ","):
        return
    expected = Reference(text, ",")
    with TemporaryDirectory() as folder:
        source = opened(Path(folder), text.encode(), delimiter=",", block_bytes=block)
        chunks = list(source.chunks())
    assert source.header == ("h1", "h2", "h3")
    assert table(chunks) == [shaped(row, 3) for row in expected.rows[1:]]
    assert lines(chunks) == expected.lines[1:]
    assert cells(chunks, 3) == [len(row) for row in expected.rows[1:]]
    assert blank_lines(chunks) == expected.blank
    assert [chunk.first_row for chunk in chunks if chunk.length] == [
        sum(chunk.length for chunk in chunks[:at]) for at, chunk in enumerate(chunks) if chunk.length
    ]
    assert source.line().records == len(expected.rows) - 1


@given(
    rows=st.lists(st.lists(st.text(alphabet='ab",;\n\ré😀 |\t', max_size=6), min_size=2, max_size=2), min_size=1, max_size=120),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    end=ENDS,
    mark=st.sampled_from([b"", b"\xef\xbb\xbf"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    block=BLOCKS,
)
@settings(max_examples=60, deadline=None)
def test_a_written_table_reads_back_and_no_quote_is_stray(
    rows: list[list[str]], delimiter: str, end: str, mark: bytes, quoting: Any, block: int
) -> None:
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerow(["first", "second"])
    writer.writerows(rows)
    expected = Reference(written.getvalue(), delimiter)
    with TemporaryDirectory() as folder:
        source = opened(Path(folder), mark + written.getvalue().encode(), delimiter=delimiter, block_bytes=block)
        chunks = list(source.chunks())
        again = list(source.chunks())
    assert source.header == ("first", "second")
    assert table(chunks) == [shaped(row, 2) for row in expected.rows[1:]] == table(again)
    assert lines(chunks) == expected.lines[1:]
    assert blank_lines(chunks) == expected.blank
    assert not any(stray(chunks))
    assert all(column.type == pa.string() and isinstance(column, pa.Array) for chunk in chunks for column in chunk.columns)


@given(
    body=st.lists(st.sampled_from(['"', ",", "\n", "\r", "\r\n", "a", "é", " ", "😀", '""', '",', ',"']), max_size=40), block=BLOCKS
)
@settings(max_examples=80, deadline=None)
def test_every_cell_is_found_where_it_stands(body: list[str], block: int) -> None:
    text = "h1,h2,h3\n" + "".join(body)
    if not is_closed(text, ","):
        return
    with TemporaryDirectory() as folder:
        source = opened(Path(folder), text.encode(), delimiter=",", block_bytes=block)
        chunks = list(source.chunks())
    content = text.encode()
    for chunk in chunks:
        width = 3
        rows = [row for row in range(chunk.length) for _ in range(width)]
        columns = list(range(width)) * chunk.length
        assert chunk.locate is not None or not chunk.length
        if chunk.locate is None:
            continue
        position, start, stop = chunk.locate(pa.array(rows, type=pa.int64()), pa.array(columns, type=pa.int64()))
        for at, (row, column) in enumerate(zip(rows, columns, strict=True)):
            raw = content[start[at].as_py() : stop[at].as_py()].decode()
            read = next(csv.reader(io.StringIO(raw, newline="")), [""])
            value = chunk.columns[column][row].as_py()
            assert (read[0] if read else "") == (value or "")
            before = content[: start[at].as_py()].decode()
            line = io.StringIO(before, newline="").readlines()
            expected = 1 if not line or line[-1].endswith(("\n", "\r")) else len(line[-1]) + 1
            assert position[at].as_py() == expected


def test_ragged_stray_and_blank_records_keep_their_places(tmp_path: Path) -> None:
    content = b'a,b,c\n1,2,3\n1,2\n\n1,2,3,4\n5" pipe,2,3\n,,\n"x"y,2,3\n"two\nlines",2,3\n , ,\t\n'
    chunks = list(opened(tmp_path, content).chunks())
    assert table(chunks) == [
        ["1", "2", "3"],
        ["1", "2", None],
        ["1", "2", "3"],
        ['5" pipe', "2", "3"],
        ["xy", "2", "3"],
        ["two\nlines", "2", "3"],
    ]
    assert lines(chunks) == [2, 3, 5, 6, 8, 9]
    assert cells(chunks, 3) == [3, 2, 4, 3, 3, 3]
    assert stray(chunks) == [False, False, False, True, True, False]
    assert blank_lines(chunks) == [4, 7, 11]


def test_a_block_of_many_ragged_records_is_the_same_as_one_of_few(tmp_path: Path) -> None:
    body = "".join(f'{n},"b{n}, c"{",x" * (n % 3)}\n' for n in range(1000))
    chunks = list(opened(tmp_path, b"a,b,c\n" + body.encode()).chunks())
    assert table(chunks) == [[str(n), f"b{n}, c", "x" if n % 3 else None] for n in range(1000)]
    assert cells(chunks, 3) == [2 + n % 3 for n in range(1000)]


def test_a_field_longer_than_a_block_and_than_the_csv_limit(tmp_path: Path) -> None:
    long = "x" * 300_000
    chunks = list(opened(tmp_path, f'a,b\n1,"{long}\n{long}"\n2,5" {long}\n'.encode(), block_bytes=100).chunks())
    assert table(chunks) == [["1", f"{long}\n{long}"], ["2", f'5" {long}']]


@pytest.mark.parametrize("block", [1, 7, 1 << 20])
@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b'a,b\n1,2\n3,"open\n5,6\n', "PF103", "opens on line 3"),
        (b'a,b\n1,2\n3,"a""\n5,6\n', "PF103", "opens on line 3"),
        (b'a,b\n5" x,2\n3,"open\n', "PF103", "opens on line 3"),
        (b'a,b\n1,2\n5" x,"open\n', "PF103", "opens on line 3"),
        (b'"a,b\n1,2\n', "PF103", "in the header on line 1"),
        (b"a,b\n1,2\n3,\xe9t\xe9\n", "PF003", "byte 0xE9 at offset 10, on line 3,"),
        (b'a,b\n1,"x\ny"\n\n3,\xe9\n', "PF003", "on line 5,"),
        (b"a,b\n1\n3,\xe9\n", "PF003", "on line 3,"),
        (b"a\xe9,b\n1,2\n", "PF003", "byte 0xE9 at offset 1, on line 1,"),
        (b"\xef\xbb\xbfa,b\n1,\xe9\n", "PF003", "byte 0xE9 at offset 9, on line 2,"),
    ],
)
def test_text_that_cannot_be_read_is_refused_with_its_line(
    tmp_path: Path, content: bytes, code: str, words: str, block: int
) -> None:
    with pytest.raises(UnreadableInput) as refused:
        list(opened(tmp_path, content, block_bytes=block).chunks())
    assert refused.value.code == code
    assert words in str(refused.value)
    assert str(refused.value).startswith(str(tmp_path / "rows.csv"))


@pytest.mark.parametrize("block", [1, 8, 1 << 20])
def test_the_records_before_an_open_quote_come_first(tmp_path: Path, block: int) -> None:
    source = opened(tmp_path, b'a,b\n1,2\n3,4\n5,"open\n', block_bytes=block)
    seen: list[Chunk] = []
    with pytest.raises(UnreadableInput):
        seen.extend(source.chunks())
    assert table(seen) in ([], [["1", "2"]], [["1", "2"], ["3", "4"]])


@pytest.mark.parametrize(
    ("content", "code"),
    [(b'a,b\n1,"' + b"x" * 500, "PF103"), (b"a,b\n1," + b"x" * 500 + b"\n", "PF107"), (b"a" * 300_000, "PF107")],
)
def test_a_record_beyond_the_limit_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    with pytest.raises(UnreadableInput) as refused:
        list(opened(tmp_path, content, block_bytes=16, record_bytes=200).chunks())
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"a,b\n1,2\n", []),
        (b"a,b\n", ["PF002"]),
        (b"a,b", ["PF002"]),
        (b"a,b\n,\n", ["PF002"]),
        (b"a,b\r\n1,2\n3,4\n", ["PF006"]),
        (b"a,b\r\n1,2\r\n", []),
        (b"a,b\r1,2\r", []),
        (b'a,b\n1,"x\r\ny"\n', []),
        (b"1,2\n3,4\n", ["PF207"]),
        (b"Acme,info@acme.example\nDelta,x@delta.example\n", ["PF207"]),
        (b"\xff\xfea\x00,\x00b\x00\n\x001\x00,\x002\x00", ["PF004"]),
        (b"\xef\xbb\xbfa,b\n1,2\n", []),
        (b"a,b\n1,2\n\x1a", []),
        (b"a,b\n1,2\x1a\x1a", []),
    ],
)
def test_what_is_said_of_the_file(tmp_path: Path, content: bytes, expected: list[str]) -> None:
    source = opened(tmp_path, content)
    list(source.chunks())
    assert [finding.code for finding in source.findings()] == expected
    assert not any("\x1a" in (cell or "") for row in table(list(source.chunks())) for cell in row)


def test_mixed_line_ends_are_counted_with_the_header(tmp_path: Path) -> None:
    source = opened(tmp_path, b"a,b\r\n1,2\n3,4\n5,6\r")
    list(source.chunks())
    assert source.findings()[0].message.endswith("LF 2, CRLF 1, CR 1")


def test_what_was_read(tmp_path: Path) -> None:
    source = opened(tmp_path, b"\xef\xbb\xbfa;b\n1;2\n3;4\n")
    list(source.chunks())
    line = source.line()
    assert (line.path, line.records, line.columns) == (str(tmp_path / "rows.csv"), 2, 2)
    assert (line.encoding, line.delimiter) == ("utf-8 with BOM", ";")
    assert line.reason == "semicolon: 2 cells in the header and in 2 of 2 records"


def test_a_file_that_changes_is_refused(tmp_path: Path) -> None:
    source = opened(tmp_path, b"a,b\n1,2\n")
    list(source.chunks())
    (tmp_path / "rows.csv").write_bytes(b"a,b\n1,2\n3,4\n")
    with pytest.raises(UnreadableInput, match="changed"):
        list(source.chunks())


def test_a_change_during_a_pass_is_refused(tmp_path: Path) -> None:
    source = opened(tmp_path, b"a,b\n" + b"1,2\n" * 100, block_bytes=16)
    chunks = source.chunks()
    next(chunks)
    os.utime(tmp_path / "rows.csv", ns=(1, 1))
    with pytest.raises(UnreadableInput, match="changed"):
        list(chunks)


def test_a_pass_may_be_left_early(tmp_path: Path) -> None:
    source = opened(tmp_path, b"a,b\n" + b"1,2\n" * 1000, block_bytes=64)
    chunks = source.chunks()
    next(chunks)
    chunks.close()  # type: ignore[attr-defined]
    assert sum(chunk.length for chunk in source.chunks()) == 1000


def test_a_named_encoding_is_read_as_such(tmp_path: Path) -> None:
    source = opened(tmp_path, "name;city\nAmélie;Orléans\n".encode("cp1252"), encoding="cp1252")
    chunks = list(source.chunks())
    assert table(chunks) == [["Amélie", "Orléans"]]
    assert chunks[0].locate is not None
    position, start, stop = chunks[0].locate(pa.array([0]), pa.array([1]))
    assert (position.to_pylist(), start.to_pylist(), stop.to_pylist()) == ([8], [18], [26])


CONTENT = 'a,b,c\n1,é,\n,,\n2,"x\ny",3\n4\n5,6,7\n'.encode()


@pytest.mark.parametrize("block_bytes", [6, 14, 1 << 20])
@pytest.mark.parametrize("wanted", [frozenset(), frozenset({1}), frozenset({0, 2}), frozenset({0, 1, 2}), None])
def test_columns_that_are_wanted_are_as_ever(tmp_path: Path, wanted: frozenset[int] | None, block_bytes: int) -> None:
    whole = list(opened(tmp_path, CONTENT, block_bytes=block_bytes).chunks())
    source = opened(tmp_path, CONTENT, block_bytes=block_bytes)
    assert isinstance(source, NarrowSource)
    narrow = list(source.narrowed(lambda: wanted))
    for one, other in zip(narrow, whole, strict=True):
        assert (one.first_row, one.length, one.cells, one.blank_lines) == (
            other.first_row,
            other.length,
            other.cells,
            other.blank_lines,
        )
        assert [len(column) for column in one.columns] == [one.length] * 3
        for number in {0, 1, 2} if wanted is None else wanted:
            assert one.columns[number] == other.columns[number]


def test_bytes_that_are_no_text_are_refused_in_columns_that_nobody_wants(tmp_path: Path) -> None:
    source = opened(tmp_path, b"a,b\n1,2\n3,\xe9\n")
    assert isinstance(source, NarrowSource)
    with pytest.raises(UnreadableInput, match="line 3, is not UTF-8"):
        list(source.narrowed(lambda: frozenset({0})))
