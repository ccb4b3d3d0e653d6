"""What a submission says while it is at work: one value for each step, and three ways to show it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Literal, TextIO

from preflight.client.clock import Clock

__all__ = ["Update", "Watcher", "bar", "in_place", "lines", "notebook", "notebook_display", "silent", "watcher_for"]

_EVERY = 30.0
_SMALL = 0.1


@dataclass(frozen=True, slots=True)
class Update:
    """How far the records of one attempt are. `done` and `total` are bytes while uploading, rows while the server works; None where
    the server does not say."""

    part: int
    parts: int
    phase: Literal["uploading", "waiting", "reading errors", "settled"]
    done: int | None = None
    total: int | None = None
    status: str | None = None

    def __str__(self) -> str:
        where = f"part {self.part} of {self.parts}"
        if self.phase == "uploading":
            return f"{where}: {self.done or 0:,} of {self.total or 0:,} bytes sent"
        if self.phase == "waiting":
            counts = "" if self.done is None else f", {self.done:,} of {self.total if self.total is not None else '?':,} rows"
            return f"{where}: {self.status or 'no status'} at the server{counts}"
        return f"{where}: {self.phase}"


Watcher = Callable[[Update], None]


def silent(_: Update) -> None:
    """Show nothing."""


class _UnderWay:
    """The last step of each part that is under way; of the last one to settle where none is."""

    def __init__(self) -> None:
        self._steps: dict[int, Update] = {}

    def note(self, update: Update) -> None:
        self._steps = {part: one for part, one in self._steps.items() if one.phase != "settled"}
        self._steps[update.part] = update

    def __str__(self) -> str:
        return "; ".join(str(self._steps[part]) for part in sorted(self._steps))


def lines(stream: TextIO, clock: Clock, every: float = _EVERY) -> Watcher:
    """A plain line at most every so many seconds, for logs."""
    last = clock.monotonic()
    under_way = _UnderWay()

    def show(update: Update) -> None:
        nonlocal last
        under_way.note(update)
        if clock.monotonic() - last >= every:
            last = clock.monotonic()
            print(f"preflight: {under_way}", file=stream, flush=True)

    return show


@contextmanager
def bar(stream: TextIO) -> Iterator[Watcher]:
    """A bar on a terminal for each part that is under way."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    with Progress(
        TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=Console(file=stream), transient=True
    ) as shown:
        tasks: dict[int, Any] = {}
        settled: set[int] = set()

        def show(update: Update) -> None:
            while settled:
                shown.remove_task(tasks.pop(settled.pop()))
            if update.part not in tasks:
                tasks[update.part] = shown.add_task("preflight", total=None)
            shown.update(tasks[update.part], description=str(update), completed=update.done or 0, total=update.total)
            if update.phase == "settled":
                settled.add(update.part)

        yield show


@contextmanager
def notebook(display: Any, clock: Clock) -> Iterator[Watcher]:
    """One display of a notebook, changed at most ten times a second. `display` is IPython's function."""
    last = -_SMALL
    under_way, put = _UnderWay(), in_place(display)

    def show(update: Update) -> None:
        nonlocal last
        under_way.note(update)
        if clock.monotonic() - last >= _SMALL or update.phase == "settled":
            last = clock.monotonic()
            put(str(under_way))

    yield show


def in_place(display: Any) -> Callable[[str], None]:
    """Shows a text in a display of a notebook, from the first on, and the next in its place. `display` is IPython's function."""
    handle: Any = None

    def put(text: str) -> None:
        nonlocal handle
        told = {"text/plain": text}
        if handle is None:
            handle = display(told, raw=True, display_id=True)
        else:
            handle.update(told, raw=True)

    return put


@contextmanager
def watcher_for(clock: Clock, stream: TextIO | None = None) -> Iterator[Watcher]:
    """The way that suits where this runs: one display in a notebook, a bar on a terminal, lines elsewhere; on standard error."""
    target = stream or sys.stderr
    display = notebook_display()
    if display is not None:
        with notebook(display, clock) as show:
            yield show
    elif target.isatty():
        with bar(target) as show:
            yield show
    else:
        yield lines(target, clock)


def notebook_display() -> Any:
    """IPython's display where a notebook's kernel runs this, else None."""
    found = sys.modules.get("IPython")
    with suppress(Exception):
        shell = found.get_ipython() if found is not None else None
        if shell is not None and hasattr(shell, "kernel"):
            return sys.modules["IPython.display"].display
    return None
