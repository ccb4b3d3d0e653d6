"""Where a cell stands: its character in its physical line, and its bytes in the text."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.files.locate import BlockLocator

DATA = 'é,"b\nü, c",d\nx,5" y\n'.encode()
LOCATE = BlockLocator(DATA, 100, np.array([0, 15]), np.array([14, 21]), b",")


@pytest.mark.parametrize(
    ("row", "column", "expected"),
    [
        (0, 0, (1, 100, 102)),
        (0, 1, (3, 103, 112)),
        (0, 2, (7, 113, 114)),
        (1, 0, (1, 115, 116)),
        (1, 1, (3, 117, 121)),
        (1, 2, (7, 121, 121)),
    ],
)
def test_a_cell_is_found(row: int, column: int, expected: tuple[int, int, int]) -> None:
    found = LOCATE(pa.array([row]), pa.array([column]))
    assert tuple(one.to_pylist() for one in found) == tuple([number] for number in expected)


def test_cells_are_answered_in_the_order_asked() -> None:
    position, start, stop = LOCATE(pa.array([1, 0, 1, 0]), pa.array([1, 2, 0, 0]))
    assert start.to_pylist() == [117, 113, 115, 100]
    assert (position.type, start.type, stop.type) == (pa.int64(), pa.int64(), pa.int64())


def test_nothing_is_asked() -> None:
    none = pa.array([], pa.int64())
    assert [len(one) for one in LOCATE(none, none)] == [0, 0, 0]


@given(
    st.lists(st.lists(st.sampled_from(["a", "é", "", '"b,c"', '"d\n""e"', "x y"]), min_size=1, max_size=4), min_size=1, max_size=6)
)
def test_a_block_is_looked_up_as_its_records_are_cut(records: list[list[str]]) -> None:
    lines = [",".join(cells).encode() for cells in records]
    stops = np.cumsum([len(line) + 1 for line in lines]) - 1
    starts = stops - np.array([len(line) for line in lines])
    data = b"\n".join(lines) + b"\n"
    rows = np.tile(np.repeat(np.arange(len(records)), 5), 4)
    columns = np.tile(np.arange(5), 4 * len(records))
    together, apart = (
        [one.to_pylist() for one in BlockLocator(data, 7, starts, stops, b",", stray=stray)(pa.array(rows), pa.array(columns))]
        for stray in (False, True)
    )
    few = BlockLocator(data, 7, starts, stops, b",")(pa.array(rows[:16]), pa.array(columns[:16]))
    assert len(rows) > 16
    assert together == apart
    assert [one.to_pylist() for one in few] == [one[:16] for one in together]
