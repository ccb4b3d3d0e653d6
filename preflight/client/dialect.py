"""The wire format of the API description: paths, property names, and how answers are read. Nothing else knows them.

The vendor's own API differs from the description and can become a second dialect: the same functions with other words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Generic, TypeVar

from preflight.contract.jobs import CANCELLABLE
from preflight.contract.plan import ColumnMapping
from preflight.contract.wire import FieldMappingRecord, ImportJob, RowError, create_body
from preflight.errors import UsageError

__all__ = ["DEMANDBASE", "Call", "Dialect", "Manner", "Page"]


_T = TypeVar("_T")

_JOB_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,127}")
_ROOT = "/import/v1"


class Manner(Enum):
    """How a call may be repeated (`retry.py`)."""

    READ = "read"
    CREATE = "create"
    UPLOAD = "upload"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Call:
    """One request, without address and token. `operation` is the operationId of the description."""

    operation: str
    manner: Manner
    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: Mapping[str, object] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Page(Generic[_T]):
    """The items of one page, and the total that the server claims."""

    items: tuple[_T, ...]
    total: int | None


class Dialect:
    """Requests to calls, JSON to records. The readers return None where the answer is not of the described shape."""

    cancelled = "cancelled"
    cancellable = CANCELLABLE

    def list_jobs(self, status: str | None, limit: int, offset: int) -> Call:
        """GET the jobs, of one status or of all."""
        filtered = () if status is None else (("status", status),)
        return Call("listImportJobs", Manner.READ, "GET", f"{_ROOT}/jobs", (*filtered, *_window(limit, offset)))

    def create_job(self, entity_type: str, operation: str, match_key: str | None, columns: Iterable[ColumnMapping]) -> Call:
        """POST a job. Columns that are stated as not sent are left out."""
        pairs = tuple((one.column, one.field) for one in columns if one.field is not None)
        body = create_body(entity_type, operation, match_key, pairs)
        return Call("createImportJob", Manner.CREATE, "POST", f"{_ROOT}/jobs", body=body)

    def get_job(self, job_id: str) -> Call:
        """GET one job."""
        return Call("getImportJob", Manner.READ, "GET", self._path(job_id))

    def cancel_job(self, job_id: str) -> Call:
        """DELETE one job, which cancels it."""
        return Call("cancelImportJob", Manner.CANCEL, "DELETE", self._path(job_id))

    def upload_file(self, job_id: str) -> Call:
        """POST the file of a job."""
        return Call("uploadImportFile", Manner.UPLOAD, "POST", self._path(job_id) + "/upload")

    def list_errors(self, job_id: str, limit: int, offset: int) -> Call:
        """GET the row errors of a job."""
        return Call("getImportErrors", Manner.READ, "GET", self._path(job_id) + "/errors", _window(limit, offset))

    def list_field_mappings(self, entity_type: str | None) -> Call:
        """GET the importable fields, of one entity or of all."""
        query = () if entity_type is None else (("entity_type", entity_type),)
        return Call("listFieldMappings", Manner.READ, "GET", f"{_ROOT}/mappings", query)

    def is_job_id(self, text: str | None) -> bool:
        """Whether the text may stand in a path: letters, digits and ``._~-``, at most 128, a letter or digit first."""
        return text is not None and _JOB_ID.fullmatch(text) is not None

    def read_job(self, answer: object) -> ImportJob | None:
        """The job in an answer."""
        return ImportJob.from_json(answer) if isinstance(answer, Mapping) else None

    def read_jobs(self, answer: object) -> Page[ImportJob] | None:
        """A page of jobs."""
        found = _items(answer, "jobs")
        return None if found is None else Page(tuple(ImportJob.from_json(one) for one in found), _total(answer))

    def read_errors(self, answer: object) -> Page[RowError] | None:
        """A page of row errors."""
        found = _items(answer, "errors")
        return None if found is None else Page(tuple(RowError.from_json(one) for one in found), _total(answer))

    def read_field_mappings(self, answer: object) -> tuple[FieldMappingRecord, ...] | None:
        """The importable fields."""
        found = _items(answer, "mappings")
        return None if found is None else tuple(FieldMappingRecord.from_json(one) for one in found)

    def _path(self, job_id: str) -> str:
        if not self.is_job_id(job_id):
            raise UsageError(
                "that is no job id: letters, digits and ._~- were wanted, at most 128, beginning with a letter or digit"
            )
        return f"{_ROOT}/jobs/{job_id}"


def _window(limit: int, offset: int) -> tuple[tuple[str, str], ...]:
    return (("limit", str(limit)), ("offset", str(offset)))


def _items(answer: object, name: str) -> list[object] | None:
    """The list of that name; empty where the property is absent or null, since none is guaranteed; None where it is no list."""
    if not isinstance(answer, Mapping):
        return None
    found = answer.get(name)
    if found is None:
        return []
    return found if isinstance(found, list) else None


def _total(answer: object) -> int | None:
    found = answer.get("total") if isinstance(answer, Mapping) else None
    return found if isinstance(found, int) and not isinstance(found, bool) and found >= 0 else None


DEMANDBASE = Dialect()
