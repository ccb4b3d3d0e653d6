"""What this process remembers of its attempts: how often a thing was tried, what stood in the way, where uploads broke off."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from preflight.client.errors import ApiError
from preflight.errors import ServerError
from preflight.submission.record import JobLine

__all__ = ["MOST_TRIES", "Stopped", "Tries"]

MOST_TRIES = 4
"""How often the same thing is tried for one attempt, or for the same records, before the run stops."""
_LIKELY_LIMIT = 1 << 20
"""No server is known that takes less. What is handed over runs ahead of what arrived by the buffers between, about as much."""

Key = tuple[int, int]


class Stopped(ServerError):
    """The server keeps on doing what cannot be gone on with; nothing was lost, and the run can be resumed."""


@dataclass(slots=True)
class Tries:
    """Safe between threads as long as each is at work on attempts of its own."""

    _counts: Counter[tuple[str, int, int]] = field(default_factory=Counter)
    _errors: dict[Key, ServerError] = field(default_factory=dict)
    _broken: dict[tuple[int, int, int], int] = field(default_factory=dict)

    def keep(self, line: JobLine, error: ServerError | None) -> None:
        """Remember what an attempt met last."""
        if error is not None:
            self._errors[line.part, line.attempt] = error

    def last(self, line: JobLine) -> ServerError | None:
        """What an attempt met last."""
        return self._errors.get((line.part, line.attempt))

    def reason(self, line: JobLine, words: str) -> ServerError:
        """What stands in the way of an attempt: the server's last error, else these words."""
        return self.last(line) or Stopped(f"part {line.part}: {words}")

    def count(self, line: JobLine, what: str, most: int = MOST_TRIES) -> int:
        """How often it was tried. Raises what stands in the way when that is often enough; the state is written already."""
        key = (what, 0, 0) if what == "a single record" else (what, line.part, line.attempt)
        self._counts[key] += 1
        if self._counts[key] >= most:
            raise self.reason(line, f"{what} did not work {most} times")
        return self._counts[key]

    def breaks_off_again(self, line: JobLine, error: ApiError) -> bool:
        """Whether the upload of these records broke off twice at about the same byte, as where a limit is not told."""
        pulled, declared = error.detail.pulled, error.detail.declared
        if pulled is None or declared is None or not 0 < pulled < declared or declared < _LIKELY_LIMIT:
            return False
        rows = (line.part, line.first_record, line.last_record)
        before = self._broken.get(rows)
        self._broken[rows] = pulled
        return before is not None and abs(pulled - before) <= max(_LIKELY_LIMIT, pulled // 10)
