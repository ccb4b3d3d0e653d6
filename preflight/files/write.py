"""Writing a run: good rows into parts, rejected rows for people, and where every row went."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet

from preflight.errors import UsageError
from preflight.files.folder import JOURNAL, REJECTED, TEMPORARY, Folder
from preflight.files.receipt import ROWS, PartLine
from preflight.files.serialise import Serialised, header_bytes, serialise

__all__ = ["JOURNAL", "REJECTED", "TEMPORARY", "Folder", "Limits", "PartWriter", "Placed", "RejectedWriter", "RowMapWriter"]

Array = Any
_BOM = b"\xef\xbb\xbf"
_HASTE = 32 << 20
"""Bytes of a growing file after which it is brought to disk, so that the end does not wait for all of it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a part may become: bytes with the header, and records without it."""

    max_bytes: int = 25_000_000
    max_rows: int = 200_000

    def __post_init__(self) -> None:
        for name in ("max_bytes", "max_rows"):
            if getattr(self, name) < 1:
                raise UsageError(f"--{name.replace('_', '-')} is {getattr(self, name)}; give a number from 1")


@dataclass(slots=True)
class _Part:
    number: int
    name: str
    stream: IO[bytes]
    digest: Any
    rows: int = 0
    size: int = 0
    line: int = 2


@dataclass(slots=True)
class Placed:
    """Where records went: part numbers, records within the part (from 1) and physical lines within it (from 1); numpy int64."""

    parts: Any
    records: Any
    lines: Any


@dataclass(slots=True)
class PartWriter:
    """Good rows into parts, split on their exact serialised size. Records are never reordered."""

    folder: Folder
    header: tuple[str, ...]
    limits: Limits
    first: int = 1
    parts: list[PartLine] = field(default_factory=list)
    _part: _Part | None = None

    def add(self, columns: list[Array]) -> Placed:
        """Write some good rows; says where each went."""
        return self.put(serialise(columns))

    def put(self, done: Serialised) -> Placed:
        """The same for rows that are bytes already."""
        length = len(done)
        placed = Placed(*(np.zeros(length, dtype=np.int64) for _ in range(3)))
        start = 0
        while start < length:
            part = self._part or self._begin()
            stop = self._fitting(part, done, start)
            if stop == start:
                self._end()
                continue
            self._take(part, done, start, stop, placed)
            start = stop
        return placed

    def _begin(self) -> _Part:
        number = self.first + len(self.parts)
        name = f"part-{number:04d}.csv"
        self._part = _Part(number, name, self.folder.open(name), hashlib.sha256())
        self._put(self._part, header_bytes(self.header))
        return self._part

    def _put(self, part: _Part, data: bytes | memoryview) -> None:
        part.stream.write(data)
        part.digest.update(data)
        part.size += len(data)

    def _fitting(self, part: _Part, done: Serialised, start: int) -> int:
        """Up to which record the part has room."""
        before = int(done.ends[start - 1]) if start else 0
        room = self.limits.max_bytes - part.size
        stop = int(np.searchsorted(done.ends, before + room, side="right"))
        stop = min(stop, start + self.limits.max_rows - part.rows)
        if stop <= start and part.rows == 0:
            size = int(done.ends[start]) - before + part.size
            raise UsageError(
                f"one record with the header takes {size:,} bytes, more than the {self.limits.max_bytes:,} of a part; give more "
                "with --max-bytes"
            )
        return max(stop, start)

    def _take(self, part: _Part, done: Serialised, start: int, stop: int, placed: Placed) -> None:
        first = int(done.ends[start - 1]) if start else 0
        self._put(part, memoryview(done.data)[first : int(done.ends[stop - 1])])
        count = stop - start
        placed.parts[start:stop] = part.number
        placed.records[start:stop] = np.arange(part.rows + 1, part.rows + count + 1)
        taken = np.ones(count, dtype=np.int64) if done.lines is None else done.lines[start:stop]
        placed.lines[start:stop] = part.line + np.cumsum(taken) - taken
        part.line += int(taken.sum())
        part.rows += count

    def _end(self) -> None:
        part = self._part
        if part is not None:
            self.folder.settle(part.name)
            self.parts.append(PartLine(part.number, part.name, part.rows, part.size, part.digest.hexdigest()))
            self._part = None

    def close(self) -> tuple[PartLine, ...]:
        """The parts, complete."""
        self._end()
        return tuple(self.parts)


@dataclass(slots=True)
class RejectedWriter:
    """Rejected rows for people: what is wrong, the line, the row key, then every source column as it was.

    UTF-8 with a byte order mark, so that spreadsheets read it right. Where the source is several `files`, the name of the file
    stands after the line.
    """

    folder: Folder
    header: tuple[str, ...]
    name: str = REJECTED
    files: bool = False
    rows: int = 0
    _stream: IO[bytes] | None = None
    _fresh: int = 0

    @property
    def head(self) -> bytes:
        """What stands before the first row."""
        own = ("preflight_errors", "preflight_line", *(("preflight_file",) if self.files else ()), "preflight_row")
        return _BOM + header_bytes((*own, *self.header))

    def add(self, errors: Array, lines: Array, keys: Array, cells: list[Array], files: tuple[Array, ...] = ()) -> None:
        """Write some rejected rows; nothing is opened before the first. `files` has the column of their files, if there is one."""
        self.put(serialise([errors, lines, *files, keys, *cells]))

    def put(self, done: Serialised) -> None:
        """The same for rows that are bytes already."""
        if not len(done):
            return
        if self._stream is None:
            self._stream = self.folder.open(self.name)
            self._stream.write(self.head)
        self._stream.write(done.data)
        self.rows += len(done)
        self._fresh += len(done.data)
        if self._fresh > _HASTE:
            self.folder.hasten(self.name)
            self._fresh = 0


_MAP = pa.schema(
    [
        ("source_row", pa.int64()),
        ("label", pa.string()),
        ("record", pa.int64()),
        ("line", pa.int64()),
        ("state", pa.string()),
        ("part", pa.int32()),
        ("part_record", pa.int64()),
        ("part_line", pa.int64()),
        ("row_key", pa.string()),
    ]
)


_REPEATED = ["state", "part"]
_ENCODINGS = dict.fromkeys(("source_row", "record", "line", "part_record", "part_line"), "DELTA_BINARY_PACKED") | dict.fromkeys(
    ("label", "row_key"), "DELTA_BYTE_ARRAY"
)
"""Columns that hardly repeat but grow row by row: as differences they take a hundredth of the room and a quarter of the time."""


class RowMapWriter:
    """`rows.parquet`: one line per source row with all its coordinates; the file too, where the source is several `files`."""

    def __init__(self, folder: Folder, *, files: bool = False) -> None:
        self._schema = _MAP.append(pa.field("path", pa.string())) if files else _MAP
        self._writer = parquet.ParquetWriter(
            folder.open(ROWS),
            self._schema,
            compression="zstd",
            use_dictionary=[*_REPEATED, "path"] if files else _REPEATED,
            column_encoding=_ENCODINGS,
            write_statistics=False,
        )
        folder.leaving.append(self.close)  # it would complain later of a file that was closed before it

    def add(self, **columns: Array) -> None:
        """Write the coordinates of some source rows."""
        self._writer.write_table(pa.table([columns[name] for name in self._schema.names], schema=self._schema))

    def close(self) -> None:
        """Finish the file; its stream stays for the folder to sync."""
        self._writer.close()
