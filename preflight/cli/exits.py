"""The exit codes, and which error leads to which."""

from __future__ import annotations

from enum import IntEnum

from preflight.errors import CallerError, DataError, PreflightError, RejectedRows, ServerError

__all__ = ["Exit", "exit_code"]


class Exit(IntEnum):
    """What a command leaves with."""

    CLEAN = 0
    REJECTED = 1
    COULD_NOT_JUDGE = 2
    SERVER = 3
    INTERRUPTED = 130


_ERRORS: tuple[tuple[type[PreflightError], Exit], ...] = (
    (RejectedRows, Exit.REJECTED),
    (CallerError, Exit.COULD_NOT_JUDGE),
    (DataError, Exit.COULD_NOT_JUDGE),
    (ServerError, Exit.SERVER),
)


def exit_code(error: PreflightError) -> Exit:
    """The exit code of an error."""
    return next((code for kind, code in _ERRORS if isinstance(error, kind)), Exit.COULD_NOT_JUDGE)
