"""Rules laid over a contract, key by key."""

from __future__ import annotations

import tomllib

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.contract.field import Answers, Contract, Field, FieldType
from preflight.contract.overlay import contract_of, lay_over, read_overlay
from preflight.errors import PlanError
from preflight.rules.values import out_of_range

BARE = Contract(
    "accounts",
    (
        Field("domain", required=True),
        Field("account_id"),
        Field("industry"),
        Field("notes"),
        Field("employees", FieldType.INTEGER, stated_type="integer"),
        Field("founded", FieldType.DATE, stated_type="date"),
        Field("share", FieldType.NUMBER, stated_type="double"),
    ),
)


def laid(text: str, *, strict: bool = True, contract: Contract = BARE) -> Contract:
    return lay_over(contract, read_overlay(tomllib.loads(text), contract.entity_type), strict=strict)


def field_of(contract: Contract, name: str) -> Field:
    found = contract.field(name)
    assert found is not None
    return found


def faults_of(text: str) -> tuple[str, ...]:
    with pytest.raises(PlanError) as caught:
        laid(text)
    return caught.value.faults


def test_all_keys() -> None:
    contract = laid("""
entity_type = "accounts"
dated = 2026-11-24
one_of = [["domain", "account_id"]]
[fields.industry]
type = "picklist"
values = ["Software", "Retail"]
synonyms = { "SaaS" = "Software" }
label = "Industry"
aliases = ["Sector", "Branche"]
source = "the field page"
[fields.notes]
max_length = 500
multiline = true
pattern = "^[a-z]"
[fields.account_id]
type = "id"
case = "keep"
required = true
[fields.employees]
min = 0
max = 1_000_000
[fields.founded]
min = 1800-01-01
dates = "dmy"
pivot = 30
[fields.share]
type = "percent"
scale = "0-1"
decimal = ","
""")
    assert contract.dated == "2026-11-24"
    assert contract.one_of == (("domain", "account_id"),)
    assert contract.notes == ()
    assert field_of(contract, "industry") == Field(
        "industry",
        FieldType.PICKLIST,
        label="Industry",
        aliases=("Sector", "Branche"),
        values=("Software", "Retail"),
        synonyms=(("SaaS", "Software"),),
        source="the field page",
    )
    assert field_of(contract, "notes") == Field("notes", max_length=500, multiline=True, pattern="^[a-z]")
    assert field_of(contract, "account_id") == Field("account_id", FieldType.ID, required=True, case="keep")
    assert (field_of(contract, "employees").min, field_of(contract, "employees").max) == ("0", "1000000")
    assert field_of(contract, "founded").min == "1800-01-01"
    assert field_of(contract, "founded").answers == Answers(dates="dmy", pivot=30)
    assert field_of(contract, "share").answers == Answers(scale="0-1", decimal=",")
    assert field_of(contract, "domain") == Field("domain", required=True)


def test_a_second_overlay_changes_only_its_own_keys() -> None:
    once = laid('[fields.industry]\nlabel = "Industry"\naliases = ["Sector"]\n')
    twice = laid('[fields.industry]\naliases = ["Branche"]\n[fields.founded]\npivot = 30', contract=once)
    assert field_of(twice, "industry") == Field("industry", label="Industry", aliases=("Branche", "Sector"))
    thrice = laid('[fields.founded]\ndates = "mdy"', contract=twice)
    assert field_of(thrice, "founded").answers == Answers(dates="mdy", pivot=30)


def test_names_are_added_to_those_that_are_there() -> None:
    once = laid("""
[fields.industry]
type = "picklist"
values = ["Software", "Retail", "Energy"]
synonyms = { "SaaS" = "Software", "Shops" = "Retail", "Oil" = "Energy" }
aliases = ["Sector", "Branche"]
""")
    text = '[fields.industry]\naliases = ["sector", "Line"]\nsynonyms = { "saas" = "Retail", "Apps" = "Software" }\n'
    found = field_of(laid(text, contract=once), "industry")
    assert found.aliases == ("sector", "Line", "Branche")
    assert found.synonyms == (("Shops", "Retail"), ("Oil", "Energy"), ("saas", "Retail"), ("Apps", "Software"))


def test_synonyms_of_values_that_are_gone_go_with_them() -> None:
    once = laid('[fields.industry]\ntype = "picklist"\nvalues = ["A", "B"]\nsynonyms = { "a1" = "A", "b1" = "B" }\n')
    found = field_of(laid('[fields.industry]\nvalues = ["B", "C"]\n', contract=once), "industry")
    assert (found.values, found.synonyms) == (("B", "C"), (("b1", "B"),))


def test_an_empty_list_takes_names_away() -> None:
    once = laid('[fields.industry]\ntype = "picklist"\naliases = ["Sector"]\nsynonyms = { "a" = "A" }\n')
    found = field_of(laid("[fields.industry]\naliases = []\nsynonyms = {}\n", contract=once), "industry")
    assert (found.aliases, found.synonyms) == ((), ())


def test_an_alias_belongs_to_the_field_that_it_was_given_last() -> None:
    once = laid('[fields.industry]\naliases = ["Sector", "Branche"]\n')
    twice = laid('[fields.notes]\naliases = ["sector"]\n', contract=once)
    assert field_of(twice, "industry").aliases == ("Branche",)
    assert field_of(twice, "notes").aliases == ("sector",)


def test_a_bundled_rule_without_its_field_is_passed_over_and_a_users_is_a_note() -> None:
    text = 'one_of = [["domain", "fax"]]\n[fields.fax]\nlabel = "Fax"\n'
    assert laid(text, strict=False) == BARE
    assert [(code, name) for code, name, _ in laid(text).notes] == [("PF705", "fax")]
    assert laid(text).one_of == ()


@pytest.mark.parametrize(
    ("stated", "kind", "laid_kind"),
    [
        (FieldType.STRING, "domain", FieldType.DOMAIN),
        (FieldType.NUMBER, "percent", FieldType.PERCENT),
        (FieldType.NUMBER, "domain", FieldType.NUMBER),
        (FieldType.INTEGER, "id", FieldType.INTEGER),
        (FieldType.URL, "domain", FieldType.URL),
    ],
)
def test_a_bundled_type_refines_what_the_api_says_and_never_contradicts_it(
    stated: FieldType, kind: str, laid_kind: FieldType
) -> None:
    contract = Contract("accounts", (Field("x", stated),))
    text = f'[fields.x]\ntype = "{kind}"\n'
    assert field_of(laid(text, strict=False, contract=contract), "x").type is laid_kind
    assert field_of(laid(text, contract=contract), "x").type.value == kind


def test_bundled_keys_that_do_not_fit_the_type_are_passed_over() -> None:
    text = '[fields.employees]\nvalues = ["a"]\nscale = "0-1"\nmax = 5\n'
    assert field_of(laid(text, strict=False), "employees") == Field("employees", FieldType.INTEGER, stated_type="integer", max="5")


def test_every_fault_of_the_document_is_told_at_once() -> None:
    faults = faults_of("""
entity_type = "people"
dated = "yesterday"
one_of = [["domain"]]
oneof = 1
[fields.industry]
type = "picklst"
vals = ["x"]
values = "x"
required = "no"
max_length = 0
[fields.notes]
pattern = "a(?=b)"
multiline = 1
case = "lower"
synonyms = ["a"]
dates = "usa"
""")
    assert [fault.split(";")[0] for fault in faults] == [
        'rules: unknown key "oneof"',
        'rules: entity_type is "people"',
        'rules: dated is "yesterday"',
        'rules: one_of has the group "domain"',
        'rules, [fields.industry]: type "picklst" is not known',
        'rules, [fields.industry]: unknown key "vals"',
        "rules, [fields.industry]: values is no list of texts",
        "rules, [fields.industry]: required is neither true nor false",
        'rules, [fields.industry]: max_length is "0"',
        "rules, [fields.notes]: pattern has look-ahead ((?=), which is not supported",
        "rules, [fields.notes]: multiline is neither true nor false",
        'rules, [fields.notes]: case is "lower"',
        "rules, [fields.notes]: synonyms is no table of texts",
        'rules, [fields.notes]: dates is "usa"',
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[fields.employees]\nmin = 5\nmax = 4\n", "min 5 is above max 4"),
        ('[fields.employees]\nmin = "few"\n', 'min is "few"; wanted a number'),
        ("[fields.founded]\nmin = 5\n", 'min is "5"; wanted a day'),
        ("[fields.founded]\nmin = 2020-01-01\nmax = 2019-01-01\n", "min 2020-01-01 is above max 2019-01-01"),
        ('[fields.founded]\nmin = "2026-W01-1"\n', 'min is "2026-W01-1"; wanted a day'),
        ("[fields.founded]\nmin = 2026-01-01T10:00:00Z\n", "wanted a day"),
        ('[fields.founded]\ntype = "datetime"\nmax = 9999-12-31\n', "wanted a day"),
        ('[fields.founded]\ntype = "datetime"\nmin = 2026-01-02\nmax = 2026-01-01T10:00:00-05:00\n', "min 2026-01-02 is above max"),
        ('[fields.industry]\nsynonyms = { "a" = " " }\n', "synonyms is no table of texts"),
        ("[fields.notes]\nmin = 5\n", "min does not go with the type string"),
        ('[fields.notes]\nvalues = ["a"]\n', "values does not go with the type string"),
        ('[fields.employees]\ndates = "dmy"\n', "dates does not go with the type integer"),
        ('[fields.industry]\ntype = "picklist"\nvalues = ["a"]\nsynonyms = { "b" = "c" }\n', 'synonyms lead to "c"'),
        ("[fields.employees]\nmax = nan\n", 'max is "nan"; wanted a number or a day'),
        ("fields = 3", "fields is no table"),
        ("[fields]\nnotes = 3", "rules, [fields.notes]: is no table"),
        ('one_of = ["domain"]', "one_of is no list of lists"),
    ],
)
def test_contradictions_and_wrong_shapes(text: str, fault: str) -> None:
    (found,) = faults_of(text)
    assert fault in found


def test_contract_of_tells_the_faults_of_all_documents() -> None:
    with pytest.raises(PlanError) as caught:
        contract_of("accounts", [{"field_name": 3}], ({"x": 1},), rules=({"fields": {"a": {"b": 1}}}, "text"))
    assert len(caught.value.faults) == 4


def test_contract_of_lays_bundled_rules_below_a_users() -> None:
    contract = contract_of(
        "accounts",
        [{"field_name": "site", "field_type": "string"}],
        ({"fields": {"site": {"type": "domain", "label": "Site"}, "gone": {"label": "x"}}},),
        rules=({"fields": {"site": {"type": "url"}}},),
    )
    assert contract.fields == (Field("site", FieldType.URL, label="Site"),)
    assert contract.notes == ()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("employees", "min = -5\nmax = 1e30"),
        ("share", 'min = 0.5\nmax = "1.5"'),
        ("founded", "min = 1000-01-01\nmax = 9998-12-31"),
        ("founded", 'type = "datetime"\nmin = 2026-01-01\nmax = 2026-01-01T10:00:00+02:00'),
    ],
)
def test_limits_that_are_taken_can_be_compared(name: str, text: str) -> None:
    field = field_of(laid(f"[fields.{name}]\n{text}\n"), name)
    typed = {FieldType.INTEGER: pa.int64(), FieldType.NUMBER: pa.float64(), FieldType.DATE: pa.date32()}
    column = pa.nulls(1, typed.get(field.type, pa.timestamp("us", "UTC")))
    assert out_of_range(column, field.min, field.max).to_pylist() == [False]


_TOML = st.recursive(
    st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["fields", "notes", "type", "values", "min", "max", "pattern", "synonyms", "one_of"]), inner
        )
    ),
    max_leaves=10,
)


@given(_TOML)
def test_any_document_gives_a_contract_or_a_plan_error(parsed: object) -> None:
    for document in (parsed, {"fields": {"notes": parsed, "employees": parsed}}):
        try:
            lay_over(BARE, read_overlay(document, "accounts"), strict=False)
            lay_over(BARE, read_overlay(document, "accounts"), strict=True)
        except PlanError:
            continue
