"""Rows of text to the bytes of a CSV: UTF-8, LF, RFC 4180, quotes only in records that need them, exact sizes known.

Records without a special character go through Arrow's writer; the others are put together by Arrow kernels and spliced in at their
place. So every record is written the same way wherever a chunk is cut.
"""

from __future__ import annotations

import io
import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

__all__ = ["Serialised", "header_bytes", "serialise"]

Array = Any
_EMPTY = pa.scalar("")  # not a null: the writer also looks at the bytes that stand under nulls
_PIECE = 1 << 17
_MOST = 1 << 30
_SPECIAL = b',"\n\r'
_OPTIONS = csv.WriteOptions(include_header=False, batch_size=8192, quoting_style="none")


@dataclass(frozen=True, slots=True)
class Serialised:
    """Records as bytes. `ends` (int64) is where each record ends, `lines` (int64) how many physical lines each takes, None: one."""

    data: bytes
    ends: Any
    lines: Any | None

    def __len__(self) -> int:
        return len(self.ends)


def header_bytes(names: tuple[str, ...]) -> bytes:
    """The header record."""
    return serialise([pa.array([name], pa.string()) for name in names]).data


def serialise(columns: list[Array]) -> Serialised:
    """The records of some text columns (string, null for a blank), all of the same length."""
    length = len(columns[0])
    if length == 0:
        return Serialised(b"", np.zeros(0, dtype=np.int64), None)
    looked = [_look(column) for column in columns]
    columns, special = [column for column, _ in looked], [rows for _, rows in looked]
    if len(columns) == 1:
        special = [special[0] | _empty_rows(columns[0])]  # nothing in the only column would be an empty line
    odd = np.logical_or.reduce(special)
    if not odd.any():
        return Serialised(_plain(columns), np.cumsum(_plain_sizes(columns, length)), None)
    return _spliced(columns, special, odd)


def _look(column: Array) -> tuple[Array, Any]:
    """The column, and where its cells hold a delimiter, a quote or a line break (numpy bool): found by their bytes, told to rows.

    Arrow's writer also looks at the bytes that stand under nulls; a column with a special one there comes back without nulls.
    """
    found = np.zeros(len(column), dtype=bool)
    _, offsets, data = column.buffers()
    if data is None or offsets is None:
        return column, found
    bounds = np.frombuffer(offsets, dtype=np.int32)[column.offset : column.offset + len(column) + 1]
    view = np.frombuffer(data, dtype=np.uint8)[: bounds[-1]]
    for start in range(int(bounds[0]), len(view), _PIECE):
        part = view[start : start + _PIECE]
        special = part == _SPECIAL[0]
        for byte in _SPECIAL[1:]:
            special |= part == byte
        if special.any():
            found[np.searchsorted(bounds, np.flatnonzero(special) + start, side="right") - 1] = True
    if column.null_count and found.any():
        valid = column.is_valid().to_numpy(zero_copy_only=False)
        if (found & ~valid).any():
            return pc.fill_null(column, ""), found & valid
    return column, found


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


def _plain(columns: list[Array]) -> bytes:
    """The records by Arrow's writer."""
    sink = io.BytesIO()
    table = pa.table(columns, names=[str(number) for number in range(len(columns))])
    csv.write_csv(table, sink, write_options=_OPTIONS)
    return sink.getvalue()


def _spliced(columns: list[Array], special: list[Any], odd: Any) -> Serialised:
    """Arrow's writer writes every record, the special ones with their special cells left out; those are then replaced."""
    blanked = [
        pc.if_else(pa.array(rows), _EMPTY, column) if rows.any() else column for column, rows in zip(columns, special, strict=True)
    ]
    written = _plain_sizes(blanked, len(odd))
    picked = pa.array(np.flatnonzero(odd))
    quoted = _quoted([column.take(picked) for column in columns], [rows[odd] for rows in special])
    sizes = written.copy()
    sizes[odd] = _lengths(quoted)
    breaks = pc.count_substring(quoted, "\n").to_numpy(zero_copy_only=False) - 1
    lines = None
    if breaks.any():
        lines = np.ones(len(odd), dtype=np.int64)
        lines[odd] += breaks
    return Serialised(_woven(quoted, _plain(blanked), odd, np.cumsum(written)), np.cumsum(sizes), lines)


def _quoted(columns: list[Array], special: list[Any]) -> Array:
    """The special records, each with its line end; `special` says which of their cells need quotes."""
    cells: list[Any] = []
    for column, rows in zip(columns, special, strict=True):
        text = pc.fill_null(column, "") if column.null_count else column
        if rows.any():
            needs = pa.array(rows)
            some = pc.replace_substring(text.filter(needs), '"', '""')
            text = pc.replace_with_mask(text, needs, pc.binary_join_element_wise('"', some, '"', ""))
        cells += [text, ","]
    cells[-1] = "\n"
    return pc.binary_join_element_wise(*cells, "")


def _woven(quoted: Array, plain: bytes, odd: Any, written: Any) -> bytes:
    """The records in their order, each special one in place of its first writing: one take from both together."""
    bounds = np.concatenate([[0], written])
    if bounds[-1] >= _MOST:
        return _woven_piecewise(quoted, plain, odd, bounds)
    first = pa.Array.from_buffers(pa.binary(), len(odd), [None, pa.py_buffer(bounds.astype(np.int32)), pa.py_buffer(plain)])
    order = np.arange(len(odd))
    order[odd] = len(odd) + np.arange(int(odd.sum()))
    woven = pa.concat_arrays([first, quoted.cast(pa.binary())]).take(pa.array(order))
    _, offsets, data = woven.buffers()
    return memoryview(data)[: int(np.frombuffer(offsets, dtype=np.int32)[len(odd)])].tobytes()


def _woven_piecewise(quoted: Array, plain: bytes, odd: Any, bounds: Any) -> bytes:
    """The same where the bytes outgrow the offsets of an Arrow array."""
    pieces, ordinary, texts = [], memoryview(plain), iter(quoted.to_pylist())
    borders = [0, *(np.flatnonzero(odd[1:] != odd[:-1]) + 1).tolist(), len(odd)]
    for first, last in itertools.pairwise(borders):
        if odd[first]:
            pieces += [next(texts).encode() for _ in range(last - first)]
        else:
            pieces.append(ordinary[bounds[first] : bounds[last]])
    return b"".join(pieces)
