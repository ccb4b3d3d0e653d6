"""What plans, receipts, outcomes and merges show of themselves in a notebook, in the style of the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from preflight.report.escape import html, quoted, shorten
from preflight.report.notebook import LONGEST, NUMBER, listed, opened, shares
from preflight.report.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from preflight.contract.field import Field
    from preflight.contract.plan import Plan
    from preflight.files.receipt import ReceiptRecord

__all__ = ["render_merge", "render_outcomes", "render_plan", "render_receipt"]

_MOST_ROWS = 50
_MOST_NAMES = 4


def render_plan(plan: Plan, /) -> Iterator[str]:
    """The fragment of a plan: what was decided, and every field with its type, rules and the headers that mean it."""
    key = f" on {plan.match_key}" if plan.match_key else ""
    operation = plan.operation.value if plan.operation else "insert"
    required = sum(plan.is_required(one) for one in plan.contract.fields)
    yield from opened(f"A plan; the same decisions have the same digest: {plan.digest[:8]}")
    yield f'<p class="pf-verdict">{html(plan.contract.entity_type)}, {operation}{html(key)}</p>'
    yield from (f"<p>{html(shorten(said, LONGEST))}</p>" for said in _decided(plan))
    caption = f"{counted(len(plan.contract.fields), 'field')}, {required:,} required"
    headings = (("Field", ""), ("Type", ""), ("Needed", ""), ("Rules and headers that mean it", ""))
    yield from listed(caption, headings, (_field_row(plan, one) for one in plan.contract.fields))
    yield "</div>"


def render_receipt(record: ReceiptRecord, folder: str, /) -> Iterator[str]:
    """The fragment of a receipt: the balance, the parts, and where the rejected rows stand."""
    summary = record.summary
    good, rejected, count = summary["good"], summary["rejected"], len(record.parts)
    yield from opened(folder)
    yield f'<p class="pf-verdict">{counted(good, "row")} written into {counted(count, "part")}</p>'
    yield from shares((("written", "good", good), ("rejected", "bad", rejected)))
    yield f"<p>{summary['records']:,} records = {good:,} written + {rejected:,} rejected</p>"
    headings = (("Part", ""), ("Rows", NUMBER), ("Bytes", NUMBER), ("SHA-256", ""))
    if record.parts:
        rows = (
            f"<tr><td><code>{html(part.name)}</code></td>{_count(part.rows)}{_count(part.bytes)}"
            f'<td class="pf-soft"><code>{html(part.sha256[:12])}…</code></td></tr>'
            for part in record.parts
        )
        yield from listed(f"Columns: {html(shorten(_paired(record.columns), LONGEST))}", headings, rows)
    if rejected:
        yield "<p>The rejected rows stand in <code>rejected.csv</code>, each with its reasons.</p>"
    if record.left_out:
        yield f"<p>Left out, because every row is blank there: {html(shorten(', '.join(record.left_out), LONGEST))}</p>"
    yield "</div>"


_STATES = (
    ("imported", "good"),
    ("rejected_there", "bad"),
    ("rejected_here", "held"),
    ("not_sent", "still"),
    ("unknown", "still"),
)


def render_outcomes(
    folder: str, summary: Mapping[str, int], balance: str, /, *, notes: Sequence[str], rows: Iterable[tuple[str, str, str, str]]
) -> Iterator[str]:
    """The fragment of outcomes. `rows` are (source row, label, state, errors) of the rows that the server complained about."""
    yield from opened(folder)
    yield f'<p class="pf-verdict">{summary["imported"]:,} of {counted(summary["rows"], "row")} imported</p>'
    yield from shares((state.replace("_", " "), colour, summary[state]) for state, colour in _STATES)
    yield f"<p>{html(balance)}</p>"
    yield from (f"<p>{html(shorten(note, LONGEST))}</p>" for note in notes)
    shown: list[str] = []
    more = False
    for row in rows:
        more = len(shown) == _MOST_ROWS
        if more:
            break
        shown.append(_outcome_row(*row))
    if shown:
        caption = f"The first {_MOST_ROWS} rows with errors of the server" if more else "Rows with errors of the server"
        yield from listed(caption, (("Source row", NUMBER), ("Label", ""), ("State", ""), ("What the server says", "")), shown)
    yield "</div>"


def render_merge(folder: str, balance: str, /, *, written: int, rejected: int, rejected_file: str | None) -> Iterator[str]:
    """The fragment of a merge: how many repaired rows were taken back, and where the others stand."""
    yield from opened(folder)
    again = f", {rejected:,} rejected again" if rejected else ""
    yield f'<p class="pf-verdict">{counted(written, "repaired row")} taken back{again}</p>'
    yield f"<p>{html(balance)}</p>"
    if rejected_file:
        yield f"<p>The rows that were rejected again stand in <code>{html(rejected_file)}</code>.</p>"
    yield "</div>"


def _count(number: int) -> str:
    return f'<td class="pf-number">{number:,}</td>'


def _paired(columns: Iterable[tuple[str, str]]) -> str:
    return ", ".join(field if header == field else f"{header} → {field}" for header, field in columns)


def _decided(plan: Plan) -> Iterator[str]:
    """What the plan states beyond its fields, one sentence each."""
    fed = [f'"{one.column}" → {one.field}' for one in plan.columns if one.field is not None]
    dropped = [f'"{one.column}"' for one in plan.columns if one.field is None]
    if fed:
        yield f"Columns: {', '.join(fed)}"
    if dropped:
        yield f"Not sent: {', '.join(dropped)}"
    if plan.constants:
        yield f"The same in every row: {', '.join(f'{field} = {quoted(value)}' for field, value in plan.constants)}"
    answers = [f"{name} {value}" for name, value in _answered(plan).items() if value is not None]
    if answers:
        yield f"Stated for columns: {', '.join(answers)}"
    if plan.duplicates != "reject":
        yield f"Of rows with the same key, the {plan.duplicates} is sent"
    if plan.blank:
        yield f"Sent as blank where a cell cannot be repaired: {', '.join(plan.blank)}"


def _answered(plan: Plan) -> dict[str, object]:
    return {name: getattr(plan.answers, name) for name in type(plan.answers).__dataclass_fields__}


def _field_row(plan: Plan, one: Field) -> str:
    names = [name for name in (one.label, *one.aliases) if name]
    shown = ", ".join(names[:_MOST_NAMES]) + (f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else "")
    rules = html(shorten(_rules(one), LONGEST))
    needed = "match key" if one.name == plan.match_key else "required" if plan.is_required(one) else _one_of(plan, one)
    return (
        f"<tr><td><code>{html(one.name)}</code></td><td>{one.type}</td><td>{html(needed)}</td>"
        f'<td class="pf-any">{rules and rules + "<br>"}<span class="pf-soft">{html(shorten(shown, LONGEST))}</span></td></tr>'
    )


def _one_of(plan: Plan, one: Field) -> str:
    return next((f"one of {', '.join(group)}" for group in plan.one_of if one.name in group), "")


def _rules(one: Field) -> str:
    limits = f"from {one.min or '…'} to {one.max or '…'}" if one.min is not None or one.max is not None else ""
    return "; ".join(
        said
        for said in (
            f"one of {', '.join(one.values[:8])}{'…' if len(one.values) > 8 else ''}" if one.values else "",
            f"at most {one.max_length:,} characters" if one.max_length is not None else "",
            limits,
            f"of the form {one.pattern}" if one.pattern is not None else "",
        )
        if said
    )


def _outcome_row(row: str, label: str, state: str, errors: str) -> str:
    word = {"rejected_there": " pf-error", "unknown": " pf-warning"}.get(state, "")
    return (
        f'<tr><td class="pf-number">{html(row)}</td><td class="pf-any">{html(shorten(label))}</td>'
        f'<td><span class="pf-word{word}">{html(state.replace("_", " "))}</span></td>'
        f'<td class="pf-any">{html(shorten(errors, LONGEST))}</td></tr>'
    )
