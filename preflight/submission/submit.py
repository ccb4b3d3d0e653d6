"""Sending a written run, and going on with one that was interrupted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from preflight.client.client import Client
from preflight.errors import RunInTheWay, UsageError
from preflight.files.receipt import PartLine, ReceiptRecord, read_receipt
from preflight.files.write import JOURNAL
from preflight.submission.collisions import may_collide
from preflight.submission.drive import Driver
from preflight.submission.guard import check_fields, content_digest, refuse_sent, verify_parts
from preflight.submission.journal import Journal, PartRecord, read_facts, read_jobs, read_open_jobs, set_aside
from preflight.submission.lanes import MOST_LANES
from preflight.submission.machine import RESTING
from preflight.submission.planning import name_for
from preflight.submission.poll import Pace
from preflight.submission.progress import Watcher, silent
from preflight.submission.record import JobLine, JobState

__all__ = ["Manner", "forget_sandbox", "resume_run", "submit_run", "unsent_parts"]

_AT_REST = frozenset({JobState.SETTLED, JobState.NEEDS_HUMAN})
_UNSENT = frozenset({JobState.PLANNED, JobState.REFUSED})


def _nothing(_: str) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Manner:
    """How a run is sent. `again` sends what was sent before; `tell` gets sentences for people, `watch` every step; `after_write` is
    called whenever the journal was brought to disk. Up to `parallel` parts are under way at a time, where no key stands twice."""

    again: bool = False
    is_sandbox: bool = False
    pace: Pace = field(default_factory=Pace)
    tell: Callable[[str], None] = _nothing
    watch: Watcher = silent
    after_write: Callable[[], None] | None = None
    parallel: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.parallel <= MOST_LANES:
            raise UsageError(f"parallel is {self.parallel!r}; wanted 1 to {MOST_LANES} parts at a time")


def submit_run(folder: Path, client: Client, manner: Manner) -> None:
    """Send the parts of a written run that have no job yet, wait for their jobs, and keep their row errors.

    Raises UsageError where the run cannot be sent as it is, RunInTheWay where it was sent already, ServerError where the server
    cannot be gone on with; what was begun is in the journal, and `resume_run` takes it up.
    """
    record = _readable(folder)
    forget_sandbox(folder)
    if manner.again and (folder / JOURNAL).exists():
        _refuse_unfinished(folder, read_open_jobs(folder))
        set_aside(folder, keep=True)
    _check_address(folder, client)
    parts = unsent_parts(folder, record)
    if parts:
        _begin(folder, record, parts, client, manner)


def resume_run(folder: Path, client: Client, manner: Manner) -> None:
    """Go on with a run from wherever it stopped. A run that was written and not yet sent is sent."""
    record = _readable(folder)
    facts = read_facts(folder)
    if facts is not None and facts.is_sandbox:
        raise UsageError(
            f"the sandbox that {folder} was sent to is gone with all it held; send the run with: preflight submit {folder}"
        )
    _check_address(folder, client)
    lines = read_jobs(folder)
    if not lines:
        if record.parts:
            _begin(folder, record, record.parts, client, manner)
        return
    known = {one.part for one in lines}
    verify_parts(folder, [one for one in record.parts if one.part in known])
    with _journal(folder, manner) as journal:
        _refuse_changed(journal, record)
        driver = _driver(journal, record, client, manner)
        driver.revisit()
        driver.run()


def unsent_parts(folder: Path, record: ReceiptRecord) -> tuple[PartLine, ...]:
    """The parts of which something was not sent or not taken. Raises RunInTheWay where there are none, or others are unfinished."""
    lines = read_open_jobs(folder)
    _refuse_unfinished(folder, lines)
    begun = {one.part for one in read_jobs(folder)}
    unsent = {one.part for one in lines if one.state in _UNSENT}
    parts = tuple(one for one in record.parts if one.part not in begun or one.part in unsent)
    if record.parts and not parts:
        last = lines[-1]
        when = datetime.fromtimestamp((folder / JOURNAL).stat().st_mtime, UTC).strftime("%Y-%m-%d %H:%M UTC")
        raise RunInTheWay(
            f"{folder} was sent already: job {last.job_id} ({last.status or last.state.value}, {when}). "
            f"What became of it: preflight outcomes {folder}; --again sends the same rows once more"
        )
    return parts


def forget_sandbox(folder: Path) -> None:
    """Remove the journal of a sandbox: what was sent there is gone with it, and the run is as good as unsent."""
    facts = read_facts(folder)
    if facts is not None and facts.is_sandbox:
        set_aside(folder, keep=False)


def _readable(folder: Path) -> ReceiptRecord:
    record = read_receipt(folder)
    if record.operation is None:
        raise UsageError(
            f"the run in {folder} states no operation, so it cannot be sent; write it again with --operation insert, update "
            "or upsert"
        )
    return record


def _check_address(folder: Path, client: Client) -> None:
    facts = read_facts(folder)
    if facts is not None and facts.url != client.url:
        raise UsageError(
            f"the run in {folder} was begun at {facts.url}, and the address is now {client.url}; go on there, or write a new run"
        )


def _refuse_unfinished(folder: Path, lines: Sequence[JobLine]) -> None:
    for one in lines:
        if one.state not in _AT_REST and one.state not in _UNSENT:
            where = f"part {one.part}: {one.state.value}"
            raise RunInTheWay(f"the sending of {folder} was interrupted ({where}); go on with: preflight resume {folder}")


def _begin(folder: Path, record: ReceiptRecord, parts: Sequence[PartLine], client: Client, manner: Manner) -> None:
    verify_parts(folder, parts)
    for warning in check_fields(client, record):
        manner.tell(f"warning: {warning}")
    digest = content_digest(folder, record, parts)
    if not manner.again and (doubt := refuse_sent(client, digest)) is not None:
        manner.tell(f"warning: {doubt}")
    with _journal(folder, manner) as journal:
        try:
            _refuse_changed(journal, record)
            _plan(journal, parts, digest, client, manner)
            _driver(journal, record, client, manner).run()
        finally:
            if _is_untouched(journal):
                journal.discard()


def _plan(journal: Journal, parts: Sequence[PartLine], digest: str, client: Client, manner: Manner) -> None:
    _refuse_unfinished(journal.folder, journal.open_lines())  # again, now that nobody else writes
    journal.state("url", client.url)
    if manner.is_sandbox:
        journal.state("sandbox", "yes")
    for line in journal.open_lines():
        if line.state is JobState.REFUSED:
            attempt = journal.next_attempt(line.part)
            name = name_for(journal.parts()[line.part].digest, line.part, attempt)
            journal.replace(line, [JobLine(line.part, attempt, line.first_record, line.last_record, JobState.PLANNED, name)])
    begun = journal.parts()
    new = [one for one in parts if one.part not in begun]
    lines = [JobLine(one.part, 1, 1, one.rows, JobState.PLANNED, name_for(digest, one.part, 1)) for one in new]
    if new:
        journal.add([PartRecord(one.part, one.sha256, digest) for one in new], lines)


def _refuse_changed(journal: Journal, record: ReceiptRecord) -> None:
    now = {one.part: one.sha256 for one in record.parts}
    for part, sent in journal.parts().items():
        if now.get(part) != sent.sha256:
            raise UsageError(
                f"part {part} in {journal.folder} is another one than when it was first sent; write the run into another folder"
            )


def _is_untouched(journal: Journal) -> bool:
    """Whether nothing at all was asked of the server for this run."""
    return not journal.orphans() and all(one.state is JobState.PLANNED and one.job_id is None for one in journal.lines())


def _journal(folder: Path, manner: Manner) -> Journal:
    return Journal(folder, manner.pace.clock.now, after_write=manner.after_write)


def _driver(journal: Journal, record: ReceiptRecord, client: Client, manner: Manner) -> Driver:
    return Driver(client, journal, record, manner.pace, manner.tell, manner.watch, _lanes(journal, record, manner))


def _lanes(journal: Journal, record: ReceiptRecord, manner: Manner) -> int:
    """How many parts may be under way at a time: several only where no key of any that is not at rest stands twice."""
    if manner.parallel == 1:
        return 1
    under_way = {one.part for one in journal.open_lines() if one.state not in RESTING}
    if may_collide(journal.folder, record, [one for one in record.parts if one.part in under_way]):
        manner.tell("a match key stands in two rows, and the order decides which one stays: one part is sent at a time")
        return 1
    return manner.parallel
