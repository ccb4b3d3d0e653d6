"""What dates and times share: calendar arithmetic on columns, and cells as numbers. Nothing here knows a code."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["CERTAIN", "DAY", "EPOCH", "MONTHS", "NAIVE", "NOTHING", "ORDERED", "SERIAL", "Moments", "day_number", "is_day"]

Numbers = npt.NDArray[Any]

DAY = 86_400
"""Seconds in a day."""

EPOCH = dt.date(1970, 1, 1).toordinal()
"""The ordinal of the day from which days and seconds are counted."""

NAIVE = 9_999
"""The offset, in minutes, of a time that states none."""

NOTHING, CERTAIN, ORDERED, SERIAL = range(4)
"""What a cell holds: no date; year, month and day; two numbers whose order is a question; the day number of a spreadsheet."""

# fmt: off
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)
# fmt: on
_SHORT_MONTHS = np.array([4, 6, 9, 11])

_BLANK: dict[str, tuple[type[Any], int]] = {
    **dict.fromkeys(("year", "first", "second"), (np.int32, 0)),
    **dict.fromkeys(("short", "leap"), (np.bool_, 0)),
    **dict.fromkeys(("kind", "digits"), (np.int8, 0)),
    "weekday": (np.int8, -1),
    "clock": (np.int32, -1),
    "fraction": (np.int64, 0),
    "offset": (np.int32, NAIVE),
}


@dataclass(frozen=True, slots=True)
class Moments:
    """Cells as numbers, one numpy value per cell, filled shape by shape.

    `first` and `second` are month and day where `kind` is CERTAIN, and as written where it is ORDERED; `year` is the day number
    where it is SERIAL. `short` marks years of two digits. `weekday` is -1, or 0 for Monday. `clock` is the second of the day, -1
    where no time is written; `leap` marks second 60, whose clock is that of second 59. `digits` is how many digits of `fraction`
    are written. `offset` is in minutes east, or NAIVE.
    """

    kind: Numbers
    year: Numbers
    first: Numbers
    second: Numbers
    short: Numbers
    weekday: Numbers
    clock: Numbers
    leap: Numbers
    fraction: Numbers
    digits: Numbers
    offset: Numbers

    @classmethod
    def of_length(cls, length: int) -> Moments:
        """That many cells which hold nothing yet."""
        return cls(**{name: np.full(length, blank, kind) for name, (kind, blank) in _BLANK.items()})

    def put(self, at: Numbers, **columns: Any) -> None:
        """Fill these columns at those cells."""
        for name, values in columns.items():
            getattr(self, name)[at] = values


def is_day(year: Numbers, month: Numbers, day: Numbers) -> Numbers:
    """Which triples are days of the Gregorian calendar, year 1000 to 9999: an earlier one is a year written with too few digits."""
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    length = 31 - np.isin(month, _SHORT_MONTHS) - np.where(month == 2, 3 - leap.astype(np.int32), 0)
    found: Numbers = (year >= 1000) & (year <= 9999) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= length)
    return found


def day_number(year: Numbers, month: Numbers, day: Numbers) -> Numbers:
    """Days from 1970 for each triple that is a day."""
    months = (year.astype(np.int64) - 1970) * 12 + month - 1
    start = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    found: Numbers = start + day - 1
    return found
