"""From the bytes of a block to columns of text.

pyarrow parses what the scan found sound. Records with another number of cells go to pyarrow as well, a group for each number;
the few that are left, and those with a quote out of place, are cut by the exact reader. The outcome is the same whoever parses.
"""

from __future__ import annotations

import csv as py_csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from pyarrow import csv

from preflight.files.cell_text import without_empty
from preflight.files.records import cut_record

if TYPE_CHECKING:
    from preflight.files.scan import Scan

__all__ = ["Parsed", "parse"]

Array = Any  # pyarrow.Array; pyarrow ships no types
Ints = Any  # numpy.ndarray of int64

_WORTH_A_GROUP = 64
_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Parsed:
    """The columns of the records that are not blank; `cells` and `stray` as in Chunk, `rows` the numbers of the records."""

    columns: tuple[Array, ...]
    rows: Ints
    cells: Ints | None
    stray: Any | None


class _Refused(Exception):  # never leaves this module
    """pyarrow did not find the records that the scan found."""


def parse(data: bytes, found: Scan, delimiter: bytes, width: int, wanted: frozenset[int] | None = None) -> Parsed:
    """The records of a scanned block as `width` columns of text. Raises UnicodeDecodeError where a cell is not UTF-8.

    The columns that are not `wanted` may be nulls; None means that all are wanted.
    """
    if found.blank is None and found.stray is None:
        try:
            text = memoryview(data)[: found.consumed]
            columns = _sound(text, delimiter, width, found.starts.size, breaks=found.inner > 0, wanted=wanted)
            return Parsed(columns, np.arange(found.starts.size), None, None)
        except _Refused:
            pass
    return _mixed(data, found, delimiter, width)


def _sound(  # the text, its shape, and what is wanted of it
    text: Any, delimiter: bytes, width: int, rows: int, *, breaks: bool, wanted: frozenset[int] | None = None
) -> tuple[Array, ...]:
    """The columns of records that all have `width` cells. Raises _Refused where they have not, or are not UTF-8."""
    if not rows:
        return tuple(pa.array([], type=pa.string()) for _ in range(width))
    if bytes(text[:3]) == _MARK:  # pyarrow takes it for a byte order mark, but it is the first character of a cell
        text = b"\n" + bytes(text)
    names = [str(number) for number in range(width)]
    picked = names if wanted is None or len(wanted) == width else [str(number) for number in sorted(wanted) or [0]]
    try:
        _text_of(text).validate(full=True)  # the whole at once, which takes a third of the time of cell by cell
        table = csv.read_csv(
            pa.BufferReader(pa.py_buffer(text)),
            read_options=csv.ReadOptions(column_names=names, block_size=len(text) + 1, use_threads=len(text) > 1 << 20),
            parse_options=csv.ParseOptions(delimiter=delimiter.decode(), newlines_in_values=breaks),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), include_columns=picked, check_utf8=False
            ),
        )
    except pa.ArrowInvalid as fault:
        raise _Refused from fault
    if table.num_rows != rows:
        raise _Refused
    if picked is names:
        return tuple(_whole(column) for column in table.columns)
    nothing = pa.nulls(rows, pa.string())
    return tuple(_whole(table[name]) if name in table.column_names else nothing for name in names)


def _text_of(data: Any) -> Array:
    """All bytes as one text."""
    bounds = np.array([0, len(data)], dtype=np.int32)
    return pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(bounds), pa.py_buffer(data)])


def _whole(column: Any) -> Array:
    return without_empty(column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks))


def _mixed(data: bytes, found: Scan, delimiter: bytes, width: int) -> Parsed:
    """The same, where records are blank, ragged or have a quote out of place."""
    kept = np.ones(found.starts.size, dtype=bool) if found.blank is None else ~found.blank
    rows = np.flatnonzero(kept)
    stray = np.zeros(found.starts.size, dtype=bool) if found.stray is None else found.stray
    counts = _cell_counts(data, found, delimiter)
    odd: list[Ints] = []
    pieces: list[tuple[Ints, tuple[Array, ...]]] = []
    for count in np.unique(counts[kept & ~stray]).tolist():
        group = np.flatnonzero(kept & ~stray & (counts == count))
        columns = _group(data, found, group, delimiter, count, width)
        if columns is None:
            odd.append(group)
        else:
            pieces.append((group, columns))
    odd.append(np.flatnonzero(kept & stray))
    singly = np.sort(np.concatenate(odd))
    if singly.size:
        columns, counts[singly] = _one_by_one(data, found, singly, delimiter, width)
        pieces.append((singly, columns))
    cells = counts[rows] if np.any(counts[rows] != width) else None
    return Parsed(_interleaved(pieces, width), rows, cells, stray[rows] if stray[rows].any() else None)


def _cell_counts(data: bytes, found: Scan, delimiter: bytes) -> Ints:
    """The number of cells of each record whose quotes are in place."""
    view = np.frombuffer(data, dtype=np.uint8)[: found.consumed]
    places = np.flatnonzero(view == delimiter[0])
    record: Ints = np.searchsorted(found.ends, places, side="right")
    if found.quotes.size:
        quotes_before: Ints = np.searchsorted(found.quotes, found.starts)
        inside = (np.searchsorted(found.quotes, places) - quotes_before[record]) % 2 == 1
        record = record[~inside]
    return np.bincount(record, minlength=found.starts.size) + 1


def _group(data: bytes, found: Scan, group: Ints, delimiter: bytes, count: int, width: int) -> tuple[Array, ...] | None:
    """The columns of sound records that all have `count` cells, cut or padded; None where they are better read one by one."""
    if group.size < _WORTH_A_GROUP:
        return None
    cuts = np.flatnonzero(np.diff(group) != 1)
    firsts, lasts = group[np.append(0, cuts + 1)], group[np.append(cuts, group.size - 1)]
    view = memoryview(data)
    text = b"".join(view[a:b] for a, b in zip(found.starts[firsts].tolist(), found.ends[lasts].tolist(), strict=True))
    try:
        columns = _sound(text, delimiter, count, group.size, breaks=found.inner > 0)
    except _Refused:
        return None
    return columns[:width] + tuple(pa.nulls(group.size, pa.string()) for _ in range(width - count))


def _one_by_one(data: bytes, found: Scan, rows: Ints, delimiter: bytes, width: int) -> tuple[tuple[Array, ...], list[int]]:
    """The columns of these records and their numbers of cells, read exactly."""
    bounds = zip(found.starts[rows].tolist(), found.stops[rows].tolist(), strict=True)
    records = [data[start:stop] for start, stop in bounds]
    table = _by_module(records, delimiter) or [[cell.text.decode() for cell in cut_record(one, delimiter).cells] for one in records]
    even = [(texts + [""] * (width - len(texts)))[:width] for texts in table]
    columns = (pa.array([text or None for text in column], type=pa.string()) for column in zip(*even, strict=True))
    return tuple(columns), [len(texts) for texts in table]


def _by_module(records: list[bytes], delimiter: bytes) -> list[list[str]]:
    """The cells of whole records as Python's csv module reads them; nothing where a cell is longer than it takes."""
    text = io.StringIO(b"\n".join(records).decode(), newline="")
    try:
        table = list(py_csv.reader(text, delimiter=delimiter.decode()))
    except py_csv.Error:
        return []
    return table if len(table) == len(records) else []


def _interleaved(pieces: list[tuple[Ints, tuple[Array, ...]]], width: int) -> tuple[Array, ...]:
    """The columns of several sets of records, in the order of the records."""
    if not pieces:
        return tuple(pa.array([], type=pa.string()) for _ in range(width))
    if len(pieces) == 1:
        return pieces[0][1]
    order = pa.array(np.argsort(np.concatenate([rows for rows, _ in pieces]), kind="stable"))
    return tuple(pa.concat_arrays([columns[number] for _, columns in pieces]).take(order) for number in range(width))
