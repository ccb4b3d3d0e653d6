"""From a run to the content of a report: the findings about columns and the file, the groups, the counts."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from preflight.contract.field import Operation
from preflight.engines.columns import column_lines
from preflight.engines.findings import changes_of, describe
from preflight.engines.run import Run
from preflight.findings import Change, Content, Finding, Group, PlanLine, Scope, Severity, Summary
from preflight.kernel.judge import Verdict
from preflight.kernel.tally import GroupTally
from preflight.rules.codes import CODES

__all__ = ["changes_in", "content_of", "findings_in", "findings_of", "plan_line"]

Labels = Callable[[int], Any]


def plan_line(made: Run) -> PlanLine:
    """What the run was judged against."""
    plan = made.plan
    operation = None if plan.operation is None else plan.operation.value
    return PlanLine(plan.contract.entity_type, operation, plan.match_key, plan.digest)


def content_of(made: Run, version: str, *, labels: Labels | None = None, most: int | None = None) -> Content:
    """The content of a report. `labels` gives the caller's index label of a source row; `most` caps the list of findings."""
    about = tuple(_about_columns(made))
    blank = tuple(_blank_lines(made))
    groups = _groups(made, (*about, *blank))
    total = sum(group.findings for group in groups)

    def findings() -> Iterator[Finding]:
        found = itertools.chain(about, _in_order(made, blank))
        labelled = (_labelled(one, labels) for one in found)
        return labelled if most is None else itertools.islice(labelled, most)

    return Content(
        version=version,
        source=made.source.line(),
        plan=plan_line(made),
        summary=_summary(made, groups),
        groups=tuple(replace(group, examples=tuple(_labelled(one, labels) for one in group.examples)) for group in groups),
        columns=column_lines(made, groups),
        findings=findings,
        changes=lambda: (_labelled(one, labels) for one in changes_in(made)),
        truncated=most is not None and total > most,
        values=made.words.values,
    )


def findings_of(made: Run) -> Iterator[Finding]:
    """All findings of a run: those about columns and the file first, then those of rows in source order."""
    yield from _about_columns(made)
    yield from _in_order(made, tuple(_blank_lines(made)))


def changes_in(made: Run) -> Iterator[Change]:
    """All changes of a run in source order; none where every record is rejected."""
    if not made.rejects_all:
        for verdict in made.again():
            yield from changes_of(made.words, verdict, made.sent)


def _labelled(one: Any, labels: Labels | None) -> Any:
    return one if labels is None or one.source_row is None else replace(one, label=labels(one.source_row))


def _in_order(made: Run, blank: tuple[Finding, ...]) -> Iterator[Finding]:
    found = (one for verdict in made.again() for one in findings_in(made, verdict))
    files = {one.path: number for number, one in enumerate(made.source.line().files)}
    return heapq.merge(found, blank, key=lambda one: (files.get(one.path, 0), one.line or 0)) if blank else found


def findings_in(made: Run, verdict: Verdict) -> list[Finding]:
    """The findings of the rows of one verdict, in source order."""
    found: list[tuple[int, int, Finding]] = []
    for number, fault in enumerate(verdict.faults):
        if not fault.questions:
            found += [(one.source_row or 0, number, one) for one in describe(made.words, verdict, fault, fault.rows)]
    found.sort(key=lambda each: each[:2])
    return [one for _, _, one in found]


def _about_columns(made: Run) -> Iterator[Finding]:
    """What concerns the file, the header, or a whole column."""
    for one in made.source.findings():
        if made.policy.accepts(one.code, one.column):
            continue
        severity = made.policy.severity(one.code, one.severity, default_on=CODES[one.code].default_on)
        if severity is not None:
            yield replace(one, severity=severity)
    for note in made.binding.notes:
        found = _finding(made, note.code, note.message, note.column, note.field, note.severity, note.suggestion)
        if found is not None:
            yield replace(found, rows=made.tally.records if note in made.rejecting else 0)
    for group in sorted((group for key, group in made.tally.groups.items() if key[3]), key=lambda one: (one.key[2], one.key[0])):
        yield _question(made, group)
    yield from _about_blanks(made)


def _finding(
    made: Run,
    code: str,
    message: str,
    column: str | None,
    field: str | None,
    severity: Severity | None = None,
    suggestion: str | None = None,
) -> Finding | None:
    known = CODES[code]
    chosen = made.policy.severity(code, severity or known.severity, default_on=known.default_on, column=column, field=field)
    if chosen is None or made.policy.accepts(code, column):
        return None
    return Finding(code, known.name, chosen, known.scope, message, column=column, field=field, suggestion=suggestion)


def _question(made: Run, group: GroupTally) -> Finding:
    code, severity, number, _ = group.key
    assert number is not None
    feed = made.binding.feeds[number]
    advice = made.words.of_column(code, number, group.example, group.rows)
    return Finding(
        code,
        CODES[code].name,
        severity,
        Scope.COLUMN,
        advice.message,
        column=None if feed.column is None else made.binding.header[feed.column],
        field=feed.field.name,
        suggestion=advice.suggestion,
        rows=group.rows,
    )


def _about_blanks(made: Run) -> Iterator[Finding]:
    """On update and upsert: blanks that may clear what is stored, and columns that are left out because they are all blank."""
    if made.plan.operation not in (Operation.UPDATE, Operation.UPSERT):
        return
    for number, feed in enumerate(made.binding.feeds):
        column = None if feed.column is None else made.binding.header[feed.column]
        if number in made.facts.left_out:
            message = f"blank in every row, so {feed.field.name} is not sent and stored values stay"
            found = _finding(made, "PF417", message, column, feed.field.name)
            if found is not None:
                yield found
        elif made.tally.blank[number] and not made.rejects_all:
            count = made.tally.blank[number]
            message = (
                f"{count:,} {'row sends' if count == 1 else 'rows send'} a blank, which may clear the stored {feed.field.name}; "
                "fill it in, or send such rows apart without the column"
            )
            found = _finding(made, "PF416", message, column, feed.field.name)
            if found is not None:
                yield replace(found, rows=count)


def _blank_lines(made: Run) -> Iterator[Finding]:
    code = CODES["PF105"]
    severity = made.policy.severity("PF105", code.severity)
    if severity is None:
        return
    said = "no value in any cell; the record is skipped"
    for path, lines in made.tally.blank_lines:
        for line in lines.to_pylist():
            yield Finding("PF105", code.name, severity, Scope.ROW, said, line=line, position=1, path=path)


def _groups(made: Run, single: tuple[Finding, ...]) -> tuple[Group, ...]:
    grouped: dict[tuple[Any, ...], list[Finding]] = {}
    for one in single:
        grouped.setdefault((one.code, one.severity, one.column, one.field), []).append(one)
    found = [_group_of_findings(made, many) for many in grouped.values()]
    of_rows = [group for key, group in made.tally.groups.items() if not key[3]]
    return tuple(found + [_group_of_rows(made, group) for group in sorted(of_rows, key=_place)])


def _place(group: GroupTally) -> tuple[int, int, str, int]:
    """Where a group stands in the report: by its first row, field and code, which no way of cutting the rows changes."""
    code, severity, feed, _ = group.key
    return group.first_row or 0, -1 if feed is None else feed, code, -severity.rank


def _share(made: Run, rows: int) -> float:
    return rows / made.tally.records if made.tally.records else 0.0


def _group_of_findings(made: Run, many: list[Finding]) -> Group:
    first = many[0]
    rows = sum(one.rows for one in many)
    tally = _questions(made, first)
    return Group(
        first.code,
        first.name,
        first.severity,
        first.scope,
        first.column,
        first.field,
        findings=len(many),
        rows=rows,
        share=_share(made, rows),
        distinct=tally.values.distinct if tally else 0,
        top_values=_top(made, tally) if tally else (),
        first_source_row=tally.first_row if tally else None,
        fixable=0,
        examples=tuple(many[:3]),
    )


def _questions(made: Run, one: Finding | Group) -> GroupTally | None:
    """The questions that became a finding about a column; None where it has another reason."""
    return next((group for key, group in made.tally.groups.items() if key[3] and _matches(made, key, one)), None)


def _matches(made: Run, key: tuple[Any, ...], one: Finding | Group) -> bool:
    return bool(key[0] == one.code and key[2] is not None and made.binding.feeds[key[2]].field.name == one.field)


def _top(made: Run, group: GroupTally) -> tuple[tuple[str, int], ...]:
    return () if made.words.values != "show" else group.values.top()


def _group_of_rows(made: Run, group: GroupTally) -> Group:
    code, severity, _, _ = group.key
    first = group.examples[0]
    return Group(
        code,
        CODES[code].name,
        severity,
        first.scope,
        first.column,
        first.field,
        findings=group.rows,
        rows=group.rows,
        share=_share(made, group.rows),
        distinct=group.values.distinct,
        top_values=_top(made, group),
        first_source_row=group.first_row,
        fixable=0,
        examples=tuple(_retold(made, one) for one in group.examples),
    )


def _retold(made: Run, one: Finding) -> Finding:
    """An example with the words that are known by now: of duplicates, whether their rows are identical."""
    duplicates = made.facts.duplicates
    if one.code != "PF502" or one.source_row is None:
        return one
    group = int(duplicates.groups[np.searchsorted(duplicates.rows, one.source_row)])
    return replace(one, message=made.words.of_duplicate(group, one.source_row, frame=one.record is None).message)


def _summary(made: Run, groups: tuple[Group, ...]) -> Summary:
    tally = made.tally
    good = 0 if made.rejects_all else tally.good
    by_code: dict[str, int] = {}
    levels = dict.fromkeys(Severity, 0)
    for group in groups:
        by_code[group.code] = by_code.get(group.code, 0) + group.findings
        levels[group.severity] += group.findings
    missing = tuple(dict.fromkeys(note.field or note.column or note.code for note in made.rejecting))
    open_groups = [group for group in groups if group.scope is Scope.COLUMN and group.severity is Severity.ERROR]
    asked = tuple(dict.fromkeys(one.column or one.code for one in open_groups if _questions(made, one)))
    return Summary(
        records=tally.records,
        good=good,
        rejected=tally.records - good,
        changed_cells=0 if made.rejects_all else sum(tally.changed[number] for number in made.sent),
        errors=levels[Severity.ERROR],
        warnings=levels[Severity.WARNING],
        by_code=dict(sorted(by_code.items())),
        good_if_supplied=tally.good if missing else None,
        missing=missing,
        good_if_answered=tally.hopeful if asked else None,
        asked=asked,
    )
