"""The blocks of the HTML report that come from the groups, the columns and the changes."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from preflight.report.escape import LONGEST_MESSAGE, html, shorten, visible
from preflight.report.page_codes import link, title
from preflight.report.wording import by_weight, counted, headline, share, spot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.findings import Change, ColumnLine, Content, Finding, Group
    from preflight.report.page_outline import Outline

__all__ = ["badge", "changes", "columns", "groups", "overview", "percent_bar", "value"]

_NO_COLUMN = '<span class="soft">(no column)</span>'
_MOST_GROUPS = 200
_MOST_VALUES = 10
_MOST_CHANGES = 2_000
_CHANGES_SHOWN = 4


def badge(word: str, /) -> str:
    """A severity as a word with a colour."""
    return f'<span class="badge {html(word)}">{html(word)}</span>'


def value(text: str | None, /, *, hidden: bool = False) -> str:
    """A value as code, short; that it is hidden, where all are."""
    if hidden and text is None:
        return '<span class="soft">(hidden)</span>'
    if text is None or text == "":
        return '<span class="soft">(blank)</span>'
    return f'<code class="value">{html(shorten(text))}</code>'


def percent_bar(part: float, style: str, word: str, /) -> str:
    """A bar that is filled to `part`, at least visibly where it is not zero."""
    wide = max(0.0, min(1.0, part)) * 1000
    wide = max(wide, 4.0) if part > 0 else 0.0
    return (
        f'<svg class="{style}" aria-hidden="true" viewBox="0 0 1000 1" preserveAspectRatio="none">'
        f'<rect class="{word}" width="{wide:.1f}" height="1"/></svg>'
    )


def overview(content: Content, outline: Outline, /) -> Iterator[str]:
    """One line for each (code, column), each leading to its block."""
    ordered = list(enumerate(by_weight(content.groups), start=1))
    if len(ordered) < 2:
        return
    yield '<div class="card"><table class="stack kinds">'
    yield f"<caption>{counted(len(ordered), 'kind')} of findings, by code and column; the heaviest first</caption><thead><tr>"
    yield '<th scope="col">What is wrong</th><th scope="col">Column</th><th scope="col">Severity</th>'
    yield '<th scope="col" class="number">Findings</th><th scope="col" class="number">Rows</th>'
    yield '<th scope="col" class="number">Share</th><th scope="col">of all rows</th></tr></thead><tbody>\n'
    for at, group in islice(ordered, _MOST_GROUPS):
        word, name = group.severity.value, outline.name(f"group-{at}")
        yield (
            f'<tr><th scope="row"><a href="#{name}">{_title(group)}</a> {_code(group, content)}</th>'
            f'<td class="name" data-label="Column">{_about(group) or _NO_COLUMN}</td><td>{badge(word)}</td>'
            f'<td class="number" data-label="Findings">{group.findings:,}</td>{_rows(group, word)}</tr>\n'
        )
    yield "</tbody></table></div>\n"


def _rows(group: Group, word: str) -> str:
    """How many rows, which share that is, and the bar: nothing where the finding is about no row."""
    if not group.rows:
        return '<td class="number"></td><td class="number"></td><td></td>'
    return (
        f'<td class="number" data-label="Rows">{group.rows:,}</td>'
        f'<td class="number" data-label="Share">{html(share(group.share))}</td>'
        f"<td>{percent_bar(group.share, 'bar', word)}</td>"
    )


def _title(group: Group) -> str:
    return html(title(group.code, visible(group.name)))


def _code(group: Group, content: Content) -> str:
    return link(group.code, group.name, leads=content.values == "show")


def _about(group: Group) -> str:
    """The column, or where no column is concerned the field; empty where neither is."""
    return _column(group.column if group.column is not None else group.field) if group.column or group.field else ""


def groups(content: Content, outline: Outline, /) -> Iterator[str]:
    """One block for each (code, column)."""
    ordered = by_weight(content.groups)
    for at, group in enumerate(ordered[:_MOST_GROUPS], start=1):
        yield from _group(content, group, outline, f"group-{at}")
    if len(ordered) > _MOST_GROUPS:
        yield f'<p class="note">{_MOST_GROUPS} of {len(ordered):,} kinds are shown.</p>\n'


def _group(content: Content, group: Group, outline: Outline, name: str) -> Iterator[str]:
    word, about = group.severity.value, _about(group)
    yield f'<article class="card {word}" aria-labelledby="{outline.name(name)}"><div class="top">{badge(word)}'
    yield outline.kind(name, _title(group) + (f": {about}" if about else "")) + _code(group, content)
    if group.rows:
        yield f'<span class="count"><b>{counted(group.rows, "row")}</b> '
        yield f'<span class="soft">{html(share(group.share))}</span></span>'
    yield "</div>"
    yield percent_bar(group.share, "share", word) if group.rows else ""
    fixable = f" {counted(group.fixable, 'finding')} can be fixed safely (--fix)." if group.fixable else ""
    yield f'<p class="lead">{html(headline(group))}</p>'
    yield f'<p class="soft small">{fixable}</p>' if fixable else ""
    tables = [*_values(group), *_examples(group, hidden=content.values == "hide")]
    if tables:
        yield f'<div class="pair">{"".join(tables)}</div>'
    key = html(f"{group.code} {group.name}")
    column = html(visible(shorten(group.column or "")))
    if group.findings > len(group.examples):
        yield f'<p class="small"><a href="#all" hidden data-code="{key}" data-column="{column}">Show these in the list</a></p>'
    yield "</article>\n"


def _values(group: Group) -> Iterator[str]:
    if not group.top_values or group.findings < 2:
        return
    shown = group.top_values[:_MOST_VALUES]
    most = max(count for _, count in shown)
    said = counted(group.distinct, "distinct value") + (f", the {len(shown)} most frequent" if group.distinct > len(shown) else "")
    yield f'<div><table><caption>{said}</caption><thead><tr><th scope="col">Value</th><th scope="col" class="number">Count</th>'
    yield '<th scope="col"><span class="soft">share</span></th></tr></thead><tbody>'
    for text, count in shown:
        bar = percent_bar(count / most if most else 0, "bar", group.severity.value)
        yield f'<tr><td>{value(text)}</td><td class="number">{count:,}</td><td>{bar}</td></tr>'
    yield "</tbody></table></div>"


def _examples(group: Group, *, hidden: bool) -> Iterator[str]:
    placed = [found for found in group.examples if found.source_row is not None]
    if not placed:
        return
    said = counted(len(placed), "example") + (f" of {group.findings:,}" if group.findings > len(placed) else "")
    suggests = any(found.suggestion is not None for found in placed)
    yield f'<div><table class="stack"><caption>{said}</caption><thead><tr><th scope="col">Place</th><th scope="col">Value</th>'
    varies = any(found.message != placed[0].message or found.related for found in placed)
    yield '<th scope="col">Suggestion</th>' if suggests else ""
    yield '<th scope="col">What is wrong</th>' if varies else ""
    yield "</tr></thead><tbody>"
    for found in placed:
        yield _example(found, suggests, varies, hidden)
    yield "</tbody></table></div>"


def _example(found: Finding, suggests: bool, varies: bool, hidden: bool) -> str:
    proposal = ""
    if suggests:
        proposal = f'<td data-label="Suggestion">{value(found.suggestion)}</td>' if found.suggestion is not None else "<td></td>"
    related = f" (with {counted(len(found.related), 'other row')})" if found.related else ""
    message = f"<td>{html(visible(shorten(found.message, LONGEST_MESSAGE)))}{related}</td>" if varies else ""
    told = value(found.value, hidden=hidden and found.column is not None)
    return f'<tr><th scope="row" class="place">{html(spot(found))}</th><td data-label="Value">{told}</td>{proposal}{message}</tr>'


def columns(content: Content, outline: Outline, /) -> Iterator[str]:
    """What became of each column."""
    if not content.columns:
        return
    yield outline.section("columns", "Columns")
    yield '<div class="card"><div class="scroll" tabindex="0" role="region" aria-label="Columns"><table>'
    yield "<caption>Each source column, the field that it feeds, and what was found in it</caption><thead><tr>"
    yield '<th scope="col">Column</th><th scope="col">Field</th><th scope="col">Matched</th><th scope="col">Type</th>'
    numbers = ("Filled", "Distinct", "Rewritten", "Findings") if _has_distinct(content) else ("Filled", "Rewritten", "Findings")
    yield "".join(f'<th scope="col" class="number">{name}</th>' for name in numbers)
    yield "</tr></thead><tbody>\n"
    yield from (_line(line, _has_distinct(content)) for line in content.columns)
    yield "</tbody></table></div></div></section>\n"


def _has_distinct(content: Content) -> bool:
    return any(line.distinct is not None for line in content.columns)


def _line(line: ColumnLine, with_distinct: bool) -> str:
    kind = html(line.type or "") + (" <strong>required</strong>" if line.required else "")
    found = f"{line.findings:,}" if line.evaluated else "not evaluated"
    many = f'<td class="number">{"" if line.distinct is None else format(line.distinct, ",")}</td>' if with_distinct else ""
    return (
        f'<tr><th scope="row" class="name">{_column(line.column)}</th><td class="name">{html(line.field or "")}</td>'
        f'<td>{html(line.how)}</td><td>{kind}</td><td class="number">{line.filled:,}</td>{many}'
        f'<td class="number">{line.changed:,}</td><td class="number">{found}</td></tr>\n'
    )


def changes(content: Content, outline: Outline, /) -> Iterator[str]:
    """Before and after of what `write` would rewrite: a few different examples for each column."""
    total = content.summary.changed_cells
    if not total:
        return
    counted_by_name = {line.column if line.column is not None else line.field: line.changed for line in content.columns}
    yield outline.section("rewritten", "What would be rewritten")
    yield f'<div class="card"><table class="stack"><caption>{counted(total, "cell")} would be rewritten by preflight write; '
    yield "a few of each column are shown, and --diff lists them all</caption><thead><tr>"
    yield '<th scope="col">Column</th><th scope="col">Place</th><th scope="col">Before</th><th scope="col">After</th>'
    yield '<th scope="col">Rules</th></tr></thead><tbody>\n'
    for name, ones in _by_column(content).items():
        cells = counted(counted_by_name.get(name, len(ones)), "cell")
        for at, change in enumerate(ones):
            lead = f'{_column(name)} <span class="soft small">{cells}</span>' if at == 0 else ""
            yield _change(lead, change, hidden=content.values == "hide")
    yield "</tbody></table></div></section>\n"


def _by_column(content: Content) -> dict[str, list[Change]]:
    found: dict[str, list[Change]] = {}
    for change in islice(content.changes(), _MOST_CHANGES):
        name = change.column if change.column is not None else change.field
        ones = found.setdefault(name, [])
        if len(ones) < _CHANGES_SHOWN and all((one.before, one.after) != (change.before, change.after) for one in ones):
            ones.append(change)
    return found


def _change(name: str, change: Change, *, hidden: bool) -> str:
    rules = html(", ".join(change.rules)) + ("" if change.safe else " <strong>not safe: the value is lost</strong>")
    return (
        f'<tr><th scope="row" class="name">{name}</th><td class="place">{html(spot(change))}</td>'
        f'<td data-label="Before">{value(change.before, hidden=hidden)}</td>'
        f'<td data-label="After">{value(change.after, hidden=hidden)}</td><td class="soft">{rules}</td></tr>\n'
    )


def _column(name: str | None) -> str:
    return _NO_COLUMN if name is None else html(visible(shorten(name))) or '<span class="soft">(blank)</span>'
