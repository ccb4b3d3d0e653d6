"""One run: bind the plan to the header, survey every chunk, judge every chunk, put what is good before the gate.

All engines end here; they differ in where the chunks come from and in what is kept.
"""

from __future__ import annotations

import itertools
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property, partial
from importlib import import_module
from typing import Any, Protocol, TypeVar

import numpy as np
import pyarrow as pa

from preflight.contract.columns import Binding, Note, bind
from preflight.contract.field import Operation
from preflight.contract.plan import Plan
from preflight.contract.policy import Policy
from preflight.engines.findings import describe, values_of
from preflight.engines.progress import Watch, watched
from preflight.findings import Severity
from preflight.kernel.families import FAMILIES, asks
from preflight.kernel.judge import Verdict, judge
from preflight.kernel.keys import digests_of, told_apart
from preflight.kernel.normalise import typed_column
from preflight.kernel.survey import Evidence, Facts, columns_to_survey, settle, survey
from preflight.kernel.tally import ChunkCounts, Tally
from preflight.kernel.words import Words
from preflight.rows import Chunk, NarrowSource, Source
from preflight.rules.reading import Reading

__all__ = ["NAMING", "Run", "Sink", "first_chunks", "good_table", "run", "texts_of", "typed_table"]

Array = Any
T = TypeVar("T")
_GATE = "preflight.kernel.schema"
"""Where the gate stands. Loaded by name while the first chunks are read, because pandas and pandera take their time."""
_THREADS = 2
_AHEAD = 2
NAMING = 100
"""So many rows at the beginning name a run."""
_KEPT_BYTES = 64 << 20
"""A source whose cells take no more than this is read once; a larger one is read again for the judgement."""
_READINGS_BYTES = 64 << 20
"""How much of the match key, once read, is kept for the judgement; what is beyond is read again."""


@dataclass(frozen=True)
class Run:
    """A source judged under a plan. `verdicts` are kept where the source fits in memory, None where it was streamed."""

    plan: Plan
    binding: Binding
    facts: Facts
    policy: Policy
    source: Source
    tally: Tally
    words: Words
    verdicts: tuple[Verdict, ...] | None

    @property
    def rejects_all(self) -> bool:
        """Whether a fault of the header rejects every record."""
        return bool(self.rejecting)

    @cached_property
    def rejecting(self) -> tuple[Note, ...]:
        """The notes on the header that reject every record, as far as the policy counts them as errors."""
        return tuple(
            note
            for note in self.binding.notes
            if note.rejects
            and self.policy.severity(note.code, note.severity, column=note.column, field=note.field) is Severity.ERROR
            and not self.policy.accepts(note.code, note.column)
        )

    @property
    def sent(self) -> tuple[int, ...]:
        """The numbers of the feeds that are sent, in contract order."""
        return tuple(number for number in range(len(self.binding.feeds)) if number not in self.facts.left_out)

    def again(self) -> Iterator[Verdict]:
        """The verdicts in order: those kept, or judged afresh from the source."""
        if self.verdicts is not None:
            return iter(self.verdicts)
        return (judge(self.plan, self.binding, self.facts, chunk, self.policy) for chunk in self.source.chunks())


class Sink(Protocol):
    """Takes what a run yields in two steps: what a chunk needs by itself, and what is done in source order."""

    def prepare(self, made: Run, verdict: Verdict, texts: tuple[Array, ...]) -> Any:
        """Work on a chunk, on any thread and in any order. `texts` are those of the good rows, of the feeds that are sent."""

    def add(self, made: Run, verdict: Verdict, prepared: Any) -> None:
        """Take the next chunk with what was prepared of it."""


def run(  # noqa: PLR0913  # one keyword for each thing that differs between the engines
    plan: Plan,
    source: Source,
    policy: Policy,
    *,
    keep: bool,
    whole: bool = False,
    values: str = "show",
    binding: Binding | None = None,
    sink: Sink | None = None,
    start: Callable[[Run, list[Chunk]], None] | None = None,
    threads: int = _THREADS,
    watch: Watch | None = None,
) -> Run:
    """Judge a source. `binding` is the plan's own unless given. `sink` gets every verdict, after the gate has let its good rows
    pass; `start` is called once before the first, with chunks that hold the first 100 rows. `keep` keeps the verdicts; `whole` has
    the source in memory while it is judged, so that it is read once; `watch` is told how far it is. Raises UnreadableInput,
    PlanError, Disagreement."""
    binding = binding or bind(plan, source.header)
    with ThreadPoolExecutor(threads) as pool:
        pool.submit(import_module, _GATE)
        passes = 2 if needs_survey(plan, binding) else 1
        evidence, chunks = _surveyed(plan, binding, source, pool, watch, keep=keep or whole)
        facts = settle(plan, binding, evidence)
        readings = {} if evidence is None else evidence.readings(_READINGS_BYTES)
        del evidence
        words = Words(plan, binding, facts, values, getattr(source, "label_of", None))
        tally = Tally(len(binding.feeds), partial(values_of, binding), partial(describe, words))
        found: list[Verdict] = []
        made = Run(plan, binding, facts, policy, source, tally, words, None)
        head, coming = first_chunks(source.chunks() if chunks is None else _drained(chunks))
        if start is not None:
            start(made, head)
        del head
        digests = []
        for judged in _ordered(pool, partial(_judged, made, readings, sink), watched(coming, watch, passes, passes)):
            digests.append(judged.digests)
            tally.add(judged.verdict, judged.counts)
            if sink is not None:
                sink.add(made, judged.verdict, judged.prepared)
            if keep:
                found.append(judged.verdict)
        list(pool.map(lambda group: group.values.fold(), tally.groups.values()))
    facts = _told_apart(facts, digests)
    return replace(made, facts=facts, words=replace(words, facts=facts), verdicts=tuple(found) if keep else None)


@dataclass(frozen=True, slots=True)
class _Judged:
    """A chunk judged: the digests of its duplicate rows, what it adds to the counts, and what the sink has prepared of it."""

    verdict: Verdict
    digests: Any
    counts: ChunkCounts
    prepared: Any


def _judged(made: Run, readings: dict[int, Reading], sink: Sink | None, chunk: Chunk) -> _Judged:
    """A chunk, judged once the gate has let its good rows pass. What has been read of the match key is used up."""
    reading = readings.pop(chunk.first_row, None) if chunk.length else None  # a file of blank records shares its row with the next
    verdict = judge(made.plan, made.binding, made.facts, chunk, made.policy, reading)
    texts = None
    if not made.rejects_all:
        texts = texts_of(made, verdict, verdict.sound)
        import_module(_GATE).gate(made.plan, _typed(made, texts))
    prepared = None
    if sink is not None:
        if texts is None or not verdict.good.equals(verdict.sound):
            texts = texts_of(made, verdict, verdict.good)
        prepared = sink.prepare(made, verdict, texts)
    return _Judged(verdict, digests_of(made.facts.duplicates, chunk), made.tally.counts_of(verdict), prepared)


def good_table(made: Run, verdict: Verdict) -> pa.Table:
    """The good rows of a chunk, typed, one column per field that is sent, named by field."""
    return typed_table(made, verdict, verdict.good)


def typed_table(made: Run, verdict: Verdict, rows: Array) -> pa.Table:
    """Some rows of a chunk (a mask), typed."""
    return _typed(made, texts_of(made, verdict, rows))


def texts_of(made: Run, verdict: Verdict, rows: Array) -> tuple[Array, ...]:
    """The texts of some rows of a chunk (a mask), of the feeds that are sent."""
    everything = rows.true_count == len(rows)
    return tuple(verdict.texts[number] if everything else verdict.texts[number].filter(rows) for number in made.sent)


def _typed(made: Run, texts: tuple[Array, ...]) -> pa.Table:
    fields = [made.binding.feeds[number].field for number in made.sent]
    columns = [typed_column(text, field) for text, field in zip(texts, fields, strict=True)]
    return pa.table(columns, names=[field.name for field in fields])


def first_chunks(chunks: Iterable[Chunk]) -> tuple[list[Chunk], Iterator[Chunk]]:
    """The chunks at the beginning that hold the rows which name a run, and all chunks."""
    coming, head = iter(chunks), list[Chunk]()
    for chunk in coming:
        head.append(chunk)
        if sum(one.length for one in head) >= NAMING:
            break
    return head, itertools.chain(head, coming)


def _surveyed(
    plan: Plan, binding: Binding, source: Source, pool: ThreadPoolExecutor, watch: Watch | None, *, keep: bool
) -> tuple[Evidence | None, deque[Chunk] | None]:
    """The evidence of all rows, and the chunks where they are kept: asked to `keep` them, or of a source that proves small."""
    if not needs_survey(plan, binding):
        return None, deque(source.chunks()) if keep else None
    kept, merged = _Kept(None if keep else _KEPT_BYTES), None

    def wanted() -> frozenset[int] | None:
        return None if kept.chunks is not None else columns_to_survey(plan, binding, merged)

    chunks = source.narrowed(wanted) if isinstance(source, NarrowSource) else source.chunks()
    for evidence in _ordered(pool, partial(survey, plan, binding), watched(kept.passing(chunks), watch, 1, 2)):
        merged = evidence if merged is None else merged.merge(evidence)
    return merged, kept.chunks


def _drained(chunks: deque[Chunk]) -> Iterator[Chunk]:
    """The chunks in order, each forgotten here when it is given."""
    while chunks:
        yield chunks.popleft()


class _Kept:
    """The chunks of a pass as long as they take no more bytes than there is room for; None once they take more."""

    def __init__(self, room: int | None) -> None:
        self.chunks: deque[Chunk] | None = deque()
        self._left = sys.maxsize if room is None else room

    def passing(self, chunks: Iterable[Chunk]) -> Iterator[Chunk]:
        """The same chunks, kept as they pass."""
        for chunk in chunks:
            if self.chunks is not None:
                self._left -= sum(column.nbytes for column in chunk.columns)
                self.chunks.append(chunk)
            if self._left < 0:
                self.chunks = None
            yield chunk


def _told_apart(facts: Facts, digests: list[Any]) -> Facts:
    """The facts with whether duplicate rows are identical. It is known once all are judged, so words made before do not tell it."""
    if not len(facts.duplicates.rows):
        return facts
    return replace(facts, duplicates=told_apart(facts.duplicates, np.concatenate(digests)))


def needs_survey(plan: Plan, binding: Binding) -> bool:
    if plan.operation in (Operation.UPDATE, Operation.UPSERT):
        return True
    return any(asks(FAMILIES[feed.field.type]) for feed in binding.feeds)


def _ordered(pool: ThreadPoolExecutor, work: Callable[[Chunk], T], chunks: Iterable[Chunk]) -> Iterator[T]:
    """The outcomes in the order of the chunks, a few chunks worked ahead of the one that is taken."""
    waiting: deque[Future[T]] = deque()
    try:
        for chunk in chunks:
            waiting.append(pool.submit(work, chunk))
            if len(waiting) > _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()
