"""Writing a run into a folder: parts, rejected rows, row map, and the receipt last.

Everything is written to temporary names, fsynced and renamed at the end, the receipt after all else: a crash leaves no half result,
and a folder without a receipt is unfinished. One process writes to a folder at a time.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet

from preflight.errors import RunInTheWay, UsageError
from preflight.files.receipt import MOVED, RECEIPT, ROWS, PartLine
from preflight.files.serialise import Serialised, header_bytes, serialise

__all__ = ["JOURNAL", "REJECTED", "TEMPORARY", "Folder", "Limits", "PartWriter", "RejectedWriter", "RowMapWriter"]

Array = Any
JOURNAL = "journal.sqlite"
REJECTED = "rejected.csv"
TEMPORARY = ".writing"
_LOCK = ".lock"
_WRITTEN = re.compile(r"part-\d{4,}\.csv|rejected(-\d+)?\.csv")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a part may become: bytes with the header, and records without it."""

    max_bytes: int = 25_000_000
    max_rows: int = 200_000

    def __post_init__(self) -> None:
        for name in ("max_bytes", "max_rows"):
            if getattr(self, name) < 1:
                raise UsageError(f"--{name.replace('_', '-')} is {getattr(self, name)}; give a number from 1")


class Folder:
    """The folder of a run while it is written. A context manager: leaving it with an error removes what was begun."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: IO[bytes] | None = None
        self._open: dict[str, IO[bytes]] = {}
        self.leaving: list[Callable[[], None]] = []
        """What is to be closed before the files that it writes to."""

    def __enter__(self) -> Folder:
        if self.path.exists() and not self.path.is_dir():
            raise UsageError(f"{self.path} is a file; give a folder to write into")
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self._lock = self._locked()
        except OSError as error:
            raise UsageError(f"{self.path} cannot be written to ({error.strerror}); give another folder with -o") from error
        if (self.path / JOURNAL).exists():
            self._unlock()
            raise RunInTheWay(
                f"{self.path} holds a run of which something was sent. To go on with it: preflight resume {self.path}; "
                f"to add repaired rows: preflight merge {self.path} FIXED; for a new run give another folder with -o"
            )
        for left in self.path.glob(f"*{TEMPORARY}"):
            left.unlink()
        return self

    def _locked(self) -> IO[bytes]:
        """The lock of the folder. Raises RunInTheWay where another process has it."""
        name = self.path / _LOCK
        while True:
            lock = name.open("wb")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                lock.close()
                said = f"another process is writing to {self.path}; wait for it, or give another folder with -o"
                raise RunInTheWay(said) from None
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(lock.fileno()), name.stat()):
                    return lock
            lock.close()  # its last holder has removed it in between

    def _unlock(self) -> None:
        if self._lock is not None:
            with contextlib.suppress(OSError):
                (self.path / _LOCK).unlink()
            self._lock.close()
            self._lock = None

    def __exit__(self, kind: object, *_: object) -> None:
        for close in self.leaving:
            with contextlib.suppress(OSError, ValueError):
                close()
        for name, stream in self._open.items():
            stream.close()
            with contextlib.suppress(OSError):
                (self.path / (name + TEMPORARY)).unlink()
        self._unlock()

    def open(self, name: str) -> IO[bytes]:
        """A new file that gets its name when the folder is finished. Only its owner may read it."""
        descriptor = os.open(self.path / (name + TEMPORARY), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        stream = os.fdopen(descriptor, "wb", buffering=1 << 20)
        self._open[name] = stream
        return stream

    def adopt(self, path: Path, name: str) -> None:
        """Take a finished file that another process wrote in this folder; it gets its name when the folder is finished."""
        own = self.path / (name + TEMPORARY)
        path.replace(own)
        with own.open("rb") as stream:
            self._open[name] = stream  # closed: its writer has brought it to disk

    def settle(self, name: str) -> None:
        """Bring a file to disk that is complete, so that a run of many parts does not keep them all open."""
        stream = self._open[name]
        stream.flush()
        os.fsync(stream.fileno())
        stream.close()

    def drop(self, name: str) -> None:
        """Give up a file that was begun."""
        self._open.pop(name).close()
        (self.path / (name + TEMPORARY)).unlink()

    def finish(self, receipt: str | None) -> None:
        """Bring everything to disk and to its name, the receipt last; the files of an earlier run go first. Without a receipt the
        folder stays unfinished, with rejected.csv alone."""
        for name, stream in self._open.items():
            if not stream.closed:
                self.settle(name)
        self._clear()
        for name in list(self._open):
            (self.path / (name + TEMPORARY)).replace(self.path / name)
        self._open.clear()
        self._sync()
        if receipt is not None:
            with self.open(RECEIPT) as stream:
                stream.write(receipt.encode())
                self.settle(RECEIPT)
            (self.path / (RECEIPT + TEMPORARY)).replace(self.path / RECEIPT)
            self._open.clear()
            self._sync()

    def _clear(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            (self.path / RECEIPT).unlink()
        for old in self.path.iterdir():
            if old.name in (ROWS, MOVED) or _WRITTEN.fullmatch(old.name):
                old.unlink()

    def _sync(self) -> None:
        descriptor = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


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
        done = serialise(columns)
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
                f"--max-bytes is {self.limits.max_bytes:,}, but one record with the header takes {size:,} bytes; give more"
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

    UTF-8 with a byte order mark, so that spreadsheets read it right.
    """

    folder: Folder
    header: tuple[str, ...]
    name: str = REJECTED
    rows: int = 0
    _stream: IO[bytes] | None = None

    @property
    def head(self) -> bytes:
        """What stands before the first row."""
        return _BOM + header_bytes(("preflight_errors", "preflight_line", "preflight_row", *self.header))

    def add(self, errors: Array, lines: Array, keys: Array, cells: list[Array]) -> None:
        """Write some rejected rows; nothing is opened before the first."""
        if len(errors) == 0:
            return
        if self._stream is None:
            self._stream = self.folder.open(self.name)
            self._stream.write(self.head)
        self._stream.write(serialise([errors, lines, keys, *cells]).data)
        self.rows += len(errors)


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
    """`rows.parquet`: one line per source row with all its coordinates."""

    def __init__(self, folder: Folder) -> None:
        self._writer = parquet.ParquetWriter(
            folder.open(ROWS), _MAP, compression="zstd", use_dictionary=_REPEATED, column_encoding=_ENCODINGS
        )
        folder.leaving.append(self.close)  # it would complain later of a file that was closed before it

    def add(self, **columns: Array) -> None:
        """Write the coordinates of some source rows."""
        self._writer.write_table(pa.table([columns[name] for name in _MAP.names], schema=_MAP))

    def close(self) -> None:
        """Finish the file; its stream stays for the folder to sync."""
        self._writer.close()
