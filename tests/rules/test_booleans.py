"""Yes and no."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.contract.field import Answers, Field, FieldType
from preflight.rules import booleans

FIELD = Field("opted_in", FieldType.BOOLEAN)
ANSWERS = Answers()


def column(*cells):
    return pa.array(cells, pa.string())


@pytest.mark.parametrize("cell", ["true", "TRUE", "True", "yes", "Y", "t", "1", "1.0", "on", "x", "X"])
def test_true(cell):
    reading = booleans.read(column(cell), FIELD, ANSWERS)
    assert (reading.text.to_pylist(), reading.faults) == (["true"], ())


@pytest.mark.parametrize("cell", ["false", "FALSE", "no", "N", "f", "0", "0.0", "off", "Off"])
def test_false(cell):
    reading = booleans.read(column(cell), FIELD, ANSWERS)
    assert (reading.text.to_pylist(), reading.faults) == (["false"], ())


@pytest.mark.parametrize("cell", ["maybe", "2", "-1", "1.00", "yes!", "yes no", "ja", "", "тrue", "ＹＥＳ", "true\n"])
def test_anything_else_is_refused(cell):
    reading = booleans.read(column("yes", cell, None), FIELD, ANSWERS)
    (fault,) = reading.faults
    assert (fault.code, fault.mask.to_pylist(), fault.questions) == ("PF304", [False, True, False], False)
    assert reading.text.to_pylist() == ["true", None, None]


@pytest.mark.parametrize("cells", [(), (None,), (None, None)])
def test_columns_without_values(cells):
    reading = booleans.read(column(*cells), FIELD, ANSWERS)
    assert (reading.text.to_pylist(), reading.faults) == (list(cells), ())
    assert reading.text.type == pa.string()


def test_typed_is_bool():
    assert booleans.to_typed(column("true", None, "false"), FIELD).equals(pa.array([True, None, False]))


def test_words():
    message = booleans.advise("PF304", "maybe", '"maybe"', FIELD, ANSWERS).message
    assert message == '"maybe" is neither yes nor no; write true or false, or leave the cell blank'


@given(st.lists(st.one_of(st.none(), st.sampled_from(list(booleans.WORDS)), st.text(max_size=5))), st.integers(0, 20))
def test_reading_again_neighbours_and_slices_change_nothing(cells, start):
    text = booleans.read(column(*cells), FIELD, ANSWERS).text
    assert booleans.read(text, FIELD, ANSWERS).text.equals(text)
    sliced = booleans.read(column(*cells).slice(min(start, len(cells))), FIELD, ANSWERS).text
    assert sliced.to_pylist() == text.to_pylist()[start:]
    assert sliced.to_pylist() == [booleans.read(column(cell), FIELD, ANSWERS).text[0].as_py() for cell in cells[start:]]
