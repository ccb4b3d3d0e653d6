"""What became of each attempt to send, on disk before and after each effect: SQLite in the run's folder.

Intent is written before an effect and its outcome afterwards, each fsynced, so that a line whose intent has no outcome *is* the
doubt. It holds positions, counts, digests and the server's job ids: no cell value and no token. One process writes at a time.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import IO, Any

from preflight.errors import RunInTheWay, UsageError
from preflight.files.write import JOURNAL
from preflight.submission.record import ERRORS, JobLine, JobState

__all__ = ["Facts", "Journal", "PartRecord", "read_digests", "read_facts", "read_jobs", "read_open_jobs", "set_aside"]

_VERSION = "1"
_LOCK = ".lock"
_COLUMNS = tuple(one.name for one in fields(JobLine))
_FLAGS = ("left_validating", "ended")
_SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS parts (part INTEGER PRIMARY KEY, sha256 TEXT NOT NULL, digest TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS jobs (
    part INTEGER NOT NULL, attempt INTEGER NOT NULL, first_record INTEGER NOT NULL, last_record INTEGER NOT NULL,
    state TEXT NOT NULL, file_name TEXT NOT NULL, job_id TEXT, status TEXT, total_rows INTEGER, processed_rows INTEGER,
    success_count INTEGER, error_count INTEGER, error_message TEXT, left_validating INTEGER, ended INTEGER NOT NULL DEFAULT 0,
    replaced INTEGER NOT NULL DEFAULT 0, errors_from INTEGER, changed REAL NOT NULL, PRIMARY KEY (part, attempt));
CREATE TABLE IF NOT EXISTS orphans (part INTEGER NOT NULL, attempt INTEGER NOT NULL, noted REAL NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class PartRecord:
    """A part as it was first sent: its SHA-256, and the digest of the content that it was sent with."""

    part: int
    sha256: str
    digest: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the journal says of the whole run: the address, and whether that was a sandbox, which forgets."""

    url: str
    is_sandbox: bool = False


class Journal:
    """The journal of one folder, opened for writing. A context manager; `after_write` is called when a write is on the disk."""

    def __init__(self, folder: Path, now: Callable[[], float], *, after_write: Callable[[], None] | None = None) -> None:
        self.folder = folder
        self._now = now
        self._after_write = after_write
        self._lock: IO[bytes] | None = None
        self._base: sqlite3.Connection | None = None

    def __enter__(self) -> Journal:
        self._lock = _locked(self.folder)
        try:
            path = self.folder / JOURNAL
            with contextlib.suppress(FileExistsError):
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            self._base = sqlite3.connect(path, isolation_level=None, timeout=30)
            # EXTRA: the removal of SQLite's own rollback file is fsynced too; with FULL a power cut could undo the last write.
            self._base.executescript(f"PRAGMA synchronous = EXTRA; {_SCHEMA}")
            self._check_version()
        except (OSError, sqlite3.Error) as error:
            self.__exit__()
            raise _unusable(self.folder, error) from error
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._base is not None:
            self._base.close()
            self._base = None
        if self._lock is not None:
            with contextlib.suppress(OSError):
                (self.folder / _LOCK).unlink()
            self._lock.close()
            self._lock = None

    def _check_version(self) -> None:
        found = self.fact("version")
        if found is None:
            self.state("version", _VERSION)
        elif found != _VERSION:
            raise UsageError(f"the journal in {self.folder} is of another version of preflight ({found}); go on with that one")

    @contextlib.contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        """One transaction. What cannot be written stops the run: nothing is sent that is not journalled."""
        assert self._base is not None
        try:
            self._base.execute("BEGIN IMMEDIATE")
            try:
                yield self._base
                self._base.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    self._base.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise _unusable(self.folder, error) from error
        if self._after_write is not None:
            self._after_write()

    def _read(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        assert self._base is not None
        try:
            return self._base.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise _unusable(self.folder, error) from error

    def fact(self, name: str) -> str | None:
        """A fact of the whole run, None where it was never stated."""
        found = self._read("SELECT value FROM facts WHERE name = ?", (name,))
        return found[0][0] if found else None

    def state(self, name: str, value: str) -> None:
        """State a fact of the whole run."""
        with self._write() as base:
            base.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    def parts(self) -> dict[int, PartRecord]:
        """The parts that were ever to be sent."""
        return {row[0]: PartRecord(*row) for row in self._read("SELECT part, sha256, digest FROM parts ORDER BY part")}

    def lines(self) -> tuple[JobLine, ...]:
        """All attempts, in order."""
        names = ", ".join(_COLUMNS)
        return tuple(_line(row) for row in self._read(f"SELECT {names} FROM jobs ORDER BY part, attempt"))

    def open_lines(self) -> tuple[JobLine, ...]:
        """The attempts that no later one replaced."""
        names = ", ".join(_COLUMNS)
        return tuple(
            _line(row) for row in self._read(f"SELECT {names} FROM jobs WHERE NOT replaced ORDER BY part, first_record, attempt")
        )

    def changed(self, line: JobLine) -> float:
        """When the attempt was last written."""
        found = self._read("SELECT changed FROM jobs WHERE part = ? AND attempt = ?", (line.part, line.attempt))
        return float(found[0][0]) if found else 0.0

    def add(self, parts: Sequence[PartRecord], lines: Sequence[JobLine]) -> None:
        """Plan to send some parts."""
        with self._write() as base:
            values = [(one.part, one.sha256, one.digest) for one in parts]
            base.executemany("INSERT OR REPLACE INTO parts VALUES (?, ?, ?)", values)
            self._insert(base, lines)

    def put(self, line: JobLine) -> None:
        """Write how an attempt stands now."""
        names = [name for name in _COLUMNS if name not in ("part", "attempt")]
        values = [getattr(line, name) for name in names]
        assigned = ", ".join(f"{name} = ?" for name in names)
        with self._write() as base:
            query = f"UPDATE jobs SET {assigned}, changed = ? WHERE part = ? AND attempt = ?"
            base.execute(query, (*values, self._now(), line.part, line.attempt))

    def replace(self, line: JobLine, others: Sequence[JobLine]) -> None:
        """Write an attempt that is given up together with those that take its records: both or neither."""
        with self._write() as base:
            query = "UPDATE jobs SET state = ?, error_message = ?, replaced = 1, changed = ? WHERE part = ? AND attempt = ?"
            base.execute(query, (line.state, line.error_message, self._now(), line.part, line.attempt))
            self._insert(base, others)

    def _insert(self, base: sqlite3.Connection, lines: Sequence[JobLine]) -> None:
        marks = ", ".join("?" * (len(_COLUMNS) + 1))
        query = f"INSERT INTO jobs ({', '.join(_COLUMNS)}, changed) VALUES ({marks})"
        base.executemany(query, [(*(getattr(line, name) for name in _COLUMNS), self._now()) for line in lines])

    def next_attempt(self, part: int) -> int:
        """The number of the next attempt for a part."""
        return int(self._read("SELECT coalesce(max(attempt), 0) + 1 FROM jobs WHERE part = ?", (part,))[0][0])

    def note_orphan(self, line: JobLine) -> None:
        """Note that an empty job may have been left behind."""
        with self._write() as base:
            base.execute("INSERT INTO orphans VALUES (?, ?, ?)", (line.part, line.attempt, self._now()))

    def orphans(self) -> int:
        """How many empty jobs may have been left behind."""
        return int(self._read("SELECT count(*) FROM orphans")[0][0])

    def discard(self) -> None:
        """Remove a journal by which nothing was sent, so that the run is unsent again."""
        if self._base is not None:
            self._base.close()
            self._base = None
        with contextlib.suppress(OSError):
            (self.folder / JOURNAL).unlink()

    def errors_from(self, line: JobLine, size: int) -> int:
        """Where in errors.jsonl, of `size` bytes, those of an attempt begin: at its end, or where one that was cut short began."""
        cut_short = "errors_from IS NOT NULL AND NOT ended"
        found = self._read(f"SELECT min(errors_from) FROM jobs WHERE {cut_short}")[0][0]
        start = size if found is None else min(size, int(found))
        with self._write() as base:
            base.execute(f"UPDATE jobs SET errors_from = NULL WHERE {cut_short}")
            base.execute("UPDATE jobs SET errors_from = ? WHERE part = ? AND attempt = ?", (start, line.part, line.attempt))
        return start


def _locked(folder: Path) -> IO[bytes]:
    """The folder's lock, which writing a run takes too."""
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder of a run; write one with: preflight write SOURCE -o {folder}")
    while True:
        try:
            lock = (folder / _LOCK).open("wb")
        except OSError as error:
            raise _unusable(folder, error) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            raise RunInTheWay(f"another process is at work in {folder}; wait for it, or stop it") from None
        with contextlib.suppress(OSError):
            if os.fstat(lock.fileno()).st_ino == (folder / _LOCK).stat().st_ino:
                return lock
        lock.close()  # its owner removed the file between our opening and locking it


def _line(row: Sequence[Any]) -> JobLine:
    found = dict(zip(_COLUMNS, row, strict=True))
    for name in _FLAGS:
        found[name] = None if found[name] is None else bool(found[name])
    return JobLine(**{**found, "state": JobState(found["state"])})


def _unusable(folder: Path, error: Exception) -> UsageError:
    reason = getattr(error, "strerror", None) or str(error)
    return UsageError(f"the journal in {folder} cannot be written or read ({reason}); nothing is sent without it")


def _opened(folder: Path) -> sqlite3.Connection | None:
    """The journal for reading alone. A crash may have left a write to be undone, which needs the right to write."""
    path = folder / JOURNAL
    if not path.exists():
        return None
    for mode in ("mode=rw", "mode=ro", "mode=ro&immutable=1"):
        try:
            base = sqlite3.connect(f"{path.resolve().as_uri()}?{mode}", uri=True, isolation_level=None, timeout=30)
        except sqlite3.Error as error:
            reason = error
            continue
        try:
            base.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.Error as error:
            base.close()
            reason = error
        else:
            return base
    raise _unusable(folder, reason)


def _queried(folder: Path, query: str) -> list[Any]:
    base = _opened(folder)
    if base is None:
        return []
    try:
        tables = {row[0] for row in base.execute("SELECT name FROM sqlite_master")}
        return base.execute(query).fetchall() if {"facts", "jobs"} <= tables else []
    except sqlite3.Error as error:
        raise _unusable(folder, error) from error
    finally:
        base.close()


def read_open_jobs(folder: Path) -> tuple[JobLine, ...]:
    """The same without the attempts that later ones replaced."""
    query = f"SELECT {', '.join(_COLUMNS)} FROM jobs WHERE NOT replaced ORDER BY part, first_record, attempt"
    return tuple(_line(row) for row in _queried(folder, query))


def read_jobs(folder: Path) -> tuple[JobLine, ...]:
    """Every attempt to send something of a run, by part and attempt; empty where nothing was ever begun. Takes no lock.

    Raises UsageError when the journal cannot be read.
    """
    return tuple(_line(row) for row in _queried(folder, f"SELECT {', '.join(_COLUMNS)} FROM jobs ORDER BY part, attempt"))


def read_facts(folder: Path) -> Facts | None:
    """Where a run was sent; None where nothing was ever begun."""
    found = dict(_queried(folder, "SELECT name, value FROM facts"))
    return Facts(found["url"], found.get("sandbox") == "yes") if "url" in found else None


def read_digests(folder: Path) -> tuple[str, ...]:
    """The digests of what a run sent, which the names of its uploads begin with."""
    return tuple(row[0] for row in _queried(folder, "SELECT DISTINCT digest FROM parts ORDER BY digest"))


def set_aside(folder: Path, *, keep: bool) -> None:
    """Put the journal and the errors of an earlier sending under other names, or away, so that the run can be sent anew."""
    lock = _locked(folder)
    try:
        if (base := _opened(folder)) is not None:
            base.close()  # a write that a crash left half done is undone first: its file belongs to this name
        number = 1 + len(list(folder.glob("journal-*.sqlite")))
        # the journal first: errors without one belong to no job and are ignored
        for name, other in ((JOURNAL, f"journal-{number}.sqlite"), (ERRORS, f"errors-{number}.jsonl")):
            with contextlib.suppress(FileNotFoundError):
                if keep:
                    (folder / name).rename(folder / other)
                else:
                    (folder / name).unlink()
    finally:
        with contextlib.suppress(OSError):
            (folder / _LOCK).unlink()
        lock.close()
