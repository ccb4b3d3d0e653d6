"""Mojibake: what is found, and what undoing it gives."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.rules.mojibake import is_mojibake, repaired


def column(*cells: str | None) -> Any:
    return pa.array(cells, pa.string())


def test_a_mask_without_nulls_as_long_as_the_column() -> None:
    cells = column("CafÃ©", None, "Café", "plain", "caf\ufffd")
    assert is_mojibake(cells).to_pylist() == [True, False, False, False, True]
    assert is_mojibake(cells.slice(1, 3)).to_pylist() == [False, False, False]
    assert is_mojibake(column()).to_pylist() == []
    assert is_mojibake(column(None)).to_pylist() == [False]


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("first\r\nCafÃ©\tx", "first\r\nCafé\tx"),  # text of several lines
        ("  CafÃ© ", "Café"),
        ("voilÃ\u00a0 tout", "voilà tout"),  # the cell as it stood before its blanks were collapsed
        ("Â\u00a0x", "x"),
        ("plain", "plain"),
        ("Ã", None),
        ("日本", None),  # not in cp1252 at all
        ("Â\x81", None),  # a control character is nobody's meaning
    ],
)
def test_undoing(value: str, meant: str | None) -> None:
    assert repaired(value) == meant


@given(st.lists(st.none() | st.text(max_size=8), max_size=6))
def test_any_text_gets_an_answer(cells: list[str | None]) -> None:
    mask = is_mojibake(column(*cells))
    assert len(mask) == len(cells)
    assert mask.null_count == 0
    for cell in filter(None, cells):
        assert repaired(cell) is None or repaired(cell) == repaired(cell).strip()  # type: ignore[union-attr]
