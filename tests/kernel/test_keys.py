"""The match key over all rows."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.kernel.keys import Duplicates, KeyPart, digests_of, find_duplicates, told_apart
from preflight.rows import Chunk

KEYS = st.lists(st.one_of(st.none(), st.sampled_from(["a.com", "b.com", "c.com", "d" * 20, ""])), max_size=20)


def parts_of(keys: list[str | None], size: int) -> list[KeyPart]:
    return [KeyPart.of(at, pa.array(keys[at : at + size], pa.string())) for at in range(0, len(keys), size)]


@given(KEYS, st.integers(1, 20))
def test_groups_are_the_rows_of_equal_keys_however_they_are_cut(keys: list[str | None], size: int) -> None:
    expected: dict[str, list[int]] = defaultdict(list)
    for row, key in enumerate(keys):
        if key is not None:
            expected[key].append(row)
    groups = {key: rows for key, rows in expected.items() if len(rows) > 1}
    found = find_duplicates(parts_of(keys, size)[::-1])
    assert list(found.keys) == list(groups)
    assert [found.members(number).tolist() for number in range(len(groups))] == list(groups.values())
    assert found.rows.tolist() == sorted(row for rows in groups.values() for row in rows)


def test_equal_hashes_of_different_keys_are_no_duplicates() -> None:
    same = np.array([5, 5, 5], dtype=np.uint64)
    found = find_duplicates([KeyPart(0, pa.array(["a", "b", "a"]), same)])
    assert (found.rows.tolist(), found.keys) == ([0, 2], ("a",))
    assert find_duplicates([KeyPart(0, pa.array(["a", "b", "c"]), same)]).keys == ()


FOUND = find_duplicates(parts_of(["x", "a", "b", "a", "b", "a"], 2))


@pytest.mark.parametrize(("start", "length", "rows", "groups"), [(0, 2, [1], [0]), (2, 2, [0, 1], [1, 0]), (4, 9, [0, 1], [1, 0])])
def test_the_duplicates_within_a_chunk(start: int, length: int, rows: list[int], groups: list[int]) -> None:
    within = FOUND.within(start, length)
    assert [part.tolist() for part in within] == [rows, groups]


def test_the_ends_of_groups() -> None:
    assert FOUND.ends(np.array([0, 1, 0]), "first").tolist() == [1, 2, 1]
    assert FOUND.ends(np.array([0, 1, 0]), "last").tolist() == [5, 4, 5]


def test_no_keys() -> None:
    assert find_duplicates([]).rows.tolist() == []
    assert Duplicates().within(0, 10)[0].tolist() == []


def test_paths_of_addresses_are_listed_where_they_differ() -> None:
    part = KeyPart.of(0, pa.array(["a", "a", "b", "b"]), pa.array(["/x", None, "/y", "/y"]))
    assert find_duplicates([part]).paths == (("/x", "/"), ())


def test_rows_that_agree_in_every_column_are_told_apart_from_others() -> None:
    other = pa.array(["p", None, "q", "p", "r", "p"])
    digests = [
        digests_of(FOUND, Chunk((pa.array(["x", "a", "b", "a", "b", "a"]).slice(at, 3), other.slice(at, 3)), at, 3))
        for at in (0, 3)
    ]
    assert told_apart(FOUND, np.concatenate(digests)).identical.tolist() == [False, False]
    same = Chunk((pa.array(["x", "a", "b", "a", "b", "a"]), pa.array(["x", None, "q", None, "r", None])), 0, 6)
    assert told_apart(FOUND, digests_of(FOUND, same)).identical.tolist() == [True, False]
