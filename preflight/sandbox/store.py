"""What the sandbox remembers: jobs, row errors, and the records of each entity, in SQLite.

Time passes when somebody reads: a job moves on when it is read often enough and long enough after its last move.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from preflight.contract.wire import FieldMappingRecord
from preflight.sandbox.faults import Naming, RowNumbers, Switches
from preflight.sandbox.importer import import_rows
from preflight.sandbox.judge import Judged, Unreadable, columns_of, count_rows, judge_rows, read_header

__all__ = ["Store"]

Fields = Mapping[str, Sequence[FieldMappingRecord]]

_SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = OFF;
CREATE TABLE IF NOT EXISTS jobs (
    number INTEGER PRIMARY KEY, id TEXT UNIQUE, entity_type TEXT, operation TEXT, match_key TEXT, mappings TEXT, status TEXT,
    total_rows INTEGER, processed_rows INTEGER, success_count INTEGER, error_count INTEGER, file_name TEXT, file_size_bytes INTEGER,
    created_at TEXT, started_at TEXT, completed_at TEXT, error_message TEXT, path TEXT, entered REAL, reads INTEGER DEFAULT 0);
CREATE TABLE IF NOT EXISTS row_errors (
    number INTEGER PRIMARY KEY, job_id TEXT, record INTEGER, line INTEGER, field TEXT, name TEXT, value TEXT, error_type TEXT,
    message TEXT);
CREATE INDEX IF NOT EXISTS errors_of_job ON row_errors (job_id);
CREATE TABLE IF NOT EXISTS records (number INTEGER PRIMARY KEY, entity_type TEXT, key TEXT, cells TEXT, times INTEGER, job_id TEXT);
CREATE TABLE IF NOT EXISTS keys (
    entity_type TEXT, field TEXT, value TEXT, record INTEGER, PRIMARY KEY (entity_type, field, value)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS seen (job_id TEXT, value TEXT, PRIMARY KEY (job_id, value)) WITHOUT ROWID;
"""
_SHOWN = (
    "id",
    "entity_type",
    "operation",
    "status",
    "file_size_bytes",
    "created_at",
    "started_at",
    "completed_at",
    "error_message",
)
_COUNTS = ("total_rows", "processed_rows", "success_count", "error_count")
_RUNNING = frozenset({"validating", "processing"})
_RUNNING_JOBS = "SELECT id FROM jobs WHERE status IN ('validating', 'processing')"
_BATCH = 500
Job = dict[str, Any]


class Store:
    """Jobs and records behind one lock. `now` is the clock, `folder` holds the uploads and the database."""

    def __init__(self, folder: Path, fields: Fields, switches: Switches, now: Callable[[], float]) -> None:
        self.folder = folder
        self._fields = {entity: {one.field_name or "": one for one in records} for entity, records in fields.items()}
        self._records = fields
        self._switches = switches
        self._now = now
        self._lock = threading.RLock()
        self._running: dict[str, Iterator[Judged]] = {}
        self._base = sqlite3.connect(folder / "sandbox.sqlite", check_same_thread=False, isolation_level=None)
        self._base.row_factory = sqlite3.Row
        self._base.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._base.close()

    def create(self, entity_type: str, operation: str, match_key: str | None, mappings: list[tuple[str, str]]) -> Job:
        """A new pending job."""
        with self._lock:
            job_id = uuid.uuid4().hex
            self._base.execute(
                "INSERT INTO jobs (id, entity_type, operation, match_key, mappings, status, created_at, entered)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (job_id, entity_type, operation, match_key, json.dumps(mappings), "pending", self._time(), self._now()),
            )
            return self._shown(self._row(job_id))

    def exists(self, job_id: str) -> bool:
        """Whether there is such a job."""
        with self._lock:
            return self._row(job_id) is not None

    def read(self, job_id: str) -> Job | None:
        """The job, after the time that this read lets pass."""
        with self._lock:
            self._pass_time(job_id)
            return self._shown(self._row(job_id))

    def page(self, status: str | None, limit: int, offset: int) -> tuple[list[Job], int]:
        """A page of jobs, newest first, and how many there are."""
        with self._lock:
            for row in self._base.execute(_RUNNING_JOBS).fetchall():
                self._pass_time(row["id"])
            where, values = ("", ()) if status is None else ("WHERE status = ?", (status,))
            total = self._base.execute(f"SELECT count(*) FROM jobs {where}", values).fetchone()[0]
            rows = self._base.execute(f"SELECT * FROM jobs {where} ORDER BY number DESC LIMIT ? OFFSET ?", (*values, limit, offset))
            return [self._shown(dict(row)) for row in rows.fetchall()], total

    def cancel(self, job_id: str) -> bool:
        """Cancel the job; False when its state does not allow it."""
        with self._lock:
            row = self._row(job_id)
            if row is None or row["status"] not in {"pending", "validating"}:
                return False
            self._finish(row, "cancelled")
            return True

    def accept(self, job_id: str, path: Path, file_name: str | None) -> Job:
        """Take an uploaded file, whose faults show when it is validated. Raises Unreadable where the job takes no file."""
        with self._lock:
            row = self._row(job_id)
            if row is None or row["status"] != "pending":
                raise Unreadable(f"the job is {'gone' if row is None else row['status']} and takes no file")
            self._set(job_id, status="validating", path=str(path), file_name=file_name, file_size_bytes=path.stat().st_size)
            self._set(job_id, started_at=self._time(), entered=self._now(), reads=0)
            return self._shown(self._row(job_id))

    def errors(self, job_id: str, limit: int, offset: int) -> tuple[list[Job], int]:
        """A page of row errors and how many there are."""
        with self._lock:
            order = "(number * 7919) % 104729, number" if self._switches.shuffle_errors else "number"
            times = 2 if self._switches.repeat_errors else 1
            total = self._base.execute("SELECT count(*) FROM row_errors WHERE job_id = ?", (job_id,)).fetchone()[0] * times
            twice = "UNION ALL SELECT * FROM row_errors WHERE job_id = :job" if times == 2 else ""
            rows = self._base.execute(
                f"SELECT * FROM (SELECT * FROM row_errors WHERE job_id = :job {twice})"
                f" ORDER BY {order} LIMIT :limit OFFSET :offset",
                {"job": job_id, "limit": limit, "offset": offset},
            )
            return [self._shown_error(row) for row in rows.fetchall()], total

    def mappings(self, entity_type: str | None) -> list[dict[str, Any]]:
        """The importable fields."""
        chosen = [one for entity, records in self._records.items() if entity_type in {None, entity} for one in records]
        names = ("entity_type", "field_name", "field_type", "required", "description")
        return [{name: value for name in names if (value := getattr(one, name)) is not None} for one in chosen]

    def holdings(self, entity_type: str) -> dict[str, int]:
        """What is held of an entity: each record's key, as ``field=value`` or ``row=digest``, and how often it was imported."""
        with self._lock:
            self.settle()
            rows = self._base.execute("SELECT key, times FROM records WHERE entity_type = ? ORDER BY number", (entity_type,))
            return {row["key"]: row["times"] for row in rows.fetchall()}

    def tally(self, entity_type: str) -> dict[int, int]:
        """How many records of an entity were imported how often: ``{1: 999_998, 2: 2}``."""
        with self._lock:
            self.settle()
            query = "SELECT times, count(*) FROM records WHERE entity_type = ? GROUP BY times ORDER BY times"
            return {row[0]: row[1] for row in self._base.execute(query, (entity_type,)).fetchall()}

    def cells(self, entity_type: str) -> list[dict[str, str]]:
        """The cells of the records held of an entity, by field, in the order of their first import."""
        with self._lock:
            rows = self._base.execute("SELECT cells FROM records WHERE entity_type = ? ORDER BY number", (entity_type,))
            return [json.loads(row["cells"]) for row in rows.fetchall()]

    def settle(self) -> None:
        """Let every running job come to its end."""
        with self._lock:
            for row in self._base.execute(_RUNNING_JOBS).fetchall():
                while self._move(self._row(row["id"])):
                    pass

    def _pass_time(self, job_id: str) -> None:
        """One read of a job: it moves on when it was read often enough and long enough after its last move, and then imports
        as many rows as one read may."""
        for _ in range(2 + self._switches.rows_per_read // _BATCH):
            row = self._row(job_id)
            if row is None or row["status"] not in _RUNNING:
                return
            if row["reads"] < self._switches.reads_per_state or self._now() - row["entered"] < self._switches.seconds_per_state:
                self._set(job_id, reads=row["reads"] + 1)
                return
            self._move(row)

    def _move(self, row: Job | None) -> bool:
        """One step of a running job: from validating to processing, or some more rows. False when there is nothing left to do."""
        if row is None or row["status"] not in _RUNNING:
            return False
        try:
            if row["status"] == "validating":
                self._columns(row, read_header(Path(row["path"])))
                total = count_rows(Path(row["path"]))
                self._set(row["id"], status="processing", total_rows=total, processed_rows=0, success_count=0, error_count=0)
                self._set(row["id"], entered=self._now(), reads=0)
            elif not self._import_some(row):
                self._finish(row, "completed")
        except Unreadable as error:
            self._finish(row, "failed", str(error))
        return True

    def _import_some(self, row: Job) -> bool:
        rows = self._running.get(row["id"])
        if rows is None:
            rows = self._running[row["id"]] = islice(self._judged(row), row["processed_rows"], None)
        some = list(islice(rows, min(_BATCH, self._switches.rows_per_read)))
        if not some:
            return False
        with self._base:
            self._base.execute("BEGIN")
            wrong = import_rows(self._base, row, some)
            done = {"processed_rows": len(some), "success_count": len(some) - wrong, "error_count": wrong}
            self._set(row["id"], **{name: row[name] + more for name, more in done.items()})
        return True

    def _judged(self, row: Job) -> Iterator[Judged]:
        path = Path(row["path"])
        header = read_header(path)
        columns = self._columns(row, header)
        fed = {one.field for one in columns}
        required = [name for name, one in self._fields.get(row["entity_type"], {}).items() if one.required and name not in fed]
        return judge_rows(path, columns, [] if row["operation"] == "update" else required, len(header))

    def _columns(self, row: Job, header: list[str]) -> Any:
        fields = self._fields.get(row["entity_type"], {})
        return columns_of(header, [tuple(one) for one in json.loads(row["mappings"])], fields, row["operation"], row["match_key"])

    def _finish(self, row: Job, status: str, message: str | None = None) -> None:
        self._running.pop(row["id"], None)
        self._set(row["id"], status=status, completed_at=self._time(), error_message=message, path=None)
        self._base.execute("DELETE FROM seen WHERE job_id = ?", (row["id"],))
        if row["path"]:
            Path(row["path"]).unlink(missing_ok=True)

    def _row(self, job_id: str) -> Job | None:
        found = self._base.execute("SELECT * FROM jobs WHERE id = ?", (job_id,)).fetchone()
        return None if found is None else dict(found)

    def _set(self, job_id: str, **values: Any) -> None:
        assigned = ", ".join(f"{name} = ?" for name in values)
        self._base.execute(f"UPDATE jobs SET {assigned} WHERE id = ?", (*values.values(), job_id))

    def _time(self) -> str:
        return datetime.fromtimestamp(self._now(), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def _shown(self, row: Job | None) -> Job:
        names = _SHOWN + (_COUNTS if self._switches.counts else ()) + (("file_name",) if self._switches.echo_file_name else ())
        return {name: row[name] for name in names if row is not None and row[name] is not None}

    def _shown_error(self, row: sqlite3.Row) -> Job:
        numbers = {
            RowNumbers.RECORD0: row["record"],
            RowNumbers.RECORD1: row["record"] + 1,
            RowNumbers.HEADER1: row["record"] + 2,
            RowNumbers.LINE: row["line"],
        }
        name = row["field"] if self._switches.naming is Naming.FIELD else row["name"] or row["field"]
        found = {"row_number": numbers[self._switches.row_numbers], "field": name, "value": row["value"]}
        found |= {"error_type": row["error_type"], "message": row["message"]}
        return {one: value for one, value in found.items() if value is not None}
