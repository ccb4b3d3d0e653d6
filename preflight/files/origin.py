"""The file behind a source: found, opened, copied where it cannot be read twice, and watched for changes."""

from __future__ import annotations

import shutil
import stat
import tempfile
import weakref
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING

from preflight.errors import UnreadableInput

if TYPE_CHECKING:
    from typing import BinaryIO

__all__ = ["Origin", "Spool", "find_origin", "kind_of"]

_MAGIC = (
    (b"PAR1", "parquet"),
    (b"PK\x03\x04", "a zip archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a rar archive"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG\r\n", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"ARROW1\x00", "an Arrow file"),
    (b"{\\rtf", "an RTF document"),
)
_MARKUP = (
    (b"<!doctype html", "a web page"),
    (b"<html", "a web page"),
    (b"<?xml", "an XML document"),
    (b'[{"', "a JSON document"),
    (b'{"', "a JSON document"),
)


class Spool:
    """A temporary file of ours that goes when nothing refers to it any more. Readable and writable by its owner alone."""

    def __init__(self) -> None:
        with tempfile.NamedTemporaryFile(prefix="preflight-", delete=False) as made:
            self.path = Path(made.name)
        self._end = weakref.finalize(self, self.path.unlink, missing_ok=True)

    def open(self) -> IO[bytes]:
        """The file, to be written."""
        return self.path.open("wb")


@dataclass(frozen=True, slots=True)
class Origin:
    """A regular file: what the user called it, where it is, and how it looked when it was found. `spool` keeps a copy alive."""

    name: str
    path: Path
    size: int
    seen: tuple[int, int, int]
    spool: Spool | None = field(default=None, repr=False)

    @property
    def called(self) -> str:
        """What messages call it."""
        return _called(self.name)

    def open(self) -> IO[bytes]:
        """The file, to be read from its start. Raises UnreadableInput where it cannot be opened or is no longer the same."""
        self.confirm()
        try:
            return self.path.open("rb")
        except OSError as fault:
            raise _unreadable(self.name, fault) from fault

    def confirm(self) -> None:
        """Raises UnreadableInput where the file has changed since it was found."""
        try:
            now = _look(self.path)
        except OSError as fault:
            raise _unreadable(self.name, fault) from fault
        if now != self.seen:
            raise UnreadableInput(f"{self.called} changed while it was read; run again when nothing writes to it", "PF001")

    def head(self, size: int) -> bytes:
        """The first bytes."""
        with self.open() as opened:
            return opened.read(size)


def find_origin(path: str | Path, stdin: BinaryIO | None = None) -> Origin:
    """The file that a path names; ``-`` is standard input, which is copied first, as is whatever can be read but once.

    Raises UnreadableInput (PF001) for what is missing, a folder, or not to be read.
    """
    name = str(path)
    try:
        if name == "-" and stdin is not None:
            return _copied(name, stdin)
        mode = Path(path).stat().st_mode
        if stat.S_ISDIR(mode):
            raise UnreadableInput(f"{name} is a folder; name a file in it", "PF001")
        if not stat.S_ISREG(mode):
            with Path(path).open("rb") as opened:
                return _copied(name, opened)
        with Path(path).open("rb"):
            return _origin(name, Path(path), None)
    except (OSError, ValueError) as fault:
        raise _unreadable(name, fault) from fault


def _copied(name: str, source: IO[bytes]) -> Origin:
    spool = Spool()
    with spool.open() as target:
        shutil.copyfileobj(source, target, 1 << 20)
    return _origin(name, spool.path, spool)


def _origin(name: str, path: Path, spool: Spool | None) -> Origin:
    seen = _look(path)
    return Origin(name, path, seen[0], seen, spool)


def _look(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns, found.st_ino


def _called(name: str) -> str:
    return "standard input" if name == "-" else name


def _unreadable(name: str, fault: OSError | ValueError) -> UnreadableInput:
    called = _called(name)
    if isinstance(fault, FileNotFoundError):
        return UnreadableInput(f"{called} does not exist; check the path", "PF001")
    if isinstance(fault, PermissionError):
        return UnreadableInput(f"{called} may not be read by this user; change its permissions", "PF001")
    words = fault.strerror if isinstance(fault, OSError) and fault.strerror else str(fault)
    return UnreadableInput(f"{called} cannot be read: {words}", "PF001")


def kind_of(head: bytes) -> str | None:
    """What the first bytes prove the file to be: ``parquet``, another thing in words; None for what may be text."""
    for mark, kind in _MAGIC:
        if head.startswith(mark):
            return kind
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:16].lower()
    return next((kind for mark, kind in _MARKUP if start.startswith(mark)), None)
