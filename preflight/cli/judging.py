"""One source of `preflight check`: judged, and repaired where that is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from preflight.api.file_only import judge_file, resembled_entity
from preflight.api.progress import shown
from preflight.api.version import VERSION
from preflight.cli.exits import Exit
from preflight.cli.hints import hints_for
from preflight.cli.output import say
from preflight.cli.setup import Job
from preflight.engines.content import content_of
from preflight.engines.findings import fixes_of
from preflight.engines.run import Run, run
from preflight.errors import UsageError
from preflight.files.csv_source import CsvSource
from preflight.files.fix import Fix, apply_fixes
from preflight.files.joined import open_sources
from preflight.findings import Content, Group, Severity

__all__ = ["Check"]

_HIDING = ("sarif", "github", "junit", "md")
"""Formats that end up in logs and pull requests: there cell values are hidden unless asked for."""
_KEEP_BYTES = 64 << 20


class Check:
    """One source, or several files as one, and what is done with it. `made` is the run that was judged last."""

    def __init__(self, job: Job, chosen: dict[str, Any]) -> None:
        self.job = job
        self.chosen = chosen
        self.fail_on = job.show.fail_on or "error"
        self.values = job.show.values or ("hide" if chosen["form"] in _HIDING else "show")
        self.made: Run | None = None

    def judge(self) -> Content:
        """The content of the report; with --fix that of the repaired file. Raises UnreadableInput."""
        made = self._run()
        if self.chosen["fix"] and self._fix(made):
            made = self._run()
        self.made = made
        content = content_of(made, VERSION, most=self.job.show.max_findings)
        if self.job.plan is None:
            found = resembled_entity(made.source.header)
            content = replace(content, plan=None, resembles=None if found is None else found[0])
        if self.job.show.max_findings is not None:
            content = replace(content, groups=tuple(_shortened(content.groups, self.job.show.max_findings)))
        drops = self.job.plan is not None and self.job.plan.unmapped == "drop"
        return replace(content, hints=hints_for(content, self.chosen["typed"], drops=drops))

    def _run(self) -> Run:
        opened, policy, keep = open_sources(self.job.sources, self.job.read), self.job.policy, self._keeps()
        with shown(log=True) as watch:
            if self.job.plan is None:
                return judge_file(opened, policy, keep=keep, values=self.values, watch=watch)
            return run(self.job.plan, opened, policy, keep=keep, values=self.values, watch=watch)

    def _keeps(self) -> bool:
        if self.chosen["engine"] != "auto":
            return bool(self.chosen["engine"] == "memory")
        paths = [Path(one) for one in self.job.sources]
        return all(path.is_file() for path in paths) and sum(path.stat().st_size for path in paths) <= _KEEP_BYTES

    def _fix(self, made: Run) -> bool:
        """Apply the safe changes to the file; whether there were any. Says what was done, and why nothing is."""
        source, (name,) = made.source, self.job.sources
        if not isinstance(source, CsvSource):
            raise UsageError(f"{name} is no CSV file; --fix repairs CSV files alone")
        fixes: list[Fix] = []
        why = self._why_not(made)
        for verdict in () if why else made.again():
            if verdict.chunk.cells is not None or verdict.chunk.stray is not None:
                why = "its structure is in doubt (see PF1)"
                break
            fixes += fixes_of(made.words, verdict, made.sent)
        if why:
            say(f"{name}: not fixed, {why}")
            return False
        count = apply_fixes(source, fixes) if fixes else 0
        say(f"{name}: {f'fixed {count:,} cell' + 's' * (count != 1) if count else 'nothing to fix'}")
        return count > 0

    def _why_not(self, made: Run) -> str:
        if self.job.plan is None:
            return "there is no plan to fix it by; add --entity"
        return "every record is rejected because of its header" if made.rejects_all else ""

    def exit(self, content: Content) -> Exit:
        """What this source makes of the exit code."""
        if self.fail_on == "never":
            return Exit.CLEAN
        if self.chosen["show_diff"] and content.summary.changed_cells:
            return Exit.REJECTED
        levels = {group.severity for group in content.groups}
        fails = Severity.ERROR in levels or (self.fail_on == "warning" and Severity.WARNING in levels)
        return Exit.REJECTED if fails or content.summary.rejected else Exit.CLEAN


def _shortened(groups: Iterable[Group], most: int) -> Iterator[Group]:
    """The groups with so many examples altogether."""
    for group in groups:
        yield replace(group, examples=group.examples[:most])
        most -= min(most, len(group.examples))
