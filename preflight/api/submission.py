"""Sending a written run, as a user holds it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from preflight.api.outcomes import Outcomes
from preflight.api.receipt import Receipt
from preflight.api.spelling import speaks_python
from preflight.client.client import Client
from preflight.client.clock import SYSTEM_CLOCK, Clock
from preflight.errors import ServerError, UsageError
from preflight.files.receipt import read_receipt
from preflight.report.wording import counted
from preflight.submission.account import read_errors
from preflight.submission.journal import read_facts, read_jobs
from preflight.submission.poll import Pace
from preflight.submission.progress import Watcher, silent, watcher_for
from preflight.submission.record import JobLine
from preflight.submission.showing import balance
from preflight.submission.submit import Manner, resume_run, submit_run

__all__ = ["Submission", "resume", "submit"]


class Submission:
    """A run that was sent. It lives in its folder: on another day `preflight.outcomes(folder)` says the same."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)

    @property
    def jobs(self) -> pd.DataFrame:
        """Every attempt to send something: part, records, state, the server's job, its counts and its message."""
        lines = self._lines()
        words = read_errors(self.folder, lines).words
        told = [{**asdict(one), "error_message": words.get(at, one.error_message)} for at, one in enumerate(lines)]
        return pd.DataFrame(told, columns=list(JobLine.__dataclass_fields__))

    @property
    def summary(self) -> dict[str, int]:
        """The balance of all source rows; `rows` is the sum of the others."""
        return Outcomes(self.folder).summary

    @property
    def outcomes(self) -> pd.DataFrame:
        """One row per source row, with its state and the server's errors."""
        return Outcomes(self.folder).rows

    def annotate(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The frame with `preflight_state` and `preflight_errors`, joined by position. Raises NotAvailable for other rows."""
        return Outcomes(self.folder).annotate(frame)

    def _lines(self) -> tuple[JobLine, ...]:
        return read_jobs(self.folder)

    def __repr__(self) -> str:
        return f"<Submission {self.folder}: {counted(len(self._lines()), 'job')}; {balance(self.summary)}>"

    def _repr_html_(self) -> str:
        return Outcomes(self.folder)._repr_html_()


@speaks_python
def submit(
    run: Receipt | str | Path,
    /,
    *,
    client: Client | None = None,
    again: bool = False,
    settle: float = 60.0,
    parallel: int = 1,
    progress: bool = True,
    clock: Clock = SYSTEM_CLOCK,
) -> Submission:
    """Send a written run (a receipt, or its folder), wait for its jobs, and keep the server's row errors.

    Without a client the address and token come from DEMANDBASE_URL and DEMANDBASE_TOKEN. `again` sends what was sent before;
    `settle` is how many seconds a late arrival is waited for after a doubtful upload; up to `parallel` parts (1 to 4) are under
    way at a time where no match key stands in two rows. Ctrl-C stops waiting, never the job, and says how to go on. Raises
    UsageError, RunInTheWay where the rows were sent already, and ServerError, after which `preflight.resume(folder)` goes on; in
    every case the folder knows what was done.
    """
    folder = run.folder if isinstance(run, Receipt) else Path(run)
    read_receipt(folder)  # what is no run is told before a token is asked for
    with _client(client, None) as used, _shown(progress, clock) as watch:
        manner = Manner(
            again=again, pace=_pace(clock, settle), tell=_tell if progress else _keep_quiet, watch=watch, parallel=parallel
        )
        with _told_how_to_resume(folder):
            submit_run(folder, used, manner)
    return Submission(folder)


@speaks_python
def resume(
    folder: str | Path,
    /,
    *,
    client: Client | None = None,
    settle: float = 60.0,
    parallel: int = 1,
    progress: bool = True,
    clock: Clock = SYSTEM_CLOCK,
) -> Submission:
    """Go on with a run from wherever it stopped; the journal knows the address. Raises as `submit` does."""
    path = Path(folder)
    facts = read_facts(path)
    with _client(client, None if facts is None else facts.url) as used, _shown(progress, clock) as watch:
        manner = Manner(pace=_pace(clock, settle), tell=_tell if progress else _keep_quiet, watch=watch, parallel=parallel)
        with _told_how_to_resume(path):
            resume_run(path, used, manner)
    return Submission(path)


@contextmanager
def _client(given: Client | None, url: str | None) -> Iterator[Client]:
    if given is not None:
        yield given
        return
    with Client(url) as made:
        yield made


def _pace(clock: Clock, settle: float) -> Pace:
    if not 0 <= settle < 86_400:
        raise UsageError(f"settle is {settle!r}; wanted seconds from 0 to a day")
    return Pace(clock=clock, settle=settle)


def _shown(progress: bool, clock: Clock) -> Any:
    shown: Watcher = silent
    return watcher_for(clock) if progress else nullcontext(shown)


@contextmanager
def _told_how_to_resume(folder: Path) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        if read_jobs(folder):
            _tell(f"stopped waiting; the job goes on at the server. To go on: preflight.resume({str(folder)!r})")
        raise
    except ServerError as error:
        if read_jobs(folder):
            error.add_note(f"To go on: preflight.resume({str(folder)!r})")
        raise


def _tell(text: str) -> None:
    print(f"preflight: {text}", file=sys.stderr)


def _keep_quiet(_: str) -> None:
    return None
