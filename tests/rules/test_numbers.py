"""Numbers and amounts of money."""

from __future__ import annotations

import re
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preflight.contract.field import Answers, Field, FieldType
from preflight.rules import numbers
from preflight.rules.numbers import Evidence

FIELD = Field("annual_revenue", FieldType.CURRENCY)
OPEN, DOT, COMMA = Answers(), Answers(decimal="."), Answers(decimal=",")


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
    return numbers.settle(numbers.survey(cells, FIELD, answers), FIELD, answers)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["$1,234.50", "USD 12", "1 234.5", "(12.00)", "1.5e6", ".5", "5.", "+3"], "1234.50 12 1234.5 -12.00 1500000 0.5 5 3"),
        (["1,234", "1.234"], "1234 1.234"),
        (["1,234", "12.5"], "1234 12.5"),
        (["€1.234,50", "1.234", "1,234"], "1234.50 1234 1.234"),
        (["0,5", "1.234"], "0.5 1234"),
        (["0.500", "1.234", "1,234"], "0.500 1.234 1234"),
        (["1.234.567", "1.234"], "1234567 1234"),
        (["1,234,567", "1,234"], "1234567 1234"),
        (["1.234,50", "12.5", "1.234", "$1,234", "5"], "1234.50 12.5 PF312? PF312? 5"),
        (["1.234,50", "12.5", "6 000"], "1234.50 12.5 6000"),
        (["nan", "-inf", "Infinity", "NaN"], "PF310 PF310 PF310 PF310"),
        (["12k", "5M", "twelve", "1,23,456", "--5", "5%", "1-2"], " ".join(["PF303"] * 7)),
        (["1e400", "-1e999999999", "1e-999999999", "0e999999999"], "PF308 PF308 PF308 0"),
        (["007.50", "-0.00", "0"], "7.50 0.00 0"),
    ],
)
def test_a_column_is_read_by_what_it_proves(cells, expected):
    cells = column(*cells)
    assert told(numbers.read(cells, FIELD, settled(cells))) == expected.split()


def test_a_stated_mark_wins_and_refuses_the_other():
    cells = column("12,5", "12.5", "1.234", "1,234", "12,34")
    assert settled(cells, DOT) == DOT
    assert told(numbers.read(cells, FIELD, DOT)) == ["PF303", "12.5", "1.234", "1234", "PF303"]
    assert told(numbers.read(cells, FIELD, COMMA)) == ["12.5", "PF303", "1234", "1.234", "12.34"]


@pytest.mark.parametrize(
    ("evidence", "mark"),
    [(Evidence(), "."), (Evidence(True, False), "."), (Evidence(False, True), ","), (Evidence(True, True), None)],
)
def test_settle(evidence, mark):
    assert numbers.settle(evidence, FIELD, Answers(dates="iso")) == Answers(dates="iso", decimal=mark)


@pytest.mark.parametrize("cells", [(), (None,), (None, None)])
def test_columns_without_values(cells):
    assert settled(column(*cells)) == DOT
    reading = numbers.read(column(*cells), FIELD, OPEN)
    assert (reading.text.to_pylist(), reading.faults) == (list(cells), ())
    assert numbers.to_typed(reading.text, FIELD).type == pa.float64()


def test_typed_is_float64():
    assert numbers.to_typed(column("1500000", None, "-12.50"), FIELD).equals(pa.array([1500000.0, None, -12.5]))


@pytest.mark.parametrize(
    ("code", "value", "answers", "message", "suggestion"),
    [
        ("PF310", "nan", DOT, "it is not a finite number; give a number or leave the cell blank", None),
        ("PF308", "1e400", DOT, "it is too large to be represented; give a number that a 64-bit decimal number can hold", None),
        ("PF303", "12k", DOT, "it is an abbreviation, not a number; write the number out in full", "12000"),
        (
            "PF303",
            "12,5",
            DOT,
            "it has a decimal comma or broken grouping, where the decimal mark of the column is the dot; write it with that",
            "12.5",
        ),
        (
            "PF303",
            "12.5",
            COMMA,
            "it has a decimal dot or broken grouping, where the decimal mark of the column is the comma; write it with that",
            "12,5",
        ),
    ],
)
def test_words(code, value, answers, message, suggestion):
    advice = numbers.advise(code, value, "it", FIELD, answers)
    assert (advice.message, advice.suggestion) == (message, suggestion)


def test_the_question_names_both_readings_and_the_option():
    advice = numbers.ask("PF312", "$1,234", '"$1,234"', 1200, FIELD, OPEN)
    assert advice.message == (
        '"$1,234" reads as 1234 with a dot and as 1.234 with a comma as the decimal mark, and the column proves both; '
        "1,200 cells read either way, so state the mark with --locale en_US or --locale de_DE"
    )
    assert advice.suggestion == "--locale en_US"


def test_the_question_gives_no_hidden_value_away():
    assert not re.search(r"1[.,]?234", numbers.ask("PF312", "1,234", "a value", 1, FIELD, OPEN).message)


amounts = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=2)
pieces = st.lists(st.sampled_from(["1", "0", "234", ".", ",", " ", "-", "(", ")", "$", "EUR", "e", "%", "nan"]), max_size=6)
texts = st.lists(st.one_of(st.none(), pieces.map("".join).filter(bool), st.text(min_size=1, max_size=4)), max_size=8)


class TestPromises:
    @settings(max_examples=50)
    @given(amounts)
    def test_the_value_stays(self, amount):
        for written in (f"{amount:f}", f"${amount:,f}", f"{amount:,f} USD", f"{amount:E}"):
            assert Decimal(told(numbers.read(column(written), FIELD, DOT))[0]) == amount

    @settings(max_examples=50)
    @given(texts)
    def test_a_second_reading_changes_nothing(self, cells):
        cells = column(*cells)
        text = numbers.read(cells, FIELD, settled(cells)).text
        again = numbers.read(text, FIELD, DOT)
        assert again.text.equals(text)
        assert again.faults == ()

    @settings(max_examples=50)
    @given(texts, st.sampled_from([OPEN, DOT, COMMA]), st.integers(0, 8))
    def test_neighbours_and_slices_change_nothing(self, cells, answers, start):
        sliced = told(numbers.read(column(*cells).slice(min(start, len(cells))), FIELD, answers))
        assert sliced == [told(numbers.read(column(cell), FIELD, answers))[0] for cell in cells[start:]]
        assert all((cell is None) == (found is None) for cell, found in zip(cells[start:], sliced, strict=True))

    @settings(max_examples=50)
    @given(texts)
    def test_good_text_is_finite(self, cells):
        typed = numbers.to_typed(numbers.read(column(*cells), FIELD, OPEN).text, FIELD)
        assert all(number is None or abs(number) < float("inf") for number in typed.to_pylist())
