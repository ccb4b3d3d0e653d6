"""Identifiers are text: case and zeros are kept, damage by spreadsheets is refused."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.contract.field import Answers, Field, FieldType
from preflight.rules import ids
from preflight.rules.zeros import Evidence

FIELD = Field("account_id", FieldType.ID)
DAMAGED = ["1E+10", "1e+10", "1.23457E+11", "1,23457E+11", "-1.5E+20", "1.5E10", "4E-05", "123.0", "00123.0", "-7.0"]
SOUND = [
    "00123",
    "001xx000003DGbY",
    "AbC",
    "abc",
    "A 12 b",
    "1E10",
    "12E4",
    "5e3f",
    "123.00",
    "1.10",
    "v2.0",
    "123.",
    "1.0.0",
    "#42",
]


def column(*cells: str | None) -> Any:
    return pa.array(cells, pa.string())


@pytest.mark.parametrize("value", DAMAGED)
def test_damage_is_refused(value: str) -> None:
    cells = column("0042", value, None)
    reading = ids.read(cells, FIELD, Answers())
    assert reading.text.to_pylist() == ["0042", None, None]
    assert [(fault.code, fault.mask.to_pylist()) for fault in reading.faults] == [("PF311", [False, True, False])]


@pytest.mark.parametrize("value", SOUND)
def test_everything_else_is_kept_as_it_is(value: str) -> None:
    cells = column(value, None)
    reading = ids.read(cells, FIELD, Answers())
    assert reading.text is cells
    assert reading.faults == ()
    assert ids.to_typed(cells, FIELD) is cells


@pytest.mark.parametrize("cells", [column(), column(None, None), column("1E+10", "7", None).slice(1)])
def test_blanks_and_slices(cells: Any) -> None:
    assert ids.read(cells, FIELD, Answers()).text.to_pylist() == cells.to_pylist()


@pytest.mark.parametrize(
    ("value", "suggestion"),
    [
        ("123.0", "123"),
        ("  00123.0 ", "00123"),
        ("123456789012345.0", "123456789012345"),
        ("1234567890123456.0", None),  # a float has no more than 15 sure digits
        ("1.23457E+11", None),
    ],
)
def test_words_for_damage(value: str, suggestion: str | None) -> None:
    advice = ids.advise("PF311", value, f'"{value}"', FIELD, Answers())
    assert advice.message.startswith(f'"{value}" is an id')
    assert advice.suggestion == suggestion


@pytest.mark.parametrize(
    ("cells", "width"),
    [
        (("00042", "12345", "777"), 5),
        (("00042", "12345", None), None),  # nothing is short
        (("12345", "777"), None),  # no zero leads
        (("00042", "12345", "777", "A-1"), None),  # not digits alone
        (("00042", "0777", "12345"), None),  # zeros lead at two widths: nothing is filled up
        (("042", "12345", "777"), None),
        (("٠٤٢", "7"), None),  # digits, but not ours
        ((), None),
        ((None,), None),
    ],
)
def test_a_column_proves_its_width(cells: tuple[str | None, ...], width: int | None) -> None:
    evidence = ids.survey(column(*cells), FIELD, Answers())
    assert ids.settle(evidence, FIELD, Answers()) == Answers(width=width)


def test_lost_zeros_are_told_of_the_column_and_the_text_is_kept() -> None:
    cells = column("00042", "777", None, "12", "99.0")
    reading = ids.read(cells, FIELD, Answers(width=5))
    assert reading.text.to_pylist() == ["00042", "777", None, "12", None]
    assert [(fault.code, fault.questions) for fault in reading.faults] == [("PF311", False), ("PF320", True)]
    assert reading.faults[1].mask.to_pylist() == [False, True, False, True, False]


@pytest.mark.parametrize(("count", "others"), [(1, '"777" may have'), (1201, '"777" and 1,200 more may have')])
def test_words_for_the_column(count: int, others: str) -> None:
    advice = ids.ask("PF320", "777", '"777"', count, FIELD, Answers(width=5))
    assert advice.message.startswith(others)
    assert "5 digits" in advice.message
    assert advice.suggestion is None


CODES = st.lists(st.none() | st.text("0123456789A", min_size=1, max_size=6), max_size=10)


@given(CODES, st.integers(0, 10))
def test_the_cut_changes_nothing(cells: list[str | None], cut: int) -> None:
    whole = ids.survey(column(*cells), FIELD, Answers())
    parts = ids.survey(column(*cells[:cut]), FIELD, Answers()).merge(ids.survey(column(*cells[cut:]), FIELD, Answers()))
    assert parts == whole
    assert whole.merge(whole) == whole
    assert Evidence().merge(whole) == whole


@given(CODES)
def test_what_is_said_to_be_short_has_no_leading_zero(cells: list[str | None]) -> None:
    answers = ids.settle(ids.survey(column(*cells), FIELD, Answers()), FIELD, Answers())
    for fault in ids.read(column(*cells), FIELD, answers).faults:
        assert fault.code == "PF320"
        for text in column(*cells).filter(fault.mask).to_pylist():
            assert text.isdigit()
            assert not text.startswith("0")
            assert len(text) < (answers.width or 0)
