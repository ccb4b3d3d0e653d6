"""Whole numbers."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preflight.contract.field import Answers, Field, FieldType
from preflight.rules import integers

FIELD = Field("employees", FieldType.INTEGER)
OPEN, DOT, COMMA = Answers(), Answers(decimal="."), Answers(decimal=",")


def column(*cells):
    return pa.array(cells, pa.string())


def told(reading):
    """For each cell its text, or the code of its one fault."""
    found = reading.text.to_pylist()
    for fault in reading.faults:
        assert fault.mask.null_count == 0
        for row, hit in enumerate(fault.mask.to_pylist()):
            if hit:
                assert found[row] is None
                found[row] = fault.code
    return found


@pytest.mark.parametrize(
    ("cell", "open_", "dot", "comma"),
    [
        ("1,234", "1234", "1234", "PF302"),
        ("1 234", "1234", "1234", "1234"),
        ("1\u00a0234", "1234", "1234", "1234"),
        ("1\u202f234\u2009567", "1234567", "1234567", "1234567"),
        ("1'234", "1234", "1234", "1234"),
        ("+5", "5", "5", "5"),
        ("-7", "-7", "-7", "-7"),
        ("(12)", "-12", "-12", "-12"),
        ("007", "7", "7", "7"),
        ("-0", "0", "0", "0"),
        ("0", "0", "0", "0"),
        ("00", "0", "0", "0"),
        ("123.0", "123", "123", "PF302"),
        ("-0.0", "0", "0", "PF302"),
        ("12.", "12", "12", "PF302"),
        ("123,0", "123", "PF302", "123"),
        ("1.234", "PF302", "PF302", "1234"),
        ("1.000", "PF302", "1", "1000"),
        ("(1.000)", "PF302", "-1", "-1000"),
        ("1.234,0", "1234", "PF302", "1234"),
        ("1.234.567", "1234567", "PF302", "1234567"),
        ("12,34", "PF302", "PF302", "PF302"),
        ("1,23,456", "PF302", "PF302", "PF302"),
        ("12.5", "PF302", "PF302", "PF302"),
        ("51-200", "PF302", "PF302", "PF302"),
        ("5000+", "PF302", "PF302", "PF302"),
        ("12k", "PF302", "PF302", "PF302"),
        ("1e5", "PF302", "PF302", "PF302"),
        ("1E+05", "PF302", "PF302", "PF302"),
        ("0x1F", "PF302", "PF302", "PF302"),
        ("1_000", "PF302", "PF302", "PF302"),
        ("１２", "PF302", "PF302", "PF302"),
        ("٣", "PF302", "PF302", "PF302"),
        ("twelve", "PF302", "PF302", "PF302"),
        ("nan", "PF302", "PF302", "PF302"),
        ("$5", "PF302", "PF302", "PF302"),
        ("12%", "PF302", "PF302", "PF302"),
        ("--5", "PF302", "PF302", "PF302"),
        ("9223372036854775807", "9223372036854775807", "9223372036854775807", "9223372036854775807"),
        ("9223372036854775808", "PF308", "PF308", "PF308"),
        ("-9223372036854775808", "-9223372036854775808", "-9223372036854775808", "-9223372036854775808"),
        ("-9223372036854775809", "PF308", "PF308", "PF308"),
        ("0009223372036854775807", "9223372036854775807", "9223372036854775807", "9223372036854775807"),
        ("10000000000000000000", "PF308", "PF308", "PF308"),
        ("-10000000000000000000", "PF308", "PF308", "PF308"),
        ("9" * 400, "PF308", "PF308", "PF308"),
        (None, None, None, None),
    ],
)
def test_reads_as_stated(cell, open_, dot, comma):
    assert [told(integers.read(column(cell), FIELD, answers))[0] for answers in (OPEN, DOT, COMMA)] == [open_, dot, comma]


@pytest.mark.parametrize("cells", [(), (None,), (None, None), ("1", None), ("", "1"), ("01", "1"), ("1", "-1")])
def test_odd_columns_keep_their_length(cells):
    reading = integers.read(column(*cells), FIELD, OPEN)
    assert len(reading.text) == len(cells)
    assert integers.to_typed(reading.text, FIELD).type == pa.int64()


def test_a_valid_empty_cell_is_no_number():
    assert told(integers.read(column("", "1", None), FIELD, OPEN)) == ["PF302", "1", None]


def test_typed_is_int64():
    assert integers.to_typed(column("9223372036854775807", None, "-7"), FIELD).equals(pa.array([9223372036854775807, None, -7]))


@pytest.mark.parametrize(
    ("value", "answers", "message", "suggestion"),
    [
        ("51-200", OPEN, '"51-200" is a band, not a whole number; give one number or leave the cell blank', None),
        ("51 to 200", OPEN, '"51 to 200" is a band, not a whole number; give one number or leave the cell blank', None),
        ("5000+", OPEN, '"5000+" is a band with an open end, not a whole number; give one number or leave the cell blank', None),
        ("12k", OPEN, '"12k" is an abbreviation, not a whole number; write the number out in full', "12000"),
        ("1.2345k", OPEN, '"1.2345k" is an abbreviation, not a whole number; write the number out in full', None),
        ("1e5", OPEN, '"1e5" is an exponent, not a whole number; write the number out in full', "100000"),
        ("twelve", OPEN, '"twelve" is a word, not a whole number; give a whole number or leave the cell blank', None),
        (
            "12,34",
            OPEN,
            '"12,34" has broken grouping of its digits, so it is not a whole number; write the number out in full',
            None,
        ),
        ("12.5", OPEN, '"12.5" has decimals where a whole number is wanted; round it to a whole number', None),
        ("12,5", COMMA, '"12,5" has decimals where a whole number is wanted; round it to a whole number', None),
        ("１２", OPEN, '"１２" is written with digits other than 0 to 9; write it with those', "12"),
        ("$5", OPEN, '"$5" is an amount of money, not a whole number; write the number alone', "5"),
        (
            "1.234",
            OPEN,
            '"1.234" may group thousands or have decimals; state which with --locale, or write the number without a dot',
            None,
        ),
    ],
)
def test_words(value, answers, message, suggestion):
    advice = integers.advise("PF302", value, f'"{value}"', FIELD, answers)
    assert (advice.message, advice.suggestion) == (message, suggestion)


def test_words_of_overflow():
    advice = integers.advise("PF308", "9" * 30, "(hidden)", FIELD, OPEN)
    assert advice.message.startswith("(hidden) is too large to be represented; give a number between -9223372036854775808 and")


texts = st.one_of(st.none(), st.integers(-(2**64), 2**64).map(str), st.text("0123456789.,' -+()e", max_size=9), st.text(max_size=6))
answers_of = st.sampled_from([OPEN, DOT, COMMA])


class TestPromises:
    @settings(max_examples=50)
    @given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1), answers_of)
    def test_every_int64_round_trips(self, numbers, answers):
        reading = integers.read(column(*map(str, numbers)), FIELD, answers)
        assert reading.faults == ()
        assert integers.to_typed(reading.text, FIELD).to_pylist() == numbers

    @settings(max_examples=50)
    @given(st.integers(-(10**15), 10**15), st.sampled_from([",", " ", "'", "\u00a0"]))
    def test_grouping_is_taken_out(self, number, separator):
        assert told(integers.read(column(f"{number:,}".replace(",", separator)), FIELD, OPEN)) == [str(number)]

    @settings(max_examples=50)
    @given(st.lists(texts, max_size=10), answers_of)
    def test_reading_again_changes_nothing(self, cells, answers):
        text = integers.read(column(*cells), FIELD, answers).text
        again = integers.read(text, FIELD, answers)
        assert again.text.equals(text)
        assert again.faults == ()

    @settings(max_examples=50)
    @given(st.lists(texts, max_size=10), answers_of, st.integers(0, 10))
    def test_neighbours_and_slices_change_nothing(self, cells, answers, start):
        sliced = told(integers.read(column(*cells).slice(min(start, len(cells))), FIELD, answers))
        assert sliced == [told(integers.read(column(cell), FIELD, answers))[0] for cell in cells[start:]]
        assert all((cell is None) == (found is None) for cell, found in zip(cells[start:], sliced, strict=True))

    @settings(max_examples=50)
    @given(st.text(max_size=300))
    def test_there_are_words_for_every_text(self, value):
        assert integers.advise("PF302", value, "(hidden)", FIELD, OPEN).message.startswith("(hidden) ")
