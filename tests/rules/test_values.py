"""The rules about values."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.contract.field import Answers, Field
from preflight.rules import values

KINDS = [pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())]


def column(*cells, kind=None):
    return pa.array(cells, kind or pa.string())


@pytest.mark.parametrize("kind", KINDS)
class TestEveryStorageOfText:
    def test_too_long_counts_characters(self, kind):
        cells = column("abc", "abcd", "äöü", "äöüß", "👩‍👩", None, "", kind=kind)
        assert values.too_long(cells, 3).to_pylist() == [False, True, False, True, False, False, False]

    def test_not_allowed_is_exact(self, kind):
        assert values.not_allowed(column("a", "A", "a ", None, kind=kind), ("a", "b")).to_pylist() == [False, True, True, False]

    def test_nothing_is_allowed_by_an_empty_list(self, kind):
        assert values.not_allowed(column("a", None, kind=kind), ()).to_pylist() == [True, False]

    def test_pattern_is_a_full_match(self, kind):
        cells = column("a", "a\n", "\na", "ab", "b", "", None, kind=kind)
        assert values.pattern_fails(cells, "a|b").to_pylist() == [False, True, True, True, False, True, False]
        assert values.pattern_fails(cells, "^a$").to_pylist() == [False, True, True, True, True, True, False]
        assert values.pattern_fails(cells, "(?m)^a$").to_pylist() == [False, True, True, True, True, True, False]

    def test_blank(self, kind):
        assert values.blank(column("a", "", " ", "\u00a0", None, kind=kind)).to_pylist() == [False, True, True, True, True]

    def test_slices_and_empty_columns(self, kind):
        cells = column("abcd", None, "ab", "", kind=kind).slice(1)
        assert values.too_long(cells, 1).to_pylist() == [False, True, False]
        assert values.pattern_fails(cells, "ab").to_pylist() == [False, False, True]
        assert values.not_allowed(cells, ("ab",)).to_pylist() == [False, False, True]
        assert values.blank(cells).to_pylist() == [True, False, True]
        for found in (values.too_long(cells[:0], 1), values.pattern_fails(cells[:0], "a"), values.blank(cells[:0])):
            assert found.equals(pa.array([], pa.bool_()))


def test_a_dictionary_with_a_null_value():
    cells = pa.DictionaryArray.from_arrays(pa.array([0, 1, None], pa.int32()), column("ab", None))
    assert values.too_long(cells, 1).to_pylist() == [True, False, False]
    assert values.blank(cells).to_pylist() == [False, True, True]


def test_typed_columns_are_judged_by_their_writing():
    assert values.too_long(pa.array([7, 1234, None]), 3).to_pylist() == [False, True, False]
    assert values.not_allowed(pa.array([True, False]), ("true",)).to_pylist() == [False, True]
    assert values.pattern_fails(pa.array([date(2024, 1, 2)]), r"2024-\d\d-\d\d").to_pylist() == [False]
    assert values.blank(pa.array([1, None])).to_pylist() == [False, True]


@pytest.mark.parametrize(
    ("cells", "low", "high", "failing"),
    [
        (pa.array([0, 1, 5, 6, None]), "1", "5", [True, False, False, True, False]),
        (pa.array([0, 1], pa.int32()), None, "0", [False, True]),
        (pa.array([0, 1]), "0.5", "0.9", [True, True]),
        (pa.array([2**63 - 1]), None, "1e30", [False]),
        (pa.array([0.5, 1.5, float("nan"), None]), "0", "1", [False, True, True, False]),
        (pa.array([0.5, None]), None, None, [False, False]),
        (pa.array([date(2024, 1, 1), date(2024, 12, 31), None]), "2024-01-02", "2024-12-31", [True, False, False]),
        (pa.array([datetime(2024, 1, 1, 12)], pa.timestamp("us")), "2024-01-01", "2024-01-01", [False]),
        (pa.array([datetime(2024, 1, 2)], pa.timestamp("ns")), None, "2024-01-01", [True]),
        (pa.array([datetime(2024, 1, 1, 12, tzinfo=UTC)], pa.timestamp("us", "UTC")), None, "2024-01-01T13:00:00+02:00", [True]),
        (pa.array([datetime(2024, 1, 1, 12, tzinfo=UTC)], pa.timestamp("s", "+01:00")), "2024-01-01T12:00:00", None, [False]),
        (pa.array([7, 9, None]).dictionary_encode(), None, "8", [False, True, False]),
        (pa.array([], pa.int64()), "1", None, []),
    ],
)
def test_out_of_range(cells, low, high, failing):
    found = values.out_of_range(cells, low, high)
    assert found.type == pa.bool_()
    assert found.to_pylist() == failing


@pytest.mark.parametrize(("cells", "low"), [(pa.array([1]), "x"), (pa.array([date(2024, 1, 1)]), "x"), (column("a"), "1")])
def test_limits_that_do_not_read_are_told(cells, low):
    with pytest.raises(ValueError):
        values.out_of_range(cells, low, None)


def test_a_pattern_that_does_not_compile_is_told():
    with pytest.raises(ValueError):
        values.pattern_fails(column("a"), "(")


FIELD = Field(
    "f", max_length=500, min="1", max="5", pattern="[A-Z]+", values=("Software", "Retail"), synonyms=(("Technology", "Software"),)
)


@pytest.mark.parametrize(
    ("code", "value", "field", "message", "suggestion"),
    [
        ("PF401", "", FIELD, "it is blank where a value is required; fill it in", None),
        ("PF403", "x" * 1612, FIELD, "it has 1,612 characters where the field takes 500; shorten it", None),
        ("PF404", "7", FIELD, "it is outside 1 to 5; give a value within these limits", None),
        ("PF404", "7", Field("f", max="5"), "it is above 5; give a value of at most that", None),
        ("PF404", "0", Field("f", min="1"), "it is below 1; give a value of at least that", None),
        ("PF405", "sofware", FIELD, 'it is not on the list of the field; use one of "Software", "Retail"', "Software"),
        ("PF405", "technolgy", FIELD, 'it is not on the list of the field; use one of "Software", "Retail"', "Software"),
        ("PF406", "x", FIELD, "it does not have the form that the field wants; write it so that it matches [A-Z]+", None),
    ],
)
def test_words(code, value, field, message, suggestion):
    advice = values.advise(code, value, "it", field, Answers())
    assert (advice.message, advice.suggestion) == (message, suggestion)


cells_of = st.lists(st.one_of(st.none(), st.text(max_size=6)))


class TestPromises:
    @given(cells_of, st.integers(0, 6))
    def test_length_is_that_of_python(self, cells, limit):
        assert values.too_long(column(*cells), limit).to_pylist() == [cell is not None and len(cell) > limit for cell in cells]

    @given(cells_of, st.sampled_from(["[a-z]+", "a|bc", "", ".*", "(a)?b"]))
    def test_pattern_is_that_of_python(self, cells, pattern):
        expected = [cell is not None and re.fullmatch(pattern, cell) is None for cell in cells]
        assert values.pattern_fails(column(*cells), pattern).to_pylist() == expected

    @given(st.lists(st.one_of(st.none(), st.integers(-9, 9))), st.integers(-9, 9), st.integers(-9, 9))
    def test_range_is_that_of_python(self, cells, low, high):
        expected = [cell is not None and not low <= cell <= high for cell in cells]
        assert values.out_of_range(pa.array(cells, pa.int64()), str(low), str(high)).to_pylist() == expected

    @given(cells_of, st.integers(0, 4))
    def test_dictionaries_change_nothing(self, cells, limit):
        plain, coded = column(*cells), column(*cells).dictionary_encode()
        assert values.too_long(coded, limit).equals(values.too_long(plain, limit))
        assert values.not_allowed(coded, ("a",)).equals(values.not_allowed(plain, ("a",)))
        assert values.blank(coded).equals(values.blank(plain))

    def test_a_fold_keeps_hyphens_and_underscores(self):
        assert [values.fold(value) for value in ("A  b", "A-B", "a_b", " a ")] == ["a b", "a-b", "a_b", "a"]
