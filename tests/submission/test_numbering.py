"""Whatever the server's numbering, naming and echo: every error on the right row or undetermined, never on a wrong one."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preflight.files.receipt import ReceiptRecord
from preflight.files.write import Folder, Limits, PartWriter, RowMapWriter
from preflight.submission.account import Account, Errors, open_account
from preflight.submission.numbering import Located, locate
from preflight.submission.outcomes import outcomes_of
from preflight.submission.record import JobLine, JobState
from preflight.submission.trial import READINGS, WHOLE_JOB
from preflight.submission.verdicts import State

Rows = list[list[str]]
COLUMNS = (("Website", "domain"), ("Industry", "industry"), ("domain name", "notes"))


def folder_of(folder: Path, rows: Rows, *, part_rows: int = 200_000, width: int = 2) -> Account:
    """A written run of these cells, without any rejected row."""
    with Folder(folder) as out:
        writer = PartWriter(out, tuple(header for header, _ in COLUMNS[:width]), Limits(max_rows=part_rows))
        placed = writer.add([pa.array([row[at] or None for row in rows], pa.string()) for at in range(width)])
        parts = writer.close()
        rows_of = RowMapWriter(out)
        numbers = np.arange(len(rows))
        rows_of.add(
            source_row=pa.array(numbers),
            label=pa.array(numbers).cast("string"),
            record=pa.array(numbers + 1),
            line=pa.array(numbers + 2),
            state=pa.array(["written"] * len(rows)),
            part=pa.array(placed.parts, pa.int32()),
            part_record=pa.array(placed.records),
            part_line=pa.array(placed.lines),
            row_key=pa.array([f"00000000-{row}" for row in range(len(rows))]),
        )
        rows_of.close()
        receipt = ReceiptRecord(
            preflight="0",
            run="00000000",
            entity_type="accounts",
            operation="insert",
            match_key=None,
            plan_digest="",
            source={"path": "a.csv"},
            summary={},
            columns=COLUMNS[:width],
            headers="labels",
            parts=parts,
            rejected=0,
        )
        out.finish(receipt.to_json())
    return open_account(folder)


@dataclass(frozen=True)
class Sent:
    """A record as the server reads it: its number from 0, its first and last line, its cells."""

    record: int
    first: int
    last: int
    cells: tuple[str, ...]


def read_by_server(folder: Path, account: Account, job: JobLine) -> list[Sent]:
    """Another reading of the bytes, by Python's csv: the header, then the records of the piece."""
    part = account.part(job.part)
    assert part is not None
    text = (folder / part.name).read_bytes().decode()
    everything = list(csv.reader(io.StringIO(text, newline="")))
    target = io.StringIO(newline="")
    csv.writer(target, lineterminator="\n").writerows([everything[0], *everything[job.first_record : job.last_record + 1]])
    reader, found, before = csv.reader(io.StringIO(target.getvalue(), newline="")), [], 0
    for number, cells in enumerate(reader):
        found.append(Sent(number - 1, before + 1, reader.line_num, tuple(cells)))
        before = reader.line_num
    return found[1:]


NUMBERS: dict[str, Callable[[Sent, int], int]] = {
    "record0": lambda sent, _: sent.record,
    "record1": lambda sent, _: sent.record + 1,
    "header1": lambda sent, _: sent.record + 2,
    "line": lambda sent, pick: sent.first + pick % (sent.last - sent.first + 1),
}
ECHOES: tuple[Callable[[str], str | None], ...] = (str, str.strip, str.lower, str.upper, lambda text: text.strip().casefold(), lambda _: None)


@dataclass(frozen=True)
class World:
    """A run, its jobs, what the server says, and the truth: for each distinct error the place of its record, None for no record."""

    rows: Rows
    width: int
    part_rows: int
    jobs: tuple[JobLine, ...]
    picks: tuple[tuple[int, int, int, int, int, int], ...]
    reading: str
    counts: bool
    order: Any


CELLS = st.sampled_from(["", "a", "b", "A ", "ß", "x\ny", "a\n\nb", "1", "01", "1.0", "a,b", 'q"', "Website", "long enough to cut", "l"])


@st.composite
def worlds(draw: st.DrawFn, cells: st.SearchStrategy[str] = CELLS) -> World:
    width = draw(st.integers(1, 3))
    rows = draw(st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=14))
    part_rows = draw(st.integers(2, 8))
    jobs: list[JobLine] = []
    counts = draw(st.booleans())
    for part, start in enumerate(range(0, len(rows), part_rows), start=1):
        length = min(part_rows, len(rows) - start)
        cut = draw(st.integers(1, length))
        for attempt, (first, last) in enumerate([(1, cut), (cut + 1, length)], start=2):
            if first <= last:
                jobs.append(JobLine(part, attempt, first, last, JobState.SETTLED, "f", f"{part}-{attempt}", "completed", ended=True))
    pick = st.tuples(*(st.integers(0, 99) for _ in range(6)))
    picks = draw(st.lists(pick, min_size=0, max_size=12))
    return World(rows, width, part_rows, tuple(jobs), tuple(picks), draw(st.sampled_from(READINGS)), counts, draw(st.randoms()))


def said_by(world: World, folder: Path, account: Account) -> tuple[list[dict[str, Any]], list[int | None]]:
    """The server's errors, and the true place of each."""
    heard: list[dict[str, Any]] = []
    truth: list[int | None] = []
    sent = [read_by_server(folder, account, job) for job in world.jobs]
    for which, record, column, echo, naming, line in world.picks:
        job = world.jobs[which % len(world.jobs)]
        one = sent[which % len(world.jobs)][record % len(sent[which % len(world.jobs)])]
        at = column % world.width
        no_number = line % 10 == 9
        heard.append(
            {
                "job_id": job.job_id,
                "part": job.part,
                "row_number": None if no_number else NUMBERS[world.reading](one, line),
                "field": ["unknown", *COLUMNS[at], COLUMNS[at][1].upper(), COLUMNS[at][0]][naming % 5],
                "value": ECHOES[echo % len(ECHOES)](one.cells[at]),
                "error_type": "t",
                "message": f"m{len(heard)}",
            }
        )
        truth.append(None if no_number else account.placed.starts[job.part] + job.first_record - 1 + one.record)
    return heard, truth


def told(world: World, folder: Path) -> tuple[Account, Errors, list[int | None], tuple[JobLine, ...]]:
    account = folder_of(folder, world.rows, part_rows=world.part_rows, width=world.width)
    heard, truth = said_by(world, folder, account)
    jobs = world.jobs
    if world.counts:
        jobs = tuple(with_counts(job, heard, truth) for job in jobs)
    doubled = [*range(len(heard)), *(at for at in range(len(heard)) if at % 3 == 0)]
    world.order.shuffle(doubled)
    errors = Errors.of(iter([heard[at] for at in doubled]), jobs)
    firsts = list(dict.fromkeys(doubled))
    return account, errors, [truth[at] for at in firsts], jobs


def with_counts(job: JobLine, heard: list[dict[str, Any]], truth: list[int | None]) -> JobLine:
    from dataclasses import replace

    length = job.last_record - job.first_record + 1
    failed = len({place for one, place in zip(heard, truth, strict=True) if one["job_id"] == job.job_id and place is not None})
    return replace(job, total_rows=length, processed_rows=length, success_count=length - failed, error_count=failed)


SLOW = settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@SLOW
@given(worlds())
def test_every_error_is_on_the_right_row_or_undetermined(world: World) -> None:
    with tempfile.TemporaryDirectory() as folder:
        account, errors, truth, jobs = told(world, Path(folder))
        found = locate(account, jobs, errors)
        for at, place in enumerate(truth):
            if place is None:
                assert found.entries[at] == WHOLE_JOB
            else:
                assert found.entries[at] in (place, -1)
                assert found.entries[at] == place or place in found.candidates[at]
        assert found.numbering.reading in (None, world.reading) or agrees(found, truth)
        assert found.numbering.fits


def agrees(found: Located, truth: list[int | None]) -> bool:
    return all(entry == place for entry, place in zip(found.entries.tolist(), truth, strict=True) if place is not None)


@SLOW
@given(worlds())
def test_the_states_balance_and_nothing_refused_is_called_imported(world: World) -> None:
    with tempfile.TemporaryDirectory() as folder:
        account, errors, truth, jobs = told(world, Path(folder))
        outcomes = outcomes_of(account, jobs, errors)
        summary = dict(outcomes.summary)
        assert summary.pop("rows") == len(world.rows) == sum(summary.values())
        refused = {int(account.placed.rows[place]) for place in truth if place is not None}
        for row, state in enumerate(outcomes.states.tolist()):
            assert state in ((State.REJECTED_THERE, State.UNKNOWN) if row in refused else (State.IMPORTED, State.UNKNOWN))
