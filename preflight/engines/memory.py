"""Sources that are in memory already: pandas DataFrames, and whatever has an Arrow stream (polars, pyarrow, DuckDB)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa

from preflight.engines.frames import column_text
from preflight.errors import UnreadableInput
from preflight.findings import Finding, SourceLine
from preflight.rows import Chunk

__all__ = ["READABLE", "FrameSource", "frame_source"]

Array = Any
Column = Any  # a pandas Series, or a pyarrow ChunkedArray
READABLE = "give a DataFrame, a path, a list of paths, or what has an Arrow stream (polars, pyarrow, DuckDB)"
"""What is said of anything that is no source."""
_ROWS = 1 << 18
_BYTES = 1 << 28


@dataclass(frozen=True)
class FrameSource:
    """A table in memory as a source. The caller's object is never written to, and later writes to it change nothing here."""

    header: tuple[str, ...]
    columns: tuple[Column, ...]
    length: int
    rows_per_chunk: int = _ROWS
    path: str | None = None
    index: pd.Index[Any] | None = None

    def chunks(self) -> Iterator[Chunk]:
        """The rows in order, cut so that two threads have something to do and no text of a chunk outgrows its offsets."""
        rows = min(self.rows_per_chunk, max(1, int(_BYTES * self.length / max(_BYTES, *map(_size, self.columns), 1))))
        for start in range(0, self.length, rows):
            yield self._chunk(start, min(rows, self.length - start))

    def _chunk(self, start: int, length: int) -> Chunk:
        pairs = [column_text(_part(column, start, length)) for column in self.columns]
        objects = tuple((number, mask) for number, (_, mask) in enumerate(pairs) if mask is not None)
        return Chunk(tuple(text for text, _ in pairs), start, length, objects=objects, share=(start + length) / self.length)

    @property
    def label_of(self) -> Callable[[int], object] | None:
        """What the caller calls a row; None where that is its position."""
        counted = isinstance(self.index, pd.RangeIndex) and self.index.equals(pd.RangeIndex(self.length))
        return None if self.index is None or counted else self.index.__getitem__

    @property
    def index_names(self) -> tuple[str, ...]:
        """The names of the levels of the index that have one."""
        return () if self.index is None else tuple(_name(name) for name in self.index.names if name is not None)

    @property
    def numeric(self) -> frozenset[int]:
        """The numbers of the columns whose storage is that of numbers."""
        return frozenset(number for number, column in enumerate(self.columns) if _is_numeric(column))

    def findings(self) -> tuple[Finding, ...]:
        """Nothing is to be said about a frame as a whole."""
        return ()

    def line(self) -> SourceLine:
        """What was read."""
        return SourceLine(None, self.length, columns=len(self.header))


def frame_source(data: Any) -> FrameSource:
    """A DataFrame, or anything with the Arrow stream interface, as a source. Raises UnreadableInput."""
    if isinstance(data, pd.Series):
        raise UnreadableInput("a Series has one column and no field names; give a DataFrame, for instance series.to_frame()")
    if isinstance(data, pd.DataFrame):
        return _from_pandas(data)
    if hasattr(data, "__arrow_c_stream__"):
        return _from_arrow(pa.table(data))
    raise UnreadableInput(f"{type(data).__name__} cannot be read; {READABLE}")


def _from_pandas(frame: pd.DataFrame) -> FrameSource:
    kept = frame.copy(deep=False)
    header = tuple(_name(name) for name in kept.columns)
    return FrameSource(header, tuple(kept.iloc[:, number] for number in range(kept.shape[1])), len(kept), index=kept.index)


def _from_arrow(table: pa.Table) -> FrameSource:
    return FrameSource(tuple(table.column_names), tuple(table.columns), table.num_rows)


def _size(column: Column) -> int:
    """About how many bytes the column has as text."""
    return int(column.memory_usage(index=False) if isinstance(column, pd.Series) else column.nbytes)


def _is_numeric(column: Column) -> bool:
    if isinstance(column, pd.Series):
        return pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype)
    kind = column.type
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _part(column: Column, start: int, length: int) -> Column:
    return column.iloc[start : start + length] if isinstance(column, pd.Series) else column.slice(start, length)


def _name(name: Any) -> str:
    """The name of a column as a header: the levels of a MultiIndex are joined by a blank."""
    if isinstance(name, tuple):
        return " ".join(str(part) for part in name if str(part))
    return str(name)
