"""From the faults of a verdict to findings: places, values and words, for as many of them as are shown."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from preflight.contract.columns import Binding
from preflight.findings import Change, Finding, Scope
from preflight.kernel.judge import RowFault, Verdict
from preflight.kernel.normalise import change_rules
from preflight.kernel.words import Words, shown
from preflight.rows import Chunk
from preflight.rules.codes import CODES
from preflight.rules.reading import Advice

__all__ = ["changes_of", "describe", "fixes_of", "lines_of", "values_of"]

Array = Any
_RECORD_CODES = ("PF101", "PF102", "PF104")
_MOST_RELATED = 20


def values_of(binding: Binding, verdict: Verdict, fault: RowFault) -> Array | None:
    """The cells that a fault is about, as found; None for a fault of the record."""
    if fault.feed is None:
        return None
    feed = binding.feeds[fault.feed]
    if feed.column is None:
        return None
    cells = verdict.chunk.columns[feed.column]
    return cells if len(fault.rows) == len(cells) else cells.take(pa.array(fault.rows))


def lines_of(chunk: Chunk, rows: Any) -> Any:
    """The physical lines of some rows of a chunk; None for a DataFrame."""
    if chunk.lines is not None:
        return chunk.lines.to_numpy(zero_copy_only=False)[rows]
    return None if chunk.first_line is None else rows + chunk.first_line


def positions_of(chunk: Chunk, rows: Any, column: int | None) -> tuple[Any, Any, Any] | None:
    """Where the cells of one column stand: position, start and stop."""
    if chunk.locate is None or column is None:
        return None
    found = chunk.locate(pa.array(rows), pa.array(np.full(len(rows), column, dtype=np.int64)))
    return tuple(np.asarray(part) for part in found)  # type: ignore[return-value]


def describe(words: Words, verdict: Verdict, fault: RowFault, rows: Any, *, placed: bool = True) -> list[Finding]:
    """The findings of a fault for some of its rows (positions in the chunk, ascending); without positions in lines where they are
    not asked for, since each costs a look at the file's text."""
    binding, chunk = words.binding, verdict.chunk
    feed = None if fault.feed is None else binding.feeds[fault.feed]
    if fault.code == "PF502":
        feed = next((one for one in binding.feeds if one.field.name == words.plan.match_key), None)
    column = None if feed is None else feed.column
    code = CODES[fault.code]
    cells = None if column is None else chunk.columns[column].take(pa.array(rows)).to_pylist()
    lines = lines_of(chunk, rows)
    places = positions_of(chunk, rows, column if placed and fault.code not in _RECORD_CODES else None)
    said: dict[str | None, Advice] = {}
    found = []
    for at, row in enumerate(rows.tolist()):
        value = None if cells is None else cells[at]
        source_row = row + chunk.first_row
        advice, related = _said(words, verdict, fault, row, value, said)
        found.append(
            Finding(
                code=fault.code,
                name=code.name,
                severity=fault.severity,
                scope=code.scope if code.scope is not Scope.COLUMN else Scope.CELL,
                message=advice.message,
                source_row=source_row,
                label=source_row,
                record=None if lines is None else source_row + 1,
                line=None if lines is None else int(lines[at]),
                position=1 if lines is not None and places is None else None if places is None else int(places[0][at]),
                column=None if column is None else binding.header[column],
                field=None if feed is None else feed.field.name,
                value=_discreet(value, words.values),
                suggestion=advice.suggestion,
                related=related,
                path=chunk.path,
            )
        )
    return found


def _said(
    words: Words, verdict: Verdict, fault: RowFault, row: int, value: str | None, said: dict[str | None, Advice]
) -> tuple[Advice, tuple[int, ...]]:
    """The words for one row, and its partners. `said` remembers the words for values that come again."""
    chunk = verdict.chunk
    if fault.code in _RECORD_CODES:
        cells = None if chunk.cells is None else int(chunk.cells[row].as_py())
        return words.of_record(fault.code, cells), ()
    if fault.groups is not None:
        group = int(fault.groups[np.searchsorted(fault.rows, row)])
        members = words.facts.duplicates.members(group)
        advice = words.of_duplicate(group, row + chunk.first_row, frame=chunk.first_line is None and chunk.lines is None)
        related = tuple(one for one in members[: _MOST_RELATED + 1].tolist() if one != row + chunk.first_row)[:_MOST_RELATED]
        return advice, related
    assert fault.feed is not None
    if value not in said:
        said[value] = words.of_cell(fault.code, fault.feed, value)
    return said[value], ()


def _discreet(value: str | None, mode: str) -> str | None:
    if value is None or mode == "hide":
        return None
    return value if mode == "show" else shown(value, mode)[1:-1]


def changes_of(words: Words, verdict: Verdict, sent: tuple[int, ...]) -> Iterator[Change]:
    """The changes of a verdict in source order: rewritten cells of good rows, and cells that are sent as blank."""
    good = verdict.good.to_numpy(zero_copy_only=False)
    columns = []
    for number in sent:
        mask = verdict.changed[number]
        if mask is None:
            continue
        rows = np.flatnonzero(mask.to_numpy(zero_copy_only=False) & good)
        if len(rows):
            columns.append(list(_changes_of_column(words, verdict, number, rows)))
    return iter(sorted(itertools.chain.from_iterable(columns), key=lambda change: change.source_row))


def _changes_of_column(words: Words, verdict: Verdict, number: int, rows: Any) -> Iterator[Change]:
    feed, chunk = words.binding.feeds[number], verdict.chunk
    assert feed.column is not None
    picked = pa.array(rows)
    before, after = chunk.columns[feed.column].take(picked), verdict.texts[number].take(picked)
    blanked = verdict.blanked[number]
    unsafe = [False] * len(rows) if blanked is None else blanked.take(picked).to_pylist()
    lines, places = lines_of(chunk, rows), positions_of(chunk, rows, feed.column)
    rules, befores, afters = change_rules(before, after, feed.field), before.to_pylist(), after.to_pylist()
    for at, row in enumerate((rows + chunk.first_row).tolist()):
        yield Change(
            source_row=row,
            label=row,
            column=words.binding.header[feed.column],
            before=_discreet(befores[at], words.values),
            after=_discreet(afters[at], words.values),
            rules=("sent-as-blank",) if unsafe[at] else rules[at],
            safe=not unsafe[at],
            field=feed.field.name,
            record=None if lines is None else row + 1,
            line=None if lines is None else int(lines[at]),
            position=None if places is None else int(places[0][at]),
            path=chunk.path,
        )


def fixes_of(words: Words, verdict: Verdict, sent: tuple[int, ...]) -> list[tuple[int, int, str]]:
    """The safe changes of a verdict as (start, stop, text): the bytes of the source's text that a cell takes, and its new content.

    Empty for a source whose cells have no place in a text.
    """
    good = verdict.good.to_numpy(zero_copy_only=False)
    found: list[tuple[int, int, str]] = []
    for number in sent:
        mask, blanked, column = verdict.changed[number], verdict.blanked[number], words.binding.feeds[number].column
        if mask is None:
            continue
        safe = mask.to_numpy(zero_copy_only=False) & good
        if blanked is not None:
            safe &= ~blanked.to_numpy(zero_copy_only=False)
        rows = np.flatnonzero(safe)
        places = positions_of(verdict.chunk, rows, column) if len(rows) else None
        if places is None:
            continue
        texts = verdict.texts[number].take(pa.array(rows)).to_pylist()
        found += [(int(start), int(stop), text or "") for start, stop, text in zip(places[1], places[2], texts, strict=True)]
    return sorted(found)
