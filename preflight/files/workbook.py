"""A workbook opened with python-calamine: its sheets as rows of Python values, and the errors of formulas as text."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from preflight.errors import NotAvailable, UnreadableInput, UsageError

if TYPE_CHECKING:
    from preflight.files.origin import Origin

__all__ = ["is_workbook", "read_sheet"]

_REQUIRED = "reading Excel needs python-calamine: pip install 'demandbase-preflight[excel]'"
_ERROR = re.compile(
    rb'<(?:\w+:)?c\b(?=[^>]*\bt="e")[^>]*\br="([A-Z]+)(\d+)"[^>]*>(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>([^<]*)<', re.DOTALL
)
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_BLOCK = 1 << 20
_ROW_KEY = "preflight_row"
"""The column by which repaired rows are joined to their run."""


def is_workbook(path: Any) -> bool:
    """Whether a zip archive is an Excel or OpenDocument workbook."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "mimetype" in names:
                return archive.read("mimetype").startswith(b"application/vnd.oasis.opendocument.spreadsheet")
    except (zipfile.BadZipFile, OSError):
        return False
    return any(name.startswith("xl/") for name in names)


def read_sheet(origin: Origin, wanted: str | None) -> tuple[str, int, list[list[Any]]]:
    """The name of the sheet, the row of the workbook (from 1) that its first list is, and its rows as lists of one length.

    `wanted` is the sheet that the user named; else it must be the only visible one with anything in it, or the only one with row
    keys, as in the workbook of a report. Raises NotAvailable where the extra is not installed, UsageError where the sheet must be
    named, UnreadableInput PF001 and PF002.
    """
    try:
        import python_calamine
    except ImportError as fault:
        raise NotAvailable(_REQUIRED) from fault
    try:
        with origin.open() as stream:
            book = python_calamine.CalamineWorkbook.from_filelike(stream)
            name = _chosen(origin.called, book, wanted)
            sheet = book.get_sheet_by_name(name)
            first, left = sheet.start or (0, 0)
            rows = sheet.to_python(skip_empty_area=True)
    except python_calamine.PasswordError as fault:
        raise UnreadableInput(f"{origin.called} is protected by a password; save it without one", "PF001") from fault
    except (python_calamine.CalamineError, python_calamine.ZipError, python_calamine.XmlError) as fault:
        raise UnreadableInput(f"{origin.called} is damaged or not a workbook; save it again, or as CSV", "PF001") from fault
    for row, column, text in _formula_errors(origin, name):
        if 0 <= row - first < len(rows) and 0 <= column - left < len(rows[row - first]):
            rows[row - first][column - left] = text
    return name, first + 1, rows


def _chosen(path: str, book: Any, wanted: str | None) -> str:
    names = list(book.sheet_names)
    if wanted is not None:
        if wanted in names:
            return wanted
        raise UsageError(f'{path} has no sheet "{wanted}"; its sheets are {_listed(names)}')
    shown = [sheet for sheet in book.sheets_metadata if str(sheet.visible).endswith(".Visible")]
    visible = [sheet.name for sheet in shown if str(sheet.typ).endswith(".WorkSheet")]
    filled = [name for name in visible if book.get_sheet_by_name(name).height]
    if not filled:
        raise UnreadableInput(f"{path} is empty: no visible sheet has a cell with a value", "PF002")
    keyed = [name for name in filled if len(filled) > 1 and _has_row_keys(book, name)]
    if len(keyed) == 1:
        return str(keyed[0])
    if len(filled) > 1:
        raise UsageError(f"{path} has {len(filled)} sheets with values, {_listed(filled)}; say which with --sheet")
    return str(filled[0])


def _has_row_keys(book: Any, name: str) -> bool:
    return any(str(cell).strip().casefold() == _ROW_KEY for row in book.get_sheet_by_name(name).to_python(nrows=1) for cell in row)


def _listed(names: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _formula_errors(origin: Origin, sheet: str) -> list[tuple[int, int, str]]:
    """The cells (row and column from 0) of an .xlsx sheet that show an error, which calamine gives as empty."""
    try:
        with zipfile.ZipFile(origin.path) as archive:
            part = _sheet_part(archive, sheet)
            return _errors_in(archive, part) if part in archive.namelist() else []
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError):
        return []


def _sheet_part(archive: zipfile.ZipFile, sheet: str) -> str:
    """Where in the archive the sheet lies; nothing that exists for other formats than .xlsx."""
    if "xl/workbook.xml" not in archive.namelist():
        return ""
    sheets = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    relation = next((one.get(_RELATION) for one in sheets.iter() if one.tag.endswith("}sheet") and one.get("name") == sheet), None)
    targets = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    target = next((one.get("Target", "") for one in targets if one.get("Id") == relation), "")
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _errors_in(archive: zipfile.ZipFile, part: str) -> list[tuple[int, int, str]]:
    found: list[tuple[int, int, str]] = []
    rest = b""
    with archive.open(part) as stream:
        while block := stream.read(_BLOCK):
            rest += block
            cut = rest.rfind(b"row>") + 4
            if cut > 4:
                if b't="e"' in rest:
                    found += [(int(row) - 1, _column(name), text.decode()) for name, row, text in _ERROR.findall(rest, 0, cut)]
                rest = rest[cut:]
    return found


def _column(name: bytes) -> int:
    """The number of a column from 0: A is 0, AA is 26."""
    number = 0
    for letter in name:
        number = number * 26 + letter - 64
    return number - 1
