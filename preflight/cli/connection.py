"""The options that say where the API is and with which token. A token is never an argument: command lines are seen by others."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from preflight.cli.loading import work
from preflight.cli.options import gathering
from preflight.errors import UsageError

if TYPE_CHECKING:
    from preflight.client.client import Client

__all__ = ["client_for", "connection_options", "consent", "is_terminal", "parallel_option", "settle_option"]

_OPTIONS = (
    click.option("--url", metavar="URL", help="The address; DEMANDBASE_URL, else the vendor's, by default."),
    click.option("--token-file", metavar="FILE", help="A file with the token; DEMANDBASE_TOKEN by default."),
)
connection_options = gathering(_OPTIONS, ("url", "token_file"), "at")
settle_option = click.option(
    "--settle",
    type=click.FloatRange(0, 86_400),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="How long a late arrival is waited for after a doubtful upload.",
)
parallel_option = click.option(
    "--parallel",
    type=click.IntRange(1, 4),
    default=1,
    show_default=True,
    metavar="N",
    help="Up to so many parts at a time, where no match key stands in two rows.",
)


def client_for(at: dict[str, Any], *, url: str | None = None) -> Client:
    """The client that options state; `url` is the address where the options name none. Raises UsageError."""
    made: Client = work("client").Client(at.get("url", url), token_file=at.get("token_file"))
    return made


def is_terminal() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def consent(question: str, yes: bool) -> None:
    """Ask, unless --yes was given. Raises Abort where the answer is no, UsageError where nobody can be asked."""
    if yes:
        return
    if not is_terminal():
        raise UsageError("nobody can be asked without a terminal; add --yes to go ahead")
    click.confirm(question, abort=True, err=True)
