"""A file as the body of a request: streamed from disk, its length known, its bytes counted as the network pulls them."""

from __future__ import annotations

import io
import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import httpx

from preflight.errors import UsageError

__all__ = ["Progress", "SourceFailed", "Upload", "opened"]

Progress = Callable[[int, int], None]
"""Called with the bytes of the file handed to the network so far, and with all there are."""

_PIECE = 64 * 1024
_NOT_IN_A_NAME = re.compile(r"[\x00-\x1f\x7f/\\]")


class SourceFailed(Exception):
    """The file could not be read to its end while it was being sent."""


class Upload(httpx.SyncByteStream):
    """A multipart body with one part `file` of type text/csv. It is sent once."""

    def __init__(self, file: BinaryIO, length: int, name: str, progress: Progress | None = None) -> None:
        self.length = length
        self.pulled = 0
        self._file = file
        self._progress = progress
        boundary = secrets.token_hex(16)
        escaped = name.replace('"', "%22")
        self.content_type = f"multipart/form-data; boundary={boundary}"
        self._head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{escaped}"\r\nContent-Type: text/csv\r\n\r\n'
        ).encode()
        self._tail = f"\r\n--{boundary}--\r\n".encode()

    @property
    def content_length(self) -> int:
        """The length of the whole body."""
        return len(self._head) + self.length + len(self._tail)

    def __iter__(self) -> Iterator[bytes]:
        yield self._head
        while self.pulled < self.length:
            piece = self._read(min(_PIECE, self.length - self.pulled))
            yield piece
            # Counted when the next piece is asked for: until then nobody knows that this one was taken.
            self.pulled += len(piece)
            if self._progress is not None:
                self._progress(self.pulled, self.length)
        yield self._tail

    def _read(self, size: int) -> bytes:
        reason = "it is shorter than it was"
        try:
            piece = self._file.read(size)
        except (OSError, ValueError) as error:
            piece, reason = b"", type(error).__name__
        if not piece:
            raise SourceFailed(reason)
        return piece


@contextmanager
def opened(source: str | os.PathLike[str] | BinaryIO, file_name: str | None) -> Iterator[tuple[BinaryIO, int, str]]:
    """The open file, its length in bytes and the name to send. A file-like object is sent from where it stands and left open.

    Raises UsageError when it cannot be read, is no binary file, cannot tell its length, or has a name that cannot be sent.
    """
    if isinstance(source, str | os.PathLike):
        path = Path(source)
        name = _checked(file_name or path.name)
        try:
            file = path.open("rb")
        except OSError as error:
            raise UsageError(f'"{path}" cannot be read: {error.strerror or type(error).__name__}') from None
        with file:
            yield file, os.fstat(file.fileno()).st_size, name
        return
    yield source, _length(source), _checked(file_name or "upload.csv")


def _length(file: BinaryIO) -> int:
    if isinstance(cast(object, file), io.TextIOBase):
        raise UsageError("a file opened as text cannot be uploaded; open it in binary mode")
    try:
        start = file.tell()
        end = file.seek(0, os.SEEK_END)
        file.seek(start)
    except (OSError, AttributeError):
        raise UsageError("a file that cannot seek cannot be uploaded: its length must be known before it is sent") from None
    return end - start


def _checked(name: str) -> str:
    if not name or len(name.encode("utf-8", "replace")) > 255 or _NOT_IN_A_NAME.search(name):
        raise UsageError("the file name cannot be sent: 1 to 255 bytes without slashes and control characters were wanted")
    try:
        name.encode()
    except UnicodeEncodeError:
        raise UsageError("the file name cannot be sent: it is no Unicode text") from None
    return name
