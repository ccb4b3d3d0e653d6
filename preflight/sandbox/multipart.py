"""The one part `file` of a multipart body, streamed to disk."""

from __future__ import annotations

from email.message import Message
from pathlib import Path
from typing import BinaryIO, Protocol

__all__ = ["NotMultipart", "Readable", "save_file"]

_PIECE = 64 * 1024
_LONGEST_HEAD = 16 * 1024


class Readable(Protocol):
    """A body: gives at most the bytes that it has."""

    def read(self, size: int, /) -> bytes: ...


class NotMultipart(Exception):
    """The body is not a form with a file in it; the text says why."""


def save_file(content_type: str, body: Readable, path: Path) -> str | None:
    """Write the part called `file` to a path, and return the name that it carries. Raises NotMultipart."""
    boundary = _boundary(content_type)
    scanner = _Scanner(body)
    scanner.until(b"--" + boundary, None)
    delimiter = b"\r\n--" + boundary
    name, found = None, False
    while scanner.take(2) == b"\r\n":
        head = _head(scanner)
        if head.get_param("name", header="content-disposition") != "file" or found:
            scanner.until(delimiter, None)
            continue
        found, name = True, head.get_filename()
        with path.open("wb") as file:
            scanner.until(delimiter, file)
    if not found:
        raise NotMultipart('the form has no part called "file"')
    return name


def _boundary(content_type: str) -> bytes:
    message = Message()
    message["content-type"] = content_type
    boundary = message.get_boundary()
    if message.get_content_type() != "multipart/form-data" or not boundary:
        raise NotMultipart("the body is not multipart/form-data")
    return boundary.encode("latin-1", "replace")


def _head(scanner: _Scanner) -> Message:
    message = Message()
    for _ in range(20):
        line = scanner.line()
        if not line:
            return message
        name, _, value = line.partition(b":")
        message[name.decode("latin-1").strip() or "x"] = value.decode("utf-8", "replace").strip()
    raise NotMultipart("a part has too many headers")


class _Scanner:
    """A body read in pieces and searched for the marks between its parts."""

    def __init__(self, body: Readable) -> None:
        self._body = body
        self._held = b""

    def _more(self) -> None:
        piece = self._body.read(_PIECE)
        if not piece:
            raise NotMultipart("the body ends in the middle of a part")
        self._held += piece

    def take(self, size: int) -> bytes:
        while len(self._held) < size:
            self._more()
        taken, self._held = self._held[:size], self._held[size:]
        return taken

    def line(self) -> bytes:
        while b"\r\n" not in self._held:
            if len(self._held) > _LONGEST_HEAD:
                raise NotMultipart("a header of a part is too long")
            self._more()
        line, _, self._held = self._held.partition(b"\r\n")
        return line

    def until(self, mark: bytes, file: BinaryIO | None) -> None:
        """Move behind the mark, and write what stands before it."""
        while True:
            at = self._held.find(mark)
            if at >= 0:
                kept, self._held = self._held[:at], self._held[at + len(mark) :]
            else:
                safe = max(len(self._held) - len(mark), 0)
                kept, self._held = self._held[:safe], self._held[safe:]
            if file is not None:
                file.write(kept)
            if at >= 0:
                return
            self._more()
