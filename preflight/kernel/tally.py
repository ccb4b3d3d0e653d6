"""Counting findings as chunks are judged: exact counts, a few examples, and the most frequent bad values, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pyarrow.compute as pc

from preflight.findings import Finding, Severity
from preflight.kernel.counts import Counted, ValueCounts
from preflight.kernel.judge import RowFault, Verdict

__all__ = ["EXAMPLES", "ChunkCounts", "GroupTally", "Tally"]

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

    def add(self, verdict: Verdict, fault: RowFault, values: _Values, describe: Describe) -> None:
        """Count the rows of one chunk."""
        if self.first_row is None:
            self.first_row = int(fault.rows[0]) + verdict.chunk.first_row
            self.example = values.first if fault.questions else None
        wanted = 0 if fault.questions else EXAMPLES - len(self.examples)
        if wanted > 0:
            self.examples += describe(verdict, fault, fault.rows[:wanted])
        self.rows += len(fault.rows)
        if values.counted is not None:
            self.values.add(values.counted)


@dataclass(frozen=True, slots=True)
class _Values:
    """The bad values of one fault of a chunk: the first of them, and all that are not null, counted."""

    first: str | None = None
    counted: Counted | None = None

    @classmethod
    def of(cls, values: Array | None) -> _Values:
        if values is None or not len(values):
            return cls()
        filled = values.drop_null() if values.null_count else values
        return cls(values[0].as_py(), Counted.of(filled) if len(filled) else None)


@dataclass(frozen=True, slots=True)
class ChunkCounts:
    """What one chunk adds, made on any thread. `values` has an entry for each fault of the verdict."""

    good: int
    changed: tuple[int, ...]
    valid: tuple[int, ...]
    blank: tuple[int, ...]
    present: tuple[int, ...]
    values: tuple[_Values, ...]


def _blanks(text: Array, refused: Array | None, good: Array) -> int:
    """How many good rows have a blank here."""
    blank = pc.and_(text.is_null(), good)
    return int((blank if refused is None else pc.and_not(blank, refused)).true_count)


class Tally:
    """The counts of a run, folded chunk by chunk in source order.

    By feed: `changed` cells of good rows, `valid` texts, `blank` cells that are sent. By source column: `present` cells.
    By chunk: the file and its `blank_lines`.
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
        self.blank_lines: list[tuple[str | None, Array]] = []
        self._values = values
        self._describe = describe

    def counts_of(self, verdict: Verdict) -> ChunkCounts:
        """What a chunk adds. Nothing is changed, so that several chunks may be counted at once."""
        good, texts = verdict.good, verdict.texts
        sent = good.true_count
        return ChunkCounts(
            sent,
            tuple(0 if mask is None else pc.and_(mask, good).true_count for mask in verdict.changed),
            tuple(len(text) - text.null_count for text in texts),
            tuple(
                _blanks(text, refused, good) if text.null_count else 0 for text, refused in zip(texts, verdict.refused, strict=True)
            ),
            tuple(len(cells) - cells.null_count for cells in verdict.chunk.columns),
            tuple(_Values.of(self._values(verdict, fault)) for fault in verdict.faults),
        )

    def add(self, verdict: Verdict, counts: ChunkCounts) -> None:
        """Add the next chunk in source order."""
        self.records += verdict.chunk.length
        self.good += counts.good
        self.hopeful += verdict.hopeful
        for number in range(len(verdict.texts)):
            self.changed[number] += counts.changed[number]
            self.valid[number] += counts.valid[number]
            self.blank[number] += counts.blank[number]
        for number, present in enumerate(counts.present):
            self.present[number] = self.present.get(number, 0) + present
        if verdict.chunk.blank_lines is not None:
            self.blank_lines.append((verdict.chunk.path, verdict.chunk.blank_lines))
        for fault, values in zip(verdict.faults, counts.values, strict=True):
            key = (fault.code, fault.severity, fault.feed, fault.questions)
            group = self.groups.get(key)
            if group is None:
                group = self.groups[key] = GroupTally(key)
            group.add(verdict, fault, values, self._describe)
