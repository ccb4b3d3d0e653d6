"""A plan as the JSON of a receipt: read back, it is equal to the plan that was written, and has the same digest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, TypeVar

from preflight.contract.field import Answers, Contract, Field, FieldType, Operation
from preflight.contract.options import ColumnMapping
from preflight.contract.plan import Plan
from preflight.errors import PlanError

__all__ = ["plan_from_json"]

T = TypeVar("T")


def plan_from_json(value: Mapping[str, Any], /) -> Plan:
    """The plan of `dataclasses.asdict(plan)` that went through JSON. Raises PlanError for anything else."""
    try:
        return _record(Plan, value, contract=_contract, operation=_operation, columns=_mappings, answers=_answers)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise PlanError([f"the plan of the run cannot be understood ({type(error).__name__}); write the run again"]) from error


def _record(kind: type[T], value: Mapping[str, Any], **readers: Callable[[Any], Any]) -> T:
    """A dataclass from its properties: lists are tuples, what `readers` name is read by them. Unknown properties are refused: a
    later version may mean something by them."""
    known = {one.name for one in fields(kind)}  # type: ignore[arg-type]  # every kind given here is a dataclass
    if unknown := set(value) - known:
        raise ValueError(f"unknown: {unknown}")
    return kind(**{name: readers.get(name, _frozen)(found) for name, found in value.items()})


def _frozen(value: Any) -> Any:
    return tuple(_frozen(one) for one in value) if isinstance(value, list | tuple) else value


def _contract(value: Mapping[str, Any]) -> Contract:
    return _record(Contract, value, fields=lambda found: tuple(_field(one) for one in found))


def _field(value: Mapping[str, Any]) -> Field:
    return _record(Field, value, type=FieldType, answers=_answers)


def _answers(value: Mapping[str, Any]) -> Answers:
    return _record(Answers, value)


def _operation(value: str | None) -> Operation | None:
    return None if value is None else Operation(value)


def _mappings(value: Any) -> tuple[ColumnMapping, ...]:
    return tuple(_record(ColumnMapping, one) for one in value)
