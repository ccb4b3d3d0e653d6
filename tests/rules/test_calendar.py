"""Calendar arithmetic on columns, and zones."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preflight.rules import calendar

EPOCH = dt.datetime(1970, 1, 1)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10_100), st.integers(-1, 14), st.integers(-1, 33)), min_size=1))
def test_days_are_those_of_python_from_the_year_1000(triples):
    year, month, day = (np.array(part, np.int32) for part in zip(*triples, strict=True))
    found = calendar.is_day(year, month, day)
    for triple, valid in zip(triples, found.tolist(), strict=True):
        try:
            expected = dt.date(*triple).year >= 1000
        except ValueError:
            expected = False
        assert valid == expected
    numbers = calendar.day_number(year[found], month[found], day[found]).tolist()
    assert numbers == [dt.date(*triple).toordinal() - calendar.EPOCH for triple, valid in zip(triples, found, strict=True) if valid]


@pytest.mark.parametrize(
    ("name", "exists"),
    [
        ("UTC", True),
        ("utc", True),
        ("Z", True),
        ("GMT", True),
        ("Europe/Paris", True),
        ("America/New_York", True),
        ("Asia/Kathmandu", True),
        ("+02:00", True),
        ("-23:59", True),
        ("+24:00", False),
        ("+2:00", False),
        ("+0200", False),
        ("+02:60", False),
        ("02:00", False),
        ("Mars/Olympus", False),
        ("Europe", False),
        ("", False),
        (".", False),
        ("..", False),
        ("/etc/passwd", False),
        ("../UTC", False),
        ("localtime", False),
        ("Europe/Paris\0", False),
        ("É", False),
        ("x" * 5000, False),
    ],
)
def test_zone_exists(name, exists):
    assert calendar.zone_exists(name) is exists


def seconds_of(*moments):
    return np.array([int((moment - EPOCH).total_seconds()) for moment in moments], np.int64)


@pytest.mark.parametrize(
    ("zone", "moment", "offset"),
    [
        ("UTC", dt.datetime(2024, 1, 1), 0),
        ("+05:45", dt.datetime(2024, 1, 1), 20_700),
        ("-00:30", dt.datetime(1000, 1, 1), -1_800),
        ("Europe/Paris", dt.datetime(2024, 7, 1), 7_200),
        ("Europe/Paris", dt.datetime(2024, 3, 31, 2, 30), calendar.UNKNOWN),
        ("Europe/Paris", dt.datetime(2024, 10, 27, 2, 30), calendar.UNKNOWN),
        ("Europe/Paris", dt.datetime(2024, 10, 27, 3), 3_600),
        ("Pacific/Apia", dt.datetime(2011, 12, 30, 12), calendar.UNKNOWN),
        ("Pacific/Apia", dt.datetime(2011, 12, 31), 50_400),
        ("America/Sao_Paulo", dt.datetime(2018, 11, 4, 0, 30), calendar.UNKNOWN),
        ("America/Sao_Paulo", dt.datetime(2018, 2, 17, 23, 30), calendar.UNKNOWN),
        ("America/St_Johns", dt.datetime(2006, 10, 28, 23, 30), calendar.UNKNOWN),
        ("America/New_York", dt.datetime(9999, 12, 31, 23, 59, 59), -18_000),
        ("America/New_York", dt.datetime(2500, 7, 1), -14_400),
    ],
)
def test_local_offsets(zone, moment, offset):
    assert calendar.local_offsets(seconds_of(moment), zone).tolist() == [offset]


ZONES = st.sampled_from(
    ["UTC", "Europe/Paris", "America/St_Johns", "Africa/Casablanca", "Pacific/Apia", "Asia/Tehran", "America/Caracas"]
)
MOMENTS = st.lists(st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2100, 1, 1)).map(lambda one: one.replace(microsecond=0)))


@settings(deadline=None)
@given(ZONES, MOMENTS)
def test_instant_offsets_are_those_of_zoneinfo(name, moments):
    expected = [moment.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(name)).utcoffset().total_seconds() for moment in moments]
    assert calendar.instant_offsets(seconds_of(*moments), name).tolist() == expected


@settings(deadline=None)
@given(ZONES, st.integers(1950, 2050), st.integers(-200, 200))
def test_local_offsets_around_every_change_are_those_of_zoneinfo(name, year, quarter):
    zone = ZoneInfo(name)
    days = [dt.datetime(year, 1, 1) + dt.timedelta(days=day) for day in range(365)]
    changes = [
        day for day in days if day.replace(tzinfo=zone).utcoffset() != (day + dt.timedelta(1)).replace(tzinfo=zone).utcoffset()
    ]
    moments = [day + dt.timedelta(minutes=15 * quarter) for day in changes]
    offsets = [[moment.replace(tzinfo=zone, fold=fold).utcoffset().total_seconds() for fold in (0, 1)] for moment in moments]
    expected = [early if early == late else calendar.UNKNOWN for early, late in offsets]
    assert calendar.local_offsets(seconds_of(*moments), name).tolist() == expected


def test_the_last_instants_have_an_offset():
    last = seconds_of(dt.datetime(9999, 12, 31, 23, 59, 59))
    assert calendar.instant_offsets(last, "Pacific/Kiritimati").tolist() == [50_400]


def test_moments_of_nothing():
    for cells in ([], [None], [None, None, None]):
        moments = calendar.read_moments(pa.array(cells, pa.string()))
        assert moments.kind.tolist() == [calendar.NOTHING] * len(cells)


def test_moments_keep_what_is_written():
    moments = calendar.read_moments(
        pa.array(["3/4/24 10:30 PM", "2016-12-31T23:59:60.050+01:00", "Fri, 5 Jan 2024", "45000.5", "x"])
    )
    assert moments.kind.tolist() == [calendar.ORDERED, calendar.CERTAIN, calendar.CERTAIN, calendar.SERIAL, calendar.NOTHING]
    assert moments.year.tolist() == [24, 2016, 2024, 45_000, 0]
    assert list(zip(moments.first.tolist(), moments.second.tolist(), strict=True))[:3] == [(3, 4), (12, 31), (1, 5)]
    assert moments.short.tolist() == [True, False, False, False, False]
    assert moments.weekday.tolist() == [-1, -1, 4, -1, -1]
    assert moments.clock.tolist() == [81_000, 86_399, -1, 43_200, -1]
    assert moments.leap.tolist() == [False, True, False, False, False]
    assert list(zip(moments.fraction.tolist(), moments.digits.tolist(), strict=True))[1] == (50, 3)
    assert moments.offset.tolist() == [calendar.NAIVE, 60, calendar.NAIVE, calendar.NAIVE, calendar.NAIVE]
