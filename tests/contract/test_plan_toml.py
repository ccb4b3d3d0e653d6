"""A plan file that is written and read states the same."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.contract.field import Answers, Contract, Field, FieldType, Operation
from preflight.contract.options import ANSWER_OPTIONS, ColumnMapping, PlanOptions
from preflight.contract.plan import Plan, plan_of
from preflight.contract.plan_toml import from_toml, options_of, to_toml
from preflight.errors import PlanError

CONTRACT = Contract("accounts", (Field("account_name"), Field("domain", FieldType.DOMAIN), Field("stage"), Field("notes")))
PLAN = Plan(
    CONTRACT,
    Operation.UPSERT,
    "domain",
    columns=(ColumnMapping('Web "site"', "domain"), ColumnMapping("Café\n", None)),
    constants=(("stage", "New = old"),),
    answers=Answers(dates="dmy", pivot=30, scale="0-1", decimal=","),
    blank=("notes",),
    duplicates="last",
    unmapped="drop",
)
TEXT = """entity = "accounts"
operation = "upsert"
match_key = "domain"
fields = "fields.json"
dates = "dmy"
pivot = 30
percent = "0-1"
decimal = ","
blank = ["notes"]
duplicates = "last"
unmapped = "drop"

[columns]
"Web \\"site\\"" = "domain"  # 98 % of the values are web domains
"Café\\n" = false

[set]
stage = "New = old"
"""


def test_the_text_of_a_plan() -> None:
    reasons = {'Web "site"': "98 % of the values\nare web domains"}
    assert to_toml(options_of(PLAN, fields="fields.json"), reasons=reasons) == TEXT


def test_the_plan_of_a_text() -> None:
    assert plan_of(CONTRACT, from_toml(TEXT)) == PLAN
    assert plan_of(CONTRACT, from_toml(to_toml(PLAN))).digest == PLAN.digest


def test_an_empty_file_states_nothing() -> None:
    assert from_toml("") == PlanOptions()
    assert to_toml(PlanOptions()) == "\n"


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("entity = accounts", ("plan.toml, line 1, column 10: invalid value",)),
        ("a = 1\nb = 2\n", ('plan.toml: unknown key "a"', 'plan.toml: unknown key "b"')),
        ('[colums]\na = "b"', ('plan.toml: unknown key "colums"; did you mean columns?',)),
        ('[columns]\n"A" = true\nB = 5', ("plan.toml: columns has", "plan.toml: columns has")),
        ("[answers]\ndates = 'dmy'", ('plan.toml: unknown key "answers"',)),
    ],
)
def test_faults_of_a_plan_file(text: str, faults: tuple[str, ...]) -> None:
    with pytest.raises(PlanError) as caught:
        from_toml(text, name="plan.toml")
    assert len(caught.value.faults) == len(faults)
    assert all(found.startswith(fault) for found, fault in zip(caught.value.faults, faults, strict=True))


_WORD = st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=8).map(str.strip).filter(bool).filter(str.isprintable)
_TEXT = st.text(alphabet=st.characters(codec="utf-8"), max_size=8)
_OPTIONS = st.builds(
    PlanOptions,
    entity=st.none() | _WORD,
    operation=st.none() | _WORD,
    match_key=st.none() | _WORD,
    fields=st.none() | _WORD,
    rules=st.none() | _WORD,
    columns=st.dictionaries(_TEXT, st.none() | _WORD, max_size=4).map(
        lambda found: tuple(ColumnMapping(*pair) for pair in found.items())
    ),
    constants=st.dictionaries(_WORD, _TEXT, max_size=4).map(lambda found: tuple(found.items())),
    answers=st.dictionaries(st.sampled_from(ANSWER_OPTIONS), _TEXT | st.integers(0, 3000), max_size=4).map(
        lambda found: tuple(found.items())
    ),
    blank=st.lists(_WORD, unique=True, max_size=3).map(tuple),
    duplicates=st.none() | _WORD,
    unmapped=st.none() | _WORD,
)


@given(_OPTIONS)
def test_written_and_read_states_the_same(options: PlanOptions) -> None:
    assert from_toml(to_toml(options)) == options


@given(_OPTIONS, _TEXT)
def test_remarks_change_nothing(options: PlanOptions, remark: str) -> None:
    reasons = {one.column: remark for one in options.columns}
    assert from_toml(to_toml(options, reasons=reasons)) == options


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        from_toml(text)
    except PlanError:
        return
    tomllib.loads(text)
