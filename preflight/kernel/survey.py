"""What needs every row before any row can be judged: the order of day and month, the scale of percents, duplicate keys.

`survey` looks at one chunk; `Evidence` of several chunks merges associatively, so that the way the rows are cut changes nothing;
`settle` draws the conclusions once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from preflight.contract.columns import Binding, Feed
from preflight.contract.field import Answers, Field, FieldType, Operation
from preflight.contract.names import fold
from preflight.contract.plan import Plan
from preflight.kernel.columns import broken_rows, cells_of, distinct_of, is_none
from preflight.kernel.families import FAMILIES, asks
from preflight.kernel.keys import Duplicates, KeyPart, find_duplicates
from preflight.kernel.normalise import prepared, read_column
from preflight.rows import Chunk
from preflight.rules import domains
from preflight.rules.reading import Reading
from preflight.rules.replacing import put

__all__ = ["Evidence", "Facts", "columns_to_survey", "comparable", "country_column", "settle", "survey"]

Array = Any
_FIRST = 1024
"""As many cells nearly always show that a column has a value."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What chunks prove. `columns` has one entry for each feed whose family asks, None for the others; `filled` says which feeds
    have any value; `keys` are the match keys."""

    columns: tuple[Any, ...]
    filled: tuple[bool, ...]
    keys: tuple[KeyPart, ...] = ()
    rows: int = 0

    def merge(self, other: Evidence) -> Evidence:
        """The evidence of these rows and those that follow."""
        columns = tuple(
            theirs if mine is None else mine if theirs is None else mine.merge(theirs)
            for mine, theirs in zip(self.columns, other.columns, strict=True)
        )
        filled = tuple(mine or theirs for mine, theirs in zip(self.filled, other.filled, strict=True))
        return Evidence(columns, filled, self.keys + other.keys, self.rows + other.rows)

    def readings(self, most_bytes: int) -> dict[int, Reading]:
        """The match key as it was read, by the first row of each chunk, for as many of the first chunks as fit."""
        found: dict[int, Reading] = {}
        for part in sorted(self.keys, key=lambda one: one.first_row):
            most_bytes -= part.texts.get_total_buffer_size()
            if most_bytes < 0:
                break
            if part.reading is not None:
                found[part.first_row] = part.reading
        return found


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of all rows. `answers` has the settled answers of each feed, `left_out` the feeds that are blank in every row
    and are not sent, `evidence` what the columns proved."""

    answers: tuple[Answers, ...]
    duplicates: Duplicates = Duplicates()
    left_out: frozenset[int] = frozenset()
    evidence: tuple[Any, ...] = ()


def survey(plan: Plan, binding: Binding, chunk: Chunk) -> Evidence:
    """The evidence of one chunk. Records with a broken structure prove nothing: their cells may stand in the wrong column."""
    sound = _sound_rows(chunk)
    columns, filled = [], []
    keys: tuple[KeyPart, ...] = ()
    for feed in binding.feeds:
        cells = None if feed.column is None else chunk.columns[feed.column]
        if cells is not None and sound is not None:
            cells = cells.filter(sound)
        found = _evidence_of(plan, feed, cells)
        country = country_column(binding, feed)
        if country is not None and cells is not None:
            beside = chunk.columns[country]
            found = found.of_countries(cells, beside if sound is None else beside.filter(sound))
        columns.append(found)
        filled.append(cells is None or _is_filled(plan, feed, cells))
        if _is_key(plan, feed):
            keys = (_key_part(plan, feed, chunk),)
    return Evidence(tuple(columns), tuple(filled), keys, chunk.length)


def country_column(binding: Binding, feed: Feed) -> int | None:
    """The source column with the countries of a column of postal codes: by its field, ``billing_country`` beside
    ``billing_postal_code``, or by its header; None for other types, and where there is none."""
    if feed.field.type is not FieldType.POSTAL_CODE:
        return None
    fed = {one.field.name: one.column for one in binding.feeds if one.column is not None}
    for name in (feed.field.name.replace("postal_code", "country"), "country"):
        if name in fed and name != feed.field.name:
            return fed[name]
    return next((at for at, name in enumerate(binding.header) if fold(name) == "country"), None)


def settle(plan: Plan, binding: Binding, evidence: Evidence | None) -> Facts:
    """The facts that the evidence of all rows gives; without any row, those of the plan alone."""
    answers = []
    for number, feed in enumerate(binding.feeds):
        stated, family = plan.answers_for(feed.field), FAMILIES[feed.field.type]
        proven = evidence.columns[number] if evidence else None
        answers.append(stated if proven is None else family.settle(proven, feed.field, stated))
    if evidence is None:
        return Facts(tuple(answers))
    return Facts(
        tuple(answers),
        find_duplicates(_keys(plan, binding, evidence, answers)),
        _left_out(plan, binding, evidence),
        evidence.columns,
    )


def columns_to_survey(plan: Plan, binding: Binding, evidence: Evidence | None) -> frozenset[int]:
    """The source columns that can still add to the evidence: those that ask, the match key, and those without any value so far."""
    fed = frozenset(
        feed.column
        for number, feed in enumerate(binding.feeds)
        if feed.column is not None
        and (asks(FAMILIES[feed.field.type]) or _is_key(plan, feed) or not (evidence is not None and evidence.filled[number]))
    )
    beside = (country_column(binding, feed) for feed in binding.feeds)
    return fed | {column for column in beside if column is not None}


def _sound_rows(chunk: Chunk) -> Array | None:
    if chunk.cells is None and chunk.stray is None:
        return None
    return broken_rows(chunk, invert=True)


def _evidence_of(plan: Plan, feed: Feed, cells: Array | None) -> Any:
    family = FAMILIES[feed.field.type]
    if cells is None or not asks(family):
        return None
    tidied, _ = prepared(distinct_of(cells).values, feed.field)
    return family.survey(tidied, feed.field, plan.answers_for(feed.field))


def _is_filled(plan: Plan, feed: Feed, cells: Array) -> bool:
    """Whether any cell has a value. Only asked where a blank column would be left out."""
    if not _may_be_left_out(plan, feed):
        return True
    if cells.null_count == len(cells):
        return False
    for part in (cells.slice(0, _FIRST), cells.slice(_FIRST)):
        tidied, faults = prepared(part.drop_null(), feed.field)
        if faults or tidied.null_count < len(tidied):
            return True
    return False


def _may_be_left_out(plan: Plan, feed: Feed) -> bool:
    changes_stored = plan.operation in (Operation.UPDATE, Operation.UPSERT)
    in_group = any(feed.field.name in group for group in plan.one_of)
    return changes_stored and not in_group and feed.field.name != plan.match_key and not plan.is_required(feed.field)


def _left_out(plan: Plan, binding: Binding, evidence: Evidence) -> frozenset[int]:
    if not evidence.rows:
        return frozenset()
    return frozenset(
        number
        for number, feed in enumerate(binding.feeds)
        if feed.column is not None and not evidence.filled[number] and _may_be_left_out(plan, feed)
    )


def _is_key(plan: Plan, feed: Feed) -> bool:
    return feed.field.name == plan.match_key and plan.operation in (Operation.UPDATE, Operation.UPSERT)


def _key_part(plan: Plan, feed: Feed, chunk: Chunk) -> KeyPart:
    """The keys of a chunk: canonical text; where the family asks first, the cells as they stand, read once all is settled."""
    cells = cells_of(feed, chunk)
    sound = _sound_rows(chunk)
    if sound is not None:
        cells = pc.if_else(sound, cells, pa.scalar(None, pa.string()))
    if _reads_late(feed):
        return KeyPart.of(chunk.first_row, cells)
    reading = read_column(cells, feed.field, plan.answers_for(feed.field))
    paths = domains.site_path(cells) if feed.field.type is FieldType.DOMAIN else None
    if paths is not None and paths.null_count == len(paths):
        paths = None
    return KeyPart.of(chunk.first_row, reading.text, paths, reading if sound is None else None)


def _reads_late(feed: Feed) -> bool:
    return feed.field.type in _KEYS_THAT_ASK


def comparable(text: Array, field: Field) -> Array:
    """The canonical text of a match key as keys are compared: a number without the zeros that end its decimals."""
    if field.type not in _WITH_DECIMALS:
        return text
    some = pc.fill_null(pc.and_(pc.match_substring(text, "."), pc.ends_with(text, "0")), False)
    if is_none(some):
        return text
    return put(text, some, pc.ascii_rtrim(pc.ascii_rtrim(text.filter(some), "0"), "."))


_WITH_DECIMALS = frozenset({FieldType.NUMBER, FieldType.CURRENCY, FieldType.PERCENT})
_KEYS_THAT_ASK = frozenset(
    {FieldType.DATE, FieldType.DATETIME, FieldType.NUMBER, FieldType.CURRENCY, FieldType.PERCENT, FieldType.INTEGER}
)


def _keys(plan: Plan, binding: Binding, evidence: Evidence, answers: list[Answers]) -> list[KeyPart]:
    for number, feed in enumerate(binding.feeds):
        if _is_key(plan, feed) and _reads_late(feed):
            return [
                KeyPart.of(part.first_row, comparable(read_column(part.texts, feed.field, answers[number]).text, feed.field))
                for part in evidence.keys
            ]
    return list(evidence.keys)
