"""Counting values as they come, exactly, in some 50 bytes for each distinct one: how many, and which are the most frequent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow.compute as pc

from preflight.kernel.columns import hash_text

__all__ = ["TOP", "Counted", "ValueCounts"]

Array = Any
TOP = 5
_SAMPLE = 1024
_ROOM = 1 << 17
"""So many values wait, with their texts, before they are folded; as many as are known, where those are more."""
_EARLY = 1024


@dataclass(frozen=True, slots=True)
class Counted:
    """The values of one chunk: texts (Arrow, not null), their hashes and counts (numpy). A text may stand there more than once."""

    texts: Array
    hashes: Any
    counts: Any

    @classmethod
    def of(cls, values: Array) -> Counted:
        """Some values (text without nulls), folded where a sample of them repeats: to fold costs as much as to sort them later."""
        sample = values.slice(0, _SAMPLE)
        if len(values) > TOP and pc.count_distinct(sample).as_py() * 2 <= len(sample):
            folded = pc.value_counts(values)
            texts = folded.field("values")
            return cls(texts, hash_text(texts), folded.field("counts").to_numpy(zero_copy_only=False))
        return cls(values, hash_text(values), np.ones(len(values), dtype=np.int64))


@dataclass(slots=True)
class ValueCounts:
    """The counts of the values of all chunks, the same however they are cut.

    What is known are hashes, ascending, with their counts and the order in which they first came. Of the texts those of the most
    frequent values are kept: one that joins them later has come again since, so its text is among those that wait.
    """

    _hashes: Any = field(default_factory=lambda: np.empty(0, dtype=np.uint64))
    _counts: Any = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    _firsts: Any = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    _came: int = 0
    _waiting: list[Counted] = field(default_factory=list)
    _wait: int = 0
    _leaders: tuple[tuple[int, str, int], ...] = ()

    def add(self, values: Counted) -> None:
        """Count the values of a chunk."""
        self._waiting.append(values)
        self._wait += len(values.hashes)
        if self._wait > max(_ROOM, len(self._hashes)):
            self.fold()

    @property
    def distinct(self) -> int:
        """How many distinct values there are."""
        self.fold()
        return len(self._hashes)

    def top(self) -> tuple[tuple[str, int], ...]:
        """The five most frequent values with their counts; among equals the one that came first."""
        self.fold()
        return tuple((text, count) for _, text, count in self._leaders)

    def fold(self) -> None:
        """Add what waits to what is known: done of itself when the counts are asked for, and sooner where there is time."""
        if not self._waiting:
            return
        hashes = np.concatenate([self._hashes, *(one.hashes for one in self._waiting)])
        counts = np.concatenate([self._counts, *(one.counts for one in self._waiting)])
        firsts = np.concatenate([self._firsts, np.arange(self._came, self._came + self._wait)])
        order = np.argsort(hashes)
        hashes = hashes[order]
        starts = np.flatnonzero(np.concatenate([[True], hashes[1:] != hashes[:-1]]))
        if len(starts) == len(order):
            self._hashes, self._counts, self._firsts = hashes, counts[order], firsts[order]
        else:
            self._hashes = hashes[starts]
            self._counts = np.add.reduceat(counts[order], starts)
            self._firsts = np.minimum.reduceat(firsts[order], starts)
        known, first = {one: text for one, text, _ in self._leaders}, self._first_five()
        found = zip(self._hashes[first].tolist(), self._counts[first].tolist(), strict=True)
        self._leaders = tuple((one, known[one] if one in known else self._text_of(one), count) for one, count in found)
        self._came += self._wait
        self._waiting, self._wait = [], 0

    def _first_five(self) -> Any:
        """Where the most frequent values stand, in order."""
        counts = self._counts
        if len(counts) <= TOP:
            return np.lexsort((self._firsts, -counts))
        fifth = np.partition(counts, -TOP)[-TOP]
        more = np.flatnonzero(counts > fifth)
        found = np.concatenate([more, self._earliest(counts == fifth, TOP - len(more))])
        return found[np.lexsort((self._firsts[found], -counts[found]))][:TOP]

    def _earliest(self, equal: Any, wanted: int) -> Any:
        """Where the values stand that came first of some (a mask), at least as many as are wanted."""
        bound = _EARLY
        while len(found := np.flatnonzero(equal & (self._firsts < bound))) < wanted:
            bound *= 16
        return found

    def _text_of(self, wanted: int) -> str:
        """The text of a hash that waits."""
        for one in self._waiting:
            found = np.flatnonzero(one.hashes == np.uint64(wanted))
            if len(found):
                return str(one.texts[int(found[0])].as_py())
        raise AssertionError("a value that became frequent did not come again")
