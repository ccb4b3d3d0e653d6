"""What to do next, one sentence each."""

from __future__ import annotations

import shlex

from preflight.findings import Content, Severity

__all__ = ["hints_for"]

_OF_THE_HEADER = ("PF202", "PF205", "PF206", "PF505")


def hints_for(content: Content) -> tuple[str, ...]:
    """The next steps after a check."""
    name = content.source.path or "SOURCE"
    path = shlex.quote(f"./{name}" if name.startswith("-") and name != "-" else name)
    codes = [group.code for group in content.groups if group.severity is Severity.ERROR]
    hints = [f"What a code means: preflight explain {codes[0]}"] if codes else []
    plan = content.plan
    if plan is None:
        if content.resembles is None:
            hints.append("Add --entity accounts, people, opportunities or activities to judge the rows too")
        return tuple(hints)
    if any(code in _OF_THE_HEADER for code in codes):
        hints.append(f"Let columns be proposed: preflight map {path} --entity {plan.entity_type} -o plan.toml")
    if content.summary.changed_cells:
        hints.append("Add --fix to rewrite those cells in the file itself, --diff to see them first")
    if plan.operation is None:
        hints.append("Add --operation upsert --match-key FIELD to judge the match key too")
    elif content.summary.good:
        hints.append(f"Next: preflight write {path} … -o out  (the {content.summary.good:,} good rows, and rejected.csv)")
    return tuple(hints)
