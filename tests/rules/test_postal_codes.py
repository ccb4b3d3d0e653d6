"""Postal codes are text; damage is refused, and lost zeros are told where the column proves them."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from preflight.contract.field import Answers, Field, FieldType
from preflight.rules import postal_codes

FIELD = Field("postal_code", FieldType.POSTAL_CODE)


def column(*cells: str | None) -> Any:
    return pa.array(cells, pa.string())


@pytest.mark.parametrize("value", ["12345.0", "2134.0", "1E+04", "1.2E+05"])
def test_damage_is_refused(value: str) -> None:
    reading = postal_codes.read(column("02134", value), FIELD, Answers())
    assert reading.text.to_pylist() == ["02134", None]
    assert [fault.code for fault in reading.faults] == ["PF311"]


@pytest.mark.parametrize("value", ["02134", "02134-1234", "SW1A 1AA", "K1A 0B1", "1010", "D-10115", "〒100-0001"])
def test_every_form_of_every_country_is_kept(value: str) -> None:
    cells = column(value, None)
    reading = postal_codes.read(cells, FIELD, Answers())
    assert reading.text is cells
    assert reading.faults == ()


@pytest.mark.parametrize(
    ("cells", "width"),
    [
        (("02134", "2135", "90210"), 5),
        (("02134", "2135", "SW1A 1AA", "02134-1234"), 5),
        (("90210", "2135"), None),  # no leading zero among those of five digits
        (("02134", "90210"), None),
        (("02134", "0815"), None),  # four digits with a zero: nothing is lost there
        (("012345", "2135"), None),
        ((), None),
    ],
)
def test_a_column_proves_that_zeros_are_lost(cells: tuple[str, ...], width: int | None) -> None:
    evidence = postal_codes.survey(column(*cells), FIELD, Answers())
    assert postal_codes.settle(evidence, FIELD, Answers()) == Answers(width=width)


def test_short_codes_are_told_and_kept() -> None:
    cells = column("02134", "2135", "601", "12", "0815", "SW1A", None)
    reading = postal_codes.read(cells, FIELD, Answers(width=5))
    assert reading.text is cells
    assert [(fault.code, fault.questions, cells.filter(fault.mask).to_pylist()) for fault in reading.faults] == [
        ("PF320", True, ["2135", "601"])
    ]


def test_words() -> None:
    assert postal_codes.advise("PF311", "2134.0", '"2134.0"', FIELD, Answers()).suggestion == "2134"
    assert postal_codes.advise("PF320", "2135", '"2135"', FIELD, Answers(width=5)).message.startswith('"2135" may have lost')
    assert "postal codes" in postal_codes.ask("PF320", "2135", '"2135"', 2, FIELD, Answers(width=5)).message
    assert postal_codes.to_typed(column("1"), FIELD).to_pylist() == ["1"]
