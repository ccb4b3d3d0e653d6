"""One record at a time: the cells of CSV text, quote by quote, as RFC 4180 and its tolerant readers understand it.

The rules are those of Python's csv module when it is not strict: a quote opens a quoted cell only as the first character of the
cell, two quotes inside are one, text after the closing quote is glued on, and a quote anywhere else is a character. This is the
slow, exact reader: for the header, for odd records, and for the places of cells that are reported.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "Cell",
    "CutRecord",
    "Unclosed",
    "after_end",
    "cut_record",
    "is_blank",
    "is_blank_text",
    "iter_records",
    "line_ends",
    "record_end",
]

LF, CR, QUOTE = 0x0A, 0x0D, 0x22

_LINE_END = re.compile(rb"\r\n|\n|\r")
_BLANKS = b" \t\r\n"


class Unclosed(Exception):  # said by its catcher in words of the file
    """A quote opened at byte `at`, and the text ended before it closed."""

    def __init__(self, at: int) -> None:
        self.at = at
        super().__init__(at)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its bytes from `start` to `stop`, quotes included, the text they stand for, and whether a quote is out of place."""

    start: int
    stop: int
    text: bytes
    stray: bool = False


@dataclass(frozen=True, slots=True)
class CutRecord:
    """A record: its cells, where its text stops, and where the next record starts."""

    cells: tuple[Cell, ...]
    start: int
    stop: int
    after: int

    @property
    def is_stray(self) -> bool:
        """Whether a quote of the record is out of place."""
        return any(cell.stray for cell in self.cells)


@lru_cache(maxsize=32)
def _cell_pattern(delimiter: bytes) -> re.Pattern[bytes]:
    plain = rb"[^\r\n%s]*+" % re.escape(delimiter)
    return re.compile(rb'"([^"]*+(?:""[^"]*+)*+)"(' + plain + rb')|(?!")(' + plain + rb")")


@lru_cache(maxsize=32)
def _record_pattern(delimiter: bytes) -> re.Pattern[bytes]:
    sign = re.escape(delimiter)
    cell = rb'(?:"[^"]*+(?:""[^"]*+)*+"[^\r\n%s]*+|(?!")[^\r\n%s]*+)' % (sign, sign)
    return re.compile(cell + rb"(?:" + sign + cell + rb")*+")


@lru_cache(maxsize=32)
def _blank_pattern(delimiter: bytes) -> re.Pattern[bytes]:
    sign = re.escape(delimiter)
    blanks = rb"[" + b" \t".replace(delimiter, b"") + rb"]*+"
    cell = rb'(?:"[ \t\r\n]*+"' + blanks + rb"|" + blanks + rb")"
    return re.compile(cell + rb"(?:" + sign + cell + rb")*+")


def record_end(data: bytes, delimiter: bytes, start: int) -> int:
    """Where the text of the record stops that starts at `start`. Raises Unclosed where a quoted cell never closes."""
    found = _record_pattern(delimiter).match(data, start)
    if found is None:
        raise Unclosed(start)
    stop = found.end()
    if stop < len(data) and data[stop] == delimiter[0]:
        raise Unclosed(stop + 1)
    return stop


def is_blank_text(data: bytes, delimiter: bytes, start: int, stop: int) -> bool:
    """Whether a record has nothing in its cells but blanks and line breaks."""
    return _blank_pattern(delimiter).fullmatch(data, start, stop) is not None


def after_end(data: bytes, stop: int) -> int:
    """Where the next record starts."""
    return stop + 2 if data[stop : stop + 2] == b"\r\n" else min(stop + 1, len(data))


def cut_record(data: bytes, delimiter: bytes, start: int = 0) -> CutRecord:
    """The record that starts at `start`. Raises Unclosed where a quoted cell reaches the end of the bytes."""
    match, cells, at = _cell_pattern(delimiter).match, [], start
    sign = delimiter[0]
    while True:
        found = match(data, at)
        if found is None:
            raise Unclosed(at)
        quoted, tail, plain = found.groups()
        stop = found.end()
        if quoted is None:
            cells.append(Cell(at, stop, plain, b'"' in plain))
        else:
            cells.append(Cell(at, stop, quoted.replace(b'""', b'"') + tail, bool(tail)))
        if stop >= len(data) or data[stop] != sign:
            break
        at = stop + 1
    return CutRecord(tuple(cells), start, stop, after_end(data, stop))


def iter_records(data: bytes, delimiter: bytes, *, start: int = 0, final: bool = True) -> Iterator[CutRecord]:
    """The records from `start` on; where the bytes are not `final`, only those that surely end in them. Raises Unclosed."""
    while start < len(data):
        try:
            record = cut_record(data, delimiter, start)
        except Unclosed:
            if final:
                raise
            return
        if not final and (record.after >= len(data) and data[-1] != LF):
            return
        yield record
        start = record.after


def is_blank(record: CutRecord) -> bool:
    """Whether every cell is empty but for blanks and line breaks."""
    return not any(cell.text.strip(_BLANKS) for cell in record.cells)


def line_ends(data: bytes, start: int = 0, stop: int | None = None) -> int:
    """How many physical lines end in the bytes: at LF, at CRLF, and at a CR alone."""
    stop = len(data) if stop is None else stop
    lone = data.count(b"\r", start, stop)
    return data.count(b"\n", start, stop) + (lone - data.count(b"\r\n", start, stop) if lone else 0)
