"""Several attempts at once: workers speak with the server, one thread writes the journal and shows what happens.

A worker never touches the journal. It asks for each write and goes on when the write is on the disk, so that the order of intent
and effect is that of a single thread, and a process that dies has at most as many doubts as it has lanes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Any, Protocol, TypeVar

from preflight.client.clock import Clock
from preflight.errors import ServerError
from preflight.submission.record import JobLine

__all__ = ["MOST_LANES", "Desk", "Halted", "Here", "Lanes"]

T = TypeVar("T")
Key = tuple[int, int]
Take = Callable[[Collection[Key]], "JobLine | None"]
MOST_LANES = 4
"""The description names no limit of jobs at a time, others of its kind allow two to five."""

_NAP = 0.25
_FAREWELL = 2.0


class Halted(BaseException):
    """What ends a worker when nobody writes its journal any more."""


class Desk(Protocol):
    """The one thread that writes and shows."""

    def ask(self, act: Callable[..., T], /, *args: Any) -> T:
        """Have it done there, and wait for what comes of it."""

    def post(self, act: Callable[..., object], /, *args: Any) -> None:
        """Have it done there, soon."""

    def narrow(self) -> None:
        """The server asks for fewer calls."""


class Here:
    """A desk for a single thread: its own."""

    def ask(self, act: Callable[..., T], /, *args: Any) -> T:
        """Done at once."""
        return act(*args)

    def post(self, act: Callable[..., object], /, *args: Any) -> None:
        """Done at once."""
        act(*args)

    def narrow(self) -> None:
        """There is one lane already."""


@dataclass(frozen=True, slots=True)
class _Asked:
    act: Callable[[], Any]
    reply: SimpleQueue[tuple[Any, BaseException | None]] | None = None


@dataclass(frozen=True, slots=True)
class _Ended:
    key: Key
    error: BaseException | None


class Lanes:
    """Up to `most` workers, and the desk in the thread that calls `run`. `tell` gets what failed besides the first."""

    def __init__(self, most: int, tell: Callable[[str], None]) -> None:
        self._most = most
        self._tell = tell
        self._busy: set[Key] = set()
        self._failed: ServerError | None = None
        self._messages: SimpleQueue[_Asked | _Ended] = SimpleQueue()
        self._closed = Event()

    def run(self, take: Take, work: Callable[[JobLine], None]) -> None:
        """Work on every line that `take` gives, which is told the keys of those at work, until it gives none.

        After a ServerError nothing new is begun; what is at work is brought to its end, and then the first one is raised. Any other
        exception, Ctrl-C among them, halts the workers at their next step.
        """
        try:
            while True:
                while self._failed is None and len(self._busy) < self._most and (line := take(self._busy)) is not None:
                    self._start(line, work)
                if not self._busy:
                    break
                self._attend(self._messages.get())
        except BaseException:
            self._halt()
            raise
        if self._failed is not None:
            raise self._failed

    def ask(self, act: Callable[..., T], /, *args: Any) -> T:
        """Have it done by the thread of `run`. Raises what it raises, and Halted when there is nobody left to do it."""
        reply: SimpleQueue[tuple[Any, BaseException | None]] = SimpleQueue()
        self._put(_Asked(partial(act, *args), reply))
        while True:
            try:
                found, error = reply.get(timeout=0.2)
            except Empty:
                if self._closed.is_set():
                    raise Halted from None
                continue
            if error is not None:
                raise error
            answer: T = found
            return answer

    def post(self, act: Callable[..., object], /, *args: Any) -> None:
        """Have it done by the thread of `run`. Raises Halted as `ask` does."""
        self._put(_Asked(partial(act, *args)))

    def narrow(self) -> None:
        """One lane less from now on."""
        self._most = max(1, self._most - 1)

    def naps(self, clock: Clock) -> Clock:
        """The clock for workers: what they wait for ends when they are halted."""
        return _Naps(clock, self._closed)

    def _put(self, asked: _Asked) -> None:
        if self._closed.is_set():
            raise Halted
        self._messages.put(asked)

    def _start(self, line: JobLine, work: Callable[[JobLine], None]) -> None:
        key = (line.part, line.attempt)
        self._busy.add(key)
        # A daemon: a request that is never answered does not keep the process from ending.
        Thread(target=self._work, args=(key, line, work), name=f"preflight part {line.part}", daemon=True).start()

    def _work(self, key: Key, line: JobLine, work: Callable[[JobLine], None]) -> None:
        error: BaseException | None = None
        try:
            work(line)
        except BaseException as raised:  # noqa: BLE001 - raised again by the thread of `run`
            error = raised
        self._messages.put(_Ended(key, error))

    def _attend(self, message: _Asked | _Ended) -> None:
        if isinstance(message, _Ended):
            self._busy.discard(message.key)
            self._note(message.error)
            return
        found, error = None, None
        try:
            found = message.act()
        except Exception as raised:
            if message.reply is None:
                raise
            error = raised
        if message.reply is not None:
            message.reply.put((found, error))

    def _note(self, error: BaseException | None) -> None:
        if error is None:
            return
        if not isinstance(error, ServerError):
            raise error
        if self._failed is not None:
            self._tell(str(error))
        self._failed = self._failed or error

    def _halt(self) -> None:
        """Refuse every further step, and give the workers a moment to notice."""
        self._closed.set()
        end = time.monotonic() + _FAREWELL
        while self._busy and (left := end - time.monotonic()) > 0:
            try:
                message = self._messages.get(timeout=left)
            except Empty:
                return
            if isinstance(message, _Ended):
                self._busy.discard(message.key)
            elif message.reply is not None:
                message.reply.put((None, Halted()))


class _Naps:
    """A clock whose sleep ends with the lanes."""

    def __init__(self, clock: Clock, closed: Event) -> None:
        self._clock = clock
        self._closed = closed

    def now(self) -> float:
        return self._clock.now()

    def monotonic(self) -> float:
        return self._clock.monotonic()

    def sleep(self, seconds: float, /) -> None:
        left = seconds
        while left > 0 and not self._closed.is_set():
            self._clock.sleep(min(left, _NAP))
            left -= _NAP
        if self._closed.is_set():
            raise Halted
