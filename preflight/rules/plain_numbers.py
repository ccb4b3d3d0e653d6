"""Numbers that stand in plain text already, settled on the bytes of a column at once: the usual case.

What is said to be plain is canonical and means itself under the mark. What is not may be a number too, and needs the grammar of
`decimals`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from preflight.rules.tidying import bytes_of

__all__ = ["are_plain", "marked_rows"]

Array = Any  # pyarrow.Array; pyarrow ships no types
Numbers = npt.NDArray[Any]

_DOT, _COMMA, _MINUS, _ZERO = b".,-0"


def are_plain(cells: Array, mark: str) -> Numbers:
    """Where a cell is ``-?digits`` or, under the dot, ``-?digits.digits``, without leading zeros (numpy bool; False for null).

    Negative numbers that begin with a zero are left to the grammar, because ``-0`` is not canonical.
    """
    data, bounds = bytes_of(cells)
    if not data.size:
        return np.zeros(len(cells), dtype=bool)
    starts, stops, last = bounds[:-1], bounds[1:], len(data) - 1
    negative = (data[np.minimum(starts, last)] == _MINUS) & (stops > starts)
    heads = starts + negative
    first = data[np.minimum(heads, last)]
    good: Numbers = (stops > heads) & (first - _ZERO <= 9)
    zero = first == _ZERO
    if zero.any():
        good &= ~zero | (~negative & ((stops - heads == 1) | (data[np.minimum(heads + 1, last)] == _DOT)))
    others = np.flatnonzero(data - _ZERO > 9)
    if len(others):
        good[_rows_that_break(data, starts, stops, others, pointed=mark == ".")] = False
    if cells.null_count:
        good &= cells.is_valid().to_numpy(zero_copy_only=False)
    return good


def _rows_that_break(data: Numbers, starts: Numbers, stops: Numbers, others: Numbers, *, pointed: bool) -> Numbers:
    """The rows with a byte that is no digit and has no right to be there: a sign inside, a second dot, a dot at the end."""
    rows, signs = np.searchsorted(starts, others, side="right") - 1, data[others]
    in_place = (signs == _MINUS) & (others == starts[rows])
    if pointed:
        dots = signs == _DOT
        in_place |= dots & (others < stops[rows] - 1)
        in_place[1:] &= ~(dots[1:] & dots[:-1] & (rows[1:] == rows[:-1]))
    found: Numbers = rows[~in_place]
    return found


def marked_rows(cells: Array) -> tuple[Numbers, Numbers]:
    """Which cells hold a dot or a comma, and which of them a comma or several marks (numpy bool). Bytes under nulls count."""
    data, bounds = bytes_of(cells)
    marked, several = np.zeros(len(cells), dtype=bool), np.zeros(len(cells), dtype=bool)
    marks = np.flatnonzero((data == _DOT) | (data == _COMMA))
    if len(marks):
        rows = np.searchsorted(bounds[:-1], marks, side="right") - 1
        marked[rows] = True
        several[rows[data[marks] == _COMMA]] = True
        several[rows[1:][rows[1:] == rows[:-1]]] = True
    return marked, several
