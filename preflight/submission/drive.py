"""Driving attempts through the machine: the state is written, the effect performed, what it came to is the next event."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from typing import IO, Any

from preflight.client.client import Client
from preflight.client.errors import (
    ApiError,
    Conflict,
    Doubtful,
    NotAuthorised,
    NotFound,
    NotPermitted,
    RateLimited,
    Redirected,
    Refused,
    TooLarge,
    Unreachable,
)
from preflight.contract.plan import ColumnMapping
from preflight.files.receipt import ReceiptRecord
from preflight.submission.cargo import Cargo
from preflight.submission.errors_file import append_errors, spooled
from preflight.submission.journal import Journal
from preflight.submission.lanes import Desk, Here, Lanes
from preflight.submission.machine import RESTING, Effect, Event, step
from preflight.submission.planning import Planner
from preflight.submission.poll import Pace, fence, look, poll, with_job
from preflight.submission.progress import Update, Watcher
from preflight.submission.record import JobLine, JobState
from preflight.submission.tries import Tries

__all__ = ["Driver"]

_MOST_PAUSES = 8
_LONGEST_ASKED = 600.0

_EVENTS: dict[type[ApiError], Event] = {
    Unreachable: Event.NEVER_SENT,
    RateLimited: Event.LIMITED,
    NotAuthorised: Event.DENIED,
    NotPermitted: Event.DENIED,
    Redirected: Event.DENIED,
    Conflict: Event.CONFLICTING,
    NotFound: Event.GONE,
    TooLarge: Event.TOO_LARGE,
    Refused: Event.REFUSED,
    Doubtful: Event.DOUBTFUL,
}
_CREATING = {Event.CONFLICTING: Event.REFUSED, Event.GONE: Event.REFUSED, Event.TOO_LARGE: Event.REFUSED}


@dataclass(slots=True)
class Driver:
    """Brings every attempt of a journal to rest, up to `parallel` of them at a time. `tell` gets sentences for people, `watch`
    every step. All that is written, told or shown is done by the thread that calls `run`."""

    client: Client
    journal: Journal
    record: ReceiptRecord
    pace: Pace
    tell: Callable[[str], None]
    watch: Watcher
    parallel: int = 1
    cargo: Cargo = field(init=False)
    planner: Planner = field(init=False)
    desk: Desk = field(default_factory=Here)
    tries: Tries = field(default_factory=Tries)
    _words: dict[tuple[int, int], str | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.cargo = Cargo(self.journal, self.record)
        self.planner = Planner(self.journal, self.cargo, self.tries, self.tell)

    def run(self) -> None:
        """Raises the ServerError that nothing could be done about; the run can be resumed from there."""
        if self.parallel > 1:
            self.desk = lanes = Lanes(self.parallel, self.tell)
            self.pace = replace(self.pace, clock=lanes.naps(self.pace.clock))
            lanes.run(self._restless, self._bring_to_rest)
            return
        while (line := self._restless(())) is not None:
            self._bring_to_rest(line)

    def _restless(self, busy: Collection[tuple[int, int]]) -> JobLine | None:
        """The first attempt at which something is to be done, and nobody is at work."""
        lines = (one for one in self.journal.open_lines() if one.state not in RESTING)
        return next((one for one in lines if (one.part, one.attempt) not in busy), None)

    def revisit(self) -> None:
        """Look again at what needed a person."""
        for line in self.journal.open_lines():
            if line.state is JobState.NEEDS_HUMAN and line.job_id is not None:
                self.journal.put(replace(line, state=step(line.state, Event.REVISIT).state))

    def _bring_to_rest(self, line: JobLine) -> None:
        event: Event | None = Event.BEGIN
        written = line
        while event is not None:
            if event is Event.BEGIN and line.state is JobState.PLANNED and self.desk.ask(self.cargo.is_too_large, line):
                event = Event.TOO_LARGE
            move = step(line.state, event)
            if move.effect in {Effect.AGAIN, Effect.HALVE}:  # written together with the attempts that follow
                given_up = replace(line, state=move.state)
                self.desk.ask(self.planner.halve if move.effect is Effect.HALVE else self.planner.send_again, given_up)
                return
            line = replace(line, state=move.state)
            if line != written:
                self.desk.ask(self.journal.put, line)
                written = line
            if line.state is JobState.NEEDS_HUMAN and event is not Event.BEGIN:
                self._tell(_needs_human(line, event))
            if move.effect is None:
                event = None if line.state in RESTING else Event.BEGIN
            else:
                line, event = self._perform(move.effect, line)

    def _perform(self, effect: Effect, line: JobLine) -> tuple[JobLine, Event | None]:
        match effect:
            case Effect.CREATE:
                return self._create(line)
            case Effect.NOTE_ORPHAN:
                return self._note_orphan(line)
            case Effect.UPLOAD:
                return self._upload(line)
            case Effect.PAUSE:
                return self._pause(line)
            case Effect.LOOK:
                return self._look(line, self.pace.settle)
            case Effect.CANCEL:
                return self._fence(line)
            case Effect.TIDY:
                return self._tidy(line)
            case Effect.POLL:
                return self._poll(line)
            case Effect.READ_ERRORS:
                return self._read_errors(line)
            case _:
                raise self.tries.reason(line, "the server's state could not be read; try again later")

    def _create(self, line: JobLine) -> tuple[JobLine, Event]:
        columns = [ColumnMapping(column, name) for column, name in self.record.columns]
        operation = self.record.operation or ""
        try:
            job = self.client.create_job(self.record.entity_type, operation, match_key=self.record.match_key, columns=columns)
        except ApiError as error:
            event = self._failed(line, error)
            return line, _CREATING.get(event, event)
        if not self.desk.ask(self.planner.claim, str(job.id)):
            return line, Event.DOUBTFUL
        return replace(with_job(line, job), job_id=job.id), Event.MADE

    def _note_orphan(self, line: JobLine) -> tuple[JobLine, Event]:
        self.desk.ask(self.journal.note_orphan, line)
        self._tell(f"part {line.part}: an empty job may have been left behind at {self.client.host}; it imports nothing")
        self.tries.count(line, "create")
        return line, Event.BEGIN

    def _upload(self, line: JobLine) -> tuple[JobLine, Event]:
        assert line.job_id is not None
        try:
            with self.cargo.opened(line) as source:
                job = self.client.upload_file(line.job_id, source, file_name=line.file_name, progress=self._progress(line))
        except ApiError as error:
            if isinstance(error, TooLarge):
                self.desk.ask(self.cargo.was_refused, line)
            return self._not_uploaded(line, error)
        self.desk.ask(self.cargo.was_accepted, line)
        return with_job(line, job), Event.TAKEN

    def _not_uploaded(self, line: JobLine, error: ApiError) -> tuple[JobLine, Event]:
        event = self._failed(line, error)
        if event is Event.LIMITED:
            self.desk.post(self.desk.narrow)
        if isinstance(error, NotAuthorised) and error.renewed:
            event = Event.RENEWED
        if event is Event.REFUSED:
            self._tell(f"part {line.part}: {error}")
            line = replace(line, error_message=f"the server refused the file ({error.status})")
        elif event in {Event.DOUBTFUL, Event.CONFLICTING}:
            if self.cargo.is_whole(line) and self.tries.breaks_off_again(line, error):
                self.desk.ask(self.planner.suspect_limit, line)
            self._tell(f"part {line.part}: {error}. Looking for up to {self.pace.settle:g} s whether it arrived")
        return line, event

    def _pause(self, line: JobLine) -> tuple[JobLine, Event]:
        """A definite no: wait, look, and send the same file to the same job when it is still empty."""
        tries = self.tries.count(line, "upload", _MOST_PAUSES)
        error = self.tries.last(line)
        asked = error.retry_after if isinstance(error, RateLimited) else None
        if asked is not None and asked > _LONGEST_ASKED:
            raise self.tries.reason(line, "the server asks to wait too long")
        if isinstance(error, NotAuthorised):
            return self._look(line, 0.0)
        self.pace.clock.sleep(asked if asked is not None else min(2.0**tries, 30.0))
        return self._look(line, 0.0)

    def _look(self, line: JobLine, window: float) -> tuple[JobLine, Event]:
        seen = look(self.client, line, self.cargo.size(line), self.pace, window=window)
        self.tries.keep(line, seen.error)
        return (line if seen.job is None else with_job(line, seen.job)), seen.event

    def _fence(self, line: JobLine) -> tuple[JobLine, Event]:
        seen = fence(self.client, line, self.pace)
        self.tries.keep(line, seen.error)
        if seen.event is Event.CONFLICTING:
            self.tries.count(line, "fence")
        return (line if seen.job is None else with_job(line, seen.job)), seen.event

    def _tidy(self, line: JobLine) -> tuple[JobLine, Event | None]:
        if line.job_id is not None:
            try:
                self.client.cancel_job(line.job_id)
            except ApiError:
                self.desk.ask(self.journal.note_orphan, line)
        if line.state is JobState.REFUSED:
            raise self.tries.reason(line, "it was refused")
        return line, Event.BEGIN

    def _poll(self, line: JobLine) -> tuple[JobLine, Event]:
        written = line

        def told(now: JobLine) -> None:
            nonlocal written
            if (now.status, now.left_validating) != (written.status, written.left_validating):
                self.desk.ask(self.journal.put, now)  # that it left validating must be known on another day too
                written = now
            self._show(now, "waiting", now.processed_rows, now.total_rows or now.last_record - now.first_record + 1)

        seen, line = poll(self.client, line, self.pace, told)
        self.tries.keep(line, seen.error)
        self._words[line.part, line.attempt] = None if seen.job is None else seen.job.error_message
        return line, seen.event

    def _read_errors(self, line: JobLine) -> tuple[JobLine, Event | None]:
        assert line.job_id is not None
        self._show(line, "reading errors", None, None)
        rows = line.last_record - line.first_record + 1
        most = 1000 + 20 * rows * (len(self.record.columns) + 1)
        try:
            errors, words = self.client.iter_errors(line.job_id, at_most=most), self._words.get((line.part, line.attempt))
            with spooled(self.journal.folder, line, errors, words) as spool:
                settled = replace(line, state=step(line.state, Event.READ).state, ended=True)
                self.desk.ask(self._settle, settled, spool)
        except ApiError as error:
            self._failed(line, error)
            return line, Event.GONE if isinstance(error, NotFound) else Event.UNSEEN
        self._show(line, "settled", rows, rows)
        return settled, None

    def _settle(self, line: JobLine, spool: IO[bytes]) -> None:
        """Both before anybody else's errors follow: what is not settled is taken for cut short, and cut off."""
        append_errors(self.journal, line, spool)
        self.journal.put(line)

    def _failed(self, line: JobLine, error: ApiError) -> Event:
        self.tries.keep(line, error)
        return next((event for kind, event in _EVENTS.items() if isinstance(error, kind)), Event.UNSEEN)

    def _progress(self, line: JobLine) -> Callable[[int, int], None]:
        return lambda done, total: self._show(line, "uploading", done, total)

    def _show(self, line: JobLine, phase: Any, done: int | None, total: int | None) -> None:
        self.desk.post(self.watch, Update(line.part, len(self.record.parts), phase, done, total, line.status))

    def _tell(self, text: str) -> None:
        self.desk.post(self.tell, text)


def _needs_human(line: JobLine, event: Event) -> str:
    reasons = {
        Event.OTHER_FILE: "it has a file that is not the one that was sent",
        Event.PROCESSED: "it was cancelled, but had processed rows",
        Event.GONE: "the server does not know it any more",
    }
    return (
        f"part {line.part}: what became of job {line.job_id} cannot be told: {reasons.get(event, event.value)}. "
        "Its rows are unknown; nothing is sent again by itself. Look at the job, then preflight resume, or submit --again"
    )
