"""The page: one file, safe, true to the counts, and working with and without its script."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from preflight.findings import Content
from preflight.report import html, page_picture

VOID = {"meta", "input", "rect", "br"}


class Page(HTMLParser):
    """Tags, attributes and texts; fails where tags do not nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.scripts: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in {"script", "style"}:
            self.scripts.append(data)
        else:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.texts))


def page(content: Content) -> Page:
    return Page("".join(html.render(content)))


def island(found: Page) -> Any:
    return next(json.loads(one) for one in found.scripts if one.startswith('{"severities"'))


def test_tags_nest_and_names_lead_somewhere(content: Content) -> None:
    found = page(content)
    ids = [attributes["id"] for _, attributes in found.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in found.tags:
        assert (attributes.get("href") or "#main").lstrip("#") in ids
        assert (attributes.get("aria-labelledby") or "main") in ids


def test_nothing_from_elsewhere_and_no_inline_code(content: Content) -> None:
    found = page(content)
    for tag, attributes in found.tags:
        assert tag not in {"link", "img", "iframe", "object", "embed", "base", "a:href"}
        assert not [name for name in attributes if name.startswith("on") or name in {"src", "style", "srcdoc", "action"}]
    text = "".join(html.render(content))
    assert not re.search(r"url\(|@import|innerHTML|eval\(", text)


def test_the_policy_allows_exactly_its_own_style_and_script(contents: dict[str, Content]) -> None:
    found = page(contents["large"])
    policy = next(attributes["content"] for _, attributes in found.tags if attributes.get("http-equiv"))
    allowed = set(re.findall(r"'sha256-([^']+)'", policy or ""))
    own = {base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in found.scripts if not one.startswith("{")}
    assert allowed == own
    assert "default-src 'none'" in (policy or "")


def test_hostile_cells_are_text(contents: dict[str, Content]) -> None:
    text = "".join(html.render(contents["large"]))
    assert text.count("<script") == 2
    assert "<img" not in text
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]", text)
    assert "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;" in text
    text.encode("utf-8")


def test_verdict_balance_and_counts_come_first(contents: dict[str, Content]) -> None:
    text = page(contents["large"]).text
    assert "360 of 12,000 records would be rejected 12,000 records = 11,640 good + 360 rejected" in text
    assert text.index("355 errors, 5 warnings, 1 note") < text.index("What is wrong")
    assert text.index("PF302 not-an-integer") < text.index("PF006 mixed-line-ends")


def test_a_kind_has_a_title_in_plain_words(contents: dict[str, Content]) -> None:
    text = page(contents["frame"]).text
    assert "A required field that no column feeds PF202 missing-required-column domain error 1 12 100%" in text
    assert "error A required field that no column feeds: domain PF202 missing-required-column 12 rows 100%" in text
    assert "Not a whole number: Employees PF302 not-an-integer" in text
    unknown = replace(contents["sample"].groups[0], code="PF999", name="of-tomorrow", rows=0, share=0.0)
    shown = page(replace(contents["sample"], groups=(unknown,))).text
    assert "Of-tomorrow: Employees PF999 of-tomorrow" in shown
    assert "0 rows" not in shown


def test_distinct_values_have_a_column_where_they_were_counted(contents: dict[str, Content]) -> None:
    assert "Filled Distinct Rewritten" in page(contents["sample"]).text
    uncounted = tuple(replace(line, distinct=None) for line in contents["sample"].columns)
    assert "Filled Rewritten" in page(replace(contents["sample"], columns=uncounted)).text


def test_what_is_missing_is_said_first(contents: dict[str, Content]) -> None:
    text = page(contents["frame"]).text
    assert text.index("9 would be good if Account Domain were supplied") < text.index("What is wrong")


def test_each_group_has_its_block(content: Content) -> None:
    found = page(content)
    assert [tag for tag, _ in found.tags].count("article") == len(content.groups)


def test_the_script_gets_every_finding(contents: dict[str, Content]) -> None:
    told = island(page(contents["large"]))
    assert len(told["rows"]) == 361
    codes = [told["codes"][row[1]].split(" ")[0] for row in told["rows"]]
    assert codes == [one.code for one in contents["large"].findings()]
    assert told["rows"][0] == [0, 0, 0, "whole file", "", "lines end in LF (11,990) and in CR LF (10)"]


def test_the_cap_is_printed_and_the_pass_is_bounded(contents: dict[str, Content], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_picture, "_MOST_SEEN", 12_000)
    group = replace(contents["sample"].groups[0], findings=5_000_000, rows=5_000_000)
    taken = 0

    def endless() -> Any:
        nonlocal taken
        while True:
            yield replace(group.examples[0], source_row=taken)
            taken += 1

    summary = replace(contents["sample"].summary, records=5_000_000, good=0, rejected=5_000_000)
    found = page(replace(contents["sample"], groups=(group,), findings=endless, summary=summary))
    assert taken <= 12_001
    assert len(island(found)["rows"]) == 10_000
    assert "The first 10,000 of 5,000,000 findings are in this file" in found.text
    assert "Drawn from the first 12,000 findings, which reach row 12,000 of 5,000,000." in found.text


def test_a_strip_shows_where(contents: dict[str, Content]) -> None:
    found = page(contents["sample"])
    strips = [(attributes["aria-label"] or "") for tag, attributes in found.tags if attributes.get("class") == "strip"]
    assert strips == [
        "Company: no finding",
        "Website: 1 finding from source row 3 to 3",
        "Employees: 1 finding from source row 1 to 1",
        "Industry: no finding",
        "Country: no finding",
    ]
    bars = [attributes for tag, attributes in found.tags if tag == "rect" and attributes.get("width") == "1"]
    assert [(bar["x"], bar["class"], bar["height"]) for bar in bars] == [("3", "error", "26.0"), ("1", "error", "26.0")]


@pytest.mark.parametrize(("columns", "strips", "said"), [(60, 60, ""), (61, 1, "60 columns left out.")])
def test_clean_columns_of_a_wide_table_are_left_out(contents: dict[str, Content], columns: int, strips: int, said: str) -> None:
    sample = contents["sample"]
    wide = tuple(replace(sample.columns[2], column=f"c{at}" if at else "Employees") for at in range(columns))
    found = [one for one in sample.findings() if one.column == "Employees"]
    shown = page(replace(sample, columns=wide, groups=sample.groups[:1], findings=lambda: iter(found)))
    assert [attributes.get("class") for _, attributes in shown.tags].count("strip") == strips
    assert said in shown.text
    assert ("left out" in shown.text) == bool(said)


def test_many_kinds_are_capped_and_the_cap_is_printed(contents: dict[str, Content]) -> None:
    groups = tuple(replace(contents["sample"].groups[0], column=f"c{at}") for at in range(300))
    shown = page(replace(contents["sample"], groups=groups))
    assert "200 of 300 kinds are shown." in shown.text
    assert [tag for tag, _ in shown.tags].count("article") == 200


def test_equal_changes_are_shown_once(contents: dict[str, Content]) -> None:
    changes = [replace(next(contents["sample"].changes()), source_row=row) for row in range(50)]
    shown = page(replace(contents["sample"], changes=lambda: iter(changes)))
    assert "".join(shown.texts).count("https://www.acme.com/") == 1


def test_a_clean_file_has_no_list(contents: dict[str, Content]) -> None:
    found = page(contents["clean"])
    assert "No record would be rejected" in found.text
    assert "All findings" not in found.text


def test_no_records_at_all(contents: dict[str, Content]) -> None:
    summary = replace(contents["clean"].summary, records=0, good=0)
    assert "There is no record to judge" in page(replace(contents["clean"], summary=summary, columns=())).text


def test_several_sources_are_one_page(contents: dict[str, Content]) -> None:
    found = Page("".join(html.several(contents.values())))
    ids = [attributes["id"] for _, attributes in found.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert all((attributes.get("href") or "#main").lstrip("#") in ids for _, attributes in found.tags)
    assert "377 of 12,032 records in 6 sources would be rejected" in found.text
    told = island(found)
    assert len(told["rows"]) == sum(sum(content.summary.by_code.values()) for content in contents.values())
    assert told["rows"][0][3] == "accounts.csv: line 3, position 35"


def test_of_many_files_some_are_listed(contents: dict[str, Content]) -> None:
    source = contents["joined"].source
    many = replace(source, files=tuple(replace(source.files[0], path=f"{at}.csv") for at in range(22)))
    assert "19.csv: 2 records and 2 more files" in page(replace(contents["joined"], source=many)).text


def test_hidden_values_are_not_called_blank(contents: dict[str, Content]) -> None:
    sample = contents["sample"]
    groups = tuple(
        replace(group, top_values=(), examples=tuple(replace(one, value=None) for one in group.examples)) for group in sample.groups
    )
    hidden = replace(
        sample,
        values="hide",
        groups=groups,
        findings=lambda: (replace(one, value=None) for one in sample.findings()),
        changes=lambda: (replace(one, before=None, after=None) for one in sample.changes()),
    )
    text = page(hidden).text
    assert "(hidden)" in text
    assert "(blank)" not in text
