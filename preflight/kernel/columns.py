"""Small Arrow steps that the whole kernel uses: masks, repeated values, hashes. Nothing here knows a rule."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from preflight.contract.columns import Feed
from preflight.rows import Chunk

__all__ = ["Distinct", "any_of", "as_numpy", "broken_rows", "cells_of", "differs", "distinct_of", "hash_text", "is_none", "rows_of"]

Array = Any

_SAMPLE = 2048


class Distinct:
    """A column as its distinct values, where values repeat enough for that to pay: `values`, and `spread` back to the rows."""

    __slots__ = ("_indices", "values")

    def __init__(self, values: Array, indices: Array | None) -> None:
        self.values = values
        self._indices = indices

    def spread(self, worked: Array) -> Array:
        """What was worked out for the values, for every row."""
        return worked if self._indices is None else worked.take(self._indices)

    def spread_mask(self, mask: Array) -> Array:
        """A mask over the values, for every row; rows that are null in the column are false."""
        if self._indices is None:
            return mask
        return pc.fill_null(mask.take(self._indices), False)

    @property
    def repeats(self) -> bool:
        """Whether `values` is shorter than the column."""
        return self._indices is not None


def distinct_of(cells: Array) -> Distinct:
    """The column as distinct values in order of first appearance if a sample of it repeats at least three times, else as it is."""
    length = len(cells)
    if length < 64:
        return Distinct(cells, None)
    step = max(1, length // _SAMPLE)
    sample = cells.take(pa.array(np.arange(0, length, step))) if step > 1 else cells
    if pc.count_distinct(sample, mode="all").as_py() * 3 > len(sample):
        return Distinct(cells, None)
    encoded = cells.dictionary_encode()
    return Distinct(encoded.dictionary, encoded.indices)


def cells_of(feed: Feed, chunk: Chunk) -> Array:
    """The cells that feed a field: those of its column, or its constant in every row."""
    if feed.column is not None:
        return chunk.columns[feed.column]
    return pa.repeat(pa.scalar(feed.constant, pa.string()), chunk.length)


def broken_rows(chunk: Chunk, *, invert: bool = False) -> Array:
    """Where a record has another number of cells than the header, or a quote in the wrong place."""
    broken = np.zeros(chunk.length, dtype=bool)
    if chunk.cells is not None:
        broken |= chunk.cells.to_numpy(zero_copy_only=False) != len(chunk.columns)
    if chunk.stray is not None:
        broken |= as_numpy(chunk.stray)
    return pa.array(~broken if invert else broken)


def is_none(mask: Array) -> bool:
    """Whether no value of a null-free boolean mask is true. A slice is looked at as a slice."""
    return not pc.any(mask, min_count=0).as_py()


def any_of(masks: list[Array], length: int) -> Array:
    """Where any of the masks is true."""
    found = np.zeros(length, dtype=bool)
    for mask in masks:
        found |= as_numpy(mask)
    return pa.array(found)


def as_numpy(mask: Array) -> Any:
    """A null-free boolean Arrow array as numpy."""
    return mask.to_numpy(zero_copy_only=False)


def rows_of(mask: Array) -> Any:
    """The positions at which a null-free mask is true: numpy int64."""
    return np.flatnonzero(as_numpy(mask))


def differs(one: Array, other: Array) -> Array | None:
    """Where two string columns differ, null being a value of its own; None where they are the same object or nowhere differ."""
    if one is other:
        return None
    unequal = pc.fill_null(pc.not_equal(one, other), False)
    if one.null_count or other.null_count:
        unequal = pc.or_(unequal, pc.xor(one.is_null(), other.is_null()))
    return None if is_none(unequal) else unequal


_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_SECOND = np.uint64(0xC2B2AE3D27D4EB4F)
_SHIFT = np.uint64(29)
_LONG = 512
"""Bytes from which on a text is hashed by itself: one long text must not cost a numpy step for every 8 of its bytes."""


def hash_text(texts: Array) -> Any:
    """A 64-bit hash of each text: numpy uint64, 0 for nulls. Equal texts have equal hashes; the reverse must be verified.

    Works on 8 bytes of all texts at a time, so that it costs a few gathers and no Python per value; the last 8 bytes of a text
    overlap with those before. The hash is fixed: the same text has the same hash in every process.
    """
    length = len(texts)
    if length == 0:
        return np.zeros(0, dtype=np.uint64)
    _, offsets_buffer, data_buffer = texts.buffers()
    offsets = np.frombuffer(offsets_buffer, dtype=np.int32)[texts.offset : texts.offset + length + 1].astype(np.int64)
    words = _words(data_buffer, int(offsets[-1]))
    starts, lengths = offsets[:-1], offsets[1:] - offsets[:-1]
    hashes = lengths.astype(np.uint64) * _SECOND + np.uint64(1)
    spare = (8 - np.minimum(lengths, 8)).astype(np.uint64) * np.uint64(8)
    _mix(hashes, words[offsets[1:]] >> spare)
    position, rows = 8, np.flatnonzero(lengths > 8)
    while len(rows) == length and position < _LONG:
        _mix(hashes, words[starts + position])
        position += 8
        rows = np.flatnonzero(lengths > position)
    while len(rows):
        some = hashes[rows]
        _mix(some, words[starts[rows] + position] if position < _LONG else _tails(data_buffer, offsets, rows))
        hashes[rows] = some
        position += 8
        rows = rows[lengths[rows] > position] if position <= _LONG else rows[:0]
    hashes *= _SECOND
    hashes ^= hashes >> np.uint64(32)
    if texts.null_count:
        hashes[as_numpy(texts.is_null())] = 0
    return hashes


def _words(data: Any, size: int) -> Any:
    """The 8 bytes before each of the first places of some bytes, and thus, 8 further on, those from it: numpy uint64."""
    padded = np.zeros(size + 8, dtype=np.uint8)
    if size:
        padded[8:] = np.frombuffer(data, dtype=np.uint8, count=size)
    return np.ndarray(shape=(size + 1,), dtype="<u8", buffer=padded, strides=(1,))


def _mix(hashes: Any, words: Any) -> None:
    """Mix a word into each hash."""
    hashes ^= words
    hashes *= _MULTIPLIER
    hashes ^= hashes >> _SHIFT


def _tails(data: Any, offsets: Any, rows: Any) -> Any:
    """The hash of what stands behind the words of some long texts that are read singly."""
    view = memoryview(data)
    spans = zip(offsets[rows].tolist(), offsets[rows + 1].tolist(), strict=True)
    tails = (hashlib.blake2b(view[start + _LONG - 8 : stop], digest_size=8).digest() for start, stop in spans)
    return np.frombuffer(b"".join(tails), dtype="<u8")
