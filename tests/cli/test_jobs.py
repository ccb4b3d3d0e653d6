"""preflight jobs: list, show, cancel, errors, orphans."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import preflight as pf
from preflight.contract.plan import ColumnMapping
from preflight.testing import Sandbox, sandbox

Run = Callable[..., Any]


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    with sandbox(reads_per_state=0) as url:
        monkeypatch.setenv("DEMANDBASE_URL", url)
        monkeypatch.setenv("DEMANDBASE_TOKEN", "tok-5ecret-do-not-show-0123456789")
        yield url


@pytest.fixture
def job(box: Sandbox, tmp_path: Path) -> str:
    """A job that rejected one of its two rows, whose cell would command a terminal."""
    path = tmp_path / "upload.csv"
    path.write_text("name,site,staff\nAcme,acme.com,\x1b[31mmany\nBeta,beta.io,5\n")
    columns = [ColumnMapping(*pair) for pair in (("name", "account_name"), ("site", "domain"), ("staff", "employees"))]
    with pf.Client() as client:
        made = client.create_job("accounts", "upsert", match_key="domain", columns=columns)
        assert made.id is not None
        client.upload_file(made.id, path)
        while client.get_job(made.id).status != "completed":
            pass
    return made.id


def test_jobs_are_listed(run: Run, job: str) -> None:
    ran = run("jobs", "list")
    assert ran.code == 0
    header, line = ran.out.splitlines()
    assert header.split()[:4] == ["id", "status", "entity_type", "operation"]
    assert line.split()[:7] == [job, "completed", "accounts", "upsert", "2", "1", "1"]
    assert run("jobs", "list", "--status", "failed").out.splitlines()[1:] == []
    found = json.loads(run("jobs", "list", "--format", "json").out)
    assert [one["id"] for one in found] == [job]


def test_no_more_are_listed_than_asked_for(run: Run, box: Sandbox) -> None:
    with pf.Client() as client:
        for _ in range(3):
            client.create_job("people", "insert")
    assert len(run("jobs", "list", "--limit", "2").out.splitlines()) == 3


def test_a_job_is_shown(run: Run, job: str) -> None:
    assert f"id: {job}\n" in run("jobs", "show", job).out
    assert json.loads(run("jobs", "show", job, "--format", "json").out)["error_count"] == 1


def test_its_errors_are_shown_and_command_no_terminal(run: Run, job: str) -> None:
    ran = run("jobs", "errors", job)
    assert ran.code == 0
    assert "\x1b" not in ran.out
    assert "employees" in ran.out
    assert run("jobs", "errors", job, "--format", "json", "-o", "errors.json").out == ""
    found = json.loads(Path("errors.json").read_text())
    assert [(one["row_number"], one["field"], one["value"]) for one in found] == [(2, "employees", "\x1b[31mmany")]


def test_a_job_is_cancelled_when_somebody_agrees(run: Run, box: Sandbox) -> None:
    with pf.Client() as client:
        made = client.create_job("people", "insert")
        assert made.id is not None
        assert run("jobs", "cancel", made.id).code == 2
        assert client.get_job(made.id).status == "pending"
        ran = run("jobs", "cancel", made.id, "--yes")
        assert (ran.code, ran.err) == (0, f"job {made.id} is cancelled\n")
        assert client.get_job(made.id).status == "cancelled"


def test_a_job_that_has_moved_on_is_exit_3(run: Run, job: str) -> None:
    ran = run("jobs", "cancel", job, "--yes")
    assert ran.code == 3
    assert "is completed and can no longer be cancelled" in ran.err


@pytest.mark.parametrize("name", ["no-such-job", "../jobs", "a b"])
def test_a_job_that_is_none(run: Run, box: Sandbox, name: str) -> None:
    assert run("jobs", "show", name).code in {2, 3}


def test_orphans_are_listed_with_the_reason(run: Run, box: Sandbox, job: str, upsert: tuple[str, ...]) -> None:
    Path("good.csv").write_text("Company,Website\nAcme Corp,acme.com\nBeta Ltd,beta.io\n")
    assert run("submit", "good.csv", *upsert, "--yes", "-o", "out").code == 0
    with pf.Client() as client:
        empty = client.create_job("accounts", "insert").id
    ran = run("jobs", "orphans", "out")
    assert ran.code == 0
    header, line = ran.out.splitlines()
    assert header.split() == ["id", "status", "entity_type", "operation", "created_at", "why"]
    assert line.split()[:4] == [empty, "pending", "accounts", "insert"]
    assert line.endswith("never got a file; it imports nothing")
    assert run("jobs", "orphans", "nowhere").code == 2


def test_a_job_that_the_journal_does_not_know_is_an_orphan(run: Run, box: Sandbox, upsert: tuple[str, ...]) -> None:
    Path("good.csv").write_text("Company,Website\nAcme Corp,acme.com\n")
    assert run("submit", "good.csv", *upsert, "--yes", "-o", "out").code == 0
    assert run("submit", "out", "--yes", "--again").code == 0  # the journal of the first sending is set aside
    found = json.loads(run("jobs", "orphans", "out", "--format", "json").out)
    assert [one["why"] for one in found] == ["has rows of out, whose journal does not know it"]
    assert json.loads(run("jobs", "orphans", "--format", "json").out) == []
