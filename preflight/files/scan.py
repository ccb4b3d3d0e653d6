"""The structure of CSV text, judged before its content: one vectorised pass over the bytes of a block.

Between two quotes out of place, the parity of quotes tells what is inside and what is outside of a cell; that is a few numpy
calls. A record with a quote out of place is cut by the exact reader, and parity starts afresh behind it. The result is that of
Python's csv module for every text, at the cost of its few odd records.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import Any

import numpy as np

from preflight.files.records import CR, LF, QUOTE, Unclosed, after_end, is_blank_text, record_end

__all__ = ["Scan", "scan"]

Ints = Any  # numpy.ndarray of int64
Bools = Any  # numpy.ndarray of bool

_NOTHING = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Scan:
    """The records of a block, counted in bytes from its start.

    `starts` and `stops` bound the text of the records, `ends[i]` is where record i + 1 starts. `breaks` counts the physical
    lines that end before each record. `blank` and `stray` are masks, None where there is nothing to mark. `consumed` bytes and
    `lines` physical lines are used up; the rest belongs to a record that goes on. `quotes` are the places of all quotes. `kinds`
    counts the record ends LF, CRLF and CR, `inner` the line breaks inside cells.
    """

    starts: Ints
    stops: Ints
    ends: Ints
    breaks: Ints
    blank: Bools | None
    stray: Bools | None
    consumed: int
    lines: int
    quotes: Ints
    kinds: tuple[int, int, int]
    inner: int


def scan(data: bytes, delimiter: bytes, *, final: bool) -> Scan:
    """The records that surely end in `data`, which starts at the start of a record; all of them where it is the `final` block.

    Raises Unclosed where the final block ends inside quotes.
    """
    view = np.frombuffer(data, dtype=np.uint8)
    lines = _line_ends(data, view, final)
    quotes = np.flatnonzero(view == QUOTE) if QUOTE in data else _NOTHING
    if quotes.size:
        spans, limit = _stray_spans(data, view, lines, quotes, delimiter, final)
        outside = _outside(lines, quotes, spans, limit)
        places = np.flatnonzero(outside)
    else:
        spans, places = _NOTHING.reshape(0, 2), np.arange(lines.size)
        limit = len(data)
    return _assemble(data, view, lines, places, quotes, spans, delimiter, whole=final and limit == len(data))


def _line_ends(data: bytes, view: Any, final: bool) -> Ints:
    """The last byte of each physical line end. A CR at the edge of a block that goes on is left to the next."""
    if CR not in data:
        return np.flatnonzero(view == LF)
    ends = view == LF
    if data.count(b"\r") != data.count(b"\r\n"):
        lone = view == CR
        lone[:-1] &= ~ends[1:]
        lone[-1] &= final
        ends |= lone
    return np.flatnonzero(ends)


def _misplaced(view: Any, quotes: Ints, delimiter: bytes, parity: int) -> Ints:
    """The numbers of the quotes that are out of place if those with this parity open and the others close."""
    before = np.full(quotes.size, LF, dtype=np.uint8)
    after = np.full(quotes.size, LF, dtype=np.uint8)
    first, last = int(quotes[0] == 0), quotes.size - int(quotes[-1] == view.size - 1)
    before[first:] = view[quotes[first:] - 1]
    after[:last] = view[quotes[:last] + 1]
    opens = np.arange(quotes.size) % 2 == parity
    neighbour = np.where(opens, before, after)
    allowed = np.zeros(256, dtype=bool)
    allowed[[LF, CR, QUOTE, delimiter[0]]] = True
    return np.flatnonzero(~allowed[neighbour])


def _stray_spans(data: bytes, view: Any, lines: Ints, quotes: Ints, delimiter: bytes, final: bool) -> tuple[Ints, int]:
    """The (start, end) of the records with a quote out of place, and how far the block is understood."""
    wrong = {0: _misplaced(view, quotes, delimiter, 0).tolist()}
    spans: list[tuple[int, int]] = []
    base, floor, limit = 0, 0, -1
    places: list[int] = []
    ends: list[int] = []
    while (at := bisect_left(wrong[base % 2], base)) < len(wrong[base % 2]):
        if not places:
            places, ends = quotes.tolist(), lines.tolist()
            wrong[1] = _misplaced(view, quotes, delimiter, 1).tolist()
        start = _record_start(ends, places, base, floor, places[wrong[base % 2][at]])
        floor = _surely_after(data, delimiter, start, final)
        if floor < 0:
            limit = start
            break
        spans.append((start, floor))
        base = bisect_left(places, floor)
    if limit < 0:
        limit = _understood(quotes, base, len(data), final)
    return np.array(spans, dtype=np.int64).reshape(-1, 2), limit


def _surely_after(data: bytes, delimiter: bytes, start: int, final: bool) -> int:
    """Where the record that starts at `start` is over; -1 where it may go on behind the block."""
    try:
        after = after_end(data, record_end(data, delimiter, start))
    except Unclosed:
        if final:
            raise
        return -1
    return -1 if not final and after >= len(data) and data[-1] != LF else after


def _understood(quotes: Ints, base: int, size: int, final: bool) -> int:
    """Everything, if the quotes pair off; a last quote that stays open in the final block is Unclosed."""
    if final and (quotes.size - base) % 2:
        raise Unclosed(_opening(quotes))
    return size


def _opening(quotes: Ints) -> int:
    """Where the cell opened whose last quote stays open: before a run of doubled quotes that belongs to it."""
    at = quotes.size - 1
    while at >= 2 and quotes[at - 1] == quotes[at] - 1:
        at -= 2
    return int(quotes[at])


def _record_start(lines: list[int], quotes: list[int], base: int, floor: int, at: int) -> int:
    """Where the record starts that holds byte `at`, all quotes from number `base` up to it being in place."""
    number = bisect_left(lines, at)
    while number and lines[number - 1] >= floor:
        if (bisect_left(quotes, lines[number - 1]) - base) % 2 == 0:
            return lines[number - 1] + 1
        number -= 1
    return floor


def _outside(lines: Ints, quotes: Ints, spans: Ints, limit: int) -> Bools:
    """Which line ends are outside of quotes, and so end a record."""
    counted = np.searchsorted(quotes, lines)
    if not spans.size:
        return (counted % 2 == 0) & (lines < limit)
    base = np.concatenate([[0], np.searchsorted(quotes, spans[:, 1])])
    span = np.searchsorted(spans[:, 0], lines, side="right")
    outside = (counted - base[span]) % 2 == 0
    within = (span > 0) & (lines < spans[np.maximum(span, 1) - 1, 1])
    last = lines + 1 == spans[np.maximum(span, 1) - 1, 1]
    return np.where(within, last, outside) & (lines < limit)


def _assemble(
    data: bytes, view: Any, lines: Ints, places: Ints, quotes: Ints, spans: Ints, delimiter: bytes, *, whole: bool
) -> Scan:
    ends = lines[places] + 1
    breaks = places + 1
    last = int(ends[-1]) if ends.size else 0
    consumed, used = last, int(breaks[-1]) if breaks.size else 0
    stops = _text_stops(view, ends)
    kinds = _kinds(view, ends, stops)
    if whole and last < len(data):
        ends, stops = np.append(ends, len(data)), np.append(stops, len(data))
        breaks = np.append(breaks, lines.size)
        consumed, used = len(data), lines.size
    inner = used - sum(kinds)
    starts = np.concatenate([[0], ends[:-1]]) if ends.size else _NOTHING
    before = np.concatenate([[0], breaks[:-1]]) if ends.size else _NOTHING
    stray = np.isin(starts, spans[:, 0]) if spans.size else None
    blank = _blank(data, view, starts, stops, delimiter)
    return Scan(starts, stops, ends, before, blank, stray, consumed, used, quotes, kinds, inner)


def _text_stops(view: Any, ends: Ints) -> Ints:
    stops = ends - 1
    if not ends.size:
        return stops
    return stops - ((view[stops] == LF) & (stops > 0) & (view[np.maximum(stops, 1) - 1] == CR))


def _kinds(view: Any, ends: Ints, stops: Ints) -> tuple[int, int, int]:
    two = int(np.count_nonzero(ends - stops == 2))
    lone = int(np.count_nonzero(view[ends - 1] == CR))
    return ends.size - two - lone, two, lone


def _blank(data: bytes, view: Any, starts: Ints, stops: Ints, delimiter: bytes) -> Bools | None:
    """The records without any value. Byte by byte from the left, so that a record with a value drops out at its first."""
    hollow = np.zeros(256, dtype=bool)
    hollow[[0x20, 0x09, LF, CR, QUOTE, delimiter[0]]] = True
    rows, at = np.arange(starts.size), starts
    found: list[int] = []
    while rows.size:
        done = at >= stops[rows]
        if done.any():
            found += rows[done].tolist()
            rows, at = rows[~done], at[~done]
        keep = hollow[view[at]]
        rows, at = rows[keep], at[keep] + 1
    bounds = zip(found, starts[found].tolist(), stops[found].tolist(), strict=True) if found else ()
    sure = [row for row, start, stop in bounds if is_blank_text(data, delimiter, start, stop)]
    if not sure:
        return None
    mask = np.zeros(starts.size, dtype=bool)
    mask[sure] = True
    return mask
