"""A plan through JSON and back."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

import preflight as pf
from preflight.contract import plan as contract_plan
from preflight.contract.field import ENTITIES
from preflight.contract.plan_json import plan_from_json
from preflight.errors import PlanError


def through_json(plan: contract_plan.Plan) -> contract_plan.Plan:
    return plan_from_json(json.loads(json.dumps(asdict(plan))))


def plain(plan: contract_plan.Plan) -> contract_plan.Plan:
    return contract_plan.Plan(**{name: getattr(plan, name) for name in contract_plan.Plan.__dataclass_fields__})


@pytest.mark.parametrize("entity", ENTITIES)
def test_every_entity_comes_back_equal(entity: str) -> None:
    plan = pf.plan(entity)
    assert through_json(plan) == plain(plan)
    assert through_json(plan).digest == plan.digest


def test_everything_that_a_plan_states_comes_back() -> None:
    industry = {"type": "picklist", "values": ["Software"], "synonyms": {"SaaS": "Software"}}
    rules = {"fields": {"industry": industry, "founded": {"type": "date", "dates": "dmy"}}}
    plan = pf.plan(
        "accounts",
        operation="upsert",
        match_key="domain",
        columns={"Company": "account_name", "Notes": None},
        set={"country": "France"},
        blank=["phone"],
        duplicates="last",
        unmapped="drop",
        dates="mdy",
        timezone="UTC",
        pivot=30,
        rules=rules,
        fields=[
            {"field_name": name, "field_type": "string", "required": name == "account_name"}
            for name in ("account_name", "domain", "industry", "country", "phone", "founded")
        ],
    )
    back = through_json(plan)
    assert back == plain(plan)
    assert back.digest == plan.digest
    assert hash(back) == hash(plain(plan))


@pytest.mark.parametrize(
    "value", [{}, {"contract": None}, {"contract": {"entity_type": "accounts", "fields": []}, "new": 1}, [], None]
)
def test_what_is_no_plan_is_refused(value: object) -> None:
    with pytest.raises(PlanError, match="cannot be understood"):
        plan_from_json(value)  # type: ignore[arg-type]
