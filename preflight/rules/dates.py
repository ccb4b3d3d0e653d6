"""Dates: to YYYY-MM-DD, under the answers that the whole column, or the user, gives.

What a date looks like is read in `calendar`; here the answers are applied, to the dates of date-times as well. A cell with several
questions asks them one at a time: order, century, serial number, time of day.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from preflight.rules.calendar import (
    CERTAIN,
    DAY,
    EPOCH,
    MONTHS,
    NAIVE,
    ORDERED,
    SERIAL,
    Moments,
    day_number,
    is_day,
)
from preflight.rules.moments import read_moments
from preflight.rules.reading import Advice, Fault, Reading
from preflight.rules.zones import instant_offsets

if TYPE_CHECKING:
    from preflight.contract.field import Answers, Field

__all__ = [
    "LEAP_SECONDS",
    "RULE",
    "Days",
    "Evidence",
    "advise",
    "ask",
    "ask_date",
    "counted",
    "date_text",
    "faults_of",
    "is_leap_second",
    "read",
    "settle",
    "settle_days",
    "survey",
    "to_typed",
    "why_no_date",
]

Array = Any  # pyarrow.Array; pyarrow ships no types
Numbers = npt.NDArray[Any]

RULE = "iso-date"

# --- days, once the answers of the column are known -------------------------------------------------------------------------------

_EPOCHS = {1900: dt.date(1899, 12, 30).toordinal() - EPOCH, 1904: dt.date(1904, 1, 1).toordinal() - EPOCH}
"""Day 0 counted from 1970. The 1900 system counts a 29 February 1900 that never was, so that its day 0 is right from day 61 on."""


@dataclass(frozen=True, slots=True)
class Days:
    """The day of each cell, counted from 1970, and what it waits for. A cell that waits is `valid` too: it may be a date."""

    number: Numbers
    valid: Numbers
    order: Numbers
    century: Numbers
    serial: Numbers

    @property
    def known(self) -> Numbers:
        """Valid and waiting for nothing."""
        found: Numbers = self.valid & ~(self.order | self.century | self.serial)
        return found


def _full_year(moments: Moments, pivot: int | None) -> Numbers:
    """The years, those of two digits put into their century; into 20yy as long as no pivot is stated."""
    if not moments.short.any():
        return moments.year
    later = moments.year < (100 if pivot is None else pivot)
    return np.where(moments.short, moments.year + np.where(later, 2000, 1900), moments.year)


def settle_days(moments: Moments, answers: Answers) -> Days:
    """The days under these answers: each cell by itself, whatever its neighbours are."""
    year = _full_year(moments, answers.pivot)
    month, day = moments.first, moments.second
    valid = (moments.kind == CERTAIN) & is_day(year, month, day)
    order = np.zeros(len(valid), bool)
    ordered = moments.kind == ORDERED
    if ordered.any() and answers.dates != "iso":
        as_mdy = ordered & (answers.dates != "dmy") & is_day(year, month, day)
        as_dmy = ordered & (answers.dates != "mdy") & is_day(year, day, month)
        order = as_mdy & as_dmy & (month != day)
        month, day = np.where(as_dmy, day, month), np.where(as_dmy, month, day)
        valid = valid | as_mdy | as_dmy
    number = np.where(valid, day_number(year, np.where(valid, month, 1), day), 0)
    century = valid & moments.short & (answers.pivot is None)
    valid &= (moments.weekday < 0) | century | (moments.weekday == (number + 3) % 7)
    serial = np.zeros(len(valid), bool)
    if (moments.kind == SERIAL).any():
        number, valid, serial = _serial_days(moments, answers, number, valid)
    return Days(number, valid, order & valid, century & valid, serial)


def _serial_days(moments: Moments, answers: Answers, number: Numbers, valid: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Spreadsheet days: a question between 1954 and 2078; when stated, from day 61 on, but nothing that looks like a year."""
    serials, value = moments.kind == SERIAL, moments.year
    if answers.serials is None:
        serial = serials & (value >= 20_000) & (value <= 65_380)
        return number, valid | serial, serial
    serials &= (value >= 61) & ~((value >= 1_800) & (value < 2_200))
    return np.where(serials, value + _EPOCHS[answers.serials], number), valid | serials, np.zeros(len(valid), bool)


def orders_proven(moments: Moments) -> tuple[bool, bool]:
    """Whether a cell is a date month first only, and whether one is a date day first only."""
    ordered = moments.kind == ORDERED
    if not ordered.any():
        return False, False
    year = _full_year(moments, None)
    mdy = ordered & is_day(year, moments.first, moments.second)
    dmy = ordered & is_day(year, moments.second, moments.first)
    return bool((mdy & ~dmy).any()), bool((dmy & ~mdy).any())


_LEAP_DATES = """
    1972-06-30 1972-12-31 1973-12-31 1974-12-31 1975-12-31 1976-12-31 1977-12-31 1978-12-31 1979-12-31
    1981-06-30 1982-06-30 1983-06-30 1985-06-30 1987-12-31 1989-12-31 1990-12-31 1992-06-30 1993-06-30 1994-06-30
    1995-12-31 1997-06-30 1998-12-31 2005-12-31 2008-12-31 2012-06-30 2015-06-30 2016-12-31
"""
LEAP_SECONDS = np.array([dt.date.fromisoformat(text).toordinal() - EPOCH for text in _LEAP_DATES.split()])
"""The days, counted from 1970, whose last UTC second was 23:59:60 (IERS bulletin C; none since 2016)."""


def is_leap_second(instant: Numbers) -> Numbers:
    """Which instants (UTC seconds from 1970) are those of a 23:59:59 that a leap second followed."""
    found: Numbers = (instant % DAY == DAY - 1) & np.isin(instant // DAY, LEAP_SECONDS)
    return found


# --- the family -------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a column proves about the order of day and month: that some cell is a date month first only, or day first only."""

    mdy: bool = False
    dmy: bool = False

    def merge(self, other: Evidence) -> Evidence:
        """The evidence of both parts; associative and commutative."""
        return Evidence(self.mdy or other.mdy, self.dmy or other.dmy)


def survey(cells: Array, field: Field, answers: Answers) -> Evidence:
    """Nothing, at no cost, where the order is stated."""
    if answers.dates not in (None, "auto"):
        return Evidence()
    return Evidence(*orders_proven(read_moments(cells)))


def settle(evidence: Evidence, field: Field, answers: Answers) -> Answers:
    """The order filled in where the column proves one and only one; cells for both prove neither."""
    if answers.dates not in (None, "auto") or evidence.mdy == evidence.dmy:
        return answers
    return replace(answers, dates="mdy" if evidence.mdy else "dmy")


def read(cells: Array, field: Field, answers: Answers) -> Reading:
    """Canonical text YYYY-MM-DD. PF305 for no date; PF309, PF318, PF319 and PF317 ask."""
    moments = read_moments(cells)
    days = settle_days(moments, answers)
    number, valid = days.number, days.valid & ~_has_false_second(moments, days.number)
    timed = (moments.clock > 0) | moments.leap | (moments.fraction > 0) | (moments.offset != NAIVE)
    timed &= days.known
    if answers.time_in_date == "zone" and timed.any():
        number = _day_in_zone(moments, number, timed, answers.timezone or "UTC")
        valid = valid & (number >= _FIRST_DAY) & (number <= _LAST_DAY)
    waits = timed & valid & (answers.time_in_date is None)
    text = date_text(number, valid & days.known & ~waits)
    present = np.asarray(cells.is_valid())
    return Reading(
        text,
        faults_of(
            ("PF305", present & ~valid),
            ("PF309", days.order & valid),
            ("PF318", days.century & ~days.order & valid),
            ("PF319", days.serial),
            ("PF317", waits),
        ),
    )


def date_text(days: Numbers, valid: Numbers) -> Array:
    """YYYY-MM-DD for each day number, null where not valid."""
    return pa.array(days.astype(np.int32), mask=~valid).cast(pa.date32()).cast(pa.string())


def faults_of(*found: tuple[str, Numbers]) -> tuple[Fault, ...]:
    """Faults for the masks that mark a cell; the first code is about cells, the others are questions of the column."""
    return tuple(Fault(code, pa.array(mask), questions=at > 0) for at, (code, mask) in enumerate(found) if mask.any())


def _has_false_second(moments: Moments, number: Numbers) -> Numbers:
    """A second of 60 that is no leap second, or that states no offset by which to know."""
    if not moments.leap.any():
        return moments.leap
    instants = number * DAY + moments.clock - moments.offset.astype(np.int64) * 60
    found: Numbers = moments.leap & ((moments.offset == NAIVE) | ~is_leap_second(instants))
    return found


_FIRST_DAY = dt.date(1000, 1, 1).toordinal() - EPOCH
_LAST_DAY = dt.date.max.toordinal() - EPOCH


def _day_in_zone(moments: Moments, number: Numbers, timed: Numbers, zone: str) -> Numbers:
    """The days of these instants in the zone; a time without an offset is taken to be in it already."""
    at = np.flatnonzero(timed & (moments.offset != NAIVE))
    instants = number[at] * DAY + np.maximum(moments.clock[at], 0) - moments.offset[at].astype(np.int64) * 60
    shifted = number.copy()
    shifted[at] = (instants + instant_offsets(instants, zone)) // DAY
    return shifted


def to_typed(text: Array, field: Field) -> Array:
    """date32."""
    return text.cast(pa.date32())


# --- words ----------------------------------------------------------------------------------------------------------------------

_WANTED = "write the date as YYYY-MM-DD, such as 2024-01-31"
_REASONS = (
    (r"\d{4}-?W\d{2}(-?\d)?", "is a week of the ISO calendar, not a date"),
    (r"\d{4}-?\d{3}", "is a year and the number of a day in it, not a date"),
    (r"\d{4}", "is a year without month and day"),
    (r"\d{4}[-/. ]\d{1,2}|\d{1,2}[-/.]\d{4}|[A-Za-z]{3,9}\.?[-/ ,]+\d{4}", "lacks a day, or is a quarter"),
    (r"(?i:q[1-4])[-/ ]?\d{2,4}|\d{2,4}[-/ ]?(?i:q[1-4])", "is a quarter, not a date"),
    (r"(?i)(mon|tue|wed|thu|fri|sat|sun)[a-z]*[., ].*\d.*", "does not fall on the weekday it names, or is no day of the calendar"),
    (r"(?i).*(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec).*\d{4}.*", "is no day of the calendar in a form that is certain"),
    (r"\d+(\.\d+)?", "is a number, not a date"),
    (r"\D*", "is not a date"),
)


def why_no_date(value: str, answers: Answers) -> str:
    """What is wrong with a cell that is no date: a few microseconds, since it is asked for each distinct value."""
    if numbers := re.match(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?!\d)", value):
        return _why_no_numeric_date(int(numbers[1]), int(numbers[3]), numbers[4], answers)
    if numbers := re.match(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)", value) or re.fullmatch(r"(\d{4})()(\d\d)(\d\d)", value):
        return _why_no_day(int(numbers[1]), int(numbers[3]), int(numbers[4]))
    return next((words for shape, words in _REASONS if re.fullmatch(shape, value)), "is not a date in a form that is certain")


def _why_no_day(year: int, month: int, day: int) -> str:
    if year < 1000:
        return "has a year before 1000"
    if not 1 <= month <= 12:
        return "has a month that does not exist"
    try:
        dt.date(year, month, day)
    except ValueError:
        return "is a day that its month does not have"
    return "has something besides the date that is no time of day"


_ORDERS = {"mdy": "month first", "dmy": "day first"}


def _why_no_numeric_date(first: int, second: int, year: str, answers: Answers) -> str:
    if answers.dates == "iso":
        return "is not written year first, as the dates of this column are stated to be"
    full = int(year) + (2000 if len(year) == 2 else 0)
    if answers.dates in _ORDERS:
        month, day = (first, second) if answers.dates == "mdy" else (second, first)
        return f"{_why_no_day(full, month, day)}, read {_ORDERS[answers.dates]} like the other dates of the column"
    reasons = {_why_no_day(full, first, second), _why_no_day(full, second, first)}
    return reasons.pop() if len(reasons) == 1 else "is no day of the calendar, neither month first nor day first"


def advise(code: str, value: str, shown: str, field: Field, answers: Answers) -> Advice:
    """The words for one cell that is no date; they name no part of the value but `shown`."""
    if code != "PF305":
        return ask(code, None, shown, 1, field, answers)
    return Advice(f"{shown} {why_no_date(value, answers)}; {_WANTED}")


def ask(code: str, example: str | None, shown: str, count: int, field: Field, answers: Answers) -> Advice:
    """The words for one question of the column. `example` is None where values are hidden: then no reading of it is told either."""
    if code != "PF317":
        return ask_date(code, example, shown, count, answers)
    written, zone = (_read_as(example, replace(answers, time_in_date=way)) for way in ("written", "zone"))
    place = answers.timezone or "UTC"
    readings = f": the day is {written} as written, and {zone} in {place}" if written and zone else ""
    found = f"{counted(count, shown)} {_has(count, 'a time of day', 'times of day')} in a field of dates{readings}"
    return Advice(
        f"{found}; state --time-in-date written to keep the day as written, or --time-in-date zone --timezone {place} to take the "
        "day there",
        "--time-in-date written",
    )


def ask_date(code: str, example: str | None, shown: str, count: int, answers: Answers) -> Advice:
    """The words for the questions that dates and date-times share: PF309, PF318 and PF319."""
    cells = counted(count, shown)
    if code == "PF309":
        month, day = (_read_as(example, replace(answers, dates=order), year=False) for order in ("mdy", "dmy"))
        readings = f"{month} (month first) or {day} (day first)" if month and day else "either month first or day first"
        return Advice(
            f"{cells} {_is(count)} {readings}, and nothing in the column proves which; state --dates mdy or --dates dmy",
            "--dates mdy",
        )
    if code == "PF318":
        early, late = (_read_as(example, replace(answers, pivot=pivot)) for pivot in (0, 100))
        readings = f": {early} or {late}" if early and late else ""
        found = f"{cells} {_has(count, 'a year', 'years')} of two digits{readings}"
        return Advice(
            f"{found}; state pivot = 70 in the plan file, or what fits: years below it are 20yy, the others 19yy", "pivot = 70"
        )
    first, second = (_read_as(example, replace(answers, serials=serials)) for serials in (1900, 1904))
    readings = f": {first} in the 1900 system, {second} in the 1904 system" if first and second else ""
    found = f"{cells} {_is(count)} {'a number' if count == 1 else 'numbers'} where a date is wanted, as spreadsheets store dates"
    return Advice(
        f"{found}{readings}; export the column as YYYY-MM-DD, or state serials = 1900 (or 1904) in the plan file",
        "serials = 1900",
    )


def counted(count: int, shown: str) -> str:
    """What a question is about: the cell, or how many and one of them."""
    return shown if count == 1 else f"{count:,} cells such as {shown}"


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


def _has(count: int, one: str, many: str) -> str:
    return f"has {one}" if count == 1 else f"have {many}"


def _read_as(example: str | None, answers: Answers, *, year: bool = True) -> str | None:
    """The day that a cell would be under these answers, in words; None where there is none."""
    if example is None:
        return None
    moments = read_moments(pa.array([example], pa.string()))
    days = settle_days(moments, answers)
    number = days.number
    if answers.time_in_date == "zone":
        number = _day_in_zone(moments, number, days.valid, answers.timezone or "UTC")
    if not days.valid[0] or days.order[0] or number[0] > _LAST_DAY:
        return None
    found = dt.date.fromordinal(int(number[0]) + EPOCH)
    return f"{found.day} {MONTHS[found.month - 1]}" + (f" {found.year}" if year else "")
