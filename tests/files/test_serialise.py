"""Bytes of CSV: RFC 4180, LF, quotes only where needed, exact sizes."""

from __future__ import annotations

import csv
import io

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preflight.files.serialise import header_bytes, serialise


def columns(*values: list[str | None]) -> list[pa.Array]:
    return [pa.array(one, pa.string()) for one in values]


@pytest.mark.parametrize(
    ("rows", "data", "ends", "lines"),
    [
        ([["a", "b"]], b"a,b\n", [4], None),
        ([["a", None]], b"a,\n", [3], None),
        ([[None, None]], b",\n", [2], None),
        ([["a,b", "c"]], b'"a,b",c\n', [8], None),
        ([['a"b', "c"]], b'"a""b",c\n', [9], None),
        ([["a\nb", "c"]], b'"a\nb",c\n', [8], [2]),
        ([["a\r\nb", "c"], ["d", "e"]], b'"a\r\nb",c\nd,e\n', [9, 13], [2, 1]),
        ([[" a ", "é"]], b" a ,\xc3\xa9\n", [7], None),
        ([["x", "y"], ["p,q", None], ["z", "w"]], b'x,y\n"p,q",\nz,w\n', [4, 11, 15], None),
        ([[None]], b'""\n', [3], None),
        ([["a"], [None], ["b"]], b'a\n""\nb\n', [2, 5, 7], None),
    ],
)
def test_records(rows: list[list[str | None]], data: bytes, ends: list[int], lines: list[int] | None) -> None:
    made = serialise(columns(*map(list, zip(*rows, strict=True))))
    assert made.data == data
    assert made.ends.tolist() == ends
    assert (None if made.lines is None else made.lines.tolist()) == lines
    assert len(made) == len(rows)


def test_no_rows() -> None:
    made = serialise(columns([], []))
    assert (made.data, len(made)) == (b"", 0)


def test_the_header() -> None:
    assert header_bytes(("a", "b,c", 'd"')) == b'a,"b,c","d"""\n'
    assert header_bytes(("",)) == b'""\n'


CELLS = st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=8))


@settings(max_examples=150, deadline=None)
@given(rows=st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=20), cut=st.integers(0, 20))
def test_what_is_written_is_read_back_wherever_it_is_cut(rows: list[tuple[str | None, ...]], cut: int) -> None:
    whole = columns(*map(list, zip(*rows, strict=True)))
    made = serialise(whole)
    parts = [serialise([one.slice(0, cut) for one in whole]), serialise([one.slice(cut) for one in whole])]
    assert b"".join(part.data for part in parts) == bytes(made.data)
    assert made.ends[-1] == len(made.data)
    starts = [0, *made.ends.tolist()]
    for row, start, stop in zip(rows, starts, starts[1:], strict=False):
        text = bytes(made.data[start:stop]).decode()
        assert text.endswith("\n")
        (read,) = csv.reader(io.StringIO(text, newline=""))
        assert read == [cell or "" for cell in row]


@settings(max_examples=100, deadline=None)
@given(rows=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=10))
def test_lines_count_the_physical_lines(rows: list[tuple[str | None, ...]]) -> None:
    made = serialise(columns(*map(list, zip(*rows, strict=True))))
    counted = [1] * len(rows) if made.lines is None else made.lines.tolist()
    assert counted == [1 + sum((cell or "").count("\n") for cell in row) for row in rows]


def test_records_that_outgrow_an_array_are_written_in_halves(monkeypatch: pytest.MonkeyPatch) -> None:
    cells = columns(["a,b", None, 'c"', "d\ne", "f"], ["1", "2", None, "4", "\n"])
    whole = serialise(cells)
    monkeypatch.setattr("preflight.files.serialise._MOST", 40)
    cut = serialise(cells)
    assert (cut.data, cut.ends.tolist()) == (whole.data, whole.ends.tolist())
    assert whole.lines is not None
    assert cut.lines is not None
    assert cut.lines.tolist() == whole.lines.tolist() == [1, 1, 1, 2, 2]


def test_bytes_under_nulls_are_not_written() -> None:
    hidden = pa.Array.from_buffers(
        pa.string(), 2, [pa.py_buffer(b"\x02"), pa.py_buffer(np.array([0, 3, 4], np.int32)), pa.py_buffer(b"a,bc")]
    )
    assert serialise([hidden, hidden]).data == b",\nc,c\n"
    assert serialise([hidden, pa.array(["x,y", "z"])]).data == b',"x,y"\nc,z\n'
