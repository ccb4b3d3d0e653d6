"""Rows into records: what exists, what is missing, what stands twice in a file."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping, Sequence
from functools import cache
from json.encoder import encode_basestring_ascii
from typing import Any, NamedTuple

from preflight.sandbox.judge import NATURAL_KEYS, Judged, RowFault, folded, key_of

__all__ = ["import_rows"]

_Key = tuple[str, str]
_name = cache(json.dumps)


class _New(NamedTuple):
    """A record to be: its number, its name, its row, and everything that it is found by."""

    number: int
    name: _Key
    row: Judged
    keys: set[_Key]


def import_rows(base: sqlite3.Connection, job: Mapping[str, Any], rows: Sequence[Judged]) -> int:
    """Import a few hundred rows of a job and write the errors of those that cannot be; how many those are.

    A new record is found again by every natural key that it has and by the match key. A row without any is held by its content, so
    that the same row imported again is counted and not held twice.
    """
    entity = job["entity_type"]
    keys = [None if row.faults else key_of(entity, job["match_key"], row.cells) for row in rows]
    named = [key or ("row", "" if row.faults else _digest(row)) for key, row in zip(keys, rows, strict=True)]
    known = _records_of(base, entity, named)
    before = _seen_before(base, job["id"], [key for key in keys if key is not None])
    columns = {field: column for column, field in json.loads(job["mappings"])}
    number = base.execute("SELECT coalesce(max(number), 0) FROM records").fetchone()[0]
    errors: list[tuple[Judged, RowFault]] = []
    new: list[_New] = []
    changed: list[tuple[str, str, int]] = []
    for row, key, name in zip(rows, keys, named, strict=True):
        faults = row.faults or _faults_of_key(job["operation"], key, row, known, before)
        errors += [(row, fault._replace(column=fault.column or columns.get(fault.field or ""))) for fault in faults]
        if key is not None:
            before.add(key)
        if faults:
            continue
        if name in known:
            changed.append((_encoded(row.cells), job["id"], known[name]))
            continue
        number += 1
        every = _keys_of(entity, name, row)
        new.append(_New(number, name, row, every))
        for one in every:
            known.setdefault(one, number)
    _write_records(base, job, new, changed)
    _write_errors(base, job["id"], errors)
    base.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?)", [(job["id"], "=".join(key)) for key in keys if key is not None])
    return len({row.record for row, _ in errors})


def _faults_of_key(
    operation: str, key: _Key | None, row: Judged, known: Mapping[_Key, int], before: set[_Key]
) -> tuple[RowFault, ...]:
    if key is None:
        return () if operation == "insert" else (RowFault("missing_key", "the match key is blank"),)
    field, _ = key
    value = row.cells[field]
    if key in before:
        return (RowFault("duplicate_in_file", f"{field} stands in an earlier row of the file", field, None, value),)
    if operation == "insert" and key in known:
        return (RowFault("already_exists", f"there is a record with this {field}", field, None, value),)
    if operation == "update" and key not in known:
        return (RowFault("not_found", f"there is no record with this {field}", field, None, value),)
    return ()


def _records_of(base: sqlite3.Connection, entity_type: str, keys: Sequence[_Key]) -> dict[_Key, int]:
    found: dict[_Key, int] = {}
    for field in {field for field, _ in keys}:
        values = [value for one, value in keys if one == field]
        marks = ",".join("?" * len(values))
        query = f"SELECT value, record FROM keys WHERE entity_type = ? AND field = ? AND value IN ({marks})"
        found |= {(field, value): record for value, record in base.execute(query, (entity_type, field, *values))}
    return found


def _seen_before(base: sqlite3.Connection, job_id: str, keys: Sequence[_Key]) -> set[_Key]:
    marks = ",".join("?" * len(keys))
    query = f"SELECT value FROM seen WHERE job_id = ? AND value IN ({marks})"
    rows = base.execute(query, (job_id, *("=".join(key) for key in keys))).fetchall()
    return {tuple(row[0].split("=", 1)) for row in rows}


def _keys_of(entity: str, name: _Key, row: Judged) -> set[_Key]:
    """Everything that a new record is found by."""
    found = {name}
    for field in NATURAL_KEYS.get(entity, ()):
        if field in row.cells and field != name[0]:
            found.add((field, folded(field, row.cells[field])))
    return found


def _encoded(cells: Mapping[str, str]) -> str:
    """The cells as JSON: what `json.dumps` gives, without making an encoder for each row."""
    return "{" + ", ".join([f"{_name(field)}: {encode_basestring_ascii(value)}" for field, value in cells.items()]) + "}"


def _digest(row: Judged) -> str:
    return hashlib.sha256(json.dumps(row.cells, sort_keys=True).encode()).hexdigest()[:32]


def _write_records(
    base: sqlite3.Connection,
    job: Mapping[str, Any],
    new: Sequence[_New],
    changed: Sequence[tuple[str, str, int]],
) -> None:
    entity = job["entity_type"]
    records = [(one.number, entity, "=".join(one.name), _encoded(one.row.cells), 1, job["id"]) for one in new]
    base.executemany("INSERT INTO records VALUES (?, ?, ?, ?, ?, ?)", records)
    keys = [(entity, field, value, one.number) for one in new for field, value in one.keys]
    base.executemany("INSERT OR IGNORE INTO keys VALUES (?, ?, ?, ?)", keys)
    query = "UPDATE records SET cells = json_patch(cells, ?), times = times + 1, job_id = ? WHERE number = ?"
    base.executemany(query, changed)


def _write_errors(base: sqlite3.Connection, job_id: str, errors: Sequence[tuple[Judged, RowFault]]) -> None:
    base.executemany(
        "INSERT INTO row_errors (job_id, record, line, field, name, value, error_type, message) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [(job_id, row.record, row.line, one.field, one.column, one.value, one.error_type, one.message) for row, one in errors],
    )
