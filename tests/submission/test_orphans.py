"""Jobs that nobody waits for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from preflight.errors import PreflightError, UsageError
from preflight.submission.orphans import find_orphans

Send = Callable[..., Any]


def found(sent: Any, *folders: Any, at_most: int = 100) -> list[tuple[str | None, str]]:
    with sent.client() as client:
        return [(one.job.id, one.why) for one in find_orphans(client, folders, at_most=at_most)]


def test_a_job_that_was_lost_on_its_way_is_found(send: Send) -> None:
    sent = send("create:reset-after@1")
    sent.submit()
    (orphan,) = found(sent, sent.folder)
    assert orphan[1] == "never got a file; it imports nothing"
    assert found(sent) == [orphan]


def test_a_job_that_is_about_to_be_filled_is_none(send: Send) -> None:
    sent = send("upload:401@1")
    with pytest.raises(PreflightError):
        sent.submit()
    assert found(sent, sent.folder) == []
    assert len(found(sent)) == 1  # whoever does not name the run cannot know
    sent.resume()
    assert found(sent) == []


def test_a_fenced_job_is_none(send: Send) -> None:
    sent = send("upload:500@1")
    sent.submit()
    assert found(sent, sent.folder) == []


def test_rows_of_a_run_in_a_job_that_its_journal_does_not_know(send: Send) -> None:
    first, second = send(), send()
    second.box = first.box
    first.submit()
    second.submit(again=True)  # the same rows, sent from two folders
    (orphan,) = found(second, second.folder)
    assert orphan[1] == f"has rows of {second.folder}, whose journal does not know it"
    assert found(second, first.folder, second.folder) == []


def test_a_folder_that_sent_nothing_says_nothing(send: Send) -> None:
    sent = send()
    assert found(sent, sent.folder) == []
    (sent.folder / "journal.sqlite").write_bytes(b"no journal at all")
    with pytest.raises(UsageError, match="the journal"):
        found(sent, sent.folder)
