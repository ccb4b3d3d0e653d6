"""What a run's folder says: the row map, the records of every part, and the server's words as received."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet

from preflight.errors import UsageError
from preflight.files.receipt import MOVED, ROWS, PartLine, ReceiptRecord, read_receipt
from preflight.submission.record import ERRORS, JobLine

__all__ = ["NO_NUMBER", "Account", "Errors", "Placements", "is_as_sent", "open_account", "read_errors"]

Array = Any
NO_NUMBER = np.iinfo(np.int64).min
_BLOCK = 1 << 20
_LARGEST = 1 << 62


@dataclass(frozen=True, slots=True)
class Placements:
    """Every record of every part, ordered by part and record (numpy int64): the position of its row in the row map, its physical
    line. `starts` says where the records of a part begin; record r of part p is entry ``starts[p] + r - 1``."""

    rows: Any
    lines: Any
    starts: dict[int, int]
    counts: dict[int, int]


@dataclass(frozen=True, slots=True)
class Account:
    """A run's folder, read.

    `table` is the row map (source_row, label, record, line, row_key, and path where the source was several files) in source order.
    `parts` and `records` (numpy int64, a value for each row) are where a row was written last, 0 for a rejected one.
    """

    folder: Path
    receipt: ReceiptRecord
    table: Any
    parts: Any
    records: Any
    placed: Placements

    @property
    def length(self) -> int:
        """The number of source rows."""
        return int(self.table.num_rows)

    @property
    def files(self) -> tuple[str, ...]:
        """The column of the row map that names the file of each row; none where the source was one."""
        return tuple(name for name in ("path",) if name in self.table.column_names)

    @property
    def entries(self) -> Any:
        """For each row its place in `placed`, -1 for a rejected one (numpy int64)."""
        starts = np.zeros(max(self.placed.starts, default=0) + 1, dtype=np.int64)
        for part, start in self.placed.starts.items():
            starts[part] = start
        return np.where(self.parts > 0, starts[self.parts] + self.records - 1, -1)

    def lines(self) -> Any:
        """For each row its physical line in its part, 0 for a rejected one (numpy int64)."""
        entries = self.entries
        return np.where(entries >= 0, self.placed.lines[entries], 0) if len(self.placed.lines) else np.zeros_like(entries)

    def part(self, number: int) -> PartLine | None:
        """The part of that number, None where the receipt has none."""
        return next((one for one in self.receipt.parts if one.part == number), None)


def open_account(folder: Path) -> Account:
    """Read a run's folder. Raises UsageError where it holds no finished run, or where receipt and row map contradict each other."""
    receipt = read_receipt(folder)
    try:
        table = parquet.read_table(folder / ROWS, memory_map=False)
        moved = _moved(folder)
    except (OSError, pa.ArrowException) as error:
        raise UsageError(
            f"{folder / ROWS} cannot be read ({type(error).__name__}); write the run again into another folder"
        ) from error
    table = table.combine_chunks()
    known = {one.part for one in receipt.parts}
    current = _columns(table, ("part", "part_record", "part_line"))
    source = np.asarray(table["source_row"], dtype=np.int64)
    earlier = [np.searchsorted(source, moved["source_row"]), moved["part"], moved["part_record"], moved["part_line"]]
    # A merge that was cut short has left rows of a part that the receipt does not have: they stand where they stood before.
    undone = ~np.isin(current[0], sorted(known)) & (current[0] > 0)
    for column in current:
        column[undone] = 0
    inside = np.isin(earlier[1], sorted(known))
    earlier = [column[inside] for column in earlier]
    for at in np.flatnonzero(np.isin(earlier[0], np.flatnonzero(undone))):  # in the order of the parts: the last one holds
        for column, values in zip(current, earlier[1:], strict=True):
            column[earlier[0][at]] = values[at]
    placed = _placements(receipt, current, earlier)
    return Account(folder, receipt, table, current[0], current[1], placed)


def _moved(folder: Path) -> dict[str, Any]:
    names = ("source_row", "part", "part_record", "part_line")
    path = folder / MOVED
    if not path.exists():
        return {name: np.zeros(0, dtype=np.int64) for name in names}
    table = parquet.read_table(path).sort_by([("part", "ascending"), ("part_record", "ascending")])
    return dict(zip(names, _columns(table, names), strict=True))


def _columns(table: Any, names: Sequence[str]) -> list[Any]:
    return [table[name].cast(pa.int64()).combine_chunks().fill_null(0).to_numpy(zero_copy_only=False).copy() for name in names]


def _placements(receipt: ReceiptRecord, current: list[Any], earlier: list[Any]) -> Placements:
    written = np.flatnonzero(current[0] > 0)
    rows = np.concatenate([written, earlier[0]])
    parts, records, lines = (np.concatenate([now[written], past]) for now, past in zip(current, earlier[1:], strict=True))
    order = np.lexsort((records, parts))
    rows, parts, records, lines = rows[order], parts[order], records[order], lines[order]
    first = np.ones(len(rows), dtype=bool)
    first[1:] = (parts[1:] != parts[:-1]) | (records[1:] != records[:-1])
    rows, parts, records, lines = rows[first], parts[first], records[first], lines[first]
    starts, counts = {}, {}
    for part in receipt.parts:
        begin, end = (int(one) for one in np.searchsorted(parts, [part.part, part.part + 1]))
        if end - begin != part.rows or (part.rows and (records[begin], records[end - 1]) != (1, part.rows)):
            raise UsageError(f"{ROWS} has {end - begin:,} rows of {part.name}, the receipt {part.rows:,}; write the run again")
        starts[part.part], counts[part.part] = begin, part.rows
    return Placements(rows, lines, starts, counts)


def is_as_sent(folder: Path, part: PartLine) -> bool:
    """Whether a part still has the bytes that the receipt states."""
    path = folder / part.name
    digest = hashlib.sha256()
    try:
        if path.stat().st_size != part.bytes:
            return False
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
    except OSError:
        return False
    return digest.hexdigest() == part.sha256


@dataclass(frozen=True, slots=True)
class Errors:
    """The row errors of some jobs as columns, each error once. `jobs` are positions in the tuple of JobLines, `numbers` the
    server's row numbers with NO_NUMBER where it named none (numpy int64). `torn` says how many lines could not be read, `words`
    what the server said of whole jobs, by their positions."""

    jobs: Any = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    numbers: Any = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    fields: tuple[str | None, ...] = ()
    values: tuple[str | None, ...] = ()
    types: tuple[str | None, ...] = ()
    messages: tuple[str | None, ...] = ()
    torn: int = 0
    words: dict[int, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.jobs)

    @classmethod
    def of(cls, found: Iterator[dict[str, Any]], jobs: Sequence[JobLine]) -> Errors:
        """The errors of parsed lines. Those of jobs that the journal does not know are passed over; doubles are dropped."""
        places = {line.job_id: at for at, line in enumerate(jobs) if line.job_id is not None}
        torn = 0
        words: dict[int, str] = {}
        seen: dict[tuple[Any, ...], None] = {}
        for one in found:
            if not one:
                torn += 1
                continue
            job = places.get(str(one.get("job_id")))
            if job is not None and "job_message" in one:
                words[job] = _text(one["job_message"]) or ""
            elif job is not None:
                said = _text(one.get("field")), _text(one.get("value")), _text(one.get("error_type")), _text(one.get("message"))
                seen[(job, _number(one.get("row_number")), *said)] = None
        at, number, field_name, value, error_type, message = zip(*seen, strict=True) if seen else [()] * 6
        positions, numbers = np.array(at, dtype=np.int64), np.array(number, dtype=np.int64)
        return cls(positions, numbers, field_name, value, error_type, message, torn, words)


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        return int(NO_NUMBER)
    return max(-_LARGEST, min(value, _LARGEST))


def _text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    return str(value).lower() if isinstance(value, bool) else str(value)


def read_errors(folder: Path, jobs: Sequence[JobLine]) -> Errors:
    """The errors of a run as they were received; none where nothing was received. A line cut off by a crash is counted as torn."""
    try:
        with (folder / ERRORS).open("rb") as file:
            return Errors.of(_parsed(file), jobs)
    except FileNotFoundError:
        return Errors()
    except OSError as error:
        raise UsageError(f"{folder / ERRORS} cannot be read ({error.strerror})") from error


def _parsed(lines: Any) -> Iterator[dict[str, Any]]:
    for line in lines:
        if not line.strip():
            continue
        try:
            found = json.loads(line.decode())
        except (ValueError, RecursionError):
            found = None
        yield found if isinstance(found, dict) else {}
