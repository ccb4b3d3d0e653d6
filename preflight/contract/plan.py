"""The plan: everything that is decided before any data is read."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace

from preflight.contract.field import Answers, Contract, Field, Operation

__all__ = ["ColumnMapping", "Plan"]


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """One CSV column and its target field. `field` is None for a column that is stated as not sent."""

    column: str
    field: str | None


@dataclass(frozen=True)
class Plan:
    """Contract, operation, match key and column mappings, with the answers and policies of a run.

    Frozen and picklable. `columns` are the stated pairs; headers that they do not name are matched by field name, label and
    alias. `constants` are (field, value) pairs for fields that no column feeds. `blank` names optional fields whose unrepairable
    cells are sent as blank, or is ("optional",). `unmapped` is refuse or drop, `duplicates` reject, first or last.
    """

    contract: Contract
    operation: Operation | None = None
    match_key: str | None = None
    columns: tuple[ColumnMapping, ...] = ()
    constants: tuple[tuple[str, str], ...] = ()
    answers: Answers = Answers()
    blank: tuple[str, ...] = ()
    duplicates: str = "reject"
    unmapped: str = "refuse"

    @property
    def digest(self) -> str:
        """The SHA-256 of everything in the plan, as hexadecimal digits: equal plans have equal digests."""
        text = json.dumps(_plain(self), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def answers_for(self, field: Field) -> Answers:
        """The answers for one column: the field's own over those of the plan."""
        return field.answers.over(self.answers)

    def with_operation(self, operation: Operation) -> Plan:
        """The same plan for another operation."""
        return replace(self, operation=operation)

    @property
    def one_of(self) -> tuple[tuple[str, ...], ...]:
        """The groups of fields of which each row needs one, as far as the operation asks for them: none on update."""
        return () if self.operation is Operation.UPDATE else self.contract.one_of

    def is_required(self, field: Field) -> bool:
        """Whether a row without this field is rejected, the column being mapped. A field of a `one_of` group is not by itself."""
        return field.required and not any(field.name in group for group in self.contract.one_of)

    def may_blank(self, field: Field) -> bool:
        """Whether an unrepairable cell of the field is sent as blank: never the match key, never a required field."""
        if field.name == self.match_key or self.is_required(field) or any(field.name in group for group in self.contract.one_of):
            return False
        return field.name in self.blank or "optional" in self.blank


def _plain(value: object) -> object:
    return asdict(value) if hasattr(value, "__dataclass_fields__") else value  # type: ignore[call-overload]
