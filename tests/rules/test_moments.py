"""How dates and times are written."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa

from preflight.rules import calendar
from preflight.rules.moments import read_moments

EPOCH = dt.datetime(1970, 1, 1)


def test_moments_of_nothing():
    for cells in ([], [None], [None, None, None]):
        moments = read_moments(pa.array(cells, pa.string()))
        assert moments.kind.tolist() == [calendar.NOTHING] * len(cells)


def test_moments_keep_what_is_written():
    moments = read_moments(pa.array(["3/4/24 10:30 PM", "2016-12-31T23:59:60.050+01:00", "Fri, 5 Jan 2024", "45000.5", "x"]))
    assert moments.kind.tolist() == [calendar.ORDERED, calendar.CERTAIN, calendar.CERTAIN, calendar.SERIAL, calendar.NOTHING]
    assert moments.year.tolist() == [24, 2016, 2024, 45_000, 0]
    assert list(zip(moments.first.tolist(), moments.second.tolist(), strict=True))[:3] == [(3, 4), (12, 31), (1, 5)]
    assert moments.short.tolist() == [True, False, False, False, False]
    assert moments.weekday.tolist() == [-1, -1, 4, -1, -1]
    assert moments.clock.tolist() == [81_000, 86_399, -1, 43_200, -1]
    assert moments.leap.tolist() == [False, True, False, False, False]
    assert list(zip(moments.fraction.tolist(), moments.digits.tolist(), strict=True))[1] == (50, 3)
    assert moments.offset.tolist() == [calendar.NAIVE, 60, calendar.NAIVE, calendar.NAIVE, calendar.NAIVE]
