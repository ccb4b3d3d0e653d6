"""The errors as received: whole or not at all, each attempt's once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from preflight.contract.wire import RowError
from preflight.errors import UsageError
from preflight.submission.errors_file import append_errors, spooled
from preflight.submission.journal import Journal, PartRecord
from preflight.submission.record import JobLine, JobState

LINE = JobLine(1, 1, 1, 9, JobState.ENDED, "a.csv", "j-1")
OTHER = replace(LINE, part=2, job_id="j-2")


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal(tmp_path, lambda: 0.0) as made:
        made.add([PartRecord(one, "", "") for one in (1, 2)], [LINE, OTHER])
        yield made


def append(journal: Journal, line: JobLine, *numbers: int, words: str | None = None) -> None:
    with spooled(journal.folder, line, [RowError(row_number=one) for one in numbers], words) as spool:
        append_errors(journal, line, spool)
        journal.put(replace(line, state=JobState.SETTLED, ended=True))


def kept(journal: Journal) -> list[tuple[str, object]]:
    lines = [json.loads(line) for line in (journal.folder / "errors.jsonl").read_text().splitlines()]
    return [(one["job_id"], one.get("row_number", one.get("job_message"))) for one in lines]


def test_errors_of_several_attempts_follow_each_other(journal: Journal) -> None:
    append(journal, OTHER, 3, 4, words="some words")
    append(journal, LINE, 1)
    assert kept(journal) == [("j-2", "some words"), ("j-2", 3), ("j-2", 4), ("j-1", 1)]
    assert (journal.folder / "errors.jsonl").stat().st_mode & 0o777 == 0o600


def test_what_was_left_half_is_cut_off_by_whoever_comes_first(journal: Journal) -> None:
    append(journal, OTHER, 3)
    journal.errors_from(LINE, (journal.folder / "errors.jsonl").stat().st_size)
    with (journal.folder / "errors.jsonl").open("ab") as file:
        file.write(b'{"job_id": "j-1", "row_numb')  # the process dies here
    append(journal, replace(OTHER, attempt=2, job_id="j-3"), 7)
    append(journal, LINE, 1, 2)
    assert kept(journal) == [("j-2", 3), ("j-3", 7), ("j-1", 1), ("j-1", 2)]


def test_a_reading_that_breaks_off_leaves_nothing(journal: Journal) -> None:
    def broken() -> Iterator[RowError]:
        yield RowError(row_number=1)
        raise ConnectionAbortedError("gone")

    append(journal, OTHER, 3)
    before = sorted(journal.folder.iterdir())
    with pytest.raises(UsageError), spooled(journal.folder, LINE, broken()):
        pass
    assert sorted(journal.folder.iterdir()) == before
    assert kept(journal) == [("j-2", 3)]


def test_words_are_bounded(journal: Journal) -> None:
    append(journal, LINE, words="x" * 9000)
    assert kept(journal) == [("j-1", "x" * 500)]


def test_a_folder_that_is_gone_is_told(journal: Journal, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written"), spooled(tmp_path / "gone", LINE, []):
        pass
