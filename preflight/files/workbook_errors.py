"""The cells of a sheet that show an error (``#N/A``, ``#REF!``). calamine gives them as empty, but they are no blanks."""

from __future__ import annotations

import re
import zipfile
from typing import IO, TYPE_CHECKING
from xml.etree import ElementTree

from preflight.files.binary_workbook import errors_in_binary, is_binary_workbook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["errors_of"]

_XLSX_ERROR = re.compile(
    rb'<(?:\w+:)?c\b(?=[^>]*\bt="e")[^>]*\br="([A-Z]+)(\d+)"[^>]*>(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>([^<]*)<', re.DOTALL
)
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}p"
_KIND = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_ODS_ERROR = b'value-type="error"'
_BLOCK = 1 << 20
_MOST_REPEATED = 10_000

Errors = list[tuple[int, int, str]]


def errors_of(path: Path, name: str, number: int, /) -> Errors:
    """Row and column, from 0, and the text of each such cell of a sheet: that of the name, the number-th from 0 of the book."""
    try:
        if is_binary_workbook(path):
            return errors_in_binary(path, number)
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if "xl/workbook.xml" in names:
                part = _sheet_part(archive, name)
                return _xlsx_errors(archive, part) if part in names else []
            if "content.xml" in names and _mentions(archive, "content.xml", _ODS_ERROR):
                with archive.open("content.xml") as stream:
                    return list(_ods_errors(stream, name))
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError):
        pass
    return []


def _sheet_part(archive: zipfile.ZipFile, sheet: str) -> str:
    """Where in the archive the sheet lies."""
    sheets = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    relation = next((one.get(_RELATION) for one in sheets.iter() if one.tag.endswith("}sheet") and one.get("name") == sheet), None)
    targets = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    target = next((one.get("Target", "") for one in targets if one.get("Id") == relation), "")
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _xlsx_errors(archive: zipfile.ZipFile, part: str) -> Errors:
    found: Errors = []
    rest = b""
    with archive.open(part) as stream:
        while block := stream.read(_BLOCK):
            rest += block
            cut = rest.rfind(b"row>") + 4
            if cut > 4:
                if b't="e"' in rest:
                    found += [(int(row) - 1, _column(name), text.decode()) for name, row, text in _XLSX_ERROR.findall(rest, 0, cut)]
                rest = rest[cut:]
    return found


def _column(name: bytes) -> int:
    """The number of a column from 0: A is 0, AA is 26."""
    number = 0
    for letter in name:
        number = number * 26 + letter - 64
    return number - 1


def _mentions(archive: zipfile.ZipFile, part: str, wanted: bytes) -> bool:
    rest = b""
    with archive.open(part) as stream:
        while block := stream.read(_BLOCK):
            if wanted in rest + block:
                return True
            rest = block[-len(wanted) :]
    return False


def _ods_errors(stream: IO[bytes], sheet: str) -> Iterator[tuple[int, int, str]]:
    inside, row = False, 0
    for event, element in ElementTree.iterparse(stream, ("start", "end")):
        if element.tag == f"{_TABLE}table":
            inside, row = event == "start" and element.get(f"{_TABLE}name") == sheet, 0
        elif element.tag == f"{_TABLE}table-row" and event == "end":
            times = int(element.get(f"{_TABLE}number-rows-repeated", "1"))
            if inside:
                for column, text in _row_errors(element):
                    yield from ((at, column, text) for at in range(row, row + min(times, _MOST_REPEATED)))
            row += times
            element.clear()


def _row_errors(row: ElementTree.Element) -> Iterator[tuple[int, str]]:
    column = 0
    for cell in row:
        if cell.tag in _CELLS:
            times = int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
            if cell.get(_KIND) == "error":
                text = "".join(cell.find(_TEXT).itertext()) if cell.find(_TEXT) is not None else ""  # type: ignore[union-attr]
                yield from ((at, text) for at in range(column, column + min(times, _MOST_REPEATED)))
            column += times
