"""Placing a run in a folder as it is judged: good rows into parts, rejected ones beside them, every row into the map."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from preflight.contract.matching import is_own
from preflight.engines.findings import describe, lines_of
from preflight.engines.run import Run
from preflight.files.receipt import PartLine
from preflight.files.write import Folder, Limits, PartWriter, RejectedWriter, RowMapWriter
from preflight.findings import Severity
from preflight.kernel.judge import RowFault, Verdict
from preflight.kernel.words import Words
from preflight.rows import Chunk
from preflight.rules.codes import CODES

__all__ = ["RunWriter", "errors_in_full", "written_header"]

Array = Any
Labels = Callable[[int], Any] | None
_NAMING = 100
_TOLD_IN_FULL = 1_000
"""Rejected rows whose errors are told in full, with the value and what to do; the rest name the column and the defect."""


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
        cells = itertools.chain.from_iterable(chunk.columns[number].slice(0, _NAMING).to_pylist() for chunk in chunks)
        digest.update("\x1f".join(text or "" for text in itertools.islice(cells, _NAMING)).encode("utf-8", "replace"))
    return digest.hexdigest()[:8]


@dataclass(slots=True)
class RunWriter:
    """Writes what a run yields. `begin` before the first verdict, `add` for each in source order, `close` at the end."""

    folder: Folder
    limits: Limits
    headers: str = "fields"
    labels: Labels = None
    run: str = ""
    parts: PartWriter | None = None
    rejected: RejectedWriter | None = None
    map: RowMapWriter | None = None
    made: Run | None = None
    waiting: list[Verdict] = field(default_factory=list)

    def begin(self, made: Run) -> None:
        """Open what is written from the start."""
        self.made = made
        self.parts = PartWriter(self.folder, written_header(made, self.headers), self.limits)
        self.rejected = RejectedWriter(self.folder, tuple(name for name in made.binding.header if not is_own(name)))
        self.map = RowMapWriter(self.folder)

    def add(self, made: Run, verdict: Verdict) -> None:
        """Place the rows of one chunk. The first hundred rows wait for each other, because they name the run."""
        if self.run:
            self._write(made, verdict)
            return
        self.waiting.append(verdict)
        if sum(one.chunk.length for one in self.waiting) >= _NAMING:
            self._write_waiting(made)

    def _write_waiting(self, made: Run) -> None:
        self.run = run_of(made, [verdict.chunk for verdict in self.waiting])
        while self.waiting:
            self._write(made, self.waiting.pop(0))

    def _write(self, made: Run, verdict: Verdict) -> None:
        assert self.parts is not None
        length = verdict.chunk.length
        good = np.zeros(length, dtype=bool) if made.rejects_all else verdict.good.to_numpy(zero_copy_only=False)
        everything = bool(good.all())
        mask = pa.array(good)
        columns = [verdict.texts[number] for number in made.sent]
        placed = self.parts.add(columns if everything else [column.filter(mask) for column in columns]) if good.any() else None
        keys = pc.binary_join_element_wise(f"{self.run}-", pa.array(np.arange(length) + verdict.chunk.first_row).cast("string"), "")
        if not everything:
            self._reject(made, verdict, np.flatnonzero(~good), keys)
        self._place(verdict, good, placed, keys)

    def _reject(self, made: Run, verdict: Verdict, rows: Any, keys: Array) -> None:
        assert self.rejected is not None
        chunk, picked = verdict.chunk, pa.array(rows)
        lines = lines_of(chunk, rows)
        shown = pa.nulls(len(rows), pa.string()) if lines is None else pa.array(lines).cast("string")
        header = made.binding.header
        cells = [column.take(picked) for number, column in enumerate(chunk.columns) if not is_own(header[number])]
        self.rejected.add(self._errors(made, verdict, rows), shown, keys.take(picked), cells)

    def _errors(self, made: Run, verdict: Verdict, rows: Any) -> Array:
        """What is wrong with each rejected row: in full for the first 1,000 of a run, afterwards by column and defect."""
        assert self.rejected is not None
        everywhere = [f"{note.code} {note.message}" for note in made.rejecting]
        faults = [fault for fault in verdict.faults if fault.severity is Severity.ERROR]
        room, words = max(0, _TOLD_IN_FULL - self.rejected.rows), made.words.before_all_is_judged()
        return pa.concat_arrays(
            [
                pa.array(errors_in_full(made, verdict, rows[:room], words), pa.string()),
                _in_short(made, verdict, faults, rows[room:], everywhere),
            ]
        )

    def _place(self, verdict: Verdict, good: Any, placed: Any, keys: Array) -> None:
        assert self.map is not None
        chunk, length = verdict.chunk, verdict.chunk.length
        rows = np.arange(length)
        lines = lines_of(chunk, rows)
        source_rows = rows + chunk.first_row
        nothing = pa.nulls(length, pa.int64())
        coordinates = dict.fromkeys(("part", "part_record", "part_line"), nothing)
        if placed is not None:
            at = np.cumsum(good) - 1
            for name, values in (("part", placed.parts), ("part_record", placed.records), ("part_line", placed.lines)):
                coordinates[name] = pa.array(values[np.where(good, at, 0)], mask=~good)
        labels = None if self.labels is None else [str(self.labels(row)) for row in source_rows.tolist()]
        self.map.add(
            source_row=pa.array(source_rows),
            label=pa.array(source_rows).cast("string") if labels is None else pa.array(labels, pa.string()),
            record=nothing if lines is None else pa.array(source_rows + 1),
            line=nothing if lines is None else pa.array(lines),
            state=pc.if_else(pa.array(good), "written", "rejected"),
            row_key=keys,
            **{**coordinates, "part": coordinates["part"].cast(pa.int32())},
        )

    def close(self) -> tuple[PartLine, ...]:
        """Finish the parts and the row map; gives the parts."""
        assert self.made is not None
        assert self.parts is not None
        assert self.map is not None
        if not self.run:
            self._write_waiting(self.made)
        self.map.close()
        return self.parts.close()


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


def _short(made: Run, fault: RowFault) -> str:
    feed = None if fault.feed is None else made.binding.feeds[fault.feed]
    column = "" if feed is None or feed.column is None else f"{made.binding.header[feed.column]}: "
    return f"{fault.code} {column}{CODES[fault.code].title}"


def _in_short(made: Run, verdict: Verdict, faults: list[RowFault], rows: Any, everywhere: list[str]) -> Array:
    """One text for each combination of faults; a bit for each fault, 60 faults to a number."""
    words = [_short(made, fault) for fault in faults]
    bits = np.zeros((verdict.chunk.length, len(faults) // 60 + 1), dtype=np.int64)
    for number, fault in enumerate(faults):
        bits[fault.rows, number // 60] |= np.int64(1) << np.int64(number % 60)
    combined, which = _combinations(bits[rows])
    texts = [
        "; ".join([*everywhere, *(word for at, word in enumerate(words) if combination[at // 60] >> (at % 60) & 1)])
        for combination in combined.tolist()
    ]
    return pa.array(texts, pa.string()).take(which)


def _combinations(bits: Any) -> tuple[Any, Array]:
    """The distinct rows of a matrix of int64, and which of them each row is."""
    width = bits.shape[1]
    whole = pa.Array.from_buffers(pa.binary(8 * width), len(bits), [None, pa.py_buffer(np.ascontiguousarray(bits))])
    encoded = whole.dictionary_encode()
    found = np.frombuffer(b"".join(encoded.dictionary.to_pylist()), dtype=np.int64)
    return found.reshape(-1, width), encoded.indices
