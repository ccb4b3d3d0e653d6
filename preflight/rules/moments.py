"""How dates and times are written: columns of text to numbers.

Sources: ISO 8601-1 and RFC 3339 for the numeric writings, RFC 5322 for names. A writing is read only where its meaning is certain,
or becomes certain with an answer.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from preflight.rules.calendar import CERTAIN, DAY, MONTHS, NAIVE, NOTHING, ORDERED, SERIAL, Moments

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["read_moments"]

Array = Any  # pyarrow.Array; pyarrow ships no types
Numbers = npt.NDArray[Any]

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTH_NUMBERS = {
    **{name.lower(): at for at, name in enumerate(MONTHS, 1)},
    **{name[:3].lower(): at for at, name in enumerate(MONTHS, 1)},
    "sept": 9,
}
_WEEKDAY_NUMBERS = {
    **{name: at for at, name in enumerate(_WEEKDAYS)},
    **{name[:3]: at for at, name in enumerate(_WEEKDAYS)},
    **dict.fromkeys(("thur", "thurs"), 3),
    "tues": 1,
}


# --- the commonest shapes, read from the bytes ----------------------------------------------------------------------------------


class _Bytes:
    """The bytes of the cells, by their position inside the cell. Positions beyond a cell's end give some other byte."""

    def __init__(self, text: Array) -> None:
        _, offsets, data = text.buffers()
        bounds = np.frombuffer(offsets, np.int32)[text.offset : text.offset + len(text) + 1].astype(np.int64)
        self._data = np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(1, np.uint8)
        self._starts = bounds[:-1]
        self.lengths = np.diff(bounds)
        if text.null_count:
            self.lengths = np.where(np.asarray(pc.is_valid(text)), self.lengths, 0)

    def at(self, position: int, cells: Numbers) -> Numbers:
        """The byte at that position of these cells; a negative one counts from the end."""
        start = self._starts[cells] if position >= 0 else self._starts[cells] + self.lengths[cells]
        found: Numbers = self._data.take(start + position, mode="clip")
        return found


def _digits_of(columns: list[Numbers]) -> tuple[Numbers, Numbers]:
    """The number that these columns of bytes write, and where all of them are digits."""
    value = np.zeros(len(columns[0]), np.int32)
    valid = np.ones(len(columns[0]), bool)
    for column in columns:
        digit = column - np.uint8(48)  # wraps below "0", so one comparison is enough
        valid &= digit < 10
        value = value * 10 + digit
    return value, valid


def _among(column: Numbers, letters: bytes) -> Numbers:
    found: Numbers = np.logical_or.reduce([column == letter for letter in letters])
    return found


def _read_fixed(text: Array, moments: Moments) -> None:
    """Fill the cells written YYYY-MM-DD or NN/NN/YYYY, alone or before HH:MM:SS with fraction and offset."""
    source = _Bytes(text)
    cells = np.flatnonzero((source.lengths == 10) | (source.lengths >= 19))
    if not len(cells):
        return
    head = [source.at(position, cells) for position in range(10)]
    year, is_year = _digits_of(head[:4])
    month, is_month = _digits_of(head[5:7])
    day, is_number = _digits_of(head[8:])
    iso = is_year & is_month & is_number & (head[4] == head[7]) & _among(head[4], b"-/.")
    _put_dated(source, moments, cells[iso], kind=CERTAIN, year=year[iso], first=month[iso], second=day[iso])
    if iso.all():
        return
    cells, head = cells[~iso], [column[~iso] for column in head]
    first, is_first = _digits_of(head[:2])
    second, is_second = _digits_of(head[3:5])
    year, is_year = _digits_of(head[6:])
    numeric = is_first & is_second & is_year & (head[2] == head[5]) & _among(head[2], b"-/.")
    _put_dated(source, moments, cells[numeric], kind=ORDERED, year=year[numeric], first=first[numeric], second=second[numeric])


def _put_dated(source: _Bytes, moments: Moments, cells: Numbers, *, kind: int, **columns: Numbers) -> None:
    """Fill cells whose date is read, where the rest of the cell is nothing or a clock of fixed form."""
    bare = source.lengths[cells] == 10
    clocked = ~bare
    if clocked.any():
        clocked[clocked] = _put_clock(source, moments, cells[clocked])
    done = bare | clocked
    moments.put(cells[done], kind=kind, **{name: values[done] for name, values in columns.items()})


def _put_clock(source: _Bytes, moments: Moments, cells: Numbers) -> Numbers:
    """Fill the clocks ``THH:MM:SS[.f][Z|+HH:MM]`` from position 10 on; returns where there is one."""
    column = [source.at(position, cells) for position in range(10, 19)]
    (hour, is_hour), (minute, is_minute), (second, is_second) = (_digits_of(column[at : at + 2]) for at in (1, 4, 7))
    found: Numbers = _among(column[0], b"Tt ") & is_hour & is_minute & is_second & (column[3] == 58) & (column[6] == 58)
    found &= _is_clock(hour, minute, second)
    offset, width, sound = _fixed_offset(source, cells)
    fraction, digits, whole = _fixed_fraction(source, cells, source.lengths[cells] - width)
    found &= sound & whole
    clock = hour * 3600 + minute * 60 + np.minimum(second, 59)
    filled = {"clock": clock, "leap": second == 60, "fraction": fraction, "digits": digits, "offset": offset}
    moments.put(cells[found], **{name: values[found] for name, values in filled.items()})
    return found


def _is_clock(hour: Numbers, minute: Numbers, second: Numbers) -> Numbers:
    """A second of 60 is let through; whether it is a leap second takes the offset to know."""
    found: Numbers = (hour < 24) & (minute < 60) & (second <= 60)
    return found


def _fixed_offset(source: _Bytes, cells: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """The offset in minutes, how many bytes it takes, and where it is within a day."""
    utc = _among(source.at(-1, cells), b"Zz")
    sign = source.at(-6, cells)
    written = ~utc & _among(sign, b"+-") & (source.at(-3, cells) == 58) & (source.lengths[cells] >= 25)
    offset = np.where(utc, 0, NAIVE)
    sound = np.ones(len(cells), bool)
    if written.any():
        (hour, is_hour), (minute, is_minute) = (
            _digits_of([source.at(back, cells), source.at(back + 1, cells)]) for back in (-5, -2)
        )
        sound = ~written | (is_hour & is_minute & (hour < 24) & (minute < 60))
        offset = np.where(written, np.where(sign == 45, -1, 1) * (hour * 60 + minute), offset)
    return offset, np.where(utc, 1, np.where(written, 6, 0)), sound


def _fixed_fraction(source: _Bytes, cells: Numbers, stop: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """The fraction between position 19 and `stop`, how many digits it has, and where there is nothing else (at most nine)."""
    digits = np.maximum(stop - 20, 0)
    fraction = np.zeros(len(cells), np.int64)
    sound = stop == 19
    if sound.all():
        return fraction, digits, sound
    sound = sound | ((digits >= 1) & (digits <= 9) & _among(source.at(19, cells), b".,"))
    for position in range(min(int(digits.max()), 9)):
        inside = position < digits
        digit = source.at(20 + position, cells) - np.uint8(48)
        sound &= ~inside | (digit < 10)
        fraction = np.where(inside, fraction * 10 + digit, fraction)
    return fraction, digits, sound


# --- all other shapes, read by expressions on the cells that are left -------------------------------------------------------------

_ZONE = r"(?P<zone>[Zz]|(?i:utc|gmt)|(?i:utc|gmt)?[+-]\d{2}(?::?\d{2})?)?"
_HALF = r"(?P<half>[AaPp](?:[Mm]|\.[Mm]\.))"
_FRACTION = r"(?:[.,](?P<fraction>\d{1,9}))?"
_CLOCKS = (
    rf"^(?P<hour>\d{{1,2}}):(?P<minute>\d{{2}})(?::(?P<second>\d{{2}}){_FRACTION})? ?{_HALF}? ?{_ZONE}$",
    rf"^(?P<hour>\d{{1,2}}) ?{_HALF} ?{_ZONE}$",
    rf"^(?P<hour>\d{{2}})(?P<minute>\d{{2}})(?:(?P<second>\d{{2}}){_FRACTION})?{_ZONE}$",
)
_MAY_HAVE_CLOCK = r":|\d ?[AaPp]\.?[Mm]|\d[Tt]\d"
_BETWEEN = r",? at |,? |[Tt]"
_NUMERIC_DAY = rf"^\d[-/.\d]+(?:{_BETWEEN})\d"
_NAMED_DAY = rf"^(?P<day>.+?)(?:{_BETWEEN})(?P<clock>\d{{1,2}}(?::| ?[AaPp]\.?[Mm]).*)$"
_GAP = r"(?:[-/ .]|, ?|\. )"
_WEEKDAY = r"(?:(?P<weekday>[a-z]{3,9})(?:, ?|\.,? | ))?"
_NUMBERED = r"(?P<second>\d{1,2})(?:st|nd|rd|th)?"
_NAMED = r"(?P<month>[a-z]{3,9})"
_YEAR = r"(?P<year>\d{2}(?:\d{2})?)"
_DAYS = (
    (CERTAIN, r"^(?P<year>\d{4})[-/.](?P<first>\d{1,2})[-/.](?P<second>\d{1,2})$"),
    (CERTAIN, r"^(?P<year>\d{4})(?P<first>\d{2})(?P<second>\d{2})$"),
    (ORDERED, rf"^(?P<first>\d{{1,2}})[-/.](?P<second>\d{{1,2}})[-/.]{_YEAR}$"),
    (CERTAIN, rf"(?i)^{_WEEKDAY}{_NUMBERED}{_GAP}?(?:of )?{_NAMED}{_GAP}?{_YEAR}$"),
    (CERTAIN, rf"(?i)^{_WEEKDAY}{_NAMED}{_GAP}?{_NUMBERED}{_GAP}{_YEAR}$"),
    (CERTAIN, rf"(?i)^(?P<year>\d{{4}}){_GAP}?{_NAMED}{_GAP}?{_NUMBERED}$"),
)
_MAY_BE_DAY = r"(?i)^\d[-/.\d]+$|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_MIXED = r"^\d+(?:-\d+[/.]|/\d+[-.]|\.\d+[-/])"  # two different marks between the numbers
_SERIAL = r"^(?P<number>[1-9]\d{1,4}(?:\.\d{1,15})?)$"
_LONGEST = 60


def read_moments(text: Array) -> Moments:
    """What the cells hold. Pure by cell: a null, and a cell of no known shape, has kind NOTHING."""
    moments = Moments.of_length(len(text))
    if text.null_count < len(text):
        _read_fixed(text, moments)
        readable = pc.less_equal(pc.binary_length(text), _LONGEST).fill_null(False)
        left = np.flatnonzero((moments.kind == NOTHING) & np.asarray(readable))
        _read_shapes(text.take(pa.array(left)), left, moments)
    return moments


def _read_shapes(text: Array, cells: Numbers, moments: Moments) -> None:
    clocked, plain = _parted(text, cells, _MAY_HAVE_CLOCK)
    _read_days(*plain, moments)
    left = moments.kind[plain[1]] == NOTHING
    _read_serials(plain[0].filter(pa.array(left)), plain[1][left], moments)
    (numeric, at), named = _parted(*clocked, _NUMERIC_DAY)
    halves = pc.split_pattern_regex(numeric, _BETWEEN, max_splits=1)
    _read_clocked(pc.list_element(halves, 0), pc.list_element(halves, 1), at, moments)
    found, hit = _extract(named[0], _NAMED_DAY)
    if found is not None:
        _read_clocked(found.field("day"), found.field("clock"), named[1][hit], moments)


def _parted(text: Array, cells: Numbers, pattern: str) -> tuple[tuple[Array, Numbers], tuple[Array, Numbers]]:
    """The cells in which the pattern is found, and the others, each with their places."""
    found = pc.match_substring_regex(text, pattern)
    hit = np.asarray(found)
    return (text.filter(found), cells[hit]), (text.filter(pc.invert(found)), cells[~hit])


def _read_clocked(day: Array, clock: Array, cells: Numbers, moments: Moments) -> None:
    """Fill dates that a clock follows; each distinct clock is read once."""
    coded = clock.dictionary_encode()
    text, which = coded.dictionary, np.asarray(coded.indices)
    distinct, left = Moments.of_length(len(text)), np.arange(len(text))
    for shape in _CLOCKS:
        found, hit = _extract(text, shape)
        if found is not None:
            _put_shaped_clock(found, left[hit], distinct)
            text, left = text.filter(pa.array(~hit)), left[~hit]
    sound = distinct.clock[which] >= 0
    _spread(distinct, which[sound], cells[sound], moments, ("clock", "leap", "fraction", "digits", "offset"))
    _read_days(day.filter(pa.array(sound)), cells[sound], moments)


def _read_days(text: Array, cells: Numbers, moments: Moments) -> None:
    """Fill the dates; each distinct text is read once, since there are far fewer days than cells."""
    text, cells = _parted(text, cells, _MAY_BE_DAY)[0]
    coded = text.dictionary_encode()
    text, which = coded.dictionary, np.asarray(coded.indices)
    distinct, left = Moments.of_length(len(text)), np.arange(len(text))
    for kind, shape in _DAYS:
        found, hit = _extract(text, shape)
        if found is not None:
            mixed = np.asarray(pc.match_substring_regex(text.filter(pa.array(hit)), _MIXED))
            _put_day(found, left[hit], distinct, kind, mixed)
            text, left = text.filter(pa.array(~hit)), left[~hit]
    done = distinct.kind[which] != NOTHING
    _spread(distinct, which[done], cells[done], moments, ("kind", "year", "first", "second", "short", "weekday"))


def _spread(distinct: Moments, which: Numbers, cells: Numbers, moments: Moments, names: tuple[str, ...]) -> None:
    moments.put(cells, **{name: getattr(distinct, name)[which] for name in names})


def _extract(text: Array, pattern: str) -> tuple[Any, Numbers]:
    """The groups of the cells that match, or None, and which cells those are."""
    found = pc.extract_regex(text, pattern=pattern)
    hit: Numbers = np.asarray(pc.is_valid(found))
    return (found.filter(pa.array(hit)) if hit.any() else None), hit


def _names(found: Any) -> set[str]:
    return {found.type.field(at).name for at in range(found.type.num_fields)}


def _integers(found: Any, name: str) -> Numbers:
    """The group as numbers, 0 where it is empty or the shape has none."""
    if name not in _names(found):
        return np.zeros(len(found), np.int64)
    column = found.field(name)
    numbers: Numbers = np.asarray(pc.cast(pc.if_else(pc.equal(column, ""), "0", column), pa.int64()))
    return numbers


def _looked_up(found: Any, name: str, look: Callable[[str], int]) -> Numbers:
    """`look` of the group, called once for each distinct text; the shape must have that group."""
    coded = found.field(name).dictionary_encode()
    looked: Numbers = np.array([look(one) for one in coded.dictionary.to_pylist()], np.int64)
    spread: Numbers = looked[np.asarray(coded.indices)]
    return spread


def _put_shaped_clock(found: Any, cells: Numbers, moments: Moments) -> None:
    """Fill the clocks of a shape that exist."""
    hour, minute, second = (_integers(found, name) for name in ("hour", "minute", "second"))
    offset = _looked_up(found, "zone", _offset_of)
    sound = _is_clock(hour, minute, second) & (offset != -NAIVE)
    if "half" in _names(found):
        half = _looked_up(found, "half", lambda one: {"": -1, "a": 0, "p": 12}[one[:1].lower()])
        sound &= (half < 0) | ((hour >= 1) & (hour <= 12))
        hour = np.where(half < 0, hour, hour % 12 + half)
    digits = np.asarray(pc.binary_length(found.field("fraction"))) if "fraction" in _names(found) else 0 * hour
    filled = {"leap": second == 60, "fraction": _integers(found, "fraction"), "digits": digits, "offset": offset}
    filled["clock"] = hour * 3600 + minute * 60 + np.minimum(second, 59)
    moments.put(cells[sound], **{name: values[sound] for name, values in filled.items()})


def _offset_of(zone: str) -> int:
    """Minutes east of a written offset; NAIVE for none, -NAIVE for one that cannot be."""
    if not zone:
        return NAIVE
    digits = re.sub("[^0-9]", "", zone)
    hour, minute = int(digits[:2] or 0), int(digits[2:] or 0)
    if hour > 23 or minute > 59:
        return -NAIVE
    return (hour * 60 + minute) * (-1 if "-" in zone else 1)


def _put_day(found: Any, cells: Numbers, moments: Moments, kind: int, mixed: Numbers) -> None:
    """Fill the dates of a shape, whether they exist or not; a word that names no month or weekday makes it no date."""
    names = _names(found)
    filled = {name: _integers(found, name) for name in ("year", "first", "second")}
    filled["short"] = np.asarray(pc.binary_length(found.field("year"))) == 2
    sound = ~mixed
    if "month" in names:
        filled["first"] = _looked_up(found, "month", lambda one: _MONTH_NUMBERS.get(one.lower(), 0))
        sound &= filled["first"] > 0
    if "weekday" in names:
        filled["weekday"] = _looked_up(found, "weekday", lambda one: _WEEKDAY_NUMBERS.get(one.lower(), -2) if one else -1)
        sound &= filled["weekday"] > -2
    moments.put(cells[sound], kind=kind, **{name: values[sound] for name, values in filled.items()})


def _read_serials(text: Array, cells: Numbers, moments: Moments) -> None:
    """Day numbers of spreadsheets; their fraction is the time of day, to the nearest second as spreadsheets show it."""
    found, hit = _extract(text, _SERIAL)
    if found is not None:
        seconds = np.rint(np.asarray(found.field("number").cast(pa.float64())) * DAY).astype(np.int64)
        clock = seconds % DAY
        moments.put(cells[hit], kind=SERIAL, year=seconds // DAY, clock=np.where(clock > 0, clock, -1))
