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
_SPECIAL = '[",\r\n]'
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
    special = _special_rows(columns, length)
    if special is None:
        sizes = _plain_sizes(columns, length)
        return Serialised(_plain(columns), np.cumsum(sizes), None)
    return _spliced(columns, special, length)


def _special_rows(columns: list[Array], length: int) -> Any | None:
    """Which records need quotes somewhere: a delimiter, a quote or a line break in a cell, or nothing in the only column."""
    found = np.zeros(length, dtype=bool)
    for column in columns:
        if _may_be_special(column):
            found |= pc.fill_null(pc.match_substring_regex(column, _SPECIAL), False).to_numpy(zero_copy_only=False)
    if len(columns) == 1:
        found |= pc.fill_null(pc.equal(pc.binary_length(columns[0]), 0), True).to_numpy(zero_copy_only=False)
    return found if found.any() else None


def _may_be_special(column: Array) -> bool:
    """Whether any special byte stands in the text of the column; one search of the whole buffer for each."""
    _, offsets, data = column.buffers()
    if data is None or offsets is None:
        return False
    bounds = np.frombuffer(offsets, dtype=np.int32)
    start, stop = int(bounds[column.offset]), int(bounds[column.offset + len(column)])
    text = memoryview(data)[start:stop]
    return any(one in bytes(text) for one in (b",", b'"', b"\n", b"\r")) if stop - start < 4096 else _holds_any(text)


def _holds_any(text: memoryview) -> bool:
    view = np.frombuffer(text, dtype=np.uint8)
    for start in range(0, len(view), 1 << 17):
        part = view[start : start + (1 << 17)]
        if (part == 0x2C).any() or (part == 0x22).any() or (part == 0x0A).any() or (part == 0x0D).any():
            return True
    return False


def _lengths(column: Array) -> Any:
    return pc.fill_null(pc.binary_length(column), 0).to_numpy(zero_copy_only=False).astype(np.int64)


def _plain_sizes(columns: list[Array], length: int) -> Any:
    sizes = np.full(length, len(columns), dtype=np.int64)  # the delimiters and the line end
    for column in columns:
        sizes += _lengths(column)
    return sizes


def _plain(columns: list[Array]) -> bytes:
    sink = io.BytesIO()
    columns = [pc.fill_null(one, "") if one.null_count and _may_be_special(one) else one for one in columns]
    table = pa.table(columns, names=[str(number) for number in range(len(columns))])
    csv.write_csv(table, sink, write_options=_OPTIONS)
    return sink.getvalue()


def _spliced(columns: list[Array], special: Any, length: int) -> Serialised:
    """Arrow's writer writes every record, the special ones with their special cells left out; those are then replaced."""
    mask = pa.array(special)
    blanked = [pc.if_else(mask, _EMPTY, column) if _may_be_special(column) else column for column in columns]
    written = _plain_sizes(blanked, length)
    picked = pa.array(np.flatnonzero(special))
    odd = _quoted([column.take(picked) for column in columns])
    sizes = written.copy()
    sizes[special] = _lengths(odd)
    data = _woven(odd, _plain(blanked), special, np.cumsum(written))
    breaks = pc.count_substring(odd, "\n").to_numpy(zero_copy_only=False) - 1
    lines = None
    if breaks.any():
        lines = np.ones(length, dtype=np.int64)
        lines[special] += breaks
    return Serialised(data, np.cumsum(sizes), lines)


def _quoted(columns: list[Array]) -> Array:
    """The special records, each with its line end."""
    cells: list[Any] = []
    for column in columns:
        text = pc.fill_null(column, "") if column.null_count else column
        needs = pc.match_substring_regex(text, _SPECIAL)
        if len(columns) == 1:
            needs = pc.or_(needs, pc.equal(pc.binary_length(text), 0))
        if pc.any(needs).as_py():
            some = pc.replace_substring(text.filter(needs), '"', '""')
            text = pc.replace_with_mask(text, needs, pc.binary_join_element_wise('"', some, '"', ""))
        cells += [text, ","]
    cells[-1] = "\n"
    return pc.binary_join_element_wise(*cells, "")


def _woven(odd: Array, plain: bytes, special: Any, written: Any) -> bytes:
    """The records in their order: runs of one kind are copied as a whole, the first writing of a special record is skipped."""
    borders = [0, *(np.flatnonzero(special[1:] != special[:-1]) + 1).tolist(), len(special)]
    ordinary = memoryview(plain)
    _, offsets, data = odd.buffers()
    bounds, quoted = np.frombuffer(offsets, dtype=np.int32)[odd.offset :], memoryview(data)
    counted = np.cumsum(special) - special  # how many special records stand before each
    starts = np.concatenate([[0], written])
    pieces = []
    for first, last in itertools.pairwise(borders):
        if special[first]:
            at = int(counted[first])
            pieces.append(quoted[bounds[at] : bounds[at + last - first]])
        else:
            pieces.append(ordinary[starts[first] : starts[last]])
    return b"".join(pieces)
