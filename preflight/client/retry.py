"""When a call is sent again, and after how long. The only place that repeats anything.

Reads are repeated. A create is repeated only when it was never sent or was counted off (429). An upload is never repeated here: the
submission looks at the job first. A cancel is repeated like a create; its doubtful answers are settled by a read (`client.py`).
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import Enum

from preflight.client.dialect import Manner
from preflight.client.transport import Answer, Loss, Lost

__all__ = ["DEFAULT_RETRIES", "REPEATED", "Result", "Retries", "Waiting", "pause", "result_of", "retry_after"]


class Result(Enum):
    """An outcome by what it means for another try."""

    GOOD = "answered"
    NEVER_SENT = "never sent"
    COUNTED_OFF = "too many calls"
    DOUBTFUL = "perhaps done"
    NOT_UNDERSTOOD = "answered, but not as described"
    DEFINITE = "refused"


REPEATED: dict[Manner, frozenset[Result]] = {
    Manner.READ: frozenset({Result.NEVER_SENT, Result.COUNTED_OFF, Result.DOUBTFUL, Result.NOT_UNDERSTOOD}),
    Manner.CREATE: frozenset({Result.NEVER_SENT, Result.COUNTED_OFF}),
    Manner.CANCEL: frozenset({Result.NEVER_SENT, Result.COUNTED_OFF}),
    Manner.UPLOAD: frozenset(),
}

_LOSSES: dict[Loss, Result] = {
    Loss.NEVER_SENT: Result.NEVER_SENT,
    Loss.CUT_SHORT: Result.DOUBTFUL,
    Loss.NO_ANSWER: Result.DOUBTFUL,
    Loss.BROKEN: Result.NOT_UNDERSTOOD,
    Loss.TOO_LONG: Result.NOT_UNDERSTOOD,
    Loss.ENCODED: Result.NOT_UNDERSTOOD,
}


def result_of(outcome: Answer | Lost) -> Result:
    """What an outcome means. Whether a good status has a good body is for the reader of the body to say."""
    if isinstance(outcome, Lost):
        return _LOSSES[outcome.loss]
    if 200 <= outcome.status < 300:
        return Result.GOOD
    if outcome.status == 429:
        return Result.COUNTED_OFF
    return Result.DOUBTFUL if outcome.status >= 500 or outcome.status == 408 else Result.DEFINITE


@dataclass(frozen=True, slots=True)
class Waiting:
    """A pause before another try, for those who want to see it."""

    operation: str
    seconds: float
    reason: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Retries:
    """How often and how long. `most` counts all tries of one call; answers that are not understood get `most_bad`.

    The pause doubles from `first` up to `longest`, each shortened by up to a quarter at random; a server's own wait is obeyed up
    to `longest_asked` seconds, and beyond that the call gives up with what the server asked
    (`assumptions.py`: limits.rate). `chance` gives numbers from 0 up to 1; `on_wait` is told of every pause before it begins.
    """

    most: int = 5
    most_bad: int = 3
    first: float = 0.5
    longest: float = 8.0
    longest_asked: float = 120.0
    chance: Callable[[], float] = random.random
    on_wait: Callable[[Waiting], None] | None = None


DEFAULT_RETRIES = Retries()


def pause(retries: Retries, manner: Manner, result: Result, attempt: int, asked: float | None) -> float | None:
    """The seconds until the next try after `attempt` tries, or None to give up."""
    most = retries.most_bad if result is Result.NOT_UNDERSTOOD else retries.most
    if result not in REPEATED[manner] or attempt >= most:
        return None
    grown = min(retries.first * 2.0 ** (attempt - 1), retries.longest) * (1 - retries.chance() / 4)
    if asked is None:
        return grown
    return None if asked > retries.longest_asked else max(asked, grown)


def retry_after(header: str | None, now: float) -> float | None:
    """The seconds that a Retry-After asks for: a number or a date; None where it says nothing that can be used."""
    if header is None:
        return None
    try:
        seconds = float(header)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(header).timestamp() - now
        except (ValueError, OverflowError, TypeError):
            return None
    return max(seconds, 0.0) if math.isfinite(seconds) and seconds >= -86_400 else None
