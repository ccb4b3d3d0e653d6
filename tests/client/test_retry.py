"""When a call is sent again, and after how long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.client.dialect import Manner
from preflight.client.retry import REPEATED, Result, Retries, pause, result_of, retry_after
from preflight.client.transport import Answer, Loss, Lost

EVEN = Retries(chance=lambda: 0.0)


@pytest.mark.parametrize(
    ("status", "result"),
    [
        (200, Result.GOOD),
        (202, Result.GOOD),
        (304, Result.DEFINITE),
        (400, Result.DEFINITE),
        (401, Result.DEFINITE),
        (408, Result.DOUBTFUL),
        (413, Result.DEFINITE),
        (429, Result.COUNTED_OFF),
        (500, Result.DOUBTFUL),
        (503, Result.DOUBTFUL),
        (599, Result.DOUBTFUL),
    ],
)
def test_a_status_says_what_may_have_happened(status: int, result: Result) -> None:
    assert result_of(Answer(status, b"")) is result


@pytest.mark.parametrize("loss", Loss)
def test_only_a_missing_connection_is_never_sent(loss: Loss) -> None:
    assert (result_of(Lost(loss, "")) is Result.NEVER_SENT) == (loss is Loss.NEVER_SENT)


@pytest.mark.parametrize(
    ("manner", "repeated"),
    [
        (Manner.READ, {Result.NEVER_SENT, Result.COUNTED_OFF, Result.DOUBTFUL, Result.NOT_UNDERSTOOD}),
        (Manner.CREATE, {Result.NEVER_SENT, Result.COUNTED_OFF}),
        (Manner.CANCEL, {Result.NEVER_SENT, Result.COUNTED_OFF}),
        (Manner.UPLOAD, set()),
    ],
)
def test_the_table(manner: Manner, repeated: set[Result]) -> None:
    assert REPEATED[manner] == repeated
    for result in Result:
        assert (pause(EVEN, manner, result, 1, None) is not None) == (result in repeated)


@pytest.mark.parametrize(("attempt", "seconds"), [(1, 0.5), (2, 1.0), (3, 2.0), (4, 4.0), (5, None)])
def test_pauses_double(attempt: int, seconds: float | None) -> None:
    assert pause(EVEN, Manner.READ, Result.DOUBTFUL, attempt, None) == seconds


def test_pauses_are_bounded() -> None:
    assert pause(Retries(most=99, chance=lambda: 0.0), Manner.READ, Result.DOUBTFUL, 50, None) == 8.0


def test_a_bad_answer_is_asked_for_three_times() -> None:
    assert [pause(EVEN, Manner.READ, Result.NOT_UNDERSTOOD, attempt, None) for attempt in (1, 2, 3)] == [0.5, 1.0, None]


@given(st.floats(0, 1, exclude_max=True), st.integers(1, 4))
def test_chance_shortens_by_at_most_a_quarter(chance: float, attempt: int) -> None:
    whole = pause(EVEN, Manner.READ, Result.DOUBTFUL, attempt, None)
    part = pause(Retries(chance=lambda: chance), Manner.READ, Result.DOUBTFUL, attempt, None)
    assert whole is not None
    assert part is not None
    assert whole * 0.75 <= part <= whole


@pytest.mark.parametrize(("asked", "seconds"), [(0.0, 0.5), (7.0, 7.0), (120.0, 120.0), (120.5, None), (1e9, None)])
def test_the_wait_of_the_server_is_obeyed_up_to_a_bound(asked: float, seconds: float | None) -> None:
    assert pause(EVEN, Manner.READ, Result.COUNTED_OFF, 1, asked) == seconds


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("7", 7.0),
        (" 7 ", 7.0),
        ("0.5", 0.5),
        ("0", 0.0),
        ("-3", 0.0),
        ("nan", None),
        ("inf", None),
        ("1e400", None),
        ("soon", None),
        ("", None),
        ("Tue, 24 Nov 2026 12:00:30 GMT", 30.0),
        ("Tue, 24 Nov 2026 11:59:30 GMT", 0.0),
        ("Thu, 24 Nov 1890 12:00:00 GMT", None),
        ("Tue, 99 Nov 2026 12:00:30 GMT", None),
    ],
)
def test_retry_after_is_a_number_or_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, 1_795_521_600.0) == seconds
