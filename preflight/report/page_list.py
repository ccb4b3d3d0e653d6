"""The list of findings on the page: as rows of a table, and as an island of JSON for the script that filters them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from preflight.report.escape import html, shorten, visible
from preflight.report.json import encode
from preflight.report.page_blocks import badge, value
from preflight.report.wording import sentence, source_name, spot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.findings import Content, Finding

__all__ = ["MOST_FINDINGS", "Listing", "listed"]

MOST_FINDINGS = 10_000
_STATIC = 100
_LONGEST_VALUE = 200
_LONGEST_MESSAGE = 400


@dataclass(slots=True)
class Listing:
    """The first findings of the sources, as the page shows them: at most 10,000 for the script, 100 for the table."""

    severities: dict[str, int] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)
    columns: dict[str, int] = field(default_factory=dict)
    rows: list[str] = field(default_factory=list)
    table: list[str] = field(default_factory=list)
    named: bool = False

    def add(self, content: Content, found: Finding, /) -> None:
        """Takes a finding, while there is room."""
        if len(self.rows) >= MOST_FINDINGS:
            return
        where = spot(found) or f"whole {found.scope.value}"
        if self.named:
            where = f"{shorten(source_name(content))}: {where}"
        column = "" if found.column is None else visible(shorten(found.column))
        code = f"{found.code} {found.name}"
        told: list[Any] = [
            self.severities.setdefault(found.severity.value, len(self.severities)),
            self.codes.setdefault(code, len(self.codes)),
            self.columns.setdefault(column, len(self.columns)),
            where,
            "" if found.value is None else visible(shorten(found.value, _LONGEST_VALUE)),
            shorten(sentence(found), _LONGEST_MESSAGE),
        ]
        self.rows.append(encode(told))
        if len(self.table) < _STATIC:
            shown = "" if found.value is None else value(found.value)
            self.table.append(
                f'<tr><td class="place">{html(where)}</td><td>{badge(found.severity.value)}</td><td>{html(code)}</td>'
                f'<td class="name" data-label="Column">{html(column)}</td><td data-label="Value">{shown}</td>'
                f"<td>{html(sentence(found))}</td></tr>\n"
            )


def listed(listing: Listing, total: int, /) -> Iterator[str]:
    """The section with the list. `total` is how many findings there are; the caps are printed."""
    yield '<section aria-labelledby="all"><h2 class="section" id="all" tabindex="-1">All findings</h2>\n'
    if total > len(listing.rows):
        yield f'<p class="note">The first {len(listing.rows):,} of {total:,} findings are in this file, at most {MOST_FINDINGS:,}; '
        yield "the counts above are exact. The complete list: --format json.</p>\n"
    yield '<form id="filter" role="search" hidden><label class="grow">Search <input id="search" name="search" type="search" '
    yield 'autocomplete="off" spellcheck="false"></label>'
    for name, label in (("severity", "Severity"), ("code", "Code"), ("column", "Column")):
        yield f'<label>{label} <select name="{name}"><option value="">all</option></select></label>'
    yield '<button type="reset">Clear</button></form>\n<p id="matching" class="small soft" role="status"></p>\n'
    more = len(listing.rows) > len(listing.table)
    some = f"The first {len(listing.table):,}; a browser that runs scripts lists and searches more." if more else ""
    yield f'<p id="without" class="small soft">{some}</p>\n'
    yield '<div class="card"><table class="stack" id="findings"><caption>Findings in the order of the source</caption><thead><tr>'
    yield "".join(f'<th scope="col">{name}</th>' for name in ("Place", "Severity", "Code", "Column", "Value", "What is wrong"))
    yield "</tr></thead><tbody>\n"
    yield from listing.table
    yield "</tbody></table>\n"
    yield '<p id="nothing" hidden>No finding matches. <button type="button">Show all findings</button></p></div>\n'
    yield '<div class="pages" id="pages" hidden><button type="button" id="back">Back</button>'
    yield '<span id="page" class="small soft"></span> <button type="button" id="next">Next</button></div>\n'
    yield from _island(listing)
    yield "</section>\n"


def _island(listing: Listing) -> Iterator[str]:
    """The findings for the script. No `<` is left in it, so that nothing in it can end it."""
    head = encode({"severities": list(listing.severities), "codes": list(listing.codes), "columns": list(listing.columns)})
    yield f'<script type="application/json" id="findings-json">{_inert(head[:-1])}, "rows": [\n'
    for at, row in enumerate(listing.rows):
        yield ("" if at == 0 else ",\n") + _inert(row)
    yield "\n]}</script>\n"


def _inert(document: str) -> str:
    return document.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
