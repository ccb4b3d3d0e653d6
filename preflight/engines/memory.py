"""Sources that are in memory already: pandas DataFrames, and whatever has an Arrow stream (polars, pyarrow, DuckDB)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa

from preflight.engines.frames import column_text
from preflight.errors import UnreadableInput
from preflight.findings import Finding, SourceLine
from preflight.rows import Chunk

__all__ = ["FrameSource", "frame_source"]

Array = Any
_ROWS = 1 << 18


@dataclass(frozen=True)
class FrameSource:
    """A table in memory as a source. Its columns are text already; the caller's object is never written to."""

    header: tuple[str, ...]
    columns: tuple[Array, ...]
    objects: tuple[tuple[int, Array], ...]
    length: int
    rows_per_chunk: int = _ROWS
    path: str | None = None

    def chunks(self) -> Iterator[Chunk]:
        """The rows in order, cut so that two threads have something to do."""
        for start in range(0, self.length, self.rows_per_chunk):
            length = min(self.rows_per_chunk, self.length - start)
            yield Chunk(
                tuple(column.slice(start, length) for column in self.columns),
                start,
                length,
                objects=tuple((number, mask.slice(start, length)) for number, mask in self.objects),
            )

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
    raise UnreadableInput(
        f"{type(data).__name__} cannot be read; give a DataFrame, a path, or what has an Arrow stream (polars, pyarrow, DuckDB)"
    )


def _from_pandas(frame: pd.DataFrame) -> FrameSource:
    header = tuple(_name(name) for name in frame.columns)
    pairs = [column_text(frame.iloc[:, number]) for number in range(frame.shape[1])]
    return _made(header, pairs, len(frame))


def _from_arrow(table: pa.Table) -> FrameSource:
    pairs = [column_text(column) for column in table.columns]
    return _made(tuple(table.column_names), pairs, table.num_rows)


def _made(header: tuple[str, ...], pairs: list[tuple[Array, Array | None]], length: int) -> FrameSource:
    objects = tuple((number, mask) for number, (_, mask) in enumerate(pairs) if mask is not None)
    return FrameSource(header, tuple(text for text, _ in pairs), objects, length)


def _name(name: Any) -> str:
    """The name of a column as a header: the levels of a MultiIndex are joined by a blank."""
    if isinstance(name, tuple):
        return " ".join(str(part) for part in name if str(part))
    return str(name)
