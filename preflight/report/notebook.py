"""What a report shows of itself in a notebook: a fragment of HTML without a script, and its twin in plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from preflight.report import text as _text
from preflight.report.escape import html, shorten, visible
from preflight.report.wording import (
    balance,
    by_weight,
    counted,
    counts,
    distinct,
    headline,
    if_supplied,
    is_clean,
    resemblance,
    rewritten,
    share,
    source_name,
    spot,
    verdict,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.findings import Content, Group

__all__ = ["plain", "render"]

_MOST_GROUPS = 20
_LONGEST = 300

# Ink and paper are the notebook's own, so that every theme holds; colours only mark what the words say as well.
_STYLE = """
.preflight-report { font: inherit; line-height: 1.45; max-width: 72rem; }
.preflight-report .pf-verdict { font-size: 1.35em; font-weight: 700; margin: .2em 0 .3em; }
.preflight-report p { margin: .35em 0; }
.preflight-report .pf-soft { opacity: .75; }
.preflight-report svg { display: block; width: 100%; height: 10px; margin: .5em 0; border-radius: 5px; }
.preflight-report .pf-good { fill: #2e9461; }
.preflight-report .pf-bad { fill: #d0453a; }
.preflight-report table { border-collapse: collapse; width: 100%; margin: .8em 0 .4em; font-size: .95em; color: inherit; }
.preflight-report th, .preflight-report td { text-align: left; vertical-align: top; padding: .35em .8em .35em 0; background: none;
  border: 0; border-bottom: 1px solid rgba(128, 128, 128, .35); overflow-wrap: break-word; white-space: normal; }
.preflight-report .pf-any { overflow-wrap: anywhere; min-width: 7em; }
.preflight-report .pf-place { white-space: nowrap; }
.preflight-report caption { text-align: left; opacity: .75; font-size: .9em; caption-side: top; padding: 0 0 .3em; }
.preflight-report .pf-number { text-align: right; font-variant-numeric: tabular-nums; overflow-wrap: normal; white-space: nowrap; }
.preflight-report .pf-word { white-space: nowrap; font-weight: 600; padding-left: .6em; border-left: 4px solid #5b8bd6; }
.preflight-report .pf-word.pf-error { border-left-color: #d0453a; }
.preflight-report .pf-word.pf-warning { border-left-color: #c98a12; }
"""

_NUMBER = ' class="pf-number"'
_HEADINGS = (
    ("Severity", ""),
    ("Kind", ""),
    ("Column", ""),
    ("Rows", _NUMBER),
    ("Share", _NUMBER),
    ("What is wrong", ""),
    ("First at", ""),
)


def render(content: Content, /) -> Iterator[str]:
    """The fragment: verdict, balance, at most 20 kinds of findings. Made from the groups alone."""
    yield f'<div class="preflight-report"><style>{_STYLE}</style>'
    yield f'<p class="pf-soft">{html(shorten(source_name(content), 200))}</p>'
    yield f'<p class="pf-verdict">{html(verdict(content))}</p>'
    yield from _bar(content)
    yield f"<p>{html(balance(content))}</p>"
    groups = by_weight(content.groups)
    if groups:
        yield from _table(groups)
    changed = rewritten(content)
    said = "" if is_clean(content) else f"{counts(content)}.{f' write would rewrite {changed}.' if changed else ''}"
    for more in (said, if_supplied(content), resemblance(content), *content.hints):
        if more:
            yield f"<p>{html(more)}</p>"
    yield "</div>"


def plain(content: Content, /) -> Iterator[str]:
    """The same for where no HTML is shown: the text report."""
    yield from _text.render(content)


def _bar(content: Content) -> Iterator[str]:
    summary = content.summary
    if summary.records:
        good = summary.good / summary.records * 1000
        yield f'<svg role="img" aria-label="{summary.good:,} good, {summary.rejected:,} rejected" viewBox="0 0 1000 1" '
        yield f'preserveAspectRatio="none"><rect class="pf-good" width="{good:.1f}" height="1"/>'
        yield f'<rect class="pf-bad" x="{good:.1f}" width="{1000 - good:.1f}" height="1"/></svg>'


def _table(groups: list[Group]) -> Iterator[str]:
    shown = groups[:_MOST_GROUPS]
    said = counted(len(groups), "kind") + " of findings"
    yield f"<table><caption>{said if len(shown) == len(groups) else f'{len(shown)} of {said}'}</caption><thead><tr>"
    yield "".join(f'<th scope="col"{number}>{name}</th>' for name, number in _HEADINGS)
    yield "</tr></thead><tbody>"
    yield from (_row(group) for group in shown)
    yield "</tbody></table>"


def _row(group: Group) -> str:
    column = "" if group.column is None else html(visible(shorten(group.column)))
    values = f'<br><span class="pf-soft">{html(distinct(group))}</span>' if group.findings > 1 and group.distinct else ""
    first = html(spot(group.examples[0])) if group.examples else ""
    word = group.severity.value
    return (
        f'<tr><td><span class="pf-word pf-{word}">{word}</span></td><td>{html(group.code)} {html(group.name)}</td>'
        f'<td class="pf-any">{column}</td>'
        f'<td class="pf-number">{group.rows:,}</td><td class="pf-number">{html(share(group.share))}</td>'
        f'<td class="pf-any">{html(shorten(headline(group), _LONGEST))}{values}</td><td class="pf-place">{first}</td></tr>'
    )
