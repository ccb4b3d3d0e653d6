"""The notebook's fragment and its twin."""

import importlib
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

from preflight.findings import Content
from preflight.report import notebook, text


class Tags(HTMLParser):
    """The names of all tags and attributes."""

    def __init__(self, fragment: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.depth = 0
        self.feed(fragment)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names += [tag, *(name for name, _ in attrs)]
        self.depth += tag not in {"br", "rect"}

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names += [tag, *(name for name, _ in attrs)]

    def handle_endtag(self, tag: str) -> None:
        self.depth -= 1


def test_a_fragment_without_code_from_the_groups_alone(content: Content, never: Any) -> None:
    fragment = "".join(notebook.render(replace(content, findings=never, changes=never)))
    tags = Tags(fragment)
    assert tags.depth == 0
    assert not {"script", "img", "link", "iframe", "src", "href", "onerror", "id"} & set(tags.names)
    assert fragment.startswith('<div class="preflight-report">')
    assert len(fragment) < 40_000


def test_every_rule_of_the_style_is_scoped() -> None:
    style = "".join(importlib.import_module("preflight.report.notebook")._STYLE)
    selectors = [part.strip() for rule in style.split("}")[:-1] for part in rule.split("{")[0].split(",")]
    assert all(selector.startswith(".preflight-report") for selector in selectors)


def test_it_tells_the_balance_and_what_is_wrong(contents: dict[str, Content]) -> None:
    fragment = "".join(notebook.render(contents["frame"]))
    assert "12 records = 0 good + 12 rejected" in fragment
    assert "9 would be good if Account Domain were supplied" in fragment
    assert '<td class="pf-place">row 2 (label 20)</td>' in fragment


def test_no_bar_without_records(contents: dict[str, Content]) -> None:
    summary = replace(contents["clean"].summary, records=0, good=0)
    fragment = "".join(notebook.render(replace(contents["clean"], summary=summary)))
    assert "There is no record to judge" in fragment
    assert "<svg" not in fragment


def test_rows_are_capped_and_the_cap_is_printed(contents: dict[str, Content]) -> None:
    groups = tuple(replace(contents["sample"].groups[0], column=f"c{at}") for at in range(50))
    fragment = "".join(notebook.render(replace(contents["sample"], groups=groups)))
    assert "20 of 50 kinds of findings" in fragment
    assert fragment.count("<tr>") == 21


def test_the_twin_is_the_text(content: Content) -> None:
    assert "".join(notebook.plain(content)) == "".join(text.render(content))
