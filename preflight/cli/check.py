"""preflight check."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

import preflight.report.json as json_report
from preflight.api.file_only import judge_file, resembled_entity
from preflight.api.version import VERSION
from preflight.cli.exits import Exit
from preflight.cli.hints import hints_for
from preflight.cli.options import engine_option, plan_options, read_options, show_options
from preflight.cli.output import colour_wanted, say, write_out
from preflight.cli.setup import Job, find_settings, job_for, policy_for
from preflight.cli.workbook import workbook_of
from preflight.contract.policy import Policy
from preflight.contract.settings import Settings
from preflight.engines.content import content_of
from preflight.engines.findings import fixes_of
from preflight.engines.run import Run, run
from preflight.errors import UnreadableInput, UsageError
from preflight.files.csv_source import CsvSource
from preflight.files.fix import apply_fixes
from preflight.files.read import open_source
from preflight.findings import Content, Severity
from preflight.report import diff, github, html, jsonl, junit, markdown, sarif, statistics, text

__all__ = ["command"]

_RENDERERS: dict[str, Any] = {
    "json": json_report,
    "jsonl": jsonl,
    "sarif": sarif,
    "github": github,
    "html": html,
    "junit": junit,
    "md": markdown,
}
_HIDING = ("sarif", "github", "junit", "md")
"""Formats that end up in logs and pull requests: there cell values are hidden unless asked for."""
_KEEP_BYTES = 64 << 20


@click.command(name="check")
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
@click.option("--file-only", is_flag=True, help="Judge the file alone, whatever settings say.")
def command(sources: tuple[str, ...], plan: dict[str, Any], read: dict[str, Any], show: dict[str, Any], **chosen: Any) -> Exit:
    """Judge sources as write would send them.

    SOURCE is a CSV, Parquet or Excel file, or - for standard input. Exit codes: 0 clean, 1 rows rejected, 2 could not judge.
    """
    if chosen["fix"] and chosen["show_diff"]:
        raise UsageError("--fix and --diff exclude each other; --diff shows what --fix would do")
    settings = find_settings(Path())
    names = sources or _covered(settings)
    checks = [_Check(name, plan, read, show, settings, chosen) for name in names]
    leaving = Exit.CLEAN
    contents: list[Content] = []
    for check in checks:
        try:
            contents.append(check.judge())
            leaving = max(leaving, check.exit(contents[-1]))
        except UnreadableInput as error:
            if len(checks) == 1:
                raise
            say(f"preflight: {error}")
            leaving = Exit.COULD_NOT_JUDGE
    _show(contents, checks, chosen)
    return leaving


def _covered(settings: tuple[Settings, Path] | None) -> tuple[str, ...]:
    """The files that the globs of the settings find."""
    if settings is None or not settings[0].globs:
        raise UsageError("no source is given and no preflight.toml names files; try for instance: preflight check accounts.csv")
    found, folder = settings
    names = dict.fromkeys(str(path) for one in found.globs for path in sorted(folder.glob(one)))
    if not names:
        raise UsageError(f"no file matches the globs of {found.name}: {', '.join(found.globs)}")
    return tuple(names)


class _Check:
    """One source and what is done with it."""

    def __init__(
        self,
        name: str,
        plan: dict[str, Any],
        read: dict[str, Any],
        show: dict[str, Any],
        settings: tuple[Settings, Path] | None,
        chosen: dict[str, Any],
    ) -> None:
        self.chosen = chosen
        self.job: Job = job_for(name, plan, read, show, settings, alone=chosen["file_only"])
        self.policy: Policy = policy_for(self.job.show, show.get("baseline"))
        self.fail_on = self.job.show.fail_on or "error"
        self.values = self.job.show.values or ("hide" if chosen["form"] in _HIDING else "show")
        self.made: Run | None = None

    def judge(self) -> Content:
        """The content of the report; with --fix that of the repaired file."""
        made = self._run()
        if self.chosen["fix"] and self._fix(made):
            made = self._run()
        self.made = made
        content = content_of(made, VERSION, most=self.job.show.max_findings)
        if self.job.plan is None:
            found = resembled_entity(made.source.header)
            content = replace(content, plan=None, resembles=None if found is None else found[0])
        return replace(content, hints=hints_for(content))

    def _run(self) -> Run:
        opened = open_source(self.job.source, self.job.read)
        keep = self._keeps()
        if self.job.plan is None:
            return judge_file(opened, self.policy, keep=keep, values=self.values)
        return run(self.job.plan, opened, self.policy, keep=keep, values=self.values)

    def _keeps(self) -> bool:
        engine = self.chosen["engine"]
        if engine not in ("auto", "memory", "stream"):
            raise UsageError(f'--engine is "{engine}"; wanted auto, memory or stream')
        path = Path(self.job.source)
        return engine == "memory" or (engine == "auto" and path.is_file() and path.stat().st_size <= _KEEP_BYTES)

    def _fix(self, made: Run) -> bool:
        """Apply the safe changes to the file; whether there were any."""
        source = made.source
        if not isinstance(source, CsvSource):
            raise UsageError(f"{self.job.source} is no CSV file; --fix repairs CSV files alone")
        if any(fault.code.startswith("PF1") for verdict in made.again() for fault in verdict.faults):
            say(f"{self.job.source}: not fixed, its structure is in doubt (see PF1)")
            return False
        fixes = [] if made.rejects_all else [one for verdict in made.again() for one in fixes_of(made.words, verdict, made.sent)]
        if not fixes:
            return False
        count = apply_fixes(source, fixes)
        say(f"{self.job.source}: fixed {count:,} {'cell' if count == 1 else 'cells'}")
        return True

    def exit(self, content: Content) -> Exit:
        """What this source makes of the exit code."""
        if self.fail_on == "never":
            return Exit.CLEAN
        if self.chosen["show_diff"] and content.summary.changed_cells:
            return Exit.REJECTED
        levels = {group.severity for group in content.groups}
        fails = Severity.ERROR in levels or (self.fail_on == "warning" and Severity.WARNING in levels)
        return Exit.REJECTED if fails or content.summary.rejected else Exit.CLEAN


def _show(contents: list[Content], checks: list[_Check], chosen: dict[str, Any]) -> None:
    if not contents:
        return
    if chosen["form"] == "xlsx":
        if len(contents) > 1 or chosen["out"] is None:
            raise UsageError("a workbook takes one source and a file to write to: -o report.xlsx")
        made = checks[0].made
        assert made is not None
        write_out(workbook_of(made, contents[0]), chosen["out"])
        return
    write_out(_pieces(contents, chosen), chosen["out"])
    if chosen["form"] == "text" and chosen["out"] is None and click.get_text_stream("stderr").isatty():
        for content in contents:
            for hint in content.hints:
                say(hint)


def _pieces(contents: list[Content], chosen: dict[str, Any]) -> Iterator[str]:
    form = chosen["form"]
    if form == "json" and len(contents) > 1:
        yield from json_report.several(contents)
        return
    for content in contents:
        if form != "text":
            yield from _RENDERERS[form].render(content)
        elif chosen["show_diff"]:
            yield from diff.render(content)
        elif chosen["show_statistics"]:
            yield from statistics.render(content)
        else:
            yield from text.render(content, colour=colour_wanted() and chosen["out"] is None)
