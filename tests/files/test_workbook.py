"""Workbooks are opened, or the reason is said."""

from __future__ import annotations

import sys
import zipfile
from typing import TYPE_CHECKING

import pytest
import xlsxwriter

from preflight.errors import NotAvailable, UnreadableInput, UsageError
from preflight.files.origin import find_origin
from preflight.files.workbook import is_workbook, read_sheet

if TYPE_CHECKING:
    from pathlib import Path


def test_errors_of_formulas_are_put_back_where_they_stand(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "book.xlsx") as book:
        sheet = book.add_worksheet("A & B")
        sheet.write("C3", "head")
        sheet.write_formula("AB4", "=NA()", None, "#N/A")
        sheet.write_formula("C5", "=1/0", None, "#DIV/0!")
    name, corner, rows = read_sheet(find_origin(tmp_path / "book.xlsx"), None)
    assert (name, corner) == ("A & B", (3, 3))
    assert [row[0] for row in rows] == ["head", "", "#DIV/0!"]
    assert [row[25] for row in rows] == ["", "#N/A", ""]


def test_without_the_extra_the_way_to_get_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "book.xlsx").touch()
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    with pytest.raises(NotAvailable, match=r"pip install 'demandbase-preflight\[excel\]'"):
        read_sheet(find_origin(tmp_path / "book.xlsx"), None)


def test_a_damaged_workbook_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "book.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", "<nothing")
    with pytest.raises(UnreadableInput, match="damaged") as refused:
        read_sheet(find_origin(tmp_path / "book.xlsx"), None)
    assert refused.value.code == "PF001"


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"xl/workbook.xml": ""}, True),
        ({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}, True),
        ({"mimetype": "application/epub+zip"}, False),
        ({"word/document.xml": ""}, False),
    ],
)
def test_an_archive_is_a_workbook_by_its_parts(tmp_path: Path, parts: dict[str, str], expected: bool) -> None:
    with zipfile.ZipFile(tmp_path / "some.zip", "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert is_workbook(tmp_path / "some.zip") is expected


def test_half_an_archive_is_no_workbook(tmp_path: Path) -> None:
    (tmp_path / "half.zip").write_bytes(b"PK\x03\x04 and no more")
    assert not is_workbook(tmp_path / "half.zip")


def _book(path: Path, *sheets: tuple[str, str]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        for name, header in sheets:
            book.add_worksheet(name).write_row(0, 0, [header, "Company"])
    return path


def test_of_several_sheets_the_one_with_row_keys_is_meant(tmp_path: Path) -> None:
    path = _book(tmp_path / "book.xlsx", ("What to do", "preflight"), ("Rejected rows", " Preflight_Row "))
    assert read_sheet(find_origin(path), None)[0] == "Rejected rows"
    assert read_sheet(find_origin(path), "What to do")[0] == "What to do"


def test_of_several_sheets_with_row_keys_one_must_be_named(tmp_path: Path) -> None:
    path = _book(tmp_path / "book.xlsx", ("one", "preflight_row"), ("two", "preflight_row"))
    with pytest.raises(UsageError, match="2 sheets with values"):
        read_sheet(find_origin(path), None)
