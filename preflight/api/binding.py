"""Binding a plan to what a user hands in, where the storage of a frame says more than its header."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from preflight.contract.columns import Binding, Note, bind
from preflight.contract.field import Answers
from preflight.contract.matching import match_header
from preflight.contract.names import fold, listed, quoted
from preflight.errors import PlanError

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
    binding = _bound(plan, source)
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


def _bound(plan: Plan, source: Source) -> Binding:
    """The binding, which says of a column that is missing whether the index of the frame has it."""
    names: tuple[str, ...] = getattr(source, "index_names", ())
    if not names:
        return bind(plan, source.header)
    folded = {fold(name) for name in names}
    stated = tuple(one for one in plan.columns if fold(one.column) in folded)
    try:
        binding = bind(plan, source.header)
    except PlanError as error:
        if any(quoted(one.column) in str(error) for one in stated):
            raise PlanError((*error.faults, _of_index([one.column for one in stated]))) from None
        raise
    made = match_header(plan.contract, (), names)
    held = {field: names[column] for field, (column, _) in made.fed.items()}
    return replace(binding, notes=tuple(_told(note, held) for note in binding.notes))


def _told(note: Note, held: dict[str, str]) -> Note:
    if not note.rejects or note.field not in held:
        return note
    missing, _, _ = note.message.partition("; headers such as")
    return replace(note, message=f"{missing}; {_of_index([held[note.field]])}")


def _of_index(names: list[str]) -> str:
    if len(names) == 1:
        return f"the index is called {quoted(names[0])}: df.reset_index() makes it a column"
    return f"the index has the levels {listed(names)}: df.reset_index() makes them columns"
