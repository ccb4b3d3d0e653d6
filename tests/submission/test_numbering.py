"""Whatever the server's numbering, naming and echo: every error on the right row or undetermined, never on a wrong one."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preflight.files.receipt import ReceiptRecord
from preflight.files.write import Folder, Limits, PartWriter, RowMapWriter
from preflight.submission.account import NO_NUMBER, Account, Errors, open_account
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
ECHOES: tuple[Callable[[str], str | None], ...] = (
    str,
    str.strip,
    str.lower,
    str.upper,
    lambda text: text.strip().casefold(),
    lambda _: None,
)


@dataclass(frozen=True)
class World:
    """A run, its jobs, and what the server refuses: for each pick the job, record, column, echo, naming and line."""

    rows: Rows
    width: int
    part_rows: int
    jobs: tuple[JobLine, ...]
    picks: tuple[tuple[int, int, int, int, int, int], ...]
    reading: str
    counts: bool
    order: Any


CELLS = st.sampled_from(
    ["", "a", "b", "A ", "ß", "x\ny", "a\n\nb", "1", "01", "1.0", "a,b", 'q"', "Website", "long enough to cut", "l"]
)


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
                jobs.append(
                    JobLine(part, attempt, first, last, JobState.SETTLED, "f", f"{part}-{attempt}", "completed", ended=True)
                )
    pick = st.tuples(*(st.integers(0, 99) for _ in range(6)))
    picks = draw(st.lists(pick, min_size=0, max_size=12))
    return World(rows, width, part_rows, tuple(jobs), tuple(picks), draw(st.sampled_from(READINGS)), counts, draw(st.randoms()))


def said_by(world: World, folder: Path, account: Account) -> tuple[list[dict[str, Any]], list[int]]:
    """The server's errors, and the true place of each; some name no row."""
    heard: list[dict[str, Any]] = []
    truth: list[int] = []
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
                "error_type": "t" if one.cells[at].strip() else "required",
                "message": f"m{len(heard)}",
            }
        )
        truth.append(account.placed.starts[job.part] + job.first_record - 1 + one.record)
    return heard, truth


def told(world: World, folder: Path) -> tuple[Account, Errors, list[int], tuple[JobLine, ...]]:
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


def with_counts(job: JobLine, heard: list[dict[str, Any]], truth: list[int]) -> JobLine:
    length = job.last_record - job.first_record + 1
    failed = len({place for one, place in zip(heard, truth, strict=True) if one["job_id"] == job.job_id})
    return replace(job, total_rows=length, processed_rows=length, success_count=length - failed, error_count=failed)


MANY = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@MANY
@given(worlds())
def test_every_error_is_on_the_right_row_or_undetermined(world: World) -> None:
    with tempfile.TemporaryDirectory() as folder:
        account, errors, truth, jobs = told(world, Path(folder))
        found = locate(account, jobs, errors)
        for at, place in enumerate(truth):
            if errors.numbers[at] == NO_NUMBER:
                assert found.entries[at] == WHOLE_JOB
            else:
                assert found.entries[at] in (place, -1)
                assert found.entries[at] == place or place in found.candidates[at]
        assert found.numbering.reading in (None, world.reading) or agrees(found, truth, errors)
        assert found.numbering.fits
        check_states(world, account, errors, truth, jobs)


def check_states(world: World, account: Account, errors: Errors, truth: list[int], jobs: tuple[JobLine, ...]) -> None:
    """The states balance, nothing refused is called imported, and nothing else rejected."""
    outcomes = outcomes_of(account, jobs, errors)
    summary = dict(outcomes.summary)
    assert summary.pop("rows") == len(world.rows) == sum(summary.values())
    refused = {int(account.placed.rows[place]) for place in truth}
    for row, state in enumerate(outcomes.states.tolist()):
        assert state in ((State.REJECTED_THERE, State.UNKNOWN) if row in refused else (State.IMPORTED, State.UNKNOWN))


def agrees(found: Located, truth: list[int], errors: Errors) -> bool:
    """Whether another reading than the server's was named, which names the same rows."""
    numbered = errors.numbers != NO_NUMBER
    return bool((found.entries[numbered] == np.array(truth)[numbered]).all())


@settings(MANY, max_examples=25)
@given(worlds(st.integers(0, 10**9).map("v{}".format)))
def test_values_that_stand_once_name_the_row_with_one_error(world: World) -> None:
    with tempfile.TemporaryDirectory() as folder:
        account, errors, truth, jobs = told(world, Path(folder))
        found = locate(account, jobs, errors)
        if len({cell for row in world.rows for cell in row}) < len(world.rows) * world.width or not found.numbering.of:
            return
        numbered = errors.numbers != NO_NUMBER
        assert (found.entries[numbered] == np.array(truth)[numbered]).all()
        assert found.numbering.confirmed_by == found.numbering.of


ROWS: Rows = [["a.com", "x"], ["b.com", "y\ny"], ["c.com", "x"], ["d.com", "y"], ["e.com", "usa"], ["f.com", "us"]]


def heard(*said: tuple[int | None, str | None, str | None]) -> list[dict[str, Any]]:
    return [
        {"job_id": "j", "row_number": number, "field": field, "value": value, "error_type": "t", "message": f"m{at}"}
        for at, (number, field, value) in enumerate(said)
    ]


def places(
    folder: Path, said: list[dict[str, Any]], *, rows: Rows = ROWS, first: int = 1, last: int = 6
) -> tuple[Located, list[int]]:
    account = folder_of(folder, rows)
    job = JobLine(1, 1, first, last, JobState.SETTLED, "f", "j", "completed", ended=True)
    found = locate(account, [job], Errors.of(iter(said), [job]))
    return found, found.entries.tolist()


@pytest.mark.parametrize(
    ("said", "reading", "entries", "counted"),
    [
        pytest.param([(2, "domain", "c.com")], "record0", [2], (1, 1), id="records from 0"),
        pytest.param([(3, "domain", "c.com")], "record1", [2], (1, 1), id="records from 1"),
        pytest.param([(4, "domain", "c.com")], "header1", [2], (1, 1), id="header as row 1"),
        pytest.param([(5, "domain", "c.com")], "line", [2], (1, 1), id="lines"),
        pytest.param([(4, "industry", "y\ny"), (3, "domain", "b.com")], "line", [1, 1], (2, 2), id="any line of a record"),
        pytest.param([(5, "Website", " D.COM ")], "header1", [3], (1, 1), id="header of the part, edges and case"),
        pytest.param([(0, None, None), (3, None, None)], "record0", [0, 3], (0, 0), id="0 exists from 0 alone"),
        pytest.param([(3, "domain", "c.com"), (5, None, None)], "record1", [2, 4], (1, 1), id="one confirms for others"),
        pytest.param([(3, None, None)], None, [-1], (0, 0), id="nothing to test"),
        pytest.param([(3, "elsewhere", "c.com")], None, [-1], (0, 0), id="unknown field"),
        pytest.param([(3, "domain", "  ")], None, [-1], (0, 0), id="a blank value proves nothing by itself"),
        pytest.param([(None, "domain", "c.com")], None, [WHOLE_JOB], (0, 0), id="no number"),
        pytest.param([(2, "domain", "a.com"), (7, None, None)], None, [0, -1], (1, 1), id="header or lines, after a line break"),
        pytest.param([(3, "industry", "x")], None, [-1], (0, 1), id="one error about a value that stands often proves nothing"),
        pytest.param(
            [(1, "industry", "x"), (3, "industry", "x"), (4, "industry", "y")], "record1", [0, 2, 3], (3, 3), id="several do"
        ),
        pytest.param([(3, "domain", "z.com")], None, [-1], (0, 1), id="a value that is no cell"),
        pytest.param(
            [(3, "domain", "c.com"), (4, "domain", "z.com")], "record1", [2, -1], (1, 2), id="a strange one beside a sound one"
        ),
        pytest.param([(3, "domain", "c.com"), (3, "domain", "b.com")], None, [-1, -1], (0, 2), id="contradictions"),
        pytest.param([(99, None, None)], None, [-1], (0, 0), id="a number that is nowhere"),
        pytest.param([(-1, None, None), (3, "domain", "c.com")], "record1", [-1, 2], (1, 1), id="-1 refutes nothing"),
        pytest.param([(5, "industry", "us")], None, [-1], (0, 1), id="us may be how usa was quoted, or the next row"),
    ],
)
def test_what_errors_prove(
    tmp_path: Path, said: list[Any], reading: str | None, entries: list[int], counted: tuple[int, int]
) -> None:
    found, at = places(tmp_path, heard(*said))
    assert at == entries
    assert found.numbering.reading == reading
    assert (found.numbering.confirmed_by, found.numbering.of) == counted


BLANKS: Rows = [["a.com", "x"], ["b.com", ""], ["c.com", "x"], ["d.com", "y"], ["e.com", " "], ["f.com", "us"]]


@pytest.mark.parametrize(
    ("rows", "said", "reading", "entries", "counted"),
    [
        pytest.param([*BLANKS[:4], *BLANKS[5:]], [(1, "industry", "")], "record0", [1], (1, 1), id="the only blank, from 0"),
        pytest.param([*BLANKS[:4], *BLANKS[5:]], [(2, "Industry", " ")], "record1", [1], (1, 1), id="the only blank, from 1"),
        pytest.param(BLANKS, [(3, "industry", "")], None, [-1], (0, 1), id="one error about one of two blanks"),
        pytest.param(BLANKS, [(2, "industry", ""), (5, "industry", "")], "record1", [1, 4], (2, 2), id="two errors"),
        pytest.param(BLANKS[:4], [(2, "industry", ""), (4, None, None)], "record1", [1, 3], (1, 1), id="one confirms for others"),
        pytest.param(BLANKS[:4], [(2, "industry", ""), (4, "industry", "")], None, [-1, -1], (0, 0), id="a blank that is none"),
        pytest.param(BLANKS[:4], [(2, "industry", None)], None, [-1], (0, 0), id="no value is not a blank one"),
        pytest.param(
            BLANKS[:4], [(3, "domain", "b.com"), (2, "industry", "")], "header1", [1, 0], (1, 1), id="a value is stronger"
        ),
    ],
)
def test_a_blank_value_proves_where_something_is_missing(
    tmp_path: Path, rows: Rows, said: list[Any], reading: str | None, entries: list[int], counted: tuple[int, int]
) -> None:
    required = [{**one, "error_type": "missing_required"} for one in heard(*said)]
    found, at = places(tmp_path, required, rows=rows, last=len(rows))
    assert (found.numbering.reading, at) == (reading, entries)
    assert (found.numbering.confirmed_by, found.numbering.of) == counted


@pytest.mark.parametrize(
    ("error_type", "message", "counts"),
    [
        ("missing_required", None, True),
        (None, "Industry is Required", True),
        ("invalid", "must not be blank", True),
        ("invalid", "cannot be null", True),
        ("not_found", "there is no such record", False),
        ("nullable", "no", False),
        (None, None, False),
    ],
)
def test_only_words_of_something_missing_make_a_blank_evidence(
    tmp_path: Path, error_type: str | None, message: str | None, counts: bool
) -> None:
    said = [{**heard((2, "industry", ""))[0], "error_type": error_type, "message": message}]
    found, at = places(tmp_path, said, rows=BLANKS[:4], last=4)
    assert (found.numbering.of, at) == ((1, [1]) if counts else (0, [-1]))


def test_a_piece_of_a_part_is_counted_from_its_own_header(tmp_path: Path) -> None:
    found, at = places(tmp_path, heard((2, "domain", "c.com"), (4, "domain", "e.com")), first=3, last=6)
    assert at == [2, 4]
    assert found.numbering.reading == "header1"


def test_contradictions_fit_no_way_of_counting(tmp_path: Path) -> None:
    found, _ = places(tmp_path, heard((3, "domain", "c.com"), (3, "domain", "b.com")))
    assert not found.numbering.fits


def test_a_rewritten_value_never_leads_to_the_neighbour(tmp_path: Path) -> None:
    """The server counts from 1 and quotes 01 as 1, which is the next cell."""
    rows = [["a", "7"], ["b", "01"], ["c", "1"], ["d", "9"]]
    found, at = places(tmp_path, heard((2, "industry", "1")), rows=rows, last=4)
    assert at == [-1]
    assert 1 in found.candidates[0]


def test_a_part_that_was_changed_since_proves_nothing(tmp_path: Path) -> None:
    folder_of(tmp_path, ROWS)
    part = tmp_path / "part-0001.csv"
    part.write_bytes(part.read_bytes().replace(b"c.com", b"z.com"))
    account = open_account(tmp_path)
    job = JobLine(1, 1, 1, 6, JobState.SETTLED, "f", "j", "completed", ended=True)
    found = locate(account, [job], Errors.of(iter(heard((3, "domain", "z.com"))), [job]))
    assert found.entries.tolist() == [-1]


@pytest.mark.parametrize(("field", "naming"), [("domain", "field"), ("Website", "column"), ("WEBSITE", "column")])
def test_how_the_server_calls_columns_is_recorded(tmp_path: Path, field: str, naming: str) -> None:
    found, _ = places(tmp_path, heard((3, field, "c.com")))
    assert found.numbering.naming == naming
