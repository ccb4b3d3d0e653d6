"""The journal: on disk before anybody goes on, for its owner alone, by one writer, without a cell or a token."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from preflight.errors import RunInTheWay, UsageError
from preflight.submission.journal import Facts, Journal, PartRecord, read_facts, read_jobs, read_open_jobs, set_aside
from preflight.submission.record import JobLine, JobState

LINE = JobLine(1, 1, 1, 20, JobState.PLANNED, "preflight-0011-p0001-a1-abc.csv")
PART = PartRecord(1, "aa" * 32, "bb" * 32)


def now() -> float:
    return 1_800_000_000.0


def test_an_attempt_is_kept_with_every_word_of_the_server(tmp_path: Path) -> None:
    told = replace(
        LINE,
        state=JobState.SETTLED,
        job_id="j-1",
        status="failed",
        total_rows=20,
        processed_rows=0,
        success_count=0,
        error_count=3,
        error_message="no",
        left_validating=False,
        ended=True,
    )
    with Journal(tmp_path, now) as journal:
        journal.add([PART], [LINE])
        assert journal.lines() == (LINE,)
        journal.put(told)
        assert journal.parts() == {1: PART}
    assert read_jobs(tmp_path) == (told,)
    assert read_open_jobs(tmp_path) == (told,)


def test_a_folder_without_a_journal_has_no_jobs(tmp_path: Path) -> None:
    assert read_jobs(tmp_path) == ()
    assert read_facts(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_facts_of_the_run(tmp_path: Path) -> None:
    with Journal(tmp_path, now) as journal:
        journal.state("url", "https://api.example.com")
        assert journal.fact("refused") is None
        journal.state("refused", "100")
        journal.state("refused", "50")
        assert journal.fact("refused") == "50"
    assert read_facts(tmp_path) == Facts("https://api.example.com")


def test_an_attempt_is_replaced_by_others_or_not_at_all(tmp_path: Path) -> None:
    halves = [replace(LINE, attempt=2, last_record=10), replace(LINE, attempt=3, first_record=11)]
    with Journal(tmp_path, now) as journal:
        journal.add([PART], [LINE])
        with pytest.raises(UsageError, match="cannot be written"):
            journal.replace(replace(LINE, state=JobState.TOO_LARGE), [halves[0], halves[0]])
        assert journal.open_lines() == (LINE,)
        journal.replace(replace(LINE, state=JobState.TOO_LARGE), halves)
        assert journal.open_lines() == tuple(halves)
        assert journal.next_attempt(1) == 4
    assert read_jobs(tmp_path) == (replace(LINE, state=JobState.TOO_LARGE), *halves)
    assert read_open_jobs(tmp_path) == tuple(halves)


def test_every_write_is_announced_when_another_connection_sees_it(tmp_path: Path) -> None:
    seen = []

    def look() -> None:
        base = sqlite3.connect(tmp_path / "journal.sqlite")
        seen.append(base.execute("SELECT count(*) FROM jobs").fetchone()[0])
        base.close()

    with Journal(tmp_path, now, after_write=look) as journal:
        assert seen == [0]  # the version
        journal.add([PART], [LINE])
    assert seen == [0, 1]


def test_one_process_writes_at_a_time(tmp_path: Path) -> None:
    with Journal(tmp_path, now):
        with pytest.raises(RunInTheWay, match="another process is at work"), Journal(tmp_path, now):
            pass
        assert read_jobs(tmp_path) == ()
    with Journal(tmp_path, now):
        pass
    assert [one.name for one in tmp_path.iterdir()] == ["journal.sqlite"]


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    with Journal(tmp_path, now):
        assert (tmp_path / "journal.sqlite").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", [b"no database at all, but long enough to look at it twice" * 30, b"\x00" * 5000])
def test_a_journal_that_is_none_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "journal.sqlite").write_bytes(content)
    with pytest.raises(UsageError, match="the journal in"), Journal(tmp_path, now):
        pass
    with pytest.raises(UsageError, match="the journal in"):
        read_jobs(tmp_path)


def test_a_journal_of_another_version_is_left_alone(tmp_path: Path) -> None:
    with Journal(tmp_path, now) as journal:
        journal.state("version", "9")
    with pytest.raises(UsageError, match="another version"), Journal(tmp_path, now):
        pass


def test_no_folder_is_made(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no folder of a run"), Journal(tmp_path / "none", now):
        pass
    assert list(tmp_path.iterdir()) == []


def test_errors_begin_where_they_began_first(tmp_path: Path) -> None:
    with Journal(tmp_path, now) as journal:
        journal.add([PART], [LINE])
        assert journal.errors_from(LINE, 120) == 120
        assert journal.errors_from(LINE, 400) == 120
        journal.put(replace(LINE, ended=True))
        other = replace(LINE, attempt=2)
        journal.add([], [other])
        assert journal.errors_from(other, 400) == 400


def test_what_another_attempt_left_half_is_cut_off(tmp_path: Path) -> None:
    other = replace(LINE, part=2)
    with Journal(tmp_path, now) as journal:
        journal.add([PART, replace(PART, part=2)], [LINE, other])
        assert journal.errors_from(LINE, 120) == 120
        assert journal.errors_from(other, 300) == 120  # the process died while those of the first were appended
        journal.put(replace(other, ended=True))
        assert journal.errors_from(LINE, 250) == 250


def test_orphans_are_counted(tmp_path: Path) -> None:
    with Journal(tmp_path, now) as journal:
        assert journal.orphans() == 0
        journal.note_orphan(LINE)
        assert journal.orphans() == 1


def test_set_aside_keeps_what_was_sent_under_other_names(tmp_path: Path) -> None:
    for number in (1, 2):
        with Journal(tmp_path, now) as journal:
            journal.add([PART], [LINE])
        (tmp_path / "errors.jsonl").write_text("{}")
        set_aside(tmp_path, keep=True)
        assert (tmp_path / f"journal-{number}.sqlite").exists()
        assert (tmp_path / f"errors-{number}.jsonl").exists()
        assert read_jobs(tmp_path) == ()


def test_set_aside_removes_what_is_worth_nothing(tmp_path: Path) -> None:
    with Journal(tmp_path, now) as journal:
        journal.add([PART], [LINE])
    set_aside(tmp_path, keep=False)
    assert list(tmp_path.iterdir()) == []
