"""Time, passed in."""

from __future__ import annotations

import time

from preflight.client.clock import SYSTEM_CLOCK


def test_the_clock_of_the_system_is_that_of_the_system() -> None:
    before = time.time(), time.monotonic()
    SYSTEM_CLOCK.sleep(0)
    assert before[0] <= SYSTEM_CLOCK.now() <= time.time()
    assert before[1] <= SYSTEM_CLOCK.monotonic() <= time.monotonic()
