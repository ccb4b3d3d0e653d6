"""What is stated in one place is laid over what is stated in another."""

from __future__ import annotations

import datetime

import pytest

from preflight.contract.options import ColumnMapping, PlanOptions, read_options


def read(stated: dict[str, object]) -> PlanOptions:
    options, faults = read_options(stated)
    assert faults == []
    return options


def test_every_key() -> None:
    stated: dict[str, object] = {
        "entity": "accounts",
        "operation": "upsert",
        "match_key": "domain",
        "fields": "fields.json",
        "rules": "rules.toml",
        "columns": {"Web site": "domain", "Notes": False},
        "set": {"owner": "a@b.c", "employees": 5, "is_won": True, "close_date": datetime.date(2026, 11, 24)},
        "dates": "dmy",
        "percent": "0-1",
        "blank": "optional",
        "duplicates": "first",
        "unmapped": "drop",
        "timezone": None,
    }
    assert read(stated) == PlanOptions(
        entity="accounts",
        operation="upsert",
        match_key="domain",
        fields="fields.json",
        rules="rules.toml",
        columns=(ColumnMapping("Web site", "domain"), ColumnMapping("Notes", None)),
        constants=(("owner", "a@b.c"), ("employees", "5"), ("is_won", "true"), ("close_date", "2026-11-24")),
        answers=(("dates", "dmy"), ("percent", "0-1")),
        blank=("optional",),
        duplicates="first",
        unmapped="drop",
    )


def test_pairs_of_a_command_line() -> None:
    options = read({"columns": ["Web = site=domain", "Notes=", "=domain"], "set": ["owner=a=b"]})
    assert options.columns == (ColumnMapping("Web = site", "domain"), ColumnMapping("Notes", None), ColumnMapping("", "domain"))
    assert options.constants == (("owner", "a=b"),)


@pytest.mark.parametrize(
    ("stated", "fault"),
    [
        ({"colums": {}}, 'unknown key "colums"; did you mean columns?'),
        ({"entity": 5}, 'entity is "5"; wanted text'),
        ({"columns": ["domain"]}, 'columns is "domain"; wanted "CSV column=field"'),
        ({"columns": 5}, "columns is no table"),
        ({"columns": {"a": True}}, 'columns has "True" for "a"; wanted the name of a field, or false'),
        ({"set": ["=x"]}, 'set is "=x"; wanted FIELD=VALUE'),
        ({"set": {"a": []}}, 'set has "[]" for "a"; wanted text'),
        ({"blank": [1]}, "blank is no list of texts"),
    ],
)
def test_faults(stated: dict[str, object], fault: str) -> None:
    _, faults = read_options(stated, "plan: ")
    assert len(faults) == 1
    assert faults[0].startswith(f"plan: {fault}")


def test_over_takes_the_upper_where_it_states_something() -> None:
    upper = read({"operation": "update", "dates": "dmy", "columns": {"A": "domain"}})
    lower = read({"operation": "insert", "entity": "accounts", "dates": "mdy", "timezone": "UTC", "columns": {"B": "notes"}})
    assert upper.over(lower) == PlanOptions(
        entity="accounts",
        operation="update",
        columns=(ColumnMapping("A", "domain"), ColumnMapping("B", "notes")),
        answers=(("dates", "dmy"), ("timezone", "UTC")),
    )


@pytest.mark.parametrize(
    ("upper", "lower", "columns", "constants"),
    [
        ({"columns": {"A": "domain"}}, {"columns": {"B": "domain"}}, {"A": "domain"}, {}),
        ({"columns": {"A": None}}, {"columns": {"A": "domain"}}, {"A": None}, {}),
        ({"columns": {"A": "domain"}}, {"set": {"domain": "x.com"}}, {"A": "domain"}, {}),
        ({"set": {"domain": "x.com"}}, {"columns": {"A": "domain", "B": None}}, {"B": None}, {"domain": "x.com"}),
        ({"set": {"domain": "x.com"}}, {"set": {"domain": "y.com", "notes": "z"}}, {}, {"domain": "x.com", "notes": "z"}),
    ],
)
def test_over_never_feeds_a_field_twice(
    upper: dict[str, object], lower: dict[str, object], columns: dict[str, str | None], constants: dict[str, str]
) -> None:
    laid = read(upper).over(read(lower))
    assert {one.column: one.field for one in laid.columns} == columns
    assert dict(laid.constants) == constants


def test_a_locale_answers_the_decimal_mark_below() -> None:
    assert read({"locale": "de-DE"}).over(read({"decimal": "."})).answers == (("locale", "de-DE"),)
    assert read({"decimal": "."}).over(read({"locale": "de-DE"})).answers == (("decimal", "."),)
