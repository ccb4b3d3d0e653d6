"""Error cells of .xls, in compound files made by hand."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from preflight.files.binary_workbook import errors_in_binary, is_binary_workbook

_FREE, _END, _TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_SECTOR = 512


def _record(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _formula(row: int, column: int, result: bytes) -> bytes:
    return _record(0x0006, struct.pack("<HHH", row, column, 0) + result + bytes(8))


_BEGIN, _STOP = _record(0x0809, bytes(16)), _record(0x000A)
_CELLS = (
    _record(0x0203, struct.pack("<HHHd", 0, 0, 0, 42.0)),
    _record(0x0205, struct.pack("<HHHBB", 1, 2, 0, 0x2A, 1)),
    _record(0x0205, struct.pack("<HHHBB", 1, 3, 0, 1, 0)),
    _formula(300, 255, bytes([2, 0, 0x07, 0, 0, 0, 0xFF, 0xFF])),
    _formula(4, 0, bytes([0, 0, 0, 0, 0, 0, 0xFF, 0xFF])),
    _formula(5, 0, struct.pack("<d", 2.0)),
    _BEGIN + _record(0x0205, struct.pack("<HHHBB", 9, 9, 0, 0x2A, 1)) + _STOP,
    _record(0x0205, struct.pack("<HHHBB", 6, 1, 0, 0x17, 1)),
)
"""A number, an error, a boolean, formulas with an error, with text and with a number, a chart with a sheet of its own, an error."""
_FOUND = [(1, 2, "#N/A"), (300, 255, "#DIV/0!"), (6, 1, "#REF!")]


def _book(padding: int) -> bytes:
    """Two sheets, of which the second has the cells."""
    filler = _record(0x00FF, bytes(padding))
    first = _BEGIN + _STOP
    length = len(_BEGIN + filler + _STOP) + 2 * len(_record(0x0085, bytes(8)))
    sheets = b"".join(_record(0x0085, struct.pack("<IBBBB", start, 0, 0, 0, 0)) for start in (length, length + len(first)))
    return _BEGIN + filler + sheets + _STOP + first + _BEGIN + b"".join(_CELLS) + _STOP


def _compound(book: bytes, name: str = "Workbook") -> bytes:
    """A compound file: the table of sectors, the directory, the table of small sectors, then the stream."""
    small = len(book) < 4096
    count = -(-len(book) // _SECTOR)
    chain = [*range(4, 3 + count), _END]
    table = struct.pack("<128I", _TABLE, _END, _END, *chain, *[_FREE] * (125 - count))
    pieces = -(-len(book) // 64)
    small_table = struct.pack("<128I", *range(1, pieces), _END, *[_FREE] * (128 - pieces)) if small else b"\xff" * _SECTOR
    root = _entry("Root Entry", 5, 3 if small else _END, len(book) if small else 0)
    directory = (root + _entry(name, 2, 0 if small else 3, len(book))).ljust(_SECTOR, b"\0")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(10)
    header += struct.pack("<IIIIIIII", 1, 1, 0, 4096, 2, 1, _END, 0) + struct.pack("<109I", 0, *[_FREE] * 108)
    return header + table + directory + small_table + book.ljust(count * _SECTOR, b"\0")


def _entry(name: str, kind: int, start: int, size: int) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    return text.ljust(64, b"\0") + struct.pack("<HBB", len(text), kind, 1) + bytes(48) + struct.pack("<IQ", start, size)


@pytest.mark.parametrize("padding", [10, 8000])
def test_errors_stand_where_the_records_say(tmp_path: Path, padding: int) -> None:
    (tmp_path / "book.xls").write_bytes(_compound(_book(padding)))
    assert is_binary_workbook(tmp_path / "book.xls")
    assert errors_in_binary(tmp_path / "book.xls", 1) == _FOUND
    assert errors_in_binary(tmp_path / "book.xls", 0) == []
    assert errors_in_binary(tmp_path / "book.xls", 2) == []


@pytest.mark.parametrize("length", [8, 100, 512, 1024, 1600])
def test_a_file_that_ends_early_has_none(tmp_path: Path, length: int) -> None:
    (tmp_path / "book.xls").write_bytes(_compound(_book(8000))[:length])
    assert errors_in_binary(tmp_path / "book.xls", 1) == []


def test_a_chain_that_runs_in_a_circle_ends(tmp_path: Path) -> None:
    content = bytearray(_compound(_book(8000)))
    content[512 + 4 * 5 : 512 + 4 * 6] = struct.pack("<I", 3)
    (tmp_path / "book.xls").write_bytes(content)
    assert errors_in_binary(tmp_path / "book.xls", 1) == []


def test_other_compound_files_have_none(tmp_path: Path) -> None:
    (tmp_path / "letter.doc").write_bytes(_compound(_book(10), "WordDocument"))
    assert errors_in_binary(tmp_path / "letter.doc", 0) == []


def test_what_cannot_be_opened_is_none(tmp_path: Path) -> None:
    assert not is_binary_workbook(tmp_path / "absent.xls")
