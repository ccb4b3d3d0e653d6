"""preflight explain."""

from __future__ import annotations

import click

from preflight.cli.exits import Exit
from preflight.cli.output import write_out
from preflight.errors import UsageError
from preflight.rules.codes import CODES
from preflight.rules.explain import page_of

__all__ = ["command"]


@click.command(name="explain")
@click.argument("code", required=False)
@click.option("--all", "everything", is_flag=True, help="List all codes.")
def command(code: str | None, everything: bool) -> Exit:
    """Explain a code: what it means, why it matters, an example, and what to do instead."""
    if everything:
        lines = (f"{one.code}  {one.severity.value:7}  {one.name:26}  {one.title}\n" for one in CODES.values())
        write_out(lines, None)
        return Exit.CLEAN
    if code is None:
        raise UsageError("give a code, for instance preflight explain PF302; preflight explain --all lists them")
    write_out([page_of(code)], None)
    return Exit.CLEAN
