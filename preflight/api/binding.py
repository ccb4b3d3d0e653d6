"""Binding a plan to what a user hands in, where the storage of a frame says more than its header."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from preflight.contract.columns import Binding, bind
from preflight.contract.field import Answers

if TYPE_CHECKING:
    from preflight.contract.plan import Plan
    from preflight.rows import Source

__all__ = ["MARK", "bind_source", "plan_for"]

MARK = "preflight_plan"
"""The key in `DataFrame.attrs` by which the good rows of a report are known again: its value is the digest of their plan."""

_CANONICAL = Answers(dates="iso", decimal=".", scale="0-100")


def plan_for(plan: Plan, source: Any) -> Plan:
    """The plan that judges a source: for the good rows of its own report the same plan in canonical writing.

    Their columns are named by field, their constants stand in every row, their percents are of 0 to 100 already.
    """
    marks = getattr(source, "attrs", None)
    if not isinstance(marks, dict) or marks.get(MARK) != plan.digest:
        return plan
    fields = tuple(replace(field, answers=_CANONICAL) for field in plan.contract.fields)
    return replace(plan, contract=replace(plan.contract, fields=fields), columns=(), constants=(), answers=_CANONICAL)


def bind_source(plan: Plan, source: Source) -> Binding:
    """The binding of a plan to a source. A number in a frame has no decimal mark of its own: its text is written with a dot."""
    binding = bind(plan, source.header)
    numeric: frozenset[int] = getattr(source, "numeric", frozenset())
    if not numeric:
        return binding
    feeds = tuple(
        replace(feed, field=replace(feed.field, answers=replace(feed.field.answers, decimal=".")))
        if feed.column in numeric
        else feed
        for feed in binding.feeds
    )
    return replace(binding, feeds=feeds)
