"""Plans are made of what is stated, and every fault is told at once."""

from __future__ import annotations

import pickle

import pytest

from preflight.contract.field import Answers, Contract, Field, FieldType, Operation
from preflight.contract.options import PlanOptions, read_options
from preflight.contract.plan import ColumnMapping, Plan, make_plan, plan_of
from preflight.errors import PlanError

CONTRACT = Contract(
    "accounts",
    (
        Field("account_name", required=True),
        Field("domain", FieldType.DOMAIN, required=True, label="Account Domain"),
        Field("account_id", FieldType.ID),
        Field("industry"),
        Field("notes"),
    ),
)


def test_a_plan() -> None:
    plan = make_plan(
        CONTRACT,
        operation="Upsert",
        match_key="domain",
        columns={"Company": "account_name", "Secret": None},
        set={"industry": "Retail"},
        answers={"dates": "dmy", "locale": "de-DE", "percent": "0-1"},
        blank=["notes"],
        duplicates="first",
        unmapped="drop",
    )
    assert plan == Plan(
        contract=CONTRACT,
        operation=Operation.UPSERT,
        match_key="domain",
        columns=(ColumnMapping("Company", "account_name"), ColumnMapping("Secret", None)),
        constants=(("industry", "Retail"),),
        answers=Answers(dates="dmy", decimal=",", scale="0-1"),
        blank=("notes",),
        duplicates="first",
        unmapped="drop",
    )
    assert pickle.loads(pickle.dumps(plan)) == plan
    assert pickle.loads(pickle.dumps(plan)).digest == plan.digest


def test_nothing_stated_is_the_bare_plan() -> None:
    assert make_plan(CONTRACT) == Plan(CONTRACT)


def test_derived_plans() -> None:
    plan = make_plan(CONTRACT, operation="insert", answers={"dates": "dmy"})
    assert plan.with_operation(Operation.UPDATE).operation is Operation.UPDATE
    assert plan.answers_for(Field("x", answers=Answers(dates="mdy", pivot=30))) == Answers(dates="mdy", pivot=30)


def test_every_choice_changes_the_digest() -> None:
    plans = [
        make_plan(CONTRACT),
        make_plan(CONTRACT, operation="insert"),
        make_plan(CONTRACT, operation="update", match_key="domain"),
        make_plan(CONTRACT, columns={"a": "notes"}),
        make_plan(CONTRACT, set={"notes": "a"}),
        make_plan(CONTRACT, answers=Answers(dates="dmy")),
        make_plan(CONTRACT, blank="optional"),
        make_plan(CONTRACT, duplicates="last"),
        make_plan(CONTRACT, unmapped="drop"),
    ]
    assert len({plan.digest for plan in plans}) == len(plans)


def test_values_that_are_no_text_become_the_text_of_a_cell() -> None:
    assert make_plan(CONTRACT, set={"notes": 5, "industry": True}).constants == (("notes", "5"), ("industry", "true"))


@pytest.mark.parametrize(
    ("stated", "fault"),
    [
        ({"operation": "upsrt"}, 'the operation is "upsrt"; wanted insert, update or upsert'),
        (
            {"operation": "upsert"},
            'an upsert needs a match key, and none is given; wanted a field such as "domain" or "account_id"',
        ),
        ({"operation": "update"}, "an update needs a match key"),
        ({"operation": "insert", "match_key": "domain"}, 'an insert takes no match key, but "domain" is given'),
        ({"match_key": "domain"}, 'the match key "domain" is given without an operation'),
        (
            {"operation": "upsert", "match_key": "domian"},
            'the match key "domian" is no field of accounts; did you mean "domain"?',
        ),
        (
            {"columns": {"Web": "Account Domain"}},
            'the column "Web": "Account Domain" is no field of accounts; did you mean "domain"?',
        ),
        ({"columns": {"a": "Acount Domian"}}, '"Acount Domian" is no field of accounts; did you mean "domain"?'),
        ({"columns": {"a": "zzz"}}, "the fields are account_name, domain, account_id, industry, notes"),
        ({"columns": {"a": "notes", "b": "notes"}}, 'the columns "a" and "b" are both stated for the field notes'),
        ({"columns": [ColumnMapping("a", "notes"), ColumnMapping("a", None)]}, 'the column "a" is stated 2 times'),
        ({"set": {"nope": "x"}}, 'the value for every row (set): "nope" is no field'),
        ({"set": {"notes": " "}}, "the value for every row of notes (set) is blank"),
        ({"set": {"notes": ["x"]}}, 'set has "[\'x\']" for "notes"; wanted text'),
        ({"set": {"notes": "x"}, "columns": {"a": "notes"}}, 'notes has both a value for every row (set) and the column "a"'),
        ({"blank": ["nots"]}, 'blank: "nots" is no field of accounts; did you mean "notes"?'),
        ({"blank": ["domain"]}, "blank: domain is required and is never sent as blank"),
        (
            {"blank": ["account_id"], "operation": "update", "match_key": "account_id"},
            "blank: account_id is the match key and is never sent as blank",
        ),
        ({"duplicates": "frist"}, 'duplicates is "frist"; wanted reject, first or last'),
        ({"unmapped": "keep"}, 'unmapped is "keep"; wanted refuse or drop'),
        ({"answers": {"dates": "x"}}, 'dates is "x"; wanted iso'),
        ({"answers": {"nonsense": "x"}}, 'unknown key "nonsense"'),
        ({"answers": Answers(scale="0-10")}, 'percent is "0-10"; wanted 0-1 or 0-100'),
        ({"answers": Answers(time_in_date="zone")}, "timezone is not given"),
    ],
)
def test_a_fault(stated: dict[str, object], fault: str) -> None:
    with pytest.raises(PlanError) as caught:
        make_plan(CONTRACT, **stated)  # type: ignore[arg-type]  # the table holds values of every type
    assert len(caught.value.faults) == 1
    assert fault in caught.value.faults[0]


def test_all_faults_at_once() -> None:
    with pytest.raises(PlanError) as caught:
        make_plan(
            CONTRACT, operation="x", match_key="y", columns={"a": "b"}, set={"c": "d"}, blank=["e"], duplicates="f", unmapped="g"
        )
    assert len(caught.value.faults) == 7


def test_a_person_is_never_the_key_of_activities() -> None:
    contract = Contract("activities", (Field("person_id", FieldType.ID), Field("activity_id", FieldType.ID)))
    with pytest.raises(PlanError, match=r'person_id is no match key for activities: many rows share one; wanted "activity_id"'):
        make_plan(contract, operation="upsert", match_key="person_id")
    people = Contract("people", contract.fields)
    assert make_plan(people, operation="upsert", match_key="person_id").match_key == "person_id"


def test_options_and_their_faults_are_told_together() -> None:
    options, faults = read_options({"columns": ["a=nope", "b"], "duplicates": "x"})
    with pytest.raises(PlanError) as caught:
        plan_of(CONTRACT, options, faults)
    assert len(caught.value.faults) == 3
    assert plan_of(CONTRACT, PlanOptions()) == Plan(CONTRACT)
    with pytest.raises(PlanError, match=r"notes has 2 values for every row \(set\); state one of them"):
        plan_of(CONTRACT, *read_options({"set": ["notes=a", "notes=b"]}))
