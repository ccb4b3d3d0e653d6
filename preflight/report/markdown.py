"""The report as Markdown, for the summary of a job and for a comment on a change."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from preflight.report.escape import markdown, shorten
from preflight.report.wording import (
    balance,
    by_weight,
    counted,
    counts,
    distinct,
    headline,
    if_supplied,
    is_clean,
    place,
    resemblance,
    rewritten,
    share,
    source_name,
    verdict,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.findings import Content, Group

__all__ = ["render"]

_MOST_GROUPS = 100  # a job summary holds 1 MiB, and nobody reads more
_LONGEST = 500
_HEADER = "| | Code | Column | Rows | Share | What is wrong | First at | Values |\n|:--|:--|:--|--:|--:|:--|:--|:--|\n"


def render(content: Content, /) -> Iterator[str]:
    """The verdict, the balance, and one line of a table for each (code, column); made from the groups alone."""
    yield f"### {markdown(source_name(content))}: {markdown(verdict(content))}\n\n"
    yield f"{markdown(balance(content))}\n\n"
    groups = by_weight(content.groups)
    if groups:
        yield _HEADER
        yield from (_row(content, group) for group in islice(groups, _MOST_GROUPS))
        yield "\n"
    if len(groups) > _MOST_GROUPS:
        yield f"{_MOST_GROUPS} of {counted(len(groups), 'group')} are shown.\n\n"
    yield from _closing(content)


def _closing(content: Content) -> Iterator[str]:
    changed = rewritten(content)
    would = f" write would rewrite {changed}" if changed else ""
    said = "" if is_clean(content) else f"{counts(content)}.{would}"
    for more in (said, if_supplied(content), resemblance(content), *content.hints):
        if more:
            yield f"{markdown(more)}\n\n"


def _row(content: Content, group: Group) -> str:
    first = place(content, group.examples[0]) if group.examples and group.first_source_row is not None else ""
    cells = (
        group.severity.value,
        f"{group.code} {group.name}",
        shorten(group.column or ""),
        f"{group.rows:,}",
        share(group.share),
        shorten(headline(group), _LONGEST),
        first,
        distinct(group) if group.findings > 1 else "",
    )
    return f"| {' | '.join(markdown(cell) for cell in cells)} |\n"
