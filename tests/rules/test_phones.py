"""Telephone numbers are kept as they are written; damage by spreadsheets is refused."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from preflight.contract.field import Answers, Field, FieldType
from preflight.rules import phones

FIELD = Field("phone", FieldType.PHONE)


def column(*cells: str | None) -> Any:
    return pa.array(cells, pa.string())


@pytest.mark.parametrize("value", ["4155550000.0", "1E+10", "4.15555E+09", "+4.15555E+09"])
def test_damage_is_refused(value: str) -> None:
    reading = phones.read(column("+1 415 555 0100", value, None), FIELD, Answers())
    assert reading.text.to_pylist() == ["+1 415 555 0100", None, None]
    assert [(fault.code, fault.mask.to_pylist()) for fault in reading.faults] == [("PF311", [False, True, False])]


@pytest.mark.parametrize(
    "value", ["+1 (415) 555-0100", "0049 30 1234", "415.555.0100", "555-0100 ext. 12", "call the desk", "1-800-ACME"]
)
def test_everything_else_is_kept(value: str) -> None:
    cells = column(value, None)
    assert phones.read(cells, FIELD, Answers()).text is cells
    assert phones.to_typed(cells, FIELD) is cells


@pytest.mark.parametrize(("value", "suggestion"), [("4155550000.0", "4155550000"), ("4.15555E+09", None)])
def test_words(value: str, suggestion: str | None) -> None:
    advice = phones.advise("PF311", value, f'"{value}"', FIELD, Answers())
    assert advice.message.startswith(f'"{value}" is a telephone number')
    assert advice.suggestion == suggestion
