"""What `write` would rewrite, one cell a line: before, after, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from preflight.report.escape import quoted, shorten, visible
from preflight.report.wording import counted, place, rewritten, source_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.findings import Change, Content

__all__ = ["render"]

_LONGEST = 200
_AHEAD = 30


def render(content: Content, /) -> Iterator[str]:
    """All changes in source order, then their count by column."""
    for change in content.changes():
        yield _line(content, change)
    changed = rewritten(content)
    if not changed:
        yield f"{source_name(content)}: no cell would be rewritten\n"
        return
    verb = "would be rewritten"
    count, colon, names = changed.partition(": ")
    yield f"\n{source_name(content)}: {count} {verb}{colon}{names}\n"


def _line(content: Content, change: Change) -> str:
    name = visible(shorten(change.column if change.column is not None else change.field))
    before, after = ("(hidden)", "(hidden)") if content.values == "hide" else _around(change.before, change.after)
    rules = ", ".join(change.rules) if change.safe else ", ".join((*change.rules, "not safe: the value is lost"))
    where = place(content, change, position=False)
    return f"{where}: {name}: {before} -> {after}  ({visible(rules)})\n"


def _around(before: str | None, after: str | None) -> tuple[str, str]:
    """Both values in quotes; long ones cut so that the place where they begin to differ is seen."""
    if before is None or after is None or max(len(before), len(after)) <= _LONGEST:
        return quoted(before, _LONGEST), quoted(after, _LONGEST)
    same = next((at for at, (one, other) in enumerate(zip(before, after, strict=False)) if one != other), None)
    start = max(0, (min(len(before), len(after)) if same is None else same) - _AHEAD)
    return _window(before, start), _window(after, start)


def _window(value: str, start: int) -> str:
    shown = visible(value[start : start + _LONGEST])
    tail = "…" if start + _LONGEST < len(value) else ""
    return f'"{"…" if start else ""}{shown}{tail}" ({counted(len(value), "character")})'
