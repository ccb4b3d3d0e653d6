"""The folder of a run: complete or not at all, one process at a time.

Everything is written to temporary names, fsynced and renamed at the end, the receipt after all else: a crash leaves no half result,
and a folder without a receipt is unfinished.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import IO

from preflight.errors import RunInTheWay, UsageError
from preflight.files.receipt import MOVED, RECEIPT, ROWS

__all__ = ["JOURNAL", "REJECTED", "TEMPORARY", "Folder"]

JOURNAL = "journal.sqlite"
REJECTED = "rejected.csv"
TEMPORARY = ".writing"
_LOCK = ".lock"
_BEHIND = 4
"""So many files may be on their way to disk while others are written."""
_WRITTEN = re.compile(r"part-\d{4,}\.csv|rejected(-\d+)?\.csv")


class Folder:
    """The folder of a run while it is written. A context manager: leaving it with an error removes what was begun."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: IO[bytes] | None = None
        self._open: dict[str, IO[bytes]] = {}
        self._settled: set[str] = set()
        self._disk: ThreadPoolExecutor | None = None
        self._coming: deque[Future[None]] = deque()
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
        if self._disk is not None:
            self._disk.shutdown()
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
        self._settled.add(name)

    def hasten(self, name: str) -> None:
        """Let what was written of a file go to disk while more of it is made."""
        self._open[name].flush()
        self._later(os.fdatasync, self._open[name].fileno())

    def settle(self, name: str) -> None:
        """Bring a file to disk that is complete and close it, while others are written: a run of many parts keeps few open."""
        self._open[name].flush()
        self._settled.add(name)
        self._later(_to_disk, self._open[name])

    def _later(self, work: Callable[..., None], *given: object) -> None:
        if self._disk is None:
            self._disk = ThreadPoolExecutor(1, thread_name_prefix="preflight-disk")
        while len(self._coming) >= _BEHIND:
            self._coming.popleft().result()
        self._coming.append(self._disk.submit(work, *given))

    def _settle_all(self) -> None:
        """Bring all files to disk, and wait for it. Raises OSError where that fails for one."""
        for name in self._open.keys() - self._settled:
            self.settle(name)
        self._wait()

    def _wait(self) -> None:
        while self._coming:
            self._coming.popleft().result()

    def drop(self, name: str) -> None:
        """Give up a file that was begun."""
        self._wait()
        self._open.pop(name).close()
        (self.path / (name + TEMPORARY)).unlink()

    def finish(self, receipt: str | None) -> None:
        """Bring everything to disk and to its name, the receipt last; the files of an earlier run go first. Without a receipt the
        folder stays unfinished, with rejected.csv alone."""
        self._settle_all()
        self._clear()
        for name in list(self._open):
            (self.path / (name + TEMPORARY)).replace(self.path / name)
        self._open.clear()
        self._sync()
        if receipt is not None:
            self.open(RECEIPT).write(receipt.encode())
            self._settle_all()
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
        """Bring the names to disk."""
        descriptor = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _to_disk(stream: IO[bytes]) -> None:
    os.fsync(stream.fileno())
    stream.close()
