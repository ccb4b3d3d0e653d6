"""Text of any encoding as UTF-8 bytes without a byte order mark.

UTF-8 is read where it lies. Everything else is transcoded block by block into a temporary copy, so that all that follows works
on UTF-8. Only a byte order mark or the user decides; nothing is guessed.
"""

from __future__ import annotations

import codecs
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from preflight.errors import UnreadableInput
from preflight.files.origin import Origin, Spool
from preflight.files.records import line_ends

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Text", "not_utf8", "open_text"]

_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_UNMARKED = {"utf-16": ("utf-16-le", "utf-16-be"), "utf-32": ("utf-32-le", "utf-32-be")}
_BLOCK = 1 << 20
_HEAD = 4096


@dataclass(frozen=True, slots=True)
class Text:
    """UTF-8 bytes that can be read as often as asked: those of `path` behind the first `skip`. `encoding` is what was found."""

    origin: Origin
    path: Path
    encoding: str
    skip: int
    size: int
    spool: Spool | None = None

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """The text from its start. Raises UnreadableInput where the file is no longer the one that was found."""
        opened = self.origin.open() if self.spool is None else self.path.open("rb")
        with opened:
            opened.seek(self.skip)
            yield opened

    def head(self, size: int) -> bytes:
        """The first bytes of the text."""
        with self.open() as opened:
            return opened.read(size)


def open_text(origin: Origin, encoding: str | None) -> Text:
    """The text of a file. `encoding` is what the user named.

    Raises UnreadableInput: PF003 for bytes that are not text in the encoding, or a byte order mark that contradicts the name;
    PF008 for binary content.
    """
    head = origin.head(_HEAD)
    mark, marked = next(((mark, name) for mark, name in _MARKS if head.startswith(mark)), (b"", None))
    named = _settled(origin.called, encoding, marked, head)
    if named in (None, "utf-8") and not mark:
        _refuse_nulls(origin.called, head)
    name = named or marked or "utf-8"
    if name == "utf-8":
        label = "utf-8 with BOM" if mark else "utf-8"
        return Text(origin, origin.path, label, len(mark), origin.size - len(mark))
    return _transcoded(origin, name, len(mark))


def _settled(path: str, encoding: str | None, marked: str | None, head: bytes) -> str | None:
    """The encoding that the name stands for in this file; None where none was named."""
    if encoding is None:
        return None
    name = "utf-8" if encoding == "utf-8-sig" else encoding
    if marked is None:
        return _unmarked(path, name, head) if name in _UNMARKED else name
    if name == marked or marked in _UNMARKED.get(name, ()):
        return marked
    raise UnreadableInput(
        f"{path} begins with the byte order mark of {marked}, and the encoding was said to be {encoding}; leave --encoding out",
        "PF003",
    )


def _unmarked(path: str, name: str, head: bytes) -> str:
    found = _looks_wide(head)
    if found in _UNMARKED[name]:
        return found
    little, big = _UNMARKED[name]
    raise UnreadableInput(
        f"{path} has no byte order mark, so {name} may mean either; say --encoding {little} or --encoding {big}", "PF003"
    )


def _looks_wide(head: bytes) -> str | None:
    """UTF-16 or UTF-32 as its null bytes show it: in text, nearly every character has them in the same places."""
    size = len(head) // 4
    if not size:
        return None
    share = [head[at::4].count(0) / size for at in range(4)]
    many, few = 0.7, 0.3
    full = tuple(part >= many for part in share)
    none = tuple(part <= few for part in share)
    if full[1:] == (True, True, True) and none[0]:
        return "utf-32-le"
    if full[:3] == (True, True, True) and none[3]:
        return "utf-32-be"
    if full[1] and full[3] and none[0] and none[2]:
        return "utf-16-le"
    if full[0] and full[2] and none[1] and none[3]:
        return "utf-16-be"
    return None


def _refuse_nulls(path: str, head: bytes) -> None:
    wide = _looks_wide(head)
    if wide is not None:
        raise UnreadableInput(f"{path} looks like {wide} without a byte order mark; if it is, give --encoding {wide}", "PF003")
    if head.count(0) * 4 > len(head) > _HEAD // 64:
        raise UnreadableInput(f"{path} is full of null bytes, not text; export it again as CSV in UTF-8", "PF008")


def _transcoded(origin: Origin, name: str, skip: int) -> Text:
    spool = Spool()
    decoder = codecs.getincrementaldecoder(name)("strict")
    read, line, held = skip, 1, b""
    with origin.open() as source, spool.open() as target:
        source.seek(skip)
        while True:
            block = source.read(_BLOCK)
            pending = len(decoder.getstate()[0])
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as fault:
                read += fault.start - pending
                line += _lines_before(fault, name, held)
                raise _not_text(origin.called, name, fault.object[fault.start : fault.start + 1], read, line) from fault
            whole = held + text.encode()
            held = b"\r" if whole.endswith(b"\r") and block else b""
            target.write(whole[: len(whole) - len(held)])
            line += line_ends(whole, 0, len(whole) - len(held))
            read += len(block)
            if not block:
                break
    origin.confirm()
    return Text(origin, spool.path, name, 0, spool.path.stat().st_size, spool)


def _lines_before(fault: UnicodeDecodeError, name: str, held: bytes) -> int:
    return line_ends(held + bytes(fault.object[: fault.start]).decode(name, "replace").encode())


def _not_text(path: str, name: str, byte: bytes, offset: int, line: int) -> UnreadableInput:
    return UnreadableInput(
        f"{path}: byte 0x{byte.hex().upper()} at offset {offset}, on line {line}, is not text in {name}; name the encoding it was "
        f"saved in with --encoding",
        "PF003",
    )


def not_utf8(text: Text, byte: int, offset: int, line: int) -> UnreadableInput:
    """What to say of a byte that is not UTF-8, `offset` bytes into the text and on that line."""
    advice = "save the file as UTF-8 or name its encoding, such as --encoding cp1252 for files from Windows programs"
    return UnreadableInput(
        f"{text.origin.called}: byte 0x{byte:02X} at offset {text.skip + offset}, on line {line}, is not UTF-8; {advice}", "PF003"
    )
