"""Placing a run in a folder as it is judged: good rows into parts, rejected ones beside them, every row into the map."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from preflight.contract.matching import is_own
from preflight.engines.findings import describe, lines_of
from preflight.engines.run import NAMING, Run
from preflight.files.receipt import PartLine
from preflight.files.serialise import Serialised, serialise
from preflight.files.write import Folder, Limits, PartWriter, Placed, RejectedWriter, RowMapWriter
from preflight.findings import Severity
from preflight.kernel.columns import as_numpy
from preflight.kernel.judge import RowFault, Verdict
from preflight.kernel.words import Words
from preflight.rows import Chunk
from preflight.rules.codes import CODES

__all__ = ["RunWriter", "errors_in_full", "written_header"]

Array = Any
Labels = Callable[[int], Any] | None
_TOLD_IN_WORDS = 5
_TOLD_IN_FULL = 3_000
"""So many errors of rejected rows are told in full, with the value and what to do; the rest name the column and the defect."""


def written_header(made: Run, headers: str) -> tuple[str, ...]:
    """The header of the parts: the names of the fields that are sent, or the labels that the vendor documents for them."""
    sent = [made.binding.feeds[number].field for number in made.sent]
    return tuple(one.label or one.name if headers == "labels" else one.name for one in sent)


def run_of(made: Run, chunks: list[Chunk]) -> str:
    """8 hexadecimal digits that tell runs apart, made from the plan, the header and the first 100 rows: the same input has the same
    row keys on every engine. The chunks must have that many rows, or be all there are."""
    digest = hashlib.sha256(made.plan.digest.encode())
    digest.update("\x1f".join(made.binding.header).encode("utf-8", "replace"))
    for number in range(len(made.binding.header)):
        cells = itertools.chain.from_iterable(chunk.columns[number].slice(0, NAMING).to_pylist() for chunk in chunks)
        digest.update("\x1f".join(text or "" for text in itertools.islice(cells, NAMING)).encode("utf-8", "replace"))
    return digest.hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class _Ready:
    """A chunk ready for its place: which rows are good (numpy bool), their records (None without any), what the row map says of
    each but its place, and the records of the rejected ones where they are told in short."""

    good: Any
    records: Serialised | None
    mapped: dict[str, Array]
    rejected: Serialised | None


@dataclass(slots=True)
class RunWriter:
    """Writes what a run yields. `begin` before the first verdict, `prepare` for each on any thread, `add` for each in source order,
    `close` at the end."""

    folder: Folder
    limits: Limits
    headers: str = "fields"
    labels: Labels = None
    run: str = ""
    parts: PartWriter | None = None
    rejected: RejectedWriter | None = None
    map: RowMapWriter | None = None
    told: int = 0

    def begin(self, made: Run, head: list[Chunk]) -> None:
        """Open what is written from the start. `head` has the rows that name the run."""
        self.run = run_of(made, head)
        self.parts = PartWriter(self.folder, written_header(made, self.headers), self.limits)
        header, files = tuple(name for name in made.binding.header if not is_own(name)), bool(made.source.line().files)
        self.rejected = RejectedWriter(self.folder, header, files=files)
        self.map = RowMapWriter(self.folder, files=files)

    def prepare(self, made: Run, verdict: Verdict, texts: tuple[Array, ...]) -> _Ready:
        """Make the records of a chunk, whose good rows have these texts. How rejected rows are told depends on how many came
        before, so that their records may have to wait."""
        assert self.rejected is not None
        length = verdict.chunk.length
        good = np.zeros(length, dtype=bool) if made.rejects_all else as_numpy(verdict.good)
        mapped, rows = self._mapped(verdict, good), np.flatnonzero(~good)
        records = serialise(list(texts)) if len(rows) < length else None
        in_short = len(rows) > 0 and self.told >= _TOLD_IN_FULL
        return _Ready(good, records, mapped, self._rejected(made, verdict, rows, mapped["row_key"]) if in_short else None)

    def _mapped(self, verdict: Verdict, good: Any) -> dict[str, Array]:
        chunk, length = verdict.chunk, verdict.chunk.length
        rows = np.arange(length)
        lines, source_rows = lines_of(chunk, rows), pa.array(rows + chunk.first_row)
        numbers, nothing = source_rows.cast("string"), pa.nulls(length, pa.int64())
        labels = None if self.labels is None else [str(self.labels(row)) for row in source_rows.to_pylist()]
        return {
            "source_row": source_rows,
            "label": numbers if labels is None else pa.array(labels, pa.string()),
            "record": nothing if lines is None else pc.add(source_rows, 1),
            "line": nothing if lines is None else pa.array(lines),
            "state": pc.if_else(pa.array(good), "written", "rejected"),
            "row_key": pc.binary_join_element_wise(f"{self.run}-", numbers, ""),
            **({} if chunk.path is None else {"path": _named(chunk.path, length)}),
        }

    def add(self, made: Run, verdict: Verdict, prepared: _Ready) -> None:
        """Place the rows of the next chunk."""
        assert self.parts is not None
        assert self.rejected is not None
        assert self.map is not None
        placed = None if prepared.records is None else self.parts.put(prepared.records)
        if not prepared.good.all():
            rows = np.flatnonzero(~prepared.good)
            self.rejected.put(prepared.rejected or self._rejected(made, verdict, rows, prepared.mapped["row_key"]))
        self.map.add(**prepared.mapped, **_coordinates(prepared.good, placed))

    def _rejected(self, made: Run, verdict: Verdict, rows: Any, keys: Array) -> Serialised:
        """The records of the rejected rows."""
        chunk, picked = verdict.chunk, pa.array(rows)
        lines = lines_of(chunk, rows)
        shown = pa.nulls(len(rows), pa.string()) if lines is None else pa.array(lines).cast("string")
        header = made.binding.header
        cells = [column for number, column in enumerate(chunk.columns) if not is_own(header[number])]
        if len(rows) < chunk.length:
            cells = [column.take(picked) for column in cells]
        files = [] if chunk.path is None else [_named(chunk.path, len(rows))]
        return serialise([self._errors(made, verdict, rows), shown, *files, keys.take(picked), *cells])

    def _errors(self, made: Run, verdict: Verdict, rows: Any) -> Array:
        """What is wrong with each rejected row: in full for the first errors of a run, afterwards by column and defect."""
        everywhere = [f"{note.code} {note.message}" for note in made.rejecting]
        faults = [fault for fault in verdict.faults if fault.severity is Severity.ERROR]
        room, words = self._room(verdict, faults, rows, len(everywhere)), made.words.before_all_is_judged()
        return pa.concat_arrays(
            [
                pa.array(errors_in_full(made, verdict, rows[:room], words), pa.string()),
                _in_short(made, verdict, faults, rows[room:], everywhere),
            ]
        )

    def _room(self, verdict: Verdict, faults: list[RowFault], rows: Any, everywhere: int) -> int:
        """How many of these rows are told in full. Once one is not, none is any more."""
        errors = np.full(verdict.chunk.length, everywhere)
        for fault in faults:
            errors[fault.rows] += 1
        told = self.told + np.cumsum(errors[rows])
        room = int(np.searchsorted(told, _TOLD_IN_FULL, side="right"))
        self.told = int(told[-1]) if room == len(rows) else _TOLD_IN_FULL
        return room

    def close(self) -> tuple[PartLine, ...]:
        """Finish the parts and the row map; gives the parts."""
        assert self.parts is not None
        assert self.map is not None
        self.map.close()
        return self.parts.close()


def _named(path: str, length: int) -> Array:
    """The file of so many rows."""
    return pa.repeat(pa.scalar(path, pa.string()), length)


def _coordinates(good: Any, placed: Placed | None) -> dict[str, Array]:
    """Where each row went: part, record and line; null for rejected ones."""
    if placed is None:
        nothing = pa.nulls(len(good), pa.int64())
        return {"part": nothing.cast(pa.int32()), "part_record": nothing, "part_line": nothing}
    at = np.where(good, np.cumsum(good) - 1, 0)
    part, record, line = (pa.array(values[at], mask=~good) for values in (placed.parts, placed.records, placed.lines))
    return {"part": part.cast(pa.int32()), "part_record": record, "part_line": line}


def errors_in_full(made: Run, verdict: Verdict, rows: Any, words: Words | None = None) -> list[str]:
    """What is wrong with each of some rows of a chunk (positions, ascending), one text each; in the words of the run by default."""
    told: dict[int, list[str]] = {row: [f"{note.code} {note.message}" for note in made.rejecting] for row in rows.tolist()}
    last, words = rows[-1] if len(rows) else -1, words or made.words
    for fault in verdict.faults:
        if fault.severity is not Severity.ERROR:
            continue
        some = fault.rows[: np.searchsorted(fault.rows, last, side="right")]
        if fault.questions:
            for row in some.tolist():
                if row in told:
                    told[row].append(_short(made, fault))
            continue
        for one in describe(words, verdict, fault, some, placed=False):
            row = (one.source_row or 0) - verdict.chunk.first_row
            if row in told:
                hint = f' (did you mean "{one.suggestion}"?)' if one.suggestion else ""
                told[row].append(f"{one.code} {one.column + ': ' if one.column else ''}{one.message}{hint}")
    return ["; ".join(sentences) for sentences in told.values()]


def _short(made: Run, fault: RowFault, *, brief: bool = False) -> str:
    feed = None if fault.feed is None else made.binding.feeds[fault.feed]
    column = None if feed is None or feed.column is None else made.binding.header[feed.column]
    if column is None:
        return f"{fault.code} {CODES[fault.code].title}"
    return f"{fault.code} {column}" if brief else f"{fault.code} {column}: {CODES[fault.code].title}"


def _in_short(made: Run, verdict: Verdict, faults: list[RowFault], rows: Any, everywhere: list[str]) -> Array:
    """One text for each combination of faults; a bit for each fault, 60 faults to a number. Many faults are told by code and column
    alone: where nearly every cell is wrong, as after a shift of columns, the words would take more room than the rows."""
    whole, brief = ([_short(made, fault, brief=only) for fault in faults] for only in (False, True))
    bits = np.zeros((verdict.chunk.length, len(faults) // 60 + 1), dtype=np.int64)
    for number, fault in enumerate(faults):
        bits[fault.rows, number // 60] |= np.int64(1) << np.int64(number % 60)
    combined, which = _combinations(bits[rows])
    texts = []
    for combination in combined.tolist():
        found = [at for at in range(len(faults)) if combination[at // 60] >> (at % 60) & 1]
        words = whole if len(found) <= _TOLD_IN_WORDS else brief
        texts.append("; ".join([*everywhere, *(words[at] for at in found)]))
    return pa.array(texts, pa.string()).take(which)


def _combinations(bits: Any) -> tuple[Any, Array]:
    """The distinct rows of a matrix of int64, and which of them each row is."""
    width = bits.shape[1]
    whole = pa.Array.from_buffers(pa.binary(8 * width), len(bits), [None, pa.py_buffer(np.ascontiguousarray(bits))])
    encoded = whole.dictionary_encode()
    found = np.frombuffer(b"".join(encoded.dictionary.to_pylist()), dtype=np.int64)
    return found.reshape(-1, width), encoded.indices
