"""Cells put into a column, and columns cut."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.rules.replacing import cut, put

CELLS = st.lists(st.none() | st.text(max_size=6), max_size=12)


@given(CELLS, st.data())
def test_values_stand_where_the_mask_is_true(cells: list[str | None], data: st.DataObject) -> None:
    mask = data.draw(st.lists(st.booleans(), min_size=len(cells), max_size=len(cells)))
    start = data.draw(st.integers(0, len(cells)))
    chosen = mask[start:]
    values = data.draw(st.lists(st.none() | st.text(max_size=6), min_size=sum(chosen), max_size=sum(chosen)))
    column = pa.array(cells, pa.string()).slice(start)
    found = put(column, pa.array(mask, pa.bool_()).slice(start), pa.array(values, pa.string()))
    found.validate(full=True)
    coming = iter(values)
    assert found.to_pylist() == [next(coming) if here else cell for cell, here in zip(cells[start:], chosen, strict=True)]


def test_values_of_a_mask() -> None:
    found = put(pa.array([True, False, True]), pa.array([False, True, True]), pa.array([True, False]))
    assert found.to_pylist() == [True, True, False]


@given(CELLS, st.data())
def test_a_column_is_cut_by_its_bytes(cells: list[str | None], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(cells)))
    column, rest = pa.array(cells, pa.string()).slice(start), cells[start:]
    starts, stops, wanted, at = [], [], [], 0
    for cell in rest:
        text = cell or ""
        first = data.draw(st.integers(0, len(text)))
        last = data.draw(st.integers(first, len(text)))
        before, after = len(text[:first].encode()), len(text[:last].encode())
        starts.append(at + before)
        stops.append(at + after)
        wanted.append(None if cell is None else text[first:last])
        at += len(text.encode())
    found = cut(column, np.array(starts, dtype=np.int64), np.array(stops, dtype=np.int64))
    found.validate(full=True)
    assert found.to_pylist() == wanted


@pytest.mark.parametrize("cells", [[], [None, None], ["", None]])
def test_where_no_byte_stands_nothing_is_cut(cells: list[str | None]) -> None:
    nothing = np.zeros(len(cells), dtype=np.int64)
    assert cut(pa.array(cells, pa.string()), nothing, nothing).to_pylist() == cells
