"""Where cells stand in the text of a file. Worked out only for cells that are reported, from the bytes of their block."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa

from preflight.files.records import cut_record

__all__ = ["BlockLocator"]

Array = Any  # pyarrow.Array; pyarrow ships no types
Ints = Any  # numpy.ndarray of int64

_FEW = 16
"""As many cells are sooner found by themselves than by all that stands in their block."""


@dataclass(frozen=True, slots=True)
class _Marks:
    """What stands in a block: the delimiters outside quotes, the line ends, and how many bytes that go on with a character stand
    before each byte (None where all characters are single bytes)."""

    delimiters: Ints
    lines: Ints
    continued: Any


@lru_cache(maxsize=2)
def _marks_of(data: bytes, delimiter: bytes) -> _Marks:
    """The marks of a block. Findings are told column by column, so the same block is asked for many times in a row."""
    view = np.frombuffer(data, dtype=np.uint8)
    delimiters = view == delimiter[0]
    if b'"' in data:
        delimiters &= np.bitwise_xor.accumulate((view == ord('"')).view(np.uint8)) == 0
    lines = np.flatnonzero((view == ord("\n")) | (view == ord("\r")))
    continued = None
    if len(view) and view.max() >= 0x80:
        continued = np.concatenate([[0], np.cumsum((view & 0xC0) == 0x80, dtype=np.int32)])
    return _Marks(np.flatnonzero(delimiters), lines, continued)


@dataclass(frozen=True, slots=True)
class BlockLocator:
    """The Locator of a chunk: `data` are the bytes of its block, which start at byte `offset` of the text, and row i is
    `data[starts[i]:stops[i]]`. A cell that its record does not have stands at the end of the record. Where a quote of the block is
    `stray`, every record that is asked for is cut by itself."""

    data: bytes
    offset: int
    starts: Ints
    stops: Ints
    delimiter: bytes
    stray: bool = False

    def __call__(self, rows: Array, columns: Array) -> tuple[Array, Array, Array]:
        """As Locator promises."""
        asked_rows, asked_columns = np.asarray(rows, dtype=np.int64), np.asarray(columns, dtype=np.int64)
        few = asked_rows.size <= _FEW
        start, stop = (self._cut if self.stray or few else self._looked_up)(asked_rows, asked_columns)
        position = (self._counted if few else self._position)(self.starts[asked_rows], start)
        return pa.array(position), pa.array(start + self.offset), pa.array(stop + self.offset)

    def _looked_up(self, rows: Ints, columns: Ints) -> tuple[Ints, Ints]:
        """Where the cells start and stop, by the delimiters of the block."""
        marks, record, end = _marks_of(self.data, self.delimiter), self.starts[rows], self.stops[rows]
        borders = np.append(marks.delimiters, len(self.data) + 1)
        first = np.searchsorted(marks.delimiters, record) + columns
        before = borders[np.clip(first - 1, 0, len(borders) - 1)]
        start = np.where(columns == 0, record, np.where(before < end, before + 1, end))
        stop = np.minimum(borders[np.minimum(first, len(borders) - 1)], end)
        return start, np.maximum(start, stop)

    def _cut(self, rows: Ints, columns: Ints) -> tuple[Ints, Ints]:
        """The same, record by record."""
        spans: dict[int, list[tuple[int, int]]] = {}
        found = np.empty((2, rows.size), dtype=np.int64)
        for at, (row, column) in enumerate(zip(rows.tolist(), columns.tolist(), strict=True)):
            if row not in spans:
                begin, end = int(self.starts[row]), int(self.stops[row])
                cells = cut_record(self.data[begin:end], self.delimiter).cells
                spans[row] = [*((begin + cell.start, begin + cell.stop) for cell in cells), (end, end)]
            found[:, at] = spans[row][min(column, len(spans[row]) - 1)]
        return found[0], found[1]

    def _counted(self, record: Ints, start: Ints) -> Ints:
        """The characters from the start of the physical line to the cell, counted from 1; cell by cell."""
        found = []
        for first, last in zip(record.tolist(), start.tolist(), strict=True):
            begin = max(first, self.data.rfind(b"\n", first, last) + 1, self.data.rfind(b"\r", first, last) + 1)
            found.append(len(self.data[begin:last].decode()) + 1)
        return np.array(found, dtype=np.int64)

    def _position(self, record: Ints, start: Ints) -> Ints:
        """The same, by the marks of the block."""
        marks = _marks_of(self.data, self.delimiter)
        broken = np.append(marks.lines, -1)[np.searchsorted(marks.lines, start) - 1]
        begin = np.maximum(record, broken + 1)
        position = start - begin + 1
        return position if marks.continued is None else position - (marks.continued[start] - marks.continued[begin])
