"""What happens to folders and disks: full, damaged, moved, used by two at once, taken up a day later from elsewhere."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import preflight as pf
from preflight.client.errors import Unavailable
from preflight.errors import PreflightError, RunInTheWay, UsageError
from preflight.submission.outcomes import read_outcomes
from preflight.submission.poll import Pace

Send = Callable[..., Any]
ROWS = 8


class Brittle(sqlite3.Connection):
    """A connection whose writes fail from a number on, as on a full disk."""

    left = 0

    def execute(self, query: str, *given: Any) -> Any:
        if query == "COMMIT":
            Brittle.left -= 1
            if Brittle.left < 0:
                raise sqlite3.OperationalError("database or disk is full")
        return super().execute(query, *given)


@pytest.mark.parametrize("parallel", [1, 4])
@pytest.mark.parametrize("writes", range(1, 40, 4))
def test_a_full_disk_stops_the_run_before_the_effect_and_loses_nothing(
    send: Send, monkeypatch: pytest.MonkeyPatch, writes: int, parallel: int
) -> None:
    sent = send(parts=4)
    connect = sqlite3.connect
    monkeypatch.setattr("preflight.submission.journal.sqlite3.connect", partial(connect, factory=Brittle))
    monkeypatch.setattr(Brittle, "left", writes)
    with pytest.raises(UsageError, match=r"database or disk is full.*nothing is sent without it"):
        sent.submit(parallel=parallel)
    monkeypatch.undo()
    sent.resume(parallel=parallel)
    assert sent.held == {1: ROWS}
    assert read_outcomes(sent.folder).summary["imported"] == ROWS


def test_a_disk_that_is_full_while_errors_are_kept(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    first, sent = send(parts=2), send(parts=2)
    sent.box = first.box
    first.submit()
    record = (sent.folder / "receipt.json").read_text()
    (sent.folder / "receipt.json").write_text(record.replace('"operation": "upsert"', '"operation": "insert"'))

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("preflight.submission.errors_file.shutil.copyfileobj", full)
    with pytest.raises(UsageError, match=r"errors\.jsonl cannot be written \(No space left on device\).*preflight resume"):
        sent.submit(again=True)
    monkeypatch.undo()
    sent.resume()
    found = read_outcomes(sent.folder)
    assert found.summary["rejected_there"] == ROWS == len(found.errors)
    assert len((sent.folder / "errors.jsonl").read_bytes().splitlines()) == ROWS


@pytest.mark.parametrize("damage", ["cut", "zeros", "text", "empty", "page"])
def test_a_damaged_journal_is_said_and_nothing_is_sent(send: Send, damage: str) -> None:
    sent = send("get:500")
    with pytest.raises(Unavailable):
        sent.submit()
    path = sent.folder / "journal.sqlite"
    whole = path.read_bytes()
    path.write_bytes(
        {
            "cut": whole[: len(whole) // 2],
            "zeros": bytes(len(whole)),
            "text": b"this is no journal",
            "empty": b"",
            "page": whole[:4096] + bytes(4096) + whole[8192:],
        }[damage]
    )
    calls = sent.box.calls()
    for act in (sent.resume, sent.submit):
        with pytest.raises(PreflightError) as raised:
            act()
        assert not isinstance(raised.value, AssertionError)
    after = sent.box.calls()
    assert (after["create"], after["upload"]) == (calls["create"], calls["upload"])
    assert sent.held == {1: ROWS}


def test_a_folder_that_was_moved_goes_on_from_elsewhere_on_another_day(
    send: Send, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = send("get:500@1", "get:500@2", "get:500@3", "get:500@4", "get:500@5", parts=2)
    with pytest.raises(PreflightError):
        sent.submit(pace=_impatient(sent))
    elsewhere = tmp_path / "another machine" / "run"
    elsewhere.parent.mkdir()
    shutil.move(sent.folder, elsewhere)
    os.utime(elsewhere / "journal.sqlite", (1, 1))
    monkeypatch.chdir(elsewhere.parent)
    sent.folder = Path("run")
    sent.clock.sleep(86_400.0 * 2)
    sent.resume()
    assert sent.held == {1: ROWS}
    assert pf.Submission("run").summary["imported"] == ROWS


def _impatient(sent: Any) -> Any:
    """A pace at which failing reads are not waited out."""

    class Hasty:
        now, sleep = staticmethod(sent.clock.now), staticmethod(sent.clock.sleep)

        @staticmethod
        def monotonic() -> float:
            return float(sent.clock.monotonic()) * 1000

    return Pace(Hasty(), lambda: 0.5)


def test_two_that_resume_at_once_are_one_and_a_message(send: Send) -> None:
    sent = send("get:403@1", parts=4)
    with pytest.raises(PreflightError):
        sent.submit()
    gate = threading.Barrier(3, timeout=20)
    ended: list[BaseException | None] = []

    def go() -> None:
        gate.wait()
        try:
            with sent.client() as client:
                pf.resume(sent.folder, client=client, progress=False, clock=sent.clock)
            ended.append(None)
        except RunInTheWay as error:
            ended.append(error)

    threads = [threading.Thread(target=go) for _ in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert None in ended
    assert len(ended) == 3
    assert all("another process is at work" in str(one) for one in ended if one is not None)
    assert sent.held == {1: ROWS}
    assert sent.box.calls()["upload"] == 4
