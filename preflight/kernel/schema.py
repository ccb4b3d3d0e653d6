"""The pandera schema of a plan: public product and gate. The only module that knows pandera.

Columns have no pandera dtype: the type is the first check of a column and silences the column's other checks, so that one schema
serves the Arrow frame of the engines and an ordinary pandas frame in any storage. Every check is made from plain statistics by one
factory, which `exports.py` lets pandera find, so that an exported schema loads again wherever `import preflight` has run; the check
of the frame makes a load without that import fail loudly instead of passing bad data.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from preflight.contract.field import Field, FieldType, Operation
from preflight.contract.plan import Plan
from preflight.errors import Disagreement
from preflight.kernel.spark_hidden import spark_hidden
from preflight.rules import values
from preflight.rules.codes import CODES

with spark_hidden():
    import pandera.pandas as pandera
    from pandera.api.checks import Check
    from pandera.backends.pandas.checks import PandasCheckBackend
    from pandera.backends.pandas.components import ColumnBackend
    from pandera.backends.pandas.container import DataFrameSchemaBackend
    from pandera.config import ValidationDepth, config_context
    from pandera.errors import SchemaError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["column_check", "frame_check", "gate", "schema_of", "to_frame"]

Array = Any
_TWO_GIBIBYTES = (1 << 31) - 1


def _is_string(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


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
_TYPE_CODES = {"integer": "PF302", "number": "PF303", "boolean": "PF304", "date": "PF305", "datetime": "PF306", "string": "PF301"}


def _as_arrow(series: pd.Series[Any]) -> Array:
    """A column of a user's frame as one Arrow array. Raises pyarrow's errors where it mixes things that have no common type."""
    found = pa.array(series, from_pandas=True)
    if not isinstance(found, pa.ChunkedArray):
        return found
    if _is_string(found.type) and found.nbytes > _TWO_GIBIBYTES:
        found = found.cast(pa.large_string())
    return found.combine_chunks() if found.num_chunks != 1 else found.chunk(0)


def _plain(column: Array, kind: str) -> Array:
    """The same values in the plainest type. Storages that pandas needs for blanks or has no better for are seen through: whole
    floats beside blanks are integers, stamps of midnight days, a category what its values are."""
    found = column.type
    if pa.types.is_dictionary(found):
        if _is_string(found.value_type):
            return column
        column = column.dictionary_decode()
        found = column.type
    if pa.types.is_string_view(found):
        return column.cast(pa.string())
    if kind == "integer" and pa.types.is_floating(found):
        return column.cast(pa.int64(), safe=True)
    if kind == "date" and pa.types.is_timestamp(found) and found.tz is None:
        days = column.cast(pa.date32())  # which drops a time of day without a word
        return days if days.cast(found).equals(column) else column
    return column


def _typed(series: pd.Series[Any], kind: str) -> Array | None:
    """The column if it has the type, else None. A column without any value has every type."""
    try:
        column = _as_arrow(series)
        if column.null_count == len(column):
            return pa.nulls(len(column))
        column = _plain(column, kind)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, TypeError, ValueError, OverflowError):
        return None
    held = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    return column if _KINDS[kind](held) else None


_RULES: dict[str, Callable[[Array, Any], Array]] = {
    "blank": lambda column, _: values.blank(column),
    "max_length": values.too_long,
    "range": lambda column, arg: values.out_of_range(column, arg[0], arg[1]),
    "values": lambda column, arg: values.not_allowed(column, tuple(arg)),
    "pattern": values.pattern_fails,
}
"""The kernel's own predicates, by the word under which an exported schema names them."""


def preflight(series: pd.Series[Any], *, code: str, rule: str, kind: str, arg: Any = None) -> Any:
    """The check of a column. Its name is the key under which pandera's export names it."""
    column = _typed(series, kind)
    if rule == "type":
        return column is not None
    if column is None or (pa.types.is_null(column.type) and rule != "blank"):
        return True  # the type says it; a rule about values has nothing to judge
    return pd.Series(pc.invert(_RULES[rule](column, arg)).to_numpy(zero_copy_only=False), index=series.index)


def preflight_contract(frame: pd.DataFrame, *, entity: str, one_of: Any = ()) -> Any:
    """The check of the frame: of each group of fields that are there, one has a value. Named as the export names it."""
    good = pd.Series(True, index=frame.index)
    for group in one_of:
        fed = [frame[name] for name in group if name in frame.columns]
        if fed:
            filled = [~pd.Series(values.blank(_as_arrow(one)).to_numpy(zero_copy_only=False), index=frame.index) for one in fed]
            good &= pd.concat(filled, axis=1).any(axis=1)
    return good


def column_check(code: str, rule: str, kind: str, arg: Any = None, *, cls: type[Check] = Check, **_: Any) -> Check:
    """One check of a column, from plain statistics alone. What else an export adds is put in place by pandera."""
    error = f"{code} {CODES[code].name}"
    return cls(preflight, name=code, error=error, ignore_na=False, code=code, rule=rule, kind=kind, arg=arg)


def frame_check(entity: str, one_of: Any = (), *, cls: type[Check] = Check, **_: Any) -> Check:
    """The check of the frame. It is there also where the contract has no groups: see trap 23 above."""
    groups = [list(group) for group in one_of]
    error = f"PF407 {CODES['PF407'].name}"
    return cls(preflight_contract, name="PF407", error=error, ignore_na=False, entity=entity, one_of=groups)


def _checks_of(plan: Plan, field: Field, cls: type[Check]) -> list[Check]:
    kind = _KIND_OF.get(field.type, "string")
    is_key = field.name == plan.match_key and plan.operation in (Operation.UPDATE, Operation.UPSERT)
    found: list[tuple[str, str, Any]] = [(_TYPE_CODES[kind], "type", None)]
    if is_key or plan.is_required(field):
        found.append(("PF501" if is_key else "PF401", "blank", None))
    if field.max_length is not None:
        found.append(("PF403", "max_length", field.max_length))
    if field.min is not None or field.max is not None:
        found.append(("PF404", "range", [field.min, field.max]))
    if field.values:
        found.append(("PF405", "values", list(field.values)))
    if field.pattern is not None:
        found.append(("PF406", "pattern", field.pattern))
    return [column_check(code, rule, kind, arg, cls=cls) for code, rule, arg in found]


def schema_of(plan: Plan) -> pandera.DataFrameSchema:
    """The schema of a plan: a `pandera.pandas.DataFrameSchema`, columns named by field, in contract order. It is the caller's own.

    Columns that the operation asks for are required, the others may be absent.
    """
    columns = {
        field.name: pandera.Column(
            None,
            checks=_checks_of(plan, field, Check),
            nullable=True,
            required=field.name == plan.match_key or (plan.is_required(field) and plan.operation is not Operation.UPDATE),
            description=field.description or None,
            title=field.label,
        )
        for field in plan.contract.fields
    }
    frame = frame_check(plan.contract.entity_type, plan.one_of)
    return pandera.DataFrameSchema(columns, checks=[frame], name=plan.contract.entity_type, strict=False, ordered=False)


class _GateCheck(Check):  # type: ignore[misc]  # pandera is untyped here
    """A check that is always worked by pandera's own backend for pandas, whatever backend the environment asks for."""

    @classmethod
    def get_backend(cls, check_obj: Any) -> Any:
        return PandasCheckBackend


class _GateColumn(pandera.Column):  # type: ignore[misc]  # pandera is untyped here
    """A column of which the same holds."""

    @classmethod
    def get_backend(cls, check_obj: Any = None, check_type: Any = None) -> Any:
        return ColumnBackend()


class _GateSchema(pandera.DataFrameSchema):  # type: ignore[misc]  # pandera is untyped here
    """A schema of which the same holds."""

    @classmethod
    def get_backend(cls, check_obj: Any = None, check_type: Any = None) -> Any:
        return DataFrameSchemaBackend()


@lru_cache(maxsize=64)
def _gate_schema(plan: Plan, names: tuple[str, ...]) -> _GateSchema:
    """The schema of exactly these columns, all of them required."""
    columns = {
        field.name: _GateColumn(None, checks=_checks_of(plan, field, _GateCheck), nullable=True, required=True)
        for field in plan.contract.fields
        if field.name in names
    }
    entity = plan.contract.entity_type
    return _GateSchema(columns, checks=[frame_check(entity, plan.one_of, cls=_GateCheck)], name=entity, strict=True)


def to_frame(table: pa.Table) -> pd.DataFrame:
    """An Arrow table as the frame that the schema sees: Arrow-backed columns, no copy."""
    frame: pd.DataFrame = table.to_pandas(types_mapper=pd.ArrowDtype)
    return frame


def gate(plan: Plan, table: pa.Table) -> None:
    """Let rows that the kernel calls good pass the schema.

    It judges afresh, whatever pandera's environment switches say, and in whichever thread it is called. Raises Disagreement, which
    names code, column and count, never a value.
    """
    if not table.num_rows:
        return
    schema = _gate_schema(plan, tuple(table.column_names))
    # pandera keeps these switches in a context variable, so they are set anew in each worker thread.
    with config_context(validation_enabled=True, validation_depth=ValidationDepth.SCHEMA_AND_DATA):
        try:
            schema.validate(to_frame(table), lazy=False, inplace=True)
        except SchemaError as refused:
            raise Disagreement(_words(refused)) from None


def _words(refused: SchemaError) -> str:
    name = getattr(refused.check, "name", None) or str(refused.reason_code)
    column = getattr(refused.schema, "name", None)
    passed = refused.check_output
    count = f"{int((~passed).sum()):,} of {len(passed):,} rows" if isinstance(passed, pd.Series) else "the column"
    return (
        f"preflight disagrees with itself: its schema refuses {count} that its kernel calls good ({name} on {column!r}). "
        "The output is not finished. Please report this with the plan file."
    )
