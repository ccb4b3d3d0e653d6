"""The words for text that is no number."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preflight.rules.decimals import read_number
from preflight.rules.misreadings import advise_number, advise_range, both_readings, is_seen, plain_or_none


@pytest.mark.parametrize(
    ("value", "said", "suggestion"),
    [
        ("51-200", "is a band, not a number; give one number or leave the cell blank", None),
        ("51\u2013200", "is a band, not a number; give one number or leave the cell blank", None),
        ("1,001 - 5,000", "is a band, not a number; give one number or leave the cell blank", None),
        ("$1M-$5M", "is a band, not a number; give one number or leave the cell blank", None),
        ("51 to 200", "is a band, not a number; give one number or leave the cell blank", None),
        ("5000+", "is a band with an open end, not a number; give one number or leave the cell blank", None),
        ("10k+", "is a band with an open end, not a number; give one number or leave the cell blank", None),
        (">500", "is a band with an open end, not a number; give one number or leave the cell blank", None),
        ("< 1.5M", "is a band with an open end, not a number; give one number or leave the cell blank", None),
        ("12k", "is an abbreviation, not a number; write the number out in full", "12000"),
        ("$1.25bn", "is an abbreviation, not a number; write the number out in full", "1250000000"),
        ("(5M)", "is an abbreviation, not a number; write the number out in full", None),
        ("1.5 million", "is an abbreviation, not a number; write the number out in full", "1500000"),
        ("1.2345k", "is an abbreviation, not a number; write the number out in full", "1234.5"),
        ("0x1F", "is hexadecimal, not a number; write it with the digits 0 to 9", None),
        ("1_000", "has underscores, so it is not a number; write the digits alone", "1000"),
        ("12%", "has a percent sign, so it is not a number; write the number alone, or map the column to a percent field", None),
        ("--5", "has two signs, so it is not a number; keep one sign", None),
        ("inf", "is not a finite number; give a number or leave the cell blank", None),
        ("12,34.5", "has broken grouping of its digits, so it is not a number; write the number out in full", None),
        ("twelve", "is a word, not a number; give a number or leave the cell blank", None),
        ("about twelve", "is a word, not a number; give a number or leave the cell blank", None),
        ("a{b}", "is a word, not a number; give a number or leave the cell blank", None),
        ("2024-01-05", "is not a number; give a number or leave the cell blank", None),
        ("٣٫٥", "is written with digits other than 0 to 9; write it with those", None),
        ("٣", "is written with digits other than 0 to 9; write it with those", "3"),
    ],
)
def test_each_kind_has_its_words(value, said, suggestion):
    advice = advise_number(value, "it", wanted="a number", mark=".")
    assert (advice.message, advice.suggestion) == (f"it {said}", suggestion)


def test_a_suggestion_is_written_with_the_mark_of_the_column():
    assert advise_number("1,2345k", "it", wanted="a number", mark=",").suggestion == "1234,5"


def test_a_brace_in_what_is_shown_stays():
    assert advise_number("{x}", '"{x}"', wanted="a number", mark=".").message.startswith('"{x}" is not a number')


def test_out_of_range_says_on_which_side():
    assert advise_range("it", "1e400", limits="below 2").message == "it is too large to be represented; give a number below 2"
    assert (
        advise_range("it", "1e-400", limits="above 2").message == "it is too close to zero to be represented; give a number above 2"
    )


def test_readings_are_given_only_where_the_value_is_seen():
    assert is_seen("1,234", '"1,234"')
    assert not is_seen("1", '"1***"')
    assert both_readings("1,234", seen=True) == "reads as 1234 with a dot and as 1.234 with a comma as the decimal mark"
    assert both_readings("1,234", seen=False) == "reads differently with a dot and with a comma as the decimal mark"


pieces = st.sampled_from(
    ["1", "0", "234", "567", ".", ",", " ", "'", "-", "\u2212", "+", "(", ")", "$", "EUR", "XYZ", "e", "e-9", "e400", "\n"]
)


@settings(max_examples=50)
@given(
    st.lists(pieces, max_size=6).map("".join),
    st.sampled_from([".", ",", None]),
    st.booleans(),
    st.booleans(),
)
def test_one_value_reads_as_it_does_in_a_column(value, mark, money, exponents):
    column = read_number(pa.array([value]), mark=mark, money=money, exponents=exponents)
    assert plain_or_none(value, mark, money=money, exponents=exponents) == column.text[0].as_py()


@pytest.mark.parametrize("value", ["9" * 400, "1e309", "1e-390", "1e999999999", "1e9999999999999999999", "x"])
def test_what_no_float_holds_is_none(value):
    assert plain_or_none(value, ".") is None


@settings(max_examples=50)
@given(st.one_of(st.text(max_size=400), st.text("0123456789.,-+() $km", max_size=400)), st.sampled_from([".", ",", None]))
def test_there_are_words_for_every_text(value, mark):
    message = advise_number(value, "it", wanted="a number", mark=mark).message
    assert message.startswith("it ")
    assert not message.endswith(".")


@pytest.mark.parametrize("value", ["1" * 5000, "1," * 3000, "1 " * 5000, "1-" * 5000, "$" * 5000, "1k" * 3000, "e1" * 3000])
def test_long_text_is_no_trap(value):
    assert advise_number(value, "it", wanted="a number", mark=".").suggestion in (None, value)
