"""The switches of the sandbox, and the faults among them: what it does wrong, on which operation, at which call.

A fault reads ``operation:kind`` or ``operation:kind@n``, n being the only call of that operation that it strikes, counted from 1.
The operation is one of OPERATIONS, or ``*`` for all. A status strikes before the server acts; ``500-after`` answers so afterwards.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from preflight.errors import UsageError

__all__ = ["KINDS", "OPERATIONS", "Fault", "Naming", "RowNumbers", "Striker", "Switches"]

OPERATIONS = ("list", "create", "get", "cancel", "upload", "errors", "mappings")

KINDS: dict[str, str] = {
    "reset-before": "the connection is reset before anything is read",
    "reset-mid": "the connection is reset when half of the body has been read",
    "reset-after": "the connection is reset after the server acted, instead of an answer",
    "close-before": "the connection is closed before anything is read",
    "close-after": "the connection is closed after the server acted, instead of an answer",
    "html": "acts, and answers 200 with a page of HTML",
    "garbage": "acts, and answers something that is not HTTP",
    "cut": "acts, and breaks off in the middle of the answer",
    "empty": "acts, and answers with an empty object",
    "no-body": "acts, and answers 200 with no body",
    "no-id": "acts, and leaves out the job's id",
    "other-id": "acts, and gives another job's id",
    "wrong-types": "acts, and answers with numbers as text and text as numbers",
    "nan": "acts, and answers with NaN in the JSON",
    "bigint": "acts, and answers with a number of 5,000 digits",
    "deep": "acts, and answers with 100,000 nested lists",
    "late": "the connection is reset when the body was read, and the server acts `slow_seconds` later",
    "slow": "acts, and answers only after `slow_seconds`",
    "gzip": "acts, and compresses the answer although nobody asked",
    "bomb": "answers with a small gzip of 64 MiB",
    "huge": "answers 500 with a page of 64 MiB",
    "redirect": "answers 307 with another host",
    "endless": "pages never end",
    "overlap": "each page begins with the last item of the one before",
    "repeat": "the offset is ignored: every page is the first",
}
_STATUSES = ("400", "401", "403", "404", "408", "409", "413", "422", "429", "500", "502", "503", "504")
_TEXT = re.compile(r"(\*|[a-z]+):([a-z0-9-]+)(?:@([1-9][0-9]{0,5}))?")


class RowNumbers(StrEnum):
    """What the server's row numbers count."""

    RECORD0 = "record0"
    RECORD1 = "record1"
    HEADER1 = "header1"
    LINE = "line"


class Naming(StrEnum):
    """What the server calls a field in a row error: by its own name, or by the column of the file."""

    FIELD = "field"
    COLUMN = "column"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. `call` is the only call that it strikes, or None for every call."""

    operation: str
    kind: str
    call: int | None = None

    @classmethod
    def parse(cls, text: str) -> Fault:
        """Raises UsageError that names what is possible."""
        found = _TEXT.fullmatch(text)
        if found is None:
            raise UsageError(f'the fault "{text}" is not of the form operation:kind or operation:kind@n')
        operation, kind, call = found.groups()
        if operation != "*" and operation not in OPERATIONS:
            raise UsageError(f'the fault "{text}" names no operation; there are {", ".join(OPERATIONS)} and *')
        if kind not in KINDS and kind.removesuffix("-after") not in _STATUSES:
            raise UsageError(
                f'the fault "{text}" is of no known kind; there are {", ".join(KINDS)} and the statuses {", ".join(_STATUSES)}'
            )
        return cls(operation, kind, None if call is None else int(call))

    @property
    def status(self) -> int | None:
        """The status that it answers with, where it is one."""
        text = self.kind.removesuffix("-after")
        return int(text) if text in _STATUSES else None

    @property
    def is_before(self) -> bool:
        """Whether the server does not act."""
        return (
            self.kind in {"reset-before", "reset-mid", "close-before", "late", "redirect", "huge", "bomb"} or self.kind in _STATUSES
        )

    def __str__(self) -> str:
        return f"{self.operation}:{self.kind}" + ("" if self.call is None else f"@{self.call}")


@dataclass(frozen=True, slots=True)
class Switches:
    """How the sandbox behaves where the description is silent, and what it does wrong.

    `token` None takes any bearer token. A job stays `reads_per_state` reads and at least `seconds_per_state` in each state, and one
    read imports at most `rows_per_read` rows, so that no answer takes long. `page_cap` is the largest page given. `counts` and
    `echo_file_name` leave those properties out. `shuffle_errors` gives row errors in another order than the file's, and
    `repeat_errors` gives each twice. `slow_seconds`, `retry_after` and `redirect_to` belong to the faults.
    """

    row_numbers: RowNumbers = RowNumbers.HEADER1
    naming: Naming = Naming.FIELD
    page_cap: int = 1000
    max_upload_bytes: int | None = None
    echo_file_name: bool = True
    counts: bool = True
    token: str | None = field(default=None, repr=False)
    reads_per_state: int = 1
    seconds_per_state: float = 0.0
    rows_per_read: int = 100_000
    shuffle_errors: bool = False
    repeat_errors: bool = False
    slow_seconds: float = 5.0
    retry_after: float = 1.0
    redirect_to: str = "http://127.0.0.1:9"
    faults: tuple[Fault, ...] = ()


class Striker:
    """Counts the calls of each operation and says which fault strikes. Safe between threads."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self._faults = tuple(faults)
        self._calls: Counter[str] = Counter()
        self._lock = threading.Lock()

    def strike(self, operation: str) -> Fault | None:
        """Count one call; the first fault that fits it."""
        with self._lock:
            self._calls[operation] += 1
            number = self._calls[operation]
        fitting = (one for one in self._faults if one.operation in {"*", operation} and one.call in {None, number})
        return next(fitting, None)

    def calls(self) -> dict[str, int]:
        """How often each operation was called."""
        with self._lock:
            return dict(self._calls)
