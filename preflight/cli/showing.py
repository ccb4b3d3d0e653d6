"""The report of `preflight check` in the format that was asked for."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

import preflight.report.json as json_report
from preflight.cli.judging import Check
from preflight.cli.output import colour_wanted, say, write_out
from preflight.cli.workbook import workbook_of
from preflight.findings import Content
from preflight.report import diff, github, html, jsonl, junit, markdown, sarif, statistics, text

__all__ = ["show"]

_DOCUMENTS: dict[str, Any] = {"json": json_report, "sarif": sarif, "github": github, "html": html, "junit": junit}
"""Formats of which several sources make one document."""
_SEQUENCES: dict[str, Any] = {"jsonl": jsonl, "md": markdown}


def show(judged: Sequence[tuple[Check, Content]], chosen: dict[str, Any], *, sources: int) -> None:
    """Write the report to where it is wanted, and on a terminal what to do next to standard error.

    `sources` is how many were asked for; those that could not be read are not among the `judged`.
    """
    if chosen["form"] == "xlsx":
        check, content = judged[0]
        assert check.made is not None
        write_out(workbook_of(check.made, content), chosen["out"])
        return
    contents = [content for _, content in judged]
    write_out(_pieces(contents, chosen, sources > 1), chosen["out"])
    if chosen["form"] == "text" and chosen["out"] is None and sys.stderr.isatty():
        hints = dict.fromkeys(hint for content in contents for hint in content.hints)
        for hint in ["", *hints] if hints else []:
            say(hint)


def _pieces(contents: list[Content], chosen: dict[str, Any], several: bool) -> Iterator[str]:
    form = chosen["form"]
    if form in _DOCUMENTS:
        document = _DOCUMENTS[form]
        yield from document.several(contents) if several else document.render(contents[0])
        return
    for number, content in enumerate(contents):
        if form == "text":
            yield "\n" if number else ""
            yield from _text(content, chosen)
        else:
            yield from _SEQUENCES[form].render(content)


def _text(content: Content, chosen: dict[str, Any]) -> Iterator[str]:
    if chosen["show_diff"]:
        return diff.render(content)
    if chosen["show_statistics"]:
        return statistics.render(content)
    return text.render(content, colour=colour_wanted() and chosen["out"] is None)
