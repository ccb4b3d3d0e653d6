"""preflight outcomes: the formats, and the exit codes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from preflight.submission.journal import Journal
from preflight.submission.record import ERRORS, JobLine, JobState

from .conftest import ACCOUNTS, Run

GOOD = "account_name,domain\nAcme,acme.com\nBeta,beta.io\n"
JOB = JobLine(1, 1, 1, 2, JobState.SETTLED, "f", "j", "completed", 2, 2, 2, 0, ended=True)


def written(run: Run, text: str) -> Path:
    Path("a.csv").write_text(text, encoding="utf-8")
    options = ("--entity", "accounts", "--operation", "upsert", "--match-key", "domain", "--unmapped", "drop")
    run("write", "a.csv", "-o", "out", *options)
    return Path("out")


def sent(folder: Path, job: JobLine, *numbers: int) -> None:
    with Journal(folder, lambda: 0.0) as journal:
        journal.add([], [job])
    lines = [{"job_id": "j", "row_number": one, "field": "domain", "value": "beta.io", "message": "no"} for one in numbers]
    (folder / ERRORS).write_text("".join(json.dumps(one) + "\n" for one in lines))


@pytest.mark.parametrize(
    ("job", "numbers", "code"),
    [
        pytest.param(JOB, (), 0, id="all imported"),
        pytest.param(replace(JOB, success_count=1, error_count=1), (3,), 1, id="one rejected there"),
        pytest.param(replace(JOB, status="failed", processed_rows=0, left_validating=False), (), 1, id="not sent"),
        pytest.param(replace(JOB, state=JobState.ACCEPTED, status="processing", ended=False), (), 3, id="unknown"),
    ],
)
def test_the_exit_code_is_the_verdict(run: Run, job: JobLine, numbers: tuple[int, ...], code: int) -> None:
    sent(written(run, GOOD), job, *numbers)
    for form in ("text", "json", "csv"):
        assert run("outcomes", "out", "--format", form).code == code


def test_rows_rejected_here_count_before_anything_is_sent(run: Run) -> None:
    written(run, ACCOUNTS)
    ran = run("outcomes", "out")
    assert ran.code == 1
    assert ran.out == "a.csv: 5 rows = 2 rejected here + 3 not sent\n"


def test_the_repair_file_and_what_is_said(run: Run) -> None:
    sent(written(run, GOOD), replace(JOB, success_count=1, error_count=1), 3)
    ran = run("outcomes", "out", "--repair", "fix.csv")
    assert "fix.csv: 1 row to repair" in ran.err
    assert ran.out.splitlines()[0].startswith('a.csv:3: error PF901 domain: "beta.io": no')
    assert Path("fix.csv").read_text(encoding="utf-8-sig").splitlines()[1].endswith(",Beta,beta.io")


def test_counts_that_disagree_are_said_beside_every_format(run: Run) -> None:
    sent(written(run, GOOD), replace(JOB, success_count=1, error_count=1))
    ran = run("outcomes", "out", "--format", "json")
    assert ran.code == 3
    assert "PF904" in ran.err
    assert json.loads(ran.out)["summary"]["unknown"] == 2


def test_files_and_refusals(run: Run) -> None:
    sent(written(run, GOOD), JOB)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdout.isatty", lambda: True)
        made = run("outcomes", "out", "--format", "parquet")
    assert (made.code, made.out) == (2, "")
    assert made.err == "preflight: --format parquet is no text for a terminal; give a file with -o\n"
    for form in ("parquet", "xlsx", "csv", "json"):
        assert run("outcomes", "out", "--format", form, "-o", f"o.{form}").code == 0
        assert Path(f"o.{form}").stat().st_size > 50
    assert run("outcomes", "nowhere").code == 2


def test_a_file_in_place_of_the_folder(run: Run, tmp_path: Path) -> None:
    (tmp_path / "receipt.json").write_text("{}")
    assert run("outcomes", "receipt.json").err == "preflight: receipt.json is a file; give the folder of the run\n"
