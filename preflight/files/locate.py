"""Where cells stand in the text of a file. Worked out only for cells that are reported, from the bytes of their block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from preflight.files.records import cut_record

if TYPE_CHECKING:
    from preflight.files.records import CutRecord

__all__ = ["BlockLocator"]

Array = Any  # pyarrow.Array; pyarrow ships no types
Ints = Any  # numpy.ndarray of int64


@dataclass(frozen=True, slots=True)
class BlockLocator:
    """The Locator of a chunk: `data` are the bytes of its block, which start at byte `offset` of the text, and row i is
    `data[starts[i]:stops[i]]`. A cell that its record does not have stands at the end of the record."""

    data: bytes
    offset: int
    starts: Ints
    stops: Ints
    delimiter: bytes

    def __call__(self, rows: Array, columns: Array) -> tuple[Array, Array, Array]:
        """As Locator promises."""
        asked_rows, asked_columns = np.asarray(rows, dtype=np.int64), np.asarray(columns, dtype=np.int64)
        found = np.empty((3, asked_rows.size), dtype=np.int64)
        order = np.argsort(asked_rows, kind="stable")
        record, current = None, -1
        for at in order.tolist():
            row = int(asked_rows[at])
            if record is None or row != current:
                start = int(self.starts[row])
                record, current = cut_record(self.data[start : int(self.stops[row])], self.delimiter), row
            found[:, at] = self._place(record, int(self.starts[row]), int(asked_columns[at]))
        return pa.array(found[0]), pa.array(found[1]), pa.array(found[2])

    def _place(self, record: CutRecord, at: int, column: int) -> tuple[int, int, int]:
        start, stop = record.stop, record.stop
        if column < len(record.cells):
            start, stop = record.cells[column].start, record.cells[column].stop
        inside = max(self.data.rfind(b"\n", at, at + start), self.data.rfind(b"\r", at, at + start))
        begin = at if inside < 0 else inside + 1
        position = len(self.data[begin : at + start].decode()) + 1
        return position, self.offset + at + start, self.offset + at + stop
