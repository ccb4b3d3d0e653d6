"""The list of findings as a person uses it: filters, search, pages, keyboard."""

from __future__ import annotations

import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from .conftest import Page, Reports

pytestmark = pytest.mark.chromium


@pytest.fixture
def many(page: Page, reports: Reports) -> Page:
    """A list of 303 findings: 250 bands in Employees, 50 e-mail addresses in Website, 3 warnings of Company."""
    page.open(reports("many"))
    assert page.status == "1 to 100 of 303 findings"
    assert len(page.rows()) == 100
    return page


@pytest.mark.parametrize(
    ("name", "choice", "status", "column"),
    [
        ("severity", "warning", "3 of 303 findings match", "Company"),
        ("code", "PF313 not-a-domain", "50 of 303 findings match", "Website"),
        ("column", "Employees", "1 to 100 of 250 of 303 findings match", "Employees"),
    ],
)
def test_a_filter_leaves_what_it_names(many: Page, name: str, choice: str, status: str, column: str) -> None:
    Select(many.find(f"select[name={name}]")).select_by_visible_text(choice)
    assert many.status == status
    assert {row[3] for row in many.rows()} == {column}
    many.find("button[type=reset]").click()
    many.wait_for("1 to 100 of 303 findings")


def test_filters_and_search_hold_together(many: Page) -> None:
    Select(many.find("select[name=severity]")).select_by_visible_text("error")
    many.find("#search").send_keys("COMPANY31.com e-mail")
    many.wait_for("1 of 303 findings match")
    assert [row[4] for row in many.rows()] == ["sales@company31.com"]
    Select(many.find("select[name=severity]")).select_by_visible_text("warning")
    assert many.status == "0 of 303 findings match"


def test_nothing_found_is_said_and_left_by_its_button(many: Page) -> None:
    many.find("#search").send_keys("no such word")
    many.wait_for("0 of 303 findings match")
    assert many.rows() == []
    assert many.find("#nothing").text.startswith("No finding matches.")
    assert not many.find("#pages").is_displayed()
    many.find("#nothing button").click()
    many.wait_for("1 to 100 of 303 findings")
    assert not many.find("#nothing").is_displayed()
    assert many.focused.get_attribute("id") == "search"


def test_pages_hold_every_finding_once(many: Page) -> None:
    seen = [tuple(row) for row in many.rows()]
    assert not many.find("#back").is_enabled()
    for number in (2, 3, 4):
        many.find("#next").click()
        assert many.find("#page").text == f"page {number} of 4"
        seen += [tuple(row) for row in many.rows()]
    assert many.status == "301 to 303 of 303 findings"
    assert not many.find("#next").is_enabled()
    assert len(seen) == len(set(seen)) == 303


def test_a_kind_shows_its_findings_in_the_list(many: Page) -> None:
    many.find('[data-code="PF313 not-a-domain"]').click()
    many.wait_for("50 of 303 findings match")
    assert {row[3] for row in many.rows()} == {"Website"}


def test_one_page_has_no_pager(page: Page, reports: Reports) -> None:
    page.open(reports("example"))
    assert page.status == "8 findings"
    assert not page.find("#pages").is_displayed()


def test_the_keyboard_alone_is_enough(many: Page) -> None:
    many.find("body").send_keys(Keys.TAB)
    assert many.focused.text == "Skip to the findings"
    assert many.focused.is_displayed()
    for _ in range(40):
        if many.focused.get_attribute("id") == "search":
            break
        many.focused.send_keys(Keys.TAB)
    many.focused.send_keys("51-200")
    many.wait_for("1 to 100 of 250 of 303 findings match")
    many.focused.send_keys(Keys.ESCAPE)
    many.wait_for("1 to 100 of 303 findings")
    assert many.focused.get_attribute("value") == ""
    many.focused.send_keys(Keys.TAB)
    many.focused.send_keys("w")
    many.wait_for("3 of 303 findings match")
    for _ in range(3):
        many.focused.send_keys(Keys.TAB)
    assert many.focused.text == "Clear"
    many.focused.send_keys(Keys.ENTER)
    many.wait_for("1 to 100 of 303 findings")
    many.focused.send_keys(Keys.TAB)
    assert many.focused.text == "Next"
    many.focused.send_keys(Keys.SPACE)
    many.wait_for("101 to 200 of 303 findings")


def test_what_has_the_focus_is_outlined(many: Page) -> None:
    many.find("#search").send_keys("x", Keys.TAB)
    assert many.run("return getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_without_scripts_the_first_findings_are_there(scriptless: Page, reports: Reports) -> None:
    scriptless.open(reports("many"))
    assert scriptless.find("#without").text == "The first 100; a browser that runs scripts lists and searches more."
    assert not scriptless.find("#filter").is_displayed()
    assert scriptless.find("#findings tbody tr:nth-child(100)").is_displayed()


def test_a_code_leads_to_what_it_means(many: Page) -> None:
    page = many.find("#code-PF313")
    assert not page.is_displayed()
    many.find(".kinds a.code[href='#code-PF313']").click()
    assert page.is_displayed()
    assert page.text.startswith("What\nThe value of a domain field is no web domain")
