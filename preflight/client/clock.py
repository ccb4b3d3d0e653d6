"""Time, passed in: tests hand over a clock that does not wait."""

from __future__ import annotations

import time
from typing import Protocol

__all__ = ["SYSTEM_CLOCK", "Clock"]


class Clock(Protocol):
    """What the client and the submission need of time."""

    def now(self) -> float:
        """Seconds since 1970, for dates."""

    def monotonic(self) -> float:
        """Seconds that never run backwards, for measuring waits."""

    def sleep(self, seconds: float, /) -> None:
        """Wait."""


class _SystemClock:
    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float, /) -> None:
        time.sleep(seconds)


SYSTEM_CLOCK: Clock = _SystemClock()
