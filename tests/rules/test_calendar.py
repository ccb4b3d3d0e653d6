"""Calendar arithmetic on columns."""

from __future__ import annotations

import datetime as dt

import numpy as np
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
