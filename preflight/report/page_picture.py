"""Where the faults lie: one strip for each column, rows from left to right."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from preflight.findings import Severity
from preflight.report.escape import html, shorten, visible
from preflight.report.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.findings import Content
    from preflight.report.page_list import Listing
    from preflight.report.page_outline import Outline

__all__ = ["Marks", "pass_over", "picture"]

_MOST_SEEN = 100_000  # findings that the picture is made of: a second's worth, whatever the file
_MOST_STRIPS = 60
_BUCKETS = 120
_HEIGHT = 26
_WHOLE_ROW = "(whole row)"


@dataclass(slots=True)
class Marks:
    """The rows with a finding, by column, with the rank of the severity; `complete` where all findings were seen."""

    rows: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    last_row: int = -1
    complete: bool = True


def pass_over(content: Content, listing: Listing, /) -> Marks:
    """Reads as many findings as the page needs, once: into the listing while there is room, and into marks."""
    marks = Marks()
    findings = content.findings()
    for found in islice(findings, _MOST_SEEN):
        listing.add(content, found)
        if found.source_row is not None:
            name = _WHOLE_ROW if found.column is None else found.column
            marks.rows.setdefault(name, []).append((found.source_row, found.severity.rank))
            marks.last_row = max(marks.last_row, found.source_row)
    marks.complete = next(findings, None) is None
    return marks


def _name(column: str) -> str:
    return visible(shorten(column))


def picture(content: Content, marks: Marks, outline: Outline, /) -> Iterator[str]:
    """The section with the strips; nothing where no finding has a row."""
    if not marks.rows:
        return
    rows = content.summary.records if marks.complete else marks.last_row + 1
    every = list(dict.fromkeys([*(line.column for line in content.columns if line.column is not None), *marks.rows]))
    names = every if len(every) <= _MOST_STRIPS else [name for name in every if name in marks.rows][:_MOST_STRIPS]
    yield outline.section("where", "Where the faults lie")
    yield '<div class="card"><table class="strips">'
    yield f"<caption>{html(_caption(content, marks, rows, len(every) - len(names)))}</caption>"
    yield '<thead><tr><th scope="col">Column</th><th scope="col"><span class="ends"><span>first row</span>'
    yield f"<span>{'last row' if marks.complete else 'row ' + format(rows, ',')}</span></span></th>"
    yield '<th scope="col" class="number">Findings</th></tr></thead><tbody>\n'
    for name in names:
        yield _strip(name, marks.rows.get(name, []), rows)
    yield "</tbody></table></div></section>\n"


def _caption(content: Content, marks: Marks, rows: int, left_out: int) -> str:
    said = "One strip for each column, rows from left to right; the taller a bar, the larger the share of the rows with a finding."
    if not marks.complete:
        said += f" Drawn from the first {_MOST_SEEN:,} findings, which reach row {rows:,} of {content.summary.records:,}."
    if left_out:
        said += f" {counted(left_out, 'column')} left out."
    return said


def _strip(name: str, marks: list[tuple[int, int]], rows: int) -> str:
    buckets = max(1, min(rows, _BUCKETS))
    counts, worst = [0] * buckets, [0] * buckets
    for row, rank in marks:
        at = min(buckets - 1, row * buckets // max(rows, 1))
        counts[at] += 1
        worst[at] = max(worst[at], rank)
    shown = _name(name)
    told = f"{shown}: no finding"
    if marks:
        told = f"{shown}: {counted(len(marks), 'finding')} from source row {marks[0][0]:,} to {marks[-1][0]:,}"
    bars = "".join(_bar(at, count, worst[at], rows / buckets) for at, count in enumerate(counts) if count)
    return (
        f'<tr><th scope="row" class="name">{html(shown)}</th><td class="wide"><svg class="strip" role="img" '
        f'aria-label="{html(told)}" viewBox="0 0 {buckets} {_HEIGHT}" preserveAspectRatio="none">{bars}</svg></td>'
        f'<td class="number">{len(marks):,}</td></tr>\n'
    )


def _bar(at: int, count: int, rank: int, size: float) -> str:
    tall = 4 + (_HEIGHT - 4) * min(1.0, count / max(size, 1.0)) ** 0.5
    word = next(severity.value for severity in Severity if severity.rank == rank)
    return f'<rect class="{word}" x="{at}" y="{_HEIGHT - tall:.1f}" width="1" height="{tall:.1f}"/>'
