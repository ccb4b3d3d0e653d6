"""Percents, and the scale of their column."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preflight.contract.field import Answers, Field, FieldType
from preflight.rules import decimals, percents
from preflight.rules.percents import Evidence

FIELD = Field("probability", FieldType.PERCENT)
OPEN = Answers()


def column(*cells):
    return pa.array(cells, pa.string())


def told(reading):
    """For each cell its text, or the code of its one fault; with a question mark where it waits for an answer."""
    found = reading.text.to_pylist()
    for fault in reading.faults:
        assert fault.mask.null_count == 0
        for row, hit in enumerate(fault.mask.to_pylist()):
            if hit:
                assert found[row] is None
                found[row] = fault.code + "?" * fault.questions
    return found


def settled(cells, answers=OPEN):
    return percents.settle(percents.survey(cells, FIELD, answers), FIELD, answers)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["12%", "12.5 %", "0.5%", "-3%"], "12 12.5 0.5 -3"),
        (["50", "1", "0", "12%"], "50 1 0 12"),
        (["-50", "1"], "-50 1"),
        (["0.5", "1", "0", "0.00", "12%"], "PF315? PF315? 0 0.00 12"),
        (["0.5", "50"], "PF315? PF315?"),
        (["0", "1"], "0 PF315?"),
        (["0"], "0"),
        (["1.0", "0"], "PF315? 0"),
        (["12,5 %", "1.234"], "12.5 1234"),
        (["12,5", "0,00"], "12.5 0.00"),
        (["0,5", "50"], "PF315? PF315?"),
        (["1.000", "12,5%"], "1000 12.5"),
        (["1.000", "12.5%"], "PF315? 12.5"),
        (["1.234", "12,5", "12.5"], "PF312? 12.5 12.5"),
        (["x", "5%%", "%5", "$5", "(5%)", "%"], "PF303 PF303 PF303 PF303 PF303 PF303"),
        (["nan", "inf", "1e400%"], "PF310 PF310 PF308"),
        (["250", "(5)"], "250 -5"),
    ],
)
def test_a_column_is_read_by_what_it_proves(cells, expected):
    cells = column(*cells)
    assert told(percents.read(cells, FIELD, settled(cells))) == expected.split()


@pytest.mark.parametrize(
    ("cell", "one", "hundred"),
    [
        ("0.5", "50", "0.5"),
        ("0.125", "12.5", "0.125"),
        ("0.50", "50", "0.50"),
        ("1", "100", "1"),
        ("-0.05", "-5", "-0.05"),
        ("0", "0", "0"),
        ("12%", "12", "12"),
        ("1e-3", "0.1", "0.001"),
        ("1e307", "PF308", "1" + "0" * 307),
        ("x", "PF303", "PF303"),
        (None, None, None),
    ],
)
def test_a_stated_scale(cell, one, hundred):
    found = [told(percents.read(column(cell), FIELD, Answers(decimal=".", scale=scale)))[0] for scale in ("0-1", "0-100")]
    assert found == [one, hundred]


def test_two_ways_out_of_range_are_one_fault():
    cells = column("1e307", "1e400", "0.5")
    assert told(percents.read(cells, FIELD, Answers(decimal=".", scale="0-1"))) == ["PF308", "PF308", "50"]


def test_what_is_stated_stays():
    stated = Answers(decimal=",", scale="0-1")
    assert settled(column("50", "12.5"), stated) == stated


@pytest.mark.parametrize("cells", [(), (None,), (None, "5%")])
def test_columns_without_unsigned_values_prove_no_scale(cells):
    assert settled(column(*cells)) == Answers(decimal=".", scale=None)
    assert percents.read(column(*cells), FIELD, OPEN).faults == ()


def test_typed_is_float64():
    assert percents.to_typed(column("12.5", None), FIELD).equals(pa.array([12.5, None]))


@pytest.mark.parametrize(
    ("value", "message", "suggestion"),
    [
        ("x", "it is a word, not a percent; give a percent or leave the cell blank", None),
        ("x%", "it is a word, not a percent; give a percent or leave the cell blank", None),
        ("5%%", "it is not a percent; write one number with at most one percent sign after it", None),
        ("%5", "it is not a percent; write one number with at most one percent sign after it", None),
        ("10%-20%", "it is a band, not a percent; give one number or leave the cell blank", None),
        ("(5%)", "it is not a percent; write one number with at most one percent sign after it", None),
        ("$5", "it is an amount of money, not a percent; write the number alone", "5"),
    ],
)
def test_words(value, message, suggestion):
    advice = percents.advise("PF303", value, "it", FIELD, Answers(decimal="."))
    assert (advice.message, advice.suggestion) == (message, suggestion)


def test_the_question_of_the_scale():
    advice = percents.ask("PF315", "0.5", '"0.5"', 3, FIELD, Answers(decimal="."))
    assert advice.message == (
        '"0.5" is 0.5 percent if the column is written from 0 to 100 and 50 percent if from 0 to 1; '
        "3 cells need the answer, so state it with --percent 0-100 or --percent 0-1"
    )
    assert advice.suggestion == "--percent 0-100"
    hidden = percents.ask("PF315", "0.5", "a value", 1, FIELD, Answers(decimal=".")).message
    assert hidden.startswith(
        "a value is taken as it stands if the column is written from 0 to 100 and times 100 if from 0 to 1; 1 cell needs"
    )


def test_the_question_of_the_mark():
    message = percents.ask("PF312", "1,234 %", '"1,234 %"', 1, FIELD, OPEN).message
    assert message.startswith('"1,234 %" reads as 1234 with a dot and as 1.234 with a comma')


flags = st.booleans()
evidence = st.builds(Evidence, st.builds(decimals.Evidence, flags, flags), flags, flags, flags, flags)
pieces = st.lists(st.sampled_from(["1", "0", "0.5", "234", ".", ",", " ", "-", "%", "$"]), max_size=5)
texts = st.lists(st.one_of(st.none(), pieces.map("".join).filter(bool), st.text(min_size=1, max_size=4)), max_size=8)
answers_of = st.builds(Answers, decimal=st.sampled_from([None, ".", ","]), scale=st.sampled_from([None, "0-1", "0-100"]))


class TestPromises:
    @settings(max_examples=50)
    @given(evidence, evidence, evidence)
    def test_merge_is_associative_and_commutative(self, first, second, third):
        assert first.merge(second).merge(third) == first.merge(second.merge(third))
        assert first.merge(second) == second.merge(first)

    @settings(max_examples=50)
    @given(texts, st.integers(0, 8))
    def test_cutting_the_column_changes_no_evidence(self, cells, cut):
        parts = [percents.survey(column(*part), FIELD, OPEN) for part in (cells[:cut], cells[cut:])]
        assert parts[0].merge(parts[1]) == percents.survey(column(*cells), FIELD, OPEN)

    @settings(max_examples=50)
    @given(st.decimals(min_value=-100, max_value=100, places=5, allow_nan=False, allow_infinity=False))
    def test_a_hundredfold_is_exact(self, number):
        text = told(percents.read(column(f"{number:f}"), FIELD, Answers(decimal=".", scale="0-1")))[0]
        assert Decimal(text) == number * 100

    @settings(max_examples=50)
    @given(texts, answers_of)
    def test_a_second_reading_changes_nothing(self, cells, answers):
        text = percents.read(column(*cells), FIELD, answers).text
        again = percents.read(text, FIELD, Answers(decimal=".", scale="0-100"))
        assert again.text.equals(text)
        assert again.faults == ()

    @settings(max_examples=50)
    @given(texts, answers_of, st.integers(0, 8))
    def test_neighbours_and_slices_change_nothing(self, cells, answers, start):
        sliced = told(percents.read(column(*cells).slice(min(start, len(cells))), FIELD, answers))
        assert sliced == [told(percents.read(column(cell), FIELD, answers))[0] for cell in cells[start:]]
