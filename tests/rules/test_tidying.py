"""The look at the bytes of a column: it may say "perhaps" too often, but never "nowhere" where there is something."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.rules.tidying import STEPS, Look, bytes_of, cells_at, found_in


def column(*cells: str | None) -> Any:
    return pa.array(cells, pa.string())


@pytest.mark.parametrize(
    ("cells", "seen"),
    [
        ((), Look()),
        ((None, None), Look()),
        (("a b", None, "c"), Look()),
        ((" a",), Look(edge=True)),
        (("a ",), Look(edge=True)),
        (("a  b",), Look(doubled=True)),
        (("",), Look(empty=True)),
        (("a\x7fb",), Look(control=True)),
        (("a\tb",), Look(control=True)),
        (("é",), Look(ascii=False)),
        (("a\u00a0b",), Look(ascii=False, wide=True)),
        (("\u200ba",), Look(ascii=False, wide=True, composes=True)),
        (("a\u0301",), Look(ascii=False, composes=True)),
    ],
)
def test_what_is_seen(cells: tuple[str | None, ...], seen: Look) -> None:
    look = Look.from_cells(column(*cells))
    assert look == seen
    assert look.is_clean == (seen in (Look(), Look(ascii=False)))


def test_two_blanks_are_found_where_blocks_of_the_search_meet() -> None:
    for before in range((1 << 17) - 2, (1 << 17) + 2):
        assert Look.from_cells(column("x" * before + "  x")).doubled


def test_a_slice_shows_its_own_bytes_alone() -> None:
    found, bounds = bytes_of(column("  a", "bc", None, "d", "é").slice(1, 3))
    assert found.tobytes() == b"bcd"
    assert bounds.tolist() == [0, 2, 2, 3]


@given(
    st.text(max_size=20),
    st.text(st.characters(min_codepoint=0x80, max_codepoint=0xFFFF, exclude_categories=["Cs"]), min_size=1, max_size=8),
)
def test_characters_are_found_exactly(text: str, characters: str) -> None:
    assert found_in(bytes_of(column("x", text))[0], characters) == any(mark in text for mark in characters)


@given(
    st.text(st.sampled_from("\u2018\u2019\u2028\u200b\u2060\xa0\xe9\u3000a"), max_size=6),
    st.sampled_from(["\u2028\u2029\u200b", "\xa0\u3000", "\u2060"]),
)
def test_neighbours_with_the_same_first_byte_are_told_apart(text: str, characters: str) -> None:
    assert found_in(bytes_of(column(text))[0], characters) == any(mark in text for mark in characters)


@pytest.mark.parametrize(
    ("texts", "offset", "positions", "expected"),
    [
        (["ab", "cd", "e"], 0, [0, 1, 4], [True, False, True]),
        (["ab", "", "", "cd"], 0, [2], [False, False, False, True]),
        (["ab", None, "cd"], 0, [1], [True, False, False]),
        (["ab", "cd", "e"], 1, [0], [True, False]),
        (["", ""], 0, [], [False, False]),
        ([], 0, [], []),
    ],
)
def test_a_byte_belongs_to_the_cell_in_which_it_stands(
    texts: list[str | None], offset: int, positions: list[int], expected: list[bool]
) -> None:
    _, bounds = bytes_of(pa.array(texts, pa.string()).slice(offset))
    assert cells_at(bounds, np.array(positions, np.int64)).to_pylist() == expected


def test_a_blank_at_the_edges_of_two_neighbours_is_not_a_doubled_one() -> None:
    collapse = next(step for step in STEPS if step.name == "blanks-collapsed")
    cells = pa.array(["a ", " b", "c  d", "e\tf", "g\u00a0h"], pa.string())
    assert collapse.apply(cells).to_pylist() == ["a ", " b", "c d", "e f", "g h"]
    assert collapse.apply(cells.slice(0, 2)).to_pylist() == ["a ", " b"]
