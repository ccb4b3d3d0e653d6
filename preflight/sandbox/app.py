"""The seven operations, from a request to an answer: no sockets, no faults.

Answers only with what the description declares for the operation; a query that it does not allow counts as not given.
"""

from __future__ import annotations

import hmac
import json
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, unquote

from preflight.contract.field import ENTITIES, Operation
from preflight.sandbox.faults import Switches
from preflight.sandbox.judge import Unreadable
from preflight.sandbox.multipart import NotMultipart, Readable, save_file
from preflight.sandbox.store import Store

__all__ = ["App", "Reply", "Request", "operation_of"]

_STATES = ("pending", "validating", "processing", "completed", "failed", "cancelled")
_MAX_JSON = 4 * 1024 * 1024

_ROUTES: tuple[tuple[re.Pattern[str], dict[str, str]], ...] = (
    (re.compile(r"/import/v1/jobs"), {"GET": "list", "POST": "create"}),
    (re.compile(r"/import/v1/jobs/([^/]+)"), {"GET": "get", "DELETE": "cancel"}),
    (re.compile(r"/import/v1/jobs/([^/]+)/upload"), {"POST": "upload"}),
    (re.compile(r"/import/v1/jobs/([^/]+)/errors"), {"GET": "errors"}),
    (re.compile(r"/import/v1/mappings"), {"GET": "mappings"}),
)


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came. `headers` have lower-case names; `length` is what the client declared."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str] = field(repr=False)
    body: Readable
    length: int


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. `value` None is an answer without a body."""

    status: int
    value: object = None
    headers: tuple[tuple[str, str], ...] = ()

    def body(self) -> bytes:
        """The body as JSON."""
        return b"" if self.value is None else json.dumps(self.value, ensure_ascii=False).encode("utf-8", "replace")


def operation_of(method: str, path: str) -> tuple[str | None, str, tuple[str, ...]]:
    """The operation that a request asks for, the job id in its path, and the methods that the path allows."""
    for pattern, methods in _ROUTES:
        found = pattern.fullmatch(path)
        if found is not None:
            job_id = unquote(found.group(1)) if found.groups() else ""
            return methods.get(method), job_id, tuple(methods)
    return None, "", ()


class App:
    """Answers requests from a store."""

    def __init__(self, store: Store, switches: Switches) -> None:
        self._store = store
        self._switches = switches
        self._operations: dict[str, Callable[[Request, str], Reply]] = {
            "list": self._list,
            "create": self._create,
            "get": self._get,
            "cancel": self._cancel,
            "upload": self._upload,
            "errors": self._errors,
            "mappings": self._mappings,
        }

    def answer(self, request: Request, paging: str | None = None) -> Reply:
        """The answer to a request. `paging` is the fault of the pages: endless, overlap, repeat."""
        operation, job_id, methods = operation_of(request.method, request.path)
        if not methods:
            return _said(404, "there is nothing at this address")
        if operation is None:
            reply = _said(405, f"the address takes {', '.join(methods)}")
            return Reply(reply.status, reply.value, (("Allow", ", ".join(methods)),))
        if not self._is_allowed(request.headers.get("authorization", "")):
            reply = _said(401, "a bearer token is needed")
            return Reply(reply.status, reply.value, (("WWW-Authenticate", "Bearer"),))
        if job_id and not self._store.exists(job_id):
            return _said(404, "there is no such job")
        if operation in {"list", "errors"} and paging is not None:
            return self._mispaged(operation, request, job_id, paging)
        return self._operations[operation](request, job_id)

    def _is_allowed(self, header: str) -> bool:
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            return False
        wanted = self._switches.token
        return wanted is None or hmac.compare_digest(token.strip().encode(), wanted.encode())

    def _list(self, request: Request, _: str) -> Reply:
        jobs, total = self._store.page(_choice(request, "status", _STATES), *self._window(request, 25))
        return Reply(200, {"jobs": jobs, "total": total})

    def _create(self, request: Request, _: str) -> Reply:
        if request.length > _MAX_JSON or "json" not in request.headers.get("content-type", ""):
            return _said(400, "a JSON object was expected")
        try:
            asked = json.loads(request.body.read(request.length))
        except (ValueError, RecursionError):
            return _said(400, "the body is not JSON")
        wrong = _wrong_with(asked)
        if wrong:
            return _said(400, wrong)
        pairs = [(one.get("csv_column", ""), one.get("demandbase_field", "")) for one in asked.get("field_mappings", [])]
        return Reply(202, self._store.create(asked["entity_type"], asked["operation"], asked.get("match_key"), pairs))

    def _get(self, _: Request, job_id: str) -> Reply:
        return Reply(200, self._store.read(job_id))

    def _cancel(self, _: Request, job_id: str) -> Reply:
        return Reply(200) if self._store.cancel(job_id) else _said(409, "only a pending or validating job can be cancelled")

    def _upload(self, request: Request, job_id: str) -> Reply:
        most = self._switches.max_upload_bytes
        if most is not None and request.length > most:
            return _said(413, f"at most {most} bytes are taken")
        path = self._store.folder / f"{uuid.uuid4().hex}.csv"
        try:
            name = save_file(request.headers.get("content-type", ""), request.body, path)
            return Reply(200, self._store.accept(job_id, path, name))
        except (NotMultipart, Unreadable) as error:
            path.unlink(missing_ok=True)
            return _said(400, str(error))
        except OSError:  # the client went away
            path.unlink(missing_ok=True)
            raise

    def _errors(self, request: Request, job_id: str) -> Reply:
        errors, total = self._store.errors(job_id, *self._window(request, 100))
        return Reply(200, {"errors": errors, "total": total})

    def _mappings(self, request: Request, _: str) -> Reply:
        return Reply(200, {"mappings": self._store.mappings(_choice(request, "entity_type", ENTITIES))})

    def _window(self, request: Request, default: int) -> tuple[int, int]:
        limit = _number(request, "limit", default)
        return min(limit, self._switches.page_cap), _number(request, "offset", 0)

    def _mispaged(self, operation: str, request: Request, job_id: str, paging: str) -> Reply:
        limit, offset = self._window(request, 25)
        if paging == "repeat":
            offset = 0
        if paging == "overlap":
            offset = max(offset - 1, 0) if offset else 0
        if operation == "list":
            items, total = self._store.page(None, limit, offset)
            name = "jobs"
        else:
            items, total = self._store.errors(job_id, limit, offset)
            name = "errors"
        if paging == "endless":
            items = [_invented(operation, offset + one) for one in range(limit)]
            return Reply(200, {name: items})
        if paging == "overlap" and offset + 1 >= total:
            items = []
        return Reply(200, {name: items, "total": total})


def _invented(operation: str, number: int) -> dict[str, Any]:
    if operation == "list":
        return {"id": f"invented-{number}", "status": "completed"}
    return {"row_number": number, "error_type": "invented", "message": "there is always one more"}


def _said(status: int, message: str) -> Reply:
    return Reply(status, {"error": {"code": HTTPStatus(status).phrase, "message": message}})


def _query(request: Request, name: str) -> str | None:
    found = parse_qs(request.query, keep_blank_values=True).get(name, [])
    return found[0] if len(found) == 1 else None


def _choice(request: Request, name: str, choices: tuple[str, ...]) -> str | None:
    found = _query(request, name)
    return found if found in choices else None


def _number(request: Request, name: str, default: int) -> int:
    found = _query(request, name)
    return int(found) if found is not None and re.fullmatch(r"[0-9]{1,15}", found, re.ASCII) else default


def _wrong_with(asked: object) -> str | None:
    """What keeps a request from being a CreateImportJobRequest; a match key or a field may still turn out wrong at the upload."""
    if not isinstance(asked, dict):
        return "a JSON object was expected"
    if asked.get("entity_type") not in ENTITIES:
        return f"entity_type must be one of {', '.join(ENTITIES)}"
    if asked.get("operation") not in tuple(Operation):
        return f"operation must be one of {', '.join(Operation)}"
    if not isinstance(asked.get("match_key", ""), str):
        return "match_key must be a text"
    pairs = asked.get("field_mappings", [])
    if not isinstance(pairs, list) or not all(isinstance(one, dict) for one in pairs):
        return "field_mappings must be a list of objects"
    if not all(isinstance(one.get(name, ""), str) for one in pairs for name in ("csv_column", "demandbase_field")):
        return "csv_column and demandbase_field must be texts"
    return None
