"""What is done to every cell before its type is asked: a visible, ordered list of steps, and one look that skips them.

A step is safe: it changes how a value is written, never what it means (DESIGN.md §4, row "all").
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from preflight.contract.field import Field
from preflight.rules.replacing import put

__all__ = ["STEPS", "Look", "Step", "bytes_of", "cells_at", "found_in", "steps_for", "tidy"]

Array = Any  # pyarrow.Array; pyarrow ships no types

# White_Space of Unicode without U+0085: in cp1252 read as Latin-1 that is an ellipsis, so it is refused and never dropped.
_INNER = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_ASCII_EDGES = " \t\n\r\v\f"
_EDGES = _ASCII_EDGES + _INNER + "\u2028\u2029"
_HIDDEN = "\ufeff\u200b\u2060"

_INVISIBLE = f"[{_HIDDEN}]"
_LINE_BREAK = "\r\n|[\r\n\u2028\u2029]"
_BLANKS = f"[ \t{_INNER}]+"

_COMPOSES = 0xCC  # the first byte of U+0300; every character below it is its own NFC

_LONG = 1024
_MARKS_IN_A_ROW = r"\p{M}{31}"
"""More combining marks on one character than any language has (the stream-safe limit of UAX 15 is 30). Putting them in canonical
order costs the square of their number, so a long cell with such a run is left as it is written."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that `tidy` does, by the name that the log of changes shows."""

    name: str
    apply: Callable[[Array], Array]


@dataclass(frozen=True, slots=True)
class Look:
    """What a pass over the bytes of a column says. Bytes under nulls count: True means "perhaps", False means "nowhere".

    `wide` is a blank, a line separator or an invisible character outside ASCII; `composes` a character that NFC may change.
    """

    ascii: bool = True
    control: bool = False
    doubled: bool = False
    edge: bool = False
    empty: bool = False
    wide: bool = False
    composes: bool = False

    @property
    def is_clean(self) -> bool:
        """Whether no step has anything to do."""
        return not (self.control or self.doubled or self.edge or self.empty or self.wide or self.composes)

    @classmethod
    def from_cells(cls, cells: Array) -> Look:
        """A look at a column of text."""
        found, bounds = bytes_of(cells)
        empty = _has_empty(cells, bounds)
        if found.size == 0:
            return cls(empty=empty)
        low, high = int(found.min()), int(found.max())
        blanks = low <= 0x20
        return cls(
            ascii=high < 0x80,
            control=low < 0x20 or (high >= 0x7F and bool((found == 0x7F).any())),
            doubled=blanks and _has_double_blank(found),
            edge=blanks and _has_blank_edge(found, bounds),
            empty=empty,
            wide=high >= 0xC2 and found_in(found, _INNER + _HIDDEN + "\u2028\u2029"),
            composes=high >= _COMPOSES,
        )


def bytes_of(cells: Array) -> tuple[Any, Any]:
    """The bytes of all cells in a row, and the bounds of the cells in them; slices are minded."""
    _, offsets, values = cells.buffers()
    if len(cells) == 0 or offsets is None:
        return np.empty(0, np.uint8), np.zeros(len(cells) + 1, np.int32)
    bounds = np.frombuffer(offsets, np.int32)[cells.offset : cells.offset + len(cells) + 1]
    found = np.empty(0, np.uint8) if values is None else np.frombuffer(values, np.uint8)[bounds[0] : bounds[-1]]
    return found, bounds - bounds[0] if bounds[0] else bounds


def cells_at(bounds: Any, positions: Any) -> Array:
    """A mask of the cells in which the bytes at the positions stand. The bytes under a null are in its cell."""
    mask = np.zeros(len(bounds) - 1, dtype=bool)
    mask[np.searchsorted(bounds, positions, side="right") - 1] = True
    return pa.array(mask)


def found_in(found: Any, characters: str) -> bool:
    """Whether the bytes, whole cells of UTF-8, hold any of the characters, which lie between U+0080 and U+FFFF."""
    text = found.tobytes()
    return any(lead in text and _has_tail(found, text, lead, tails) for lead, tails in _tails_by_lead(characters).items())


def _has_tail(found: Any, text: bytes, lead: bytes, tails: tuple[bytes, ...]) -> bool:
    if len(tails) == 1:
        return lead + tails[0] in text
    at = np.flatnonzero(found[: found.size - len(tails[0])] == lead[0])  # bytes under a null may end in half a character
    tail = found[at + 1].astype(np.uint16)
    if len(tails[0]) > 1:
        tail = tail << 8 | found[at + 2]
    return bool(np.isin(tail, [int.from_bytes(one) for one in tails]).any())


@cache
def _tails_by_lead(characters: str) -> dict[bytes, tuple[bytes, ...]]:
    """The characters as UTF-8, by their first byte: most columns lack even that. One first byte means one length."""
    encoded = [mark.encode() for mark in characters]
    return {lead: tuple(one[1:] for one in encoded if one[:1] == lead) for lead in sorted({one[:1] for one in encoded})}


def _has_empty(cells: Array, bounds: Any) -> bool:
    """Whether a cell is the empty text. Under most nulls nothing stands either, so those are looked at only where it matters."""
    empty = bounds[1:] == bounds[:-1]
    if not empty.any():
        return False
    return not cells.null_count or bool((empty & cells.is_valid().to_numpy(zero_copy_only=False)).any())


def _has_double_blank(found: Any) -> bool:
    """Whether two blanks stand next to each other; in blocks that fit the processor's cache, since most columns have none."""
    for start in range(0, found.size, 1 << 17):
        blank = found[start : start + (1 << 17) + 1] == 0x20
        if (blank[1:] & blank[:-1]).any():
            return True
    return False


def _has_blank_edge(found: Any, bounds: Any) -> bool:
    starts, stops = bounds[:-1], bounds[1:]
    filled = stops > starts
    if not filled.all():
        starts, stops = starts[filled], stops[filled]
    return bool((found[starts] <= 0x20).any() or (found[stops - 1] <= 0x20).any())


def _only(cells: Array, mask: Array, apply: Callable[[Array], Array]) -> Array:
    """The cells with `apply` done to those of the mask; the same object where that changes nothing."""
    mask = pc.fill_null(mask, False)
    before = cells.filter(mask)
    after = apply(before)
    return cells if after.equals(before) else put(cells, mask, after)


def _rewrite(cells: Array, where: str, pattern: str, replacement: str) -> Array:
    """The cells that hold `where`, with every `pattern` replaced."""
    mask = pc.match_substring_regex(cells, where)
    return _only(cells, mask, lambda some: pc.replace_substring_regex(some, pattern, replacement))


def _remove_invisible(cells: Array) -> Array:
    return _rewrite(cells, _INVISIBLE, _INVISIBLE, "") if found_in(bytes_of(cells)[0], _HIDDEN) else cells


def _compose(cells: Array) -> Array:
    found, _ = bytes_of(cells)
    if not found.size or found.max() < _COMPOSES:
        return cells
    mask = pc.invert(pc.string_is_ascii(cells))
    long = pc.fill_null(pc.and_(mask, pc.greater(pc.binary_length(cells), _LONG)), False)
    if pc.any(long).as_py():
        endless = pc.replace_with_mask(long, long, pc.match_substring_regex(cells.filter(long), _MARKS_IN_A_ROW))
        mask = pc.and_not(mask, endless)
    return _only(cells, mask, lambda some: pc.utf8_normalize(some, form="NFC"))


def _join_lines(cells: Array) -> Array:
    found, _ = bytes_of(cells)
    broken = found.size > 0 and (found.min() < 0x20 or found_in(found, "\u2028\u2029"))
    return _rewrite(cells, _LINE_BREAK, _LINE_BREAK, " ") if broken else cells


def _trim(cells: Array) -> Array:
    look = Look.from_cells(cells)
    trimmed = pc.ascii_trim(cells, characters=_ASCII_EDGES) if look.edge else cells
    if not look.wide:
        return trimmed
    return _only(trimmed, pc.invert(pc.string_is_ascii(trimmed)), lambda some: pc.utf8_trim(some, characters=_EDGES))


def _collapse(cells: Array) -> Array:
    found, bounds = bytes_of(cells)
    if not found.size:
        return cells
    at = _uneven_blanks(found)
    if not len(at):
        return cells
    return _only(cells, cells_at(bounds, at), lambda some: pc.replace_substring_regex(some, _BLANKS, " "))


def _uneven_blanks(found: Any) -> Any:
    """Where blanks may have to be collapsed: one blank behind another, a tab, or the first byte of a wide blank."""
    uneven = np.zeros(found.size, dtype=bool)
    if found.min() <= 0x20:
        blank = found == 0x20
        uneven[1:] = blank[1:] & blank[:-1]
        uneven |= found == 0x09
    if found.max() >= 0xC2 and found_in(found, _INNER):
        for lead in _tails_by_lead(_INNER):
            uneven |= found == lead[0]
    return np.flatnonzero(uneven)


def _blank_empty(cells: Array) -> Array:
    if not _has_empty(cells, bytes_of(cells)[1]):
        return cells
    return pc.if_else(pc.equal(pc.binary_length(cells), 0), pa.scalar(None, cells.type), cells)


STEPS: tuple[Step, ...] = (
    Step("invisible-removed", _remove_invisible),
    Step("unicode-nfc", _compose),
    Step("line-breaks-joined", _join_lines),
    Step("trimmed", _trim),
    Step("blanks-collapsed", _collapse),
    Step("empty-to-blank", _blank_empty),
)
"""What `tidy` does, in order. Invisible characters go first: taking one away may leave two characters that compose."""

_OF_ONE_LINE = ("line-breaks-joined", "blanks-collapsed")


def steps_for(field: Field) -> tuple[Step, ...]:
    """The steps for a field. Text of several lines keeps its line breaks and its inner blanks as they are written."""
    return tuple(step for step in STEPS if not (field.multiline and step.name in _OF_ONE_LINE))


def tidy(cells: Array, field: Field) -> Array:
    """The cells after all steps of the field, in order; the very same object where one look at the bytes finds nothing to do.

    Afterwards no cell is empty or has a blank at an edge, and all are in NFC except where more than 30 combining marks follow each
    other in a cell above 1024 bytes. Doing it twice equals doing it once.
    """
    if Look.from_cells(cells).is_clean:
        return cells
    for step in steps_for(field):
        cells = step.apply(cells)
    return cells
