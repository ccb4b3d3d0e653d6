"""preflight outcomes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from preflight.cli.exits import Exit
from preflight.cli.loading import work
from preflight.cli.output import say, write_out
from preflight.errors import UsageError

__all__ = ["command", "exit_of"]

_FORMATS = ("text", "csv", "json", "xlsx", "parquet")
_BINARY = ("xlsx", "parquet")


@click.command(name="outcomes")
@click.argument("folder", metavar="DIR")
@click.option("--format", "form", type=click.Choice(_FORMATS), default="text", help="How they are shown.")
@click.option("-o", "out", metavar="FILE", help="Write to a file.")
@click.option("--repair", metavar="FILE", help="Write the rows that the server rejected, for repair and preflight merge.")
def command(folder: str, form: str, out: str | None, repair: str | None) -> Exit:
    """Tell for every source row what became of it, from the folder of the run alone.

    Exit codes: 0 all imported, 1 rows rejected or not sent, 2 the folder cannot be read, 3 rows whose fate is unknown.
    """
    if form in _BINARY and out is None and sys.stdout.isatty():
        raise UsageError(f"--format {form} is no text for a terminal; give a file with -o")
    found = work("outcomes").read_outcomes(Path(folder))
    if repair is not None:
        count = work("repair").write_repair(found, Path(repair))
        said = f"{count:,} row{'' if count == 1 else 's'} to repair" if count else "not written, no row was rejected there"
        say(f"{repair}: {said}")
    render: Callable[[Any], Any] = getattr(work("telling"), f"to_{form}")
    write_out(render(found), out)
    if form != "text":
        for notice in found.notices:
            say(f"{notice.code} {notice.message}")
    return exit_of(found.summary)


def exit_of(summary: dict[str, int]) -> Exit:
    """The exit code of a balance: unknown rows outrank rejected ones."""
    if summary["unknown"]:
        return Exit.SERVER
    return Exit.CLEAN if summary["imported"] == summary["rows"] else Exit.REJECTED
