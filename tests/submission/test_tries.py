"""What a process remembers of its attempts."""

from __future__ import annotations

import pytest

from preflight.client.errors import Detail, Doubtful
from preflight.errors import ServerError
from preflight.submission.record import JobLine, JobState
from preflight.submission.tries import MOST_TRIES, Stopped, Tries

LINE = JobLine(2, 1, 1, 9, JobState.UPLOADING, "a.csv")
OTHER = JobLine(2, 2, 1, 9, JobState.UPLOADING, "b.csv")
MIB = 1 << 20


def broken(pulled: int | None, declared: int | None = 25 * MIB) -> Doubtful:
    return Doubtful("it broke", Detail(pulled=pulled, declared=declared))


def test_what_stood_in_the_way_is_the_reason_and_belongs_to_its_attempt() -> None:
    tries, error = Tries(), ServerError("no")
    assert isinstance(tries.reason(LINE, "words"), Stopped)
    tries.keep(LINE, error)
    tries.keep(LINE, None)
    assert tries.last(LINE) is error
    assert tries.reason(LINE, "words") is error
    assert str(tries.reason(OTHER, "it was refused")) == "part 2: it was refused"


def test_often_enough_is_enough() -> None:
    tries = Tries()
    assert [tries.count(LINE, "create") for _ in range(MOST_TRIES - 1)] == [1, 2, 3]
    assert tries.count(OTHER, "create") == 1
    with pytest.raises(Stopped, match="create did not work 4 times"):
        tries.count(LINE, "create")


@pytest.mark.parametrize(
    ("pulled", "again"),
    [
        ([10 * MIB, 10 * MIB], [False, True]),
        ([10 * MIB, 10 * MIB + 900_000], [False, True]),
        ([10 * MIB, 12 * MIB], [False, False]),
        ([20 * MIB, 22 * MIB], [False, True]),
        ([10 * MIB], [False]),
        ([0, 0], [False, False]),
        ([25 * MIB, 25 * MIB], [False, False]),
        ([None, None], [False, False]),
    ],
)
def test_two_breaks_at_about_the_same_byte(pulled: list[int | None], again: list[bool]) -> None:
    tries = Tries()
    lines = (LINE, OTHER)
    assert [tries.breaks_off_again(lines[at % 2], broken(one)) for at, one in enumerate(pulled)] == again


def test_small_files_and_other_records_are_no_sign() -> None:
    tries = Tries()
    half = JobLine(2, 3, 1, 4, JobState.UPLOADING, "c.csv")
    assert not tries.breaks_off_again(LINE, broken(10 * MIB))
    assert not tries.breaks_off_again(half, broken(10 * MIB))
    assert not any(tries.breaks_off_again(half, broken(100, 1000)) for _ in range(3))
