"""Time zones on columns: the offset of local times and of instants, from the system's zone database."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import numpy.typing as npt

from preflight.rules.calendar import DAY, EPOCH

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["UNKNOWN", "instant_offsets", "local_offsets", "zone_exists"]

Numbers = npt.NDArray[Any]

_FIXED = re.compile(r"([+-])([01]\d|2[0-3]):([0-5]\d)")
_EPOCH = dt.datetime(1970, 1, 1)
_LAST = (dt.date.max.toordinal() - EPOCH + 1) * DAY - 1
UNKNOWN = 10**9
"""The offset, in seconds, of a local time that the zone skips or has twice."""


@cache
def _zone(name: str) -> dt.tzinfo:
    """The zone of that name. Raises ZoneInfoNotFoundError or ValueError."""
    if name.upper() in ("UTC", "GMT", "Z"):
        return dt.UTC
    if fixed := _FIXED.fullmatch(name):
        sign, hour, minute = fixed.groups()
        return dt.timezone(dt.timedelta(minutes=(int(hour) * 60 + int(minute)) * (-1 if sign == "-" else 1)))
    if name in ("localtime", "posixrules", "Factory"):  # files of the database, but not the name of a zone
        raise ZoneInfoNotFoundError(name)
    return ZoneInfo(name)


def zone_exists(name: str) -> bool:
    """Whether it is UTC, an offset such as ``+02:00``, or a name in this machine's zone database."""
    try:
        _zone(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def local_offsets(seconds: Numbers, name: str) -> Numbers:
    """The offset, in seconds east, at each local time (seconds from 1970); UNKNOWN where there are two such times, or none."""
    zone = _zone(name)

    def at(second: int, fold: int) -> int:
        return _in_seconds(zone.utcoffset((_EPOCH + dt.timedelta(seconds=second)).replace(fold=fold)))

    def single(second: int) -> int:
        return found if (found := at(second, 0)) == at(second, 1) else UNKNOWN

    return _by_day(seconds, lambda day: (at(day, 0), at(day + DAY - 1, 1)), single)


def instant_offsets(seconds: Numbers, name: str) -> Numbers:
    """The offset, in seconds east, at each instant (UTC seconds from 1970), years 1 to 9999."""
    zone = _zone(name)

    def at(second: int) -> int:
        # The last days of year 9999 have no local time in the east: the day before stands in.
        moment = (_EPOCH + dt.timedelta(seconds=min(second, _LAST - 2 * DAY))).replace(tzinfo=dt.UTC)
        return _in_seconds(moment.astimezone(zone).utcoffset())

    return _by_day(seconds, lambda day: (at(day), at(day + DAY - 1)), at)


def _in_seconds(offset: dt.timedelta | None) -> int:
    return 0 if offset is None else round(offset.total_seconds())


def _by_day(seconds: Numbers, ends: Callable[[int], tuple[int, int]], single: Callable[[int], int]) -> Numbers:
    """An offset for each second: one look per distinct day, and one per distinct second on the days when the offset changes."""
    days, which = np.unique(seconds // DAY, return_inverse=True)
    looked = np.array([ends(day * DAY) for day in days.tolist()], np.int64).reshape(-1, 2)
    offsets = looked[:, 0][which]
    changing = np.flatnonzero((looked[:, 0] != looked[:, 1])[which])
    if len(changing):
        distinct, back = np.unique(seconds[changing], return_inverse=True)
        offsets[changing] = np.array([single(second) for second in distinct.tolist()], np.int64)[back]
    return offsets
