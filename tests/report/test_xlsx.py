"""The workbook: text cells, marked faults, a hidden key."""

import builtins
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from preflight.errors import NotAvailable
from preflight.findings import Content
from preflight.report import xlsx

HEADER = ("Company", "Website", "Employees")
ROWS: list[xlsx.RejectedRow] = [
    ("0a1b2c3d-1", ["Acme", "=1+1", "51-200"], {"Employees": '"51-200" is a band', "Website": "not a domain"}),
    ("0a1b2c3d-3", ["007", None, ""], {"Website": "a required value is blank", "": "two cells too many"}),
]


def sheets(book: bytes) -> dict[str, list[list[Any]]]:
    read = CalamineWorkbook.from_filelike(io.BytesIO(book))
    return {name: read.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in read.sheet_names}


def part(book: bytes, name: str) -> str:
    return zipfile.ZipFile(io.BytesIO(book)).read(name).decode("utf-8")


def test_rows_stand_as_text_with_key_and_errors(contents: dict[str, Content]) -> None:
    rows = sheets(xlsx.render(contents["sample"], iter(ROWS), HEADER))["Rejected rows"]
    assert rows == [
        ["preflight_row", "preflight_errors", "Company", "Website", "Employees"],
        ["0a1b2c3d-1", 'Employees: "51-200" is a band\nWebsite: not a domain', "Acme", "=1+1", "51-200"],
        ["0a1b2c3d-3", "Website: a required value is blank\ntwo cells too many", "007", "", ""],
    ]


def test_no_formula_no_link_and_the_key_is_hidden(contents: dict[str, Content]) -> None:
    book = xlsx.render(contents["sample"], ROWS, HEADER)
    sheet = part(book, "xl/worksheets/sheet2.xml")
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert '<col min="1" max="1"' in sheet
    assert 'hidden="1"' in sheet


def test_each_fault_has_a_note(contents: dict[str, Content]) -> None:
    notes = part(xlsx.render(contents["sample"], ROWS, HEADER), "xl/comments1.xml")
    assert [notes.count(f'ref="{cell}"') for cell in ("D2", "E2", "D3", "C2")] == [1, 1, 1, 0]


def test_what_to_do_tells_the_balance_and_the_groups(contents: dict[str, Content]) -> None:
    rows = sheets(xlsx.render(contents["large"], [], ()))["What to do"]
    text = "\n".join(" ".join(str(cell) for cell in row) for row in rows)
    assert rows[0][0] == "360 of 12,000 records would be rejected"
    assert "12,000 records = 11,640 good + 360 rejected" in text
    assert "holds 0 of 360" in text
    assert ["error", "PF302 not-an-integer", "Employees", 300, 300, 0.025] in [row[:6] for row in rows]
    assert not any(character in text for character in "\x1b\u202e\u200b")


def test_a_row_that_cannot_be_held_has_no_key(contents: dict[str, Content]) -> None:
    long = ("k-1", ["x" * 40_000], {"A": "too long"})
    astral = ("k-2", ["👩" * 20_000], {"A": "too long"})
    half = ("k-3", ["a\ud800"], {"A": "odd"})
    none = ("k-4", ["a\ufffe"], {"A": "odd"})
    whole = ("k-5", ["y" * 32_767], {"A": "just fits"})
    rows = sheets(xlsx.render(contents["sample"], [long, astral, half, none, whole], ("A",)))["Rejected rows"][1:]
    assert [row[0] for row in rows] == ["", "", "", "", "k-5"]
    assert all("take it from rejected.csv" in row[1] for row in rows[:4])
    assert [row[2] for row in rows[2:]] == ["a[U+D800]", "a[U+FFFE]", "y" * 32_767]


@pytest.mark.parametrize("cell", ["\x1b[31m\x00", "_x0041_", "\u202eabc", "a\r\nb", "<&>\"'", "  padded  ", "東京👩‍💻"])
def test_odd_cells_make_a_book_that_opens(contents: dict[str, Content], cell: str) -> None:
    book = xlsx.render(contents["sample"], [("k-1", [cell], {"A": cell, "": cell})], ("A",))
    assert sheets(book)["Rejected rows"][1][0] == "k-1"


@pytest.mark.parametrize("cell", ["_x0041_", "\u202eabc", "<&>\"'", "  padded  ", "東京👩‍💻", "1E+10", "=cmd()"])
def test_cells_come_back_as_they_were(contents: dict[str, Content], cell: str) -> None:
    assert sheets(xlsx.render(contents["sample"], [("k-1", [cell], {})], ("A",)))["Rejected rows"][1][2] == cell


def test_the_cap_is_printed(contents: dict[str, Content], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "_MOST_CELLS", 30)

    def endless() -> Iterator[xlsx.RejectedRow]:
        while True:
            yield ROWS[0]

    summary = replace(contents["sample"].summary, rejected=1_000)
    found = sheets(xlsx.render(replace(contents["sample"], summary=summary), endless(), HEADER))
    assert len(found["Rejected rows"]) == 7
    assert any("holds 6 of 1,000" in str(row[0]) for row in found["What to do"])


def test_many_kinds_and_notes_are_capped(contents: dict[str, Content], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "_MOST_GROUPS", 1)
    monkeypatch.setattr(xlsx, "_MOST_NOTES", 2)
    book = xlsx.render(contents["sample"], ROWS, HEADER)
    assert any(row[0] == "1 of 2 kinds are shown." for row in sheets(book)["What to do"])
    assert part(book, "xl/comments1.xml").count("<comment ") == 2


def test_the_same_content_gives_the_same_bytes(contents: dict[str, Content]) -> None:
    assert xlsx.render(contents["large"], ROWS, HEADER) == xlsx.render(contents["large"], ROWS, HEADER)


def test_without_the_extra_it_says_what_to_install(contents: dict[str, Content], monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *rest: Any, **named: Any) -> Any:
        if name == "xlsxwriter":
            raise ImportError(name)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(NotAvailable, match=r'pip install "demandbase-preflight\[excel\]"'):
        xlsx.render(contents["sample"], [], ())


def test_a_row_is_as_high_as_what_is_said_in_it(contents: dict[str, Content]) -> None:
    one, three = {"A": "wrong"}, {"A": "w" * 54, "B": "x" * 60}
    book = xlsx.render(
        contents["sample"], [("k-1", ["", ""], one), ("k-2", ["", ""], three), ("k-3", ["", ""], {"": "y" * 9_000})], "AB"
    )
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        sheet = archive.read("xl/worksheets/sheet2.xml").decode()
    heights = [re.search(r' ht="([\d.]+)"', row) for row in re.findall(r"<row [^>]*>", sheet)]
    assert [float(height[1]) if height else 15 for height in heights] == [15, 15, 60, 180]
