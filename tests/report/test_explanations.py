"""The pages of codes as HTML, in one file and in a report."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser

from preflight.findings import Content
from preflight.report import explanations, html
from preflight.rules.codes import CODES


class Page(HTMLParser):
    """The tags in order with their attributes, and all text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.said = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.said += data

    def attributes(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for found, attributes in self.tags if found == tag]


def test_one_page_stands_open() -> None:
    text = "".join(explanations.render([CODES["PF302"]], "1.2.3"))
    found = Page(text)
    assert found.attributes("details") == [{"class": "card", "open": None}]
    assert [tag for tag, _ in found.tags if tag[0] == "h" and tag[1:].isdigit()] == ["h1", "h2", "h2", "h2", "h2"]
    assert "<title>preflight: PF302 not-an-integer</title>" in text
    assert "<p>The API takes one whole number. <code>1,234</code>, <code>+5</code>" in text
    assert '<pre><code class="language-csv">account_name,domain,employees\nDelta Tools,deltatools.com,51-200\n' in text
    assert "&quot;51-200&quot; is a band" in text
    assert "# PF302" not in found.said
    assert text.endswith("<footer>Made by preflight 1.2.3.</footer>\n</body>\n</html>\n")


def test_all_pages_stand_under_a_table_that_leads_to_them() -> None:
    found = Page("".join(explanations.render(list(CODES.values()), "1.2.3")))
    names = Counter(attributes["id"] for _, attributes in found.tags if "id" in attributes)
    assert set(names.values()) == {1}
    assert [one["href"] for one in found.attributes("a")] == ["#main", *(f"#code-{code}" for code in CODES)]
    assert {f"code-{code}" for code in CODES} < set(names)
    assert found.attributes("details") == [{"class": "card"}] * len(CODES)
    assert found.attributes("script") == []
    for known in CODES.values():
        assert f"{known.code} {known.name}" in found.said


def test_a_report_explains_the_codes_that_it_names(content: Content) -> None:
    found = Page("".join(html.render(content)))
    explained = [str(one["id"]) for one in found.attributes("div") if str(one.get("id")).startswith("code-")]
    assert sorted(explained) == sorted({f"code-{group.code}" for group in content.groups})
    assert {one["href"] for one in found.attributes("a") if one.get("class") == "code"} == {f"#{name}" for name in explained}
    assert ("What the codes mean" in found.said) == bool(content.groups)


def test_several_sources_explain_a_code_once(contents: dict[str, Content]) -> None:
    found = Page("".join(html.several([contents["sample"], contents["sample"], contents["frame"]])))
    explained = Counter(one["id"] for one in found.attributes("div") if str(one.get("id")).startswith("code-"))
    assert set(explained) == {f"code-{group.code}" for name in ("sample", "frame") for group in contents[name].groups}
    assert set(explained.values()) == {1}


def test_a_code_of_tomorrow_leads_nowhere(contents: dict[str, Content]) -> None:
    group = replace(contents["sample"].groups[0], code="PF999", name="<of-tomorrow>")
    text = "".join(html.render(replace(contents["sample"], groups=(group,))))
    assert '<span class="code">PF999 &lt;of-tomorrow&gt;</span>' in text
    assert "code-PF999" not in text


def test_where_cells_are_hidden_no_example_looks_like_one(contents: dict[str, Content]) -> None:
    for mode in ("hide", "mask"):
        text = "".join(html.render(replace(contents["sample"], values=mode)))
        assert "What the codes mean" not in text
        assert 'href="#code-' not in text
