"""What one job did with its records: a state for each, by the job's last word and the errors that were brought home."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np

from preflight.contract.jobs import is_final
from preflight.submission.record import JobLine

__all__ = ["JobErrors", "State", "judge_job", "merged"]


class State(IntEnum):
    """What became of a source row. The names in lower case are those of every output."""

    REJECTED_HERE = 0
    NOT_SENT = 1
    REJECTED_THERE = 2
    IMPORTED = 3
    UNKNOWN = 4

    @property
    def word(self) -> str:
        """The state as it is written."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class JobErrors:
    """The errors of one job as records counted from 0 (numpy int64, distinct): `named` for certain, `possible` by errors that may
    mean one of several. `numbers` is how many distinct row numbers are undetermined, `whole` how many errors name no row.
    `complete` is False where the true row of an error need not be among its candidates, or where errors were lost."""

    named: Any
    possible: Any
    numbers: int = 0
    whole: int = 0
    complete: bool = True


def judge_job(job: JobLine, found: JobErrors) -> tuple[Any, str | None]:
    """The states of a job's records (numpy int8), and what its counts contradict, None where they add up.

    * A job that has not ended: unknown. The last word is still to come.
    * Completed: named records are rejected there, those that an undetermined error may mean unknown, the others imported, if the
      counts that there are agree: rows sent = total = processed = succeeded + failed, and as many failed as the errors name. Fewer
      errors than failed rows: any record without an error may be among them, so they are unknown. Fewer failed rows than the errors
      name: neither kind of record is certain, all are unknown. Other contradictions: what no error names is unknown.
    * Failed or cancelled: named records are rejected there; of the others nothing was imported if the job processed none and never
      left validating (`assumptions.py`: jobs.failed, jobs.cancel), else they are unknown.
    """
    length = job.last_record - job.first_record + 1
    states = np.full(length, State.UNKNOWN, dtype=np.int8)
    if job.given_up:
        states[:] = State.NOT_SENT
        return states, None
    if not job.ended or not is_final(job.status):
        return states, None
    wrong = None
    rejected = State.REJECTED_THERE
    if job.status == "completed":
        wrong = _contradiction(job, length, found)
        failed = _failed(job, length)
        rest = State.IMPORTED if wrong is None and _is_accounted(failed, found) else State.UNKNOWN
        if failed is not None and failed < len(found.named):
            rejected = State.UNKNOWN
    else:
        rest = State.NOT_SENT if job.processed_rows == 0 and job.left_validating is False else State.UNKNOWN
    states[:] = rest
    states[found.possible] = State.UNKNOWN
    states[found.named] = rejected
    return states, wrong


def _failed(job: JobLine, length: int) -> int | None:
    """How many rows the server says have failed."""
    if job.error_count is not None:
        return job.error_count
    return None if job.success_count is None else length - job.success_count


def _is_accounted(failed: int | None, found: JobErrors) -> bool:
    """Whether every failed row is among those that the errors name or may mean."""
    if found.numbers and not found.complete:
        return False
    if failed is None:
        return found.complete and not found.whole
    return failed <= len(found.named) + found.numbers


def _contradiction(job: JobLine, length: int, found: JobErrors) -> str | None:
    for name, count in (("total_rows", job.total_rows), ("processed_rows", job.processed_rows)):
        if count is not None and count != length:
            return f"{length:,} rows were sent, {name} is {count:,}"
    if job.success_count is not None and job.error_count is not None and job.success_count + job.error_count != length:
        total = job.success_count + job.error_count
        return f"{length:,} rows were sent, success_count and error_count make {total:,}"
    failed, named = _failed(job, length), len(found.named)
    if failed is None:
        return None
    if failed < named:
        return f"{failed:,} rows failed by its counts, but the errors name {named:,}"
    if failed > named + found.numbers + found.whole:
        return f"{failed:,} rows failed by its counts, but the errors name only {named + found.numbers:,}"
    return None


def merged(before: Any, after: Any) -> Any:
    """The states of records that were sent more than once: the last word holds, but what may have been imported before is never
    taken back by a later refusal."""
    refused = (after == State.REJECTED_THERE) | (after == State.NOT_SENT)
    kept = refused & ((before == State.IMPORTED) | (before == State.UNKNOWN))
    return np.where(kept, before, after)
