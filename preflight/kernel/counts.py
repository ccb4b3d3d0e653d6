"""Counting values as they come, exactly, in 24 bytes for each distinct one: how many there are, and which are the most frequent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow.compute as pc

from preflight.kernel.columns import hash_text

__all__ = ["TOP", "ValueCounts"]

Array = Any
TOP = 5


@dataclass(frozen=True, slots=True)
class _Level:
    """Distinct values by hash, ascending, with their counts and the order in which they first came (numpy)."""

    hashes: Any
    counts: Any
    firsts: Any

    @classmethod
    def of(cls, hashes: Any, counts: Any, firsts: Any) -> tuple[_Level, Any]:
        """Sorted, each hash once; and for each where it stood before."""
        order = np.argsort(hashes, kind="stable")
        ordered = hashes[order]
        starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
        if len(starts) == len(order):
            return cls(ordered, counts[order], firsts[order]), order
        level = cls(ordered[starts], np.add.reduceat(counts[order], starts), np.minimum.reduceat(firsts[order], starts))
        return level, order[starts]

    def joined(self, other: _Level) -> _Level:
        return _Level.of(
            np.concatenate([self.hashes, other.hashes]),
            np.concatenate([self.counts, other.counts]),
            np.concatenate([self.firsts, other.firsts]),
        )[0]


@dataclass(slots=True)
class ValueCounts:
    """The counts of the values of all chunks, the same however they are cut.

    Levels of sorted hashes, each more than twice as long as the next, so that a value is moved a few times only. Of the texts those
    of the most frequent values are kept: a value that ends among them was among them when it last occurred.
    """

    _levels: list[_Level] = field(default_factory=list)
    _came: int = 0
    _leaders: dict[int, tuple[int, int, str]] = field(default_factory=dict)

    def add(self, values: Array) -> None:
        """Count some values (text without nulls, not empty)."""
        counted = pc.value_counts(values)
        texts, counts = counted.field("values"), counted.field("counts").to_numpy(zero_copy_only=False)
        level, places = _Level.of(hash_text(texts), counts, np.arange(self._came, self._came + len(texts)))
        self._came += len(texts)
        self._lead(texts, places, level.hashes, *self._totals(level))
        while self._levels and len(self._levels[-1].hashes) <= 2 * len(level.hashes):
            level = self._levels.pop().joined(level)
        self._levels.append(level)

    def _totals(self, new: _Level) -> tuple[Any, Any]:
        """The counts and first occurrences of some values, with those of earlier chunks. Sorted hashes are quick to find."""
        counts, firsts = new.counts, new.firsts
        for level in self._levels:
            at = np.searchsorted(level.hashes, new.hashes)
            at[at == len(level.hashes)] = 0
            known = np.flatnonzero(level.hashes[at] == new.hashes)
            if len(known):
                counts, firsts = counts.copy(), firsts.copy()
                counts[known] += level.counts[at[known]]
                firsts[known] = np.minimum(firsts[known], level.firsts[at[known]])
        return counts, firsts

    def _lead(self, texts: Array, places: Any, hashes: Any, counts: Any, firsts: Any) -> None:
        """Let the most frequent of some values take their place among the leaders."""
        chosen = np.arange(len(counts))
        if len(self._leaders) == TOP:
            least, last = min((count, -first) for count, first, _ in self._leaders.values())
            chosen = np.flatnonzero((counts > least) | ((counts == least) & (firsts < -last)))
        chosen = chosen[np.lexsort((firsts[chosen], -counts[chosen]))[:TOP]] if len(chosen) > TOP else chosen
        for at in chosen.tolist():
            self._leaders[int(hashes[at])] = (int(counts[at]), int(firsts[at]), texts[int(places[at])].as_py())
        ranked = sorted(self._leaders.items(), key=lambda one: (-one[1][0], one[1][1]))
        self._leaders = dict(ranked[:TOP])

    @property
    def distinct(self) -> int:
        """How many distinct values there are."""
        if not self._levels:
            return 0
        while len(self._levels) > 1:
            self._levels.append(self._levels.pop().joined(self._levels.pop()))
        return len(self._levels[0].hashes)

    def top(self) -> tuple[tuple[str, int], ...]:
        """The five most frequent values with their counts; among equals the one that came first."""
        return tuple((text, count) for count, _, text in self._leaders.values())
