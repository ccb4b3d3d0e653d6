"""The import API: seven operations, typed records, errors typed by what to do next."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import httpx

from preflight.client.clock import SYSTEM_CLOCK, Clock
from preflight.client.dialect import DEMANDBASE, Dialect, Page
from preflight.client.errors import ApiError, Conflict, Detail, Doubtful, Refused
from preflight.client.exchange import Exchange
from preflight.client.pages import items
from preflight.client.retry import DEFAULT_RETRIES, Retries
from preflight.client.token import Secret, Token, TokenSource, token_from, token_in
from preflight.client.transport import DEFAULT_TIMEOUTS, Address, Door, Timeouts
from preflight.client.upload import Progress, Upload, opened
from preflight.contract.plan import ColumnMapping
from preflight.contract.wire import FieldMappingRecord, ImportJob, RowError
from preflight.errors import UsageError

__all__ = ["DEFAULT_URL", "Client"]

DEFAULT_URL = "https://api.demandbase.com"

_PAGE = 1000
_DOCUMENTED_PAGE = 100
_MOST_JOBS = 1_000_000
_MOST_ERRORS = 10_000_000
_CANCEL_TRIES = 4


class Client:
    """A client of the import API; close it, or use it as a context manager. Safe between threads, not across a fork.

    The address is the argument, else DEMANDBASE_URL, else the vendor's. The token is the argument (a callable is asked again when
    the server refuses its token), else the file's (read again likewise), else DEMANDBASE_TOKEN; on this machine none is needed.
    Raises UsageError when the address or the token cannot be used. All operations raise errors of `preflight.client.errors`.
    """

    def __init__(
        self,
        url: str | None = None,
        token: str | Secret | Token | TokenSource | None = None,
        *,
        token_file: str | Path | None = None,
        transport: httpx.BaseTransport | None = None,
        clock: Clock = SYSTEM_CLOCK,
        timeouts: Timeouts = DEFAULT_TIMEOUTS,
        retries: Retries = DEFAULT_RETRIES,
        dialect: Dialect = DEMANDBASE,
    ) -> None:
        if isinstance(token, str):  # so that no traceback with its locals shows it
            token = Secret(token)
        address = Address.parse(url or os.environ.get("DEMANDBASE_URL") or DEFAULT_URL)
        found = token_from(token, token_file, token_in(os.environ)) or _no_token(address)
        self._address = address
        self._dialect = dialect
        self._door = Door(address, clock, timeouts, transport)
        self._exchange = Exchange(self._door, found, address.host, clock, retries)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], **options: Any) -> Client:
        """A client whose address and token come from this environment alone; the options are those of the class."""
        url, variable = environ.get("DEMANDBASE_URL") or DEFAULT_URL, token_in(environ)
        del environ  # it holds the token in the clear
        token = token_from(None, options.pop("token_file", None), variable)
        return cls(url, token or _no_token(Address.parse(url)), **options)

    @property
    def url(self) -> str:
        """The address, without a slash at its end."""
        return self._address.url

    @property
    def host(self) -> str:
        """The host, for people to recognise."""
        return self._address.host

    def __enter__(self) -> Client:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection. The server's jobs go on."""
        self._door.close()

    def __repr__(self) -> str:
        return f"Client({self._address.url!r})" if hasattr(self, "_address") else "Client()"

    def list_jobs(self, *, status: str | None = None, at_most: int = _MOST_JOBS) -> list[ImportJob]:
        """The jobs of one status or of all, in the server's order, each once."""
        return list(self.iter_jobs(status=status, at_most=at_most))

    def iter_jobs(self, *, status: str | None = None, at_most: int = _MOST_JOBS) -> Iterator[ImportJob]:
        """The same page by page. Beyond `at_most` jobs BadAnswer is raised: the server is not to be believed."""

        def fetch(limit: int, offset: int) -> Page[ImportJob]:
            return self._exchange.run(self._dialect.list_jobs(status, limit, offset), self._dialect.read_jobs)

        return items(fetch, _job_key, operation="listImportJobs", limit=_DOCUMENTED_PAGE, at_most=at_most)

    def create_job(
        self, entity_type: str, operation: str, *, match_key: str | None = None, columns: Sequence[ColumnMapping] = ()
    ) -> ImportJob:
        """A new job, which imports nothing until a file is uploaded. Its `id` is always there and fit for the other operations.

        Raises Doubtful when it may have been created: creating another one is safe, and leaves at most an empty job behind
        (`assumptions.py`: jobs.create).
        """
        call = self._dialect.create_job(entity_type, operation, match_key, columns)
        return self._exchange.run(call, self._read_created)

    def get_job(self, job_id: str) -> ImportJob:
        """The job as it is now."""
        return self._exchange.run(self._dialect.get_job(job_id), partial(self._read_own, job_id))

    def cancel_job(self, job_id: str) -> None:
        """Cancel a job that is pending or validating; returns when the server says that it is cancelled, whoever cancelled it.

        A doubtful answer is settled by reading the job (`assumptions.py`: jobs.cancel). Raises Conflict when the job has moved on,
        Doubtful when it cannot be read.
        """
        call = self._dialect.cancel_job(job_id)
        attempt = 1
        while True:
            try:
                self._exchange.run(call, lambda _: True)
                return
            except (Conflict, Doubtful) as error:
                if self._is_cancelled(job_id, error, last=attempt >= _CANCEL_TRIES):
                    return
            self._exchange.wait(call.operation, attempt, "perhaps not cancelled")
            attempt += 1

    def _is_cancelled(self, job_id: str, doubt: ApiError, *, last: bool) -> bool:
        """Whether the job is cancelled after all; False when the cancel may be sent again. Raises otherwise."""
        try:
            status = self.get_job(job_id).status
        except ApiError:
            raise doubt from None
        if status == self._dialect.cancelled:
            return True
        if isinstance(doubt, Doubtful) and status in self._dialect.cancellable and not last:
            return False
        if isinstance(doubt, Doubtful) and status in self._dialect.cancellable:
            raise doubt
        detail = Detail(doubt.operation, doubt.status, doubt.server_message)
        raise Conflict(
            f'{doubt.operation} at {self.host}: job "{job_id}" is {status or "in an unknown state"} and can no longer be cancelled',
            detail,
        ) from None

    def upload_file(
        self,
        job_id: str,
        source: str | os.PathLike[str] | BinaryIO,
        *,
        file_name: str | None = None,
        progress: Progress | None = None,
    ) -> ImportJob:
        """Send the file of a job, streamed; the server then starts to validate it. Sent once and never again by itself
        (`assumptions.py`: jobs.upload).

        A file-like object is sent from where it stands to its end. `progress` is called with the bytes sent so far and their
        total. Raises Doubtful when the file may have arrived; its `pulled` and `declared` say whether it can have been whole.
        """
        call = self._dialect.upload_file(job_id)
        with opened(source, file_name) as (file, length, name):
            return self._exchange.run(call, partial(self._read_own, job_id), Upload(file, length, name, progress))

    def iter_errors(self, job_id: str, *, at_most: int = _MOST_ERRORS) -> Iterator[RowError]:
        """What the server says about the rows of a job, page by page; an equal statement about the same row comes once."""
        # The description names no largest page. A server that refuses ours is asked for its own default.
        size = _PAGE

        def fetch(limit: int, offset: int) -> Page[RowError]:
            nonlocal size
            try:
                return self._exchange.run(self._dialect.list_errors(job_id, size, offset), self._dialect.read_errors)
            except Refused:
                if size == _DOCUMENTED_PAGE:
                    raise
            size = _DOCUMENTED_PAGE
            return fetch(limit, offset)

        self._dialect.list_errors(job_id, 1, 0)  # so that a bad id is refused here, not at the first item
        return items(fetch, _error_key, operation="getImportErrors", limit=_PAGE, at_most=at_most)

    def list_field_mappings(self, entity_type: str | None = None) -> list[FieldMappingRecord]:
        """The importable fields of one entity or of all, as the server describes them."""
        return list(self._exchange.run(self._dialect.list_field_mappings(entity_type), self._dialect.read_field_mappings))

    def _read_created(self, answer: object) -> ImportJob | None:
        job = self._dialect.read_job(answer)
        return job if job is not None and self._dialect.is_job_id(job.id) else None

    def _read_own(self, job_id: str, answer: object) -> ImportJob | None:
        """The job in an answer, unless it is another one. Where the server leaves out the id, it is the one that was asked for."""
        job = self._dialect.read_job(answer)
        if job is None or job.id not in {None, job_id}:
            return None
        return replace(job, id=job_id)


def _no_token(address: Address) -> Token:
    """What is sent where nobody gave a token: on this machine a word, elsewhere nothing is sent."""
    if address.is_loopback:
        return Token(None, "nowhere", Secret("local"))
    raise UsageError("there is no token: set DEMANDBASE_TOKEN, or name a file that holds it (--token-file, in Python token_file=)")


def _job_key(job: ImportJob) -> Hashable:
    return job.id


def _error_key(error: RowError) -> Hashable:
    """A digest of everything said, so that millions of statements are told apart in little memory."""
    said = repr((error.row_number, error.field, error.value, error.error_type, error.message))
    return hashlib.blake2b(said.encode("utf-8", "backslashreplace"), digest_size=16).digest()
