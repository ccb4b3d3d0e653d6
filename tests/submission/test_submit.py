"""Sending a written run: each fault on each operation, and what comes of it at the server."""

from __future__ import annotations

import hashlib
import json
import logging
import re
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import preflight as pf
from preflight.client.errors import (
    BadAnswer,
    Detail,
    Doubtful,
    NotAuthorised,
    NotPermitted,
    RateLimited,
    Redirected,
    Refused,
    TooLarge,
    Unavailable,
)
from preflight.errors import PreflightError, RunInTheWay, UsageError
from preflight.sandbox.app import Reply
from preflight.sandbox.judge import Unreadable
from preflight.sandbox.store import Store
from preflight.submission.guard import FieldsMissing
from preflight.submission.journal import read_facts, read_jobs
from preflight.submission.outcomes import read_outcomes
from preflight.submission.record import JobState

Send = Callable[..., Any]
TOKEN = "tok-5ecret-do-not-show-0123456789"
ROWS = 8


def test_parts_are_sent_one_after_the_other(send: Send) -> None:
    sent = send(parts=2)
    sent.submit()
    assert sent.states == ["settled", "settled"]
    assert sent.held == {1: ROWS}
    assert sent.box.calls() == {"mappings": 1, "list": 1, "create": 2, "upload": 2, "get": 6, "errors": 2}
    lines = read_jobs(sent.folder)
    assert [(one.part, one.attempt, one.first_record, one.last_record, one.success_count) for one in lines] == [
        (1, 1, 1, 4, 4),
        (2, 1, 1, 4, 4),
    ]
    assert all(re.fullmatch(r"preflight-[0-9a-f]{16}-p000[12]-a1-[0-9a-f]{6}\.csv", one.file_name) for one in lines)
    assert sent.told == []
    assert [one.phase for one in sent.updates if one.part == 2] == [
        "uploading", "waiting", "waiting", "waiting", "reading errors", "settled"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("fault", "states"),
    [
        ("list:400", ["settled"]),
        ("list:404", ["settled"]),
        ("list:endless", ["settled"]),
        ("list:reset-before@1", ["settled"]),
        ("mappings:500@1", ["settled"]),
        ("mappings:reset-after@1", ["settled"]),
        ("mappings:empty", ["settled"]),
        ("create:reset-before@1", ["settled"]),
        ("create:reset-after@1", ["settled"]),
        ("create:close-after@1", ["settled"]),
        ("create:cut@1", ["settled"]),
        ("create:html@1", ["settled"]),
        ("create:garbage@1", ["settled"]),
        ("create:no-id@1", ["settled"]),
        ("create:500@1", ["settled"]),
        ("create:500-after@1", ["settled"]),
        ("create:503@1", ["settled"]),
        ("create:429@1", ["settled"]),
        ("upload:reset-before@1", ["fenced", "settled"]),
        ("upload:reset-mid@1", ["fenced", "settled"]),
        ("upload:close-before@1", ["fenced", "settled"]),
        ("upload:500@1", ["fenced", "settled"]),
        ("upload:503@1", ["fenced", "settled"]),
        ("upload:408@1", ["fenced", "settled"]),
        ("upload:409@1", ["fenced", "settled"]),
        ("upload:404@1", ["fenced", "settled"]),
        ("upload:huge@1", ["fenced", "settled"]),
        ("upload:reset-after@1", ["settled"]),
        ("upload:close-after@1", ["settled"]),
        ("upload:500-after@1", ["settled"]),
        ("upload:503-after@1", ["settled"]),
        ("upload:cut@1", ["settled"]),
        ("upload:html@1", ["settled"]),
        ("upload:garbage@1", ["settled"]),
        ("upload:no-body@1", ["settled"]),
        ("upload:empty@1", ["settled"]),
        ("upload:no-id@1", ["settled"]),
        ("upload:other-id@1", ["settled"]),
        ("upload:wrong-types@1", ["settled"]),
        ("upload:deep@1", ["settled"]),
        ("upload:gzip@1", ["settled"]),
        ("upload:429@1", ["settled"]),
        ("get:500@1", ["settled"]),
        ("get:reset-after@2", ["settled"]),
        ("get:html@1", ["settled"]),
        ("get:404@1", ["settled"]),
        ("get:429@1", ["settled"]),
        ("get:other-id@1", ["settled"]),
        ("get:garbage@1", ["settled"]),
        ("errors:500@1", ["settled"]),
        ("errors:cut@1", ["settled"]),
        ("errors:html@1", ["settled"]),
    ],
)
def test_what_fails_once_is_gone_on_with(send: Send, fault: str, states: list[str]) -> None:
    sent = send(fault)
    sent.submit()
    assert sent.states == states
    assert sent.held == {1: ROWS}
    assert read_outcomes(sent.folder).summary["imported"] == ROWS


@pytest.mark.parametrize(
    ("fault", "error", "states"),
    [
        ("mappings:404", FieldsMissing, []),
        ("mappings:500", Unavailable, []),
        ("mappings:401", NotAuthorised, []),
        ("mappings:redirect", Redirected, []),
        ("list:500", Unavailable, []),
        ("create:400", Refused, []),
        ("create:401", NotAuthorised, []),
        ("create:403", NotPermitted, []),
        ("create:404", PreflightError, []),
        ("create:redirect", Redirected, []),
        ("create:429", RateLimited, []),
        ("create:500-after", Doubtful, ["planned"]),
        ("upload:400", Refused, ["refused"]),
        ("upload:422", Refused, ["refused"]),
        ("upload:401", NotAuthorised, ["created"]),
        ("upload:403", NotPermitted, ["created"]),
        ("upload:redirect", Redirected, ["created"]),
        ("upload:429", RateLimited, ["created"]),
        ("upload:404", PreflightError, ["fenced", "fenced", "fenced", "fenced", "planned"]),
        ("upload:500", Doubtful, ["fenced", "fenced", "fenced", "fenced", "planned"]),
        ("get:500", Unavailable, ["accepted"]),
        ("get:401", NotAuthorised, ["accepted"]),
        ("get:redirect", Redirected, ["accepted"]),
        ("errors:500", Unavailable, ["ended"]),
        ("errors:endless", BadAnswer, ["ended"]),
        ("errors:403", NotPermitted, ["ended"]),
    ],
)
def test_what_fails_for_good_stops_the_run_and_is_never_imported_twice(
    send: Send, fault: str, error: type[Exception], states: list[str]
) -> None:
    sent = send(fault)
    with pytest.raises(error):
        sent.submit()
    assert sent.states == states
    taken = states[-1:] in (["accepted"], ["ended"])
    assert sent.held == ({1: ROWS} if taken else {})
    counts = read_outcomes(sent.folder).summary
    assert (counts["not_sent"], counts["unknown"]) == ((0, ROWS) if taken else (ROWS, 0))


@pytest.mark.parametrize("fault", ["mappings:404", "create:401", "create:400", "create:403"])
def test_a_run_of_which_nothing_was_asked_stays_unsent(send: Send, fault: str) -> None:
    sent = send(fault)
    before = sorted(sent.folder.iterdir())
    with pytest.raises(PreflightError):
        sent.submit()
    assert sorted(sent.folder.iterdir()) == before


def test_a_late_file_is_waited_for(send: Send) -> None:
    sent = send("upload:reset-after@1", "get:500@1", "get:500@2", "get:500@3", "get:500@4", "get:500@5")
    sent.submit()
    assert sent.states == ["settled"]


def test_the_fence_waits_for_as_long_as_settle_says(send: Send) -> None:
    sent = send("upload:500@1")
    sent.submit()
    assert sum(sent.clock.waits) >= 60
    assert "Looking for up to 60 s" in sent.told[0]


@pytest.mark.parametrize("fault", ["cancel:500", "cancel:reset-before", "cancel:403", "get:500"])
def test_without_a_fence_nothing_is_sent_again(send: Send, fault: str) -> None:
    sent = send("upload:500@1", fault)
    with pytest.raises(PreflightError):
        sent.submit()
    assert sent.states[0] in {"fencing", "upload_unknown"}
    assert sent.box.calls()["upload"] == 1
    assert read_outcomes(sent.folder).summary["unknown"] == ROWS


@pytest.mark.parametrize("fault", ["cancel:500-after@1", "cancel:reset-after@1", "cancel:html@1"])
def test_a_fence_that_holds_is_recognised_whatever_the_answer(send: Send, fault: str) -> None:
    sent = send("upload:500@1", fault)
    sent.submit()
    assert sent.states == ["fenced", "settled"]
    assert sent.held == {1: ROWS}


def test_a_server_that_names_no_file_is_believed_by_its_status(send: Send) -> None:
    sent = send("upload:reset-after@1", echo_file_name=False, counts=False)
    sent.submit()
    assert sent.held == {1: ROWS}


def test_the_token_is_renewed_once(send: Send) -> None:
    tokens = iter(["first-token-000", "second-token-111"])
    sent = send("upload:401@1", token=lambda: next(tokens))
    sent.submit()
    assert sent.states == ["settled"]
    assert sent.box.calls()["upload"] == 2
    assert sent.box.calls()["create"] == 1


def test_too_large_parts_are_halved_and_the_limit_is_remembered(send: Send) -> None:
    sent = send(parts=2, max_upload_bytes=320)
    sent.submit()
    assert sent.held == {1: ROWS}
    lines = read_jobs(sent.folder)
    assert [(one.part, one.first_record, one.last_record, one.state.value, one.job_id is None) for one in lines] == [
        (1, 1, 4, "too_large", False),
        (1, 1, 2, "settled", False),
        (1, 3, 4, "settled", False),
        (2, 1, 4, "too_large", True),  # known beforehand: no job is made for it
        (2, 1, 2, "settled", False),
        (2, 3, 4, "settled", False),
    ]
    assert read_outcomes(sent.folder).summary["imported"] == ROWS


def breaking_off(monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    """So many uploads break off in the middle of 25 MB: where exactly, on real sockets, the buffers between decide."""
    upload, calls = pf.Client.upload_file, []

    def broken(client: pf.Client, *given: Any, **options: Any) -> Any:
        calls.append(given)
        if len(calls) <= times:
            raise Doubtful("it broke off", Detail("uploadImportFile", pulled=10_000_000 + len(calls), declared=25_000_000))
        return upload(client, *given, **options)

    monkeypatch.setattr(pf.Client, "upload_file", broken)


def test_a_limit_that_is_not_told_is_suspected_and_halves_are_tried(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = send()
    breaking_off(monkeypatch, 2)
    sent.submit()
    assert [(one.first_record, one.last_record, one.state.value) for one in read_jobs(sent.folder)] == [
        (1, 8, "fenced"),
        (1, 8, "fenced"),
        (1, 8, "too_large"),
        (1, 4, "settled"),
        (5, 8, "settled"),
    ]
    assert any("broke off twice at about the same byte" in one and "--max-bytes" in one for one in sent.told)
    assert sent.held == {1: ROWS}


def test_a_network_that_always_breaks_is_not_fed_ever_smaller_pieces(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = send()
    breaking_off(monkeypatch, 1000)
    with pytest.raises(Doubtful):
        sent.submit()
    assert sent.states == ["fenced", "fenced", "too_large", "fenced", "planned", "fenced", "fenced", "fenced", "planned"]
    assert sent.held == {}
    assert read_outcomes(sent.folder).summary["not_sent"] == ROWS


def test_a_server_that_takes_not_even_one_record_is_not_asked_for_each(send: Send) -> None:
    sent = send(max_upload_bytes=100)
    with pytest.raises(TooLarge):
        sent.submit()
    assert sent.box.calls()["upload"] <= 10
    assert any("record 1 of part 1 alone" in one for one in sent.told)
    assert read_outcomes(sent.folder).summary["not_sent"] == ROWS


def test_row_errors_are_kept_as_received(send: Send) -> None:
    sent = send(row_numbers="record1")
    sent.submit()
    again = send()
    again.box = sent.box
    again.submit(again=True)
    path = again.folder / "errors.jsonl"
    assert path.stat().st_mode & 0o777 == 0o600
    kept = [json.loads(line) for line in path.read_text().splitlines()]
    job = read_jobs(again.folder)[0].job_id
    assert kept == [
        {
            "job_id": job,
            "part": 1,
            "row_number": number + 1,
            "field": "domain",
            "value": f"some-{number}.example.com",
            "error_type": "already_exists",
            "message": "there is a record with this domain",
        }
        for number in range(ROWS)
    ]


def test_the_same_rows_are_refused_by_the_journal(send: Send) -> None:
    sent = send()
    sent.submit()
    job = read_jobs(sent.folder)[0].job_id
    with pytest.raises(RunInTheWay, match=rf"was sent already: job {job} \(completed, 20\d\d-.*--again"):
        sent.submit()
    assert sent.held == {1: ROWS}


def test_the_same_rows_are_refused_by_the_server(send: Send) -> None:
    first, second = send(), send()
    second.box = first.box
    first.submit()
    with pytest.raises(RunInTheWay, match=r"the same rows were sent to 127\.0\.0\.1 before: job"):
        second.submit()
    assert second.states == []
    assert first.held == {1: ROWS}


def test_the_same_rows_in_other_parts_are_the_same_rows(send: Send, tmp_path: Path) -> None:
    write = pf.plan("accounts", operation="insert").write
    table = pa.table({"account_name": ["Acme, Inc.", "Beta\nLtd"], "domain": ["acme.com", "beta.io"]})
    first, second = send(), send()
    second.box = first.box
    first.folder, second.folder = tmp_path / "first", tmp_path / "second"
    write(table, first.folder)
    write(table, second.folder, max_rows=1)
    first.submit()
    with pytest.raises(RunInTheWay, match="the same rows"):
        second.submit()


def test_again_sends_the_same_rows_once_more_and_keeps_the_old_journal(send: Send) -> None:
    sent = send()
    sent.submit()
    sent.submit(again=True)
    assert sent.states == ["settled"]
    assert read_outcomes(sent.folder).summary["rejected_there"] == ROWS
    assert (sent.folder / "journal-1.sqlite").exists()
    assert (sent.folder / "errors-1.jsonl").exists()


def test_again_does_not_cut_across_an_unfinished_run(send: Send) -> None:
    sent = send("get:500")
    with pytest.raises(Unavailable):
        sent.submit()
    for again in (False, True):
        with pytest.raises(RunInTheWay, match="preflight resume"):
            sent.submit(again=again)


def test_a_refused_part_may_be_sent_again(send: Send) -> None:
    sent = send("upload:400@1", parts=2)
    with pytest.raises(Refused, match="the sandbox was told to answer 400"):
        sent.submit()
    assert sent.states == ["refused", "planned"]
    assert sent.box.calls()["cancel"] == 1
    sent.submit()
    assert sent.states == ["refused", "settled", "settled"]
    assert sent.held == {1: ROWS}


def test_a_sandbox_is_forgotten(send: Send) -> None:
    sent, real = send(), send()
    sent.submit(is_sandbox=True)
    facts = read_facts(sent.folder)
    assert facts is not None
    assert facts.is_sandbox
    sent.box = real.box
    sent.submit()
    assert sent.states == ["settled"]
    assert sent.held == {1: ROWS}


def test_another_address_is_refused(send: Send) -> None:
    sent, other = send(), send()
    sent.submit()
    sent.box = other.box
    with pytest.raises(UsageError, match="was begun at http"):
        sent.submit()


@pytest.mark.parametrize("damage", ["changed", "longer", "missing"])
def test_parts_are_held_against_the_receipt(send: Send, damage: str) -> None:
    sent = send()
    part = sent.folder / "part-0001.csv"
    if damage == "missing":
        part.unlink()
    else:
        part.write_bytes(part.read_bytes().replace(b"some-3", b"some-9") if damage == "changed" else part.read_bytes() + b"x,y\n")
    with pytest.raises(UsageError, match=r"is not the file that was written|cannot be read"):
        sent.submit()
    assert sent.box.calls() == {}


def test_a_run_without_an_operation_is_refused(send: Send) -> None:
    sent = send()
    path = sent.folder / "receipt.json"
    path.write_text(path.read_text().replace('"operation": "insert"', '"operation": null', 1))
    with pytest.raises(UsageError, match="states no operation"):
        sent.submit()


def test_a_journal_that_cannot_be_written_keeps_everything_here(send: Send) -> None:
    sent = send()
    (sent.folder / "journal.sqlite").mkdir()
    with pytest.raises(UsageError, match="the journal"):
        sent.submit()
    assert "upload" not in sent.box.calls()
    assert "create" not in sent.box.calls()


def test_the_token_and_the_cells_stand_nowhere(
    send: Send, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    texts = []
    for fault in ("upload:500@1", "upload:401", "create:html", "get:401", "errors:garbage", "upload:redirect", "mappings:403"):
        sent = send(fault)
        try:
            sent.submit()
        except PreflightError as error:
            texts.append("".join(traceback.TracebackException.from_exception(error, capture_locals=False).format()))
            texts.append(repr(error))
        texts += [*sent.told, *map(str, sent.updates), repr(sent.manner)]
        journal = sent.folder / "journal.sqlite"
        if journal.exists():
            content = journal.read_bytes()
            assert TOKEN.encode() not in content
            assert b"some-3.example.com" not in content
        errors = sent.folder / "errors.jsonl"
        assert not errors.exists() or TOKEN not in errors.read_text()
    said = capsys.readouterr()
    for text in (*texts, caplog.text, said.out, said.err):
        assert TOKEN not in text
        assert "some-3.example.com" not in text


def test_a_job_that_failed_is_told_with_what_it_never_did(send: Send) -> None:
    sent = send()
    part = sent.folder / "part-0001.csv"
    receipt = sent.folder / "receipt.json"
    bad = part.read_bytes().replace(b"account_name", b"account_nome")
    old = hashlib.sha256(part.read_bytes()).hexdigest()
    part.write_bytes(bad)
    receipt.write_text(receipt.read_text().replace(old, hashlib.sha256(bad).hexdigest()))
    sent.submit()
    line = read_jobs(sent.folder)[0]
    assert (line.state, line.status, line.ended) == (JobState.SETTLED, "failed", True)
    assert line.left_validating is False
    assert pf.Submission(sent.folder).jobs["error_message"].tolist() == ['the file has no column "account_name"']
    notices = read_outcomes(sent.folder).notices
    assert [(one.code, one.message) for one in notices] == [
        ("PF902", f'job {line.job_id} is failed: the server says: the file has no column "account_name"')
    ]


def test_what_the_server_says_of_a_job_or_a_file_never_stands_in_the_journal(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    words = "row 4: some-3.example.com is no domain"
    failed = send()
    monkeypatch.setattr(
        Store,
        "_import_some",
        lambda store, row: (_ for _ in ()).throw(Unreadable(words)) if row["operation"] == "insert" else False,
    )
    failed.submit()
    refused = send("upload:400")
    monkeypatch.setattr(
        "preflight.sandbox.server._Handler._send_status", lambda handler, status: handler._send(Reply(status, {"message": words}))
    )
    with pytest.raises(Refused, match="some-3"):
        refused.submit()
    assert words in (failed.folder / "errors.jsonl").read_text()
    assert read_outcomes(failed.folder).notices[0].message.endswith(words)
    assert read_outcomes(failed.folder).summary["unknown"] == ROWS
    for one in (failed, refused):
        assert b"some-3" not in (one.folder / "journal.sqlite").read_bytes()
    assert read_jobs(refused.folder)[0].error_message == "the server refused the file (400)"
