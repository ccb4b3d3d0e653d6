"""Where the faults lie: one strip for each column, rows from left to right."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from preflight.findings import Severity
from preflight.report.escape import html, shorten, visible
from preflight.report.json import encode
from preflight.report.wording import counted, sentence, spot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.findings import Content, Finding

__all__ = ["MOST_FINDINGS", "Pass", "pass_over", "picture"]

MOST_FINDINGS = 10_000
_MOST_SEEN = 100_000  # findings that the picture is made of: a second's worth, whatever the file
_MOST_STRIPS = 60
_BUCKETS = 120
_HEIGHT = 26
_LONGEST_VALUE = 200
_LONGEST_MESSAGE = 400
_WHOLE_ROW = "(whole row)"


@dataclass(slots=True)
class Pass:
    """What one bounded pass over the findings leaves: the first rows of the list, and the rows of each column."""

    severities: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    first: list[Finding] = field(default_factory=list)
    marks: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    last_row: int = -1
    complete: bool = True


def pass_over(content: Content, /, *, first: int) -> Pass:
    """Reads as many findings as the page needs, and keeps the `first` of them as they are."""
    left = Pass()
    numbers: tuple[dict[str, int], ...] = ({}, {}, {})
    findings = content.findings()
    for at, found in enumerate(islice(findings, _MOST_SEEN)):
        if at < MOST_FINDINGS:
            left.rows.append(_row(found, numbers))
        if at < first:
            left.first.append(found)
        if found.source_row is not None:
            name = _WHOLE_ROW if found.column is None else found.column
            left.marks.setdefault(name, []).append((found.source_row, found.severity.rank))
            left.last_row = max(left.last_row, found.source_row)
    left.complete = next(findings, None) is None
    left.severities, left.codes, left.columns = (list(names) for names in numbers)
    return left


def _row(found: Finding, numbers: tuple[dict[str, int], ...]) -> str:
    """A finding as one array of JSON: severity, code and column by number, then the texts."""
    told: list[Any] = [
        names.setdefault(name, len(names))
        for names, name in zip(numbers, (found.severity.value, f"{found.code} {found.name}", _name(found.column)), strict=True)
    ]
    value = "" if found.value is None else visible(shorten(found.value, _LONGEST_VALUE))
    return encode([*told, spot(found) or f"whole {found.scope.value}", value, shorten(sentence(found), _LONGEST_MESSAGE)])


def _name(column: str | None) -> str:
    return "" if column is None else visible(shorten(column))


def picture(content: Content, left: Pass, /) -> Iterator[str]:
    """The section with the strips; nothing where no finding has a row."""
    if not left.marks:
        return
    rows = content.summary.records if left.complete else left.last_row + 1
    names = [line.column for line in content.columns if line.column is not None]
    names += [name for name in left.marks if name not in set(names)]
    if len(names) > _MOST_STRIPS:
        names = [name for name in names if name in left.marks][:_MOST_STRIPS]
    yield '<section aria-labelledby="where"><h2 id="where">Where the faults lie</h2><div class="card"><table class="strips">'
    yield f"<caption>{html(_caption(content, left, rows, len(names)))}</caption>"
    yield '<thead><tr><th scope="col">Column</th><th scope="col"><span class="ends"><span>first row</span>'
    yield f"<span>{'last row' if left.complete else 'row ' + format(rows, ',')}</span></span></th>"
    yield '<th scope="col" class="number">Findings</th></tr></thead><tbody>\n'
    for name in names:
        yield _strip(name, left.marks.get(name, []), rows)
    yield "</tbody></table></div></section>\n"


def _caption(content: Content, left: Pass, rows: int, strips: int) -> str:
    said = "One strip for each column, rows from left to right; the taller a bar, the larger the share of the rows with a finding."
    if not left.complete:
        said += f" Drawn from the first {_MOST_SEEN:,} findings, which reach row {rows:,} of {content.summary.records:,}."
    if strips == _MOST_STRIPS:
        said += f" At most {_MOST_STRIPS} columns are drawn."
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
