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
    from collections.abc import Iterable, Iterator

    from preflight.findings import Content, Group

__all__ = ["LONGEST", "NUMBER", "listed", "opened", "plain", "render", "shares"]

_MOST_GROUPS = 20
LONGEST = 300

# Ink and paper are the notebook's own, so that every theme holds; colours only mark what the words say as well. The class stands
# twice, so that our tables win over the notebook's own style for tables (right-aligned, striped, columns of equal width).
_STYLE = """
& { font: inherit; line-height: 1.45; max-width: 72rem; }
& .pf-verdict { font-size: 1.35em; font-weight: 700; margin: .2em 0 .3em; }
& p { margin: .35em 0; }
& .pf-soft { opacity: .75; }
& svg { display: block; width: 100%; height: 10px; margin: .5em 0; border-radius: 5px; }
& .pf-good { fill: #2e9461; }
& .pf-bad { fill: #d0453a; }
& .pf-held { fill: #c98a12; }
& .pf-still { fill: #8a8f99; }
& table { border-collapse: collapse; width: 100%; table-layout: auto; margin: .8em 0 .4em; font-size: .95em; color: inherit; }
& th, & td { text-align: left; vertical-align: top; padding: .35em .8em .35em 0; background: none; line-height: inherit;
  border: 0; border-bottom: 1px solid rgba(128, 128, 128, .35); overflow-wrap: break-word; white-space: normal; }
& thead tr, & tbody tr { background: none; text-align: left; }
& .pf-any { overflow-wrap: anywhere; min-width: 7em; }
& .pf-place { white-space: nowrap; }
& code { font-size: .92em; background: none; color: inherit; padding: 0; overflow-wrap: anywhere; }
& caption { text-align: left; opacity: .75; font-size: .9em; caption-side: top; padding: 0 0 .3em; }
& .pf-number { text-align: right; font-variant-numeric: tabular-nums; overflow-wrap: normal; white-space: nowrap; }
& .pf-word { white-space: nowrap; font-weight: 600; padding-left: .6em; border-left: 4px solid #5b8bd6; }
& .pf-word.pf-error { border-left-color: #d0453a; }
& .pf-word.pf-warning { border-left-color: #c98a12; }
""".replace("&", ".preflight-report.preflight-report")

NUMBER = ' class="pf-number"'
_HEADINGS = (
    ("Severity", ""),
    ("Kind", ""),
    ("Column", ""),
    ("Rows", NUMBER),
    ("Share", NUMBER),
    ("What is wrong", ""),
    ("First at", ""),
)


def render(content: Content, /) -> Iterator[str]:
    """The fragment: verdict, balance, at most 20 kinds of findings. Made from the groups alone."""
    yield from opened(source_name(content))
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
    yield from shares((("good", "good", content.summary.good), ("rejected", "bad", content.summary.rejected)))


def shares(parts: Iterable[tuple[str, str, int]], /) -> Iterator[str]:
    """A bar of (word, colour, count), as wide as the counts are large; nothing where there is nothing to count."""
    given = [part for part in parts if part[2]]
    total = sum(count for _, _, count in given)
    if not total:
        return
    said = ", ".join(f"{count:,} {word}" for word, _, count in given)
    yield f'<svg role="img" aria-label="{said}" viewBox="0 0 1000 1" preserveAspectRatio="none">'
    start = 0.0
    for _, colour, count in given:
        width = count / total * 1000
        yield f'<rect class="pf-{colour}" x="{start:.1f}" width="{width:.1f}" height="1"/>'
        start += width
    yield "</svg>"


def _table(groups: list[Group]) -> Iterator[str]:
    shown = groups[:_MOST_GROUPS]
    said = counted(len(groups), "kind") + " of findings"
    caption = said if len(shown) == len(groups) else f"{len(shown)} of {said}"
    yield from listed(caption, _HEADINGS, (_row(group) for group in shown))


def _row(group: Group) -> str:
    column = "" if group.column is None else html(visible(shorten(group.column)))
    values = f'<br><span class="pf-soft">{html(distinct(group))}</span>' if group.findings > 1 and group.distinct else ""
    first = html(spot(group.examples[0])) if group.examples else ""
    word = group.severity.value
    return (
        f'<tr><td><span class="pf-word pf-{word}">{word}</span></td><td>{html(group.code)} {html(group.name)}</td>'
        f'<td class="pf-any">{column}</td>'
        f'<td class="pf-number">{group.rows:,}</td><td class="pf-number">{html(share(group.share))}</td>'
        f'<td class="pf-any">{html(shorten(headline(group), LONGEST))}{values}</td><td class="pf-place">{first}</td></tr>'
    )


def opened(about: str, /) -> Iterator[str]:
    """The start of a fragment, with its style and what it is about; the caller closes the ``div``."""
    yield f'<div class="preflight-report"><style>{_STYLE}</style>'
    yield f'<p class="pf-soft">{html(shorten(about, 200))}</p>'


def listed(caption: str, headings: Iterable[tuple[str, str]], rows: Iterable[str], /) -> Iterator[str]:
    """A table; caption, headings and rows are HTML already."""
    yield f"<table><caption>{caption}</caption><thead><tr>"
    yield "".join(f'<th scope="col"{number}>{name}</th>' for name, number in headings)
    yield "</tr></thead><tbody>"
    yield from rows
    yield "</tbody></table>"
