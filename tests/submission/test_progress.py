"""What is shown while a run is sent."""

from __future__ import annotations

import io
from typing import Any

import pytest

from preflight.submission.progress import Update, bar, lines, notebook, silent, watcher_for
from preflight.testing import Clock


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("update", "text"),
    [
        (Update(1, 3, "uploading", 512, 2048), "part 1 of 3: 512 of 2,048 bytes sent"),
        (Update(2, 3, "waiting", None, 9, "validating"), "part 2 of 3: validating at the server"),
        (Update(2, 3, "waiting", 1000, 2000, "processing"), "part 2 of 3: processing at the server, 1,000 of 2,000 rows"),
        (Update(2, 3, "waiting"), "part 2 of 3: no status at the server"),
        (Update(3, 3, "reading errors"), "part 3 of 3: reading errors"),
        (Update(3, 3, "settled", 5, 5), "part 3 of 3: settled"),
    ],
)
def test_a_step_in_words(update: Update, text: str) -> None:
    assert str(update) == text


def test_a_line_every_half_minute() -> None:
    stream, clock = io.StringIO(), Clock()
    show = lines(stream, clock)
    for _ in range(8):
        show(Update(1, 1, "waiting", 1, 2, "processing"))
        clock.sleep(10)
    assert stream.getvalue() == "preflight: part 1 of 1: processing at the server, 1 of 2 rows\n" * 2


def test_a_line_tells_every_part_that_is_under_way() -> None:
    stream, clock = io.StringIO(), Clock()
    show = lines(stream, clock, every=0)
    show(Update(2, 3, "uploading", 1, 9))
    show(Update(1, 3, "settled", 5, 5))
    show(Update(3, 3, "reading errors"))
    assert stream.getvalue().splitlines() == [
        "preflight: part 2 of 3: 1 of 9 bytes sent",
        "preflight: part 1 of 3: settled; part 2 of 3: 1 of 9 bytes sent",
        "preflight: part 2 of 3: 1 of 9 bytes sent; part 3 of 3: reading errors",
    ]


def test_a_bar_on_a_terminal() -> None:
    stream = Terminal()
    with bar(stream) as show:
        show(Update(1, 2, "uploading", 10, 20))
        show(Update(2, 2, "uploading", 5, 20))
        show(Update(1, 2, "settled", 3, 3))
        show(Update(2, 2, "uploading", 20, 20))
    assert "part 1 of 2: 10 of 20 bytes sent" in stream.getvalue()
    last = stream.getvalue().rpartition("part 2 of 2: 20 of 20 bytes sent")
    assert last[1]
    assert "part 1" not in last[2]


def test_one_display_in_a_notebook() -> None:
    shown: list[Any] = []

    class Handle:
        def update(self, content: dict[str, str], *, raw: bool) -> None:
            shown.append(content["text/plain"])

    def display(content: dict[str, str], *, raw: bool, display_id: bool) -> Handle:
        shown.append(content["text/plain"])
        return Handle()

    clock = Clock()
    with notebook(display, clock) as show:
        show(Update(1, 1, "uploading", 1, 9))
        show(Update(1, 1, "uploading", 2, 9))  # too soon after the last one
        clock.sleep(1)
        show(Update(1, 1, "uploading", 9, 9))
        show(Update(1, 1, "settled"))
    assert shown == ["part 1 of 1: 1 of 9 bytes sent", "part 1 of 1: 9 of 9 bytes sent", "part 1 of 1: settled"]


def test_a_notebook_shows_nothing_of_what_was_refused() -> None:
    shown: list[Any] = []
    with notebook(lambda *content, **_: shown.append(content), Clock()):
        pass
    assert shown == []


def test_the_way_that_suits() -> None:
    for stream in (io.StringIO(), Terminal()):
        with watcher_for(Clock(), stream) as show:
            show(Update(1, 1, "uploading", 1, 2))
        assert ("bytes sent" in stream.getvalue()) is stream.isatty()
    silent(Update(1, 1, "settled"))
