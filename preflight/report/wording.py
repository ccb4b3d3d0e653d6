"""The sentences and numbers that all renderers share: places, balance, counts. Plain text, escaped for a line of a log."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from preflight.findings import Scope, Severity
from preflight.report.escape import LONGEST_MESSAGE, line_start, quoted, shorten, visible
from preflight.rules.codes import CODES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from preflight.findings import Change, Content, Finding, Group

__all__ = [
    "balance",
    "by_occurrence",
    "by_weight",
    "counted",
    "counts",
    "distinct",
    "extent",
    "file_of",
    "headline",
    "if_supplied",
    "in_words",
    "is_clean",
    "label_text",
    "place",
    "read_as",
    "resemblance",
    "rewritten",
    "sent",
    "sentence",
    "share",
    "source_name",
    "spot",
    "subject",
    "typed_paths",
    "verdict",
]

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe", " ": "blank"}
_ENCODINGS = {
    "utf-8": "UTF-8",
    "utf8": "UTF-8",
    "utf-8-sig": "UTF-8 with BOM",
    "utf-8 with bom": "UTF-8 with BOM",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "ascii": "ASCII",
}
_SHOWN_VALUES = 5
_SHOWN_COLUMNS = 12


def counted(number: int, noun: str, /, plural: str | None = None) -> str:
    """``1 record``, ``12,000 records``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def in_words(names: Sequence[str], /) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""


def source_name(content: Content, /) -> str:
    """What the source is called in a report."""
    return "DataFrame" if content.source.path is None else line_start(content.source.path)


def file_of(content: Content, at: Finding | Change | None, /) -> str | None:
    """The path of the file in which it is; of several files the first, where it is about a column. None for a DataFrame."""
    if at is not None and at.path is not None:
        return at.path
    return content.source.files[0].path if content.source.files else content.source.path


def typed_paths(content: Content, /, *, most: int | None = None) -> str:
    """The files of the source as they may be typed again, all or so many of them."""
    paths = [one.path or "SOURCE" for one in content.source.files or (content.source,)]
    named = [f"./{path}" if path.startswith("-") and path != "-" else path for path in paths[:most]]
    return " ".join(map(shlex.quote, named))


def place(content: Content, at: Finding | Change, /, *, position: bool = True) -> str:
    """Where it is: ``accounts.csv:3:35``, ``book.xlsx: record 2``, ``row 2 (label 20)``, or the source alone; of several files the
    one that it is in.

    A row is a source row and counts from 0; a record and a line count from 1. Rows of a cluster have a label alone: ``label 20``.
    """
    name = source_name(content) if at.path is None else line_start(at.path)
    if at.line is not None:
        return f"{name}:{at.line}:{at.position}" if position and at.position is not None else f"{name}:{at.line}"
    if at.source_row is None and at.label is None:
        return name
    return _row(at) if content.source.path is None else f"{name}: {_row(at)}"


def spot(at: Finding | Change, /) -> str:
    """Where in the source it is, in full words: ``line 3, position 35``, ``row 2 (label 20)``, ``feb.csv, line 3`` where there are
    several files; empty without coordinates."""
    file = [visible(shorten(at.path))] if at.path is not None else []
    if at.line is not None:
        return ", ".join([*file, f"line {at.line:,}", *([f"position {at.position:,}"] if at.position is not None else [])])
    return ", ".join(file if at.source_row is None and at.label is None else [*file, _row(at)])


def label_text(label: object, /) -> str:
    """A label of the caller's index as text; the levels of a MultiIndex one after the other."""
    return ", ".join(map(str, label)) if isinstance(label, tuple) else str(label)


def _row(at: Finding | Change) -> str:
    if at.record is not None:
        return f"record {at.record}"
    label = "" if at.label is None else f"label {visible(shorten(label_text(at.label)))}"
    if at.source_row is None:
        return label
    return f"row {at.source_row}" + (f" ({label})" if label else "")


def subject(found: Finding | Group, /) -> str:
    """The code and the column that it is about: ``PF302 Employees``."""
    return f"{found.code} {visible(shorten(found.column))}" if found.column is not None else found.code


def sentence(found: Finding, /) -> str:
    """The message, with what was perhaps meant."""
    message = visible(shorten(found.message, LONGEST_MESSAGE))
    if found.suggestion is None or found.scope in (Scope.COLUMN, Scope.FILE):  # there it is an option, and the message has it
        return message
    return f"{message}; did you mean {quoted(found.suggestion)}?"


def distinct(group: Group, /) -> str:
    """``2 distinct values: "51-200" 9,000, "5000+" 3,000``; empty where there are none to tell, as of cells of blanks alone."""
    if not group.distinct or (group.top_values and not any(value.strip() for value, _ in group.top_values)):
        return ""
    said = counted(group.distinct, "distinct value")
    if not group.top_values:
        return said
    shown = [f"{quoted(value) if value.strip() else '(blank)'} {count:,}" for value, count in group.top_values[:_SHOWN_VALUES]]
    return f"{said}: {', '.join(shown)}{', …' if group.distinct > len(shown) else ''}"


def by_occurrence(groups: Iterable[Group], /) -> list[Group]:
    """What is about the file or a column first, then in the order in which the groups begin."""
    return sorted(groups, key=lambda group: -1 if group.first_source_row is None else group.first_source_row)


def by_weight(groups: Iterable[Group], /) -> list[Group]:
    """Errors first, then what concerns the most rows."""
    return sorted(groups, key=lambda group: (-group.severity.rank, -group.rows))


def read_as(content: Content, /) -> str:
    """``UTF-8, comma``; empty for a DataFrame."""
    source = content.source
    said = []
    if source.encoding is not None:
        said.append(_ENCODINGS.get(source.encoding.lower().replace("_", "-"), visible(source.encoding)))
    if source.delimiter is not None:
        said.append(_DELIMITERS.get(source.delimiter, f"delimiter {quoted(source.delimiter)}"))
    if source.sheet is not None:
        said.append(f"sheet {quoted(source.sheet)}")
    return ", ".join(said)


def _judged_as(content: Content) -> str:
    plan = content.plan
    if plan is None:
        return "the file alone was judged, without a plan"
    entity = visible(plan.entity_type)
    if plan.operation is None:
        return f"{entity}, as insert; no match key was judged"
    return f"{entity}, {plan.operation}" + (f" on {visible(plan.match_key)}" if plan.match_key else "")


def sent(content: Content, /) -> str:
    """``5 of 5 columns sent, 1 set``; empty without a plan."""
    lines = [line for line in content.columns if line.column is not None]
    if content.plan is None or not (lines or content.source.columns):
        return ""
    sent = sum(line.how != "not sent" and line.field is not None for line in lines)
    constant = sum(line.column is None and line.how == "set" for line in content.columns)
    said = f"{sent:,} of {counted(content.source.columns or len(lines), 'column')} sent"
    return f"{said}, {constant:,} set" if constant else said


def balance(content: Content, /) -> str:
    """``5 records = 3 good + 2 rejected (UTF-8, comma; accounts, upsert on domain; 5 of 5 columns sent)``."""
    summary = content.summary
    how = "; ".join(part for part in (read_as(content), _judged_as(content), sent(content)) if part)
    return f"{counted(summary.records, 'record')} = {summary.good:,} good + {summary.rejected:,} rejected ({how})"


def counts(content: Content, /) -> str:
    """``2 errors, 0 warnings``, and the notes where there are any."""
    summary = content.summary
    said = f"{counted(summary.errors, 'error')}, {counted(summary.warnings, 'warning')}"
    notes = sum(group.findings for group in content.groups if group.severity is Severity.INFO)
    return f"{said}, {counted(notes, 'note')}" if notes else said


def rewritten(content: Content, /) -> str:
    """``3 cells: Website 2, Employees 1``; empty where nothing is rewritten."""
    if not content.summary.changed_cells:
        return ""
    changed = sorted((line for line in content.columns if line.changed), key=lambda line: -line.changed)
    shown = [f"{visible(shorten(line.column or line.field or '?'))} {line.changed:,}" for line in changed[:_SHOWN_COLUMNS]]
    more = [f"… and {counted(len(changed) - len(shown), 'more column')}"] if len(changed) > len(shown) else []
    names = ", ".join([*shown, *more])
    said = counted(content.summary.changed_cells, "cell")
    return f"{said}: {names}" if names else said


def verdict(content: Content, /) -> str:
    """One sentence on what would become of the rows."""
    summary = content.summary
    if not summary.records:
        return "There is no record to judge"
    if not summary.rejected:
        blame = f"; {counts(content)}" if summary.errors or summary.warnings else ""
        return f"No record would be rejected{blame}"
    if summary.rejected == summary.records:
        return f"Every record would be rejected: {summary.records:,} of {summary.records:,}"
    return f"{summary.rejected:,} of {counted(summary.records, 'record')} would be rejected"


def share(part: float, /) -> str:
    """A share for reading: ``25.0%``, ``<0.1%``; never 0 or 100 where some are or are not meant."""
    percent = part * 100
    if 0 < percent < 0.1:
        return "<0.1%"
    if 99.9 < percent < 100:
        return ">99.9%"
    return f"{percent:.1f}%" if 0 < percent < 100 else f"{percent:.0f}%"


def headline(group: Group, /) -> str:
    """What is wrong, told by the first example; by the code where there is none."""
    if group.examples:
        return sentence(group.examples[0])
    known = CODES.get(group.code)
    return known.title if known else visible(group.name)


def extent(group: Group, /) -> str:
    """``300 rows, 2 distinct values: …``; a single finding tells its value itself."""
    values = distinct(group) if group.findings > 1 else ""
    return f"{counted(group.rows, 'row')}{', ' if values else ''}{values}"


def if_supplied(content: Content, /) -> str:
    """``9 would be good if Account Domain were supplied``, and questions of columns answered; empty where nothing is missing."""
    summary = content.summary
    wishes = []
    if summary.good_if_supplied is not None:
        wishes.append(f"{_listed(summary.missing) or 'what is missing'} were supplied")
    if summary.good_if_answered is not None:
        asked = "question" if len(summary.asked) == 1 else "questions"
        wishes.append(f"the {asked} of {_listed(summary.asked)} were answered")
    if not wishes:
        return ""
    rows = summary.good_if_supplied if summary.good_if_answered is None else summary.good_if_answered
    return f"{rows:,} would be good if {' and '.join(wishes)}" if rows else f"None would be good even if {' and '.join(wishes)}"


def _listed(names: tuple[str, ...]) -> str:
    return in_words([visible(shorten(name)) for name in names])


def resemblance(content: Content, /) -> str:
    """What to type when the file was judged without a plan and looks like an entity; empty otherwise."""
    if content.plan is not None or content.resembles is None:
        return ""
    entity = visible(content.resembles)
    together = " --together" if content.source.files else ""
    return f"The header resembles {entity}: preflight check {visible(typed_paths(content))}{together} --entity {entity}"


def is_clean(content: Content, /) -> bool:
    """Whether there is nothing to say but the balance."""
    return not content.groups and not content.summary.changed_cells and not if_supplied(content)
