"""Annotations for a GitHub workflow: one for each (code, column), as many as are shown, and a notice with the balance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from preflight.findings import Severity
from preflight.report.escape import command, property_of_command, shorten
from preflight.report.wording import balance, by_weight, counted, counts, extent, file_of, headline, source_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from preflight.findings import Content, Group

__all__ = ["render", "several"]

_MOST = 10  # annotations of one kind that GitHub shows for a step; it drops the others without a word
_WORDS = {Severity.ERROR: "error", Severity.WARNING: "warning"}


def render(content: Content, /) -> Iterator[str]:
    """At most ten errors, ten warnings and one notice, made from the groups alone."""
    yield from several((content,))


def several(contents: Iterable[Content], /) -> Iterator[str]:
    """The same for several sources: ten errors and ten warnings in all, and one notice with every balance."""
    left = dict.fromkeys(_WORDS, _MOST)
    balances, dropped = [], 0
    for content in contents:
        balances.append(f"{source_name(content)}: {balance(content)}. {counts(content)}")
        for group in by_weight(content.groups):
            if left.get(group.severity):
                left[group.severity] -= 1
                yield _annotation(content, group)
            elif group.severity in left:
                dropped += 1
    more = [f"{counted(dropped, 'more group')} without an annotation"] if dropped else []
    yield f"::notice title=preflight::{command('; '.join([*balances, *more]))}\n"


def _annotation(content: Content, group: Group) -> str:
    where = {"title": f"{group.code} {group.name}"}
    first = group.examples[0] if group.examples else None
    path = file_of(content, first)
    if path not in (None, "-"):
        places = {"file": str(path).replace("\\", "/")}
        if first is not None and first.line is not None:
            places["line"] = str(first.line)
            if first.position is not None:
                places["col"] = str(first.position)
        where = places | where
    named = f"{shorten(group.column)}: " if group.column is not None else ""
    told = ",".join(f"{name}={property_of_command(value)}" for name, value in where.items())
    return f"::{_WORDS[group.severity]} {told}::{command(f'{named}{headline(group)} ({extent(group)})')}\n"
