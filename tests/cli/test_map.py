"""preflight map: proposals, and a plan that runs as it stands."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
pytestmark = pytest.mark.usefixtures("accounts")


def test_proposals_with_scores_and_reasons(run: Run) -> None:
    made = run("map", "accounts.csv", "--entity", "accounts")
    assert (made.code, made.err) == (0, "")
    assert made.out.splitlines()[0] == 'Company        ->  account_name   95  the header equals the alias "Company"'
    assert made.out.splitlines()[-1] == "5 of 5 columns mapped; every required field is fed"


def test_the_plan_runs_as_it_stands(run: Run, tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text('Firm name,"Web, site",Note\nAcme,acme.com,x\nBeta,beta.io,y\n')
    made = run("map", "own.csv", "--entity", "accounts", "--operation", "upsert", "--match-key", "domain", "-o", "my plan.toml")
    assert made.code == 0
    assert made.err == "my plan.toml: saved; run it with: preflight check own.csv --plan 'my plan.toml'\n"
    assert '"Note" = false' in (tmp_path / "my plan.toml").read_text() or "Note = false" in (tmp_path / "my plan.toml").read_text()
    report = json.loads(run("check", "own.csv", "--plan", "my plan.toml", "--format", "json").out)
    assert report["plan"]["operation"] == "upsert"
    assert report["findings"] == []


def test_paths_of_the_plan_are_seen_from_its_folder(run: Run, tmp_path: Path) -> None:
    (tmp_path / "plans").mkdir()
    (tmp_path / "rules.toml").write_text("[fields.industry]\nmax_length = 3\n")
    run("map", "accounts.csv", "--entity", "accounts", "--rules", "rules.toml", "-o", "plans/plan.toml")
    assert 'rules = "../rules.toml"' in (tmp_path / "plans" / "plan.toml").read_text()
    assert "PF403" in run("check", "accounts.csv", "--plan", "plans/plan.toml").out
    run("map", "accounts.csv", "--plan", "plans/plan.toml", "-o", "plan.toml")
    assert 'rules = "rules.toml"' in (tmp_path / "plan.toml").read_text()


def test_settings_name_the_entity(run: Run, tmp_path: Path) -> None:
    (tmp_path / "preflight.toml").write_text('entity = "accounts"\n')
    assert run("map", "accounts.csv").code == 0


def test_required_fields_that_nothing_feeds(run: Run, tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("Company\nAcme\n")
    made = run("map", "own.csv", "--entity", "accounts")
    assert (made.code, made.out.splitlines()[-1]) == (0, "1 of 1 columns mapped; required and not fed: domain")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("accounts.csv",), "no entity is stated"),
        (("gone.csv", "--entity", "accounts"), "gone.csv does not exist"),
        ((), "Missing argument"),
        (("accounts.csv", "--entity", "firms"), "wanted accounts, people"),
        (("accounts.csv", "--entity", "accounts", "-o", "none/plan.toml"), "none/plan.toml cannot be written"),
        (("accounts.csv", "--entity", "accounts", "--plan", "gone.toml"), "the plan gone.toml cannot be read"),
    ],
)
def test_what_cannot_be_mapped(run: Run, arguments: tuple[str, ...], said: str) -> None:
    made = run("map", *arguments)
    assert made.code == 2
    assert said in made.err


def test_hostile_headers(run: Run, tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text('"\x1b[31mCompany","a\nb",\u202edomain,,Company,Company\n1,2,3,4,5,6\n', encoding="utf-8")
    made = run("map", "own.csv", "--entity", "accounts", "-o", "plan.toml")
    assert made.code == 0
    assert not any(sign in made.out for sign in ("\x1b", "\u202e"))
    assert run("check", "own.csv", "--plan", "plan.toml").code == 1


def test_without_an_entity_it_names_the_one_that_the_header_resembles(run: Run, tmp_path: Path) -> None:
    ran = run("map", "accounts.csv")
    assert ran.err == "preflight: no entity is stated; the header resembles accounts: add --entity accounts\n"
    (tmp_path / "odd.csv").write_text("x,y\n1,2\n")
    assert "add --entity accounts, people, opportunities or activities" in run("map", "odd.csv").err


def test_a_plan_without_an_operation_says_what_is_missing(run: Run) -> None:
    said = run("map", "accounts.csv", "--entity", "accounts", "-o", "plan.toml").err.splitlines()
    assert said[1].startswith("It states no operation, so nothing can be submitted by it yet")


def test_a_column_without_a_header_does_not_stop_the_plan(run: Run, tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("Company,Website,,\nAcme,acme.com,,\nBeta,beta.io,x,\n")
    plan = ("--entity", "accounts", "--operation", "insert")
    assert run("map", "own.csv", *plan, "-o", "plan.toml").code == 0
    made = run("write", "own.csv", "--plan", "plan.toml", "-o", "out")
    assert (made.code, (tmp_path / "out" / "part-0001.csv").read_text()) == (
        0,
        "account_name,domain\nAcme,acme.com\nBeta,beta.io\n",
    )
