"""The report as one HTML file: nothing from elsewhere, readable without its script, safe whatever the cells hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from preflight.report.escape import html, shorten, visible
from preflight.report.page_blocks import changes, columns, groups, overview
from preflight.report.page_codes import explained
from preflight.report.page_head import head
from preflight.report.page_list import Listing, listed
from preflight.report.page_outline import Outline
from preflight.report.page_picture import pass_over, picture
from preflight.report.page_script import SCRIPT
from preflight.report.wording import (
    by_weight,
    counted,
    counts,
    if_supplied,
    read_as,
    resemblance,
    rewritten,
    sent,
    source_name,
    verdict,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from preflight.findings import Content

__all__ = ["render", "several"]

_READINGS = {"show": "Cells are shown as they are.", "mask": "Cells are masked.", "hide": "Cells are hidden."}
_MOST_FILES = 20
_SKIP = "Skip to the findings"


def render(content: Content, /) -> Iterator[str]:
    """The page. The counts come from the groups; at most 10,000 findings are put into it, and the cap is printed."""
    outline, listing = Outline(), Listing()
    name = _name(content)
    yield from head(f"{name}: {html(verdict(content))}", content.version, skip=_SKIP)
    yield f"<header>\n<h1>{name}</h1>\n"
    yield from _balance(content)
    yield from _next_steps(content)
    yield '</header>\n<main id="main">\n'
    yield from _body(content, outline, listing)
    yield from _foot((content,), listing)


def several(contents: Iterable[Content], /) -> Iterator[str]:
    """One page for several sources: a table of them, each with its own part, and one list of findings."""
    told = tuple(contents)
    listing = Listing(named=True)
    rejected = sum(content.summary.rejected for content in told)
    records = sum(content.summary.records for content in told)
    said = f"{rejected:,} of {counted(records, 'record')} in {counted(len(told), 'source')} would be rejected"
    yield from head(said, told[0].version if told else "", skip=_SKIP)
    yield f'<header>\n<h1>{counted(len(told), "source")}</h1>\n<p class="verdict">{said}</p>\n'
    yield from _sources(told)
    yield '</header>\n<main id="main">\n'
    for at, content in enumerate(told, start=1):
        outline = Outline(f"source-{at}-", 3)
        yield f'<article class="source" aria-labelledby="source-{at}">'
        yield f'<h2 class="source-name" id="source-{at}">{_name(content)}</h2>\n'
        yield from _balance(content)
        yield from _next_steps(content)
        yield from _body(content, outline, listing)
        yield "</article>\n"
    yield from _foot(told, listing)


def _body(content: Content, outline: Outline, listing: Listing) -> Iterator[str]:
    if content.groups:
        marks = pass_over(content, listing)
        yield f"{outline.section('wrong', 'What is wrong')}\n"
        yield from overview(content, outline)
        yield from groups(content, outline)
        yield "</section>\n"
        yield from picture(content, marks, outline)
    yield from changes(content, outline)
    yield from columns(content, outline)
    yield from _facts(content, outline)


def _foot(contents: Sequence[Content], listing: Listing) -> Iterator[str]:
    if any(content.groups for content in contents):
        yield from listed(listing, sum(group.findings for content in contents for group in content.groups))
        yield from _codes(contents)
    version, reading = (contents[0].version, _READINGS.get(contents[0].values, "")) if contents else ("", "")
    yield f"</main>\n<footer>Made by preflight {html(version)}. {reading}</footer>\n"
    yield f"<script>{SCRIPT}</script>\n</body>\n</html>\n"


def _codes(contents: Sequence[Content]) -> Iterator[str]:
    """What each code means that the page names, the heaviest first; not where cells are hidden or masked, for the examples of the
    pages look like cells."""
    codes = dict.fromkeys(group.code for one in contents if one.values == "show" for group in by_weight(one.groups))
    if codes:
        yield f"{Outline().section('codes', 'What the codes mean')}\n"
        yield from explained(codes, 3)
        yield "</section>\n"


def _name(content: Content) -> str:
    return html(visible(shorten(source_name(content), 200)))


def _sources(contents: Sequence[Content]) -> Iterator[str]:
    numbers = ("Records", "Good", "Rejected", "Errors", "Warnings")
    yield '<div class="card"><div class="scroll" tabindex="0" role="region" aria-label="Sources"><table>'
    yield '<caption>Each source with its balance</caption><thead><tr><th scope="col">Source</th>'
    yield "".join(f'<th scope="col" class="number">{number}</th>' for number in numbers)
    yield "</tr></thead><tbody>\n"
    for at, content in enumerate(contents, start=1):
        summary = content.summary
        cells = (summary.records, summary.good, summary.rejected, summary.errors, summary.warnings)
        yield f'<tr><th scope="row" class="name"><a href="#source-{at}">{_name(content)}</a></th>'
        yield "".join(f'<td class="number">{cell:,}</td>' for cell in cells) + "</tr>\n"
    yield "</tbody></table></div></div>\n"


def _balance(content: Content) -> Iterator[str]:
    summary = content.summary
    yield f'<p class="verdict">{html(verdict(content))}</p>\n'
    if summary.records:
        good = summary.good / summary.records * 1000
        good = 997.0 if summary.rejected and good > 997 else 3.0 if summary.good and good < 3 else good
        yield f'<svg class="balance" role="img" aria-label="{summary.good:,} good, {summary.rejected:,} rejected" '
        yield f'viewBox="0 0 1000 1" preserveAspectRatio="none"><rect class="good" width="{good:.1f}" height="1"/>'
        yield f'<rect class="error" x="{good:.1f}" width="{1000 - good:.1f}" height="1"/></svg>\n'
    yield f'<p class="sum"><span><b>{counted(summary.records, "record")}</b> =</span> '
    yield f'<span class="good"><b>{summary.good:,}</b> good</span> '
    yield f'<span>+ <span class="rejected"><b>{summary.rejected:,}</b> rejected</span></span></p>\n'
    changed = f". {counted(summary.changed_cells, 'cell')} would be rewritten" if summary.changed_cells else ""
    yield f'<p class="soft">{html(counts(content))}{changed}</p>\n'


def _facts(content: Content, outline: Outline) -> Iterator[str]:
    plan = content.plan
    reason = f' <span class="soft small">({html(content.source.reason)})</span>' if content.source.reason else ""
    facts = {
        "Files": _files(content),
        "Read as": html(read_as(content)) + reason,
        "Judged as": html(f"{plan.entity_type}, {plan.operation or 'insert'}") if plan else "a file alone, without a plan",
        "Match key": html(plan.match_key or "none was judged") if plan else "",
        "Columns": html(sent(content)),
        "Rewritten": html(rewritten(content) or "no cell"),
        "Plan": f"<code>{html(plan.digest[:12])}</code>" if plan else "",
    }
    yield outline.section("facts", "How it was read and judged")
    yield '<dl class="card facts">\n'
    for name, told in facts.items():
        if told:
            yield f"<div><dt>{name}</dt><dd>{told}</dd></div>\n"
    yield "</dl></section>\n"


def _files(content: Content) -> str:
    """The files with their records, where the source is several."""
    files = content.source.files
    told = [f"{html(visible(shorten(str(one.path))))}: {counted(one.records, 'record')}" for one in files[:_MOST_FILES]]
    more = [f"and {counted(len(files) - _MOST_FILES, 'more file')}"] if len(files) > _MOST_FILES else []
    return "<br>".join([*told, *more])


def _next_steps(content: Content) -> Iterator[str]:
    steps = [step for step in (if_supplied(content), resemblance(content), *content.hints) if step]
    if steps:
        told = "".join(f"<li>{html(step)}</li>" for step in steps)
        yield f'<div class="note"><strong>What to do next</strong><ul>{told}</ul></div>\n'
