"""A plan bound to headers, among them those of real exports."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.contract.columns import Binding, Feed, How, Note, bind, option_for
from preflight.contract.field import ENTITIES, Contract, Field, FieldType, Operation
from preflight.contract.plan import ColumnMapping, Plan
from preflight.errors import PlanError
from preflight.files.bundled import bundled_contract
from preflight.findings import Severity

PLANS = {entity: Plan(bundled_contract(entity)) for entity in ENTITIES}

SMALL = Contract(
    "accounts",
    (
        Field("account_name", required=True, label="Account Name", aliases=("Company", "Name")),
        Field("domain", required=True, label="Account Domain", aliases=("Website",)),
        Field("industry", label="Industry", aliases=("Sector",)),
        Field("stage"),
        Field("notes"),
    ),
)
FULL = ("account_name", "domain")


def pairs(binding: Binding) -> dict[str, str]:
    """Column to field, as bound; constants under the field with an equals sign."""
    return {
        binding.header[feed.column] if feed.column is not None else f"={feed.constant}": feed.field.name for feed in binding.feeds
    }


def codes(binding: Binding) -> list[tuple[str, str, bool]]:
    return [(note.code, note.severity.value, note.rejects) for note in binding.notes]


def note_of(binding: Binding, code: str) -> Note:
    (found,) = [note for note in binding.notes if note.code == code]
    return found


REAL = {
    "maven-crm accounts": (
        "accounts",
        "account,sector,year_established,revenue,employees,office_location,subsidiary_of",
        {"account": "account_name", "sector": "industry", "revenue": "annual_revenue", "employees": "employees"},
        ["domain"],
    ),
    "financedatabase": (
        "accounts",
        "symbol,name,summary,currency,sector,industry_group,industry,exchange,mic,market,country,state,city,zipcode,website,"
        "market_cap,isin,cusip,figi,composite_figi,shareclass_figi,delisted",
        {"name": "account_name", "website": "domain", "industry": "industry"},
        [],
    ),
    "sp500": (
        "accounts",
        "Symbol,Security,GICS Sector,GICS Sub-Industry,Headquarters Location,Date added,CIK,Founded",
        {"GICS Sector": "industry"},
        ["account_name", "domain"],
    ),
    "dataloader upsert": (
        "accounts",
        "NAME,TYPE,PHONE,ACCOUNTNUMBER__C,WEBSITE,ANNUALREVENUE,ORACLE_ID__C",
        {"NAME": "account_name", "WEBSITE": "domain", "PHONE": "phone", "ANNUALREVENUE": "annual_revenue"},
        [],
    ),
    "dataloader update": (
        "accounts",
        "NAME,WEBSITE,ANNUALREVENUE,PHONE,ORACLE_ID__C,OWNER:User-username",
        {
            "NAME": "account_name",
            "WEBSITE": "domain",
            "PHONE": "phone",
            "ANNUALREVENUE": "annual_revenue",
            "OWNER:User-username": "owner",
        },
        [],
    ),
    "dataloader insert": (
        "accounts",
        "Name,NumEmp,Industry,RichText",
        {"Name": "account_name", "NumEmp": "employees", "Industry": "industry"},
        ["domain"],
    ),
    "splink": (
        "people",
        "unique_id,first_name,surname,dob,city,email,cluster",
        {"first_name": "first_name", "surname": "last_name", "email": "email"},
        ["person_id"],
    ),
    "dynamics": (
        "people",
        " Full Name,Middle Name,First Name,Last Name,Email,Business Phone,Gender,Address 1: Street 1,Address 1: Street 2,"
        "Address 1: Street 3,Address 1: City,Address 1: County,Address 1: ZIP/Postal Code,Address 1: Country/Region",
        {"First Name": "first_name", "Last Name": "last_name", "Email": "email", "Address 1: ZIP/Postal Code": "postal_code"},
        ["person_id"],
    ),
    "krayin persons": (
        "people",
        "name,emails,contact_numbers,organization_id,job_title,user_id",
        {"organization_id": "account_id", "job_title": "title"},
        ["person_id", "first_name", "last_name", "email"],
    ),
    "django-crm": (
        "people",
        "company name,email,first name,last name,city,state",
        {
            "company name": "account_name",
            "email": "email",
            "first name": "first_name",
            "last name": "last_name",
            "state": "state",
        },
        ["person_id"],
    ),
    "maven-crm pipeline": (
        "opportunities",
        "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value",
        {
            "opportunity_id": "opportunity_id",
            "sales_agent": "owner",
            "account": "account_name",
            "deal_stage": "stage",
            "close_date": "close_date",
            "close_value": "amount",
        },
        ["opportunity_name", "account_domain"],
    ),
    "dataloader opportunities": (
        "opportunities",
        "ID,ISDELETED,ACCOUNTID,NAME,DESCRIPTION,STAGENAME,AMOUNT,PROBABILITY,EXPECTEDREVENUE,CLOSEDATE,TYPE,NEXTSTEP,ISCLOSED,"
        "ISWON,OWNERID,CREATEDDATE,LASTACTIVITYDATE,ORACLE_ID__C",
        {
            "ACCOUNTID": "account_id",
            "NAME": "opportunity_name",
            "STAGENAME": "stage",
            "AMOUNT": "amount",
            "PROBABILITY": "probability",
            "CLOSEDATE": "close_date",
            "TYPE": "opportunity_type",
            "ISCLOSED": "is_closed",
            "ISWON": "is_won",
            "CREATEDDATE": "created_date",
        },
        ["opportunity_id", "account_name", "account_domain"],
    ),
    "krayin leads": (
        "opportunities",
        "id,title,description,lead_value,status,lost_reason,closed_at,user_id,person_id,lead_source_id,lead_type_id,"
        "lead_pipeline_id,product,lead_pipeline_stage_id,expected_close_date",
        {"lead_value": "amount", "expected_close_date": "close_date"},
        ["opportunity_id", "opportunity_name", "account_name", "account_domain"],
    ),
    "hubspot meetings": (
        "activities",
        "engagement_id,_fivetran_synced,created_from_link_id,end_time,pre_meeting_prospect_reminders,source,source_id,start_time,"
        "web_conference_meeting_id,meeting_outcome,body,external_url,title",
        {"engagement_id": "activity_id", "body": "description", "external_url": "url"},
        ["person_id", "activity_type", "activity_date"],
    ),
    "hubspot e-mail events": (
        "activities",
        "id,_fivetran_synced,app_id,caused_by_created,caused_by_id,created,email_campaign_id,obsoleted_by_created,obsoleted_by_id,"
        "portal_id,sent_by_created,sent_by_id,type,filtered_event,recipient",
        {"type": "activity_type"},
        ["person_id", "activity_date"],
    ),
    "hubspot calls": (
        "activities",
        "engagement_id,_fivetran_deleted,_fivetran_synced,property_hs_createdate,property_hs_timestamp,type",
        {"engagement_id": "activity_id", "property_hs_timestamp": "activity_date", "type": "activity_type"},
        ["person_id"],
    ),
}


@pytest.mark.parametrize(("entity", "header", "bound", "missing"), REAL.values(), ids=REAL.keys())
def test_real_headers(entity: str, header: str, bound: dict[str, str], missing: list[str]) -> None:
    binding = bind(PLANS[entity], tuple(header.split(",")))
    assert pairs(binding) == bound
    assert [note.field for note in binding.notes if note.code == "PF202"] == missing
    order = PLANS[entity].contract.names
    assert [feed.field.name for feed in binding.feeds] == sorted(bound.values(), key=order.index)
    assert len(binding.unmapped) + len(binding.feeds) == len(binding.header)


def test_ranks_and_how() -> None:
    plan = Plan(SMALL, columns=(ColumnMapping("Firma", "account_name"),), constants=(("stage", "New"),))
    binding = bind(plan, ("Firma", "DOMAIN", "Account-Domain", "Website", "sector", "Company"))
    assert binding.feeds == (
        Feed(SMALL.fields[0], How.STATED, column=0),
        Feed(SMALL.fields[1], How.EXACT, column=1),
        Feed(SMALL.fields[2], How.ALIAS, column=4),
        Feed(SMALL.fields[3], How.SET, constant="New"),
    )
    assert binding.unmapped == (2, 3, 5)
    assert codes(binding) == [("PF201", "warning", False)]
    assert note_of(binding, "PF201").message == (
        '3 columns are mapped to no field: "Account-Domain", "Website" and "Company"; "Company" means account_name, which "Firma" '
        'feeds; "Account-Domain" means domain, which "DOMAIN" feeds; "Website" means domain, which "DOMAIN" feeds; '
        'write refuses them until each is mapped, as with --column "Account-Domain=FIELD", or left out with --unmapped drop'
    )


def test_a_label_wins_over_an_alias() -> None:
    binding = bind(Plan(SMALL), ("Website", "Account Domain", "Name"))
    assert pairs(binding) == {"Account Domain": "domain", "Name": "account_name"}


def test_stated_columns_are_found_exactly_or_folded() -> None:
    plan = Plan(SMALL, columns=(ColumnMapping("Web Page", "domain"), ColumnMapping("extra", None)))
    binding = bind(plan, ("account_name", "web_page", "Extra"))
    assert pairs(binding) == {"account_name": "account_name", "web_page": "domain"}
    assert binding.unmapped == ()
    assert binding.notes == ()


def test_an_exact_header_is_taken_before_a_folded_one() -> None:
    plan = Plan(SMALL, columns=(ColumnMapping("site", "domain"),))
    assert pairs(bind(plan, ("account_name", "SITE", "site"))) == {"account_name": "account_name", "site": "domain"}


@pytest.mark.parametrize(
    ("columns", "constants", "header", "fault"),
    [
        (
            (("Sites", "domain"),),
            (),
            ("Site", "account_name"),
            'the stated column "Sites" is not in the header; did you mean "Site"?',
        ),
        ((("x", None),), (), ("Site",), 'the stated column "x" is not in the header; the header has "Site"'),
        ((("site", "domain"),), (), ("Site", "SITE"), 'the stated column "site" may be "Site" and "SITE"; state it exactly'),
        ((("a", "domain"), ("b", "domain")), (), ("a", "b"), 'the columns "a" and "b" are both stated for the field domain'),
        ((("a", "domain"), ("A", "notes")), (), ("a",), 'the column "A" is stated twice'),
        ((("a", "nope"),), (), ("a",), '"nope" is no field of accounts'),
        (
            (),
            (("domain", "x.com"),),
            ("Website",),
            'domain has a value for every row (--set), but the column "Website" means domain',
        ),
        ((), (("domain", "x.com"),), ("Website", "Web-site"), 'but the columns "Website" and "Web-site" mean domain'),
    ],
)
def test_what_a_plan_states_and_a_header_cannot_give(
    columns: tuple[tuple[str, str | None], ...], constants: tuple[tuple[str, str], ...], header: tuple[str, ...], fault: str
) -> None:
    plan = Plan(SMALL, columns=tuple(ColumnMapping(*pair) for pair in columns), constants=constants)
    with pytest.raises(PlanError) as caught:
        bind(plan, header)
    assert len(caught.value.faults) == 1
    assert fault in caught.value.faults[0]


def test_all_faults_at_once() -> None:
    plan = Plan(SMALL, columns=(ColumnMapping("p", "domain"), ColumnMapping("q", "notes")), constants=(("stage", "x"),))
    with pytest.raises(PlanError) as caught:
        bind(plan, ("stage",))
    assert caught.value.faults[0] == 'the stated columns "p" and "q" are not in the header; the header has "stage"'
    assert len(caught.value.faults) == 2


def test_what_tells_rows_apart_is_not_to_have_one_value() -> None:
    contract = Contract(
        "people", (Field("person_id", FieldType.ID, required=True), Field("account_domain", FieldType.DOMAIN, required=True))
    )
    said = {note.field: note.message for note in bind(Plan(contract), ("x",)).notes}
    assert "--set" not in said["person_id"]
    assert said["account_domain"].endswith("or give all rows one value with --set account_domain=VALUE")


def test_a_missing_required_field_is_one_note_that_rejects() -> None:
    binding = bind(Plan(SMALL), ("Company",))
    assert codes(binding) == [("PF202", "error", True)]
    assert note_of(binding, "PF202") == Note(
        "PF202",
        Severity.ERROR,
        'no column feeds domain ("Account Domain"), which is required; headers such as "domain", "Account Domain" or "Website" are '
        'recognised; name a column with --column "X=domain", or give all rows one value with --set domain=VALUE',
        field="domain",
        rejects=True,
    )


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        (None, ["PF202", "PF202"]),
        (Operation.INSERT, ["PF202", "PF202"]),
        (Operation.UPSERT, ["PF202", "PF202", "PF505"]),
        (Operation.UPDATE, ["PF505"]),
    ],
)
def test_what_must_be_mapped_depends_on_the_operation(operation: Operation | None, expected: list[str]) -> None:
    key = "domain" if operation in (Operation.UPDATE, Operation.UPSERT) else None
    binding = bind(Plan(SMALL, operation, key), ("notes",))
    assert [note.code for note in binding.notes] == expected
    assert all(note.rejects for note in binding.notes)


def test_a_constant_feeds_a_required_field() -> None:
    binding = bind(Plan(SMALL, constants=(("domain", "acme.com"),)), ("Company",))
    assert binding.notes == ()
    assert pairs(binding) == {"Company": "account_name", "=acme.com": "domain"}


def test_one_of_a_group_is_enough_and_none_is_one_note() -> None:
    contract = Contract("accounts", (Field("a", required=True), Field("b"), Field("c")), one_of=(("a", "b"),))
    assert codes(bind(Plan(contract), ("b",))) == []
    binding = bind(Plan(contract), ("c",))
    assert codes(binding) == [("PF202", "error", True)]
    assert 'no column feeds "a" or "b", of which one is required' in note_of(binding, "PF202").message
    assert codes(bind(Plan(contract, Operation.UPDATE, "c"), ("c",))) == []


def test_a_tie_feeds_nothing_and_rejects_only_where_the_field_is_needed() -> None:
    binding = bind(Plan(SMALL), ("Account_Name", "Account-Name", "Company", "domain"))
    assert codes(binding) == [("PF206", "error", True), ("PF201", "warning", False)]
    assert note_of(binding, "PF206").suggestion == '--column "Account_Name=account_name"'
    assert binding.unmapped == (0, 1, 2)
    optional = bind(Plan(SMALL), (*FULL, "Sector", "SECTOR"))
    assert codes(optional) == [("PF206", "error", False)]
    assert pairs(optional) == {"account_name": "account_name", "domain": "domain"}


def test_a_tie_for_the_match_key_rejects_on_update() -> None:
    binding = bind(Plan(SMALL, Operation.UPDATE, "industry"), ("Sector", "SECTOR"))
    assert codes(binding) == [("PF206", "error", True)]
    assert codes(bind(Plan(SMALL, Operation.UPDATE, "industry"), ("industry", "Website", "WEBSITE"))) == [("PF206", "error", False)]


def test_duplicate_headers() -> None:
    both_feed = bind(Plan(SMALL), (*FULL, "Sector", "Sector"))
    assert codes(both_feed) == [("PF203", "error", True)]
    assert both_feed.unmapped == (2, 3)
    none_feeds = bind(Plan(SMALL), (*FULL, "x", "x", "x"))
    assert codes(none_feeds) == [("PF203", "warning", False), ("PF201", "warning", False)]
    assert note_of(none_feeds, "PF203").message == '3 columns have the header "x"; no field takes them'
    stated = bind(Plan(SMALL, columns=(ColumnMapping("x", "industry"),)), (*FULL, "x", "x"))
    assert codes(stated) == [("PF203", "error", True)]
    unsent = bind(Plan(SMALL, columns=(ColumnMapping("x", None),)), (*FULL, "x", "x"))
    assert (codes(unsent), unsent.unmapped) == ([], ())


def test_blank_headers_are_one_warning() -> None:
    binding = bind(Plan(SMALL), ("", *FULL, " ", "\ufeff"))
    assert codes(binding) == [("PF204", "warning", False)]
    assert (
        note_of(binding, "PF204").message
        == "3 columns have no header (number 1, 4, 5), so no field takes them; give them one, or delete them"
    )
    assert binding.unmapped == (0, 3, 4)


def test_a_near_header_is_an_error_with_a_proposal() -> None:
    binding = bind(Plan(SMALL), (*FULL, "Industy", "other"))
    assert codes(binding) == [("PF205", "error", False), ("PF201", "warning", False)]
    near = note_of(binding, "PF205")
    assert (near.column, near.field, near.suggestion) == ("Industy", "industry", '--column "Industy=industry"')
    assert note_of(binding, "PF201").message == (
        '1 column is mapped to no field: "other"; '
        'write refuses it until it is mapped, as with --column "other=FIELD", or left out with --unmapped drop'
    )
    dropped = bind(Plan(SMALL, unmapped="drop"), (*FULL, "Industy", "other"))
    assert note_of(dropped, "PF201").message == '1 column is mapped to no field: "other"'
    assert binding.unmapped == (2, 3)


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Web_site__c", "domain"),
        ("WEBSITE__C", "domain"),
        ("Acount Name", "account_name"),
        ("Sectors", "industry"),
        ("note", "notes"),
    ],
)
def test_near_headers(header: str, field: str) -> None:
    rest = tuple(name for name in FULL if name != field)
    assert note_of(bind(Plan(SMALL), (*rest, header)), "PF205").field == field


@pytest.mark.parametrize("header", ["state", "not", "Nom", "Sect", "Industrial Group", "id"])
def test_no_false_alarms(header: str) -> None:
    assert [note.code for note in bind(Plan(SMALL), (*FULL, header)).notes] == ["PF201"]


def test_a_near_header_is_settled_by_the_plan_or_by_a_column_that_feeds_the_field() -> None:
    settled = bind(Plan(SMALL, columns=(ColumnMapping("Industy", None),)), (*FULL, "Industy"))
    assert (settled.notes, settled.unmapped) == ((), ())
    assert [note.code for note in bind(Plan(SMALL), (*FULL, "Industry", "Industy")).notes] == ["PF201"]
    constant = bind(Plan(SMALL, constants=(("industry", "Retail"),)), (*FULL, "Industy"))
    assert [note.code for note in constant.notes] == ["PF201"]


def test_a_header_that_several_fields_share_feeds_none() -> None:
    contract = Contract("accounts", (Field("a", aliases=("Shared",)), Field("b", aliases=("shared",))))
    binding = bind(Plan(contract), ("Shared",))
    assert binding.feeds == ()
    assert codes(binding) == [("PF205", "error", False)]
    assert 'may mean "a" or "b"' in binding.notes[0].message


def test_fields_that_differ_in_case_alone_are_told_apart_exactly() -> None:
    contract = Contract("accounts", (Field("Region"), Field("region")))
    assert pairs(bind(Plan(contract), ("region", "Region"))) == {"Region": "Region", "region": "region"}


def test_own_columns_are_passed_over() -> None:
    binding = bind(Plan(SMALL), ("preflight_errors", "Preflight_Line", *FULL, "preflight_errors"))
    assert (binding.notes, binding.unmapped) == ((), ())
    assert [feed.column for feed in binding.feeds] == [2, 3]


def test_notes_of_the_contract_are_passed_on() -> None:
    contract = Contract("accounts", (Field("a"),), notes=(("PF702", "a", "unknown type"),))
    assert bind(Plan(contract), ("a",)).notes == (Note("PF702", Severity.WARNING, "unknown type", field="a"),)


@pytest.mark.parametrize(
    ("column", "option"),
    [
        ("Industy", '--column "Industy=industry"'),
        ('say "hi"', "--column 'say \"hi\"=industry'"),
        ("$HOME", "--column '$HOME=industry'"),
        ("it's", "--column 'it'\\''s=industry'"),
    ],
)
def test_the_option_can_be_pasted_into_a_shell(column: str, option: str) -> None:
    assert option_for(column, "industry") == option


def test_the_same_again_after_pickling() -> None:
    plan = Plan(SMALL, Operation.UPSERT, "domain")
    binding = bind(plan, (*FULL, "x"))
    assert pickle.loads(pickle.dumps(binding)) == binding
    assert bind(pickle.loads(pickle.dumps(plan)), (*FULL, "x")) == binding


_NAMES = st.sampled_from(["domain", "Domain", "Website", "NAME", "Industy", "", " ", "preflight_x", "état", "a" * 300]) | st.text(
    max_size=12
)


@given(st.sampled_from(ENTITIES), st.lists(_NAMES, max_size=12))
def test_any_header_binds_and_every_column_is_accounted_for(entity: str, header: list[str]) -> None:
    binding = bind(PLANS[entity], tuple(header))
    fed = [feed.column for feed in binding.feeds]
    assert len({feed.field.name for feed in binding.feeds}) == len(fed) == len(set(fed))
    own = {column for column, text in enumerate(header) if text.strip().casefold().startswith("preflight_")}
    assert sorted([*binding.unmapped, *own, *(column for column in fed if column is not None)]) == list(range(len(header)))
    assert bind(PLANS[entity], tuple(header)) == binding
