"""The report as JUnit XML: one test case for each (code, column), and one for each column without a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from preflight.findings import Severity
from preflight.report.escape import shorten, xml
from preflight.report.wording import balance, by_occurrence, counts, extent, headline, place, sentence, source_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from preflight.findings import ColumnLine, Content, Group

__all__ = ["render", "several"]


def render(content: Content, /) -> Iterator[str]:
    """One document with one test suite; a group of errors is a failure, any other group passes and has its text as output."""
    yield from several((content,))


def several(contents: Iterable[Content], /) -> Iterator[str]:
    """One document with one test suite for each source."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="preflight">\n'
    for content in contents:
        yield from _suite(content)
    yield "</testsuites>\n"


def _suite(content: Content) -> Iterator[str]:
    groups = by_occurrence(content.groups)
    broken = {group.column for group in groups}
    columns = [line for line in content.columns if line.column is not None and line.how != "not sent" and line.column not in broken]
    failures = sum(group.severity is Severity.ERROR for group in groups)
    skipped = sum(not line.evaluated for line in columns)
    tests = max(1, len(groups) + len(columns))
    name = xml(source_name(content))
    summary = content.summary
    yield f'  <testsuite name="{name}" tests="{tests}" failures="{failures}" errors="0" skipped="{skipped}">\n    <properties>\n'
    for key in ("records", "good", "rejected", "changed_cells", "errors", "warnings"):
        yield f'      <property name="{key}" value="{getattr(summary, key)}"/>\n'
    yield "    </properties>\n"
    yield from (_group(content, group, name) for group in groups)
    yield from (_column(line, name) for line in columns)
    if not groups and not columns:
        yield f'    <testcase classname="{name}" name="the file"/>\n'
    yield f"    <system-out>{xml(balance(content))}. {xml(counts(content))}</system-out>\n  </testsuite>\n"


def _group(content: Content, group: Group, suite: str) -> str:
    about = f" {shorten(group.column)}" if group.column is not None else ""
    lead = f'    <testcase classname="{suite}" name="{xml(f"{group.code} {group.name}{about}")}">'
    text = "\n".join(xml(f"{place(content, one)}: {sentence(one)}") for one in group.examples)
    said = f"{headline(group)} ({extent(group)})"
    if group.severity is Severity.ERROR:
        return f'{lead}<failure type="{xml(group.code)}" message="{xml(said)}">{text}</failure></testcase>\n'
    return f"{lead}<system-out>{xml(f'{group.severity.value}: {said}')}\n{text}</system-out></testcase>\n"


def _column(line: ColumnLine, suite: str) -> str:
    lead = f'    <testcase classname="{suite}" name="{xml(shorten(line.column or ""))}"'
    return f"{lead}/>\n" if line.evaluated else f'{lead}><skipped message="not evaluated"/></testcase>\n'
