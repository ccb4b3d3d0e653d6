"""How far a run is, said when it takes more than a moment: a bar on a terminal, one display in a notebook, lines in a log."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any, TextIO

from preflight.client.clock import SYSTEM_CLOCK, Clock
from preflight.engines.progress import Step, Watch
from preflight.submission.progress import in_place, notebook_display

__all__ = ["Pace", "shown"]

_LATE = 1.0
"""Seconds after which something is shown: what is done sooner needs no words."""
_SMALL, _LONG = 0.25, 30.0
"""Seconds between two changes of a display, and between two lines of a log."""
_PASSES = {(1, 2): "reading (1 of 2)", (2, 2): "judging (2 of 2)", (1, 1): "judging"}
_WORDS = 72
"""About as many characters as are said."""

Show = Callable[[str, float | None], None]
"""Takes what is said and the share of the pass that is done, 0 to 1."""


@dataclass(slots=True)
class Pace:
    """Rows per second and the time left of each pass, by the seconds at which its steps came. `began` is that of the first pass."""

    began: float
    last: float
    number: int = 1

    def told(self, step: Step, now: float) -> str:
        """``judging (2 of 2): 48%, 1,200,000 rows, 410,000 rows/s, 3 s left``."""
        if step.number != self.number:
            self.number, self.began = step.number, self.last
        self.last = now
        seconds = now - self.began
        said = [] if step.share is None else [f"{step.share:.0%}"]
        said.append(f"{step.rows:,} rows")
        if seconds > 0:
            said.append(f"{step.rows / seconds:,.0f} rows/s")
            if step.share:
                said.append(f"{_duration(seconds * (1 - step.share) / step.share)} left")
        return f"{_PASSES[step.number, step.passes]}: {', '.join(said)}"


def _duration(seconds: float) -> str:
    """``3 s``, ``2 min 05 s``, ``1 h 12 min``; a part of a second counts as a whole one."""
    whole = int(-(-seconds // 1))
    if whole < 60:
        return f"{whole} s"
    return f"{whole // 60} min {whole % 60:02d} s" if whole < 3600 else f"{whole // 3600} h {whole % 3600 // 60:02d} min"


@contextmanager
def shown(
    *, wanted: bool = True, log: bool = False, clock: Clock = SYSTEM_CLOCK, stream: TextIO | None = None
) -> Iterator[Watch | None]:
    """What a run tells its steps to, for as long as it goes on; None where nobody looks. `log` has lines where there is neither a
    terminal nor a notebook."""
    way = _way(stream or sys.stderr, log) if wanted else None
    if way is None:
        yield None
        return
    display, every = way
    began = clock.monotonic()
    pace, last = Pace(began, began), began
    with display as show:

        def watch(step: Step) -> None:
            nonlocal last
            now = clock.monotonic()
            told = pace.told(step, now)
            if now - began >= _LATE and now - last >= every:
                last = now
                show(told, step.share)

        yield watch


def _way(stream: TextIO, log: bool) -> tuple[Any, float] | None:
    """How it is shown, and how often."""
    display = notebook_display()
    if display is not None:
        return nullcontext(_in_notebook(display)), _SMALL
    if stream.isatty():
        return _bar(stream), _SMALL
    return (nullcontext(_lines(stream)), _LONG) if log else None


def _lines(stream: TextIO) -> Show:
    return lambda told, _: print(f"preflight: {told}", file=stream, flush=True)


def _in_notebook(display: Any) -> Show:
    put = in_place(display)
    return lambda told, _: put(told)


@contextmanager
def _bar(stream: TextIO) -> Iterator[Show]:
    """A bar, from the first words on, which goes when the run is done."""
    started: list[Any] = []

    def show(told: str, share: float | None) -> None:
        if not started:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn

            console = Console(file=stream)
            columns = BarColumn(min(40, max(8, console.width - _WORDS))), TextColumn("{task.description}", markup=False)
            bar = Progress(*columns, console=console, transient=True, refresh_per_second=4)
            started.extend((bar, bar.add_task(told, total=None)))
            bar.start()
        bar, task = started
        bar.update(task, description=told, completed=share or 0, total=None if share is None else 1)

    try:
        yield show
    finally:
        if started:
            started[0].stop()
