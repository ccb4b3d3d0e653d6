"""The plan that a user holds: how it is made, what its verbs refuse, that it never changes."""

from __future__ import annotations

import dataclasses
import pickle
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import preflight as pf
from preflight.errors import PlanError, UsageError

FIELDS = [{"field_name": "domain", "field_type": "domain", "required": True}, {"field_name": "name", "field_type": "string"}]
PLAN = pf.plan("accounts", operation="upsert", match_key="domain", fields=FIELDS)
GOOD = pd.DataFrame({"domain": ["a.com"], "name": ["Abc AG"]})


def test_a_plan_is_frozen_and_survives_pickling() -> None:
    again = pickle.loads(pickle.dumps(PLAN))
    assert (again, again.digest, type(again)) == (PLAN, PLAN.digest, pf.Plan)
    assert again.schema == PLAN.schema
    with pytest.raises(dataclasses.FrozenInstanceError):
        PLAN.match_key = "name"  # type: ignore[misc]
    hash(PLAN)


def test_what_was_given_may_change_afterwards() -> None:
    fields, columns, constants = [dict(one) for one in FIELDS], {"Website": "domain"}, {"name": "Abc AG"}
    made = pf.plan("accounts", operation="upsert", match_key="domain", fields=fields, columns=columns, set=constants)
    digest = made.digest
    fields[0]["field_type"], columns["Website"], constants["name"] = "string", "name", "x"
    assert made.digest == digest


def test_validate_gives_the_good_rows_or_raises() -> None:
    assert PLAN.validate(GOOD).to_dict("list") == {"domain": ["a.com"], "name": ["Abc AG"]}
    with pytest.raises(pf.RejectedRows, match=r"1 of 1 rows are rejected \(PF313 1\)"):
        PLAN.validate(GOOD.assign(domain="bad"))


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"engine": "fast"}, "engine"),
        ({"values": "none"}, "values"),
        ({"encodign": "utf-8"}, "encodign"),
        ({"ignore": "PF999"}, "PF999"),
        ({"severity": {"PF302": "bad"}}, "severity"),
    ],
)
def test_options_that_cannot_be_used(options: dict[str, Any], word: str) -> None:
    with pytest.raises(UsageError, match=word):
        PLAN.check(GOOD, **options)


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({"set": {"size": "many"}}, "size"),
        ({"set": {"size": "n/a"}}, "stands for nothing"),
        ({"operation": "merge"}, "merge"),
        ({"fields": "missing.json"}, "cannot be read"),
    ],
)
def test_plans_that_cannot_hold(options: dict[str, Any], fault: str) -> None:
    fields = [*FIELDS, {"field_name": "size", "field_type": "integer"}]
    with pytest.raises(pf.PlanError, match=fault):
        pf.plan("accounts", **{"fields": fields, **options})


def test_on_update_what_is_not_mapped_is_not_missed_but_a_blank_is() -> None:
    fields = [FIELDS[0], {"field_name": "name", "field_type": "string", "required": True}]
    update = pf.plan("accounts", operation="update", match_key="domain", fields=fields)
    assert update.check(GOOD[["domain"]]).ok
    assert update.check(GOOD.assign(name=None)).findings.code.tolist() == ["PF401"]


@pytest.mark.parametrize("call", [PLAN.check, PLAN.validate])
def test_the_frame_of_the_caller_is_never_changed(call: Any) -> None:
    frame = pd.DataFrame({"domain": ["HTTPS://A.com/"], "name": [" Abc  AG "]}, index=["x"])
    before = frame.copy()
    call(frame)
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize(
    "options",
    [{"ignore": ["PF502"]}, {"severity": {"PF313": "warning"}}, {"ignore_in": {"domain": ["PF501"]}}, {"select": ["PF4"]}],
)
def test_what_is_hidden_in_a_check_is_not_written(options: dict[str, Any], tmp_path: Path) -> None:
    plan = pf.plan("accounts", operation="upsert", match_key="domain")
    frame = pd.DataFrame({"account_name": ["A", "B", "C", "D"], "domain": ["a.com", "a.com", None, "x"]})
    report = plan.check(frame, **options)
    with pytest.raises(UsageError, match=r"^write cannot hide or lower PF"):
        report.write(tmp_path / "out")
    assert not (tmp_path / "out" / "receipt.json").exists()
    with pytest.raises(UsageError, match=r"^validate cannot hide or lower PF"):
        plan.validate(frame, **options)


def test_what_a_check_counts_is_no_matter_of_writing(tmp_path: Path) -> None:
    plan = pf.plan("accounts", operation="insert")
    with pytest.raises(UsageError, match=r"^ignore decides what a check counts, and write sends what is good"):
        plan.write(pd.DataFrame({"account_name": ["A"], "domain": ["a.com"]}), tmp_path / "out", ignore=["PF4"])


@pytest.mark.parametrize(
    ("entity", "options", "faults"),
    [
        ("accounts", {"columns": ["A"]}, ['columns is "A"; wanted "CSV column=field"']),
        ("accounts", {"columns": 3}, ['columns is no table; wanted pairs such as "CSV column=field"']),
        ("accounts", {"set": [1]}, ['set is "1"; wanted FIELD=VALUE']),
        ("accounts", {"blank": 3}, ['blank is no list of texts; wanted a list such as ["industry"]']),
        (3, {}, ['entity is "3"; wanted text', "no entity is given; wanted accounts, people, opportunities or activities"]),
        (None, {}, ["no entity is given; wanted accounts, people, opportunities or activities"]),
    ],
)
def test_arguments_of_a_wrong_kind_are_faults_of_the_plan(entity: Any, options: dict[str, Any], faults: list[str]) -> None:
    with pytest.raises(PlanError) as raised:
        pf.plan(entity, **options)
    assert list(raised.value.faults) == faults
