"""The report as one HTML file: nothing from elsewhere, readable without its script, safe whatever the cells hold."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from preflight.report.escape import html, shorten, visible
from preflight.report.json import encode
from preflight.report.page_blocks import badge, changes, columns, groups, overview, value
from preflight.report.page_picture import MOST_FINDINGS, Pass, pass_over, picture
from preflight.report.page_script import SCRIPT
from preflight.report.page_style import STYLE
from preflight.report.wording import (
    counted,
    counts,
    if_supplied,
    read_as,
    resemblance,
    rewritten,
    sent,
    sentence,
    source_name,
    spot,
    verdict,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.findings import Content, Finding

__all__ = ["render"]

_STATIC = 100


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


_POLICY = f"default-src 'none'; style-src {_hash(STYLE)}; script-src {_hash(SCRIPT)}; base-uri 'none'; form-action 'none'"


def render(content: Content, /) -> Iterator[str]:
    """The page. The counts come from the groups; at most 10,000 findings are put into it, and the cap is printed."""
    name = html(visible(shorten(source_name(content), 200)))
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="color-scheme" content="light dark">\n'
    yield f'<meta name="referrer" content="no-referrer">\n<meta name="generator" content="preflight {html(content.version)}">\n'
    yield f"<title>{name}: {html(verdict(content))}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
    yield '<a class="skip" href="#main">Skip to the findings</a>\n'
    yield f"<header>\n<h1>{name}</h1>\n"
    yield from _balance(content)
    yield from _facts(content)
    yield from _next_steps(content)
    yield '</header>\n<main id="main">\n'
    if content.groups:
        left = pass_over(content, first=_STATIC)
        yield '<section aria-labelledby="wrong"><h2 id="wrong">What is wrong</h2>\n'
        yield from overview(content)
        yield from groups(content)
        yield "</section>\n"
        yield from picture(content, left)
        yield from changes(content)
        yield from columns(content)
        yield from _list(content, left)
    else:
        yield from changes(content)
        yield from columns(content)
    yield f"</main>\n<footer>Made by preflight {html(content.version)}. {_reading(content)}</footer>\n"
    yield f"<script>{SCRIPT}</script>\n</body>\n</html>\n"


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


def _facts(content: Content) -> Iterator[str]:
    plan = content.plan
    reason = f' <span class="soft small">({html(content.source.reason)})</span>' if content.source.reason else ""
    facts = {
        "Findings": html(counts(content)),
        "Rewritten by write": html(rewritten(content) or "no cell"),
        "Read as": html(read_as(content)) + reason,
        "Judged as": html(f"{plan.entity_type}, {plan.operation or 'insert'}") if plan else "a file alone, without a plan",
        "Match key": html(plan.match_key or "none was judged") if plan else "",
        "Columns": html(sent(content)),
        "Plan": f"<code>{html(plan.digest[:12])}</code>" if plan else "",
    }
    yield '<dl class="facts">\n'
    for name, told in facts.items():
        if told:
            yield f"<div><dt>{name}</dt><dd>{told}</dd></div>\n"
    yield "</dl>\n"


def _next_steps(content: Content) -> Iterator[str]:
    steps = [step for step in (if_supplied(content), resemblance(content), *content.hints) if step]
    if steps:
        told = "".join(f"<li>{html(step)}</li>" for step in steps)
        yield f'<div class="note"><strong>What to do next</strong><ul>{told}</ul></div>\n'


def _list(content: Content, left: Pass) -> Iterator[str]:
    total = sum(group.findings for group in content.groups)
    yield '<section aria-labelledby="all"><h2 id="all" tabindex="-1">All findings</h2>\n'
    if total > len(left.rows):
        yield f'<p class="note">The first {len(left.rows):,} of {total:,} findings are in this file (at most {MOST_FINDINGS:,}); '
        yield "the counts above are exact. The complete list: --format json.</p>\n"
    yield '<form id="filter" role="search" hidden><label class="grow">Search <input id="search" name="search" type="search" '
    yield 'autocomplete="off" spellcheck="false"></label>'
    for name, label in (("severity", "Severity"), ("code", "Code"), ("column", "Column")):
        yield f'<label>{label} <select name="{name}"><option value="">all</option></select></label>'
    yield '<button type="reset">Clear</button></form>\n<p id="matching" class="small soft" role="status"></p>\n'
    some = f"The first {len(left.first):,}; a browser that runs scripts lists and searches more." if total > len(left.first) else ""
    yield f'<p id="without" class="small soft">{some}</p>\n'
    yield '<div class="card"><table class="stack" id="findings"><caption>Findings in the order of the source</caption><thead><tr>'
    yield "".join(f'<th scope="col">{name}</th>' for name in ("Place", "Severity", "Code", "Column", "Value", "What is wrong"))
    yield "</tr></thead><tbody>\n"
    yield from (_static(found) for found in left.first)
    yield '</tbody></table></div>\n<div class="pages" id="pages" hidden><button type="button" id="back">Back</button>'
    yield '<button type="button" id="next">Next</button></div>\n'
    yield from _island(left)
    yield "</section>\n"


def _static(found: Finding) -> str:
    where = spot(found) or f"whole {found.scope.value}"
    column = "" if found.column is None else html(visible(shorten(found.column)))
    told = "" if found.value is None else value(found.value)
    return (
        f'<tr><td class="place">{html(where)}</td><td>{badge(found.severity.value)}</td>'
        f"<td>{html(found.code)} {html(found.name)}</td>"
        f'<td class="name" data-label="Column">{column}</td><td data-label="Value">{told}</td>'
        f"<td>{html(sentence(found))}</td></tr>\n"
    )


def _island(left: Pass) -> Iterator[str]:
    """The findings for the script. No `<` is left in it, so that nothing in it can end it."""
    head = encode({"severities": left.severities, "codes": left.codes, "columns": left.columns})
    yield f'<script type="application/json" id="findings-json">{_inert(head[:-1])}, "rows": [\n'
    for at, row in enumerate(left.rows):
        yield ("" if at == 0 else ",\n") + _inert(row)
    yield "\n]}</script>\n"


def _inert(document: str) -> str:
    return document.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _reading(content: Content) -> str:
    return {"show": "Cells are shown as they are.", "mask": "Cells are masked.", "hide": "Cells are hidden."}.get(
        content.values, ""
    )
