"""The API's words for types, in any writing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.contract.field import FieldType
from preflight.contract.types import TYPE_WORDS, parse_type


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("string", FieldType.STRING),
        ("Text", FieldType.STRING),
        ("INTEGER", FieldType.INTEGER),
        ("int", FieldType.INTEGER),
        ("Long", FieldType.INTEGER),
        ("number", FieldType.NUMBER),
        ("Double", FieldType.NUMBER),
        ("decimal", FieldType.NUMBER),
        ("float", FieldType.NUMBER),
        ("Currency", FieldType.CURRENCY),
        ("Percent", FieldType.PERCENT),
        ("Boolean", FieldType.BOOLEAN),
        ("bool", FieldType.BOOLEAN),
        ("Date", FieldType.DATE),
        ("Datetime", FieldType.DATETIME),
        ("date-time", FieldType.DATETIME),
        ("timestamp", FieldType.DATETIME),
        ("Email", FieldType.EMAIL),
        ("URL", FieldType.URL),
        ("domain", FieldType.DOMAIN),
        ("phone", FieldType.PHONE),
        ("Picklist", FieldType.PICKLIST),
        ("enum", FieldType.PICKLIST),
        ("ID", FieldType.ID),
        ("postal_code", FieldType.POSTAL_CODE),
        (" string ", FieldType.STRING),
    ],
)
def test_known_words(word: str, kind: FieldType) -> None:
    assert parse_type(word) == (kind, True)


@pytest.mark.parametrize("word", ["geolocation", "varchar(255)", "—", "multipicklist"])
def test_unknown_words_are_string_and_unknown(word: str) -> None:
    assert parse_type(word) == (FieldType.STRING, False)


@pytest.mark.parametrize("word", [None, "", "  "])
def test_no_word_is_string(word: str | None) -> None:
    assert parse_type(word) == (FieldType.STRING, True)


def test_every_type_has_words_and_its_own_name_is_one() -> None:
    assert set(TYPE_WORDS) == set(FieldType)
    assert all(parse_type(kind.value) == (kind, True) for kind in FieldType)


@given(st.text())
def test_never_raises(word: str) -> None:
    assert parse_type(word)[0] in FieldType
