"""For your own tests: the sandbox as a context manager or a pytest fixture, a clock that does not wait, and Hypothesis strategies
for cells and frames of a plan (extra `testing`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from preflight.sandbox.faults import Fault, Naming, RowNumbers, Switches
from preflight.sandbox.server import Sandbox, serve
from preflight.testing.cells import cells
from preflight.testing.frames import faulty_frames, valid_frames

__all__ = [
    "Clock",
    "Fault",
    "Naming",
    "RowNumbers",
    "Sandbox",
    "Switches",
    "cells",
    "faulty_frames",
    "sandbox",
    "valid_frames",
]


class Clock:
    """A clock for the client and the submission on which waiting takes no time. `waits` are the seconds that were asked for."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.waits: list[float] = []
        self._start = now
        self._passed = 0.0

    def now(self) -> float:
        """Seconds since 1970."""
        return self._start + self._passed

    def monotonic(self) -> float:
        """Seconds since the clock was made."""
        return self._passed

    def sleep(self, seconds: float, /) -> None:
        """Be there at once."""
        self.waits.append(seconds)
        self._passed += seconds


@contextmanager
def sandbox(*faults: str, **switches: Any) -> Iterator[Sandbox]:
    """A running sandbox: its address as a text, whose `holdings(entity)` says how often each record was imported.

    Faults are written as on the command line, ``sandbox("upload:reset-after@1", row_numbers="line")``; the switches are those of
    `Switches`. As a fixture::

        @pytest.fixture
        def api():
            with preflight.testing.sandbox() as box:
                yield box
    """
    if "row_numbers" in switches:
        switches["row_numbers"] = RowNumbers(switches["row_numbers"])
    if "naming" in switches:
        switches["naming"] = Naming(switches["naming"])
    with serve(Switches(faults=tuple(Fault.parse(one) for one in faults), **switches)) as box:
        yield box
