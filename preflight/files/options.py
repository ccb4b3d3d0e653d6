"""How a file is to be read, where the file itself does not say."""

from __future__ import annotations

import codecs
import io
from dataclasses import dataclass

from preflight.errors import UsageError

__all__ = ["ReadOptions"]

MEBIBYTE = 1 << 20

_WORDS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "space": " ", "caret": "^", "backquote": "`"}
_NEVER = frozenset('"\r\n\0')


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """The READ options of the command line, and the size of the blocks.

    `encoding` is a name that Python's codecs know, `delimiter` one ASCII character or its word (tab, comma, pipe …),
    `header_line` the physical line (from 1) where the header stands, `sheet` the sheet of a workbook. A chunk is read from
    about `block_bytes`, and one record may take at most `record_bytes`. Raises UsageError.
    """

    encoding: str | None = None
    delimiter: str | None = None
    header_line: int | None = None
    sheet: str | None = None
    block_bytes: int = 8 * MEBIBYTE
    record_bytes: int = 64 * MEBIBYTE

    def __post_init__(self) -> None:
        if self.delimiter is not None:
            object.__setattr__(self, "delimiter", _delimiter(self.delimiter))
        if self.encoding is not None:
            object.__setattr__(self, "encoding", _encoding(self.encoding))
        for name, least in (("header_line", 1), ("block_bytes", 1), ("record_bytes", 1)):
            value = getattr(self, name)
            if value is not None and value < least:
                raise UsageError(f"{name} is {value}; give a number from {least}")


def _delimiter(text: str) -> str:
    found = _WORDS.get(text.lower(), text)
    if len(found) != 1 or not found.isascii() or found in _NEVER or found.isalnum():
        raise UsageError(f'the delimiter "{text}" cannot be used; give one ASCII sign, such as , ; | or the word tab')
    return found


def _encoding(name: str) -> str:
    try:
        io.TextIOWrapper(io.BytesIO(), encoding=name).close()  # refuses codecs that do not decode to text
        return codecs.lookup(name).name
    except (LookupError, ValueError) as fault:
        raise UsageError(f'the encoding "{name}" is not known; give a name such as utf-8, cp1252 or utf-16-le') from fault
