"""What holds for every format: golden files, the same totals, nothing that a terminal or a build server would obey."""

import html as html_text
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preflight.findings import Content, Finding, Group, PlanLine, Scope, Severity, SourceLine, Summary
from preflight.report import diff, github, html, jsonl, junit, markdown, notebook, sarif, statistics, text
from preflight.report import json as json_report

SNAPSHOTS = Path(__file__).parents[1] / "snapshots" / "report"
FORMATS: dict[str, Callable[[Content], Iterator[str]]] = {
    "text.txt": text.render,
    "report.json": json_report.render,
    "report.jsonl": jsonl.render,
    "markdown.md": markdown.render,
    "github.txt": github.render,
    "report.sarif": sarif.render,
    "junit.xml": junit.render,
    "statistics.txt": statistics.render,
    "diff.txt": diff.render,
    "report.html": html.render,
    "notebook.html": notebook.render,
}
LOGS = (
    "text.txt",
    "markdown.md",
    "github.txt",
    "statistics.txt",
    "diff.txt",
    "report.json",
    "report.jsonl",
    "report.sarif",
    "junit.xml",
)
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\U000e0000-\U000e0fff]")


@pytest.mark.parametrize("name", FORMATS)
def test_golden_file(name: str, golden_content: Content) -> None:
    """A file that is missing is written, and the test fails once: look at it before it is committed."""
    written = "".join(FORMATS[name](golden_content))
    file = SNAPSHOTS / name
    if not file.exists():
        file.write_bytes(written.encode("utf-8"))
        pytest.fail(f"{name} was missing and has been written")
    assert written == file.read_bytes().decode("utf-8")


@pytest.mark.parametrize("name", LOGS)
def test_nothing_to_obey_in_any_line(name: str, content: Content) -> None:
    written = "".join(FORMATS[name](content))
    assert not OBEYED.search(written.replace("\t", ""))
    assert name == "github.txt" or not [line for line in written.split("\n") if line.lstrip().startswith("::")]
    assert "##[" not in written
    assert written.endswith("\n")


def test_every_format_has_the_same_totals(content: Content) -> None:
    summary = content.summary
    balance = (
        f"{summary.records:,} record{'' if summary.records == 1 else 's'} = {summary.good:,} good + {summary.rejected:,} rejected"
    )
    for name in ("text.txt", "statistics.txt", "markdown.md", "github.txt", "junit.xml", "notebook.html"):
        assert balance in html_text.unescape("".join(FORMATS[name](content))), name
    plain = re.sub(r"\s+", " ", re.sub("<[^>]*>", "", "".join(html.render(content))))
    assert balance in plain
    document = json.loads("".join(json_report.render(content)))
    log = json.loads("".join(sarif.render(content)))
    (suite,) = ElementTree.fromstring("".join(junit.render(content)))
    errors = sum(one["severity"] == "error" for one in document["findings"])
    assert errors == summary.errors == int(suite.find("properties/property[@name='errors']").get("value"))  # type: ignore[union-attr, arg-type]
    assert summary.errors == sum(one["occurrenceCount"] for one in log["runs"][0]["results"] if one["level"] == "error")


ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=30)


@st.composite
def any_content(draw: st.DrawFn) -> Content:
    """One finding with any text everywhere."""
    cell = draw(ANY_TEXT)
    found = Finding(
        "PF302",
        "not-an-integer",
        draw(st.sampled_from(Severity)),
        draw(st.sampled_from(Scope)),
        draw(ANY_TEXT) + cell,
        *draw(st.sampled_from([(None, None, None, None, None), (0, "a", 1, 2, 3), (0, "\u202e\n::x", None, None, None)])),
        column=draw(st.none() | ANY_TEXT),
        field=draw(st.none() | ANY_TEXT),
        value=draw(st.none() | st.just(cell)),
        suggestion=draw(st.none() | ANY_TEXT),
        path=draw(st.none() | ANY_TEXT),
    )
    files = tuple(SourceLine(path, 5) for path in draw(st.just([]) | st.lists(ANY_TEXT, min_size=2, max_size=3)))
    values = () if found.value is None else ((found.value, 7),)
    group = Group(
        found.code, found.name, found.severity, found.scope, found.column, found.field, 7, 7, 0.7, len(values), values,
        found.source_row, 0, (found,),
    )  # fmt: skip
    return Content(
        version="0.1.0",
        source=SourceLine(
            draw(st.none() | ANY_TEXT), 10, draw(st.none() | ANY_TEXT), draw(st.none() | ANY_TEXT), draw(ANY_TEXT), files=files
        ),
        plan=draw(st.none() | st.just(PlanLine("accounts", None, draw(st.none() | ANY_TEXT), "00"))),
        summary=Summary(10, 3, 7, 0, 7, 0, {"PF302": 7}, draw(st.sampled_from([None, 3])), (draw(ANY_TEXT),)),
        groups=(group,),
        columns=(),
        findings=lambda: iter([found] * 7),
        changes=lambda: iter(()),
        resembles=draw(st.none() | ANY_TEXT),
        hints=(draw(ANY_TEXT),),
    )


@settings(max_examples=50)
@given(any_content())
def test_no_text_breaks_any_format(content: Content) -> None:
    for name, render in FORMATS.items():
        written = "".join(render(content))
        written.encode("utf-8")
        assert not OBEYED.search(written.replace("\t", "")), name
        assert name == "github.txt" or not [line for line in written.split("\n") if line.lstrip().startswith("::")], name
    assert len(json.loads("".join(json_report.render(content)))["findings"]) == 7
    assert len(json.loads("".join(sarif.render(content)))["runs"][0]["results"][0]["locations"]) == 7
    assert ElementTree.fromstring("".join(junit.render(content))).find("testsuite/testcase") is not None
    rows = [line for line in "".join(markdown.render(content)).split("\n") if line.startswith("| ")]
    assert [row.count("|") for row in rows] == [9, 9]
    assert "".join(html.render(content)).count("<script") == 2


@pytest.mark.parametrize("name", ["text.txt", "markdown.md", "github.txt", "statistics.txt", "notebook.html"])
def test_summaries_never_read_the_complete_lists(name: str, content: Content, never: Callable[[], Iterator[Finding]]) -> None:
    assert "".join(FORMATS[name](replace(content, findings=never, changes=never)))  # type: ignore[arg-type]
