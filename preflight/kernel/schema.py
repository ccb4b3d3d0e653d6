"""The pandera schema of a plan: public product and gate. The only module that knows pandera.

Columns have no pandera dtype: the type is the first check of a column and silences the column's other checks, so that one schema
serves the Arrow frame of the engines and an ordinary pandas frame in any storage. Every check is made by one registered factory
from plain statistics, so that an exported schema loads again wherever `import preflight` has run; a frame-level check makes a load
without that import fail loudly instead of passing bad data.
"""

from __future__ import annotations

import contextlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pandas as pd
import pandera.pandas as pandera
import pyarrow as pa
import pyarrow.compute as pc
from pandera.api.checks import Check
from pandera.config import config_context
from pandera.errors import SchemaError, SchemaErrors

from preflight.contract.field import Field, FieldType, Operation
from preflight.contract.plan import Plan
from preflight.errors import Disagreement
from preflight.rules import values
from preflight.rules.codes import CODES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["gate", "schema_of", "to_frame"]

Array = Any
CHECK = "preflight"
FRAME_CHECK = "preflight_contract"

ARROW_TYPES: dict[FieldType, pa.DataType] = {
    FieldType.INTEGER: pa.int64(),
    FieldType.NUMBER: pa.float64(),
    FieldType.CURRENCY: pa.float64(),
    FieldType.PERCENT: pa.float64(),
    FieldType.BOOLEAN: pa.bool_(),
    FieldType.DATE: pa.date32(),
    FieldType.DATETIME: pa.timestamp("us", tz="UTC"),
}
"""The Arrow type of a typed column; every other field type is a string."""


def _is_string(kind: pa.DataType) -> bool:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)


_KINDS: dict[str, Callable[[pa.DataType], bool]] = {
    "string": _is_string,
    "integer": pa.types.is_integer,
    "number": lambda kind: pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_decimal(kind),
    "boolean": pa.types.is_boolean,
    "date": pa.types.is_date,
    "datetime": lambda kind: pa.types.is_timestamp(kind) and kind.tz is not None,
}
_KIND_OF: dict[FieldType, str] = {
    FieldType.INTEGER: "integer",
    FieldType.NUMBER: "number",
    FieldType.CURRENCY: "number",
    FieldType.PERCENT: "number",
    FieldType.BOOLEAN: "boolean",
    FieldType.DATE: "date",
    FieldType.DATETIME: "datetime",
}


def _as_arrow(series: pd.Series[Any]) -> Array:
    """A column of a user's frame as one Arrow array."""
    found = pa.array(series, from_pandas=True)
    if isinstance(found, pa.ChunkedArray):
        found = found.combine_chunks() if found.num_chunks != 1 else found.chunk(0)
    return found


def _arrow_or_none(series: pd.Series[Any]) -> Array | None:
    """The column as Arrow, None where it mixes things that have no common type."""
    try:
        return _as_arrow(series)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, TypeError, ValueError):
        return None


def _whole(column: Array, kind: str) -> Array:
    """Floats that are whole numbers as integers (pandas makes floats of integers with blanks); stamps of midnight as dates."""
    if kind == "integer" and pa.types.is_floating(column.type):
        return column.cast(pa.int64(), safe=True)
    if kind == "date" and pa.types.is_timestamp(column.type) and column.type.tz is None:
        return column.cast(pa.date32(), safe=True)
    return column


def _typed(series: pd.Series[Any], kind: str) -> Array | None:
    """The column if it has the type, else None. A column of nulls has every type."""
    column = _arrow_or_none(series)
    if column is None or pa.types.is_null(column.type):
        return column
    try:
        column = _whole(column, kind)
    except pa.ArrowInvalid:
        return None
    return column if _KINDS[kind](column.type) else None


def _fails_rule(column: Array, rule: str, arg: Any) -> Array:
    """The mask of the cells that break a rule: the kernel's own predicates."""
    if rule == "blank":
        return values.blank(column)
    if rule == "max_length":
        return values.too_long(column, arg)
    if rule == "range":
        return values.out_of_range(column, arg[0], arg[1])
    if rule == "values":
        return values.not_allowed(column, tuple(arg))
    return values.pattern_fails(column, arg)


def _check(code: str, rule: str, kind: str, arg: Any = None) -> Check:
    """One check of a column, from plain statistics alone."""

    def preflight(series: pd.Series[Any]) -> Any:
        column = _typed(series, kind)
        if rule == "type":
            return column is not None
        if column is None or (pa.types.is_null(column.type) and rule != "blank"):
            return True  # the type says it; a rule about values has nothing to judge
        failing = _fails_rule(column, rule, arg)
        return pd.Series(pc.invert(failing).to_numpy(zero_copy_only=False), index=series.index)

    preflight.__name__ = CHECK
    return Check(
        preflight,
        name=code,
        error=f"{code} {CODES[code].name}",
        ignore_na=False,
        statistics={"code": code, "rule": rule, "kind": kind, "arg": arg},
    )


def _registered(code: str, rule: str, kind: str, arg: Any = None, **_: Any) -> Check:
    return _check(code, rule, kind, arg)


def _frame_check(entity: str, one_of: Any = ()) -> Check:
    groups = [tuple(group) for group in one_of]

    def preflight_contract(frame: pd.DataFrame) -> Any:
        good = pd.Series(True, index=frame.index)
        for group in groups:
            fed = [name for name in group if name in frame.columns]
            if fed:
                good &= ~frame[fed].isna().all(axis=1)
        return good

    preflight_contract.__name__ = FRAME_CHECK
    return Check(
        preflight_contract,
        name="PF407" if groups else FRAME_CHECK,
        error=f"PF407 {CODES['PF407'].name}",
        ignore_na=False,
        statistics={"entity": entity, "one_of": [list(group) for group in groups]},
    )


def _registered_frame(entity: str, one_of: Any = (), **_: Any) -> Check:
    return _frame_check(entity, one_of)


def register() -> None:
    """Let pandera find our checks when a schema is loaded. Harmless to repeat."""
    Check.REGISTERED_CUSTOM_CHECKS[CHECK] = _registered
    Check.REGISTERED_CUSTOM_CHECKS[FRAME_CHECK] = _registered_frame


register()


def _checks_of(plan: Plan, field: Field) -> list[Check]:
    kind = _KIND_OF.get(field.type, "string")
    type_code = {"integer": "PF302", "number": "PF303", "boolean": "PF304", "date": "PF305", "datetime": "PF306"}.get(kind, "PF301")
    checks = [_check(type_code, "type", kind)]
    is_key = field.name == plan.match_key and plan.operation in (Operation.UPDATE, Operation.UPSERT)
    if is_key or plan.is_required(field):
        checks.append(_check("PF501" if is_key else "PF401", "blank", kind))
    if field.max_length is not None:
        checks.append(_check("PF403", "max_length", kind, field.max_length))
    if field.min is not None or field.max is not None:
        checks.append(_check("PF404", "range", kind, [field.min, field.max]))
    if field.values:
        checks.append(_check("PF405", "values", kind, list(field.values)))
    if field.pattern is not None:
        checks.append(_check("PF406", "pattern", kind, field.pattern))
    return checks


@lru_cache(maxsize=64)
def schema_of(plan: Plan, names: tuple[str, ...] | None = None) -> pandera.DataFrameSchema:
    """The schema of a plan: `pandera.pandas.DataFrameSchema`, columns named by field, in contract order.

    Without `names` all fields of the contract, those not required optional; with them exactly these columns.
    """
    columns = {}
    for field in plan.contract.fields:
        if names is not None and field.name not in names:
            continue
        needed = (
            names is not None
            or field.name == plan.match_key
            or (plan.is_required(field) and plan.operation is not Operation.UPDATE)
        )
        columns[field.name] = pandera.Column(
            None,
            checks=_checks_of(plan, field),
            nullable=True,
            required=needed,
            description=field.description or None,
            title=field.label,
        )
    frame = _frame_check(plan.contract.entity_type, plan.one_of)
    return pandera.DataFrameSchema(columns, checks=[frame], name=plan.contract.entity_type, strict=False, ordered=False)


def to_frame(table: pa.Table) -> pd.DataFrame:
    """An Arrow table as the frame that the schema sees: Arrow-backed columns, no copy."""
    return table.to_pandas(types_mapper=pd.ArrowDtype)


def gate(plan: Plan, table: pa.Table) -> pd.DataFrame:
    """The frame of rows that the kernel calls good, once the schema has let them pass.

    It judges afresh, whatever pandera's environment switches say, and in whichever thread it is called. Raises Disagreement, which
    names code, column and count, never a value.
    """
    frame = to_frame(table)
    if not table.num_rows:
        return frame
    schema = schema_of(plan, tuple(table.column_names))
    with _switched_on():
        try:
            schema.validate(_private(frame), lazy=False, inplace=True)
        except (SchemaError, SchemaErrors) as refused:
            raise Disagreement(_words(refused)) from None
    return frame


@contextlib.contextmanager
def _switched_on() -> Iterator[None]:
    """Validation on and complete, in this thread: pandera keeps its switches in a context variable."""
    with config_context(validation_enabled=True, validation_depth=pandera_depth()):
        yield


def pandera_depth() -> Any:
    """The depth at which both schema and data are judged."""
    from pandera.config import ValidationDepth

    return ValidationDepth.SCHEMA_AND_DATA


def _private(frame: pd.DataFrame) -> pd.DataFrame:
    """A shallow copy: pandera may attach its own accessor without touching the caller's frame."""
    return frame.copy(deep=False)


def _words(refused: SchemaError | SchemaErrors) -> str:
    errors = refused.schema_errors if isinstance(refused, SchemaErrors) else [refused]
    first = errors[0]
    check = getattr(first, "check", None)
    name = getattr(check, "name", None) or str(getattr(first, "reason_code", "schema"))
    column = getattr(getattr(first, "schema", None), "name", None)
    return (
        f"preflight disagrees with itself: the pandera schema refuses rows that the kernel calls good ({name} on {column!r}). "
        "Nothing was written. Please report this with the plan file."
    )
