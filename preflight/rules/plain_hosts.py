"""The usual hosts, settled on the bytes of a column at once: lower-case ASCII, at most 63 characters, no `--`, a public suffix.

What is said to be plain is a host below a public suffix in canonical form. What is not may be one too and needs the closer look of
`hosts`. No text is cut out of the column: the last labels of each host are packed into numbers of eight bytes and looked up.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from preflight.rules.suffixes import load_suffixes

__all__ = ["Beginnings", "are_plain", "classes_of", "may_be_among"]

Numbers = npt.NDArray[Any]

_LONGEST = 63
_WORD = 8
_BITS = 18
_SHIFT = np.uint64(64 - _BITS)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_MULTIPLIERS = tuple(np.uint64(int(_MIX) * odd % 2**64) for odd in range(3, 19, 2))  # more cost more at the start than they save
_LETTER, _HYPHEN, _DOT = 1, 2, 3


def _classes() -> Numbers:
    table = np.zeros(256, dtype=np.uint8)
    table[list(b"abcdefghijklmnopqrstuvwxyz0123456789")] = _LETTER
    table[ord("-")], table[ord(".")] = _HYPHEN, _DOT
    return table


_CLASS = _classes().tobytes()


@dataclass(frozen=True, slots=True)
class _Slots:
    """A set of numbers in a table: one gather and one comparison tell whether a number is in it. `spare` are the few whose slot
    another one took, so that a longer list of suffixes never fails; they are compared one by one."""

    slots: Numbers
    multiplier: np.uint64
    spare: Numbers

    @classmethod
    def of(cls, keys: Numbers) -> _Slots:
        keys = np.unique(keys)
        taken = [len(np.unique((keys * multiplier) >> _SHIFT)) for multiplier in _MULTIPLIERS]
        multiplier = _MULTIPLIERS[int(np.argmax(taken))]
        at = (keys * multiplier) >> _SHIFT
        slots = np.zeros(1 << _BITS, dtype=np.uint64)
        slots[at] = keys
        return cls(slots, multiplier, keys[slots[at] != keys])

    def holds(self, keys: Numbers) -> Numbers:
        found: Numbers = (self.slots[(keys * self.multiplier) >> _SHIFT] == keys) & (keys != 0)
        for key in self.spare:
            found |= keys == key
        return found


@dataclass(frozen=True, slots=True)
class _Known:
    """What the last labels say.

    `tops` are names that are a suffix, no wildcard below them; `seconds` marks the last two labels of all longer suffixes, be they
    one or not (`nordland.no` is none, `bo.nordland.no` is; a number without a mark belongs to none); `closed` are the suffixes of
    two labels below which there is no further one.
    """

    tops: _Slots
    seconds: Numbers
    closed: _Slots


@cache
def _known() -> _Known:
    suffixes = load_suffixes()
    tops = [name for name in suffixes.tops - suffixes.wild if len(name) <= _WORD]
    seconds = [name for name in suffixes.rules if name.count(".") == 1]
    parents = {".".join(rule.split(".")[-2:]) for rule in suffixes.rules if rule.count(".") > 1} | suffixes.wild
    closed = [name for name in seconds if name not in parents and len(name) <= _WORD]
    ends = {".".join(name.split(".")[-2:]) for name in suffixes.rules if "." in name}
    return _Known(_Slots.of(_packed(tops)), _marked(tuple(sorted(ends))), _Slots.of(_packed(closed)))


@cache
def _marked(names: tuple[str, ...]) -> Numbers:
    """A table of marks: where there is none, the number belongs to no name."""
    marks = np.zeros(1 << _BITS, dtype=bool)
    marks[(_packed(list(names)) * _MIX) >> _SHIFT] = True
    return marks


def classes_of(data: Numbers, table: bytes) -> Numbers:
    """The class of each byte, by a table of 256. Python translates four times as fast as numpy looks up."""
    return np.frombuffer(data.tobytes().translate(table), dtype=np.uint8)


def may_be_among(data: Numbers, starts: Numbers, stops: Numbers, names: tuple[str, ...]) -> Numbers:
    """Where a span may be one of the names; False is certain, True needs the closer look."""
    found: Numbers = _marked(names)[(_pack(_words(data), starts, stops) * _MIX) >> _SHIFT]
    return found


def _packed(names: list[str]) -> Numbers:
    """The names as numbers, the way `_pack` makes them."""
    data = np.frombuffer("".join(names).encode(), dtype=np.uint8)
    stops = np.cumsum([len(name) for name in names])
    return _pack(_words(data), stops - np.array([len(name) for name in names]), stops)


def _words(data: Numbers) -> Numbers:
    """The eight bytes before each position of the data, and (eight further on) those from it, as one number each."""
    padded = np.zeros(len(data) + 2 * _WORD, dtype=np.uint8)
    padded[_WORD : _WORD + len(data)] = data
    return np.ndarray(shape=(len(data) + _WORD + 1,), dtype="<u8", buffer=padded, strides=(1,))


class Beginnings:
    """What spans of some bytes begin with, eight bytes at a time."""

    def __init__(self, data: Numbers) -> None:
        self._words = _words(data)

    def hold(self, starts: Numbers, stops: Numbers, text: str) -> Numbers:
        """Where a span begins with the text, which has at most eight characters of ASCII."""
        mask, wanted = np.uint64((1 << 8 * len(text)) - 1), np.uint64(int.from_bytes(text.encode(), "little"))
        found: Numbers = (stops - starts >= len(text)) & (self._words[starts + _WORD] & mask == wanted)
        return found


def _pack(words: Numbers, starts: Numbers, stops: Numbers) -> Numbers:
    """A number for each span: its bytes where it has at most eight, so that equal numbers are equal texts; else a mixture."""
    lengths = stops - starts
    spare = ((_WORD - np.minimum(lengths, _WORD)) * 8).astype(np.uint64)
    packed = words[stops] >> spare
    longer = np.flatnonzero(lengths > _WORD)
    if len(longer):
        mixed = packed[longer] * _MIX ^ words[starts[longer] + _WORD] + lengths[longer].astype(np.uint64)
        packed[longer] = mixed | np.uint64(0x80 << 56)  # no ASCII text of eight bytes has this bit
    found: Numbers = packed
    return found


def are_plain(data: Numbers, starts: Numbers, stops: Numbers) -> Numbers:
    """Where the span of `data` (uint8) from `starts` to `stops` (int64, ascending, apart from each other) is a plain host."""
    lengths = stops - starts
    good = (lengths > 2) & (lengths <= _LONGEST)
    dots = np.flatnonzero(data == ord("."))
    if not len(dots) or not good.any():
        return np.zeros(len(starts), dtype=bool)
    classes = classes_of(data, _CLASS)
    good &= _is_letter(classes, starts) & _is_letter(classes, stops - 1)
    for bad in (np.flatnonzero(classes == 0), _bad_dots(classes, dots), np.flatnonzero((classes[:-1] & classes[1:]) == _HYPHEN)):
        if len(bad):
            good &= np.searchsorted(bad, starts) == np.searchsorted(bad, stops)
    return good & _is_below_suffix(_words(data), dots, starts, stops)


def _is_letter(classes: Numbers, at: Numbers) -> Numbers:
    found: Numbers = classes[np.clip(at, 0, len(classes) - 1)] == _LETTER
    return found


def _bad_dots(classes: Numbers, dots: Numbers) -> Numbers:
    """Dots without a letter or digit on both sides. At the edge of a span that is told by the edge itself."""
    last = len(classes) - 1
    beside = (classes[np.maximum(dots - 1, 0)] == _LETTER) & (classes[np.minimum(dots + 1, last)] == _LETTER)
    found: Numbers = dots[~beside]
    return found


def _is_below_suffix(words: Numbers, dots: Numbers, starts: Numbers, stops: Numbers) -> Numbers:
    known = _known()
    last = np.searchsorted(dots, stops) - 1
    top = np.where(last >= 0, dots[np.maximum(last, 0)], -1) + 1
    second = np.where(last >= 1, dots[np.maximum(last, 1) - 1], -1) + 1
    dotted, deep = top > starts, second > starts
    top, second = np.where(dotted, top, starts), np.where(deep, second, starts)
    short = stops - top <= _WORD
    is_top = dotted & short & known.tops.holds(_pack(words, np.where(short, top, stops), stops))
    packed = _pack(words, second, stops)
    may_be_second = known.seconds[(packed * _MIX) >> _SHIFT]
    found: Numbers = is_top & (~may_be_second | (deep & (stops - second <= _WORD) & known.closed.holds(packed)))
    return found
