"""preflight map."""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from preflight.cli.exits import Exit
from preflight.cli.loading import work
from preflight.cli.options import Sectioned, plan_options, read_options
from preflight.cli.output import say, write_out
from preflight.cli.settings import find_settings
from preflight.cli.setup import NO_ENTITY, job_for
from preflight.contract.options import ColumnMapping, PlanOptions
from preflight.contract.plan_toml import options_of, to_toml
from preflight.contract.propose import Proposal, propose
from preflight.errors import PlanError
from preflight.report.escape import visible

if TYPE_CHECKING:
    from preflight.contract.plan import Plan

__all__ = ["command"]

_LOOKED_AT = 150
"""Columns whose values speak for a field; to look at one takes hundredths of a second."""


@click.command(name="map", cls=Sectioned)
@click.argument("source")
@plan_options
@read_options
@click.option("-o", "out", metavar="PLAN.toml", help="Save the plan; it runs as it stands.")
def command(source: str, plan: dict[str, Any], read: dict[str, Any], out: str | None) -> Exit:
    """Propose which column feeds which field, from names and from values, with a score and a reason for each."""
    job = job_for((source,), plan, read, {}, find_settings(Path()), alone=False)
    opened = work("read").open_source(source, job.read)
    if job.plan is None or job.options is None:
        found = work("file_only").resembled_entity(opened.header)
        raise PlanError(
            [NO_ENTITY if found is None else f"no entity is stated; the header resembles {found[0]}: add --entity {found[0]}"]
        )
    first = next(iter(opened.chunks()), None)
    if len(opened.header) > _LOOKED_AT:
        say(f"{source}: has {len(opened.header):,} columns; of those after the first {_LOOKED_AT} the header alone was looked at")
    evidence = {} if first is None else work("evidence").column_evidence(replace(first, columns=first.columns[:_LOOKED_AT]))
    stated = {one.column for one in job.plan.columns}
    proposals = tuple(one for one in propose(job.plan.contract, opened.header, evidence) if one.column not in stated)
    mapped = options_of(_mapped(job.plan, proposals), fields=job.options.fields, rules=job.options.rules)
    work("plan").plan_from(mapped)  # it must run as it stands
    write_out(_lines(job.plan, proposals), None)
    if out is not None:
        reasons = {one.column: f"{one.score}: {one.reason}" for one in proposals}
        write_out([to_toml(_as_seen_from(Path(out).parent, mapped), reasons=reasons)], out)
        say(f"{out}: saved; run it with: preflight check {shlex.quote(source)} --plan {shlex.quote(out)}")
        if job.plan.operation is None:
            say(f'It states no operation, so nothing can be submitted by it yet: add a line such as operation = "insert" to {out}')
    elif sys.stderr.isatty():
        say("To save this as a plan: add -o plan.toml")
    return Exit.CLEAN


def _as_seen_from(folder: Path, options: PlanOptions) -> PlanOptions:
    """The options with paths relative to the folder of the plan file, as a plan file has them."""
    fields, rules = (path and os.path.relpath(path, folder) for path in (options.fields, options.rules))
    return replace(options, fields=fields, rules=rules)


def _mapped(plan: Plan, proposals: tuple[Proposal, ...]) -> Plan:
    """The plan with the proposals; what no field takes is stated as not sent. A header that stands twice cannot be stated."""
    pairs = tuple(ColumnMapping(one.column, one.field) for one in proposals if one.column.strip())
    return replace(plan, columns=plan.columns + pairs)


def _lines(plan: Plan, proposals: tuple[Proposal, ...]) -> list[str]:
    width = max((len(visible(one.column)) for one in proposals), default=0)
    fields = max((len(one.field or "(not sent)") for one in proposals), default=0)
    lines = [
        f"{visible(one.column):{width}}  ->  {one.field or '(not sent)':{fields}}  {one.score:3}  {visible(one.reason)}\n"
        for one in proposals
    ]
    fed = {one.field for one in proposals} | {one.field for one in plan.columns} | {name for name, _ in plan.constants}
    missing = [one.name for one in plan.contract.fields if plan.is_required(one) and one.name not in fed]
    lines.append(f"\n{sum(one.field is not None for one in proposals)} of {len(proposals)} columns mapped")
    lines.append(f"; required and not fed: {', '.join(missing)}\n" if missing else "; every required field is fed\n")
    return lines
