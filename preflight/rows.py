"""The coordinates of a row, and rows that carry them.

A source row is a position counted from 0: in a DataFrame every row, in a CSV every record that is not blank. A record is
the same counted from 1. A line is the physical line of the file where a record starts, counted from 1, the header and blank
lines included. A row number is the server's, and says nothing until it has been calibrated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NewType, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from preflight.findings import Finding, SourceLine

__all__ = ["Chunk", "FileName", "Line", "Locator", "NarrowSource", "Record", "RowNumber", "Source", "SourceRow", "record_of"]

SourceRow = NewType("SourceRow", int)
Record = NewType("Record", int)
Line = NewType("Line", int)
RowNumber = NewType("RowNumber", int)

Array = Any  # pyarrow.Array; pyarrow ships no types


class FileName(str):
    """The file in which a row stands, as the `label_of` of a source of several files gives it. It is no cell value."""

    __slots__ = ()


def record_of(row: SourceRow) -> Record:
    """The 1-based record of a 0-based source row of a file."""
    return Record(row + 1)


class Locator(Protocol):
    """Where cells stand in the text of a file. Made by the reader, asked only for the cells that are reported."""

    def __call__(self, rows: Array, columns: Array) -> tuple[Array, Array, Array]:
        """For n cells, given as row positions inside the chunk and column numbers (int64): `(position, start, stop)`, each int64.

        `position` is the 1-based character of its physical line at which the cell starts (a quote included); `start` and `stop`
        are the cell's bytes, quotes included, counted from the start of the text as UTF-8 without a byte order mark.
        """


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive rows of a source as text, and where they came from.

    `columns` has one Arrow array of type string per source column, all of length `length`; an empty cell is a null. `first_row` is
    the source row of the first. `lines` (int64) are the physical lines of the rows; None where row i stands on `first_line` + i,
    and both are None for a DataFrame. `cells` (int64) is the number of cells of each record, None where all have as many as the
    header; a record with another number is padded with nulls or cut. `stray` marks records with a quote in the wrong place.
    `objects` are (column, mask) pairs for cells that held a Python object without a text. `blank_lines` (int64) are the lines of
    blank records that were skipped among or right before these rows, or after the last of them in the last chunk. `path` is the
    file, where the source is several: `first_row` counts through all of them, lines and places are those of the file. `share` is
    how much of the source is read when the chunk is, from 0 to 1; None where that is not known.
    """

    columns: tuple[Array, ...]
    first_row: int
    length: int
    first_line: int | None = None
    lines: Array | None = None
    cells: Array | None = None
    stray: Array | None = None
    objects: tuple[tuple[int, Array], ...] = ()
    blank_lines: Array | None = None
    locate: Locator | None = None
    path: str | None = None
    share: float | None = None


class Source(Protocol):
    """Something that is read as a table: a header, and chunks of rows as often as asked."""

    @property
    def header(self) -> tuple[str, ...]:
        """The names of the columns, as found."""

    @property
    def path(self) -> str | None:
        """What the user called it; None for a DataFrame."""

    def chunks(self) -> Iterator[Chunk]:
        """A fresh pass over all rows, in order. Raises UnreadableInput."""

    def findings(self) -> tuple[Finding, ...]:
        """What is to be said about the file as a whole; complete after a pass over the chunks."""

    def line(self) -> SourceLine:
        """What was read; complete after a pass over the chunks."""


@runtime_checkable
class NarrowSource(Source, Protocol):
    """A source that can spare the work for columns that nobody looks at."""

    def narrowed(self, wanted: Callable[[], frozenset[int] | None]) -> Iterator[Chunk]:
        """As `chunks`; `wanted` is asked before each chunk, and the columns that it does not name may be nulls. None: all.

        Raises what `chunks` raises, at the same place.
        """
