"""Looking at a job: whether it has our file, whether it is cancelled for certain, and waiting for its end.

Nothing here writes anything but a cancel. A read that fails is no news; only what a read of our own job says counts.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from preflight.client.client import Client
from preflight.client.clock import SYSTEM_CLOCK, Clock
from preflight.client.errors import ApiError, BadAnswer, Conflict, NotFound, RateLimited, Unavailable, Unreachable
from preflight.contract.jobs import STATUSES, is_final
from preflight.contract.wire import ImportJob
from preflight.submission.machine import Event
from preflight.submission.record import JobLine

__all__ = ["Pace", "Seen", "fence", "has_file", "look", "poll", "with_job"]

_FIRST = 1.0
_GROWTH = 1.5
_LONGEST = 30.0
_SHORTEST = 2.0
_SHARE = 8
"""Where the server tells how far it is, it is asked about eight times more, but not more often than every other second."""
_GRACE = 30.0
_SILENCE = 600.0
_PASSING = (Unavailable, BadAnswer, Unreachable, RateLimited)
_BEYOND_PENDING = frozenset(STATUSES) - {"pending"}


@dataclass(frozen=True, slots=True)
class Pace:
    """Time: the clock, the numbers from 0 up to 1 that waits are jittered with, and how long a late arrival is waited for."""

    clock: Clock = SYSTEM_CLOCK
    chance: Callable[[], float] = random.random
    settle: float = 60.0

    def wait(self, seconds: float) -> None:
        """Wait about so long: a fifth more or less."""
        self.clock.sleep(seconds * (0.8 + 0.4 * self.chance()))


@dataclass(frozen=True, slots=True)
class Seen:
    """What looking came to: the event, the job as it was last read, and why it could not be read."""

    event: Event
    job: ImportJob | None = None
    error: ApiError | None = field(default=None, repr=False)


def with_job(line: JobLine, job: ImportJob) -> JobLine:
    """The attempt with the server's word on it. What the job leaves out is kept; its message, which could quote a cell, is not."""
    left = line.left_validating
    if job.status in {"processing", "completed"} or (job.processed_rows or 0) > 0:
        left = True
    elif left is None and is_final(job.status):
        left = False
    return replace(
        line,
        status=job.status or line.status,
        total_rows=_or(job.total_rows, line.total_rows),
        processed_rows=_or(job.processed_rows, line.processed_rows),
        success_count=_or(job.success_count, line.success_count),
        error_count=_or(job.error_count, line.error_count),
        left_validating=left,
    )


def _or(said: int | None, before: int | None) -> int | None:
    """A count, unless it cannot be one."""
    return before if said is None or not 0 <= said < 2**53 else said


def has_file(job: ImportJob, file_name: str, size: int) -> Event:
    """Whether a job has the file that was sent to it. Any one sign is enough; the right name with another size is a bad sign."""
    if job.file_name == file_name and job.file_size_bytes not in {None, size}:
        return Event.OTHER_FILE
    if job.file_name == file_name or job.file_size_bytes == size or job.status in _BEYOND_PENDING:
        return Event.HAS_FILE
    return Event.OTHER_FILE if job.file_name is not None or job.file_size_bytes else Event.EMPTY


def look(client: Client, line: JobLine, size: int, pace: Pace, *, window: float) -> Seen:
    """Read the job until it shows a file, or until `window` seconds are over: 0 reads it once."""
    assert line.job_id is not None
    end = pace.clock.monotonic() + window
    wait = _FIRST
    while True:
        seen = _look_once(client, line.job_id, line.file_name, size)
        left = end - pace.clock.monotonic()
        if seen.event in {Event.HAS_FILE, Event.OTHER_FILE} or left <= 0 or not _may_pass(seen.error):
            return seen
        pace.clock.sleep(min(wait, left))
        wait *= 2


def _look_once(client: Client, job_id: str, file_name: str, size: int) -> Seen:
    try:
        job = client.get_job(job_id)
    except NotFound as error:
        return Seen(Event.GONE, error=error)
    except ApiError as error:
        return Seen(Event.UNSEEN, error=error)
    return Seen(has_file(job, file_name, size), job)


def _may_pass(error: ApiError | None) -> bool:
    return error is None or isinstance(error, (*_PASSING, NotFound))


def fence(client: Client, line: JobLine, pace: Pace) -> Seen:
    """Cancel the job and read until it is cancelled and has processed nothing; only then may its rows go to another job."""
    assert line.job_id is not None
    try:
        client.cancel_job(line.job_id)
    except Conflict as error:
        return Seen(Event.CONFLICTING, error=error)
    except NotFound as error:
        return Seen(Event.GONE, error=error)
    except ApiError as error:
        return Seen(Event.UNSEEN, error=error)
    return _confirmed(client, line.job_id, pace)


def _confirmed(client: Client, job_id: str, pace: Pace) -> Seen:
    end = pace.clock.monotonic() + pace.settle
    wait = _FIRST
    while True:
        seen = Seen(Event.UNSEEN)
        try:
            job = client.get_job(job_id)
        except NotFound as error:
            seen = Seen(Event.GONE, error=error)
        except ApiError as error:
            seen = Seen(Event.UNSEEN, error=error)
        else:
            if job.status == "cancelled":
                return Seen(Event.PROCESSED if job.processed_rows else Event.CANCELLED, job)
            if job.status in _BEYOND_PENDING - {"validating"}:
                return Seen(Event.CONFLICTING, job)
            seen = Seen(Event.UNSEEN, job)
        left = end - pace.clock.monotonic()
        if left <= 0 or not _may_pass(seen.error):
            return seen
        pace.clock.sleep(min(wait, left))
        wait *= 2


def poll(client: Client, line: JobLine, pace: Pace, watch: Callable[[JobLine], None]) -> tuple[Seen, JobLine]:
    """Read the job until its status is final; `watch` is told of every read. Reads may fail for ten minutes on end, and a job may
    be invisible for half a minute."""
    job_id = line.job_id
    assert job_id is not None
    wait, heard = _FIRST, pace.clock.monotonic()
    rest: float | None = None
    while True:
        patience, before, then = _SILENCE, line.processed_rows or 0, heard
        try:
            job = client.get_job(job_id)
        except NotFound as error:
            seen, patience = Seen(Event.GONE, error=error), _GRACE
        except ApiError as error:
            seen = Seen(Event.UNSEEN, error=error)
            if not isinstance(error, _PASSING):
                return seen, line
        else:
            heard = pace.clock.monotonic()
            line = with_job(line, job)
            rest = _rest(line, before, heard - then)
            watch(line)
            if is_final(line.status):
                return Seen(Event.FINAL, job), line
            seen = Seen(Event.UNSEEN, job)
        if pace.clock.monotonic() - heard > patience:
            return seen, line
        pace.wait(wait if rest is None else min(wait, max(rest / _SHARE, _SHORTEST)))
        wait = min(wait * _GROWTH, _LONGEST)


def _rest(line: JobLine, before: int, seconds: float) -> float | None:
    """How many seconds the server still needs at its pace since the last read; None where it does not say, or stands still."""
    done = (line.processed_rows or 0) - before
    if done <= 0 or line.total_rows is None:
        return None
    return max(0, line.total_rows - before - done) * seconds / done
