"""preflight write."""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from preflight.api.policy import refuse_hidden
from preflight.cli.exits import Exit
from preflight.cli.loading import work
from preflight.cli.options import Sectioned, engine_option, parts_options, plan_options, read_options, show_options
from preflight.cli.output import colour_wanted, say, write_out
from preflight.cli.settings import find_settings
from preflight.cli.setup import NO_ENTITY, Job, job_for
from preflight.errors import PlanError, RunInTheWay, UsageError
from preflight.findings import Severity
from preflight.report import text
from preflight.report.wording import counted

if TYPE_CHECKING:
    from preflight.api.writing import WriteOptions, Written

__all__ = ["command", "options_of", "told", "write_job"]

_WRITTEN = ("part-", "rejected")
"""What the names of files begin with that a run replaces."""
_WHOLE_BLOCK = 16 << 20
"""How much is read at once where all is in memory anyway: twice as much as else, which saves a twelfth of the time."""


@click.command(name="write", cls=Sectioned)
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option("-o", "out", metavar="DIR", help="The folder of the run; required.")
@plan_options
@read_options
@show_options
@parts_options
@engine_option
def command(
    sources: tuple[str, ...],
    out: str | None,
    plan: dict[str, Any],
    read: dict[str, Any],
    show: dict[str, Any],
    parts: dict[str, Any],
    engine: str,
) -> Exit:
    """Write the API-ready CSV parts, rejected.csv and a receipt into a folder.

    Several files with the same columns, in any order, are one table: one run, its rows in the order given, match keys compared
    across all of them.

    Exit codes: 0 all rows good, 1 rows rejected, 2 could not judge; with --max-rejected 0 up to so many.
    """
    if out is None:
        raise UsageError("write needs a folder to write into; add for instance -o out")
    job = job_for(sources, plan, read, show, find_settings(Path()), alone=False)
    if show.get("baseline"):
        raise UsageError("write takes no --baseline: known faults would be sent all the same. Use it with check")
    written = write_job(job, out, parts, engine)
    write_out(text.render(written.content, colour=colour_wanted(), written=True), None)
    return told(written, out, limited="max_rejected" in parts, fail_on=job.show.fail_on or "error", next_step=True)


def write_job(job: Job, out: str, parts: dict[str, Any], engine: str) -> Written:
    """Write one job into a folder. Raises PlanError without a plan, UsageError for hidden codes, RunInTheWay."""
    if job.plan is None:
        raise PlanError([f"nothing can be written without a plan: {NO_ENTITY}, or --plan FILE.toml"])
    refuse_hidden(job.policy, "write")
    for source in job.sources:
        _refuse_own_folder(source, out)
    options = options_of(parts)
    whole = engine == "memory"
    opened = work("joined").open_sources(job.sources, replace(job.read, block_bytes=_WHOLE_BLOCK) if whole else job.read)
    with work("progress").shown(log=True) as watch:
        written: Written = work("write").write_with_content(
            job.plan,
            opened,
            Path(out),
            options,
            whole=whole,
            values=job.show.values or "show",
            policy=job.policy,
            watch=watch,
        )
    return written


def options_of(parts: dict[str, Any]) -> WriteOptions:
    """How a run is written, by the options of parts. Raises UsageError in their spelling."""
    try:
        made: WriteOptions = work("write").WriteOptions(**parts)
    except UsageError as error:
        raise UsageError(str(error).replace("max_rejected", "--max-rejected", 1)) from error
    return made


def _refuse_own_folder(source: str, out: str) -> None:
    """A source inside of the folder would be replaced by what is written from it, and the rows that were good before be lost."""
    if source != "-" and os.path.realpath(Path(source).parent) == os.path.realpath(out) and Path(source).name.startswith(_WRITTEN):
        raise RunInTheWay(
            f"{source} lies in the folder that the run would replace; to add repaired rows: preflight merge {out} {source}; "
            "for a new run give another folder with -o"
        )


def told(written: Written, out: str, *, limited: bool, fail_on: str = "error", next_step: bool = False) -> Exit:
    """Say where everything is and, on a terminal, what comes next; the exit code."""
    summary, folder = written.content.summary, out.rstrip("/") or out
    if written.receipt is None:
        say(f"{folder}: only rejected.csv was written, because more rows are rejected than --max-rejected allows")
        return Exit.REJECTED
    for part in written.receipt.record.parts:
        say(f"{folder}/{part.name}: {_rows(part.rows)}, {part.bytes:,} bytes")
    if summary.rejected:
        say(f"{folder}/rejected.csv: {_rows(summary.rejected)} to repair, each with its reasons")
    if written.receipt.record.operation is None:
        say("No operation is stated, so this run cannot be submitted: add --operation insert, update or upsert, and write it again")
    elif next_step and sys.stderr.isatty():
        _say_next(written, folder)
    if fail_on == "never":
        return Exit.CLEAN
    if summary.rejected:
        return Exit.CLEAN if limited else Exit.REJECTED
    levels = {group.severity for group in written.content.groups}
    fails = Severity.ERROR in levels or (fail_on == "warning" and Severity.WARNING in levels)
    return Exit.REJECTED if fails else Exit.CLEAN


def _say_next(written: Written, folder: str) -> None:
    quoted = shlex.quote(folder)
    say("")
    if written.content.summary.good:
        say(f"Next: preflight submit {quoted}  (with --sandbox nothing leaves this machine)")
    if written.content.summary.rejected:
        file = f"{folder}/rejected.csv"
        say(f"Repair {file}, and bring the rows back with: preflight merge {quoted} {shlex.quote(file)}")


def _rows(count: int) -> str:
    return counted(count, "row")
