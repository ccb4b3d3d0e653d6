"""Counting bad values: exact, whatever their number, and however the rows are cut."""

from __future__ import annotations

import itertools
from collections import Counter

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from preflight.kernel.counts import Counted, ValueCounts

VALUES = st.lists(st.integers(0, 30).map(lambda one: f"v{int(one**1.3)}"), min_size=1, max_size=120)


def counted(values: list[str], cuts: list[int]) -> ValueCounts:
    found = ValueCounts()
    bounds = sorted({0, len(values), *(cut for cut in cuts if cut < len(values))})
    for start, stop in itertools.pairwise(bounds):
        found.add(Counted.of(pa.array(values[start:stop])))
    return found


@given(VALUES, st.lists(st.integers(1, 119), max_size=10))
def test_counts_are_exact_however_the_rows_are_cut(values: list[str], cuts: list[int]) -> None:
    found, expected = counted(values, cuts), Counter(values)
    assert found.distinct == len(expected)
    ranked = sorted(expected.items(), key=lambda one: (-one[1], values.index(one[0])))
    assert found.top() == tuple(ranked[:5])


def test_a_value_that_comes_late_among_many_is_still_found() -> None:
    found = ValueCounts()
    for start in range(0, 30_000, 5_000):
        found.add(Counted.of(pa.array([f"n{one}" for one in range(start, start + 5_000)])))
    found.add(Counted.of(pa.array(["late"] * 3 + ["n7"])))
    assert found.top()[:3] == (("late", 3), ("n7", 2), ("n0", 1))
    assert found.distinct == 30_001


def test_nothing_counted() -> None:
    assert (ValueCounts().distinct, ValueCounts().top()) == (0, ())


def test_an_empty_text_among_the_leaders_is_kept() -> None:
    found = ValueCounts()
    for values in (["", "", "a"], ["b"] * 3):
        found.add(Counted.of(pa.array(values)))
        found.fold()
    assert found.top() == (("b", 3), ("", 2), ("a", 1))
