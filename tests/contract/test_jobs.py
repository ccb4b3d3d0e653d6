"""The life of a job."""

from __future__ import annotations

import pytest

from preflight.contract.jobs import CANCELLABLE, FINAL, MOVES, STATUSES, can_become, is_final


def test_the_tables_cover_every_status() -> None:
    assert tuple(MOVES) == STATUSES
    assert {after for moves in MOVES.values() for after in moves} <= set(STATUSES)
    assert {"completed", "failed", "cancelled"} == FINAL
    assert {"pending", "validating"} == CANCELLABLE


@pytest.mark.parametrize("status", STATUSES)
def test_reaching_is_moving_any_number_of_times(status: str) -> None:
    reached = {status}
    while more := {after for before in reached for after in MOVES[before]} - reached:
        reached |= more
    assert {after for after in STATUSES if can_become(status, after)} == reached


@pytest.mark.parametrize("status", [None, "", "archived", "Completed"])
def test_unknown_statuses_are_waited_for(status: str | None) -> None:
    assert not is_final(status)
    assert can_become(status, "completed")
    assert can_become("pending", status)
    assert not can_become("completed", status)
