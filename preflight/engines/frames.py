"""DataFrames and Arrow tables as text: what a cell of each storage is in writing.

A number is written as it was before pandas read it: whole floats lose the ``.0`` that a blank in the column gave them, other floats
have the shortest text that reads back equal. A bool is true or false, a stamp ISO 8601 with its offset (Z for that of UTC), a date
YYYY-MM-DD. Blanks of every kind (None, NaN, NaT, pd.NA) are null; the text "nan" is text.
"""

from __future__ import annotations

import contextlib
import datetime
import decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from preflight.files.cell_text import column_text as arrow_text
from preflight.files.cell_text import without_empty

__all__ = ["column_text"]

Array = Any
_EXACT = 2.0**53


def column_text(column: Any) -> tuple[Array, Array | None]:
    """A pandas column or an Arrow array as Arrow text, and the mask of cells that hold an object without a text (None: nowhere)."""
    if isinstance(column, pd.Series):
        if isinstance(column.dtype, pd.SparseDtype):
            column = pd.Series(np.asarray(column))
        if column.dtype == object or column.dtype.kind == "c":  # complex numbers have no text
            text, strange = _objects(column.astype(object))
            return without_empty(text), strange
        column = _arrow(column)
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    return arrow_text(column)


def _arrow(series: pd.Series[Any]) -> Array:
    if isinstance(series.dtype, pd.CategoricalDtype):
        codes = pa.array(series.cat.codes.to_numpy(), mask=(series.cat.codes == -1).to_numpy())
        categories, _ = column_text(pd.Series(series.cat.categories))
        return categories.take(codes.cast(pa.int32()))
    if isinstance(series.dtype, (pd.PeriodDtype, pd.IntervalDtype)):
        return pa.array(series.astype("str"), from_pandas=True)
    return pa.array(series, from_pandas=True)


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
        written = value.isoformat()
        return f"{written[:-6]}Z" if written.endswith("+00:00") else written
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, np.datetime64):
        return None if np.isnat(value) else pd.Timestamp(value).isoformat()
    return NotImplemented
