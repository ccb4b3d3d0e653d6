"""What to do next, one sentence each."""

from __future__ import annotations

import shlex

from preflight.findings import Content, Severity

__all__ = ["hints_for"]


def hints_for(content: Content) -> tuple[str, ...]:
    """The next steps after a check."""
    path = shlex.quote(content.source.path or "SOURCE")
    codes = [group.code for group in content.groups if group.severity is Severity.ERROR]
    hints = []
    if codes:
        hints.append(f"What a code means: preflight explain {codes[0]}")
    if content.plan is not None and content.summary.changed_cells:
        hints.append("Add --fix to rewrite those cells in the file itself, --diff to see them first")
    if content.plan is None:
        return tuple(hints)
    if content.plan.operation is None:
        hints.append("Add --operation upsert --match-key FIELD to judge the match key too")
    elif content.summary.good:
        hints.append(f"Next: preflight write {path} … -o out  (the {content.summary.good:,} good rows, and rejected.csv)")
    return tuple(hints)
