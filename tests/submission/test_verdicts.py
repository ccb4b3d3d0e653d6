"""What one job did with its records, by its last word and its errors."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from preflight.submission.record import JobLine, JobState
from preflight.submission.verdicts import JobErrors, State, judge_job, merged

R, Y, U, N = State.REJECTED_THERE, State.IMPORTED, State.UNKNOWN, State.NOT_SENT
JOB = JobLine(1, 1, 1, 4, JobState.SETTLED, "f", "j", "completed", ended=True)
ALL = {"total_rows": 4, "processed_rows": 4}


def found(named: Any = (), possible: Any = (), **more: Any) -> JobErrors:
    return JobErrors(np.array(named, dtype=np.int64), np.array(possible, dtype=np.int64), **more)


@pytest.mark.parametrize(
    ("changes", "errors", "states", "is_wrong"),
    [
        pytest.param({}, found(), [Y, Y, Y, Y], False, id="no counts, no errors"),
        pytest.param({**ALL, "success_count": 3, "error_count": 1}, found([2]), [Y, Y, R, Y], False, id="balanced"),
        pytest.param({"success_count": 3}, found([2]), [Y, Y, R, Y], False, id="successes alone"),
        pytest.param({"error_count": 2}, found([2]), [U, U, R, U], True, id="an error is missing"),
        pytest.param({"success_count": 2}, found([2]), [U, U, R, U], True, id="a success is missing"),
        pytest.param({"error_count": 0}, found([2]), [U, U, U, U], True, id="more errors than failed rows"),
        pytest.param({"total_rows": 5}, found([2]), [U, U, R, U], True, id="the server saw another number of rows"),
        pytest.param({"processed_rows": 3}, found([2]), [U, U, R, U], True, id="not all processed"),
        pytest.param({"success_count": 4, "error_count": 1}, found([2]), [U, U, R, U], True, id="counts that make five"),
        pytest.param({"error_count": 2}, found([0], [1, 2], numbers=1), [R, U, U, Y], False, id="one of two candidates"),
        pytest.param({"error_count": 1}, found([0], [1, 2], numbers=1), [R, U, U, Y], False, id="perhaps the same row"),
        pytest.param({}, found([0], [0, 1], numbers=1), [R, U, Y, Y], False, id="a named candidate is settled"),
        pytest.param({}, found([], [1], numbers=1, complete=False), [U, U, U, U], False, id="the true row may be any"),
        pytest.param({}, found([0], whole=1), [R, U, U, U], False, id="an error that names no row"),
        pytest.param({"error_count": 1}, found([0], whole=1), [R, Y, Y, Y], False, id="counts settle an error without a row"),
        pytest.param({"error_count": 2}, found([0], whole=1), [R, U, U, U], False, id="the error without a row is a failed row"),
        pytest.param({}, found([0], complete=False), [R, U, U, U], False, id="errors were lost"),
        pytest.param({"error_count": 1}, found([0], complete=False), [R, Y, Y, Y], False, id="counts say that none was"),
        pytest.param({"status": "failed"}, found([1]), [U, R, U, U], False, id="failed"),
        pytest.param({"status": "failed", "processed_rows": 0}, found([1]), [U, R, U, U], False, id="validating or not is unknown"),
        pytest.param(
            {"status": "failed", "processed_rows": 0, "left_validating": False},
            found([1], [2]),
            [N, R, U, N],
            False,
            id="in validation",
        ),
        pytest.param({"status": "failed", "left_validating": False}, found(), [U, U, U, U], False, id="processed rows not said"),
        pytest.param(
            {"status": "failed", "processed_rows": 0, "left_validating": True}, found(), [U, U, U, U], False, id="left it"
        ),
        pytest.param(
            {"status": "cancelled", "processed_rows": 0, "left_validating": False}, found(), [N, N, N, N], False, id="cancelled"
        ),
        pytest.param({"ended": False}, found([1]), [U, U, U, U], False, id="errors not read to their end"),
        pytest.param({"status": "processing"}, found(), [U, U, U, U], False, id="not ended"),
        pytest.param({"status": "archived"}, found(), [U, U, U, U], False, id="a status that nobody knows"),
        pytest.param({"state": JobState.TOO_LARGE}, found(), [N, N, N, N], False, id="given up"),
        pytest.param({"state": JobState.FENCED, "status": "cancelled"}, found(), [N, N, N, N], False, id="fenced"),
        pytest.param(
            {"state": JobState.CREATED, "status": "pending"}, found(), [N, N, N, N], False, id="created, nothing uploaded"
        ),
        pytest.param({"state": JobState.UPLOAD_UNKNOWN, "ended": False}, found(), [U, U, U, U], False, id="a doubtful upload"),
    ],
)
def test_the_states_of_a_job(changes: dict[str, Any], errors: JobErrors, states: list[State], is_wrong: bool) -> None:
    got, wrong = judge_job(replace(JOB, **changes), errors)
    assert [State(one) for one in got.tolist()] == states
    assert (wrong is not None) == is_wrong


@pytest.mark.parametrize(
    ("before", "after", "state"),
    [(N, Y, Y), (N, R, R), (U, Y, Y), (U, R, U), (U, N, U), (Y, R, Y), (R, Y, Y), (R, R, R), (Y, U, U)],
)
def test_what_may_have_been_imported_is_never_taken_back(before: State, after: State, state: State) -> None:
    assert merged(np.array([before]), np.array([after])).tolist() == [state]
