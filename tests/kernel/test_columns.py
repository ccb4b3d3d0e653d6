"""Arrow steps: distinct values, hashes, masks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.contract.columns import Feed, How
from preflight.contract.field import Field
from preflight.kernel.columns import any_of, broken_rows, cells_of, differs, distinct_of, hash_text, is_none, rows_of
from preflight.rows import Chunk


class TestDistinct:
    def test_repeated_values_are_worked_once_and_spread_back(self) -> None:
        cells = pa.array(["a", None, "b", "a"] * 50)
        distinct = distinct_of(cells)
        assert distinct.repeats
        assert distinct.values.to_pylist() == ["a", "b"]
        assert distinct.spread(pa.array(["A", "B"])).to_pylist() == ["A", None, "B", "A"] * 50
        assert distinct.spread_mask(pa.array([True, False])).to_pylist() == [True, False, False, True] * 50

    @pytest.mark.parametrize("cells", [["a"] * 10, [f"v{one}" for one in range(100)], []])
    def test_few_or_different_values_stay_a_column(self, cells: list[str]) -> None:
        column = pa.array(cells, pa.string())
        assert distinct_of(column).values is column
        assert not distinct_of(column).repeats


class TestHash:
    @given(st.lists(st.one_of(st.none(), st.text(max_size=40)), max_size=20), st.integers(0, 5))
    def test_equal_texts_have_equal_hashes_wherever_they_stand(self, texts: list[str | None], start: int) -> None:
        whole = hash_text(pa.array(texts, pa.string()))
        assert np.array_equal(hash_text(pa.array(texts, pa.string()).slice(start)), whole[start:])
        groups: dict[str | None, set[int]] = {}
        for text, one in zip(texts, whole.tolist(), strict=True):
            groups.setdefault(text, set()).add(one)
        assert all(len(one) == 1 for one in groups.values())
        assert len({min(one) for one in groups.values()}) == len(groups)

    def test_nulls_are_zero_and_the_hash_is_fixed(self) -> None:
        assert hash_text(pa.array([None, "", "acme.com"])).tolist() == [0, 12716208069505033823, 9047321716979580547]

    def test_texts_that_differ_in_length_or_late_differ(self) -> None:
        around = [f"{'a' * at}b{'a' * (600 - at)}" for at in range(601)]
        texts = [*around, "", "\0", "\0\0", "a" * 8, "a" * 9, "a" * 16, "a" * 16 + "\0", "x" * 1000, "x" * 999 + "y"]
        assert len(set(hash_text(pa.array(texts)).tolist())) == len(texts)

    def test_long_texts_are_hashed_alike_wherever_they_stand(self) -> None:
        long = ["x" * length + end for length in (510, 511, 512, 513, 520, 5000) for end in ("", "a", "b")]
        texts = pa.array(["short", None, *long, *long])
        hashes = hash_text(texts)
        assert np.array_equal(hashes[2 : 2 + len(long)], hashes[2 + len(long) :])
        assert np.array_equal(hash_text(texts.slice(3)), hashes[3:])
        assert len(set(hashes.tolist())) == len(set(texts.to_pylist()))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (["a", "b"], ["a", "b"], None),
        (["a", None], ["a", None], None),
        (["a", None, "c"], ["a", "b", None], [False, True, True]),
        ([], [], None),
    ],
)
def test_where_columns_differ(one: list[Any], other: list[Any], expected: list[bool] | None) -> None:
    found = differs(pa.array(one, pa.string()), pa.array(other, pa.string()))
    assert (None if found is None else found.to_pylist()) == expected


def test_masks() -> None:
    masks = [pa.array([True, False, False]), pa.array([False, False, True])]
    assert any_of(masks, 3).to_pylist() == [True, False, True]
    assert any_of([], 2).to_pylist() == [False, False]
    assert is_none(pa.array([True, False]).slice(1))
    assert not is_none(pa.array([True, False]))
    assert is_none(pa.array([], pa.bool_()))
    assert rows_of(pa.array([False, True, True])).tolist() == [1, 2]


def test_records_of_another_width_and_stray_quotes_are_broken() -> None:
    columns = (pa.array(["a"] * 3), pa.array(["b"] * 3))
    chunk = Chunk(columns, 0, 3, cells=pa.array([2, 3, 2]), stray=pa.array([False, False, True]))
    assert broken_rows(chunk).to_pylist() == [False, True, True]
    assert broken_rows(chunk, invert=True).to_pylist() == [True, False, False]
    assert broken_rows(Chunk(columns, 0, 3)).to_pylist() == [False] * 3


def test_cells_come_from_the_column_or_the_constant() -> None:
    chunk = Chunk((pa.array(["a", None]),), 0, 2)
    assert cells_of(Feed(Field("x"), How.EXACT, column=0), chunk).to_pylist() == ["a", None]
    assert cells_of(Feed(Field("x"), How.SET, constant="c"), chunk).to_pylist() == ["c", "c"]
