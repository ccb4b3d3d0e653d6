"""What the executors of a cluster do: partitions as Arrow batches through the kernel. Nothing here knows Spark.

Each function takes the batches of one partition and yields batches, as `mapInArrow` wants it. The columns of a source come by
number, so that no name needs quoting; a source row is known by its label alone, for partitions have no position.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Mapping
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
from preflight.findings import Finding, Scope, Severity, SourceLine
from preflight.kernel.columns import as_numpy, cells_of, hash_text, rows_of
from preflight.kernel.counts import ValueCounts
from preflight.kernel.judge import RowFault, Verdict, judge
from preflight.kernel.keys import Duplicates, digests_of
from preflight.kernel.normalise import change_rules, typed_column
from preflight.kernel.schema import gate
from preflight.kernel.survey import Evidence, comparable, survey
from preflight.kernel.words import Words, shown
from preflight.rows import Chunk
from preflight.rules import domains
from preflight.rules.codes import CODES

__all__ = [
    "CHANGE",
    "FINDING",
    "FarCounts",
    "FarSource",
    "changed_cells",
    "evidence_of",
    "far_finding",
    "judged_rows",
    "typed_rows",
    "worded_groups",
]

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
        ("digest", pa.int64()),
    ]
)
"""One finding of a row. Where `question` is true, all rows make one finding of the column and there are no words yet.
`digest` tells values apart that are not shown."""


CHANGE = ("column", "field", "before", "after", "rules", "safe")
"""What is told of a rewritten cell, behind its label."""


@dataclass
class FarCounts(ValueCounts):
    """Values that Spark has counted: how many distinct ones, and the most frequent with their counts."""

    known: int = 0
    leaders: tuple[tuple[str, int], ...] = ()

    @property
    def distinct(self) -> int:
        """How many distinct values there are."""
        return self.known

    def top(self) -> tuple[tuple[str, int], ...]:
        """The most frequent values with their counts; among equals the one that sorts first."""
        return self.leaders


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


def far_finding(made: Run, code: str, severity: Severity, feed: int | None, told: Mapping[str, Any]) -> Finding:
    """A finding of a row from its label, value, message and suggestion; a duplicate (no feed) is about the match key."""
    known = CODES[code]
    of = next((one for one in made.binding.feeds if one.field.name == made.plan.match_key), None)
    if feed is not None:
        of = made.binding.feeds[feed]
    return Finding(
        code,
        known.name,
        severity,
        known.scope if known.scope is not Scope.COLUMN else Scope.CELL,
        told["message"],
        label=told["label"],
        column=None if of is None or of.column is None else made.binding.header[of.column],
        field=None if of is None else of.field.name,
        value=told["value"],
        suggestion=told["suggestion"],
    )


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
    apart from duplicates; `changed`, the numbers of the rewritten feeds (of those sent as blank, their complement); `key`, `cell`,
    `path`, `digest` of the match key.

    Raises Disagreement where the schema refuses rows that the kernel calls good.
    """
    for table in _tables(batches):
        verdict = judge(made.plan, made.binding, made.facts, _chunk_of(table, taken), made.policy)
        if not made.rejects_all:
            gate(made.plan, typed_table(made, verdict, verdict.sound))
        judged = dict(zip(table.column_names, table.columns, strict=True))
        judged |= {f"t{number}": text for number, text in enumerate(verdict.texts)}
        judged |= {"good": verdict.good, "changed": _changed(made, verdict), "findings": _findings(made.words, verdict)}
        yield from _cut(pa.table(judged | _key_columns(made, verdict)))


def typed_rows(fields: tuple[Field, ...], names: tuple[str, ...], batches: Batches) -> Iterator[Any]:
    """A label and canonical texts, one for each field, as typed columns."""
    for batch in batches:
        texts = [column_text(column)[0] for column in batch.columns[1:]]  # a session may send long text
        typed = [typed_column(text, field) for text, field in zip(texts, fields, strict=True)]
        yield pa.record_batch([batch.column(0), *typed], names=list(names))


def changed_cells(made: Run, batches: Batches) -> Iterator[Any]:
    """The rewritten cells of some rows, each a line of its label and CHANGE. The rows come as label, `changed`, the
    texts of all feeds, and the source columns of the feeds as `c<feed>`."""
    for table in _tables(batches):
        changed = table.column("changed").combine_chunks()
        parents, numbers = as_numpy(changed.value_parent_indices()), as_numpy(changed.flatten())
        for number in made.sent:
            feed = made.binding.feeds[number]
            for safe, told in ((True, number), (False, ~number)):
                rows = pa.array(parents[numbers == told])
                if feed.column is None or not len(rows):
                    continue
                before = column_text(table.column(f"c{number}"))[0].take(rows)
                after = column_text(table.column(f"t{number}"))[0].take(rows)
                rules = change_rules(before, after, feed.field) if safe else [("sent-as-blank",)] * len(rows)
                texts = [_discreet(cells, made.words.values) for cells in (before, after)]
                same = [pa.repeat(text, len(rows)) for text in (made.binding.header[feed.column], feed.field.name)]
                lists = pa.array(rules, pa.list_(pa.string()))
                columns = [table.column(0).combine_chunks().take(rows), *same, *texts, lists, pa.repeat(safe, len(rows))]
                yield from _cut(pa.table(columns, names=["label", *CHANGE]))


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


def _changed(made: Run, verdict: Verdict) -> Array:
    """For each row the numbers of its rewritten feeds, ascending; ``~number`` of those that are sent as blank."""
    rows, numbers = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int32)]
    for number in made.sent:
        mask, blanked = verdict.changed[number], verdict.blanked[number]
        if mask is not None:
            rows.append(rows_of(mask))
            told = np.full(len(rows[-1]), number, dtype=np.int32)
            numbers.append(told if blanked is None else np.where(as_numpy(blanked)[rows[-1]], ~told, told))
    return _listed(np.concatenate(rows), pa.array(np.concatenate(numbers)), verdict.chunk.length)


def _listed(rows: Any, values: Array, length: int) -> Array:
    """Values as lists, one list for each of so many rows; the values of a row keep their order."""
    order = np.argsort(rows, kind="stable")
    offsets = np.searchsorted(rows[order], np.arange(length + 1)).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), values.take(pa.array(order)))


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
    told = [_told(words, verdict, fault) for fault in verdict.faults]
    rows = [np.zeros(0, dtype=np.int64), *(fault.rows for fault in verdict.faults)]
    return _listed(np.concatenate(rows), pa.concat_arrays([pa.array([], FINDING), *told]), verdict.chunk.length)


def _told(words: Words, verdict: Verdict, fault: RowFault) -> Array:
    """The findings of one fault, worded once for each distinct value."""
    count = len(fault.rows)
    found = values_of(words.binding, verdict, fault)
    cells = pa.nulls(count, pa.string()) if found is None else found
    message = suggestion = pa.nulls(count, pa.string())
    digest = pa.nulls(count, pa.int64())
    if not fault.questions:
        assert fault.feed is not None
        encoded = cells.dictionary_encode(null_encoding="encode")
        advices = [words.of_cell(fault.code, fault.feed, value) for value in encoded.dictionary.to_pylist()]
        message = pa.array([one.message for one in advices], pa.string()).take(encoded.indices)
        suggestion = pa.array([one.suggestion for one in advices], pa.string()).take(encoded.indices)
        if words.values != "show":
            digest = pa.array(hash_text(cells).view(np.int64), mask=as_numpy(cells.is_null()))
        cells = _discreet(cells, words.values)
    same = {"code": fault.code, "severity": fault.severity.value, "feed": fault.feed, "question": fault.questions}
    constant = [pa.repeat(pa.scalar(same[name], FINDING.field(name).type), count) for name in same]
    return pa.StructArray.from_arrays([*constant, cells, message, suggestion, digest], fields=list(FINDING))


def _discreet(cells: Array, mode: str) -> Array:
    """Values as they may be shown: as they are, as their shapes, or not at all."""
    if mode == "show":
        return cells
    if mode == "hide":
        return pa.nulls(len(cells), pa.string())
    encoded = cells.dictionary_encode()
    shapes = [shown(value, mode)[1:-1] for value in encoded.dictionary.to_pylist()]
    return pa.array(shapes, pa.string()).take(encoded.indices)
