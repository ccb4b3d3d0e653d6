"""Time zones on columns."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preflight.rules import zones

EPOCH = dt.datetime(1970, 1, 1)


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
    assert zones.zone_exists(name) is exists


def seconds_of(*moments):
    return np.array([int((moment - EPOCH).total_seconds()) for moment in moments], np.int64)


@pytest.mark.parametrize(
    ("zone", "moment", "offset"),
    [
        ("UTC", dt.datetime(2024, 1, 1), 0),
        ("+05:45", dt.datetime(2024, 1, 1), 20_700),
        ("-00:30", dt.datetime(1000, 1, 1), -1_800),
        ("Europe/Paris", dt.datetime(2024, 7, 1), 7_200),
        ("Europe/Paris", dt.datetime(2024, 3, 31, 2, 30), zones.UNKNOWN),
        ("Europe/Paris", dt.datetime(2024, 10, 27, 2, 30), zones.UNKNOWN),
        ("Europe/Paris", dt.datetime(2024, 10, 27, 3), 3_600),
        ("Pacific/Apia", dt.datetime(2011, 12, 30, 12), zones.UNKNOWN),
        ("Pacific/Apia", dt.datetime(2011, 12, 31), 50_400),
        ("America/Sao_Paulo", dt.datetime(2018, 11, 4, 0, 30), zones.UNKNOWN),
        ("America/Sao_Paulo", dt.datetime(2018, 2, 17, 23, 30), zones.UNKNOWN),
        ("America/St_Johns", dt.datetime(2006, 10, 28, 23, 30), zones.UNKNOWN),
        ("America/New_York", dt.datetime(9999, 12, 31, 23, 59, 59), -18_000),
        ("America/New_York", dt.datetime(2500, 7, 1), -14_400),
    ],
)
def test_local_offsets(zone, moment, offset):
    assert zones.local_offsets(seconds_of(moment), zone).tolist() == [offset]


ZONES = st.sampled_from(
    ["UTC", "Europe/Paris", "America/St_Johns", "Africa/Casablanca", "Pacific/Apia", "Asia/Tehran", "America/Caracas"]
)
MOMENTS = st.lists(st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2100, 1, 1)).map(lambda one: one.replace(microsecond=0)))


@settings(deadline=None)
@given(ZONES, MOMENTS)
def test_instant_offsets_are_those_of_zoneinfo(name, moments):
    expected = [moment.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(name)).utcoffset().total_seconds() for moment in moments]
    assert zones.instant_offsets(seconds_of(*moments), name).tolist() == expected


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
    expected = [early if early == late else zones.UNKNOWN for early, late in offsets]
    assert zones.local_offsets(seconds_of(*moments), name).tolist() == expected


def test_the_last_instants_have_an_offset():
    last = seconds_of(dt.datetime(9999, 12, 31, 23, 59, 59))
    assert zones.instant_offsets(last, "Pacific/Kiritimati").tolist() == [50_400]
