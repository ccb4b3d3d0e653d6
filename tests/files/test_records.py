"""One record at a time, as Python's csv module cuts it."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.files.records import Unclosed, cut_record, is_blank, is_blank_text, iter_records, line_ends, record_end

PIECES = st.lists(st.sampled_from(['"', ",", "\n", "\r", "a", " ", "\t", "é", '""']), max_size=25).map("".join)


@pytest.mark.parametrize(
    ("data", "texts", "stray"),
    [
        (b"a,b\nc", [b"a", b"b"], [False, False]),
        (b"", [b""], [False]),
        (b",", [b"", b""], [False, False]),
        (b'"a,b",c', [b"a,b", b"c"], [False, False]),
        (b'"a""b"', [b'a"b'], [False]),
        (b'""""', [b'"'], [False]),
        (b'5" pipe,x', [b'5" pipe', b"x"], [True, False]),
        (b'"x"y,z', [b"xy", b"z"], [True, False]),
        (b'"x"y"z,w', [b'xy"z', b"w"], [True, False]),
        (b'"x" ,z', [b"x ", b"z"], [True, False]),
        (b' "x,y"', [b' "x', b'y"'], [True, True]),
        (b'"two\r\nlines",c\r\nnext', [b"two\r\nlines", b"c"], [False, False]),
    ],
)
def test_a_record_is_cut_into_cells(data: bytes, texts: list[bytes], stray: list[bool]) -> None:
    record = cut_record(data, b",")
    assert [cell.text for cell in record.cells] == texts
    assert [cell.stray for cell in record.cells] == stray
    assert record.is_stray is any(stray)


@pytest.mark.parametrize(("data", "at"), [(b'"a', 0), (b'a,"b""', 2), (b'a,"b\nc,d', 2), (b'a"b,"c', 4)])
def test_a_quote_that_never_closes_is_named(data: bytes, at: int) -> None:
    with pytest.raises(Unclosed) as cut:
        cut_record(data, b",")
    with pytest.raises(Unclosed) as ended:
        record_end(data, b",", 0)
    assert (cut.value.at, ended.value.at) == (at, at)


@given(text=PIECES, delimiter=st.sampled_from([",", "\t", " ", ";"]))
def test_records_are_those_of_the_csv_module(text: str, delimiter: str) -> None:
    data = text.encode()
    try:
        found = list(iter_records(data, delimiter.encode()))
    except Unclosed:
        return
    expected = [row or [""] for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]
    assert [[cell.text.decode() for cell in record.cells] for record in found] == expected


@given(text=PIECES, delimiter=st.sampled_from([b",", b"\t", b" "]))
def test_the_short_ways_agree_with_the_exact_one(text: str, delimiter: bytes) -> None:
    try:
        record = cut_record(text.encode(), delimiter)
    except Unclosed as cut:
        opened = cut.at
        with pytest.raises(Unclosed, match=f"^{opened}$"):
            record_end(text.encode(), delimiter, 0)
        return
    assert record_end(text.encode(), delimiter, 0) == record.stop
    assert is_blank_text(text.encode(), delimiter, 0, record.stop) is is_blank(record)


def test_a_record_at_the_edge_of_a_block_is_left_to_the_next() -> None:
    assert [record.stop for record in iter_records(b"a,b\nc,d", b",", final=False)] == [3]
    assert [record.stop for record in iter_records(b"a,b\r", b",", final=False)] == []
    assert [record.stop for record in iter_records(b"a,b\r", b",")] == [3]


@pytest.mark.parametrize(("data", "count"), [(b"", 0), (b"a\nb\r\nc\rd", 3), (b"\r\r\n\n", 3), (b"a", 0)])
def test_line_ends_are_counted(data: bytes, count: int) -> None:
    assert line_ends(data) == count
