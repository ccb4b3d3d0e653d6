"""Plain numbers by their bytes: what they say is what the grammar says."""

from __future__ import annotations

import re

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.rules.plain_numbers import are_plain, marked_rows

PLAIN = {".": r"-?[1-9][0-9]*(?:\.[0-9]+)?|0(?:\.[0-9]+)?", ",": r"-?[1-9][0-9]*|0"}
CELLS = st.lists(st.none() | st.text("0019.,-e x\u0663", max_size=5) | st.from_regex(r"\A-?[0-9]{0,3}\.?[0-9]{0,3}\Z"), max_size=12)


@given(CELLS, st.sampled_from(".,"), st.integers(0, 3))
def test_plain_is_what_the_pattern_says(cells: list[str | None], mark: str, offset: int) -> None:
    column = pa.array(cells, pa.string()).slice(offset)
    expected = [text is not None and re.fullmatch(PLAIN[mark], text, re.ASCII) is not None for text in cells[offset:]]
    assert are_plain(column, mark).tolist() == expected


@pytest.mark.parametrize(
    ("text", "under_dot", "under_comma"),
    [("12", True, True), ("-12", True, True), ("0", True, True), ("-0", False, False), ("012", False, False), ("0.5", True, False),
     ("-0.5", False, False), ("1.", False, False), (".5", False, False), ("1.2.3", False, False), ("1-2", False, False),
     ("--1", False, False), ("-", False, False), ("", False, False), ("1,5", False, False), ("+1", False, False)],
)  # fmt: skip
def test_single_cells(text: str, under_dot: bool, under_comma: bool) -> None:
    column = pa.array(["7", text, "8"])
    assert are_plain(column, ".").tolist() == [True, under_dot, True]
    assert are_plain(column, ",").tolist() == [True, under_comma, True]


def test_bytes_under_a_null_are_not_plain() -> None:
    column = pa.Array.from_buffers(
        pa.string(), 2, [pa.py_buffer(b"\x02"), pa.py_buffer(b"\0\0\0\0\2\0\0\0\3\0\0\0"), pa.py_buffer(b"127")]
    )
    assert column.to_pylist() == [None, "7"]
    assert are_plain(column, ".").tolist() == [False, True]


def test_rows_with_marks() -> None:
    marked, several = marked_rows(pa.array(["1", "1.5", "1,5", "1.000.000", None, "a.b,c", ""]))
    assert marked.tolist() == [False, True, True, True, False, True, False]
    assert several.tolist() == [False, False, True, True, False, True, False]
    assert [mask.tolist() for mask in marked_rows(pa.array([], pa.string()))] == [[], []]
