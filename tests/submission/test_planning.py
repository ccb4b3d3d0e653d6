"""Which attempts follow on one that is given up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from preflight.files.receipt import PartLine, ReceiptRecord
from preflight.submission.cargo import Cargo
from preflight.submission.journal import Journal, PartRecord
from preflight.submission.planning import Planner, name_for
from preflight.submission.record import JobLine, JobState
from preflight.submission.tries import Stopped, Tries

DIGEST = "0123456789abcdef" * 4
CONTENT = b"name\n" + b"".join(b"row %d\n" % one for one in range(4))
LINE = JobLine(1, 1, 1, 4, JobState.TOO_LARGE, "a.csv", "j-1")


@pytest.fixture
def planner(tmp_path: Path) -> Iterator[Planner]:
    (tmp_path / "part-0001.csv").write_bytes(CONTENT)
    part = PartLine(1, "part-0001.csv", 4, len(CONTENT), "")
    record = ReceiptRecord("0", "0" * 8, "accounts", "insert", None, "", {}, {}, (("name", "account_name"),), "fields", (part,), 0)
    with Journal(tmp_path, lambda: 0.0) as journal:
        journal.add([PartRecord(1, "", DIGEST)], [LINE])
        yield Planner(journal, Cargo(journal, record), Tries(), [].append)


def shape(planner: Planner) -> list[tuple[int, int, int, str]]:
    return [(one.attempt, one.first_record, one.last_record, one.state.value) for one in planner.journal.open_lines()]


def test_a_file_name_says_what_it_holds_and_never_repeats() -> None:
    name = name_for(DIGEST, 7, 12)
    assert re.fullmatch(r"preflight-0123456789abcdef-p0007-a12-[0-9a-f]{6}\.csv", name)
    assert name != name_for(DIGEST, 7, 12)


def test_the_same_records_are_sent_again_a_few_times(planner: Planner) -> None:
    for attempt in (2, 3, 4):
        planner.send_again(planner.journal.open_lines()[0])
        assert shape(planner) == [(attempt, 1, 4, "planned")]
    with pytest.raises(Stopped, match="4 jobs did not take the file"):
        planner.send_again(planner.journal.open_lines()[0])
    assert shape(planner) == [(5, 1, 4, "planned")]  # written before it is said


def test_halves_take_the_records_of_the_whole(planner: Planner) -> None:
    planner.halve(LINE)
    assert shape(planner) == [(2, 1, 2, "planned"), (3, 3, 4, "planned")]


def test_a_single_record_is_not_halved(planner: Planner) -> None:
    planner.halve(JobLine(1, 1, 2, 2, JobState.TOO_LARGE, "a.csv"))
    assert shape(planner) == []
    assert "record 2 of part 1 alone is larger" in str(planner.journal.lines()[0].error_message)


def test_a_job_belongs_to_one_attempt(planner: Planner) -> None:
    assert not planner.claim("j-1")  # of an earlier process
    assert planner.claim("j-2")
    assert not planner.claim("j-2")


def test_a_suspected_limit_is_remembered(planner: Planner) -> None:
    assert not planner.cargo.is_too_large(LINE)
    planner.suspect_limit(LINE)
    assert planner.cargo.is_too_large(LINE)
