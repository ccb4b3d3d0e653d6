"""Repairing a CSV in place: the bytes of the listed cells change, and nothing else."""

from __future__ import annotations

import codecs
import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from preflight.errors import UsageError
from preflight.files.csv_source import CsvSource

__all__ = ["Fix", "apply_fixes"]

Fix = tuple[int, int, str]
"""The bytes that a cell takes in the source's text (UTF-8 without a byte order mark; quotes included), and what it is to hold."""

_PIECE = 1 << 20
_MARKS = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
}


def apply_fixes(source: CsvSource, fixes: Iterable[Fix]) -> int:
    """Rewrite the file with the fixes, in order of their place; the number of cells is returned.

    The file is replaced as a whole once everything is on disk, with its mode kept. Encoding, byte order mark, delimiter, line ends
    and the quoting of all other cells stay. Raises UsageError where the source is standard input, cannot be written, or where its
    encoding lacks a character or has several writings for one.
    """
    if source.text.origin.spool is not None:
        raise UsageError(f"{source.text.origin.called} cannot be fixed in place; save it to a file first")
    path = source.text.origin.path.resolve()  # a link stays a link
    encoding = source.text.encoding.partition(" ")[0]
    try:
        mark = _mark(path, encoding)
        _refuse_unfaithful(source, path, encoding, mark)
        return _replace(source, path, _encoded(_pieces(source, fixes), encoding), mark)
    except UnicodeEncodeError as error:
        lacking = f"U+{ord(error.object[error.start]):04X}"
        raise UsageError(f"{path} is {encoding}, which has no {lacking}; save it as UTF-8 and fix it then") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be fixed ({error.strerror}); check its permissions") from error


def _replace(source: CsvSource, path: Path, pieces: Iterable[tuple[bytes, int]], mark: bytes) -> int:
    count = 0
    with tempfile.NamedTemporaryFile(prefix=".preflight-", dir=path.parent, delete=False) as made:
        temporary = Path(made.name)
        try:
            made.write(mark)
            for piece, fixed in pieces:
                made.write(piece)
                count += fixed
            made.flush()
            os.fsync(made.fileno())
            source.text.origin.confirm()
            shutil.copymode(path, temporary)
            temporary.replace(path)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                temporary.unlink()
            raise
    return count


def _refuse_unfaithful(source: CsvSource, path: Path, encoding: str, mark: bytes) -> None:
    """Raises UsageError where decoding and encoding would alter bytes of cells that are not fixed."""
    if encoding == "utf-8":
        return
    with path.open("rb") as file:
        same = file.read(len(mark)) == mark
        for piece, _ in _encoded(_pieces(source, ()), encoding):
            same = same and file.read(len(piece)) == piece
        if not same or file.read(1):
            raise UsageError(f"{path} is {encoding}, in which the bytes of other cells would change too; save it as UTF-8 first")


def _encoded(pieces: Iterable[tuple[bytes, int]], encoding: str) -> Iterator[tuple[bytes, int]]:
    """The pieces in the encoding of the file, which may carry a state from one to the next."""
    if encoding == "utf-8":
        yield from pieces
        return
    encoder = codecs.getincrementalencoder(encoding)()
    for piece, fixed in pieces:
        yield encoder.encode(piece.decode()), fixed
    yield encoder.encode("", final=True), 0


def _mark(path: Path, encoding: str) -> bytes:
    mark = _MARKS.get(encoding, b"")
    with path.open("rb") as opened:
        return mark if mark and opened.read(len(mark)) == mark else b""


def _pieces(source: CsvSource, fixes: Iterable[Fix]) -> Iterator[tuple[bytes, int]]:
    """The bytes of the new text as UTF-8, each with the number of cells fixed in it. Pieces end where characters end."""
    at = 0
    with source.text.open() as text:
        for start, stop, new in fixes:
            yield from ((piece, 0) for piece in _copied(text, start - at))
            old = text.read(stop - start)
            yield _written(new, old, source.delimiter), 1
            at = stop
        yield from ((piece, 0) for piece in _copied(text, None))


def _copied(text: IO[bytes], size: int | None) -> Iterator[bytes]:
    held = b""
    while size is None or size > 0:
        piece = text.read(_PIECE if size is None else min(_PIECE, size))
        if not piece:
            break
        size = None if size is None else size - len(piece)
        whole = held + piece
        cut = _character_end(whole)
        held = whole[cut:]
        yield whole[:cut]
    if held:
        yield held


def _character_end(data: bytes) -> int:
    """Where the last whole UTF-8 character of some bytes ends."""
    for back in range(1, min(4, len(data)) + 1):
        byte = data[-back]
        if byte & 0xC0 != 0x80:
            needed = 1 if byte < 0x80 else 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return len(data) if needed <= back else len(data) - back
    return len(data)


def _written(new: str, old: bytes, delimiter: str) -> bytes:
    """The cell in the writing of its file: quoted where it was quoted or has to be."""
    if old.startswith(b'"') or any(sign in new for sign in (delimiter, '"', "\n", "\r")):
        return b'"' + new.replace('"', '""').encode() + b'"'
    return new.encode()
