"""preflight write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from preflight.api.policy import refuse_hidden
from preflight.api.writing import WriteOptions, Written, write_with_content
from preflight.cli.exits import Exit
from preflight.cli.options import engine_option, parts_options, plan_options, read_options, show_options
from preflight.cli.output import colour_wanted, say, write_out
from preflight.cli.setup import Job, find_settings, job_for, policy_for
from preflight.errors import PlanError, UsageError
from preflight.files.read import open_source
from preflight.report import text

__all__ = ["command"]


@click.command(name="write")
@click.argument("source")
@click.option("-o", "out", metavar="DIR", required=True, help="The folder of the run.")
@plan_options
@read_options
@show_options
@parts_options
@engine_option
def command(
    source: str, out: str, plan: dict[str, Any], read: dict[str, Any], show: dict[str, Any], parts: dict[str, Any], engine: str
) -> Exit:
    """Write the API-ready CSV parts, rejected.csv and a receipt into a folder.

    Exit codes: 0 all rows good, 1 rows rejected, 2 could not judge; with --max-rejected 0 up to so many.
    """
    job = job_for(source, plan, read, show, find_settings(Path()), alone=False)
    if show.get("baseline"):
        raise UsageError("write takes no --baseline: known faults would be sent all the same. Use it with check")
    written = write_job(job, out, WriteOptions(**parts), engine)
    write_out(text.render(written.content, colour=colour_wanted()), None)
    return told(written, out, limited="max_rejected" in parts)


def write_job(job: Job, out: str, options: WriteOptions, engine: str) -> Written:
    """Write one job into a folder."""
    if job.plan is None:
        raise PlanError(["no entity is stated, so nothing can be written; add --entity, or --plan FILE.toml"])
    if engine not in ("auto", "memory", "stream"):
        raise UsageError(f'--engine is "{engine}"; wanted auto, memory or stream')
    policy = policy_for(job.show, None)
    refuse_hidden(policy, "write")
    opened = open_source(job.source, job.read)
    values = job.show.values or "show"
    return write_with_content(job.plan, opened, Path(out), options, keep=engine == "memory", values=values, policy=policy)


def told(written: Written, out: str, *, limited: bool) -> Exit:
    """Say where everything is; the exit code."""
    rejected = written.content.summary.rejected
    if written.receipt is None:
        say(f"{out}: only rejected.csv was written, because more rows are rejected than --max-rejected allows")
        return Exit.REJECTED
    for part in written.receipt.record.parts:
        say(f"{out}/{part.name}: {part.rows:,} rows, {part.bytes:,} bytes")
    if rejected:
        say(f"{out}/rejected.csv: {rejected:,} rows to repair")
    return Exit.CLEAN if not rejected or limited else Exit.REJECTED
