"""Typed cells of Parquet files, workbooks and Arrow tables as the text that a person would have typed."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["column_text", "value_text", "without_empty"]

Array = Any  # pyarrow.Array; pyarrow ships no types

_EXACT = 2.0**53
"""Beyond it a float does not tell one whole number from the next, and its digits would be invented."""
_KEPT = 1e15
"""A spreadsheet keeps 15 digits of a number: from here on the last one is no longer what was typed, and is shown as an exponent."""
_MIDNIGHT = datetime.time()


def column_text(column: Array) -> tuple[Array, Array | None]:
    """A column of any Arrow type as text, and the mask of cells that have no text (lists, structs, durations, bytes), if any.

    Whole floats lose their ``.0``, NaN is null, bools are true and false, dates YYYY-MM-DD, times of day and stamps ISO 8601 with
    the offset of their zone, Z for that of UTC, as they are sent. The empty text is null.
    """
    text, strange = _text(column)
    return without_empty(text), strange


def without_empty(text: Array) -> Array:
    """The text with nulls in place of the empty text: an empty cell holds nothing, in a frame as in a file."""
    if not len(text):
        return text
    _, offsets, data = text.buffers()
    bounds = np.frombuffer(offsets, dtype=np.int32)[text.offset : text.offset + len(text) + 1]
    filled = bounds[1:] > bounds[:-1]
    if filled.all():
        return text
    if text.null_count:
        filled &= text.is_valid().to_numpy(zero_copy_only=False)
    mask = pa.py_buffer(np.packbits(filled, bitorder="little"))
    # pyarrow 26 lowers and joins texts wrongly whose bounds do not begin at 0, as those of a slice.
    start = int(bounds[0])
    cells = pa.py_buffer(b"") if data is None else data.slice(start)
    return pa.Array.from_buffers(pa.string(), len(text), [mask, pa.py_buffer(bounds - start if start else bounds), cells])


def _text(column: Array) -> tuple[Array, Array | None]:
    kind, types = column.type, pa.types
    if types.is_dictionary(kind):
        values, strange = _text(column.dictionary)
        return values.take(column.indices), None if strange is None else pc.fill_null(strange.take(column.indices), False)
    if types.is_null(kind):
        return pa.nulls(len(column), pa.string()), None
    if types.is_floating(kind):
        return _floats(column), None
    if types.is_decimal(kind):
        return pa.array([None if one is None else format(one, "f") for one in column.to_pylist()], pa.string()), None
    if types.is_date(kind):
        return pc.strftime(column.cast(pa.date32()), format="%Y-%m-%d"), None
    if types.is_timestamp(kind):
        return _stamps(column), None
    if types.is_time(kind):
        return _without_zeros(column.cast(pa.string())), None
    if types.is_string(kind):
        return column, None
    if types.is_large_string(kind):
        # pyarrow 26: what is cast from a slice looks right, but ascii_lower reads it wrongly. So the slice is copied first.
        return pa.concat_arrays([column, column.slice(0, 0)]).cast(pa.string()), None
    if types.is_integer(kind) or types.is_boolean(kind) or types.is_string_view(kind):
        return column.cast(pa.string()), None
    return _others(column)


def _floats(column: Array) -> Array:
    numbers = column.cast(pa.float32()).cast(pa.float64()) if pa.types.is_float16(column.type) else column.cast(pa.float64())
    values = numbers.to_numpy(zero_copy_only=False)
    whole = np.isfinite(values) & (np.abs(values) < _EXACT) & (values == np.floor(values))
    written = (numbers if pa.types.is_float16(column.type) else column).cast(pa.string())
    if whole.any():
        digits = pa.array(np.where(whole, values, 0).astype(np.int64)).cast(pa.string())
        written = pc.if_else(pa.array(whole), digits, written)
    missing = np.isnan(values)
    return pc.if_else(pa.array(missing), pa.scalar(None, pa.string()), written) if missing.any() else written


def _stamps(column: Array) -> Array:
    text = _without_zeros(pc.strftime(column, format="%Y-%m-%dT%H:%M:%S"))
    if column.type.tz is None:
        return text
    zone = pc.strftime(column, format="%z")
    offset = pc.replace_substring_regex(zone, r"^([+-]\d\d)(\d\d)$", r"\1:\2")
    return pc.binary_join_element_wise(text, pc.if_else(pc.equal(zone, "+0000"), "Z", offset), "")


def _without_zeros(text: Array) -> Array:
    """Fractions of a second without the zeros at their end."""
    return pc.replace_substring_regex(pc.replace_substring_regex(text, r"(\.\d*?)0+$", r"\1"), r"\.$", "")


def _others(column: Array) -> tuple[Array, Array | None]:
    """Bytes that are UTF-8 are text; whatever else is a cell without a text."""
    if isinstance(column, pa.ExtensionArray):
        return _text(column.storage)
    if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type) or pa.types.is_binary_view(column.type):
        try:
            return column.cast(pa.binary()).cast(pa.string()), None
        except pa.ArrowInvalid:
            return _decoded(column.to_pylist())
    filled = column.is_valid()
    return pa.nulls(len(column), pa.string()), filled if pc.any(filled).as_py() else None


def _decoded(cells: list[bytes | None]) -> tuple[Array, Array]:
    """Bytes of which some are not UTF-8, one by one: what is no text must not depend on what stands beside it."""
    texts: list[str | None] = []
    for cell in cells:
        try:
            texts.append(None if cell is None else cell.decode())
        except UnicodeDecodeError:
            texts.append(None)
    return pa.array(texts, pa.string()), pa.array(
        [cell is not None and text is None for cell, text in zip(cells, texts, strict=True)]
    )


def value_text(value: Any) -> str | None:
    """The text of one cell of a workbook: None for an empty one. A stamp at midnight is a date, as a spreadsheet shows it."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if not value.is_integer():
            return repr(value)
        return str(int(value)) if abs(value) < _KEPT else f"{value:.15g}"
    if isinstance(value, datetime.datetime) and value.time() == _MIDNIGHT and value.tzinfo is None:
        return value.date().isoformat()
    if isinstance(value, datetime.date | datetime.time):
        return _without_fraction(value.isoformat())
    return None if value is None else str(value)


def _without_fraction(text: str) -> str:
    return text.rstrip("0") if "." in text else text
