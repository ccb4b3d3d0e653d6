"""The page is inert: no error, no request, and nothing in a cell that runs or hides."""

from __future__ import annotations

import re

import pytest
from selenium.webdriver.support.ui import Select

from .conftest import CELLS, NAMES, Page, Reports

pytestmark = pytest.mark.chromium


@pytest.mark.parametrize("name", NAMES)
def test_no_complaint_and_no_request_but_for_the_file_itself(page: Page, reports: Reports, name: str) -> None:
    page.open(reports(name))
    if name != "clean":
        page.find("#search").send_keys("a")
        page.find("#all").click()
    assert page.complaints() == []
    assert page.requests() == [reports(name).as_uri()]


def test_the_browser_tells_of_errors_and_requests(page: Page, reports: Reports) -> None:
    page.open(reports("clean"))
    page.run("const picture = new Image(); picture.src = 'file:///nowhere.png'; document.body.append(picture);")
    assert "Content Security Policy" in page.complaints()[0]
    page.driver.get("data:text/html,<script>absent()</script>")
    assert "absent is not defined" in page.complaints()[0]
    assert page.requests()[1:] == ["file:///nowhere.png", "data:text/html,<script>absent()</script>"]


@pytest.fixture
def hostile(page: Page, reports: Reports) -> Page:
    """The page about cells that try to run."""
    page.open(reports("hostile"))
    return page


def test_nothing_in_a_cell_runs(hostile: Page) -> None:
    for choice in Select(hostile.find("select[name=column]")).options:
        choice.click()
    assert hostile.run("return window.ran") is None
    assert hostile.driver.title.startswith("hostile.csv: Every record would be rejected")
    assert hostile.run("return document.scripts.length") == 2
    strangers = "img, iframe, object, embed, link, base, style ~ style, body style, [onerror], [onload], [onclick], [src], [action]"
    assert hostile.run("return document.querySelectorAll(arguments[0]).length", strangers) == 0
    assert hostile.run("return [...document.links].filter((one) => !one.getAttribute('href').startsWith('#')).length") == 0
    assert hostile.run("return document.forms.length") == 1


def test_a_cell_is_text_to_the_letter(hostile: Page) -> None:
    shown = {row[4] for row in hostile.rows()}
    cells = {cell for cell in CELLS if len(cell) <= 200 and cell.isprintable()}
    assert len(cells) == 10
    assert cells <= shown


def test_what_cannot_be_shown_is_named_and_what_is_long_is_cut(hostile: Page) -> None:
    shown = "\n".join(row[4] for row in hostile.rows())
    for text in ("[U+001B][31mred", "invoice[U+202E]fdp.exe", "longl…onglong", "onglong (1,000,000 characters)"):
        assert text in shown


def test_no_hidden_character_is_left(hostile: Page) -> None:
    text = hostile.run("return document.documentElement.outerHTML")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", text)
    assert len(text) < 500_000
