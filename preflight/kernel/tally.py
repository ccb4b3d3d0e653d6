"""Counting findings as chunks are judged: exact counts, a few examples, and the most frequent bad values, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pyarrow.compute as pc

from preflight.findings import Finding, Severity
from preflight.kernel.counts import ValueCounts
from preflight.kernel.judge import RowFault, Verdict

__all__ = ["EXAMPLES", "GroupTally", "Tally"]

Array = Any
EXAMPLES = 3

Key = tuple[str, Severity, int | None, bool]
Describe = Callable[[Verdict, RowFault, Any], list[Finding]]


@dataclass(slots=True)
class GroupTally:
    """All rows of one code on one feed.

    `examples` are its first findings, `example` is the first value of a question about the column, `values` counts the bad values.
    """

    key: Key
    rows: int = 0
    first_row: int | None = None
    examples: list[Finding] = field(default_factory=list)
    example: str | None = None
    values: ValueCounts = field(default_factory=ValueCounts)

    def add(self, verdict: Verdict, fault: RowFault, values: Array | None, describe: Describe) -> None:
        """Count the rows of one chunk."""
        if self.first_row is None:
            self.first_row = int(fault.rows[0]) + verdict.chunk.first_row
            if fault.questions and values is not None:
                self.example = values[0].as_py()
        wanted = 0 if fault.questions else EXAMPLES - len(self.examples)
        if wanted > 0:
            self.examples += describe(verdict, fault, fault.rows[:wanted])
        self.rows += len(fault.rows)
        if values is not None and values.null_count < len(values):
            self.values.add(values.drop_null() if values.null_count else values)


class Tally:
    """The counts of a run, folded chunk by chunk in source order.

    By feed: `changed` cells of good rows, `valid` texts, `blank` cells that are sent. By source column: `present` cells.
    """

    def __init__(self, feeds: int, values: Callable[[Verdict, RowFault], Array | None], describe: Describe) -> None:
        self.records = 0
        self.good = 0
        self.hopeful = 0
        self.groups: dict[Key, GroupTally] = {}
        self.changed = [0] * feeds
        self.valid = [0] * feeds
        self.present: dict[int, int] = {}
        self.blank = [0] * feeds
        self.blank_lines: list[Array] = []
        self._values = values
        self._describe = describe

    def add(self, verdict: Verdict) -> None:
        """Count one chunk."""
        self.records += verdict.chunk.length
        good = verdict.good
        sent = int(pc.sum(good).as_py() or 0)
        self.good += sent
        self.hopeful += verdict.hopeful
        for number, text in enumerate(verdict.texts):
            self.valid[number] += len(text) - text.null_count
            self._count_cells(number, verdict, good, sent)
        for number, cells in enumerate(verdict.chunk.columns):
            self.present[number] = self.present.get(number, 0) + len(cells) - cells.null_count
        if verdict.chunk.blank_lines is not None:
            self.blank_lines.append(verdict.chunk.blank_lines)
        for fault in verdict.faults:
            key = (fault.code, fault.severity, fault.feed, fault.questions)
            group = self.groups.get(key)
            if group is None:
                group = self.groups[key] = GroupTally(key)
            group.add(verdict, fault, self._values(verdict, fault), self._describe)

    def _count_cells(self, number: int, verdict: Verdict, good: Array, sent: int) -> None:
        changed, text = verdict.changed[number], verdict.texts[number]
        if changed is not None:
            self.changed[number] += int(pc.sum(pc.and_(changed, good)).as_py() or 0)
        if text.null_count:
            self.blank[number] += sent - int(pc.sum(pc.and_(text.is_valid(), good)).as_py() or 0)
