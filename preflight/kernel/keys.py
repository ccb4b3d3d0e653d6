"""The match key over all rows: exact duplicates, at a few bytes a row.

A 64-bit hash of every key is kept and sorted; equal hashes are a suspicion, settled by comparing the texts. So no two different
keys are ever called duplicates, and none is missed.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from preflight.kernel.columns import hash_text
from preflight.rows import Chunk
from preflight.rules.reading import Reading

__all__ = ["Duplicates", "KeyPart", "digests_of", "find_duplicates", "told_apart"]

Array = Any
_NO_ROWS = np.zeros(0, dtype=np.int64)
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(29)


@dataclass(frozen=True, slots=True)
class KeyPart:
    """The keys of one chunk: canonical `texts` (null where there is none), and the `paths` of addresses where a chunk has any.

    `reading` is what the judgement of the column would read again; None where it would be another.
    """

    first_row: int
    texts: Array
    hashes: Any
    paths: Array | None = None
    reading: Reading | None = None

    @classmethod
    def of(cls, first_row: int, texts: Array, paths: Array | None = None, reading: Reading | None = None) -> KeyPart:
        """The part with its hashes."""
        return cls(first_row, texts, hash_text(texts), paths, reading)


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Rows whose match key stands in more than one row.

    `rows` (source rows, ascending) and `groups` (a number for each) are as long as each other; the groups are numbered in order of
    their first row. `ordered` are the rows group by group, group i from `bounds[i]` to `bounds[i + 1]`; `keys` has its key, `paths`
    what followed the host where addresses had a path, and `identical` (numpy) whether its rows agree in every column.
    """

    rows: Any = field(default_factory=lambda: _NO_ROWS)
    groups: Any = field(default_factory=lambda: _NO_ROWS)
    keys: tuple[str, ...] = ()
    ordered: Any = field(default_factory=lambda: _NO_ROWS)
    bounds: Any = field(default_factory=lambda: np.zeros(1, dtype=np.int64))
    paths: tuple[tuple[str, ...], ...] = ()
    identical: Any = field(default_factory=lambda: np.zeros(0, dtype=bool))

    def members(self, group: int) -> Any:
        """The source rows of a group, ascending."""
        return self.ordered[self.bounds[group] : self.bounds[group + 1]]

    def ends(self, groups: Any, end: str) -> Any:
        """The first or the last row of each of the groups."""
        return self.ordered[self.bounds[groups] if end == "first" else self.bounds[groups + 1] - 1]

    def within(self, first_row: int, length: int) -> tuple[Any, Any]:
        """The duplicate rows among `length` rows from `first_row`: positions in the chunk, and group numbers."""
        start, stop = np.searchsorted(self.rows, [first_row, first_row + length])
        return self.rows[start:stop] - first_row, self.groups[start:stop]


def digests_of(duplicates: Duplicates, chunk: Chunk) -> Any:
    """A 64-bit hash over all cells of each duplicate row of a chunk, as found: numpy uint64. Equal rows have equal hashes."""
    rows, _ = duplicates.within(chunk.first_row, chunk.length)
    digests = np.zeros(len(rows), dtype=np.uint64)
    if len(rows):
        picked = pa.array(rows)
        for column in chunk.columns:
            digests = (digests ^ hash_text(column.take(picked))) * _MULTIPLIER
            digests ^= digests >> _SHIFT
    return digests


def told_apart(duplicates: Duplicates, digests: Any) -> Duplicates:
    """The duplicates with what the digests of their rows, in source order, say of each group."""
    ordered = digests[np.argsort(duplicates.groups, kind="stable")]
    starts = duplicates.bounds[:-1]
    same = np.minimum.reduceat(ordered, starts) == np.maximum.reduceat(ordered, starts)
    return replace(duplicates, identical=same)


def find_duplicates(parts: list[KeyPart]) -> Duplicates:
    """The duplicates among the keys of all chunks. Nulls are never duplicates."""
    parts = sorted(parts, key=lambda part: part.first_row)
    if not parts:
        return Duplicates()
    hashes = np.concatenate([part.hashes for part in parts])
    in_order = np.sort(hashes)
    repeated = np.unique(in_order[1:][(in_order[1:] == in_order[:-1]) & (in_order[1:] != 0)])
    if not len(repeated):
        return Duplicates()
    positions = np.flatnonzero(_is_among(hashes, repeated))
    starts = np.cumsum([0] + [len(part.texts) for part in parts])
    rows, texts, paths = [], [], []
    for part, start, stop in zip(parts, starts[:-1], starts[1:], strict=True):
        inside = positions[np.searchsorted(positions, start) : np.searchsorted(positions, stop)] - start
        rows.append(inside + part.first_row)
        picked = pa.array(inside)
        texts.append(part.texts.take(picked))
        paths.append(pa.nulls(len(inside), pa.string()) if part.paths is None else part.paths.take(picked))
    return _verified(np.concatenate(rows), pa.concat_arrays(texts), pa.concat_arrays(paths))


def _is_among(hashes: Any, repeated: Any) -> Any:
    """Where a hash is one of the repeated ones (sorted)."""
    at = np.searchsorted(repeated, hashes)
    at[at == len(repeated)] = 0
    return repeated[at] == hashes


def _verified(rows: Any, texts: Array, paths: Array) -> Duplicates:
    """The suspicious rows (ascending), sorted into groups by the text itself; a group of one is no duplicate."""
    encoded = texts.dictionary_encode()
    groups = encoded.indices.to_numpy(zero_copy_only=False)
    counts = np.bincount(groups, minlength=len(encoded.dictionary))
    keep = counts[groups] > 1
    if not keep.any():
        return Duplicates()
    numbers = np.cumsum(counts > 1) - 1
    rows, groups = rows[keep], numbers[groups[keep]]
    keys = encoded.dictionary.filter(pa.array(counts > 1)).to_pylist()
    order = np.argsort(groups, kind="stable")
    bounds = np.searchsorted(groups[order], np.arange(len(keys) + 1))
    told = _paths_of(paths.filter(pa.array(keep)), order, bounds)
    return Duplicates(rows, groups, tuple(keys), rows[order], bounds, told, np.zeros(len(keys), dtype=bool))


def _paths_of(paths: Array, order: Any, bounds: Any) -> tuple[tuple[str, ...], ...]:
    """For each group the distinct paths, where there is more than one writing; at most five are kept."""
    if paths.null_count == len(paths):
        return ()
    ordered = pc.fill_null(paths, "/").take(pa.array(order)).to_pylist()
    found = (tuple(dict.fromkeys(ordered[a:b]))[:5] for a, b in itertools.pairwise(bounds.tolist()))
    return tuple(one if len(one) > 1 else () for one in found)
