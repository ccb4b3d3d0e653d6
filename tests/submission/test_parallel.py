"""Parts sent at the same time: what holds for one after the other holds for several, and none is begun that could collide."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import preflight as pf
from preflight.client.errors import NotAuthorised, Refused, Unavailable
from preflight.errors import PreflightError, UsageError
from preflight.sandbox.store import Store
from preflight.submission.journal import Journal, read_jobs
from preflight.submission.outcomes import read_outcomes
from preflight.submission.submit import Manner

Send = Callable[..., Any]
ROWS = 8


def most_at_once(sent: Any) -> int:
    """How many parts were ever under way at the same time, by what was shown."""
    begun: set[int] = set()
    most = 0
    for one in sent.updates:
        (begun.discard if one.phase == "settled" else begun.add)(one.part)
        most = max(most, len(begun))
    return most


@pytest.mark.parametrize("parallel", [2, 4])
def test_parts_are_under_way_at_the_same_time(send: Send, parallel: int) -> None:
    sent = send(parts=4)
    sent.submit(parallel=parallel)
    assert sent.states == ["settled"] * 4
    assert sent.held == {1: ROWS}
    assert sent.told == []
    assert 1 < most_at_once(sent) <= parallel
    assert read_outcomes(sent.folder).summary["imported"] == ROWS


@pytest.mark.parametrize(
    "faults",
    [
        ["create:reset-after@2"],
        ["create:html@1", "create:500-after@3"],
        ["upload:reset-after@1", "upload:reset-after@2"],
        ["upload:reset-mid@1", "upload:500@2", "upload:409@3"],
        ["upload:429@1", "upload:429@2", "upload:429@3"],
        ["upload:404@2"],
        ["upload:html@1", "upload:other-id@2", "upload:cut@3"],
        ["get:500@1", "get:garbage@3", "get:404@2"],
        ["errors:cut@1", "errors:html@2", "errors:500@3"],
    ],
    ids=lambda faults: "+".join(faults),
)
def test_faults_of_several_parts_at_once_are_gone_on_with(send: Send, faults: list[str]) -> None:
    sent = send(*faults, parts=4)
    sent.submit(parallel=4)
    assert sent.held == {1: ROWS}
    assert {state for state in sent.states if state != "fenced"} == {"settled"}
    assert read_outcomes(sent.folder).summary["imported"] == ROWS


def test_each_part_is_halved_by_itself(send: Send) -> None:
    sent = send(parts=2, max_upload_bytes=320)
    sent.submit(parallel=3)
    assert sent.held == {1: ROWS}
    settled = [(one.part, one.first_record, one.last_record) for one in read_jobs(sent.folder) if one.state == "settled"]
    assert sorted(settled) == [(1, 1, 2), (1, 3, 4), (2, 1, 2), (2, 3, 4)]


def test_row_errors_of_several_jobs_stand_once_each(send: Send, tmp_path: Path) -> None:
    sent, again = send(parts=4), send(parts=4)
    plan = pf.plan("accounts", operation="update", match_key="domain")
    table = pa.table({"account_name": [f"Some {one}" for one in range(ROWS)], "domain": [f"no-{one}.com" for one in range(ROWS)]})
    again.folder = tmp_path / "missing"
    plan.write(table, again.folder, max_rows=2)
    again.box = sent.box
    again.submit(parallel=4)
    found = read_outcomes(again.folder)
    assert found.summary["rejected_there"] == ROWS
    assert len((again.folder / "errors.jsonl").read_bytes().splitlines()) == ROWS == len(found.errors)


def test_keys_that_stand_twice_are_sent_one_after_the_other(send: Send, tmp_path: Path) -> None:
    sent = send()
    sent.folder = tmp_path / "doubles"
    table = pa.table({"account_name": ["One", "Two", "Three"], "domain": ["a.com", "b.com", "c.com"]})
    pf.plan("accounts", operation="upsert", match_key="domain").write(table, sent.folder, max_rows=1)
    _write_again(sent.folder, b"c.com", b"a.com")
    sent.submit(parallel=4)
    assert most_at_once(sent) == 1
    assert sent.told == ["a match key stands in two rows, and the order decides which one stays: one part is sent at a time"]
    assert sent.box.cells("accounts")[0]["account_name"] == "Three"


def _write_again(folder: Path, old: bytes, new: bytes) -> None:
    """Change a cell of the last part as if another policy had written it."""
    receipt = json.loads((folder / "receipt.json").read_text())
    part = receipt["parts"][-1]
    content = (folder / part["name"]).read_bytes().replace(old, new)
    (folder / part["name"]).write_bytes(content)
    part["sha256"] = hashlib.sha256(content).hexdigest()
    (folder / "receipt.json").write_text(json.dumps(receipt))


def test_an_insert_matches_nothing_and_may_be_sent_at_once(send: Send, tmp_path: Path) -> None:
    sent = send()
    sent.folder = tmp_path / "insert"
    table = pa.table({"account_name": [f"Some {one}" for one in range(4)], "domain": [f"some-{one}.com" for one in range(4)]})
    pf.plan("accounts", operation="insert").write(table, sent.folder, max_rows=1)
    sent.submit(parallel=2)
    assert most_at_once(sent) == 2
    assert sent.held == {1: 4}


def test_a_token_that_all_find_refused_is_renewed_once(send: Send) -> None:
    asked = []

    def token() -> str:
        asked.append(threading.get_ident())
        return f"token-number-{len(asked)}"

    sent = send("upload:401@1", "upload:401@2", "upload:401@3", "upload:401@4", parts=4, token=token)
    sent.submit(parallel=4)
    assert sent.held == {1: ROWS}
    assert sent.box.calls()["create"] == 4
    assert 2 <= len(asked) <= 5  # one renewal for all that were refused with the same token


def test_a_refused_part_lets_those_under_way_come_to_their_end(send: Send) -> None:
    sent = send("upload:400@1", parts=4)
    with pytest.raises(Refused):
        sent.submit(parallel=2)
    states = sorted(sent.states)
    assert states.count("refused") == 1
    assert set(states) <= {"refused", "settled", "planned"}
    sent.submit(parallel=2)
    assert sent.held == {1: ROWS}


def test_what_is_in_doubt_is_resumed_at_once_too(send: Send) -> None:
    sent = send("get:401@1", "get:401@2", "get:401@3", "get:401@4", parts=4)
    with pytest.raises(NotAuthorised):
        sent.submit(parallel=4)
    assert sent.box.calls()["upload"] >= 1
    sent.resume(parallel=4)
    assert sent.held == {1: ROWS}
    assert read_outcomes(sent.folder).summary["imported"] == ROWS


def test_a_disk_that_is_full_stops_everybody(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = send(parts=4)
    put, count = Journal.put, []

    def full(journal: Journal, line: Any) -> None:
        count.append(line)
        if len(count) >= 7:
            raise UsageError("the journal cannot be written (No space left on device)")
        put(journal, line)

    monkeypatch.setattr(Journal, "put", full)
    with pytest.raises(UsageError, match="No space left"):
        sent.submit(parallel=4)
    monkeypatch.undo()
    sent.resume(parallel=4)
    assert sent.held == {1: ROWS}


def test_ctrl_c_stops_everybody_and_nothing_is_lost(send: Send) -> None:
    for at in (1, 6, 15):
        sent = send(parts=4)
        seen: list[Any] = []

        def watch(update: Any, seen: list[Any] = seen, at: int = at) -> None:
            seen.append(update)
            if len(seen) == at:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            sent.submit(parallel=4, watch=watch)
        assert not [one for one in threading.enumerate() if one.name.startswith("preflight part")]
        sent.resume(parallel=2)
        assert sent.held == {1: ROWS}
        assert read_outcomes(sent.folder).summary["imported"] == ROWS


def test_a_server_that_is_down_for_all_is_told(send: Send) -> None:
    sent = send("get:500", parts=4)
    with pytest.raises(Unavailable):
        sent.submit(parallel=2)
    assert set(sent.states) == {"accepted", "planned"}


@pytest.mark.parametrize("parallel", [0, -1, 5])
def test_a_number_beyond_reason_is_refused(parallel: int) -> None:
    with pytest.raises(PreflightError, match=r"wanted 1 to 4 parts at a time"):
        Manner(parallel=parallel)


@pytest.mark.parametrize("parallel", [1, 4])
def test_a_job_that_the_server_names_twice_gets_one_file(send: Send, monkeypatch: pytest.MonkeyPatch, parallel: int) -> None:
    create, answers = Store.create, []

    def cached(store: Store, *given: Any) -> Any:
        answers.append(create(store, *given))
        return answers[-1] if len(answers) % 2 else answers[-2]  # as a cache between gives the answer of another

    monkeypatch.setattr(Store, "create", cached)
    sent = send(parts=4)
    sent.submit(parallel=parallel)
    lines = read_jobs(sent.folder)
    assert len({one.job_id for one in lines}) == len(lines) == 4
    assert sent.held == {1: ROWS}
    assert sum("an empty job may have been left behind" in one for one in sent.told) == len(answers) - 4
