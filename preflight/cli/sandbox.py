"""preflight sandbox."""

from __future__ import annotations

import threading
from typing import Any

import click

from preflight.cli.exits import Exit
from preflight.cli.loading import work
from preflight.cli.options import gathering
from preflight.cli.output import say

__all__ = ["command"]

_SWITCHES = (
    click.option("--row-numbers", type=click.Choice(["record0", "record1", "header1", "line"]), help="What row numbers count."),
    click.option("--naming", type=click.Choice(["field", "column"]), help="What a row error calls a field."),
    click.option("--page-cap", type=click.IntRange(min=1), metavar="N", help="The largest page."),
    click.option("--max-upload-bytes", type=click.IntRange(min=1), metavar="N", help="Larger uploads get a 413."),
    click.option("--reads-per-state", type=click.IntRange(min=0), metavar="N", help="Reads before a job moves on."),
    click.option("--seconds-per-state", type=click.FloatRange(min=0), metavar="S", help="Seconds before a job moves on."),
    click.option("--slow-seconds", type=click.FloatRange(min=0), metavar="S", help="How slow the fault slow is."),
    click.option("--retry-after", type=click.FloatRange(min=0), metavar="S", help="What 429 and 503 ask to wait."),
    click.option("--redirect-to", metavar="URL", help="Where the fault redirect points to."),
    click.option("--shuffle-errors", is_flag=True, default=None, help="Row errors in another order."),
    click.option("--repeat-errors", is_flag=True, default=None, help="Each row error twice."),
    click.option("--counts/--no-counts", default=None, help="Whether jobs tell their counts."),
    click.option("--echo-file-name/--no-echo-file-name", default=None, help="Whether jobs tell the name of their file."),
)
_NAMES = (
    "row_numbers",
    "naming",
    "page_cap",
    "max_upload_bytes",
    "reads_per_state",
    "seconds_per_state",
    "slow_seconds",
    "retry_after",
    "redirect_to",
    "shuffle_errors",
    "repeat_errors",
    "counts",
    "echo_file_name",
)


@click.command(name="sandbox")
@click.option("--port", type=click.IntRange(0, 65_535), default=8765, show_default=True, help="The port; 0 takes a free one.")
@click.option("--fault", "faults", multiple=True, metavar="OPERATION:KIND[@N]", help="Such as upload:reset-after@1; repeatable.")
@gathering(_SWITCHES, _NAMES, "switches")
def command(port: int, faults: tuple[str, ...], switches: dict[str, Any]) -> Exit:
    """Serve the API description on 127.0.0.1 until Ctrl-C, with a switch for each fault. Nothing is kept."""
    with work("sandbox").sandbox(*faults, port=port, **switches) as url:
        click.echo(url)
        say(f"export DEMANDBASE_URL={url} DEMANDBASE_TOKEN=any-word-will-do")
        say("What it holds: GET /sandbox/records?entity_type=accounts. Ctrl-C stops it.")
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            say("stopped")
    return Exit.CLEAN
