"""preflight demo."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

import click

from preflight.cli.check import command as check
from preflight.cli.exits import Exit
from preflight.cli.loading import work
from preflight.cli.outcomes import command as outcomes
from preflight.cli.submit import command as submit
from preflight.cli.write import command as write
from preflight.errors import UsageError

__all__ = ["command"]

_PLAN = ("--entity", "accounts", "--operation", "upsert", "--match-key", "domain")


@click.command(name="demo")
@click.option("--dir", "folder", default="preflight-demo", show_default=True, metavar="DIR", help="Where the demo works.")
def command(folder: str) -> Exit:
    """Play the whole loop on an example: check, repair, write, and send it to a sandbox of this machine. It needs no account."""
    place = Path(folder)
    source, out = place / "accounts.csv", place / "out"
    try:
        place.mkdir(parents=True, exist_ok=True)
        source.write_text(files("preflight.examples").joinpath("accounts.csv").read_text(encoding="utf-8"), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{folder} cannot be written to ({error.strerror}); give another folder with --dir") from error
    _say(f"An export of ten accounts lies in {source}. What would the API make of it?")
    _play(check, str(source), *_PLAN)
    _say("Every finding has a page (preflight explain PF502). What is safe to rewrite, write rewrites; see it first:")
    _play(check, str(source), *_PLAN, "--diff")
    _say("Now write what the API can take; what it would reject stays beside it, for people:")
    if out.is_dir():
        work("journal").set_aside(out, keep=False)  # the sandbox of an earlier demo is gone with all it held
    _play(write, str(source), *_PLAN, "-o", str(out))
    _say(f"{out / 'rejected.csv'}: each rejected row with its reasons, to be repaired there:")
    _show(out / "rejected.csv")
    _say("Send it. Nothing leaves this machine: a sandbox serves the API, one that has come to want whole numbers for the revenue:")
    with work("sending").changed_sandbox(out, "annual_revenue", "integer") as url:
        _play(submit, str(out), "--url", url, "--yes")
    _say("On any later day the folder alone knows what became of every row:")
    _play(outcomes, str(out), "--format", "csv")
    return Exit.CLEAN


def _say(text: str) -> None:
    click.secho(f"\n# {text}", bold=True)


def _play(command: click.Command, *arguments: str) -> Any:
    click.secho(f"$ preflight {command.name} {' '.join(arguments)}", fg="cyan")
    # click keeps the help option of a command's first call, so it is that of the group
    return command.main(list(arguments), standalone_mode=False, help_option_names=["-h", "--help"])


def _show(path: Path) -> None:
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        click.echo(line if len(line) <= 160 else f"{line[:159]}…")
