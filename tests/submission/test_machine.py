"""The table of moves: complete, and safe whatever the server and the process do."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preflight.submission.machine import MOVES, RESTING, Effect, Event, Move, step
from preflight.submission.record import JobState as S

E, F = Event, Effect


def test_every_state_can_be_taken_up() -> None:
    assert {state for state, event in MOVES if event is E.BEGIN} == set(S)


def test_the_states_of_rest() -> None:
    assert {S.REFUSED, S.NEEDS_HUMAN, S.SETTLED} == RESTING


@pytest.mark.parametrize(("state", "event"), [(state, event) for state in S for event in E])
def test_no_move_off_the_table_succeeds(state: S, event: Event) -> None:
    if (state, event) in MOVES:
        assert step(state, event) == MOVES[state, event]
    else:
        with pytest.raises(ValueError, match="no move"):
            step(state, event)


def test_a_file_is_sent_from_an_empty_job_alone() -> None:
    assert {key for key, move in MOVES.items() if move.effect is F.UPLOAD} == {(S.CREATED, E.BEGIN), (S.CREATED, E.EMPTY)}
    assert all(move.state is S.UPLOADING for move in MOVES.values() if move.effect is F.UPLOAD)


def test_only_a_definite_no_leads_back_from_an_upload() -> None:
    back = {S.PLANNED, S.CREATED, S.FENCED, S.TOO_LARGE, S.REFUSED}
    assert {event for (state, event), move in MOVES.items() if state is S.UPLOADING and move.state in back} == {
        E.NEVER_SENT,
        E.LIMITED,
        E.RENEWED,
        E.DENIED,
        E.GONE,
        E.TOO_LARGE,
        E.REFUSED,
    }


def test_rows_whose_upload_is_in_doubt_go_to_another_job_only_through_the_fence() -> None:
    sources = {state for (state, _), move in MOVES.items() if move.effect is F.AGAIN}
    assert sources == {S.CREATED, S.UPLOADING, S.FENCING, S.FENCED}
    assert [event for (state, event), move in MOVES.items() if state is S.FENCING and move.effect is F.AGAIN] == [E.CANCELLED]
    assert not [move for (state, _), move in MOVES.items() if state is S.UPLOAD_UNKNOWN and move.effect in {F.AGAIN, F.UPLOAD}]


@pytest.mark.parametrize(
    ("state", "event", "move"),
    [
        (S.CREATING, E.BEGIN, Move(S.PLANNED, F.NOTE_ORPHAN)),
        (S.UPLOADING, E.BEGIN, Move(S.UPLOAD_UNKNOWN)),
        (S.UPLOADING, E.CONFLICTING, Move(S.UPLOAD_UNKNOWN)),
        (S.UPLOAD_UNKNOWN, E.OTHER_FILE, Move(S.NEEDS_HUMAN)),
        (S.UPLOAD_UNKNOWN, E.GONE, Move(S.NEEDS_HUMAN)),
        (S.FENCING, E.PROCESSED, Move(S.NEEDS_HUMAN)),
        (S.FENCING, E.CONFLICTING, Move(S.UPLOAD_UNKNOWN)),
        (S.ACCEPTED, E.UNSEEN, Move(S.ACCEPTED, F.STOP)),
        (S.NEEDS_HUMAN, E.REVISIT, Move(S.UPLOAD_UNKNOWN)),
    ],
)
def test_the_moves_that_matter_most(state: S, event: Event, move: Move) -> None:
    assert step(state, event) == move


@dataclass
class Job:
    """A job of the model: a file that arrived, or is still under way."""

    has_file: bool = False
    under_way: bool = False
    cancelled: bool = False
    begun: bool = False

    def arrive(self) -> None:
        if self.under_way and not self.cancelled:
            self.has_file = True
        self.under_way = False


@dataclass
class Model:
    """A server that does whatever it may do, and a process that may die after any effect."""

    draw: st.DataObject
    jobs: list[Job] = field(default_factory=list)

    def choose(self, *events: Event) -> Event:
        return self.draw.draw(st.sampled_from(events))

    def perform(self, effect: Effect) -> Event | None:
        for job in self.jobs:  # what is under way may arrive at any time
            if self.draw.draw(st.booleans()):
                job.arrive()
            job.begun = job.begun or (job.has_file and not job.cancelled and self.draw.draw(st.booleans()))
        match effect:
            case F.CREATE:
                event = self.choose(E.MADE, E.DOUBTFUL, E.NEVER_SENT, E.REFUSED)
                if event is E.MADE or (event is E.DOUBTFUL and self.draw.draw(st.booleans())):
                    self.jobs.append(Job())
                return event
            case F.UPLOAD:
                return self.upload(self.jobs[-1])
            case F.LOOK | F.PAUSE:
                if self.draw.draw(st.integers(0, 5)) == 0:
                    return E.UNSEEN
                return E.HAS_FILE if self.jobs[-1].has_file else E.EMPTY
            case F.CANCEL:
                return self.cancel(self.jobs[-1])
            case F.POLL:
                return E.FINAL if self.jobs[-1].has_file else E.UNSEEN
            case F.READ_ERRORS:
                return self.choose(E.READ, E.UNSEEN)
            case _:
                return None

    def upload(self, job: Job) -> Event:
        event = self.choose(E.TAKEN, E.DOUBTFUL, E.CONFLICTING, E.LIMITED, E.NEVER_SENT, E.REFUSED, E.TOO_LARGE, E.DENIED)
        assert not job.has_file, "the same file was sent twice to one job"
        if event in {E.TAKEN, E.DOUBTFUL}:
            job.under_way = True
        if event is E.TAKEN:
            job.arrive()
        return event

    def cancel(self, job: Job) -> Event:
        if self.draw.draw(st.integers(0, 5)) == 0:
            return E.UNSEEN
        if job.begun:
            return E.CONFLICTING
        job.cancelled = True
        return self.choose(E.CANCELLED, E.UNSEEN)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_rows_are_imported_twice_whatever_happens(data: st.DataObject) -> None:
    model, state = Model(data), S.PLANNED
    event: Event | None = E.BEGIN
    for _ in range(60):
        if event is None:
            break
        move = step(state, event)
        state = move.state
        if move.effect is F.AGAIN:
            state, event = S.PLANNED, E.BEGIN
        elif move.effect in {F.TIDY, F.HALVE} or (move.effect is None and state in RESTING):
            event = None
        elif move.effect is None:
            event = E.BEGIN
        else:
            found = model.perform(move.effect)
            died = data.draw(st.integers(0, 7)) == 0
            event = E.BEGIN if found is None or died else found
        live = [job for job in model.jobs if job.has_file and not job.cancelled]
        assert len(live) <= 1
        assert state not in {S.ACCEPTED, S.ENDED, S.SETTLED} or len(live) == 1 or model.jobs[-1].under_way
    for job in model.jobs:
        job.arrive()
    live = [job for job in model.jobs if job.has_file and not job.cancelled]
    assert len(live) <= 1
    if state is S.SETTLED:
        assert len(live) == 1
    if state in {S.REFUSED, S.TOO_LARGE, S.PLANNED, S.CREATED}:
        assert live == []
