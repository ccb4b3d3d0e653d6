"""A workbook opened with python-calamine: its sheets as rows of Python values, and the errors of formulas as text."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Any

from preflight.errors import NotAvailable, UnreadableInput, UsageError
from preflight.files.workbook_errors import errors_of

if TYPE_CHECKING:
    from preflight.files.origin import Origin

__all__ = ["is_workbook", "read_sheet"]

_REQUIRED = "reading Excel needs python-calamine: pip install 'demandbase-preflight[excel]'"
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


def read_sheet(origin: Origin, wanted: str | None) -> tuple[str, tuple[int, int], list[list[Any]]]:
    """The name of the sheet, the row and the column (from 1) of its first cell, and its rows as lists of one length.

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
    for row, column, text in errors_of(origin.path, name, list(book.sheet_names).index(name)):
        if 0 <= row - first < len(rows) and 0 <= column - left < len(rows[row - first]):
            rows[row - first][column - left] = text
    return name, (first + 1, left + 1), rows


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
