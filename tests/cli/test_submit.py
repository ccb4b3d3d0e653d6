"""preflight submit and resume."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import preflight.cli.connection as connection
from preflight.submission.lanes import MOST_LANES
from preflight.testing import Sandbox, sandbox

Run = Callable[..., Any]
Upsert = tuple[str, ...]
GOOD = "Company,Website\nAcme Corp,acme.com\nBeta Ltd,beta.io\n"


def names(folder: str) -> list[str]:
    return sorted(path.name for path in Path(folder).iterdir())


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    with sandbox(reads_per_state=0) as url:
        monkeypatch.setenv("DEMANDBASE_URL", url)
        monkeypatch.setenv("DEMANDBASE_TOKEN", "tok-5ecret-do-not-show-0123456789")
        yield url


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.csv"
    path.write_text(GOOD)
    return path


def test_a_file_is_written_and_sent(run: Run, upsert: Upsert, good: Path, box: Sandbox) -> None:
    ran = run("submit", "good.csv", *upsert, "--yes")
    assert ran.code == 0
    assert ran.err.startswith("Writing into good.preflight\n")
    assert "2 rows = 2 imported" in ran.out
    assert box.holdings("accounts") == {"domain=acme.com": 1, "domain=beta.io": 1}
    assert names("good.preflight") == [
        "errors.jsonl",
        "journal.sqlite",
        "part-0001.csv",
        "receipt.json",
        "rows.parquet",
    ]


def test_several_parts_may_be_under_way(run: Run, upsert: Upsert, good: Path, box: Sandbox) -> None:
    ran = run("submit", "good.csv", *upsert, "--yes", "--max-rows", "1", "--parallel", str(MOST_LANES))
    assert ran.code == 0
    assert "2 rows = 2 imported" in ran.out
    assert box.calls()["upload"] == 2
    assert run("resume", "good.preflight", "--parallel", "2").code == 0


def test_rejected_rows_stay_here(run: Run, upsert: Upsert, accounts: Path, box: Sandbox) -> None:
    ran = run("submit", "accounts.csv", *upsert, "--yes", "-o", "out")
    assert ran.code == 1
    assert "5 rows = 3 imported + 2 rejected here" in ran.out
    assert run("submit", "accounts.csv", *upsert, "--yes", "-o", "out").code == 2
    again = run("submit", "out", "--yes")
    assert again.code == 2
    assert "was sent already" in again.err
    assert run("submit", "out", "--yes", "--again").code == 1


def test_a_few_rejected_rows_may_be_allowed(run: Run, upsert: Upsert, accounts: Path, box: Sandbox) -> None:
    few = run("submit", "accounts.csv", *upsert, "--yes", "--max-rejected", "1")
    assert few.code == 1
    assert names("accounts.preflight") == ["rejected.csv"]
    assert run("write", "accounts.csv", *upsert, "-o", "out").code == 1
    assert run("submit", "out", "--yes", "--max-rejected", "1").code == 1
    assert box.calls() == {}
    assert run("submit", "out", "--yes", "--max-rejected", "40%").code == 0


def test_without_a_terminal_nobody_is_asked_and_nothing_is_sent(run: Run, upsert: Upsert, good: Path, box: Sandbox) -> None:
    ran = run("submit", "good.csv", *upsert)
    assert (ran.code, ran.out) == (2, "")
    assert "add --yes" in ran.err
    assert not Path("good.preflight").exists()


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("n\n", 130)])
def test_on_a_terminal_it_asks(
    run: Run, upsert: Upsert, good: Path, box: Sandbox, monkeypatch: pytest.MonkeyPatch, answer: str, code: int
) -> None:
    asked: list[str] = []

    def confirm(text: str, **_: Any) -> None:
        asked.append(text)
        if answer == "n\n":
            raise connection.click.Abort

    monkeypatch.setattr("preflight.cli.connection.is_terminal", lambda: True)
    monkeypatch.setattr("preflight.cli.submit.is_terminal", lambda: True)
    monkeypatch.setattr(connection.click, "confirm", confirm)
    assert run("submit", "good.csv", *upsert).code == code
    assert asked == ["Send 2 rows to 127.0.0.1: upsert of accounts on domain. Go ahead?"]
    assert bool(box.holdings("accounts")) is (code == 0)


def test_a_sandbox_needs_nothing(run: Run, upsert: Upsert, good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEMANDBASE_TOKEN", raising=False)
    assert run("submit", "good.csv", *upsert, "--sandbox").code == 0
    assert run("submit", "good.csv", *upsert, "--sandbox").code == 0  # what a sandbox took is as good as unsent
    ran = run("resume", "good.preflight", "--url", "http://127.0.0.1:9")
    assert ran.code == 2
    assert "is gone with all it held" in ran.err


def test_no_token_is_told_before_anything_is_written(run: Run, upsert: Upsert, good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEMANDBASE_TOKEN", raising=False)
    monkeypatch.delenv("DEMANDBASE_URL", raising=False)
    ran = run("submit", "good.csv", *upsert, "--yes")
    assert ran.code == 2
    assert "there is no token" in ran.err
    assert names(".") == ["good.csv"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--sandbox", "--url", "http://127.0.0.1:9"), "--sandbox has its own address"),
        (("--entity", "accounts", "--yes"), "comes too late"),
        (("--max-rows", "5", "--yes"), "--max-rows comes too late"),
        (("-o", "elsewhere", "--yes"), "-o comes too late"),
        (("--settle", "-1", "--yes"), "settle"),
        (("--parallel", "5", "--yes"), "parallel"),
        (("--parallel", "0", "--yes"), "parallel"),
    ],
)
def test_options_that_say_nothing_are_refused(
    run: Run, good: Path, upsert: Upsert, box: Sandbox, options: Upsert, words: str
) -> None:
    run("write", "good.csv", *upsert, "-o", "out")
    ran = run("submit", "out", *options)
    assert ran.code == 2
    assert words in ran.err
    assert box.calls() == {}


def test_a_plan_without_an_operation_is_refused(run: Run, good: Path, box: Sandbox) -> None:
    ran = run("submit", "good.csv", "--entity", "accounts", "--yes")
    assert ran.code == 2
    assert "submit needs an operation" in ran.err


def test_a_server_that_fails_is_exit_3_and_resume_goes_on(
    run: Run, upsert: Upsert, good: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sandbox("get:403@1", reads_per_state=0) as url:
        ran = run("submit", "good.csv", *upsert, "--yes", "--url", url)
        assert ran.code == 3
        assert "the token does not have the permission (403)" in ran.err
        assert "To go on: preflight resume good.preflight" in ran.err
        assert "2 rows = 2 unknown" in ran.out
        assert run("submit", "good.preflight", "--yes", "--url", url).code == 2
        resumed = run("resume", "good.preflight")  # the folder remembers the address, and no token is needed there
        assert resumed.code == 0
        assert "2 rows = 2 imported" in resumed.out
        assert url.holdings("accounts") == {"domain=acme.com": 1, "domain=beta.io": 1}


def test_an_unreachable_server_is_exit_3_and_leaves_the_run_unsent(
    run: Run, upsert: Upsert, good: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    ran = run("submit", "good.csv", *upsert, "--yes", "--url", "http://127.0.0.1:9")
    assert ran.code == 3
    assert not Path("good.preflight/journal.sqlite").exists()
    assert run("write", "good.csv", *upsert, "-o", "good.preflight").code == 0


def test_what_the_server_rejects_is_exit_1_on_the_right_line(run: Run, upsert: Upsert, good: Path, box: Sandbox) -> None:
    assert run("submit", "good.csv", *upsert, "--yes").code == 0
    good.write_text(GOOD + "Gamma SA,gamma.fr\n")
    ran = run("submit", "good.csv", "--entity", "accounts", "--operation", "insert", "--yes", "-o", "second")
    assert ran.code == 1
    assert "3 rows = 1 imported + 2 rejected there" in ran.out
    assert re.search(r"good\.csv:2.*acme\.com", ran.out)


def test_the_token_is_in_no_output(run: Run, upsert: Upsert, good: Path, box: Sandbox) -> None:
    Path("token.txt").write_text("tok-5ecret-in-a-file-0123456789\n")
    ran = run("submit", "good.csv", *upsert, "--yes", "--token-file", "token.txt")
    assert ran.code == 0
    for text in (ran.out, ran.err, *(path.read_bytes().decode("latin-1") for path in Path("good.preflight").iterdir())):
        assert "5ecret" not in text


def test_resume_wants_a_folder(run: Run) -> None:
    assert run("resume", "nothing-here").code == 2


def test_what_is_missing_is_told_before_a_token_is_asked_for(run: Run, good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEMANDBASE_TOKEN", raising=False)
    assert "nope does not exist; give a file, or the folder of a written run" in run("submit", "nope", "--yes").err
    ran = run("submit", "good.csv", "--sandbox")
    assert ran.err.startswith("preflight: nothing can be sent without a plan: no entity is stated")
    Path("empty").mkdir()
    assert "empty holds no receipt.json" in run("resume", "empty").err
