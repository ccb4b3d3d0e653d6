"""Which readings of the server's row numbers the errors leave standing, and what that says of each error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from preflight.submission.cells import PartCells, levelled
from preflight.submission.echo import Echo, compare

__all__ = ["HEADER", "NOWHERE", "READINGS", "WHOLE_JOB", "Evidence", "Trial"]

READINGS = ("record0", "record1", "header1", "line")
"""Records from 0; from 1; the header as row 1; physical lines of the sent file, the header being line 1."""

NOWHERE, HEADER = -1, -2
WHOLE_JOB = -2
"""In place of a row: the error is about no single one."""
_UNDETERMINED = -1


@dataclass(frozen=True, slots=True)
class Evidence:
    """The quoted values of n errors beside the cells that each reading names.

    `testable` (n) are the errors that quote a cell, a blank one included; `cells` (4 lists of n) the cells under each reading, None
    where there is none; `same` (4 × n) where value and cell agree apart from edges and case, as far as that is seen quickly; `rare`
    (n) where the value stands at most once in its column.
    """

    values: Sequence[str | None]
    testable: Any
    cells: tuple[list[str | None], ...]
    same: Any
    rare: Any

    @classmethod
    def empty(cls, values: Sequence[str | None]) -> Evidence:
        """No evidence yet."""
        count = len(values)
        cells: tuple[list[str | None], ...] = tuple([None] * count for _ in READINGS)
        return cls(
            values, np.zeros(count, dtype=bool), cells, np.zeros((len(READINGS), count), dtype=bool), np.zeros(count, dtype=bool)
        )

    def add(self, some: Any, read: PartCells, column: int, records: Any) -> None:
        """The cells of some errors about one column of one part; `records` are theirs under each reading, 0 the header, -1 none."""
        values = pa.array([self.values[at] for at in some], pa.large_string())
        level = levelled(values)
        for reading, cells in enumerate(self.cells):
            taken = read.take(column, records[reading])
            self.same[reading, some] = pc.fill_null(pc.equal(levelled(taken), level), False).to_numpy(zero_copy_only=False)
            for at, cell in zip(some.tolist(), taken.to_pylist(), strict=True):
                cells[at] = cell
        self.testable[some] = True
        self.rare[some] = read.occurrences(column, values) <= 1

    def drop(self, some: Any) -> None:
        """Take back the evidence of some errors (a mask)."""
        self.testable[some] = False
        self.same[:, some] = False
        self.rare[some] = False

    def echo(self, reading: int, at: int) -> Echo:
        """How the value of an error stands to the cell under a reading."""
        value, cell = self.values[at], self.cells[reading][at]
        return Echo.OTHER if value is None or cell is None else compare(value, cell)


class Trial:
    """The readings before their evidence. `places` (4 × n) is where each number points under each reading."""

    def __init__(self, places: Any, numbered: Any, evidence: Evidence) -> None:
        self.places = places
        self.numbered = numbered
        self.evidence = evidence

    @cached_property
    def _slow(self) -> dict[int, tuple[Echo, ...]]:
        """How the values that were not found at once stand to their cells under each reading."""
        unseen = np.flatnonzero(self.evidence.testable & ~self.evidence.same.any(axis=0))
        return {at: tuple(self.evidence.echo(reading, at) for reading in range(len(READINGS))) for at in unseen.tolist()}

    @cached_property
    def anchored(self) -> Any:
        """The errors whose value is the cell of at least one reading: only these can refute."""
        found = self.evidence.same.any(axis=0)
        for at, echoes in self._slow.items():
            found[at] = Echo.SAME in echoes
        return found

    @cached_property
    def strange(self) -> Any:
        """The errors that fit no reading: a value that is no cell and resembles none, or a number that no reading knows."""
        found = self.numbered & (self.places == NOWHERE).all(axis=0)
        for at, echoes in self._slow.items():
            found[at] |= not any(echoes)
        return found

    def survivors(self) -> list[int]:
        """The readings that nothing refutes; none where the errors contradict every one."""
        exists = self.numbered & (self.places != NOWHERE).any(axis=0)
        left = [reading for reading in range(len(READINGS)) if not (self.places[reading, exists] == NOWHERE).any()]
        return [reading for reading in left if not self._is_refuted(reading)]

    def _is_refuted(self, reading: int) -> bool:
        """Whether quoted values stand elsewhere than the reading says: one rare value, or two values where no error is strange."""
        against = np.flatnonzero(self.anchored & ~self.evidence.same[reading])
        rows: set[tuple[int, ...]] = set()
        enough = 1 << 62 if self.strange[self.evidence.testable].any() else 2
        for at in against[np.argsort(~self.evidence.rare[against], kind="stable")].tolist():
            if self.evidence.echo(reading, at) is Echo.OTHER:
                rows.add(tuple(self.places[:, at].tolist()))
                if self.evidence.rare[at] or len(rows) >= enough:
                    return True
        return False

    def confirmed(self, survivors: Sequence[int]) -> Any:
        """The errors that quote the cell which every surviving reading names."""
        found = self.evidence.testable.copy()
        for reading in survivors:
            found &= self.evidence.same[reading] | self._echoed(reading, (Echo.SAME,))
        return found

    def _echoed(self, reading: int, wanted: tuple[Echo, ...]) -> Any:
        """Of the errors that were not found at once, those that stand so to the reading."""
        found = np.zeros(self.places.shape[1], dtype=bool)
        for at in np.flatnonzero(self.evidence.testable & ~self.evidence.same[reading]).tolist():
            echoes = self._slow.get(at)
            found[at] = (self.evidence.echo(reading, at) if echoes is None else echoes[reading]) in wanted
        return found

    def decide(self, survivors: Sequence[int]) -> tuple[Any, Any]:
        """For each error its place, -1 where undetermined, or WHOLE_JOB; and 4 × n turned: the places that it may mean."""
        count = self.places.shape[1]
        everything = list(range(len(READINGS)))
        entries = np.full(count, WHOLE_JOB, dtype=np.int64)
        entries[self.numbered] = _UNDETERMINED
        candidates = np.where(self.places < 0, -1, self.places).T.copy()
        if not survivors:
            return entries, candidates
        left = self.places[list(survivors)]
        fitting = self.numbered & ~self.strange
        for reading in survivors:
            plain = ~self.evidence.testable | self.evidence.same[reading]
            fitting &= plain | self._echoed(reading, (Echo.SAME, Echo.ALIKE))
        agreed = fitting & (left == left[0]).all(axis=0)
        entries[agreed] = left[0, agreed]  # HEADER is the same as WHOLE_JOB: an error about the header is about no row
        narrowed = self.numbered & ~self.strange & (self.anchored | ~self.evidence.testable)
        for reading in everything:
            if reading not in survivors:
                candidates[narrowed, reading] = -1
        return entries, candidates
