"""Parquet as a Source: every row counts, and there are no lines."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from preflight.errors import UnreadableInput
from preflight.files.cell_text import column_text
from preflight.files.remarks import no_records
from preflight.findings import Finding, SourceLine
from preflight.rows import Chunk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.files.options import ReadOptions
    from preflight.files.origin import Origin

__all__ = ["ParquetSource", "open_parquet"]

_INDEX = re.compile(r"__index_level_\d+__")
_BYTES_A_CELL = 16
_LEAST_ROWS, _MOST_ROWS = 1024, 131_072


class ParquetSource:
    """A Source over a Parquet file. An index that pandas stored beside the columns is left out. Made by `open_parquet`."""

    def __init__(self, origin: Origin, names: tuple[str, ...], options: ReadOptions) -> None:
        self._origin = origin
        self._taken = tuple(number for number, name in enumerate(names) if not _INDEX.fullmatch(name))
        self._header = tuple(names[number] for number in self._taken)
        self._rows_a_chunk = min(max(options.block_bytes // (_BYTES_A_CELL * len(names)), _LEAST_ROWS), _MOST_ROWS)
        self._rows: int | None = None

    @property
    def header(self) -> tuple[str, ...]:
        """The names of the columns."""
        return self._header

    @property
    def path(self) -> str | None:
        """What the user called the file."""
        return self._origin.name

    def chunks(self) -> Iterator[Chunk]:
        """A fresh pass over all rows. Raises UnreadableInput (PF001) where the file is damaged or changed."""
        row = 0
        with _opened(self._origin) as file:
            rows = file.metadata.num_rows
            for batch in file.iter_batches(batch_size=self._rows_a_chunk):
                if batch.num_rows:
                    yield self._chunk(batch, row, rows)
                    row += batch.num_rows
        self._origin.confirm()
        self._rows = row

    def _chunk(self, batch: Any, row: int, rows: int) -> Chunk:
        texts = [column_text(batch.column(number)) for number in self._taken]
        return Chunk(
            columns=tuple(text for text, _ in texts),
            first_row=row,
            length=batch.num_rows,
            objects=tuple((number, strange) for number, (_, strange) in enumerate(texts) if strange is not None),
            share=(row + batch.num_rows) / max(rows, 1),
        )

    def findings(self) -> tuple[Finding, ...]:
        """PF002 where there is no row."""
        return (no_records(),) if self._rows == 0 else ()

    def line(self) -> SourceLine:
        """What was read."""
        return SourceLine(path=self.path, records=self._rows or 0, columns=len(self._header))


@contextmanager
def _opened(origin: Origin) -> Iterator[Any]:
    try:
        with origin.open() as stream, pq.ParquetFile(stream) as file:
            yield file
    except (pa.ArrowException, OSError) as fault:
        raise UnreadableInput(f"{origin.called} is damaged or not a Parquet file: write it again", "PF001") from fault


def open_parquet(origin: Origin, options: ReadOptions) -> ParquetSource:
    """The table in a Parquet file. Raises UnreadableInput: PF001 where it is damaged, PF002 where it has no columns."""
    with _opened(origin) as file:
        names = tuple(file.schema_arrow.names)
    if all(_INDEX.fullmatch(name) for name in names):
        raise UnreadableInput(f"{origin.called} is empty: it has no columns", "PF002")
    return ParquetSource(origin, names, options)
