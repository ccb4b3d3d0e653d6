"""How the server counts rows, learned from the errors themselves and the bytes that were sent.

The API description gives `row_number` no origin (`assumptions.py`: row_errors.origin). There are four readings; a reading is kept
while every error that quotes a cell agrees with it, pooled over all jobs of a run. Where the readings that are left name different
rows, the error is undetermined. What is never done is to guess:

* a reading is refuted by a number that does not exist under it, or by quoted values that stand elsewhere. Such a value must be the
  cell of another reading; one that is no cell at all refutes nothing and leaves its own error undetermined, and one that may be the
  cell in another writing (spacing, accents, 5 and 5.0, a cut, a mask) neither confirms nor refutes;
* a server that quotes rewritten values could by chance quote a neighbour. So one quoted value refutes alone only if it stands once
  in its column; a value that stands more often needs a second error, and a run without any value that is no cell at all;
* a blank value is evidence only where the server says that something is missing, and only while every such error of the run finds a
  blank cell under some reading and no other evidence contradicts them: a server that quotes blanks for cells that were filled
  proves nothing by them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from preflight.files.serialise import header_bytes
from preflight.submission.account import NO_NUMBER, Account, Errors, is_as_sent
from preflight.submission.cells import Naming, last_line, read_cells
from preflight.submission.echo import fold
from preflight.submission.record import JobLine
from preflight.submission.trial import HEADER, NOWHERE, READINGS, WHOLE_JOB, Evidence, Trial

__all__ = ["READINGS", "WHOLE_JOB", "Located", "Numbering", "locate"]


@dataclass(frozen=True, slots=True)
class Numbering:
    """How the server counts. `reading` is None where that is not settled; `confirmed_by` of `of` errors that quote a cell quote the
    cell that the reading names. `naming` says whether the server calls columns by field or by column, None where that is the same.
    `fits` is False where every reading is refuted."""

    reading: str | None = None
    confirmed_by: int = 0
    of: int = 0
    naming: str | None = None
    fits: bool = True


@dataclass(frozen=True, slots=True)
class Located:
    """Where each error belongs. `entries` (numpy int64) are places in `Placements`, -1 where undetermined, WHOLE_JOB where no
    single row is meant; `candidates` (n × 4, padded with -1) are the places that an undetermined error may mean; `columns` the
    numbers of the columns that the errors name, -1 for none; `strange` marks the errors that fit no reading."""

    numbering: Numbering
    entries: Any
    candidates: Any
    columns: Any
    strange: Any


def locate(account: Account, jobs: Sequence[JobLine], errors: Errors) -> Located:
    """Find the row of every error, or say that it cannot be known."""
    naming = Naming(account.receipt.columns)
    known = {name: -1 if (at := naming.column(name)) is None else at for name in set(errors.fields)}
    columns = np.array([known[name] for name in errors.fields], dtype=np.int64)
    places = _places(account, jobs, errors)
    numbered = errors.numbers != NO_NUMBER
    evidence, blanks = _evidence(account, jobs, errors, columns, places)
    trial = Trial(places, numbered, evidence)
    survivors = trial.survivors()
    if not survivors and blanks.any():
        evidence.drop(blanks)
        trial = Trial(places, numbered, evidence)
        survivors = trial.survivors()
    entries, candidates = trial.decide(survivors)
    kinds = {kind for name in set(errors.fields) if (kind := naming.kind(name)) is not None}
    reading = _named(survivors, trial)
    confirmed = int(trial.confirmed(survivors).sum()) if survivors else 0
    settled = Numbering(
        reading, confirmed, int(trial.evidence.testable.sum()), kinds.pop() if len(kinds) == 1 else None, fits=bool(survivors)
    )
    return Located(settled, entries, candidates, columns, trial.strange)


def _named(survivors: list[int], trial: Trial) -> str | None:
    """The reading to name: the only one left, or the first of several that name the same row for every error."""
    if not survivors:
        return None
    if len(survivors) == 1:
        return READINGS[survivors[0]]
    left = trial.places[survivors][:, trial.numbered & ~trial.strange]
    return READINGS[survivors[0]] if left.size and bool((left == left[0]).all()) else None


def _by_job(errors: Errors) -> Iterator[tuple[int, Any]]:
    """The positions of the errors of each job."""
    order = np.argsort(errors.jobs, kind="stable")
    for some in np.split(order, np.flatnonzero(np.diff(errors.jobs[order])) + 1):
        if len(some):
            yield int(errors.jobs[some[0]]), some


def _places(account: Account, jobs: Sequence[JobLine], errors: Errors) -> Any:
    """For each reading and error the place that the number names: 4 × n."""
    places = np.full((len(READINGS), len(errors)), NOWHERE, dtype=np.int64)
    placed = account.placed
    head = max(1, header_bytes(tuple(header for header, _ in account.receipt.columns)).count(b"\n")) if len(errors) else 1
    for at, some in _by_job(errors):
        job = jobs[at]
        if not 1 <= job.first_record <= job.last_record <= placed.counts.get(job.part, 0):
            continue
        base, numbers = placed.starts[job.part] + job.first_record - 1, errors.numbers[some]
        length = job.last_record - job.first_record + 1
        for reading, first in enumerate((0, 1, 2)):  # the number of the first record
            inside = (numbers >= first) & (numbers < first + length)
            places[reading, some] = np.where(inside, base + numbers - first, NOWHERE)
        places[2, some[numbers == 1]] = HEADER
        starts = placed.lines[base : base + length]
        starts = starts - starts[0] + head + 1
        within = np.searchsorted(starts, numbers, side="right") - 1
        inside = (within >= 0) & (numbers <= _end(account, job, starts, head))
        places[3, some] = np.where(inside, base + within, np.where((numbers >= 1) & (numbers <= head), HEADER, NOWHERE))
    return places


def _end(account: Account, job: JobLine, starts: Any, head: int) -> int:
    """The last physical line of what a job sent."""
    placed = account.placed
    after = placed.starts[job.part] + job.last_record
    last = int(placed.lines[after - 1])
    if job.last_record < placed.counts[job.part]:
        return int(starts[-1]) + int(placed.lines[after]) - last - 1
    part = account.part(job.part)
    count = None if part is None else last_line(account.folder / part.name)
    return int(starts[-1]) + (1 << 40 if count is None else count - (last + head - 1))


def _evidence(account: Account, jobs: Sequence[JobLine], errors: Errors, columns: Any, places: Any) -> tuple[Evidence, Any]:
    """What the quoted values of the errors prove, and which of them by a blank one (a mask). A part that no longer has the bytes
    that were sent proves nothing."""
    made = Evidence.empty(errors.values)
    filled = np.array([value is not None and fold(value) != "" for value in errors.values], dtype=bool)
    missing = np.zeros(len(errors), dtype=bool)
    for at in np.flatnonzero(~filled).tolist():
        missing[at] = _says_missing(errors, at)
    wanted = (filled | missing) & (columns >= 0) & (errors.numbers != NO_NUMBER) & (places != NOWHERE).any(axis=0)
    parts = np.array([jobs[at].part for at in errors.jobs], dtype=np.int64)
    for number in np.unique(parts[wanted]):
        here = wanted & (parts == number)
        part = account.part(int(number))
        if part is None or not is_as_sent(account.folder, part):
            continue
        read = read_cells(account.folder / part.name, len(account.receipt.columns), np.unique(columns[here]).tolist())
        records = np.where(places == HEADER, 0, np.where(places == NOWHERE, -1, places - account.placed.starts[part.part] + 1))
        for column in read.columns:
            some = np.flatnonzero(here & (columns == column))
            made.add(some, read, column, records[:, some])
    if (missing & made.testable & ~made.same.any(axis=0)).any():
        made.drop(missing)
    return made, missing & made.testable


_MISSING = re.compile(r"required|mandatory|missing|blank|empty|\bnull\b|must be (given|provided|set|filled)", re.IGNORECASE)


def _says_missing(errors: Errors, at: int) -> bool:
    """Whether an error quotes a value and says that there should be one."""
    return errors.values[at] is not None and _MISSING.search(f"{errors.types[at] or ''} {errors.messages[at] or ''}") is not None
