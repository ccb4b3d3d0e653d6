"""Damage by spreadsheets: text of digits that became a number."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from preflight.rules.damage import advise_damage, read_undamaged


def column(*cells: str | None) -> Any:
    return pa.array(cells, pa.string())


@pytest.mark.parametrize("cells", [column(), column(None), column("0042", "a.b", "x,y", "1E+", "E+10", "12.3E+4", "1.0.0")])
def test_no_damage_gives_the_same_object(cells: Any) -> None:
    reading = read_undamaged(cells)
    assert reading.text is cells
    assert reading.faults == ()


def test_damage_is_blank_in_the_text_and_one_fault() -> None:
    reading = read_undamaged(column("x", "1E+10", None, "5.0", "y").slice(1))
    assert reading.text.to_pylist() == [None, None, None, "y"]
    assert [(fault.code, fault.mask.to_pylist()) for fault in reading.faults] == [("PF311", [True, False, True, False])]


@pytest.mark.parametrize(("value", "suggestion"), [("5.0", "5"), ("-0.0", "-0"), ("1E+10", None), ("1" * 16 + ".0", None)])
def test_words(value: str, suggestion: str | None) -> None:
    advice = advise_damage(value, '"v"', "a code")
    assert advice.message.startswith('"v" is a code that ')
    assert not advice.message.endswith(".")
    assert advice.suggestion == suggestion
