"""FieldMapping lists of any shape become a contract, or one error with every fault."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.contract.field import Contract, Field, FieldType
from preflight.contract.mappings import read_entity, read_field_mappings
from preflight.errors import PlanError


def test_a_list_of_objects() -> None:
    parsed = [
        {"entity_type": "accounts", "field_name": "domain", "field_type": "Domain", "required": True, "description": "Host."},
        {"field_name": "notes"},
    ]
    assert read_field_mappings(parsed, "accounts") == Contract(
        entity_type="accounts",
        fields=(
            Field("domain", FieldType.DOMAIN, stated_type="Domain", required=True, description="Host."),
            Field("notes"),
        ),
    )


def test_the_answer_of_the_api_with_several_entities() -> None:
    parsed = {
        "mappings": [
            {"entity_type": "people", "field_name": "email"},
            {"entity_type": "Account", "field_name": "domain"},
            {"field_name": "both"},
        ],
        "total": 3,
    }
    assert read_field_mappings(parsed, "accounts").names == ("domain", "both")


def test_an_unknown_type_is_a_note() -> None:
    contract = read_field_mappings([{"field_name": "place", "field_type": "geolocation"}], "accounts")
    assert contract.fields == (Field("place", stated_type="geolocation"),)
    assert contract.notes == (
        (
            "PF702",
            "place",
            'the field "place" has the type "geolocation", which is not known; it is judged as string, '
            "so state its type in the rules",
        ),
    )


def test_the_first_of_two_definitions_wins() -> None:
    contract = read_field_mappings(
        [{"field_name": "a", "field_type": "date"}, {"field_name": "a", "field_type": "int"}], "accounts"
    )
    assert [(one.name, one.type) for one in contract.fields] == [("a", FieldType.DATE)]
    assert [(code, name) for code, name, _ in contract.notes] == [("PF703", "a")]


def test_null_properties_are_absent() -> None:
    parsed = [{"field_name": "a", "field_type": None, "required": None, "description": None, "entity_type": None}]
    assert read_field_mappings(parsed, "accounts").fields == (Field("a"),)


def test_every_fault_is_told_at_once() -> None:
    parsed = [
        {"field_name": 7},
        "domain",
        {"field_type": "string"},
        {"field_name": "  "},
        {"field_name": " domain "},
        {"field_name": "a", "required": "yes", "field_type": ["x"]},
        None,
    ]
    with pytest.raises(PlanError) as caught:
        read_field_mappings(parsed, "accounts")
    assert caught.value.faults == (
        "field mapping 1: field_name is a number; wanted text",
        "field mapping 2 is text; wanted an object with a field_name",
        "field mapping 3 has no field_name; wanted the name of a field",
        "field mapping 4 has no field_name; wanted the name of a field",
        'field mapping 5: field_name " domain " has blanks at its edges or hidden characters; wanted it bare',
        "field mapping 6: field_type is a list; wanted text",
        "field mapping 6: required is text; wanted true or false",
        "field mapping 7 is null; wanted an object with a field_name",
    )


@pytest.mark.parametrize(
    ("parsed", "fault"),
    [
        ([], "an empty list"),
        ({"mappings": []}, "an empty list"),
        ({}, 'without a list "mappings"'),
        ({"mappings": None}, 'without a list "mappings"'),
        ("domain", "are text"),
        (None, "are null"),
        (3, "are a number"),
        ([{"entity_type": "people", "field_name": "email"}], 'only of "people"; give the list for accounts'),
    ],
)
def test_documents_that_hold_nothing(parsed: object, fault: str) -> None:
    with pytest.raises(PlanError, match=fault):
        read_field_mappings(parsed, "accounts")


@pytest.mark.parametrize(
    ("word", "entity"), [("accounts", "accounts"), ("Account", "accounts"), ("PERSON", "people"), ("contacts", None), ("", None)]
)
def test_read_entity(word: str, entity: str | None) -> None:
    assert read_entity(word) == entity


_JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.sampled_from(["field_name", "field_type", "required", "mappings", "entity_type"]), inner)
    ),
    max_leaves=12,
)


@given(_JSON)
def test_any_json_gives_a_contract_or_a_plan_error(parsed: object) -> None:
    try:
        contract = read_field_mappings(parsed, "accounts")
    except PlanError:
        return
    assert contract.names
    assert len(set(contract.names)) == len(contract.names)
