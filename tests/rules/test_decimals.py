"""The grammar of written numbers."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preflight.rules.decimals import Evidence, is_ambiguous, read_number, shift, survey_marks

NBSP, NARROW, THIN = "\u00a0", "\u202f", "\u2009"


def column(*cells):
    return pa.array(cells, pa.string())


def plain(cell, mark):
    return read_number(column(cell), mark=mark, money=True).text[0].as_py()


# cell, under the dot, under the comma: None where it does not read.
READINGS = [
    ("0", "0", "0"),
    ("12", "12", "12"),
    ("-12", "-12", "-12"),
    ("\u221212", "-12", "-12"),
    ("+12", "12", "12"),
    ("007", "7", "7"),
    ("-0", "0", "0"),
    ("-0.00", "0.00", None),
    ("12.5", "12.5", None),
    ("12,5", None, "12.5"),
    ("12.50", "12.50", None),
    ("0,5", None, "0.5"),
    ("0.500", "0.500", None),
    ("0,500", None, "0.500"),
    ("00.5", "0.5", None),
    (".5", "0.5", None),
    (",5", None, "0.5"),
    ("-.5", "-0.5", None),
    ("5.", "5", None),
    ("5,", None, "5"),
    (".", None, None),
    ("1.234", "1.234", "1234"),
    ("1,234", "1234", "1.234"),
    ("-1,234", "-1234", "-1.234"),
    ("1234.567", "1234.567", None),
    ("1234,567", None, "1234.567"),
    ("1,234.", "1234", None),
    ("1,234.5", "1234.5", None),
    ("1.234,5", None, "1234.5"),
    ("1.234.567", None, "1234567"),
    ("1,234,567", "1234567", None),
    ("1.234.567,89", None, "1234567.89"),
    ("1,234.567,89", None, None),
    ("1,23,456", None, None),
    ("12,34,567", None, None),
    ("1,2345", None, "1.2345"),
    ("0,123,456", None, None),
    ("1 234", "1234", "1234"),
    (f"1{NBSP}234{NARROW}567{THIN}890", "1234567890", "1234567890"),
    ("1 234.5", "1234.5", None),
    ("1 234,5", None, "1234.5"),
    ("1 234,567", None, "1234.567"),
    ("1 23", None, None),
    ("1'234.50", "1234.50", None),
    ("1\u2019234", "1234", "1234"),
    ("1'234,567.8", None, None),
    ("(12)", "-12", "-12"),
    ("(12.00)", "-12.00", None),
    ("(0)", "0", "0"),
    ("-(12)", None, None),
    ("(-12)", None, None),
    ("(12", None, None),
    ("$1,234.50", "1234.50", None),
    ("$ 5", "5", "5"),
    ("-$5", "-5", "-5"),
    ("$-5", "-5", "-5"),
    ("-$-5", None, None),
    ("$(5)", "-5", "-5"),
    ("($5)", "-5", "-5"),
    ("(5 €)", "-5", "-5"),
    ("(5) €", "-5", "-5"),
    ("5€", "5", "5"),
    ("-5 kr", "-5", "-5"),
    ("US$ 5", "5", "5"),
    ("EUR 1.234,50", None, "1234.50"),
    ("12EUR", "12", "12"),
    ("eur 12", None, None),
    ("XYZ 12", None, None),
    ("$5 USD", None, None),
    ("$", None, None),
    ("1e5", "100000", "100000"),
    ("1E+05", "100000", "100000"),
    ("1.5e6", "1500000", None),
    ("1.50e1", "15.0", None),
    ("1,5e6", None, "1500000"),
    ("-2.5e-3", "-0.0025", None),
    ("1e-3", "0.001", "0.001"),
    ("0e999999999", "0", "0"),
    ("-0.0e5", "0", None),
    ("1e0005", "100000", "100000"),
    ("1,234e3", None, "1234"),
    ("$1e5", None, None),
    ("1e", None, None),
    ("12%", None, None),
    ("--5", None, None),
    ("+-5", None, None),
    ("5-", None, None),
    ("12k", None, None),
    ("1_000", None, None),
    ("0x10", None, None),
    ("１２", None, None),
    ("٣", None, None),
    ("nan", None, None),
    ("", None, None),
    ("12\n", None, None),
    ("12\x00", None, None),
    ("1\u200b2", None, None),
]


class TestReadings:
    @pytest.mark.parametrize(("cell", "dot", "comma"), READINGS)
    def test_a_cell_reads_as_stated_under_each_mark(self, cell, dot, comma):
        assert (plain(cell, "."), plain(cell, ",")) == (dot, comma)

    @pytest.mark.parametrize(("cell", "dot", "comma"), READINGS)
    def test_a_cell_proves_a_mark_when_it_reads_under_that_alone(self, cell, dot, comma):
        proven = Evidence(dot=dot is not None and comma is None, comma=comma is not None and dot is None)
        assert survey_marks(column(cell), money=True) == proven

    @pytest.mark.parametrize(("cell", "dot", "comma"), READINGS)
    def test_ambiguous_is_what_reads_differently(self, cell, dot, comma):
        assert is_ambiguous(column(cell), money=True).to_pylist() == [None not in (dot, comma) and dot != comma]

    @pytest.mark.parametrize(("cell", "dot", "comma"), READINGS)
    def test_without_a_mark_each_cell_reads_by_the_one_it_proves(self, cell, dot, comma):
        assert plain(cell, None) == (comma if dot is None else dot)

    def test_a_column_reads_as_its_cells_do_alone(self):
        cells = [cell for cell, _, _ in READINGS]
        for mark in (".", ",", None):
            assert read_number(column(*cells), mark=mark, money=True).text.to_pylist() == [plain(cell, mark) for cell in cells]

    def test_a_currency_is_no_part_of_a_bare_number(self):
        assert read_number(column("$5", "EUR 5", "5"), mark=".").text.to_pylist() == [None, None, "5"]

    def test_exponents_can_be_left_out(self):
        assert read_number(column("1e5", "5"), mark=".", exponents=False).text.to_pylist() == [None, "5"]


class TestFarOut:
    @pytest.mark.parametrize(
        ("cell", "text", "huge"),
        [
            ("1e308", "1" + "0" * 308, False),
            ("1e309", None, True),
            ("-1e309", None, True),
            ("1e999999999", None, True),
            ("1e-999999999", None, True),
            ("1e99999999999999999999999", None, True),
            ("1e-320", "0." + "0" * 319 + "1", False),
            ("1e-390", None, True),
            ("9" * 400, None, True),
            ("0" * 400 + "7", "7", False),
            ("0." + "0" * 400 + "7", None, True),
            ("0." + "0" * 400, "0." + "0" * 400, False),
            ("0." + "3" * 400, "0." + "3" * 400, False),
        ],
    )
    def test_what_no_float_holds_is_huge(self, cell, text, huge):
        found = read_number(column(cell), mark=None)
        assert (found.text.to_pylist(), found.huge.to_pylist()) == ([text], [huge])


class TestShift:
    @pytest.mark.parametrize(
        ("text", "places", "moved"),
        [
            ("0.5", 2, "50"),
            ("0.125", 2, "12.5"),
            ("-0.50", 2, "-50"),
            ("1", 2, "100"),
            ("12.5", -1, "1.25"),
            ("12", -4, "0.0012"),
            ("12.5", 0, "12.5"),
            (None, 2, None),
            (None, -2, None),
        ],
    )
    def test_moves_the_point(self, text, places, moved):
        assert shift(column(text), places).to_pylist() == [moved]

    @settings(max_examples=50)
    @given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=4), st.integers(-9, 9))
    def test_is_exact(self, number, places):
        text = plain(f"{number:f}", ".")
        assert Decimal(shift(column(text), places)[0].as_py()) == Decimal(text).scaleb(places)


marks = st.sampled_from([".", ",", None])
pieces = st.lists(
    st.sampled_from(["1", "0", "234", "567", ".", ",", " ", "'", "-", "+", "(", ")", "$", "EUR", "e", "9"]), max_size=7
)
cells = st.lists(st.one_of(st.none(), pieces.map("".join), st.text(max_size=5)), max_size=12)


class TestPromises:
    @settings(max_examples=50)
    @given(cells, marks)
    def test_plain_text_is_plain(self, found, mark):
        again = read_number(column(*found), mark=mark, money=True).text
        assert read_number(again, mark=".", money=True).text.equals(again)
        assert all(text is None or f"{Decimal(text):f}" == text for text in again.to_pylist())

    @settings(max_examples=50)
    @given(cells, marks, st.data())
    def test_neighbours_and_slices_change_nothing(self, found, mark, data):
        start = data.draw(st.integers(0, len(found)))
        alone = read_number(column(*found[start:]), mark=mark, money=True)
        sliced = read_number(column(*found).slice(start), mark=mark, money=True)
        assert sliced.text.equals(alone.text)
        assert sliced.huge.equals(alone.huge)
        assert sliced.text.to_pylist() == [None if cell is None else plain(cell, mark) for cell in found[start:]]

    @settings(max_examples=50)
    @given(st.lists(st.builds(Evidence, st.booleans(), st.booleans()), min_size=3, max_size=3))
    def test_merge_is_associative_and_commutative(self, found):
        first, second, third = found
        assert first.merge(second).merge(third) == first.merge(second.merge(third))
        assert first.merge(second) == second.merge(first)

    @settings(max_examples=50)
    @given(cells, st.integers(0, 12))
    def test_cutting_the_column_changes_no_evidence(self, found, cut):
        whole = survey_marks(column(*found))
        assert survey_marks(column(*found[:cut])).merge(survey_marks(column(*found[cut:]))) == whole

    def test_a_proof_beyond_the_first_thousand_cells_is_found(self):
        assert survey_marks(column(*["1"] * 3000, "12.5", "12,5")) == Evidence(dot=True, comma=True)
