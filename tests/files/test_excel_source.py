"""A sheet in chunks of text: numbers, dates, errors, titles, and which sheet."""

from __future__ import annotations

import datetime as d
import pickle
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
import xlsxwriter

from preflight.errors import UnreadableInput, UsageError
from preflight.files.excel_source import ExcelSource, open_excel
from preflight.files.options import ReadOptions
from preflight.files.origin import find_origin

if TYPE_CHECKING:
    from pathlib import Path


def saved(folder: Path, sheets: dict[str, dict[str, Any]], **options: Any) -> ExcelSource:
    path = folder / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        day, stamp = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for name, cells in sheets.items():
            sheet = book.add_worksheet(name)
            if name.startswith("hidden"):
                sheet.hide()
            for place, value in cells.items():
                if isinstance(value, d.datetime):
                    sheet.write_datetime(place, value, stamp if value.hour else day)
                elif ":" in place:
                    sheet.merge_range(place, value)
                elif str(value).startswith("#"):
                    sheet.write_formula(place, "=1/0", None, value)
                else:
                    sheet.write(place, value)
    return open_excel(find_origin(path), ReadOptions(**options))


def rows(source: ExcelSource) -> list[list[str | None]]:
    return [list(row) for chunk in source.chunks() for row in zip(*(one.to_pylist() for one in chunk.columns), strict=True)]


PLAIN = {"A1": "name", "B1": "n", "A2": "Acme", "B2": 12, "A3": "Delta", "B3": 0.5}


def test_cells_are_text_and_lines_are_rows_of_the_sheet(tmp_path: Path) -> None:
    cells = {"A1": "a", "B1": "b", "A2": 12.0, "B2": d.datetime(2024, 1, 5), "A3": "007", "B3": d.datetime(2024, 1, 5, 10, 20)}
    source = saved(tmp_path, {"One": {**cells, "A5": True, "B5": "#DIV/0!"}})
    (chunk,) = source.chunks()
    assert source.header == ("a", "b")
    assert rows(source) == [["12", "2024-01-05"], ["007", "2024-01-05T10:20:00"], ["true", "#DIV/0!"]]
    assert (chunk.lines.to_pylist(), chunk.blank_lines.to_pylist()) == ([2, 3, 5], [4])
    line = source.line()
    assert (line.records, line.sheet, line.columns, line.reason) == (3, "One", 2, "the header stands on row 1")


def test_titles_above_the_header_are_passed_over(tmp_path: Path) -> None:
    source = saved(
        tmp_path,
        {"One": {"B2:C2": "Accounts", "B3": "as of today", "B5": "name", "C5": "n", "B6": "Acme", "C6": 1, "B7": "Delta", "C7": 2}},
    )
    assert (source.header, rows(source)) == (("name", "n"), [["Acme", "1"], ["Delta", "2"]])
    assert source.line().reason == "the header stands on row 5, below 2 title rows"
    assert next(source.chunks()).first_line == 6


def test_the_position_of_a_cell_is_its_column_in_the_sheet(tmp_path: Path) -> None:
    source = saved(tmp_path, {"One": {"B1": "title", "C3": "name", "D3": "n", "C4": "Acme", "D4": 1, "C5": "Delta", "D5": 2}})
    (chunk,) = source.chunks()
    assert source.header == ("name", "n")
    assert chunk.locate is not None
    found = chunk.locate(pa.array([0, 1, 1]), pa.array([0, 0, 1]))
    assert [part.to_pylist() for part in found] == [[3, 3, 4], [0, 0, 0], [0, 0, 0]]
    assert pickle.loads(pickle.dumps(chunk.locate))(pa.array([0]), pa.array([1]))[0].to_pylist() == [4]


def test_a_stated_header_line_is_taken(tmp_path: Path) -> None:
    cells = {"A1": "report", "B1": "2024", **{f"{place[0]}{int(place[1]) + 2}": value for place, value in PLAIN.items()}}
    assert saved(tmp_path, {"One": cells}, header_line=3).header == ("name", "n")
    with pytest.raises(UnreadableInput, match="row 2, where the header was said to stand, is empty"):
        saved(tmp_path, {"One": cells}, header_line=2)


def test_a_table_wider_than_its_first_row_is_asked_about(tmp_path: Path) -> None:
    cells = {"A1": "report", "B1": "2024", "A2": "a", "B2": "b", "C2": "c", "A3": 1, "B3": 2, "C3": 3}
    with pytest.raises(UnreadableInput, match="--header-line") as refused:
        saved(tmp_path, {"One": cells})
    assert refused.value.code == "PF106"


def test_one_row_that_reaches_beyond_the_header_is_ragged(tmp_path: Path) -> None:
    source = saved(tmp_path, {"One": {**PLAIN, "D3": "more"}})
    (chunk,) = source.chunks()
    assert chunk.cells.to_pylist() == [2, 4]
    assert rows(source) == [["Acme", "12"], ["Delta", "0.5"]]


def test_the_only_visible_sheet_with_values_is_read(tmp_path: Path) -> None:
    assert saved(tmp_path, {"empty": {}, "One": PLAIN, "hidden": {"A1": "x"}}).line().sheet == "One"
    assert saved(tmp_path, {"One": PLAIN, "hidden": {"A1": "x", "A2": "y"}}, sheet="hidden").header == ("x",)


def test_several_sheets_are_asked_about_by_name(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match='2 sheets with values, "One", "Two"; say which with --sheet'):
        saved(tmp_path, {"One": PLAIN, "Two": PLAIN})
    with pytest.raises(UsageError, match='no sheet "Three"; its sheets are "One"'):
        saved(tmp_path, {"One": PLAIN}, sheet="Three")


@pytest.mark.parametrize(("cells", "codes"), [({"A1": "a"}, ["PF002"]), ({"A1": 1, "B1": 2, "A2": 3}, ["PF207"]), (PLAIN, [])])
def test_what_is_said_of_the_file(tmp_path: Path, cells: dict[str, Any], codes: list[str]) -> None:
    assert [finding.code for finding in saved(tmp_path, {"One": cells}).findings()] == codes


def test_an_empty_workbook_is_refused(tmp_path: Path) -> None:
    for cells in ({}, {"A1": "  "}):
        with pytest.raises(UnreadableInput) as refused:
            saved(tmp_path, {"One": cells})
        assert refused.value.code == "PF002"
