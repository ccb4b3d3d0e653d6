"""Where a cell stands: its character in its physical line, and its bytes in the text."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from preflight.files.locate import BlockLocator

DATA = 'é,"b\nü, c",d\nx,5" y\n'.encode()
LOCATE = BlockLocator(DATA, 100, np.array([0, 16]), np.array([15, 22]), b",")


@pytest.mark.parametrize(
    ("row", "column", "expected"),
    [
        (0, 0, (1, 100, 102)),
        (0, 1, (3, 103, 113)),
        (0, 2, (7, 114, 115)),
        (1, 0, (1, 116, 117)),
        (1, 1, (3, 118, 122)),
        (1, 2, (7, 122, 122)),
    ],
)
def test_a_cell_is_found(row: int, column: int, expected: tuple[int, int, int]) -> None:
    found = LOCATE(pa.array([row]), pa.array([column]))
    assert tuple(one.to_pylist() for one in found) == tuple([number] for number in expected)


def test_cells_are_answered_in_the_order_asked() -> None:
    position, start, stop = LOCATE(pa.array([1, 0, 1, 0]), pa.array([1, 2, 0, 0]))
    assert start.to_pylist() == [118, 114, 116, 100]
    assert (position.type, start.type, stop.type) == (pa.int64(), pa.int64(), pa.int64())


def test_nothing_is_asked() -> None:
    none = pa.array([], pa.int64())
    assert [len(one) for one in LOCATE(none, none)] == [0, 0, 0]
