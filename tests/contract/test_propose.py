"""Proposals: one-to-one, with reasons, and none where two readings are about as good."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.contract.columns import bind
from preflight.contract.field import ENTITIES
from preflight.contract.options import ColumnMapping, PlanOptions
from preflight.contract.plan import plan_of
from preflight.contract.plan_toml import from_toml, to_toml
from preflight.contract.propose import ColumnEvidence, Proposal, propose, resembles
from preflight.files.bundled import bundled_contract

CONTRACTS = {entity: bundled_contract(entity) for entity in ENTITIES}
DOMAINS = ColumnEvidence(filled=100, distinct=0.9, domain=0.98)
MAILS = ColumnEvidence(filled=100, distinct=0.9, email=0.97)
WORDS = ColumnEvidence(filled=100, distinct=0.5)
IDS = ColumnEvidence(filled=100, distinct=1.0, integer=1.0, number=1.0)


def proposed(entity: str, header: list[str], evidence: dict[int, ColumnEvidence] | None = None) -> dict[str, Proposal]:
    return {one.column: one for one in propose(CONTRACTS[entity], header, evidence)}


@pytest.mark.parametrize(
    ("column", "evidence", "expected"),
    [
        ("domain", None, Proposal("domain", "domain", 100, 'the header equals the field name "domain"')),
        (
            "Account Domain",
            None,
            Proposal("Account Domain", "domain", 98, 'the header equals the label "Account Domain"', "account_name"),
        ),
        (
            "WEBSITE",
            DOMAINS,
            Proposal("WEBSITE", "domain", 95, 'the header equals the alias "Website", and 98 % of the values are web domains'),
        ),
        ("Industy", None, Proposal("Industy", "industry", 85, 'the header is close to the field name "industry"')),
        ("Website__c", None, Proposal("Website__c", "domain", 85, 'the header is, as a custom field, the alias "Website"')),
        ("Internetauftritt", DOMAINS, Proposal("Internetauftritt", "domain", 69, "98 % of the values are web domains")),
        ("Internetauftritt", WORDS, Proposal("Internetauftritt", None, 0, "no field is like it")),
        (
            "Domains",
            WORDS,
            Proposal(
                "Domains",
                None,
                55,
                'not sure enough for domain: the header is close to the field name "domain", '
                "but only 0 % of the values are web domains",
                "domain",
            ),
        ),
        (
            "domain",
            WORDS,
            Proposal(
                "domain", "domain", 80, 'the header equals the field name "domain", but only 0 % of the values are web domains'
            ),
        ),
        ("ID", IDS, Proposal("ID", "account_id", 65, "the header says identifier, and the values are distinct", "employees")),
        ("ID", None, Proposal("ID", None, 0, "no field is like it")),
        (
            "Founded",
            IDS,
            Proposal("Founded", None, 20, "not sure enough for employees: 100 % of the values are whole numbers", "employees"),
        ),
    ],
)
def test_one_column(column: str, evidence: ColumnEvidence | None, expected: Proposal) -> None:
    assert proposed("accounts", [column], {} if evidence is None else {0: evidence})[column] == expected


def test_two_columns_as_good_are_left_to_a_person() -> None:
    found = proposed("people", ["Kontakt A", "Kontakt B"], {0: MAILS, 1: MAILS})
    assert [one.field for one in found.values()] == [None, None]
    assert (
        found["Kontakt A"].reason == '97 % of the values are e-mail addresses, but the column "Kontakt B" fits email about as well'
    )


def test_a_better_name_takes_the_field() -> None:
    found = proposed("people", ["Work Email", "email", "other"], {0: MAILS, 1: MAILS, 2: MAILS})
    assert {one.column: one.field for one in found.values()} == {"Work Email": None, "email": "email", "other": None}
    assert found["Work Email"].reason == "another column fits email better"


def test_a_column_between_two_fields_is_left_to_a_person() -> None:
    mixed = ColumnEvidence(filled=10, distinct=1.0, email=1.0, domain=1.0)
    found = proposed("people", ["Kontakt"], {0: mixed})["Kontakt"]
    assert (found.field, found.reason) == (
        None,
        "100 % of the values are e-mail addresses, but account_domain fits about as well",
    )


def test_headers_that_occur_twice_or_are_blank_get_no_field() -> None:
    found = proposed("accounts", ["domain", "domain", "", "preflight_row"])
    assert [(one.column, one.field) for one in found.values()] == [("domain", None), ("", None)]
    assert found["domain"].reason == "2 columns have this header"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("account,sector,year_established,revenue,employees,office_location,subsidiary_of", ("accounts", 4)),
        ("symbol,name,summary,sector,industry,country,state,city,zipcode,website,delisted", ("accounts", 3)),
        ("NAME,TYPE,PHONE,WEBSITE,ANNUALREVENUE", ("accounts", 4)),
        ("unique_id,first_name,surname,dob,city,email,cluster", ("people", 3)),
        ("company name,email,first name,last name,city,state", ("people", 5)),
        ("opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value", ("opportunities", 6)),
        ("ID,ACCOUNTID,NAME,STAGENAME,AMOUNT,PROBABILITY,CLOSEDATE,TYPE,ISCLOSED,ISWON", ("opportunities", 9)),
        ("engagement_id,_fivetran_deleted,property_hs_timestamp,type", ("activities", 3)),
        ("a,b,c", None),
        ("domain", None),
        ("", None),
    ],
)
def test_resembles(header: str, expected: tuple[str, int] | None) -> None:
    assert resembles(header.split(","), CONTRACTS.values()) == expected


def test_without_contracts_nothing_is_resembled() -> None:
    assert resembles(["domain", "name"], ()) is None


_HEADER = st.lists(
    st.sampled_from(["domain", "Website", "NAME", "email", "E-Mail", "Industy", "id", "type", "", "preflight_x"])
    | st.text(alphabet=st.characters(codec="utf-8"), max_size=10),
    max_size=8,
)
_SHARE = st.floats(0, 1)
_EVIDENCE = st.dictionaries(
    st.integers(0, 8),
    st.builds(ColumnEvidence, st.integers(0, 100), _SHARE, _SHARE, _SHARE, _SHARE, _SHARE, _SHARE, _SHARE, _SHARE),
)


@given(st.sampled_from(ENTITIES), _HEADER, _EVIDENCE)
def test_one_to_one_and_the_plan_runs_as_it_stands(entity: str, header: list[str], evidence: dict[int, ColumnEvidence]) -> None:
    found = propose(CONTRACTS[entity], header, evidence)
    fields = [one.field for one in found if one.field is not None]
    assert len(fields) == len(set(fields))
    assert len({one.column for one in found}) == len(found)
    assert all(0 <= one.score <= 100 and one.reason for one in found)
    text = to_toml(
        PlanOptions(columns=tuple(ColumnMapping(one.column, one.field) for one in found)),
        reasons={one.column: one.reason for one in found},
    )
    binding = bind(plan_of(CONTRACTS[entity], from_toml(text)), tuple(header))
    assert [feed.field.name for feed in binding.feeds] == sorted(fields, key=CONTRACTS[entity].names.index)
    assert binding.unmapped == ()
    assert {note.code for note in binding.notes} <= {"PF202"}
