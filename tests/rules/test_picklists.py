"""Values from a list."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.contract.field import Answers, Field, FieldType
from preflight.rules import picklists

FIELD = Field(
    "industry",
    FieldType.PICKLIST,
    values=("Technology", "Retail Trade", "Straße", "IT", "It"),
    synonyms=(("SaaS", "Technology"), ("it", "IT")),
)
ANSWERS = Answers()


def column(*cells):
    return pa.array(cells, pa.string())


@pytest.mark.parametrize(
    ("cell", "allowed"),
    [
        ("Technology", "Technology"),
        ("TECHNOLOGY", "Technology"),
        ("retail  trade", "Retail Trade"),
        ("retail\u00a0trade", "Retail Trade"),
        ("saas", "Technology"),
        ("SAAS", "Technology"),
        ("STRASSE", "Straße"),
        ("IT", "IT"),
        ("It", "It"),
        ("iT", None),
        ("retail-trade", None),
        ("retailtrade", None),
        ("technolgy", None),
        ("", None),
    ],
)
def test_the_allowed_spelling(cell, allowed):
    reading = picklists.read(column("Technology", None, cell), FIELD, ANSWERS)
    assert reading.text.to_pylist() == ["Technology", None, allowed]
    assert [(fault.code, fault.mask.to_pylist()) for fault in reading.faults] == (
        [] if allowed else [("PF405", [False, False, True])]
    )


def test_without_values_any_text_is_kept():
    cells = column("x", None, "SaaS")
    assert picklists.read(cells, Field("f", FieldType.PICKLIST), ANSWERS).text.equals(cells)


def test_without_values_synonyms_still_serve():
    field = Field("f", FieldType.PICKLIST, synonyms=(("SaaS", "Software"),))
    reading = picklists.read(column("x", None, "SAAS"), field, ANSWERS)
    assert (reading.text.to_pylist(), reading.faults) == (["x", None, "Software"], ())


@pytest.mark.parametrize("cells", [(), (None,), (None, None)])
def test_columns_without_values(cells):
    reading = picklists.read(column(*cells), FIELD, ANSWERS)
    assert (reading.text.to_pylist(), reading.faults) == (list(cells), ())


def test_typed_is_the_text_itself():
    cells = column("Technology", None)
    assert picklists.to_typed(cells, FIELD) is cells


def test_words_name_the_nearest_value():
    advice = picklists.advise("PF405", "technolgy", '"technolgy"', FIELD, ANSWERS)
    assert advice.suggestion == "Technology"
    assert advice.message == (
        '"technolgy" is not on the list of the field; use one of "Technology", "Retail Trade", "Straße", "IT", "It"'
    )
    assert picklists.advise("PF405", "zzz", '"zzz"', FIELD, ANSWERS).suggestion is None


def test_words_count_what_they_leave_out():
    field = replace(FIELD, values=tuple(f"v{number}" for number in range(1205)))
    assert picklists.advise("PF405", "x", "it", field, ANSWERS).message.endswith('"v3", "v4" and 1,200 more')


words = st.one_of(
    st.none(), st.sampled_from(["Technology", "technology", "IT", "iT", "SaaS", "retail   TRADE"]), st.text(max_size=5)
)


@given(st.lists(words), st.integers(0, 20))
def test_reading_again_neighbours_and_slices_change_nothing(cells, start):
    text = picklists.read(column(*cells), FIELD, ANSWERS).text
    assert picklists.read(text, FIELD, ANSWERS).text.equals(text)
    sliced = picklists.read(column(*cells).slice(min(start, len(cells))), FIELD, ANSWERS).text.to_pylist()
    assert sliced == [picklists.read(column(cell), FIELD, ANSWERS).text[0].as_py() for cell in cells[start:]]
