"""Rows of text to the bytes of a CSV: UTF-8, LF, RFC 4180, quotes only in records that need them, exact sizes known.

Where no cell holds a special character, Arrow's writer writes the records; else Arrow's kernels join them. Both write a record the
same way, so that the bytes do not depend on where a chunk is cut.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from preflight.rules.replacing import put

__all__ = ["Serialised", "header_bytes", "serialise"]

Array = Any
_PIECE = 1 << 17
_MOST = (1 << 31) - 1
_BLANKS = pc.JoinOptions(null_handling="replace", null_replacement="")
_SPECIAL = b',"\n\r'
_HIGHEST = max(_SPECIAL)
_LF = ord("\n")
_OPTIONS = csv.WriteOptions(include_header=False, batch_size=8192, quoting_style="none")


@dataclass(frozen=True, slots=True)
class Serialised:
    """Records as bytes. `ends` (int64) is where each record ends, `lines` (int64) how many physical lines each takes, None: one."""

    data: bytes | memoryview
    ends: Any
    lines: Any | None

    def __len__(self) -> int:
        return len(self.ends)


def header_bytes(names: tuple[str, ...]) -> bytes:
    """The header record."""
    return bytes(serialise([pa.array([name], pa.string()) for name in names]).data)


def serialise(columns: list[Array]) -> Serialised:
    """The records of some text columns (string, null for a blank), all of the same length."""
    length = len(columns[0])
    if length == 0:
        return Serialised(b"", np.zeros(0, dtype=np.int64), None)
    looked = [_Looked.at(column) for column in columns]
    columns, special = [one.column for one in looked], [one.special for one in looked]
    if len(columns) == 1:
        special = [special[0] | _empty_rows(columns[0])]  # nothing in the only column would be an empty line
    if not any(rows.any() for rows in special):
        return Serialised(_plain(columns), np.cumsum(_plain_sizes(columns, length)), None)
    if length > 1 and 2 * sum(column.nbytes for column in columns) + 3 * length * len(columns) > _MOST:
        return _in_halves(columns)
    breaks = [one.breaks for one in looked if one.breaks is not None]
    return _joined(columns, special, 1 + np.sum(breaks, axis=0) if breaks else None)


@dataclass(frozen=True, slots=True)
class _Looked:
    """A column, where its cells hold a delimiter, a quote or a line break (`special`, numpy bool), and how many LF each cell holds
    (`breaks`, int64; None: none)."""

    column: Array
    special: Any
    breaks: Any | None

    @classmethod
    def at(cls, column: Array) -> _Looked:
        """Look at the bytes of all cells. Arrow's writer also looks at those under nulls: a column with a special one there is
        taken without nulls."""
        special = np.zeros(len(column), dtype=bool)
        _, offsets, data = column.buffers()
        if data is None or offsets is None:
            return cls(column, special, None)
        bounds = np.frombuffer(offsets, dtype=np.int32)[column.offset : column.offset + len(column) + 1]
        view = np.frombuffer(data, dtype=np.uint8)[: bounds[-1]]
        at = _special_bytes(view, int(bounds[0]))
        if not len(at):
            return cls(column, special, None)
        rows = np.searchsorted(bounds, at, side="right") - 1
        special[rows] = True
        feeds = rows[view[at] == _LF]
        breaks = np.bincount(feeds, minlength=len(column)) if len(feeds) else None
        if column.null_count:
            valid = column.is_valid().to_numpy(zero_copy_only=False)
            if (special & ~valid).any():
                return cls(pc.fill_null(column, ""), special & valid, None if breaks is None else breaks * valid)
        return cls(column, special, breaks)


def _special_bytes(view: Any, start: int) -> Any:
    """Where a special byte stands, from `start` on (int64). In pieces that fit the cache; most have none below a dot."""
    found = []
    for at in range(start, len(view), _PIECE):
        piece = view[at : at + _PIECE]
        if piece.min() > _HIGHEST:
            continue
        special = piece == _SPECIAL[0]
        for byte in _SPECIAL[1:]:
            special |= piece == byte
        if special.any():
            found.append(np.flatnonzero(special) + at)
    return np.concatenate(found) if found else np.zeros(0, dtype=np.int64)


def _empty_rows(column: Array) -> Any:
    return pc.fill_null(pc.equal(pc.binary_length(column), 0), True).to_numpy(zero_copy_only=False)


def _lengths(column: Array) -> Any:
    lengths = pc.binary_length(column)
    return (pc.fill_null(lengths, 0) if lengths.null_count else lengths).to_numpy(zero_copy_only=False).astype(np.int64)


def _plain_sizes(columns: list[Array], length: int) -> Any:
    sizes = np.full(length, len(columns), dtype=np.int64)  # the delimiters and the line end
    for column in columns:
        sizes += _lengths(column)
    return sizes


def _plain(columns: list[Array]) -> memoryview:
    """The records by Arrow's writer."""
    sink = io.BytesIO()
    table = pa.table(columns, names=[str(number) for number in range(len(columns))])
    csv.write_csv(table, sink, write_options=_OPTIONS)
    return sink.getbuffer()


def _joined(columns: list[Array], special: list[Any], lines: Any | None) -> Serialised:
    """The records put together by Arrow, those in quotes that need them."""
    cells = [_quoted(column, rows) if rows.any() else column for column, rows in zip(columns, special, strict=True)]
    cells[-1] = pc.binary_join_element_wise(cells[-1], "\n", "", options=_BLANKS)
    records = cells[0] if len(cells) == 1 else pc.binary_join_element_wise(*cells, ",", options=_BLANKS)
    _, offsets, text = records.buffers()
    ends = np.frombuffer(offsets, dtype=np.int32)[1 : len(records) + 1].astype(np.int64)
    return Serialised(memoryview(text)[: int(ends[-1])], ends, lines)


def _quoted(column: Array, rows: Any) -> Array:
    """The column with quotes around these cells."""
    needs = pa.array(rows)
    some = pc.replace_substring(column.filter(needs), '"', '""')
    return put(column, needs, pc.binary_join_element_wise('"', some, '"', "", options=_BLANKS))


def _in_halves(columns: list[Array]) -> Serialised:
    """The same where the bytes outgrow the offsets of an Arrow array."""
    half = len(columns[0]) // 2
    first, second = (serialise([column.slice(*part) for column in columns]) for part in ((0, half), (half,)))
    lines = None
    if first.lines is not None or second.lines is not None:
        lines = np.concatenate([np.ones(len(one), dtype=np.int64) if one.lines is None else one.lines for one in (first, second)])
    return Serialised(b"".join([first.data, second.data]), np.concatenate([first.ends, second.ends + len(first.data)]), lines)
