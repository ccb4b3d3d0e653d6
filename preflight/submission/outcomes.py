"""What became of every source row, from the run's folder alone: no frame, no engine, no token, no address."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from preflight.submission.account import NO_NUMBER, Account, Errors, open_account, read_errors
from preflight.submission.journal import read_jobs
from preflight.submission.numbering import Located, Numbering, locate
from preflight.submission.record import JobLine
from preflight.submission.trial import WHOLE_JOB
from preflight.submission.verdicts import JobErrors, State, judge_job, merged

__all__ = ["Notice", "Outcomes", "outcomes_of", "read_outcomes"]

Array = Any
_ROWS = 1 << 16


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that is to be said of the run as a whole: PF902 or PF904."""

    code: str
    message: str


@dataclass(frozen=True)
class Outcomes:
    """One state per source row.

    `states` (numpy int8) and `row_jobs` (numpy int64, positions in `jobs`, -1 for none) have an entry for each row of
    `account.table`; `error_rows` says for each error the row that it belongs to, -1 where it is undetermined or an attempt that no
    longer counts was meant.
    """

    account: Account
    jobs: tuple[JobLine, ...]
    errors: Errors
    located: Located
    states: Any
    row_jobs: Any
    error_rows: Any
    notices: tuple[Notice, ...]

    @property
    def numbering(self) -> Numbering:
        """How the server counts rows."""
        return self.located.numbering

    @property
    def summary(self) -> dict[str, int]:
        """The balance: `rows` is the sum of the others, always."""
        counts = np.bincount(self.states, minlength=len(State)).tolist()
        return {"rows": self.account.length, **{state.word: counts[state] for state in State}}

    @property
    def names(self) -> tuple[str, ...]:
        """What is told of each row; its file too, where the source was several."""
        at = _ROW.index("line") + 1
        return (*_ROW[:at], *self.account.files, *_ROW[at:])

    @cached_property
    def with_row(self) -> Any:
        """The errors that have a row, by row and then as received (numpy int64)."""
        return self._in_order[0]

    @cached_property
    def _in_order(self) -> tuple[Any, Any]:
        """The errors that have a row, by row and then as received, and their rows."""
        mine = np.flatnonzero(self.error_rows >= 0)
        order = mine[np.argsort(self.error_rows[mine], kind="stable")]
        return order, self.error_rows[order]

    @cached_property
    def labels(self) -> Array:
        """The labels of the rows: whole numbers where all are, as the index that pandas makes, else text."""
        texts = self.account.table["label"].combine_chunks()
        whole = pc.all(pc.fill_null(pc.match_substring_regex(texts, r"^(0|-?[1-9]\d{0,17})$"), False)).as_py()
        return texts.cast(pa.int64()) if whole and len(texts) else texts

    @property
    def labels_are_text(self) -> bool:
        """Whether the labels are text."""
        return bool(pa.types.is_string(self.labels.type))

    def rows(self) -> Iterator[dict[str, Any]]:
        """One line per source row, in source order."""
        for start in range(0, self.account.length, _ROWS):
            yield from self._lines_of(np.arange(start, min(start + _ROWS, self.account.length)))

    def rows_with_errors(self) -> Iterator[dict[str, Any]]:
        """The lines of the rows that have errors."""
        rows = np.unique(self._in_order[1])
        for start in range(0, len(rows), _ROWS):
            yield from self._lines_of(rows[start : start + _ROWS])

    def _lines_of(self, picked: Any) -> Iterator[dict[str, Any]]:
        words = [state.word for state in State]
        order, rows = self._in_order
        if len(picked):
            table = self.account.table.set_column(1, "label", self.labels).take(pa.array(picked))
            columns = [table[name].to_pylist() for name in ("source_row", "label", "record", "line", *self.account.files)]
            bounds = [np.searchsorted(rows, picked, side=side).tolist() for side in ("left", "right")]
            states, jobs = self.states[picked].tolist(), self.row_jobs[picked].tolist()
            for at, cells in enumerate(zip(*columns, strict=True)):
                found = [self.error(one) for one in order[bounds[0][at] : bounds[1][at]].tolist()]
                job_id = self.jobs[jobs[at]].job_id if jobs[at] >= 0 else None
                yield dict(zip(self.names, (*cells, words[states[at]], job_id, found), strict=True))

    def error(self, at: int) -> dict[str, Any]:
        """One error as it stands on its row."""
        number, column = int(self.errors.numbers[at]), int(self.located.columns[at])
        field = self.errors.fields[at]
        return {
            "code": "PF901",
            "error_type": self.errors.types[at],
            "row_number": None if number == NO_NUMBER else number,
            "field": field if column < 0 else self.account.receipt.columns[column][1],
            "column": None if column < 0 else self._source_column(column),
            "value": self.errors.values[at],
            "message": self.errors.messages[at],
        }

    def _source_column(self, column: int) -> str | None:
        header, field = self.account.receipt.columns[column]
        known = dict(self.account.receipt.sources)
        return known.get(field) if known else header

    def undetermined(self) -> Iterator[dict[str, Any]]:
        """The errors that fit no single row, with the source rows that they may mean; none for an error of a whole job."""
        source = self.account.table["source_row"]
        for at in np.flatnonzero(self.located.entries < 0).tolist():
            places = self.located.candidates[at] if self.located.entries[at] != WHOLE_JOB else np.zeros(0, dtype=np.int64)
            rows = np.unique(self.account.placed.rows[places[places >= 0]]).tolist()
            said = self.error(at)
            yield {
                "job_id": self.jobs[int(self.errors.jobs[at])].job_id,
                "row_number": said["row_number"],
                "field": said["field"],
                "value": said["value"],
                "message": said["message"],
                "candidates": [source[row].as_py() for row in rows],
            }

    def job_lines(self) -> list[dict[str, Any]]:
        """The jobs that the server has, in the order in which they were made."""
        return [
            {"job_id": job.job_id, "part": job.part, "status": job.status, "rows": job.last_record - job.first_record + 1}
            for job in self.jobs
            if job.job_id is not None
        ]


_ROW = ("source_row", "label", "record", "line", "state", "job_id", "errors")


def read_outcomes(folder: Path) -> Outcomes:
    """The outcomes of a run's folder. Raises UsageError where it holds no run that can be read."""
    account = open_account(folder)
    jobs = read_jobs(folder)
    return outcomes_of(account, jobs, read_errors(folder, jobs))


def outcomes_of(account: Account, jobs: Sequence[JobLine], errors: Errors) -> Outcomes:
    """The outcomes by what is known of the jobs, in the order of their attempts, and their errors."""
    located = locate(account, jobs, errors)
    placed = account.placed
    states = np.full(len(placed.rows), State.NOT_SENT, dtype=np.int8)
    deciding = np.full(len(placed.rows), -1, dtype=np.int64)
    notices: list[Notice] = []
    for at in sorted(range(len(jobs)), key=lambda one: (jobs[one].part, jobs[one].attempt)):
        job = jobs[at]
        if job.given_up or not 1 <= job.first_record <= job.last_record <= placed.counts.get(job.part, 0):
            continue
        base = placed.starts[job.part] + job.first_record - 1
        here = slice(base, base + job.last_record - job.first_record + 1)
        verdict, wrong = judge_job(job, _errors_of(at, base, located, errors))
        states[here] = np.where(deciding[here] < 0, verdict, merged(states[here], verdict))
        deciding[here] = at
        if words := errors.words.get(at):
            notices.append(Notice("PF902", f"job {job.job_id} is {job.status}: the server says: {words}"))
        if wrong is not None:
            notices.append(Notice("PF904", f"job {job.job_id}: {wrong}; rows that cannot be certain are unknown"))
    entry = account.entries
    now = entry >= 0
    row_states = np.where(now, states[entry] if len(states) else State.REJECTED_HERE, State.REJECTED_HERE).astype(np.int8)
    row_jobs = np.where(now, deciding[entry] if len(deciding) else -1, -1)
    error_rows = _rows_of_errors(account, located, errors, entry, deciding)
    return Outcomes(account, tuple(jobs), errors, located, row_states, row_jobs, error_rows, (*notices, *_notices(located, errors)))


def _errors_of(at: int, base: int, located: Located, errors: Errors) -> JobErrors:
    mine = errors.jobs == at
    known = located.numbering.confirmed_by  # a strange error may be trusted with its number where others confirm the counting
    entries = located.entries[mine]
    unsure = entries == -1
    possible = located.candidates[mine][unsure]
    numbers = len(np.unique(errors.numbers[mine][unsure]))
    return JobErrors(
        named=np.unique(entries[entries >= 0]) - base,
        possible=np.unique(possible[possible >= 0]) - base,
        numbers=numbers,
        whole=int((entries == WHOLE_JOB).sum()),
        complete=located.numbering.fits and not errors.torn and (bool(known) or not located.strange[mine].any()),
    )


def _rows_of_errors(account: Account, located: Located, errors: Errors, entry: Any, deciding: Any) -> Any:
    """The row of each error: where the record that it names is the row's last writing, and its job the one that decides."""
    found = np.full(len(errors), -1, dtype=np.int64)
    known = np.flatnonzero(located.entries >= 0)
    entries = located.entries[known]
    rows = account.placed.rows[entries]
    counts = (entry[rows] == entries) & (deciding[entries] == errors.jobs[known])
    found[known[counts]] = rows[counts]
    return found


def _notices(located: Located, errors: Errors) -> Iterator[Notice]:
    unsure = int((located.entries == -1).sum())
    whole = int((located.entries == WHOLE_JOB).sum())
    if not located.numbering.fits:
        yield Notice("PF902", f"the server's row numbers fit no way of counting: {unsure:,} errors belong to no row for certain")
    elif unsure:
        yield Notice("PF902", f"{unsure:,} errors fit no single row; every row that they may mean is unknown")
    if whole:
        yield Notice("PF902", f"{whole:,} errors name no row")
    if errors.torn:
        yield Notice(
            "PF904", f"{errors.torn:,} lines of the errors received cannot be read; ask for them again with preflight resume"
        )
