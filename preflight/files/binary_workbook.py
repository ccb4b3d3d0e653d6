"""The error cells of an old binary workbook (.xls, BIFF8 in a compound file), read from the records themselves."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["errors_in_binary", "is_binary_workbook"]

_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LAST_SECTOR = 0xFFFFFFFA  # numbers from here on are marks, no sectors
_ENTRY = 128
_ROOT = 5
_BEGIN, _END, _SHEET, _FORMULA, _BOOLEAN_OR_ERROR = 0x0809, 0x000A, 0x0085, 0x0006, 0x0205
_TEXTS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}


def is_binary_workbook(path: Path, /) -> bool:
    """Whether the file is a compound file, as .xls is."""
    try:
        with path.open("rb") as stream:
            return stream.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return False


def errors_in_binary(path: Path, number: int, /) -> list[tuple[int, int, str]]:
    """Row and column, from 0, and the text of each error cell of the number-th sheet; none where the file is not understood."""
    try:
        book = _Compound(path.read_bytes()).stream("Workbook")
        starts = [struct.unpack_from("<I", book, at)[0] for kind, at, _ in _records(book, 0) if kind == _SHEET]
        return list(_errors(book, starts[number])) if number < len(starts) else []
    except (struct.error, IndexError, KeyError):
        return []


def _errors(book: bytes, start: int) -> Iterator[tuple[int, int, str]]:
    for kind, at, _ in _records(book, start):
        if kind == _BOOLEAN_OR_ERROR:
            row, column, code, is_error = struct.unpack_from("<HHxxBB", book, at)
            if is_error:
                yield row, column, _TEXTS.get(code, "#VALUE!")
        elif kind == _FORMULA:
            row, column, result, code, mark = struct.unpack_from("<HHxxBxBxxxH", book, at)
            if mark == 0xFFFF and result == 2:
                yield row, column, _TEXTS.get(code, "#VALUE!")


def _records(book: bytes, start: int) -> Iterator[tuple[int, int, int]]:
    """Kind, place and length of the records of a substream; those of a chart inside it are passed over."""
    at, depth = start, 0
    while at + 4 <= len(book):
        kind, length = struct.unpack_from("<HH", book, at)
        depth += (kind == _BEGIN) - (kind == _END)
        if depth == 0:
            return
        if depth == 1:
            yield kind, at + 4, length
        at += 4 + length


class _Compound:
    """A compound file: streams by name, chained over sectors."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        shift, small_shift = struct.unpack_from("<HH", content, 30)
        self._size, self._small_size = 1 << shift, 1 << small_shift
        count, directory = struct.unpack_from("<II", content, 44)
        self._cutoff, small_table, _, more, _ = struct.unpack_from("<IIIII", content, 56)
        self._table = self._numbers(b"".join(self._sector(one) for one in self._table_sectors(count, more)))
        self._entries = dict(self._read_directory(self._chain(directory)))
        self._small_table = self._numbers(self._chain(small_table))
        self._small = self._chain(self._entries["Root Entry"][0])

    def stream(self, name: str) -> bytes:
        """The bytes of a stream. Raises KeyError."""
        start, size = self._entries[name]
        if size >= self._cutoff:
            return self._chain(start)[:size]
        found, step = [], self._small_size
        for one in self._numbers_from(start, self._small_table):
            found.append(self._small[one * step : (one + 1) * step])
        return b"".join(found)[:size]

    def _read_directory(self, content: bytes) -> Iterator[tuple[str, tuple[int, int]]]:
        for at in range(0, len(content) - _ENTRY + 1, _ENTRY):
            length, kind = struct.unpack_from("<HB", content, at + 64)
            start, size = struct.unpack_from("<II", content, at + 116)
            name = content[at : at + max(length - 2, 0)].decode("utf-16-le", "replace")
            if kind:
                yield "Root Entry" if kind == _ROOT else name, (start, size)

    def _table_sectors(self, count: int, more: int) -> list[int]:
        """The sectors that the table of sectors itself lies in: 109 in the header, the others in sectors of their own."""
        found = list(struct.unpack_from("<109I", self._content, 76))
        while more < _LAST_SECTOR and len(found) < count:
            numbers = self._numbers(self._sector(more))
            found += numbers[:-1]
            more = numbers[-1]
        return [one for one in found[:count] if one < _LAST_SECTOR]

    def _chain(self, start: int) -> bytes:
        return b"".join(self._sector(one) for one in self._numbers_from(start, self._table))

    def _numbers_from(self, start: int, table: tuple[int, ...]) -> Iterator[int]:
        at = start
        for _ in range(len(table)):
            if at >= _LAST_SECTOR:
                return
            yield at
            at = table[at]

    def _sector(self, number: int) -> bytes:
        return self._content[(number + 1) * self._size : (number + 2) * self._size]

    def _numbers(self, content: bytes) -> tuple[int, ...]:
        return struct.unpack(f"<{len(content) // 4}I", content[: len(content) // 4 * 4])
