"""preflight resume."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from preflight.cli.connection import client_for, connection_options, parallel_option, settle_option
from preflight.cli.exits import Exit
from preflight.cli.loading import work
from preflight.errors import UsageError

__all__ = ["command"]


@click.command(name="resume")
@click.argument("folder", metavar="DIR")
@connection_options
@settle_option
@parallel_option
def command(folder: str, at: dict[str, Any], settle: float, parallel: int) -> Exit:
    """Go on with a run from wherever it stopped, on any day and from any process. The folder remembers the address.

    Exit codes as those of submit.
    """
    path = Path(folder)
    if not path.is_dir():
        raise UsageError(f"{folder} is no folder; give the one that submit wrote into")
    facts = work("journal").read_facts(path)
    if facts is None:
        work("receipt").read_receipt(path)  # no run at all is told before a token is asked for
    with client_for(at, url=None if facts is None else facts.url) as client:
        return Exit(work("sending").Sending(path, settle, parallel=parallel).resume(client))
