"""What is said about the data: findings, their counts, and the whole of what a renderer needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = [
    "Change",
    "ColumnLine",
    "Content",
    "Finding",
    "Group",
    "PlanLine",
    "Scope",
    "Severity",
    "SourceLine",
    "Summary",
]


class Severity(Enum):
    """How bad it is. An error rejects the row; a warning and an information never do."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """2 for an error, 1 for a warning, 0 for information."""
        return {"error": 2, "warning": 1, "info": 0}[self.value]


class Scope(StrEnum):
    """What a finding is about."""

    CELL = "cell"
    ROW = "row"
    COLUMN = "column"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule broken in one place.

    `source_row` counts from 0, `record`, `line` and `position` from 1; they are None where the finding is about a column or
    the file, and `record` and `line` also where the source is a DataFrame. `rows` is how many rows it concerns, `related` the
    source rows that belong to it (the partners of a duplicate). Where the source is several files, `path` is the one that it is
    about; `source_row` and `record` count through all of them, `line` and `position` are those of the file.
    """

    code: str
    name: str
    severity: Severity
    scope: Scope
    message: str
    source_row: int | None = None
    label: Any = None
    record: int | None = None
    line: int | None = None
    position: int | None = None
    column: str | None = None
    field: str | None = None
    value: str | None = None
    suggestion: str | None = None
    fixable: bool = False
    rows: int = 1
    related: tuple[int, ...] = ()
    origin: str = "here"
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One cell of a good row that is sent in another writing. `safe` is False where a cell is sent as blank instead.
    `path` as in a finding."""

    source_row: int
    label: Any
    column: str | None
    before: str | None
    after: str | None
    rules: tuple[str, ...]
    safe: bool
    field: str
    record: int | None = None
    line: int | None = None
    position: int | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """All findings of one code on one column: the unit in which people understand a report.

    `rows` is the number of rows concerned, `share` that number over all records, `top_values` the most frequent bad values with
    their counts, `distinct` how many distinct bad values there are.
    """

    code: str
    name: str
    severity: Severity
    scope: Scope
    column: str | None
    field: str | None
    findings: int
    rows: int
    share: float
    distinct: int
    top_values: tuple[tuple[str, int], ...]
    first_source_row: int | None
    fixable: int
    examples: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """What became of one source column, or of a field that a constant feeds. `how` is exact, alias, stated, set or not sent."""

    column: str | None
    field: str | None
    how: str
    type: str | None
    required: bool
    filled: int
    distinct: int | None
    changed: int
    findings: int
    evaluated: bool = True


@dataclass(frozen=True, slots=True)
class Summary:
    """The counts. `records` = `good` + `rejected`, always.

    `good_if_supplied` is how many rows would be good if the columns named in `missing` were there, `good_if_answered` how many if
    the questions of the columns `asked` were answered too; None where nothing is missing, or nothing is asked.
    """

    records: int
    good: int
    rejected: int
    changed_cells: int
    errors: int
    warnings: int
    by_code: Mapping[str, int]
    good_if_supplied: int | None = None
    missing: tuple[str, ...] = ()
    good_if_answered: int | None = None
    asked: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The JSON's summary."""
        found: dict[str, Any] = {
            "records": self.records,
            "good": self.good,
            "rejected": self.rejected,
            "changed_cells": self.changed_cells,
            "errors": self.errors,
            "warnings": self.warnings,
            "by_code": dict(self.by_code),
        }
        if self.good_if_supplied is not None:
            found["good_if_supplied"] = self.good_if_supplied
            found["missing"] = list(self.missing)
        if self.good_if_answered is not None:
            found["good_if_answered"] = self.good_if_answered
            found["asked"] = list(self.asked)
        return found


@dataclass(frozen=True, slots=True)
class SourceLine:
    """What was read. `delimiter` and `encoding` are None for a DataFrame; `reason` says how the delimiter was recognised.

    Where the source is several files, they are the `files`; `path` names them together, `records` is their sum, and what does not
    agree is None.
    """

    path: str | None
    records: int
    encoding: str | None = None
    delimiter: str | None = None
    reason: str | None = None
    sheet: str | None = None
    columns: int = 0
    files: tuple[SourceLine, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanLine:
    """What it was judged against."""

    entity_type: str
    operation: str | None
    match_key: str | None
    digest: str


@dataclass(frozen=True, slots=True)
class Content:
    """Everything a renderer needs, and nothing it would have to compute.

    `findings` and `changes` start a fresh pass over the complete lists in source order; `groups` carry exact counts and a few
    examples each, so that a renderer of summaries costs the same however many findings there are. `values` (show, mask, hide) has
    already been applied to every text in here. `hints` are what to do next, one sentence each.
    """

    version: str
    source: SourceLine
    plan: PlanLine | None
    summary: Summary
    groups: tuple[Group, ...]
    columns: tuple[ColumnLine, ...]
    findings: Callable[[], Iterator[Finding]]
    changes: Callable[[], Iterator[Change]]
    truncated: bool = False
    values: str = "show"
    hints: tuple[str, ...] = field(default=())
    resembles: str | None = None
