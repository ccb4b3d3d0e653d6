"""preflight submit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from preflight.cli.connection import client_for, connection_options, consent, is_terminal, parallel_option, settle_option
from preflight.cli.exits import Exit
from preflight.cli.loading import work
from preflight.cli.options import Sectioned, engine_option, parts_options, plan_options, read_options
from preflight.cli.output import colour_wanted, say, write_out
from preflight.cli.settings import find_settings
from preflight.cli.setup import NO_ENTITY, job_for
from preflight.cli.write import options_of, told, write_job
from preflight.errors import PlanError, UsageError
from preflight.report import text

__all__ = ["command"]

Stated = dict[str, Any]


@click.command(name="submit", cls=Sectioned)
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...|DIR")
@click.option("-o", "out", metavar="DIR", help="The folder of the run; the first SOURCE with the ending .preflight by default.")
@plan_options
@read_options
@parts_options
@engine_option
@connection_options
@click.option("--sandbox", is_flag=True, help="Send to a sandbox of this machine: no account, nothing leaves.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--again", is_flag=True, help="Send even what was sent before.")
@settle_option
@parallel_option
def command(  # noqa: PLR0913  # one for each group of options
    sources: tuple[str, ...],
    out: str | None,
    plan: Stated,
    read: Stated,
    parts: Stated,
    engine: str,
    at: Stated,
    sandbox: bool,
    yes: bool,
    again: bool,
    settle: float,
    parallel: int,
) -> Exit:
    """Send a file, several files as one table, or the folder of a written run; a folder's parts that have a job already are not
    sent again.

    Exit codes: 0 all rows imported, 1 rows rejected here or by the server, 2 could not judge, 3 server unreachable or refusing, or
    rows in an unknown state, 130 interrupted.
    """
    is_written = _is_written(sources)
    if sandbox and at:
        raise UsageError("--sandbox has its own address and token; leave out --url and --token-file")
    if not (sandbox or yes or is_terminal()):
        raise UsageError("submit asks before it sends, and there is no terminal to ask on; add --yes")
    client = None if sandbox else client_for(at)  # before a long file is judged: an address or a token may be missing
    if is_written:
        folder: Path | None = _written(sources[0], out, plan | read, parts, engine)
    else:
        folder = _write(sources, out, plan, read, parts, engine)
    if folder is None:
        return Exit.REJECTED
    sending = work("sending").Sending(folder, settle, again, "max_rejected" in parts, parallel)
    if client is None:
        return Exit(sending.submit_to_sandbox())
    with client:
        work("sending").forget_sandbox(folder)
        asked, _ = work("sending").question(folder, client.host, again=again)
        consent(asked, yes)
        return Exit(sending.submit(client))


def _is_written(sources: tuple[str, ...]) -> bool:
    """Whether the one source is a folder. Raises UsageError for one among several, and for what is not there."""
    for source in sources:
        if source != "-" and not Path(source).exists():
            raise UsageError(f"{source} does not exist; give a file, or the folder of a written run")
        if len(sources) > 1 and Path(source).is_dir():
            raise UsageError(f"{source} is a folder, and a written run is sent by itself; give files alone, or that folder alone")
    return Path(sources[0]).is_dir()


def _written(source: str, out: str | None, plan: Stated, parts: Stated, engine: str) -> Path:
    """The folder of a run that is written already, to which the options of writing say nothing any more."""
    late = [*plan, *(name for name in parts if name != "max_rejected"), *(["engine"] if engine != "auto" else [])]
    if late or out is not None:
        names = ", ".join("--" + name.replace("_", "-") for name in late) or "-o"
        raise UsageError(f"{source} is a written run, so {names} comes too late; give the file that it was written from")
    if "max_rejected" in parts:
        work("sending").refuse_too_many(Path(source), options_of({"max_rejected": parts["max_rejected"]}).allows)
    return Path(source)


def _write(sources: tuple[str, ...], out: str | None, plan: Stated, read: Stated, parts: Stated, engine: str) -> Path | None:
    """Write the sources into a folder; None where more rows are rejected than are allowed."""
    job = job_for(sources, plan, read, {}, find_settings(Path()), alone=False)
    if job.plan is None:
        raise PlanError([f"nothing can be sent without a plan: {NO_ENTITY}, or --plan FILE.toml"])
    if job.plan.operation is None:
        raise UsageError("submit needs an operation; add --operation insert, or --operation upsert --match-key FIELD")
    folder = Path(out) if out is not None else _default(sources[0])
    say(f"Writing into {folder}")
    work("sending").forget_sandbox(folder)
    written = write_job(job, str(folder), parts, engine)
    write_out(text.render(written.content, colour=colour_wanted(), written=True), None)
    told(written, str(folder), limited="max_rejected" in parts)
    return folder if written.receipt is not None else None


def _default(source: str) -> Path:
    return Path("stdin.preflight") if source == "-" else Path(source).with_suffix(".preflight")
