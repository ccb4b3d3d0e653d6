"""What the executors of a cluster do: partitions as Arrow batches through the kernel. Nothing here knows Spark.

Each function takes the batches of one partition and yields batches, as `mapInArrow` wants it. The columns of a source come by
number, so that no name needs quoting; a source row is known by its label alone, for partitions have no position.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from preflight.contract.columns import Binding
from preflight.contract.field import Field, FieldType
from preflight.contract.plan import Plan
from preflight.engines.findings import values_of
from preflight.engines.frames import column_text
from preflight.engines.run import Run, typed_table
from preflight.findings import SourceLine
from preflight.kernel.columns import as_numpy, cells_of
from preflight.kernel.judge import RowFault, Verdict, judge
from preflight.kernel.keys import Duplicates, digests_of
from preflight.kernel.normalise import typed_column
from preflight.kernel.schema import gate
from preflight.kernel.survey import Evidence, comparable, survey
from preflight.kernel.words import Words, shown
from preflight.rows import Chunk
from preflight.rules import domains

__all__ = ["FINDING", "FarSource", "evidence_of", "judged_rows", "typed_rows", "worded_groups"]

Array = Any
Batches = Iterable[Any]  # of pyarrow.RecordBatch

_ROWS = 1 << 16
_BYTES = 1 << 26
"""Up to so many rows or bytes of a partition are judged at a time: on blocks of 10,000 rows, which is what Spark sends, kernel and
gate cost three times as much."""
_SENT_ROWS = 10_000

FINDING = pa.struct(
    [
        ("code", pa.string()),
        ("severity", pa.string()),
        ("feed", pa.int32()),
        ("question", pa.bool_()),
        ("value", pa.string()),
        ("message", pa.string()),
        ("suggestion", pa.string()),
    ]
)
"""One finding of a row. Where `question` is true, all rows make one finding of the column and there are no words yet."""


@dataclass(frozen=True, slots=True)
class FarSource:
    """The rows of a cluster as a source that nobody reads here: all that is known of them is their header and their number."""

    header: tuple[str, ...]
    records: int = 0
    path: str | None = None

    def chunks(self) -> Iterator[Chunk]:
        """None: the rows stay where they are."""
        return iter(())

    def findings(self) -> tuple[()]:
        """Nothing is to be said about a frame as a whole."""
        return ()

    def line(self) -> SourceLine:
        """What was read."""
        return SourceLine(None, self.records, columns=len(self.header))


def evidence_of(plan: Plan, binding: Binding, taken: tuple[int, ...], batches: Batches) -> Iterator[Any]:
    """The evidence of a partition in one pickled row; keys are left out, Spark groups them. No row for an empty partition."""
    keyless = replace(plan, match_key=None)
    merged: Evidence | None = None
    for table in _tables(batches):
        evidence = survey(keyless, binding, _chunk_of(table, taken))
        merged = evidence if merged is None else merged.merge(evidence)
    if merged is not None:
        yield pa.record_batch({"evidence": pa.array([pickle.dumps(merged)], pa.binary())})


def judged_rows(made: Run, taken: tuple[int, ...], batches: Batches) -> Iterator[Any]:
    """The rows with what the kernel says of each: the source columns as they came; `t<feed>` canonical texts; `good` and `findings`
    apart from duplicates; `changes`, the number of rewritten cells; `key`, `cell`, `path`, `digest` of the match key.

    Raises Disagreement where the schema refuses rows that the kernel calls good.
    """
    for table in _tables(batches):
        verdict = judge(made.plan, made.binding, made.facts, _chunk_of(table, taken), made.policy)
        if not made.rejects_all:
            gate(made.plan, typed_table(made, verdict, verdict.sound))
        judged = dict(zip(table.column_names, table.columns, strict=True))
        judged |= {f"t{number}": text for number, text in enumerate(verdict.texts)}
        judged |= {"good": verdict.good, "changes": _changes(made, verdict), "findings": _findings(made.words, verdict)}
        yield from _cut(pa.table(judged | _key_columns(made, verdict)))


def typed_rows(fields: tuple[Field, ...], names: tuple[str, ...], batches: Batches) -> Iterator[Any]:
    """A label and canonical texts, one for each field, as typed columns."""
    for batch in batches:
        texts = [column_text(column)[0] for column in batch.columns[1:]]  # a session may send long text
        typed = [typed_column(text, field) for text, field in zip(texts, fields, strict=True)]
        yield pa.record_batch([batch.column(0), *typed], names=list(names))


def worded_groups(values: str, unit: str, batches: Batches) -> Iterator[Any]:
    """The groups of a match key (key, rows, first, last, identical, path, other_path) with the words for their rows."""
    for batch in batches:
        told = [_group_words(group, values, unit) for group in batch.to_pylist()]
        yield pa.record_batch(
            [batch.column("key"), batch.column("first"), batch.column("last"), pa.array(told, pa.string())],
            names=["group", "first", "last", "told"],
        )


def _group_words(group: dict[str, Any], values: str, unit: str) -> str:
    count, alike, among = group["rows"], "", ""
    if values == "show":
        among = f", {unit} {group['first_text']} and {group['last_text']}" + (" among them" if count > 2 else "")
    if group["identical"]:
        alike = ", and the rows are identical in every column"
    elif group["path"] != group["other_path"]:
        listed = f" ({shown(group['path'])}, {shown(group['other_path'])})" if values == "show" else ""
        alike = f"; the hosts agree, the addresses differ{listed}"
    return f"{shown(group['key'], values)} is the match key of {count:,} rows{among}{alike}; none of the {count:,} is sent"


def _tables(batches: Batches) -> Iterator[Any]:
    """The batches joined into tables of single chunks, large enough to be worth the kernel's while."""
    waiting: list[Any] = []
    rows = size = 0
    for batch in batches:
        if not batch.num_rows:
            continue
        waiting.append(batch)
        rows, size = rows + batch.num_rows, size + batch.nbytes
        if rows >= _ROWS or size >= _BYTES:
            yield pa.Table.from_batches(waiting).combine_chunks()
            waiting, rows, size = [], 0, 0
    if waiting:
        yield pa.Table.from_batches(waiting).combine_chunks()


def _cut(table: Any) -> Iterator[Any]:
    return iter(table.combine_chunks().to_batches(max_chunksize=_SENT_ROWS))


def _chunk_of(table: Any, taken: tuple[int, ...]) -> Chunk:
    pairs = [column_text(table.column(number)) for number in taken]
    objects = tuple((number, mask) for number, (_, mask) in enumerate(pairs) if mask is not None)
    return Chunk(tuple(text for text, _ in pairs), 0, table.num_rows, objects=objects)


def _changes(made: Run, verdict: Verdict) -> Array:
    count = np.zeros(verdict.chunk.length, dtype=np.int32)
    for number in made.sent:
        mask = verdict.changed[number]
        if mask is not None:
            count += as_numpy(mask)
    return pa.array(count)


def _key_columns(made: Run, verdict: Verdict) -> dict[str, Array]:
    """The match key of each row, its cell as found, what follows the host of an address, and a digest of the whole row."""
    chunk, plan = verdict.chunk, made.plan
    nothing = pa.nulls(chunk.length, pa.string())
    number = next((at for at, feed in enumerate(made.binding.feeds) if feed.field.name == plan.match_key), None)
    if number is None:
        return {"key": nothing, "cell": nothing, "path": nothing, "digest": pa.nulls(chunk.length, pa.int64())}
    feed = made.binding.feeds[number]
    rows = np.arange(chunk.length, dtype=np.int64)
    return {
        "key": comparable(verdict.texts[number], feed.field),
        "cell": nothing if feed.column is None else _discreet(chunk.columns[feed.column], made.words.values),
        "path": domains.site_path(cells_of(feed, chunk)) if feed.field.type is FieldType.DOMAIN else nothing,
        "digest": pa.array(digests_of(Duplicates(rows, np.zeros_like(rows)), chunk).view(np.int64)),
    }


def _findings(words: Words, verdict: Verdict) -> Array:
    """The findings of each row, in the order of the kernel: a list column of FINDING."""
    length = verdict.chunk.length
    if not verdict.faults:
        return pa.array([[]] * length, pa.list_(FINDING)) if length else pa.array([], pa.list_(FINDING))
    rows = np.concatenate([fault.rows for fault in verdict.faults])
    order = np.argsort(rows, kind="stable")
    told = pa.concat_arrays([_told(words, verdict, fault) for fault in verdict.faults])
    offsets = np.searchsorted(rows[order], np.arange(length + 1)).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), told.take(pa.array(order)))


def _told(words: Words, verdict: Verdict, fault: RowFault) -> Array:
    """The findings of one fault, worded once for each distinct value."""
    count = len(fault.rows)
    found = values_of(words.binding, verdict, fault)
    cells = pa.nulls(count, pa.string()) if found is None else found
    message = suggestion = pa.nulls(count, pa.string())
    if not fault.questions:
        assert fault.feed is not None
        encoded = cells.dictionary_encode(null_encoding="encode")
        advices = [words.of_cell(fault.code, fault.feed, value) for value in encoded.dictionary.to_pylist()]
        message = pa.array([one.message for one in advices], pa.string()).take(encoded.indices)
        suggestion = pa.array([one.suggestion for one in advices], pa.string()).take(encoded.indices)
        cells = _discreet(cells, words.values)
    same = {"code": fault.code, "severity": fault.severity.value, "feed": fault.feed, "question": fault.questions}
    constant = [pa.repeat(pa.scalar(same[name], FINDING.field(name).type), count) for name in same]
    return pa.StructArray.from_arrays([*constant, cells, message, suggestion], fields=list(FINDING))


def _discreet(cells: Array, mode: str) -> Array:
    """Values as they may be shown: as they are, as their shapes, or not at all."""
    if mode == "show":
        return cells
    if mode == "hide":
        return pa.nulls(len(cells), pa.string())
    encoded = cells.dictionary_encode()
    shapes = [shown(value, mode)[1:-1] for value in encoded.dictionary.to_pylist()]
    return pa.array(shapes, pa.string()).take(encoded.indices)
