"""preflight fields: pull, show, diff."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from preflight.contract.wire import FieldMappingRecord
from preflight.sandbox.server import serve

Run = Callable[..., Any]
HOST = (
    FieldMappingRecord("account_name", "string", True, "the name", "accounts"),
    FieldMappingRecord("domain", "string", True, None, "accounts"),
    FieldMappingRecord("employees", "string", False, None, "accounts"),
    FieldMappingRecord("region", "string", True, "\x1b[31mred", "accounts"),
)
SAVED = [
    {"field_name": "account_name", "field_type": "text", "required": True},
    {"field_name": "domain", "field_type": "string", "required": True},
    {"field_name": "employees", "field_type": "integer"},
    {"field_name": "industry", "field_type": "string"},
]
PLAN = 'entity = "accounts"\noperation = "upsert"\nmatch_key = "domain"\n'


@pytest.fixture(autouse=True)
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with serve(fields={"accounts": HOST}) as url:
        monkeypatch.setenv("DEMANDBASE_URL", url)
        monkeypatch.setenv("DEMANDBASE_TOKEN", "tok-5ecret-do-not-show-0123456789")
        yield url.url


def test_what_is_pulled_serves_as_fields(run: Run, accounts: Path) -> None:
    ran = run("fields", "pull", "--entity", "accounts", "-o", "fields.json")
    assert (ran.code, ran.out, ran.err) == (0, "", "4 fields in fields.json\n")
    found = json.loads(Path("fields.json").read_text())
    assert found["mappings"][0] == {
        "entity_type": "accounts", "field_name": "account_name", "field_type": "string", "required": True, "description": "the name"
    }  # fmt: skip
    checked = run("check", "accounts.csv", "--entity", "accounts", "--fields", "fields.json", "--set", "region=EMEA")
    assert checked.code == 1


def test_pulled_to_standard_output(run: Run) -> None:
    assert len(json.loads(run("fields", "pull").out)["mappings"]) == 4


def test_fields_are_shown_and_command_no_terminal(run: Run) -> None:
    ran = run("fields", "show", "--entity", "account")
    assert "\x1b" not in ran.out
    assert ran.out.splitlines()[0] == "accounts.account_name  string      required  the name"


def test_a_saved_list_is_shown(run: Run) -> None:
    Path("saved.json").write_text(json.dumps(SAVED))
    assert len(run("fields", "show", "--fields", "saved.json").out.splitlines()) == 4
    assert run("fields", "show", "--fields", "saved.json", "--url", "http://127.0.0.1:9").code == 2


def test_what_changed(run: Run) -> None:
    Path("saved.json").write_text(json.dumps({"mappings": SAVED}))
    ran = run("fields", "diff", "--fields", "saved.json", "--entity", "accounts")
    assert ran.code == 1
    assert ran.out.splitlines() == [
        '"employees": its type was integer and is string',
        '"industry" is gone (string)',
        '"region" is new (string, required)',
    ]


def test_which_plans_break(run: Run) -> None:
    Path("saved.json").write_text(json.dumps(SAVED))
    Path("holds.toml").write_text('entity = "accounts"\noperation = "update"\nmatch_key = "domain"\n')
    Path("breaks.toml").write_text(PLAN + '[columns]\n"Sector" = "industry"\n"Region" = "region"\n')
    ran = run("fields", "diff", "--fields", "saved.json", "--plan", "holds.toml", "--plan", "breaks.toml")
    assert ran.code == 1
    assert ran.out.splitlines()[-2:] == ["holds.toml: holds", 'breaks.toml: "industry" is gone (string)']
    assert run("fields", "diff", "--fields", "saved.json", "--plan", "holds.toml").code == 0
    Path("lacks.toml").write_text(PLAN)
    assert "and the plan does not state it" in run("fields", "diff", "--fields", "saved.json", "--plan", "lacks.toml").out


def test_no_difference(run: Run) -> None:
    run("fields", "pull", "--entity", "accounts", "-o", "fields.json")
    ran = run("fields", "diff", "--fields", "fields.json", "--entity", "accounts")
    assert (ran.code, ran.out) == (0, "no difference\n")


def test_the_bundled_fields_serve_where_none_are_saved(run: Run) -> None:
    assert '"region" is new' in run("fields", "diff", "--entity", "accounts").out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("diff",), "needs one entity"),
        (("show", "--entity", "leads"), 'is "leads"'),
        (("diff", "--entity", "accounts", "--fields", "none.json"), "cannot be read"),
        (("diff", "--entity", "accounts", "--fields", "text.json"), "is not JSON"),
        (("diff", "--entity", "accounts", "--fields", "odd.json"), "holds no list"),
        (("diff", "--plan", "none.toml"), "cannot be read"),
    ],
)
def test_what_cannot_be_used(run: Run, arguments: tuple[str, ...], words: str) -> None:
    Path("text.json").write_text("{")
    Path("odd.json").write_text('{"mappings": 5}')
    ran = run("fields", *arguments)
    assert ran.code == 2
    assert words in ran.err


def test_a_host_that_is_not_there(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    assert run("fields", "show", "--url", "http://127.0.0.1:9").code == 3


def test_what_is_shipped_needs_no_host(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEMANDBASE_URL")
    monkeypatch.delenv("DEMANDBASE_TOKEN")
    ran = run("fields", "show", "--bundled", "--entity", "people")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("people.person_id ")
    every = run("fields", "show", "--bundled").out
    assert {line.partition(".")[0] for line in every.splitlines()} == {"accounts", "people", "opportunities", "activities"}
    assert run("fields", "show", "--bundled", "--url", "http://127.0.0.1:1").code == 2
