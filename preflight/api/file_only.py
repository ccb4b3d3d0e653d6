"""Judging a file alone, without a plan: encoding, dialect, header and the shape of its rows."""

from __future__ import annotations

from dataclasses import replace

from preflight.contract.columns import Binding, bind
from preflight.contract.field import ENTITIES, Contract
from preflight.contract.plan import Plan
from preflight.contract.policy import Policy
from preflight.contract.propose import resembles
from preflight.engines.progress import Watch
from preflight.engines.run import Run, run
from preflight.files.bundled import bundled_contract
from preflight.findings import Severity
from preflight.rows import Source

__all__ = ["judge_file", "resembled_entity"]

_OF_THE_HEADER = ("PF203", "PF204")


def judge_file(source: Source, policy: Policy, *, keep: bool, values: str, watch: Watch | None = None) -> Run:
    """The run of a source under no plan. NUL bytes are an error here unless the policy says otherwise, for no cell is judged."""
    if not any("PF005".startswith(code) for code, _ in policy.severities):
        policy = replace(policy, severities=(*policy.severities, ("PF005", Severity.ERROR)))
    plan = Plan(Contract("", ()))
    bound = bind(plan, source.header)
    notes = tuple(note for note in bound.notes if note.code in _OF_THE_HEADER)
    return run(plan, source, policy, keep=keep, values=values, binding=Binding(bound.header, (), (), notes), watch=watch)


def resembled_entity(header: tuple[str, ...]) -> tuple[str, int] | None:
    """The entity that a header resembles, and how many of its fields the header names."""
    return resembles(header, [bundled_contract(entity) for entity in ENTITIES])
