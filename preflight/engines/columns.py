"""What became of each source column, for people: the field it feeds, how it was recognised, how it is filled."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from preflight.contract.columns import How
from preflight.engines.run import Run
from preflight.findings import ColumnLine, Group, Severity
from preflight.rules.codes import CODES

__all__ = ["column_lines", "count_distinct"]


def column_lines(made: Run, groups: tuple[Group, ...]) -> tuple[ColumnLine, ...]:
    """A line for each source column in the order of the header, then one for each constant."""
    counted: dict[tuple[str | None, str | None], int] = {}
    for group in groups:
        counted[group.column, group.field] = counted.get((group.column, group.field), 0) + group.findings
    header = made.binding.header
    found = [
        (len(header) if feed.column is None else feed.column, _column_of(made, number, counted))
        for number, feed in enumerate(made.binding.feeds)
    ]
    for at in made.binding.unmapped:
        filled, findings = made.tally.present.get(at, 0), counted.get((header[at], None), 0)
        found.append((at, ColumnLine(header[at], None, How.NOT_SENT.value, None, False, filled, None, 0, findings)))
    return tuple(line for _, line in sorted(found, key=lambda pair: pair[0]))


def _column_of(made: Run, number: int, counted: dict[tuple[str | None, str | None], int]) -> ColumnLine:
    feed = made.binding.feeds[number]
    column = None if feed.column is None else made.binding.header[feed.column]
    how = How.NOT_SENT if number in made.facts.left_out else feed.how
    return ColumnLine(
        column,
        feed.field.name,
        how.value,
        feed.field.type.value,
        made.plan.is_required(feed.field),
        filled=made.tally.records if feed.column is None else made.tally.present.get(feed.column, 0),
        distinct=None,
        changed=0 if made.rejects_all or how is How.NOT_SENT else made.tally.changed[number],
        findings=counted.get((column, feed.field.name), 0),
        evaluated=made.tally.valid[number] > 0 or not _waits(made, number),
    )


def _waits(made: Run, number: int) -> bool:
    """Whether cells of a feed wait for an answer about their column."""
    return any(key[3] and key[2] == number and CODES[key[0]].severity is Severity.ERROR for key in made.tally.groups)


def count_distinct(made: Run) -> dict[str, int]:
    """How many distinct values each source column has, blanks not counted; without the columns that share a header, and empty
    where the rows were not kept."""
    if made.verdicts is None:
        return {}
    header = made.binding.header
    columns = {
        name: pa.chunked_array([verdict.chunk.columns[at] for verdict in made.verdicts], pa.string())
        for at, name in enumerate(header)
        if header.count(name) == 1
    }
    return {name: pc.count_distinct(column).as_py() for name, column in columns.items()}
