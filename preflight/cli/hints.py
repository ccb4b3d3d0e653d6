"""What to do next, one sentence each."""

from __future__ import annotations

from preflight.findings import Content, Severity
from preflight.report.wording import counted, typed_paths

__all__ = ["hints_for"]

_KEY_TYPES = ("id", "domain", "email")
_OF_THE_HEADER = ("PF202", "PF205", "PF206", "PF505")


def hints_for(content: Content, typed: str = "", *, drops: bool = False) -> tuple[str, ...]:
    """The next steps after a check. `typed` are the options of its plan, to be typed again; `drops` says that the plan leaves out
    the columns that feed no field."""
    codes = [group.code for group in content.groups if group.severity is Severity.ERROR]
    hints = [f"What a code means: preflight explain {codes[0]}"] if codes else []
    plan = content.plan
    if plan is None:
        if content.resembles is None:
            hints.append("Add --entity accounts, people, opportunities or activities to judge the rows too")
        return tuple(hints)
    if any(code in _OF_THE_HEADER for code in codes) and "--plan " not in typed:
        stated = _given(typed) or f" --entity {plan.entity_type}"
        hints.append(f"Let columns be proposed: preflight map {typed_paths(content, most=1)}{stated} -o plan.toml")
    if content.summary.changed_cells:
        one, several = "--fix to rewrite those cells in the file itself, --diff to see them first", "--diff to see those cells"
        hints.append(f"Add {several if content.source.files else one}")
    if plan.operation is None:
        hints.append(f"Add --operation upsert --match-key {_possible_key(content)} to judge the match key too")
    elif content.summary.good:
        left = not drops and any(group.code == "PF201" for group in content.groups)
        command = f"preflight write {typed_paths(content)}{_given(typed)}{' --unmapped drop' if left else ''} -o out"
        rejected = ", and rejected.csv" if content.summary.rejected else ""
        hints.append(f"Next: {command}  ({counted(content.summary.good, 'good row')}{rejected})")
    return tuple(hints)


def _possible_key(content: Content) -> str:
    """A field that is fed and tells rows apart; a placeholder where none is. Many activities share one person."""
    assert content.plan is not None
    fed = [line.field for line in content.columns if line.type in _KEY_TYPES and line.field and line.how not in ("set", "not sent")]
    return next((name for name in fed if (content.plan.entity_type, name) != ("activities", "person_id")), "FIELD")


def _given(typed: str) -> str:
    return f" {typed}" if typed else ""
