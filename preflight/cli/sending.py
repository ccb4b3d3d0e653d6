"""A run on its way from the command line: shown while it is sent, told how it ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from preflight.api.reasons import rejected_files
from preflight.api.sandbox import fields_of_run
from preflight.cli.exits import Exit
from preflight.cli.output import say, write_out
from preflight.client.client import Client
from preflight.client.clock import SYSTEM_CLOCK
from preflight.errors import RejectedRows, ServerError
from preflight.files.receipt import ReceiptRecord, read_receipt
from preflight.report.wording import counted
from preflight.sandbox.server import serve
from preflight.submission.journal import read_jobs
from preflight.submission.outcomes import read_outcomes
from preflight.submission.poll import Pace
from preflight.submission.progress import watcher_for
from preflight.submission.showing import to_text
from preflight.submission.submit import Manner, forget_sandbox, resume_run, submit_run, unsent_parts

__all__ = ["Sending", "balance", "changed_sandbox", "forget_sandbox", "question", "refuse_too_many"]


@dataclass(frozen=True, slots=True)
class Sending:
    """How a run's folder is sent. `limited` says that rejected rows were within --max-rejected, and are no fault."""

    folder: Path
    settle: float
    again: bool = False
    limited: bool = False
    parallel: int = 1

    def submit(self, client: Client) -> Exit:
        """Send what has no job yet."""
        return self._end(lambda manner: submit_run(self.folder, client, manner), is_sandbox=False)

    def submit_to_sandbox(self) -> Exit:
        """Send everything to a sandbox that lives as long as this takes, and knows the fields of the run's own plan."""
        forget_sandbox(self.folder)
        with serve(fields=fields_of_run(read_receipt(self.folder))) as box, Client(box.url, "sandbox") as client:
            left = self._end(lambda manner: submit_run(self.folder, client, manner), is_sandbox=True)
        say("This was a sandbox of this machine: nothing was sent to the vendor, and what it held is gone")
        return left

    def resume(self, client: Client) -> Exit:
        """Go on with what was begun."""
        return self._end(lambda manner: resume_run(self.folder, client, manner), is_sandbox=False)

    def _end(self, act: Callable[[Manner], None], *, is_sandbox: bool) -> Exit:
        """Act, then print the balance, whatever came of it."""
        with watcher_for(SYSTEM_CLOCK) as watch, _told_how_to_resume(self.folder, is_sandbox):
            failed: ServerError | None = None
            try:
                act(Manner(self.again, is_sandbox, Pace(settle=self.settle), say, watch, parallel=self.parallel))
            except ServerError as error:
                failed = error
        if failed is not None:
            say(f"preflight: {failed}")
            if not read_jobs(self.folder):
                return Exit.SERVER
            if not is_sandbox:
                say(f"To go on: preflight resume {self.folder}")
        left = balance(self.folder, limited=self.limited)
        return Exit.SERVER if failed is not None else left


@contextmanager
def _told_how_to_resume(folder: Path, is_sandbox: bool) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        if read_jobs(folder) and not is_sandbox:
            say(f"Stopped waiting; the job goes on at the server. To go on: preflight resume {folder}")
        raise


def balance(folder: Path, *, limited: bool) -> Exit:
    """Print what became of every row; the exit code. Rejected rows that were allowed are no fault."""
    found = read_outcomes(folder)
    write_out(to_text(found), None)
    counts = found.summary
    if counts["rejected_there"]:
        say(f"All of them, as a table: preflight outcomes {folder} --format csv; the rows to repair: --repair FILE")
    files = rejected_files(folder) if counts["rejected_here"] else []
    if files:
        say(f"Rows rejected here stand in {files[-1]}, each with its reasons; once repaired: preflight merge {folder} {files[-1]}")
    if counts["unknown"]:
        return Exit.SERVER
    return Exit.REJECTED if counts["imported"] + (counts["rejected_here"] if limited else 0) < counts["rows"] else Exit.CLEAN


def question(folder: Path, host: str, *, again: bool) -> tuple[str, ReceiptRecord]:
    """What is asked before a run is sent, and its receipt. Raises RunInTheWay where nothing of it is left to send."""
    record = read_receipt(folder)
    parts = record.parts if again else unsent_parts(folder, record)
    rows = sum(one.rows for one in parts)
    key = f" on {record.match_key}" if record.match_key else ""
    what = f"{record.operation or 'no operation'} of {record.entity_type}{key}"
    stay = (
        f"; {counted(record.rejected, 'row')} rejected here {'stays' if record.rejected == 1 else 'stay'} behind"
        if record.rejected
        else ""
    )
    return f"Send {counted(rows, 'row')} to {host}: {what}{stay}. Go ahead?", record


@contextmanager
def changed_sandbox(folder: Path, field: str, kind: str) -> Iterator[str]:
    """A sandbox that has moved on since the run was planned: one field has another type there."""
    found = fields_of_run(read_receipt(folder))
    changed = {
        entity: [replace(one, field_type=kind) if one.field_name == field else one for one in fields]
        for entity, fields in found.items()
    }
    with serve(fields=changed) as box:
        yield box.url


def refuse_too_many(folder: Path, allows: Callable[[int, int], bool]) -> None:
    """Raise RejectedRows where a written run has more rejected rows than are allowed."""
    record = read_receipt(folder)
    if not allows(record.rejected, int(record.summary.get("records", 0))):
        raise RejectedRows(f"{record.rejected:,} rows of {folder} are rejected, more than --max-rejected allows; nothing is sent")
