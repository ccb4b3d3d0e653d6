"""A sheet of a workbook as a Source: a line is a row of the sheet, as the spreadsheet numbers it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from preflight.errors import UnreadableInput
from preflight.files.cell_text import value_text
from preflight.files.remarks import header_remarks, no_records
from preflight.files.workbook import read_sheet
from preflight.findings import Finding, SourceLine
from preflight.rows import Chunk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.files.options import ReadOptions
    from preflight.files.origin import Origin

__all__ = ["ExcelSource", "open_excel"]

Array = Any  # pyarrow.Array; pyarrow ships no types
Texts = list[str | None]

_ROWS_A_CHUNK = 65_536
_LOOKED_AT = 20


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet in text: the rows that are not blank, their lines, the lines of those that are, and where the header stands."""

    name: str
    header: tuple[str, ...]
    header_line: int
    first_column: int
    titles: int
    columns: tuple[Array, ...]
    lines: Any
    cells: Any
    blank_lines: Any


@dataclass(frozen=True, slots=True)
class _SheetLocator:
    """The position of a cell is its column in the sheet, 1 for A; it stands at no byte. `first` is that of the first column."""

    first: int

    def __call__(self, rows: Array, columns: Array) -> tuple[Array, Array, Array]:
        nowhere = pa.array(np.zeros(len(rows), dtype=np.int64))
        return pc.add(columns, self.first), nowhere, nowhere


class ExcelSource:
    """A Source over a sheet, which is read once, when it is opened. Made by `open_excel`."""

    def __init__(self, origin: Origin, sheet: _Sheet) -> None:
        self._origin = origin
        self._sheet = sheet

    @property
    def header(self) -> tuple[str, ...]:
        """The names of the columns."""
        return self._sheet.header

    @property
    def path(self) -> str | None:
        """What the user called the file."""
        return self._origin.name

    def chunks(self) -> Iterator[Chunk]:
        """All rows, in order. Where every row is blank, one chunk without rows, which carries their lines."""
        size, blank = self._sheet.lines.size, self._sheet.blank_lines
        for first in range(0, max(size, min(blank.size, 1)), _ROWS_A_CHUNK):
            stop = min(first + _ROWS_A_CHUNK, size)
            above = self._sheet.lines[first - 1] if first else 0
            below = self._sheet.lines[stop - 1] if stop < size else np.inf
            yield self._chunk(first, stop, blank[(blank > above) & (blank < below)])

    def _chunk(self, first: int, stop: int, blank: Any) -> Chunk:
        lines, cells = self._sheet.lines[first:stop], self._sheet.cells[first:stop]
        straight = not lines.size or int(lines[-1]) - int(lines[0]) == lines.size - 1
        return Chunk(
            columns=tuple(column.slice(first, stop - first) for column in self._sheet.columns),
            first_row=first,
            length=stop - first,
            first_line=int(lines[0]) if lines.size else int(blank[0]),
            lines=None if straight else pa.array(lines),
            cells=pa.array(cells) if np.any(cells != len(self.header)) else None,
            blank_lines=pa.array(blank) if blank.size else None,
            locate=_SheetLocator(self._sheet.first_column),
            share=stop / max(self._sheet.lines.size, 1),
        )

    def findings(self) -> tuple[Finding, ...]:
        """PF002 for a header alone, PF207 for a header that is data."""
        found = [] if self._sheet.lines.size else [no_records()]
        return (*found, *header_remarks(self.header, self._sheet.header_line))

    def line(self) -> SourceLine:
        """What was read."""
        titles = self._sheet.titles
        below = f", below {titles} title {'row' if titles == 1 else 'rows'}" if titles else ""
        return SourceLine(
            path=self.path,
            records=self._sheet.lines.size,
            reason=f"the header stands on row {self._sheet.header_line}{below}",
            sheet=self._sheet.name,
            columns=len(self.header),
        )


def open_excel(origin: Origin, options: ReadOptions) -> ExcelSource:
    """The table on a sheet. Rows with one value above a wider table are titles and are passed over.

    Raises what `read_sheet` raises, and UnreadableInput: PF002 where the sheet is empty, PF106 where the rows below the header
    reach further than it.
    """
    name, (line, first), values = read_sheet(origin, options.sheet)
    rows: list[Texts] = [[value_text(value) for value in row] for row in values]
    at, titles = _header_at(origin.called, rows, line, options.header_line)
    reach = _reach(rows[at])
    left = next(number for number, text in enumerate(rows[at]) if _is_filled(text))
    if any(_is_filled(text) for row in rows[at + 1 :] for text in row[:left]):
        left = 0
    if options.header_line is None:
        _refuse_wider(origin.called, rows, at, reach, line)
    return ExcelSource(origin, _sheet(name, rows, at, (line, first), (left, reach), titles))


def _sheet(name: str, rows: list[Texts], at: int, corner: tuple[int, int], bounds: tuple[int, int], titles: int) -> _Sheet:
    (line, first), (left, reach) = corner, bounds
    below = [(line + at + 1 + number, row) for number, row in enumerate(rows[at + 1 :])]
    kept = [(number, row) for number, row in below if _reach(row)]
    table = zip(*(row[left:reach] for _, row in kept), strict=True) if kept else [()] * (reach - left)
    return _Sheet(
        name=name,
        header=tuple(text or "" for text in rows[at][left:reach]),
        header_line=line + at,
        first_column=first + left,
        titles=titles,
        columns=tuple(pa.array(column, type=pa.string()) for column in table),
        lines=np.array([number for number, _ in kept], dtype=np.int64),
        cells=np.array([max(_reach(row), reach) - left for _, row in kept], dtype=np.int64),
        blank_lines=np.array([number for number, row in below if not _reach(row)], dtype=np.int64),
    )


def _is_filled(text: str | None) -> bool:
    return text is not None and not text.isspace()


def _reach(row: Texts) -> int:
    """How many cells there are up to the last with a value."""
    return next((number + 1 for number in range(len(row) - 1, -1, -1) if _is_filled(row[number])), 0)


def _header_at(path: str, rows: list[Texts], line: int, wanted: int | None) -> tuple[int, int]:
    """Which list holds the header, and how many titles stand above it."""
    if wanted is not None:
        if 0 <= wanted - line < len(rows) and _reach(rows[wanted - line]):
            return wanted - line, 0
        raise UnreadableInput(f"{path}: row {wanted}, where the header was said to stand, is empty", "PF002")
    filled = [number for number, row in enumerate(rows) if _reach(row)]
    if not filled:
        raise UnreadableInput(f"{path} is empty: the sheet has no header and no records", "PF002")
    counts = [sum(map(_is_filled, rows[number])) for number in filled[: _LOOKED_AT + 1]]
    titles = 0
    while counts[titles] == 1 and any(count > 1 for count in counts[titles + 1 :]) and _mostly_wide(counts[titles + 1 :]):
        titles += 1
    return filled[titles], titles


def _mostly_wide(counts: list[int]) -> bool:
    return 2 * sum(count > 1 for count in counts) >= len(counts)


def _refuse_wider(path: str, rows: list[Texts], at: int, reach: int, line: int) -> None:
    below = [_reach(row) for row in rows[at + 1 : at + 1 + _LOOKED_AT] if _reach(row)]
    if len(below) >= 2 and min(below) > reach:
        raise UnreadableInput(
            f"{path}: the first row of the table, {line + at}, has {reach} cells and every row read below it has more; "
            f"say where the header is with --header-line",
            "PF106",
        )
