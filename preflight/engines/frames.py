"""DataFrames and Arrow tables as text: what a cell of each storage is in writing.

A number is written as it was before pandas read it: whole floats lose the ``.0`` that a blank in the column gave them, other floats
have the shortest text that reads back equal. A bool is true or false, a stamp ISO 8601 with its offset, a date YYYY-MM-DD. Blanks
of every kind (None, NaN, NaT, pd.NA) are null; the text "nan" is text.
"""

from __future__ import annotations

import contextlib
import datetime
import decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["column_text"]

Array = Any
_EXACT = 2.0**53


def column_text(column: Any) -> tuple[Array, Array | None]:
    """A pandas column or an Arrow array as Arrow text, and the mask of cells that hold an object without a text (None: nowhere)."""
    if isinstance(column, pd.Series):
        if column.dtype == object:
            return _objects(column)
        column = _arrow(column)
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    return _text(column)


def _arrow(series: pd.Series[Any]) -> Array:
    if isinstance(series.dtype, pd.CategoricalDtype):
        codes = pa.array(series.cat.codes.to_numpy(), mask=(series.cat.codes == -1).to_numpy())
        categories, _ = column_text(pd.Series(series.cat.categories))
        return categories.take(codes.cast(pa.int32()))
    if isinstance(series.dtype, (pd.PeriodDtype, pd.IntervalDtype)):
        return pa.array(series.astype("str"), from_pandas=True)
    return pa.array(series, from_pandas=True)


def _text(column: Array) -> tuple[Array, Array | None]:
    kind = column.type
    if pa.types.is_dictionary(kind):
        values, _ = _text(column.dictionary)
        return values.take(column.indices), None
    if pa.types.is_string(kind):
        return column, None
    if pa.types.is_null(kind):
        return pa.nulls(len(column), pa.string()), None
    if pa.types.is_large_string(kind):
        # pyarrow 26: what is cast from a slice looks right, but ascii_lower reads it wrongly. So the slice is copied first.
        return pa.concat_arrays([column, column.slice(0, 0)]).cast(pa.string()), None
    if pa.types.is_string_view(kind) or pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return column.cast(pa.string()), None
    if pa.types.is_floating(kind):
        return _floats(column), None
    if pa.types.is_decimal(kind):
        return pa.array([None if one is None else format(one, "f") for one in column.to_pylist()], pa.string()), None
    if pa.types.is_date(kind):
        return pc.strftime(column.cast(pa.date32()), format="%Y-%m-%d"), None
    if pa.types.is_timestamp(kind):
        return _stamps(column), None
    if pa.types.is_time(kind) or pa.types.is_duration(kind):
        return column.cast(pa.string()) if pa.types.is_time(kind) else column.cast(pa.int64()).cast(pa.string()), None
    return _objects(pd.Series(column.to_pylist(), dtype=object))


def _floats(column: Array) -> Array:
    numbers = column.to_numpy(zero_copy_only=False).astype(np.float64)
    missing = column.is_null() if column.null_count else None
    with np.errstate(invalid="ignore"):
        whole = np.isfinite(numbers) & (np.abs(numbers) < _EXACT) & (numbers == np.floor(numbers))
    text = column.cast(pa.string())
    if whole.any():
        digits = pa.array(np.where(whole, numbers, 0).astype(np.int64)).cast(pa.string())
        text = pc.if_else(pa.array(whole), digits, text)
    return text if missing is None else pc.if_else(missing, pa.scalar(None, pa.string()), text)


def _stamps(column: Array) -> Array:
    zone = column.type.tz
    text = pc.strftime(column, format="%Y-%m-%dT%H:%M:%S")
    if column.type.unit != "s":  # strftime prints the fraction with the seconds; nothing is printed where it is zero
        text = pc.replace_substring_regex(text, r"(\.\d*?)0+$", r"\1")
        text = pc.replace_substring_regex(text, r"\.$", "")
    if zone is None:
        return text
    offset = pc.replace_substring_regex(pc.strftime(column, format="%z"), r"^([+-]\d\d)(\d\d)$", r"\1:\2")
    return pc.binary_join_element_wise(text, offset, "")


def _objects(series: pd.Series[Any]) -> tuple[Array, Array | None]:
    """A column of Python objects. Text alone goes straight to Arrow; mixed objects are written one by one."""
    kind = pd.api.types.infer_dtype(series, skipna=True)
    if kind in ("string", "empty"):
        with contextlib.suppress(UnicodeEncodeError):  # a lone surrogate: written one by one below
            return pa.array(series, pa.string(), from_pandas=True), None
    written: list[str | None] = []
    strange = np.zeros(len(series), dtype=bool)
    for at, value in enumerate(series.tolist()):
        text = _written(value)
        if text is NotImplemented:
            strange[at] = True
            text = None
        written.append(text)
    return pa.array(written, pa.string()), pa.array(strange) if strange.any() else None


def _written(value: Any) -> Any:
    """The text of one object; None for a blank, NotImplemented for what has no text."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()  # a lone surrogate has no UTF-8; it becomes ?
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    if isinstance(value, decimal.Decimal):
        return None if value.is_nan() else format(value, "f")
    if isinstance(value, (float, np.floating)):
        if np.isnan(value):
            return None
        number = float(value)
        return str(int(number)) if number.is_integer() and abs(number) < _EXACT else repr(number)
    return _written_day(value)


def _written_day(value: Any) -> Any:
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, (pd.Timestamp, datetime.datetime)):
        return value.isoformat()
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, np.datetime64):
        return None if np.isnat(value) else pd.Timestamp(value).isoformat()
    return NotImplemented
