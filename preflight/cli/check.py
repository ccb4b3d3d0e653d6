"""preflight check."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from preflight.cli.exits import Exit
from preflight.cli.loading import work
from preflight.cli.options import Sectioned, as_typed, engine_option, plan_options, read_options, show_options
from preflight.cli.output import say
from preflight.cli.settings import covered, find_settings
from preflight.cli.setup import job_for, jobs_for
from preflight.errors import UnreadableInput, UsageError
from preflight.findings import Content

__all__ = ["command"]


@click.command(name="check", cls=Sectioned)
@click.argument("sources", nargs=-1, metavar="SOURCE...")
@plan_options
@read_options
@show_options
@engine_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "jsonl", "sarif", "github", "html", "xlsx", "junit", "md"]),
    default="text",
    show_default=True,
    help="How the report is written.",
)
@click.option("-o", "out", metavar="FILE", help="Where the report goes; standard output without it.")
@click.option("--fix", is_flag=True, help="Apply the safe changes to the file itself.")
@click.option("--diff", "show_diff", is_flag=True, help="Show what write would rewrite; exit 1 if anything.")
@click.option("--statistics", "show_statistics", is_flag=True, help="Count findings by code.")
@click.option("--together", is_flag=True, help="Judge the files as one table, as write would send them: one report.")
@click.option("--file-only", is_flag=True, help="Judge the file alone, whatever settings say.")
def command(sources: tuple[str, ...], plan: dict[str, Any], read: dict[str, Any], show: dict[str, Any], **chosen: Any) -> Exit:
    """Judge sources as write would send them, each by itself unless --together is given.

    SOURCE is a CSV, Parquet or Excel file, or - for standard input. Exit codes: 0 clean, 1 rows rejected, 2 could not judge.
    """
    chosen["typed"] = as_typed(plan | read)
    settings = find_settings(Path())
    names = sources or covered(settings)
    _refuse(names, plan, chosen)
    alone, count = chosen["file_only"], 1 if chosen["together"] else len(names)
    left: list[str] = []
    if chosen["together"]:
        jobs = [job_for(names, plan, read, show, settings, alone=alone)]
    else:
        jobs, left = jobs_for(names, plan, read, show, settings, alone=alone)
    for sentence in left:
        say(f"preflight: {sentence}")
    judged, leaving = _judged([work("judging").Check(job, chosen) for job in jobs], several=count > 1)
    work("showing").show(judged, chosen, sources=count)
    return Exit.COULD_NOT_JUDGE if left else leaving


def _judged(checks: list[Any], *, several: bool) -> tuple[list[tuple[Any, Content]], Exit]:
    """What was judged, and the exit code. One of several sources that cannot be read does not keep the others from it."""
    judged: list[tuple[Any, Content]] = []
    leaving = Exit.CLEAN
    for check in checks:
        try:
            judged.append((check, check.judge()))
            leaving = max(leaving, check.exit(judged[-1][1]))
        except UnreadableInput as error:
            if not several:
                raise
            say(f"preflight: {error}")
            leaving = Exit.COULD_NOT_JUDGE
    return judged, leaving


def _refuse(sources: tuple[str, ...], plan: dict[str, Any], chosen: dict[str, Any]) -> None:
    """Raise UsageError for options that exclude each other."""
    if chosen["fix"] and chosen["show_diff"]:
        raise UsageError("--fix and --diff exclude each other; --diff shows what --fix would do")
    if chosen["show_diff"] and chosen["show_statistics"]:
        raise UsageError("--diff and --statistics exclude each other; give one of them")
    for given, option in ((chosen["show_diff"], "--diff"), (chosen["show_statistics"], "--statistics")):
        if given and chosen["form"] != "text":
            raise UsageError(f"{option} is text, and --format is {chosen['form']}; leave one of them out")
    if chosen["file_only"] and plan:
        stated = next(iter(plan)).replace("plan_file", "plan").replace("_", "-")
        raise UsageError(f"--file-only judges without a plan, but --{stated} is given; leave one of them out")
    if sources.count("-") > 1:
        raise UsageError("standard input (-) is given more than once, and can be read but once")
    if chosen["fix"] and chosen["together"]:
        raise UsageError("--fix repairs one file at a time, and --together makes them one; leave one of them out")
    if chosen["form"] == "xlsx" and len(sources) > 1 and not chosen["together"]:
        raise UsageError("a workbook takes one source; give the files one by one, or as one table with --together")
    if chosen["form"] == "xlsx" and chosen["out"] is None and sys.stdout.isatty():
        raise UsageError("a workbook is no text for a terminal; give a file with -o, such as -o report.xlsx")
