"""Which column feeds which field: a plan bound to a header."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from preflight.contract.field import Field
from preflight.findings import Severity

__all__ = ["Binding", "Feed", "How", "Note"]


class How(StrEnum):
    """How a column came to its field."""

    EXACT = "exact"
    ALIAS = "alias"
    STATED = "stated"
    SET = "set"
    NOT_SENT = "not sent"


@dataclass(frozen=True, slots=True)
class Feed:
    """A field and what feeds it: the column number, or a constant."""

    field: Field
    how: How
    column: int | None = None
    constant: str | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """What is to be said about the header. Where `rejects` is true, it rejects every record."""

    code: str
    severity: Severity
    message: str
    column: str | None = None
    field: str | None = None
    suggestion: str | None = None
    rejects: bool = False


@dataclass(frozen=True, slots=True)
class Binding:
    """A plan's fields bound to a header: `feeds` in contract order, the numbers of `unmapped` columns, and the notes."""

    header: tuple[str, ...]
    feeds: tuple[Feed, ...]
    unmapped: tuple[int, ...]
    notes: tuple[Note, ...]
