"""The judgement of one chunk, final once the facts of all rows are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from preflight.contract.columns import Binding, Feed
from preflight.contract.field import Operation
from preflight.contract.plan import Plan
from preflight.contract.policy import Policy
from preflight.findings import Severity
from preflight.kernel.columns import as_numpy, broken_rows, differs, is_none, rows_of
from preflight.kernel.normalise import read_column
from preflight.kernel.survey import Facts
from preflight.rows import Chunk
from preflight.rules.codes import CODES
from preflight.rules.reading import Fault, Reading

__all__ = ["RowFault", "Verdict", "judge"]

Array = Any
_NOTHING = pa.scalar(None, pa.string())


@dataclass(frozen=True, slots=True)
class RowFault:
    """A code and the rows of a chunk that it is about: `rows` are positions, ascending (numpy int64).

    `feed` is the number of the feed, None for a fault of the record. Where `questions` is true, all rows make one finding of the
    column. `groups` are the numbers of the duplicate groups, for PF502 alone.
    """

    code: str
    severity: Severity
    rows: Any
    feed: int | None = None
    questions: bool = False
    groups: Any = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """A chunk judged.

    `texts` has the canonical text of every feed, null where blank or refused; `good` the rows that may be sent, apart from what
    rejects every record; `changed` a mask for each feed that was rewritten anywhere, `blanked` one for each feed whose unrepairable
    cells are sent as blank.
    """

    chunk: Chunk
    texts: tuple[Array, ...]
    good: Array
    faults: tuple[RowFault, ...]
    changed: tuple[Array | None, ...]
    blanked: tuple[Array | None, ...]


class _Bench:
    """What is gathered while a chunk is judged."""

    def __init__(self, chunk: Chunk, policy: Policy, header: tuple[str, ...]) -> None:
        self.policy = policy
        self.header = header
        self.broken = broken_rows(chunk)
        self.is_sound = is_none(self.broken)
        self.rejected = np.zeros(chunk.length, dtype=bool)
        self.faults: list[RowFault] = []

    def add(self, fault: Fault, *, feed: int | None = None, of: Feed | None = None, lower: bool = False) -> None:
        """Keep a fault if the policy counts it, an error as a warning where `lower` is true."""
        severity = None if is_none(fault.mask) else self._severity(fault.code, of)
        if severity is None:
            return
        if lower and severity is Severity.ERROR:
            severity = Severity.WARNING
        if severity is Severity.ERROR:
            self.rejected |= as_numpy(fault.mask)
        self.faults.append(RowFault(fault.code, severity, rows_of(fault.mask), feed, fault.questions))

    def add_rows(self, code: str, rows: Any, groups: Any) -> None:
        """Keep a fault of whole rows."""
        severity = self._severity(code, None)
        if severity is None or not len(rows):
            return
        if severity is Severity.ERROR:
            self.rejected[rows] = True
        self.faults.append(RowFault(code, severity, rows, groups=groups))

    def _severity(self, code: str, of: Feed | None) -> Severity | None:
        known = CODES[code]
        column = self.header[of.column] if of and of.column is not None else None
        return self.policy.severity(
            code, known.severity, default_on=known.default_on, column=column, field=of.field.name if of else None
        )


def judge(plan: Plan, binding: Binding, facts: Facts, chunk: Chunk, policy: Policy) -> Verdict:
    """Judge a chunk: canonical texts, faults, and which rows are good."""
    bench = _Bench(chunk, policy, binding.header)
    _judge_structure(chunk, bench)
    texts, changed, blanked = [], [], []
    failed: dict[str, Array] = {}
    for number, feed in enumerate(binding.feeds):
        cells = _cells_of(feed, chunk)
        reading = read_column(cells, feed.field, facts.answers[number])
        wrong = _judge_cells(plan, feed, number, reading, bench, chunk)
        blank = wrong if plan.may_blank(feed.field) else None
        failed[feed.field.name] = wrong
        _judge_presence(plan, feed, number, reading, wrong, bench)
        texts.append(reading.text)
        changed.append(None if feed.column is None else differs(cells, reading.text))
        blanked.append(None if blank is None or is_none(blank) else blank)
    _judge_groups(plan, binding, texts, failed, bench)
    _judge_key(facts, chunk, plan, bench)
    return Verdict(chunk, tuple(texts), pa.array(~bench.rejected), tuple(bench.faults), tuple(changed), tuple(blanked))


def _cells_of(feed: Feed, chunk: Chunk) -> Array:
    if feed.column is not None:
        return chunk.columns[feed.column]
    return pa.repeat(pa.scalar(feed.constant, pa.string()), chunk.length)


def _judge_structure(chunk: Chunk, bench: _Bench) -> None:
    if chunk.cells is not None:
        width = len(chunk.columns)
        bench.add(Fault("PF101", pc.greater(chunk.cells, width)))
        bench.add(Fault("PF102", pc.less(chunk.cells, width)))
    if chunk.stray is not None:
        bench.add(Fault("PF104", chunk.stray))
    if not bench.is_sound:  # a broken record never leaves, whatever the policy says of its finding
        bench.rejected |= as_numpy(bench.broken)


def _judge_cells(plan: Plan, feed: Feed, number: int, reading: Reading, bench: _Bench, chunk: Chunk) -> Array:
    """Keep the faults of a column; where a cell has an error is returned."""
    may_blank = plan.may_blank(feed.field)
    wrong = np.zeros(chunk.length, dtype=bool)
    faults = list(reading.faults)
    faults += [Fault("PF301", mask) for column, mask in chunk.objects if column == feed.column]
    for fault in faults:
        mask = fault.mask if bench.is_sound else pc.and_not(fault.mask, bench.broken)
        bench.add(Fault(fault.code, mask, fault.questions), feed=number, of=feed, lower=may_blank)
        if CODES[fault.code].severity is Severity.ERROR:
            wrong |= as_numpy(mask)
    return pa.array(wrong)


def _judge_presence(plan: Plan, feed: Feed, number: int, reading: Reading, wrong: Array, bench: _Bench) -> None:
    is_key = feed.field.name == plan.match_key and plan.operation in (Operation.UPDATE, Operation.UPSERT)
    if not is_key and not plan.is_required(feed.field):
        return
    if reading.text.null_count == 0:
        return
    missing = pc.and_not(reading.text.is_null(), wrong)
    if not bench.is_sound:
        missing = pc.and_not(missing, bench.broken)
    bench.add(Fault("PF501" if is_key else "PF401", missing), feed=number, of=feed)


def _judge_groups(plan: Plan, binding: Binding, texts: list[Array], failed: dict[str, Array], bench: _Bench) -> None:
    numbers = {feed.field.name: number for number, feed in enumerate(binding.feeds)}
    for group in plan.one_of:
        fed = [name for name in group if name in numbers]
        if not fed:
            continue  # told once, of the column
        missing = np.ones(len(bench.rejected), dtype=bool)
        for name in fed:
            missing &= as_numpy(texts[numbers[name]].is_null()) & ~as_numpy(failed[name])
        first = numbers[fed[0]]
        bench.add(Fault("PF407", pa.array(missing & ~as_numpy(bench.broken))), feed=first, of=binding.feeds[first])


def _judge_key(facts: Facts, chunk: Chunk, plan: Plan, bench: _Bench) -> None:
    rows, groups = facts.duplicates.within(chunk.first_row, chunk.length)
    if len(rows) and plan.duplicates != "reject":
        end = 0 if plan.duplicates == "first" else -1
        kept = np.array([facts.duplicates.members[group][end] for group in groups.tolist()], dtype=np.int64)
        others = kept != rows + chunk.first_row
        rows, groups = rows[others], groups[others]
    bench.add_rows("PF502", rows, groups)
