"""The command line. A command parses, calls, renders; each stands in a file of its own and is loaded when it is called."""

from __future__ import annotations

import atexit
import gc
import os
import sys
import traceback
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from preflight import __version__
from preflight.cli.exits import exit_code
from preflight.contract.names import nearest
from preflight.errors import PlanError, PreflightError, SettingsError, UsageError
from preflight.report.escape import visible

__all__ = ["main"]

_COMMANDS = {
    "check": "Judge a source as write would send it.",
    "write": "Write the API-ready CSV parts, rejected rows and a receipt.",
    "submit": "Send a file or a written run, and wait for what became of it.",
    "resume": "Go on with a run that was interrupted.",
    "map": "Propose which column feeds which field, and save a plan.",
    "schema": "Print the pandera schema of a plan.",
    "merge": "Take repaired rows back into their run.",
    "outcomes": "Tell for every source row what became of it.",
    "explain": "Explain a code: what, why, an example, what to do.",
    "jobs": "The server's import jobs: list, show, cancel, errors.",
    "fields": "The fields that the host lets import: pull, show, diff.",
    "sandbox": "Serve the API on this machine, with a switch for each fault.",
    "demo": "Play the whole loop on an example.",
}
"""The commands with the line that `preflight --help` shows, so that it loads none of them."""


class _Commands(click.Group):
    """Commands that are loaded by name when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"preflight.cli.{cmd_name}").command
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _COMMANDS and not args[0].startswith("-"):
            near = nearest(args[0], _COMMANDS, count=1)
            raise UsageError(
                f'there is no command "{args[0]}"; ' + (f"did you mean {near[0]}?" if near else "preflight --help lists them")
            )
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="preflight")
def preflight() -> None:
    """Know what the Demandbase Data Import API would reject before you send it.

    \b
    preflight demo                                                  plays the whole loop on an example
    preflight map accounts.csv --entity accounts \\
        --operation upsert --match-key domain -o plan.toml          which column feeds which field
    preflight check accounts.csv --plan plan.toml                   what would be rejected, and why
    preflight write accounts.csv --plan plan.toml -o out            the CSV for the API, and rejected.csv
    preflight submit out                                            send it; --sandbox stays on this machine
    preflight merge out fixed.csv                                   repaired rows come back
    """


def main(arguments: list[str] | None = None) -> Any:
    """Run a command and leave with its exit code.

    Every error that preflight raises on purpose is one message on standard error; a fault of preflight itself names the exception
    and its place in the code, never what it was about, because that may be a cell.
    """
    _spare()
    try:
        sys.exit(preflight.main(args=arguments, prog_name="preflight", standalone_mode=False) or 0)
    except click.exceptions.Exit as leaving:
        sys.exit(leaving.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (KeyboardInterrupt, click.Abort):
        _complain("interrupted")
        sys.exit(130)
    except PreflightError as error:
        _complain(*(str(error).splitlines() if isinstance(error, (PlanError, SettingsError)) else [str(error)]))
        sys.exit(exit_code(error))
    except Exception as error:  # noqa: BLE001  # nobody is shown a traceback, which may hold cell values
        _complain(_unexpected(error))
        sys.exit(2)


def _spare() -> None:
    """Spare a short life what does it no good: numpy's thread for linear algebra, and looking for garbage while modules load and
    once more at the end, which alone takes a fifth of a second."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    gc.set_threshold(50_000, 20, 20)
    atexit.register(gc.freeze)


def _complain(*lines: str) -> None:
    for line in lines:
        click.echo(f"preflight: {visible(line)}", err=True)


def _unexpected(error: Exception) -> str:
    if isinstance(error, MemoryError):
        return "there is not enough memory; --engine stream needs little"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or 'the system'}: {error.strerror}"
    places = [frame for frame in traceback.extract_tb(error.__traceback__) if "preflight" in frame.filename]
    where = f" in {Path(places[-1].filename).name}, line {places[-1].lineno}" if places else ""
    name = type(error).__name__
    return f"an internal error, {name}{where}; this is a fault of preflight {__version__}, please report it with the command typed"
