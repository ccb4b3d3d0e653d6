"""Repaired rows as they come in: which rows of the run they are, in which form their cells are, what is still wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from preflight.api.repaired_keys import key_faults
from preflight.contract.field import Answers, Field
from preflight.contract.matching import is_own
from preflight.contract.names import listed
from preflight.contract.options import ColumnMapping
from preflight.contract.plan import Plan
from preflight.contract.plan_json import plan_from_json
from preflight.engines.repaired import Judged, joined, judge_again, some_rows
from preflight.engines.writing import written_header
from preflight.errors import UsageError
from preflight.files.receipt import ReceiptRecord
from preflight.rows import Chunk, Source
from preflight.submission.account import Account
from preflight.submission.outcomes import Outcomes
from preflight.submission.repair import AS_SENT
from preflight.submission.verdicts import State

__all__ = ["Repaired", "read_repaired"]

Array = Any
KEY = "preflight_row"
_SHOWN = 5


@dataclass(frozen=True)
class Repaired:
    """Repaired rows judged. All have an entry for each row as it came: `rows` (positions in the row map), `good` (numpy mask),
    `errors` (why a row is not), `texts` (a canonical column for each of `columns`, which are the pairs of header and field that the
    next part has). `cells` are the columns `header` as they came."""

    rows: Any
    good: Any
    errors: Sequence[str]
    texts: Sequence[Array]
    columns: tuple[tuple[str, str], ...]
    sources: tuple[tuple[str, str | None], ...]
    header: tuple[str, ...]
    cells: Sequence[Array]


def read_repaired(known: Outcomes, source: Source) -> Repaired:
    """Read and judge repaired rows. Raises UsageError, with every fault at once, where they cannot be rows of the run."""
    header = source.header
    keys = [at for at, name in enumerate(header) if name.strip().casefold() == KEY]
    if not keys:
        raise UsageError(f"there is no column {KEY}, by which repaired rows are joined; keep it as it stands in rejected.csv")
    chunk = joined(source.chunks(), len(header))
    rows = _rows_of(known, chunk, chunk.columns[keys[0]])
    flags = [at for at, name in enumerate(header) if name.strip().casefold() == AS_SENT]
    as_sent = _is_filled(chunk.columns[flags[0]]) if flags else np.zeros(chunk.length, dtype=bool)
    record = known.account.receipt
    plan = plan_from_json(record.definition)
    forms = [(form, some) for form in (False, True) if len(some := np.flatnonzero(as_sent == form))] or [
        (False, np.zeros(0, np.int64))
    ]
    judged = [(some, _judge(plan, record, source, some_rows(chunk, some), form)) for form, some in forms]
    columns, sources = _columns(record, [one for _, one in judged])
    order = np.argsort(np.concatenate([some for some, _ in judged]), kind="stable")
    texts = [_gathered([(one, field) for _, one in judged], order) for _, field in columns]
    good = np.concatenate([one.good for _, one in judged])[order]
    errors = _errors(judged, chunk.length)
    if plan.match_key is not None and plan.operation is not None:
        keys = _gathered([(one, plan.match_key) for _, one in judged], order)
        for at, said in key_faults(known.account, plan, rows, keys).items():
            good[at] = False
            errors[at] = f"{errors[at]}; {said}" if errors[at] else said
    kept = [at for at, name in enumerate(header) if not is_own(name) or at in flags]
    return Repaired(
        rows, good, errors, texts, columns, sources, tuple(header[at] for at in kept), [chunk.columns[at] for at in kept]
    )


def _is_filled(column: Array) -> Any:
    return pc.fill_null(pc.not_equal(pc.utf8_trim_whitespace(column), ""), False).to_numpy(zero_copy_only=False)


# which rows they are


def _rows_of(known: Outcomes, chunk: Chunk, keys: Array) -> Any:
    """The positions of the rows in the row map. Raises UsageError with one sentence for each kind of fault."""
    table = known.account.table
    keys = pc.utf8_trim_whitespace(keys)
    found = pc.index_in(keys, value_set=table["row_key"].combine_chunks())
    rows = pc.fill_null(found, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    faults = [*_unknown(known.account, chunk, keys, rows), *_twice(chunk, rows)]
    faults += _not_for_merging(known, chunk, rows)
    if faults:
        raise UsageError("; ".join(faults) + "; nothing was merged")
    return rows


def _unknown(account: Account, chunk: Chunk, keys: Array, rows: Any) -> Iterator[str]:
    missing = ~_is_filled(keys)
    if missing.any():
        yield f"{_rows(missing)} without a key in {KEY} ({_places(chunk, missing)}): give it back, or take the rows out"
    run = account.receipt.run
    whole = pc.fill_null(pc.match_substring_regex(keys, "^[0-9a-f]{8}-[0-9]+$"), False).to_numpy(zero_copy_only=False)
    own = pc.fill_null(pc.starts_with(keys, f"{run}-"), False).to_numpy(zero_copy_only=False)
    other = whole & ~own
    if other.any():
        yield f"{_rows(other)} of another run ({_places(chunk, other)}): the keys of this one begin with {run}-"
    unknown = (rows < 0) & ~missing & ~other
    if unknown.any():
        yield f"{_rows(unknown)} with a key that no row of the run has ({_places(chunk, unknown)})"


def _twice(chunk: Chunk, rows: Any) -> Iterator[str]:
    counts = np.unique(rows[rows >= 0], return_counts=True)
    doubled = np.isin(rows, counts[0][counts[1] > 1])
    if doubled.any():
        yield f"{_rows(doubled)} whose key stands more than once ({_places(chunk, doubled)}): leave one of each"


def _not_for_merging(known: Outcomes, chunk: Chunk, rows: Any) -> Iterator[str]:
    """Rows that must not be sent a second time. A row that was not sent may be merged only where its job has ended: otherwise its
    part is still to be sent, with the row in it."""
    states = np.where(rows >= 0, known.states[rows], State.REJECTED_HERE)
    waiting = (states == State.NOT_SENT) & (known.row_jobs[rows] < 0)
    kinds = (
        (states == State.IMPORTED, "imported already"),
        (states == State.UNKNOWN, "that may have been imported"),
        (waiting, "written already and waiting to be sent"),
    )
    for mask, what in kinds:
        if mask.any():
            yield f"{_rows(mask)} {what} ({_places(chunk, mask)}): take them out"


def _rows(mask: Any) -> str:
    count = int(mask.sum())
    return f"{count:,} row{'' if count == 1 else 's'}"


def _places(chunk: Chunk, mask: Any) -> str:
    """Where the first few rows stand."""
    at = np.flatnonzero(mask)
    lines = at if chunk.lines is None else chunk.lines.to_numpy(zero_copy_only=False)[at]
    word = "row" if chunk.lines is None else "line"
    more = f" and {len(at) - _SHOWN:,} more" if len(at) > _SHOWN else ""
    return f"{word} {', '.join(str(one) for one in lines[:_SHOWN].tolist())}{more}"


# in which form their cells are


def _judge(plan: Plan, record: ReceiptRecord, source: Source, chunk: Chunk, as_sent: bool) -> Judged:
    """Judge rows whose columns are named as in the source or as in the parts; with `as_sent` as in the parts for certain."""
    mapped, sent = _named(record, source.header, as_sent)
    settled = tuple(_settled(one, record, one.name in sent) for one in plan.contract.fields)
    fed = {one.field for one in mapped}
    own = Plan(
        contract=replace(plan.contract, fields=settled),
        operation=plan.operation,
        match_key=plan.match_key,
        columns=(*mapped, *_others(plan, source.header, mapped)),
        constants=tuple(pair for pair in plan.constants if pair[0] not in fed),
        answers=plan.answers,
        blank=plan.blank,
        duplicates=plan.duplicates,
        unmapped=plan.unmapped,
    )
    judged = judge_again(own, source, chunk)
    _refuse_columns(record, judged)
    return judged


def _named(record: ReceiptRecord, header: Sequence[str], as_sent: bool) -> tuple[tuple[ColumnMapping, ...], set[str]]:
    """The fields that columns mean by the names of this run, and those of them whose cells are as they were sent."""
    by_source = {column: field for field, column in record.sources if column is not None}
    by_part = {**{field: field for _, field in record.columns}, **dict(record.columns)}
    ways = ((by_part, True),) if as_sent else ((by_source, False), (by_part, True))
    mapped: list[ColumnMapping] = []
    sent: set[str] = set()
    for name in dict.fromkeys(header):
        for known, form in ways:
            if name in known and not is_own(name):
                mapped.append(ColumnMapping(name, known[name]))
                if form:
                    sent.add(known[name])
                break
    return tuple(mapped), sent


def _others(plan: Plan, header: Sequence[str], mapped: tuple[ColumnMapping, ...]) -> Iterator[ColumnMapping]:
    """What the plan states of columns that are there and mean nothing by the names of the run."""
    named = {one.column for one in mapped}
    fed = {one.field for one in mapped}
    for one in plan.columns:
        if one.column in header and one.column not in named and (one.field is None or one.field not in fed):
            yield one


def _settled(one: Field, record: ReceiptRecord, as_sent: bool) -> Field:
    """The field with what the run has settled for its column; a cell as it was sent is in the form of the API."""
    answers = Answers(**record.answers[one.name]) if one.name in record.answers else one.answers
    return replace(one, answers=replace(answers, scale="0-100", decimal=".") if as_sent else answers)


def _refuse_columns(record: ReceiptRecord, judged: Judged) -> None:
    """Raise UsageError where the columns are not those of the run: a value must neither be dropped nor be sent as blank unasked."""
    made = judged.made
    if made.plan.unmapped != "drop" and made.binding.unmapped:
        stated = {one.column for one in made.plan.columns if one.field is None}
        names = [made.binding.header[at] for at in made.binding.unmapped]
        if left := [name for name in names if name not in stated and not is_own(name)]:
            raise UsageError(f"the columns {listed(left)} are not in the run; take them out, or name them as they were")
    if not record.parts:
        return
    wanted, fed = {field for _, field in record.columns}, {feed.field.name for feed in made.binding.feeds}
    sources = dict(record.sources)
    if missing := [sources.get(name) or name for _, name in record.columns if name not in fed]:
        raise UsageError(f"the columns {listed(missing)} are missing, and their cells would be sent as blank; give them back")
    for feed, text in zip(made.binding.feeds, judged.verdict.texts, strict=True):
        if feed.field.name not in wanted and text.null_count < len(text):
            raise UsageError(
                f"the parts of the run have no column {feed.field.name}, because it was blank in every row, and here it is filled; "
                "leave it blank, or write the run anew"
            )


def _columns(
    record: ReceiptRecord, judged: Sequence[Judged]
) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str | None], ...]]:
    """The header and fields of the next part: those of the run, or where it has no part those of the repaired rows."""
    if record.parts:
        return record.columns, record.sources
    made = judged[0].made
    names = judged[0].fields
    feeds = {feed.field.name: feed.column for feed in made.binding.feeds}
    sources = tuple((name, None if (at := feeds[name]) is None else made.binding.header[at]) for name in names)
    return tuple(zip(written_header(made, record.headers), names, strict=True)), sources


def _gathered(columns: Sequence[tuple[Judged, str | None]], order: Any) -> Array:
    """One field of all rows in the order in which they came; null where nothing feeds it."""
    texts = [one.texts(field or "") for one, field in columns]
    found = [
        pa.nulls(one.verdict.chunk.length, pa.string()) if text is None else text
        for text, (one, _) in zip(texts, columns, strict=True)
    ]
    return pa.concat_arrays(found).take(pa.array(order))


# what is wrong with them


def _errors(judged: Sequence[tuple[Any, Judged]], length: int) -> list[str]:
    told = [""] * length
    for some, one in judged:
        bad = np.flatnonzero(~one.good)
        for at, text in zip(some[bad].tolist(), one.errors(bad), strict=True):
            told[at] = text
    return told
