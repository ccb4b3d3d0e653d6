"""Cells that show an error are found where they stand, in each format of workbooks."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from preflight.files.workbook_errors import errors_of

_SPACES = " ".join(
    f'xmlns:{name}="{space}"'
    for name, space in {
        "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
        "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
        "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
        "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
    }.items()
)
_BAD = '<table:table-cell {} calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell>'
_CELL = "<table:table-cell {}><text:p>text</text:p></table:table-cell>"


def _ods(path: Path, rows: str, sheet: str = "A") -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        table = f'<table:table table:name="{sheet}">{rows}</table:table>'
        other = f'<table:table table:name="other"><table:table-row>{_BAD.format("")}</table:table-row></table:table>'
        archive.writestr("content.xml", f"<office:spreadsheet {_SPACES}>{other}{table}</office:spreadsheet>")
    return path


@pytest.mark.parametrize(
    ("rows", "errors"),
    [
        (f"<table:table-row>{_CELL}{_BAD}</table:table-row>", [(0, 1, "#N/A")]),
        (f"<table:table-row/><table:table-row>{_BAD}</table:table-row>", [(1, 0, "#N/A")]),
        (f'<table:table-row table:number-rows-repeated="7"/><table:table-row>{_BAD}</table:table-row>', [(7, 0, "#N/A")]),
        (
            '<table:table-row table:number-rows-repeated="2">'
            + _BAD.format('table:number-columns-repeated="2"')
            + "</table:table-row>",
            [(0, 0, "#N/A"), (1, 0, "#N/A"), (0, 1, "#N/A"), (1, 1, "#N/A")],
        ),
        (
            "<table:table-header-rows><table:table-row>"
            + _CELL.format('table:number-columns-repeated="3"')
            + f"<table:covered-table-cell/>{_BAD}</table:table-row></table:table-header-rows>",
            [(0, 4, "#N/A")],
        ),
        ('<table:table-row><table:table-cell calcext:value-type="error"/></table:table-row>', [(0, 0, "")]),
        (f"<table:table-row>{_CELL}</table:table-row>", []),
    ],
)
def test_in_an_opendocument_sheet(tmp_path: Path, rows: str, errors: list[tuple[int, int, str]]) -> None:
    assert errors_of(_ods(tmp_path / "book.ods", rows.replace("{}", "")), "A", 1) == errors


def test_a_document_that_ends_early_has_none(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "book.ods", "w") as archive:
        archive.writestr("content.xml", 'value-type="error" <not xml')
    assert errors_of(tmp_path / "book.ods", "A", 0) == []


def test_other_archives_and_files_have_none(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "some.zip", "w") as archive:
        archive.writestr("word/document.xml", "")
    (tmp_path / "some.csv").write_text("a,b\n", encoding="utf-8")
    for name in ("some.zip", "some.csv"):
        assert errors_of(tmp_path / name, "A", 0) == []
