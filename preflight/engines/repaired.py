"""Repaired rows judged again under the plan of their run: what the run has settled holds, and nothing is asked of the few rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from preflight.contract.columns import bind
from preflight.contract.plan import Plan
from preflight.contract.policy import Policy
from preflight.engines.findings import describe, values_of
from preflight.engines.run import Run, typed_table
from preflight.engines.writing import errors_in_full
from preflight.kernel.judge import Verdict, judge
from preflight.kernel.keys import Duplicates
from preflight.kernel.schema import gate
from preflight.kernel.survey import settle, survey
from preflight.kernel.tally import Tally
from preflight.kernel.words import Words
from preflight.rows import Chunk, Source

__all__ = ["Judged", "joined", "judge_again", "some_rows"]

Array = Any


@dataclass(frozen=True, slots=True)
class Judged:
    """Some rows judged. `good` is a numpy mask over them; `texts` has a column for each field that is sent."""

    made: Run
    verdict: Verdict
    good: Any

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that these rows can send, in contract order."""
        return tuple(self.made.binding.feeds[number].field.name for number in self.made.sent)

    def texts(self, field: str) -> Array | None:
        """The canonical text of a field, None where nothing feeds it."""
        feeds = self.made.binding.feeds
        return next((self.verdict.texts[at] for at, feed in enumerate(feeds) if feed.field.name == field), None)

    def errors(self, rows: Any) -> list[str]:
        """What is wrong with each of some rows (positions, ascending); nothing with a row that is good by itself."""
        return errors_in_full(self.made, self.verdict, rows)


def judge_again(plan: Plan, source: Source, chunk: Chunk) -> Judged:
    """Judge one chunk that holds all the rows. Duplicates of the match key are for the caller, who knows the other rows of the run.

    Raises PlanError where the plan cannot be bound to the header, Disagreement where the gate refuses a good row.
    """
    binding = bind(plan, source.header)
    facts = replace(settle(plan, binding, survey(plan, binding, chunk)), duplicates=Duplicates())
    words, policy = Words(plan, binding, facts, "show"), Policy()
    tally = Tally(len(binding.feeds), partial(values_of, binding), partial(describe, words))
    made = Run(plan, binding, facts, policy, source, tally, words, None)
    verdict = judge(plan, binding, facts, chunk, policy)
    good = np.zeros(chunk.length, dtype=bool)
    if not made.rejects_all:
        gate(plan, typed_table(made, verdict, verdict.sound))
        good = verdict.good.to_numpy(zero_copy_only=False)
    return Judged(made, verdict, good)


def joined(chunks: Iterable[Chunk], width: int) -> Chunk:
    """Chunks as one, without their places in a text."""
    found = list(chunks)
    length = sum(one.length for one in found)
    nothing = pa.array([], pa.string())
    columns = tuple(pa.concat_arrays([nothing, *(one.columns[at] for one in found)]) for at in range(width))
    odd = sorted({at for one in found for at, _ in one.objects})
    objects = tuple((at, pa.array(_masks(found, at))) for at in odd)
    lined = bool(found) and all(one.first_line is not None or one.lines is not None for one in found)
    return Chunk(
        columns,
        0,
        length,
        lines=pa.array(np.concatenate([_lines(one) for one in found])) if lined else None,
        cells=_all([one.cells for one in found], [np.full(one.length, width, dtype=np.int64) for one in found]),
        stray=_all([one.stray for one in found], [np.zeros(one.length, dtype=bool) for one in found]),
        objects=objects,
    )


def _masks(chunks: Sequence[Chunk], column: int) -> Any:
    masks = [dict(one.objects).get(column) for one in chunks]
    return np.concatenate(
        [np.zeros(one.length, dtype=bool) if mask is None else np.asarray(mask) for one, mask in zip(chunks, masks, strict=True)]
    )


def _lines(chunk: Chunk) -> Any:
    if chunk.lines is not None:
        return chunk.lines.to_numpy(zero_copy_only=False).astype(np.int64)
    return np.arange(chunk.length, dtype=np.int64) + (chunk.first_line or 0)


def _all(arrays: Sequence[Array | None], defaults: Sequence[Any]) -> Array | None:
    """Arrays in a row, with a default for each that is None; None where all are."""
    if all(one is None for one in arrays):
        return None
    parts = [default if one is None else np.asarray(one) for one, default in zip(arrays, defaults, strict=True)]
    return pa.array(np.concatenate(parts))


def some_rows(chunk: Chunk, rows: Any) -> Chunk:
    """Some rows of a joined chunk (positions, numpy), in that order."""
    picked = pa.array(rows)
    return Chunk(
        tuple(column.take(picked) for column in chunk.columns),
        0,
        len(rows),
        lines=None if chunk.lines is None else chunk.lines.take(picked),
        cells=None if chunk.cells is None else chunk.cells.take(picked),
        stray=None if chunk.stray is None else chunk.stray.take(picked),
        objects=tuple((at, mask.take(picked)) for at, mask in chunk.objects),
    )
