"""One column of cells to canonical text and faults, and the rules that changed it."""

from __future__ import annotations

import pyarrow as pa
import pytest

from preflight.contract.field import Answers, Field, FieldType
from preflight.kernel.normalise import change_rules, read_column, typed_column

NAME = Field("name", max_length=5, pattern="[A-Z].*")


@pytest.mark.parametrize(
    ("field", "cells", "text", "faults"),
    [
        (Field("x"), [" a  b ", "", "\ufeffc", None], ["a b", None, "c", None], {}),
        (Field("x", FieldType.INTEGER), ["1,234", "N/A", "x"], ["1234", None, None], {"PF302": [2]}),
        (Field("x", FieldType.INTEGER, min="1", max="9"), ["0", "5", "10"], ["0", "5", "10"], {"PF404": [0, 2]}),
        (NAME, ["Abc", "abcdef", "abc"], ["Abc", "abcdef", "abc"], {"PF403": [1], "PF406": [2]}),
        (Field("x", FieldType.PICKLIST, values=("A",)), ["a", "B"], ["A", "B"], {"PF405": [1]}),
        (Field("x"), ["a\x01", "#REF!"], [None, None], {"PF005": [0], "PF311": [1]}),
        (Field("x"), [], [], {}),
    ],
)
def test_text_and_faults(field: Field, cells: list[str | None], text: list[str | None], faults: dict[str, list[int]]) -> None:
    for column in (pa.array(cells, pa.string()), pa.array(["pad", *cells], pa.string()).slice(1)):
        found = read_column(column, field, Answers())
        assert found.text.to_pylist() == text
        assert {one.code: [at for at, on in enumerate(one.mask.to_pylist()) if on] for one in found.faults} == faults


def test_repeated_values_give_the_same_as_single_ones() -> None:
    field, cells = Field("x", FieldType.INTEGER), ["1,234", None, "bad", "7"]
    once = read_column(pa.array(cells), field, Answers())
    often = read_column(pa.array(cells * 40), field, Answers())
    assert often.text.to_pylist() == once.text.to_pylist() * 40
    assert [one.mask.to_pylist() for one in often.faults] == [one.mask.to_pylist() * 40 for one in once.faults]


def test_an_untouched_column_is_the_very_same_object() -> None:
    for cells in (pa.array(["abc", "def"]), pa.array(["abc", "def"] * 100)):
        assert read_column(cells, Field("x"), Answers()).text is cells


@pytest.mark.parametrize(
    ("kind", "text", "arrow", "value"),
    [
        (FieldType.INTEGER, "12", pa.int64(), 12),
        (FieldType.CURRENCY, "1.50", pa.float64(), 1.5),
        (FieldType.BOOLEAN, "true", pa.bool_(), True),
        (FieldType.EMAIL, "a@b.com", pa.string(), "a@b.com"),
    ],
)
def test_canonical_text_has_a_type(kind: FieldType, text: str, arrow: pa.DataType, value: object) -> None:
    typed = typed_column(pa.array([text, None]), Field("x", kind))
    assert (typed.type, typed.to_pylist()) == (arrow, [value, None])


@pytest.mark.parametrize(
    ("kind", "before", "after", "rules"),
    [
        (FieldType.STRING, " a  b", "a b", ("trimmed", "blanks-collapsed")),
        (FieldType.INTEGER, " 1,234 ", "1234", ("trimmed", "plain-integer")),
        (FieldType.INTEGER, "n/a", None, ("null-word",)),
        (FieldType.DOMAIN, "HTTP://A.com/", "a.com", ("domain",)),
    ],
)
def test_changes_name_their_rules_in_order(kind: FieldType, before: str, after: str | None, rules: tuple[str, ...]) -> None:
    assert change_rules(pa.array([before]), pa.array([after], pa.string()), Field("x", kind)) == [rules]
