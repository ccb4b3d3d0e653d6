"""The bundled schemas: complete, in agreement with each other, and without names that mean two fields."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from preflight.contract.field import ENTITIES, FieldType
from preflight.contract.mappings import read_field_mappings
from preflight.contract.matching import meanings, names_of
from preflight.contract.names import fold
from preflight.contract.overlay import lay_over, read_overlay
from preflight.errors import PlanError
from preflight.files.bundled import bundled_contract, bundled_fields, bundled_rules, bundled_text, schemas_folder


def test_the_folder_holds_the_api_description() -> None:
    assert bundled_text("import-api.yml").startswith("openapi: 3.1")
    assert {path.name for path in schemas_folder().iterdir()} >= {"import-api.yml", "fields", "rules"}


def test_a_wheel_has_the_folder_inside_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "preflight"
    (package / "schemas").mkdir(parents=True)
    monkeypatch.setattr("preflight.files.bundled.__file__", str(package / "files" / "bundled.py"))
    assert schemas_folder() == package / "schemas"


@pytest.mark.parametrize("entity", ENTITIES)
def test_rules_name_only_fields_of_the_list_and_fit_their_types(entity: str) -> None:
    contract = lay_over(
        read_field_mappings(bundled_fields(entity), entity), read_overlay(bundled_rules(entity), entity), strict=True
    )
    assert contract.notes == ()
    assert contract == bundled_contract(entity)
    assert contract.dated == "2026-11-24"
    assert all(one.label and one.source for one in contract.fields)


@pytest.mark.parametrize("entity", ENTITIES)
def test_no_name_means_two_fields_and_none_is_listed_twice(entity: str) -> None:
    contract = bundled_contract(entity)
    assert [name for name, ranks in meanings(contract).items() if len(ranks) > 1] == []
    for one in contract.fields:
        aliases = [fold(alias) for alias in one.aliases]
        assert len(aliases) == len(set(aliases))
        assert not {fold(one.name), fold(one.label or "")} & set(aliases)
        assert all(fold(name) for name, _ in names_of(one))


@pytest.mark.parametrize(
    ("entity", "types"),
    [
        ("accounts", {"domain": FieldType.DOMAIN, "account_id": FieldType.ID, "phone": FieldType.PHONE}),
        (
            "people",
            {
                "person_id": FieldType.ID,
                "email": FieldType.EMAIL,
                "account_id": FieldType.ID,
                "account_domain": FieldType.DOMAIN,
                "person_type": FieldType.PICKLIST,
                "postal_code": FieldType.POSTAL_CODE,
            },
        ),
        ("opportunities", {"opportunity_id": FieldType.ID, "account_id": FieldType.ID, "account_domain": FieldType.DOMAIN}),
        (
            "activities",
            {
                "person_id": FieldType.ID,
                "activity_id": FieldType.ID,
                "account_id": FieldType.ID,
                "account_domain": FieldType.DOMAIN,
                "url": FieldType.URL,
            },
        ),
    ],
)
def test_semantic_types(entity: str, types: dict[str, FieldType]) -> None:
    semantic = {FieldType.DOMAIN, FieldType.ID, FieldType.PHONE, FieldType.EMAIL, FieldType.POSTAL_CODE, FieldType.URL}
    found = {one.name: one.type for one in bundled_contract(entity).fields}
    assert {name: kind for name, kind in found.items() if kind in semantic or name in types} == types


def test_single_facts() -> None:
    people, opportunities = bundled_contract("people"), bundled_contract("opportunities")
    assert {one.values for one in people.fields if one.name == "person_type"} == {("Lead", "Contact")}
    assert [(one.min, one.max) for one in opportunities.fields if one.name == "probability"] == [("0", "100")]
    assert [one.name for one in bundled_contract("activities").fields if one.multiline] == ["description"]
    assert all(bundled_contract(entity).one_of == () for entity in ENTITIES)


def test_a_users_list_and_rules_take_their_place() -> None:
    contract = bundled_contract("accounts", [{"field_name": "domain"}], rules=(tomllib.loads('[fields.domain]\nlabel = "Site"'),))
    assert [(one.name, one.type, one.label) for one in contract.fields] == [("domain", FieldType.DOMAIN, "Site")]


@pytest.mark.parametrize("entity", ["contacts", "", "../fields/accounts"])
def test_an_unknown_entity(entity: str) -> None:
    with pytest.raises(PlanError, match="wanted accounts, people, opportunities or activities"):
        bundled_contract(entity)
