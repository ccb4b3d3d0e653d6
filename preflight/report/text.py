"""The report as lines of text: one finding a line, then what became of the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from preflight.findings import Severity
from preflight.report.wording import (
    balance,
    by_occurrence,
    counts,
    distinct,
    if_supplied,
    is_clean,
    place,
    resemblance,
    rewritten,
    sentence,
    source_name,
    subject,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.findings import Content, Finding, Group

__all__ = ["closing", "render"]

_SHOWN = 3
_COLOURS = {Severity.ERROR: "\x1b[1;31m", Severity.WARNING: "\x1b[33m", Severity.INFO: "\x1b[36m"}
_PLAIN = "\x1b[0m"


def render(content: Content, /, *, colour: bool = False, written: bool = False, changes: str = "--diff") -> Iterator[str]:
    """The lines, made from the groups alone: the cost does not grow with the number of findings.

    `written` says that the run has been written, so that what was rewritten is told as done; `changes` is what shows it.
    """
    groups = by_occurrence(content.groups)
    for group in groups:
        yield from _lines(content, group, colour)
    if groups:
        yield "\n"
    yield from closing(content, written=written, changes=changes)


def closing(content: Content, /, *, written: bool = False, changes: str = "--diff") -> Iterator[str]:
    """The balance, the counts and what follows from them; the balance alone where there is nothing else to say."""
    yield f"{source_name(content)}: {balance(content)}\n"
    changed = rewritten(content)
    if not is_clean(content):
        told = f" rewritten: {changed}" if written else f" write would rewrite {changed} ({changes} shows them)"
        yield f"{counts(content)}.{told if changed else ''}\n"
    for more in (if_supplied(content), resemblance(content)):
        if more:
            yield f"{more}\n"


def _lines(content: Content, group: Group, colour: bool) -> Iterator[str]:
    shown = group.examples[:_SHOWN]
    for found in shown:
        yield _line(content, found, colour)
    if group.findings > len(shown):
        values = distinct(group)
        more = f"… and {group.findings - len(shown):,} more{'; ' if values else ''}{values}"
        yield f"{source_name(content)}: {_severity(group.severity, colour)} {subject(group)}: {more}\n"


def _line(content: Content, found: Finding, colour: bool) -> str:
    colon = ":" if found.column is not None else ""
    return f"{place(content, found)}: {_severity(found.severity, colour)} {subject(found)}{colon} {sentence(found)}\n"


def _severity(severity: Severity, colour: bool) -> str:
    return f"{_COLOURS[severity]}{severity.value}{_PLAIN}" if colour else severity.value
