"""Going on: from any state, on any day, without the frame, and never with what is in doubt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

import preflight as pf
from preflight.client.errors import Unavailable
from preflight.contract.wire import ImportJob
from preflight.errors import UsageError
from preflight.submission.journal import Journal, read_jobs
from preflight.submission.machine import Event
from preflight.submission.outcomes import read_outcomes
from preflight.submission.poll import has_file, with_job
from preflight.submission.record import JobLine, JobState

Send = Callable[..., Any]
ROWS = 8
LINE = JobLine(1, 1, 1, ROWS, JobState.ACCEPTED, "ours.csv", "j-1")


def rewind(sent: Any, **changes: Any) -> None:
    """Put the last attempt of a journal into another state, as a crash would have left it."""
    with Journal(sent.folder, sent.clock.now) as journal:
        journal.put(replace(journal.lines()[-1], **changes))


def test_a_run_that_was_written_and_not_sent_is_sent(send: Send) -> None:
    sent = send()
    sent.resume()
    assert sent.states == ["settled"]
    assert sent.held == {1: ROWS}


def test_a_run_that_is_settled_stays_as_it_is(send: Send) -> None:
    sent = send()
    sent.submit()
    calls = sent.box.calls()
    sent.resume()
    assert sent.box.calls() == calls


@pytest.mark.parametrize("state", [JobState.UPLOADING, JobState.UPLOAD_UNKNOWN, JobState.ACCEPTED, JobState.ENDED])
def test_whatever_was_not_written_down_is_read_again(send: Send, state: JobState) -> None:
    sent = send()
    sent.submit()
    heard = {} if state is JobState.ENDED else {"status": None, "success_count": None}
    rewind(sent, state=state, ended=False, **heard)
    sent.resume()
    assert sent.states == ["settled"]
    assert sent.box.calls()["upload"] == 1
    assert read_outcomes(sent.folder).summary["imported"] == ROWS


def test_errors_that_were_half_read_stand_once(send: Send) -> None:
    first, sent = send(), send()
    sent.box = first.box
    first.submit()
    sent.submit(again=True)
    path = sent.folder / "errors.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    rewind(sent, state=JobState.ENDED, ended=False)
    sent.resume()
    assert path.read_bytes() == whole
    assert read_outcomes(sent.folder).summary["rejected_there"] == ROWS


def test_a_fence_that_came_too_late_finds_the_job_at_work(send: Send) -> None:
    sent = send()
    sent.submit()
    rewind(sent, state=JobState.FENCING, ended=False)
    sent.resume()
    assert sent.states == ["settled"]
    assert sent.held == {1: ROWS}


def test_a_crash_before_the_upload_makes_no_second_job(send: Send) -> None:
    sent = send("upload:401@1")
    with pytest.raises(pf.PreflightError):
        sent.submit()
    sent.resume()
    assert sent.states == ["settled"]
    assert sent.box.calls()["create"] == 1


def test_a_crash_while_creating_makes_another_job_and_notes_the_first(send: Send) -> None:
    sent = send("upload:401@1")
    with pytest.raises(pf.PreflightError):
        sent.submit()
    rewind(sent, state=JobState.CREATING, job_id=None)
    sent.resume()
    assert "an empty job may have been left behind" in sent.told[-1]
    assert sent.held == {1: ROWS}


def test_what_needs_a_person_is_looked_at_again(send: Send) -> None:
    sent = send()
    sent.submit()
    rewind(sent, state=JobState.NEEDS_HUMAN, ended=False)
    assert read_outcomes(sent.folder).summary["unknown"] == ROWS
    sent.resume()
    assert sent.states == ["settled"]


def test_a_job_that_is_gone_stays_unknown(send: Send) -> None:
    sent = send()
    sent.submit()
    rewind(sent, state=JobState.UPLOADING, job_id="no-such-job", ended=False)
    sent.resume()
    assert sent.states == ["needs_human"]
    assert "the server does not know it any more" in sent.told[-1]
    assert sent.box.calls()["upload"] == 1
    assert read_outcomes(sent.folder).summary["unknown"] == ROWS


def test_a_job_with_another_file_stays_unknown(send: Send) -> None:
    sent = send()
    sent.submit()
    with Journal(sent.folder, sent.clock.now) as journal:
        line = journal.lines()[0]
        journal.replace(line, [replace(line, attempt=2, first_record=1, last_record=4, state=JobState.UPLOADING, ended=False)])
    sent.resume()
    assert sent.states[-1] == "needs_human"
    assert "it has a file that is not the one that was sent" in sent.told[-1]


def test_the_parts_must_be_those_that_were_sent(send: Send) -> None:
    sent = send("get:500")
    with pytest.raises(Unavailable):
        sent.submit()
    part = sent.folder / "part-0001.csv"
    part.write_bytes(part.read_bytes() + b"\n")
    with pytest.raises(UsageError, match="is not the file that was written"):
        sent.resume()


def test_a_sandbox_that_is_gone_cannot_be_gone_on_with(send: Send) -> None:
    sent = send()
    sent.submit(is_sandbox=True)
    with pytest.raises(UsageError, match="is gone with all it held"):
        sent.resume()


def test_in_python_from_the_folder_alone(send: Send) -> None:
    sent = send("upload:reset-after@1")
    with sent.client() as client:
        submission = pf.submit(sent.folder, client=client, clock=sent.clock, progress=False)
        assert pf.resume(sent.folder, client=client, clock=sent.clock, progress=False).summary == submission.summary
    assert submission.summary["imported"] == ROWS
    assert list(submission.outcomes["state"]) == ["imported"] * ROWS
    assert list(submission.jobs["success_count"]) == [ROWS]
    assert "8 imported" in repr(submission)
    assert "8 imported" in submission._repr_html_()


def test_ctrl_c_in_python_says_how_to_go_on(
    send: Send, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sent = send()

    def press(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(sent.clock, "sleep", press)
    with sent.client() as client, pytest.raises(KeyboardInterrupt):
        pf.submit(sent.folder, client=client, clock=sent.clock, progress=False)
    assert f"preflight.resume('{sent.folder}')" in capsys.readouterr().err
    assert sent.states == ["accepted"]
    assert sent.box.calls().get("cancel", 0) == 0
    monkeypatch.undo()
    sent.resume()
    assert sent.states == ["settled"]


def test_an_error_in_python_says_how_to_go_on(send: Send) -> None:
    sent = send("get:500")
    with sent.client() as client, pytest.raises(Unavailable) as raised:
        pf.submit(sent.folder, client=client, clock=sent.clock, progress=False)
    assert raised.value.__notes__ == [f"To go on: preflight.resume('{sent.folder}')"]


@pytest.mark.parametrize("settle", [-1.0, float("nan"), 1e9])
def test_settle_must_be_a_time(send: Send, settle: float) -> None:
    sent = send()
    with sent.client() as client, pytest.raises(UsageError, match="settle"):
        pf.submit(sent.folder, client=client, settle=settle, progress=False)


def test_waiting_grows_to_half_a_minute(send: Send) -> None:
    sent = send(reads_per_state=12)
    sent.submit()
    waits = [round(one, 1) for one in sent.clock.waits]
    assert waits[:4] == [1.0, 1.5, 2.2, 3.4]
    assert max(waits) == 30.0


@pytest.mark.parametrize(
    ("job", "event"),
    [
        (ImportJob(), Event.EMPTY),
        (ImportJob(status="pending"), Event.EMPTY),
        (ImportJob(status="pending", file_size_bytes=0), Event.EMPTY),
        (ImportJob(status="queued"), Event.EMPTY),
        (ImportJob(status="pending", file_name="ours.csv"), Event.HAS_FILE),
        (ImportJob(status="queued", file_size_bytes=100), Event.HAS_FILE),
        (ImportJob(status="validating"), Event.HAS_FILE),
        (ImportJob(status="failed"), Event.HAS_FILE),
        (ImportJob(status="processing", file_name="renamed.csv"), Event.HAS_FILE),
        (ImportJob(status="validating", file_name="ours.csv", file_size_bytes=99), Event.OTHER_FILE),
        (ImportJob(status="pending", file_name="theirs.csv"), Event.OTHER_FILE),
        (ImportJob(status="pending", file_size_bytes=99), Event.OTHER_FILE),
    ],
)
def test_whether_a_job_has_our_file(job: ImportJob, event: Event) -> None:
    assert has_file(job, "ours.csv", 100) is event


@pytest.mark.parametrize(
    ("before", "job", "left"),
    [
        (None, ImportJob(status="validating"), None),
        (None, ImportJob(status="failed", processed_rows=0), False),
        (None, ImportJob(status="cancelled"), False),
        (None, ImportJob(status="failed", processed_rows=3), True),
        (None, ImportJob(status="processing"), True),
        (True, ImportJob(status="failed", processed_rows=0), True),
    ],
)
def test_whether_a_job_left_validating(before: bool | None, job: ImportJob, left: bool | None) -> None:
    assert with_job(replace(LINE, left_validating=before), job).left_validating is left


def test_what_a_job_leaves_out_is_kept_and_nonsense_is_not_taken() -> None:
    line = replace(LINE, status="processing", total_rows=8)
    found = with_job(line, ImportJob(total_rows=-1, processed_rows=2**60, error_message="row 3: some-3.example.com"))
    assert (found.status, found.total_rows, found.processed_rows) == ("processing", 8, None)
    assert found.error_message is None


def test_errors_have_a_place_of_their_own(send: Send) -> None:
    sent = send(parts=2)
    sent.submit()
    assert (sent.folder / "errors.jsonl").read_text() == ""
    assert len(read_jobs(sent.folder)) == 2


def test_a_server_that_tells_how_far_it_is_is_asked_more_often(send: Send) -> None:
    sent = send(rows_per_read=1)
    sent.submit()
    assert [round(one, 1) for one in sent.clock.waits] == [1.0, 1.5, 2.0, 2.0, 2.0, 2.0]
    assert sent.held == {1: ROWS}
