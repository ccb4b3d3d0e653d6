"""How the page looks: on a desktop and a phone, light and dark, and on paper."""

from __future__ import annotations

import base64

import pytest

from .conftest import NAMES, Page, Reports

pytestmark = pytest.mark.chromium

_CONTRASTS = """
const luminance = (color) => { const [r, g, b] = color.map((one) => one / 255)
    .map((one) => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
const parts = (color) => color.match(/[\\d.]+/g).map(Number);
const behind = (element) => { for (let at = element; at; at = at.parentElement) {
    const color = parts(getComputedStyle(at).backgroundColor); if (color.length === 3 || color[3] === 1) return color; }
    return [255, 255, 255]; };
const told = new Map();
for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || !element.getClientRects().length || element.disabled) continue;
    const [low, high] = [parts(getComputedStyle(element).color), behind(element)].map((one) => luminance(one.slice(0, 3)))
        .sort((a, b) => a - b);
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < 4.5) told.set(element.tagName + "." + element.className, ratio);
}
return [...told];
"""
_OUTSIDE = """
const edge = document.documentElement.clientWidth + 0.5;
return [...document.querySelectorAll("body *")]
    .filter((element) => element.getClientRects().length)
    .filter((element) => !element.closest(".scroll") && !element.matches(".skip, thead *, thead"))
    .filter((element) => element.getBoundingClientRect().right > edge).map((element) => element.tagName + "." + element.className)
"""


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_what_is_behind_it(page: Page, reports: Reports, name: str, scheme: str) -> None:
    page.open(reports(name), scheme=scheme)
    paper = page.run("return getComputedStyle(document.body).backgroundColor")
    assert paper == {"light": "rgb(251, 251, 250)", "dark": "rgb(19, 20, 24)"}[scheme]
    assert page.run(_CONTRASTS) == []


@pytest.mark.parametrize("name", NAMES)
def test_the_page_does_not_scroll_sideways(page: Page, reports: Reports, name: str) -> None:
    page.open(reports(name), wide=320)
    for wide in (320, 390, 768, 1280):
        page.size(wide, 800)
        assert page.run("return innerWidth") == wide
        assert page.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
        assert page.run(_OUTSIDE) == []


@pytest.mark.parametrize(("wide", "high"), [(1280, 900), (390, 844)])
def test_the_first_screen_says_what_and_what_to_do(page: Page, reports: Reports, wide: int, high: int) -> None:
    page.open(reports("example"), wide=wide, high=high)
    seen = page.run(
        "return [...document.querySelectorAll('h1, .verdict, .sum, .note, .kinds tbody tr')]"
        ".filter((one) => one.getBoundingClientRect().bottom <= innerHeight).map((one) => one.innerText.replace(/\\s+/g, ' '))"
    )
    assert seen[:3] == ["example.csv", "5 of 10 records would be rejected", "10 records = 5 good + 5 rejected"]
    assert seen[3].startswith("What to do next")
    assert seen[4].startswith("Several rows with the same match key")


def test_paper_shows_everything(page: Page, reports: Reports) -> None:
    page.open(reports("many"), wide=718, high=1000, media="print", scheme="dark")
    page.run("dispatchEvent(new Event('beforeprint'))")
    assert len(page.rows()) == 303
    assert page.status == "303 findings"
    assert not page.find("#filter").is_displayed()
    assert page.run("return getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    hidden = "return [...document.querySelectorAll('.scroll')].filter((one) => one.scrollWidth > one.clientWidth).length"
    assert page.run(hidden) == 0
    assert page.run(_OUTSIDE) == []
    page.run("dispatchEvent(new Event('afterprint'))")
    assert len(page.rows()) == 100


def test_printing_brings_the_whole_list_and_takes_it_back(page: Page, reports: Reports) -> None:
    page.open(reports("many"))
    page.run("addEventListener('beforeprint', () => { window.printed = document.querySelectorAll('#findings tbody tr').length; })")
    assert base64.b64decode(page.driver.print_page()).startswith(b"%PDF")
    assert page.run("return window.printed") == 303
    assert len(page.rows()) == 100
