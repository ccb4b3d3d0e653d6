"""The judgement of one chunk, final once the facts of all rows are known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from preflight.contract.columns import Binding, Feed
from preflight.contract.field import Operation
from preflight.contract.plan import Plan
from preflight.contract.policy import Policy
from preflight.findings import Severity
from preflight.kernel.columns import as_numpy, broken_rows, cells_of, differs, is_none, rows_of
from preflight.kernel.normalise import read_column
from preflight.kernel.survey import Facts, country_column
from preflight.rows import Chunk
from preflight.rules.codes import CODES
from preflight.rules.reading import Fault, Reading

__all__ = ["RowFault", "Verdict", "judge"]

Array = Any
_NOTHING = pa.nulls(1, pa.string())[0]  # pa.scalar would load pandas


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
    rejects every record; `sound` those without any error by the table of codes, whatever the policy says of it: the gate's part.
    `changed` has a mask for each feed that was rewritten anywhere, `blanked` one for each feed whose unrepairable cells are sent as
    blank, `refused` one for each with cells that have no text because of an error: whatever the policy says of it, they are neither
    changed nor blank. `hopeful` counts the rows that are good once the questions of columns are answered, the good ones included.
    """

    chunk: Chunk
    texts: tuple[Array, ...]
    good: Array
    sound: Array
    faults: tuple[RowFault, ...]
    changed: tuple[Array | None, ...]
    blanked: tuple[Array | None, ...]
    refused: tuple[Array | None, ...]
    hopeful: int


class _Bench:
    """What is gathered while a chunk is judged."""

    def __init__(self, chunk: Chunk, policy: Policy, header: tuple[str, ...]) -> None:
        self.policy = policy
        self.header = header
        self.chunk = chunk
        self.broken = broken_rows(chunk)
        self.is_sound = is_none(self.broken)
        self.rejected = as_numpy(self.broken).copy()  # a broken record never leaves, whatever the policy says of its finding
        self.unsound = self.rejected.copy()
        self.decided = self.rejected.copy()  # rejected whatever is answered about columns
        self.faults: list[RowFault] = []

    def add(self, fault: Fault, *, feed: int | None = None, of: Feed | None = None, blanks: bool = False) -> None:
        """Keep a fault if the policy counts it; an error is a warning where the cell is sent as blank instead (`blanks`)."""
        if is_none(fault.mask):
            return
        rows = rows_of(fault.mask)
        if CODES[fault.code].severity is Severity.ERROR and not blanks:
            self.unsound[rows] = True
        column = None if of is None else of.column
        severity = self._severity(fault.code, column, of)
        rows = self._unaccepted(fault.code, rows, column)
        if severity is None or not len(rows):
            return
        if blanks and severity is Severity.ERROR:
            severity = Severity.WARNING
        if severity is Severity.ERROR:
            self.rejected[rows] = True
            if not fault.questions:
                self.decided[rows] = True
        self.faults.append(RowFault(fault.code, severity, rows, feed, fault.questions))

    def add_groups(self, rows: Any, groups: Any, column: int | None) -> None:
        """Keep the duplicates of a match key."""
        self.unsound[rows] = True
        severity = self._severity("PF502", column, None)
        kept = self._unaccepted("PF502", rows, column)
        if severity is None or not len(kept):
            return
        if severity is Severity.ERROR:
            self.rejected[kept] = self.decided[kept] = True
        self.faults.append(RowFault("PF502", severity, kept, groups=groups[np.isin(rows, kept)]))

    def _severity(self, code: str, column: int | None, of: Feed | None) -> Severity | None:
        known = CODES[code]
        name = None if column is None else self.header[column]
        field = None if of is None else of.field.name
        return self.policy.severity(code, known.severity, default_on=known.default_on, column=name, field=field)

    def _unaccepted(self, code: str, rows: Any, column: int | None) -> Any:
        """The rows without those whose value the baseline accepts."""
        if not self.policy.accepted or column is None:
            return rows
        values = self.policy.accepted_values(code, self.header[column])
        if not values:
            return rows
        accepted = pa.array(sorted(one for one in values if one is not None), pa.string())
        cells = self.chunk.columns[column].take(pa.array(rows))
        known = pc.or_(pc.is_in(cells, value_set=accepted), pc.and_(cells.is_null(), None in values))
        return rows[~as_numpy(known)]


def judge(  # what is known of the whole, of the chunk, and of its key
    plan: Plan, binding: Binding, facts: Facts, chunk: Chunk, policy: Policy, key: Reading | None = None
) -> Verdict:
    """Judge a chunk: canonical texts, faults, and which rows are good. `key` is the match key, where it has been read already."""
    bench = _Bench(chunk, policy, binding.header)
    _judge_structure(chunk, bench)
    texts, changed, blanked, refused = [], [], [], []
    failed: dict[str, Array] = {}
    for number, feed in enumerate(binding.feeds):
        cells = cells_of(feed, chunk)
        known = key if key is not None and feed.field.name == plan.match_key and len(key.text) == chunk.length else None
        reading = known or read_column(cells, feed.field, facts.answers[number])
        country = country_column(binding, feed)
        if country is not None and facts.evidence and reading.faults:
            reading = _in_its_country(reading, facts.evidence[number].allows(chunk.columns[country]))
        wrong = _judge_cells(plan, feed, number, reading, bench)
        text, blank, without = reading.text, None, None
        if not is_none(wrong):
            if plan.may_blank(feed.field):
                text, blank = pc.if_else(wrong, _NOTHING, text), wrong
            else:
                without = pc.and_(wrong, text.is_null())
        failed[feed.field.name] = wrong
        _judge_presence(plan, feed, number, reading, wrong, bench)
        texts.append(text)
        rewritten = None if feed.column is None else differs(cells, text)
        changed.append(rewritten if rewritten is None or without is None else pc.and_not(rewritten, without))
        blanked.append(blank)
        refused.append(without)
    _judge_groups(plan, binding, texts, failed, bench)
    _judge_key(facts, plan, binding, bench)
    good, sound = pa.array(~bench.rejected), pa.array(~bench.unsound)
    hopeful = chunk.length - int(bench.decided.sum())
    masks = tuple(changed), tuple(blanked), tuple(refused)
    return Verdict(chunk, tuple(texts), good, sound, tuple(bench.faults), *masks, hopeful)


def _in_its_country(reading: Reading, allowed: Array) -> Reading:
    """The postal codes of a country lose zeros only where others of that country have them."""
    masks = ((fault, pc.and_(fault.mask, allowed) if fault.code == "PF320" else fault.mask) for fault in reading.faults)
    return replace(reading, faults=tuple(replace(fault, mask=mask) for fault, mask in masks))


def _judge_structure(chunk: Chunk, bench: _Bench) -> None:
    if chunk.cells is not None:
        width = len(chunk.columns)
        bench.add(Fault("PF101", pc.greater(chunk.cells, width)))
        bench.add(Fault("PF102", pc.less(chunk.cells, width)))
    if chunk.stray is not None:
        bench.add(Fault("PF104", chunk.stray))


def _judge_cells(plan: Plan, feed: Feed, number: int, reading: Reading, bench: _Bench) -> Array:
    """Keep the faults of a column; where a cell has an error is returned."""
    may_blank = plan.may_blank(feed.field)
    wrong = np.zeros(bench.chunk.length, dtype=bool)
    faults = list(reading.faults)
    faults += [Fault("PF301", mask) for column, mask in bench.chunk.objects if column == feed.column]
    for fault in faults:
        mask = fault.mask if bench.is_sound else pc.and_not(fault.mask, bench.broken)
        bench.add(Fault(fault.code, mask, fault.questions), feed=number, of=feed, blanks=may_blank)
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


def _judge_key(facts: Facts, plan: Plan, binding: Binding, bench: _Bench) -> None:
    chunk = bench.chunk
    rows, groups = facts.duplicates.within(chunk.first_row, chunk.length)
    if len(rows) and plan.duplicates != "reject":
        others = facts.duplicates.ends(groups, plan.duplicates) != rows + chunk.first_row
        rows, groups = rows[others], groups[others]
    if len(rows):
        key = next(feed for feed in binding.feeds if feed.field.name == plan.match_key)
        bench.add_groups(rows, groups, key.column)
