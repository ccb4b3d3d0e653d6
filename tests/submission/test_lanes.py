"""Several workers and one desk."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from typing import Any

import pytest

from preflight.client.clock import SYSTEM_CLOCK
from preflight.errors import ServerError, UsageError
from preflight.submission.lanes import Halted, Here, Lanes
from preflight.submission.record import JobLine, JobState
from preflight.testing import Clock

Work = Callable[[JobLine], None]


def ignore(_: str) -> None:
    return None


def lines(count: int) -> Callable[[Collection[tuple[int, int]]], JobLine | None]:
    """So many attempts, each once."""
    left = [JobLine(number, 1, 1, 1, JobState.PLANNED, "a.csv") for number in range(count, 0, -1)]
    return lambda _: left.pop() if left else None


def test_everything_asked_for_is_done_by_the_thread_that_runs() -> None:
    lanes, threads, answers = Lanes(3, ignore), set(), []

    def asked(number: int) -> int:
        threads.add(threading.get_ident())
        return number * 10

    def work(line: JobLine) -> None:
        lanes.post(asked, 0)
        answers.append(lanes.ask(asked, line.part))

    lanes.run(lines(5), work)
    assert sorted(answers) == [10, 20, 30, 40, 50]
    assert threads == {threading.get_ident()}


@pytest.mark.parametrize(("most", "narrowed", "seen"), [(1, 0, 1), (3, 0, 3), (3, 1, 2), (3, 9, 1)])
def test_so_many_at_a_time_and_no_more(most: int, narrowed: int, seen: int) -> None:
    lanes, gate = Lanes(most, ignore), threading.Barrier(seen, timeout=5)
    at_work: list[int] = []
    highest: list[int] = []
    for _ in range(narrowed):
        lanes.narrow()

    def work(line: JobLine) -> None:
        lanes.ask(at_work.append, line.part)
        highest.append(len(at_work))
        gate.wait()  # breaks unless so many are here at once
        lanes.ask(at_work.remove, line.part)

    lanes.run(lines(seen * 2), work)
    assert max(highest) == seen


def test_a_failure_begins_nothing_new_and_lets_the_others_end() -> None:
    told: list[str] = []
    lanes, both, done = Lanes(2, told.append), threading.Barrier(2, timeout=5), []
    threads: dict[int, threading.Thread] = {}

    def work(line: JobLine) -> None:
        threads[line.part] = threading.current_thread()
        both.wait()
        if line.part == 1:
            raise ServerError("the first")
        threads[1].join()
        lanes.ask(done.append, line.part)

    with pytest.raises(ServerError, match="the first"):
        lanes.run(lines(4), work)
    assert done == [2]
    assert told == []


def test_of_several_failures_one_is_raised_and_the_others_are_told() -> None:
    told: list[str] = []
    both = threading.Barrier(2, timeout=5)

    def work(line: JobLine) -> None:
        both.wait()
        raise ServerError("no")

    with pytest.raises(ServerError, match="no"):
        Lanes(2, told.append).run(lines(2), work)
    assert told == ["no"]


@pytest.mark.parametrize("error", [UsageError("the disk is full"), KeyboardInterrupt(), AssertionError("a bug")])
def test_what_the_desk_raises_halts_everybody(error: BaseException) -> None:
    lanes, halted, both = Lanes(2, ignore), [], threading.Barrier(2, timeout=5)

    def refuse() -> None:
        raise error

    def work(line: JobLine) -> None:
        both.wait()
        if line.part == 1:
            lanes.ask(refuse)
        try:
            while True:
                lanes.ask(int)
        except Halted:
            halted.append(line.part)
            raise

    with pytest.raises(type(error)):
        lanes.run(lines(4), work)
    assert 2 in halted
    for late in (lanes.ask, lanes.post):
        with pytest.raises(Halted):
            late(int)


def test_a_wait_ends_when_everybody_is_halted() -> None:
    lanes, woken, here = Lanes(2, ignore), [], threading.Barrier(2, timeout=5)

    def work(line: JobLine) -> None:
        here.wait()
        if line.part == 1:
            raise UsageError("stop")
        try:
            lanes.naps(SYSTEM_CLOCK).sleep(600)
        except Halted:
            woken.append(line.part)
            raise

    with pytest.raises(UsageError, match="stop"):
        lanes.run(lines(2), work)
    assert woken == [2]


def test_the_clock_of_workers_is_the_clock_that_was_given() -> None:
    clock = Clock()
    naps = Lanes(2, ignore).naps(clock)
    naps.sleep(60)
    naps.sleep(0.1)
    assert naps.monotonic() == pytest.approx(60.1)
    assert naps.now() == clock.now()


def test_a_single_thread_is_its_own_desk() -> None:
    done: list[Any] = []
    desk = Here()
    desk.post(done.append, 1)
    assert desk.ask(len, done) == 1
    desk.narrow()


def test_what_fails_while_it_is_shown_is_raised_where_it_is_shown() -> None:
    lanes = Lanes(2, ignore)

    def show() -> None:
        raise OSError("the terminal is gone")

    with pytest.raises(OSError, match="the terminal is gone"):
        lanes.run(lines(2), lambda _: lanes.post(show))


def test_a_worker_that_never_notices_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("preflight.submission.lanes._FAREWELL", 0.05)
    lanes, here, let_go = Lanes(2, ignore), threading.Barrier(2, timeout=5), threading.Event()
    late: list[type[BaseException]] = []

    def work(line: JobLine) -> None:
        here.wait()
        if line.part == 1:
            raise UsageError("stop")
        let_go.wait(5)  # a request that is not answered
        try:
            lanes.ask(int)
        except Halted as error:
            late.append(type(error))
            let_go.clear()
            raise

    with pytest.raises(UsageError, match="stop"):
        lanes.run(lines(2), work)
    assert late == []
    let_go.set()
    for one in threading.enumerate():
        if one.name.startswith("preflight part"):
            one.join(5)
    assert late == [Halted]
