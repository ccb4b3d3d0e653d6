"""preflight jobs: list, show, cancel, errors, orphans."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from preflight.cli.connection import client_for, connection_options, consent
from preflight.cli.exits import Exit
from preflight.cli.loading import work
from preflight.cli.output import say, write_out
from preflight.errors import UsageError
from preflight.report.escape import visible

if TYPE_CHECKING:
    from preflight.contract.wire import ImportJob, RowError

__all__ = ["command"]

_STATUSES = click.Choice(["pending", "validating", "processing", "completed", "failed", "cancelled"])
_form = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
_LISTED = ("id", "status", "entity_type", "operation", "total_rows", "success_count", "error_count", "created_at", "file_name")
_KNOWN = ("id", "status", "entity_type", "operation", "created_at")
_MOST_JOBS = 20_000
_TOLD = ("row_number", "field", "value", "error_type", "message")


@click.group(name="jobs")
def command() -> None:
    """The server's import jobs: list, show, cancel, errors, orphans."""


@command.command(name="list")
@click.option("--status", type=_STATUSES, help="Jobs of this status alone.")
@click.option("--limit", type=click.IntRange(min=1), default=100, show_default=True, metavar="N", help="At most so many.")
@_form
@connection_options
def list_jobs(status: str | None, limit: int, form: str, at: dict[str, Any]) -> Exit:
    """List jobs, in the server's order."""
    with client_for(at) as client:
        jobs = list(islice(client.iter_jobs(status=status), limit))
    if form == "json":
        write_out(_json([_plain(one) for one in jobs]), None)
    else:
        write_out(_table(_LISTED, (_cells(one, _LISTED) for one in jobs)), None)
    return Exit.CLEAN


@command.command(name="show")
@click.argument("job_id", metavar="JOB")
@_form
@connection_options
def show_job(job_id: str, form: str, at: dict[str, Any]) -> Exit:
    """Show one job as it is now."""
    with client_for(at) as client:
        job = _plain(client.get_job(job_id))
    if form == "json":
        write_out(_json(job), None)
    else:
        write_out((f"{name}: {visible(str(value))}\n" for name, value in job.items()), None)
    return Exit.CLEAN


@command.command(name="cancel")
@click.argument("job_id", metavar="JOB")
@click.option("--yes", is_flag=True, help="Do not ask.")
@connection_options
def cancel_job(job_id: str, yes: bool, at: dict[str, Any]) -> Exit:
    """Cancel a job that is pending or validating; what was imported already stays."""
    with client_for(at) as client:
        job = client.get_job(job_id)
        rows = "" if job.total_rows is None else f" with {job.total_rows:,} rows"
        consent(f"Cancel job {job_id} ({visible(job.status or 'no status')}{rows}) at {client.host}?", yes)
        client.cancel_job(job_id)
    say(f"job {job_id} is cancelled")
    return Exit.CLEAN


@command.command(name="errors")
@click.argument("job_id", metavar="JOB")
@_form
@click.option("-o", "out", metavar="FILE", help="Write into a file.")
@connection_options
def show_errors(job_id: str, form: str, out: str | None, at: dict[str, Any]) -> Exit:
    """Print what the server says about the rows of a job, as it says it; `preflight outcomes` brings it onto your rows."""
    with client_for(at) as client:
        errors = client.iter_errors(job_id)
        if form == "json":
            write_out(_json([{name: getattr(one, name) for name in _TOLD} for one in errors]), out)
        else:
            write_out(_table(_TOLD, (_cells(one, _TOLD) for one in errors)), out)
    return Exit.CLEAN


@command.command(name="orphans")
@click.argument("folders", nargs=-1, metavar="[DIR]...")
@_form
@connection_options
def list_orphans(folders: tuple[str, ...], form: str, at: dict[str, Any]) -> Exit:
    """List jobs that nobody waits for: those that never got a file, which import nothing, and those with rows of the runs in DIR
    that are in no journal there. Cancelling them is for you to decide: preflight jobs cancel JOB.
    """
    missing = [one for one in folders if not Path(one).is_dir()]
    if missing:
        raise UsageError(f"{missing[0]} is no folder; give those that submit wrote into")
    with client_for(at) as client:
        found = list(work("orphans").find_orphans(client, [Path(one) for one in folders], at_most=_MOST_JOBS))
    if form == "json":
        write_out(_json([{**_plain(one.job), "why": one.why} for one in found]), None)
    else:
        rows = ([*_cells(one.job, _KNOWN), visible(one.why)] for one in found)
        write_out(_table((*_KNOWN, "why"), rows), None)
    return Exit.CLEAN


def _plain(job: ImportJob) -> dict[str, Any]:
    """What the server says of a job, without what it leaves out."""
    return {name: value for name, value in asdict(job).items() if value is not None and name != "odd"}


def _json(found: object) -> Iterator[str]:
    yield json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def _cells(record: ImportJob | RowError, names: Iterable[str]) -> list[str]:
    values = (getattr(record, name) for name in names)
    return ["-" if value is None else visible(str(value)) for value in values]


def _table(names: tuple[str, ...], rows: Iterable[list[str]]) -> Iterator[str]:
    """Columns as wide as their first thousand cells; the last one is as long as it is."""
    source = iter(rows)
    first = [list(names), *islice(source, 1000)]
    widths = [min(max(len(row[at]) for row in first), 60) for at in range(len(names))]
    for row in (*first, *source):
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + "\n"
