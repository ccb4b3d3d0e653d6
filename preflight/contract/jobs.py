"""The life of an import job as tables: its statuses, the moves between them, and which of them are final.

The API description lists the statuses and says that pending and validating jobs can be cancelled. It does not say which moves
there are (`assumptions.py`: jobs.moves) nor which statuses are final (jobs.final).
"""

from __future__ import annotations

__all__ = ["CANCELLABLE", "FINAL", "MOVES", "STATUSES", "can_become", "is_final"]

STATUSES = ("pending", "validating", "processing", "completed", "failed", "cancelled")

MOVES: dict[str, tuple[str, ...]] = {
    "pending": ("validating", "cancelled"),  # an upload starts validation
    "validating": ("processing", "failed", "cancelled"),
    "processing": ("completed", "failed"),
    "completed": (),
    "failed": (),
    "cancelled": (),
}
"""The single steps. A reader that polls may miss some of them: `can_become` allows for that."""

FINAL = frozenset(status for status, moves in MOVES.items() if not moves)
CANCELLABLE = frozenset(status for status, moves in MOVES.items() if "cancelled" in moves)

_REACHED: dict[str, tuple[str, ...]] = {
    "pending": STATUSES,
    "validating": ("validating", "processing", "completed", "failed", "cancelled"),
    "processing": ("processing", "completed", "failed"),
    "completed": ("completed",),
    "failed": ("failed",),
    "cancelled": ("cancelled",),
}


def is_final(status: str | None) -> bool:
    """Whether nothing more will become of the job. An absent or unknown status is not final: it is waited for, not believed."""
    return status in FINAL


def can_become(before: str | None, after: str | None) -> bool:
    """Whether a job last seen as `before` can be seen as `after`, in any number of moves. Unknown statuses can be anywhere."""
    if before not in _REACHED or after not in _REACHED:
        return before not in FINAL
    return after in _REACHED[before]
