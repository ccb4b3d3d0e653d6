"""Where an attempt to send records can stand, and what may follow: a table, without files, sockets or clocks.

Whoever drives it writes the new state into the journal and only then performs the effect; what the effect came to is the next
event. BEGIN is the event of an attempt that is taken up, for the first time or after a crash: an intent (CREATING, UPLOADING) whose
outcome was never written *is* a doubt.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from preflight.submission.record import JobState

__all__ = ["MOVES", "RESTING", "Effect", "Event", "Move", "step"]


class Event(StrEnum):
    """What an effect came to."""

    BEGIN = "begin"  # taken up
    REVISIT = "revisit"  # a person asks to look again
    MADE = "made"  # the job was created
    TAKEN = "taken"  # the upload was answered as described
    DOUBTFUL = "doubtful"  # it may have happened
    NEVER_SENT = "never sent"  # no connection
    LIMITED = "limited"  # 429
    RENEWED = "renewed"  # 401, and there is another token since
    DENIED = "denied"  # 401, 403, a redirect: nothing was done, and nothing will be
    CONFLICTING = "conflicting"  # 409
    GONE = "gone"  # 404
    TOO_LARGE = "too large"  # 413, or larger than what was refused before
    REFUSED = "refused"  # any other 4xx
    HAS_FILE = "has file"  # the job has our file
    EMPTY = "empty"  # the job is pending without a file, and the time for a late arrival is over
    OTHER_FILE = "other file"  # the job has a file that is not ours
    UNSEEN = "unseen"  # the job could not be read
    CANCELLED = "cancelled"  # the job reads as cancelled, and it processed nothing
    PROCESSED = "processed"  # the job reads as cancelled, but it processed rows
    FINAL = "final"  # the status is one that nothing follows
    READ = "read"  # all row errors were read


class Effect(StrEnum):
    """What is to be done next."""

    CREATE = "create"
    NOTE_ORPHAN = "note orphan"
    UPLOAD = "upload"
    PAUSE = "pause"  # wait, then look at the job before the same file is sent to it
    LOOK = "look"  # read the job until it shows a file or the time for a late arrival is over
    CANCEL = "cancel"  # fence: cancel, and read until it is cancelled
    AGAIN = "again"  # a new attempt for the same records
    HALVE = "halve"  # two new attempts, each for half of the records
    TIDY = "tidy"  # cancel an empty job; what comes of it does not matter
    POLL = "poll"
    READ_ERRORS = "read errors"
    STOP = "stop"  # go no further in this process


@dataclass(frozen=True, slots=True)
class Move:
    """The state to write, and then the effect to perform; without one the attempt is taken up again, or rests."""

    state: JobState
    effect: Effect | None = None


S, E, F = JobState, Event, Effect

MOVES: dict[tuple[JobState, Event], Move] = {
    (S.PLANNED, E.BEGIN): Move(S.CREATING, F.CREATE),
    (S.PLANNED, E.TOO_LARGE): Move(S.TOO_LARGE),
    # a job without a file imports nothing, so creating another one is safe
    (S.CREATING, E.BEGIN): Move(S.PLANNED, F.NOTE_ORPHAN),
    (S.CREATING, E.DOUBTFUL): Move(S.PLANNED, F.NOTE_ORPHAN),
    (S.CREATING, E.MADE): Move(S.CREATED),
    (S.CREATING, E.NEVER_SENT): Move(S.PLANNED, F.STOP),
    (S.CREATING, E.LIMITED): Move(S.PLANNED, F.STOP),
    (S.CREATING, E.DENIED): Move(S.PLANNED, F.STOP),
    (S.CREATING, E.REFUSED): Move(S.PLANNED, F.STOP),
    (S.CREATED, E.BEGIN): Move(S.UPLOADING, F.UPLOAD),
    # after a pause: the same job may get the file when it is still empty
    (S.CREATED, E.EMPTY): Move(S.UPLOADING, F.UPLOAD),
    (S.CREATED, E.HAS_FILE): Move(S.ACCEPTED),
    (S.CREATED, E.OTHER_FILE): Move(S.NEEDS_HUMAN),
    (S.CREATED, E.GONE): Move(S.FENCED, F.AGAIN),
    (S.CREATED, E.UNSEEN): Move(S.CREATED, F.STOP),
    # the one dangerous request: only a definite no leads back, everything else is looked at
    (S.UPLOADING, E.BEGIN): Move(S.UPLOAD_UNKNOWN),
    (S.UPLOADING, E.TAKEN): Move(S.ACCEPTED),
    (S.UPLOADING, E.DOUBTFUL): Move(S.UPLOAD_UNKNOWN),
    (S.UPLOADING, E.CONFLICTING): Move(S.UPLOAD_UNKNOWN),
    (S.UPLOADING, E.NEVER_SENT): Move(S.CREATED, F.PAUSE),
    (S.UPLOADING, E.LIMITED): Move(S.CREATED, F.PAUSE),
    (S.UPLOADING, E.RENEWED): Move(S.CREATED, F.PAUSE),
    (S.UPLOADING, E.DENIED): Move(S.CREATED, F.STOP),
    (S.UPLOADING, E.GONE): Move(S.FENCED, F.AGAIN),
    (S.UPLOADING, E.TOO_LARGE): Move(S.TOO_LARGE, F.TIDY),
    (S.UPLOADING, E.REFUSED): Move(S.REFUSED, F.TIDY),
    (S.UPLOAD_UNKNOWN, E.BEGIN): Move(S.UPLOAD_UNKNOWN, F.LOOK),
    (S.UPLOAD_UNKNOWN, E.HAS_FILE): Move(S.ACCEPTED),
    (S.UPLOAD_UNKNOWN, E.EMPTY): Move(S.FENCING),
    (S.UPLOAD_UNKNOWN, E.OTHER_FILE): Move(S.NEEDS_HUMAN),
    (S.UPLOAD_UNKNOWN, E.GONE): Move(S.NEEDS_HUMAN),
    (S.UPLOAD_UNKNOWN, E.UNSEEN): Move(S.UPLOAD_UNKNOWN, F.STOP),
    # a late body meets a cancelled job
    (S.FENCING, E.BEGIN): Move(S.FENCING, F.CANCEL),
    (S.FENCING, E.CANCELLED): Move(S.FENCED, F.AGAIN),
    (S.FENCING, E.CONFLICTING): Move(S.UPLOAD_UNKNOWN),
    (S.FENCING, E.PROCESSED): Move(S.NEEDS_HUMAN),
    (S.FENCING, E.GONE): Move(S.NEEDS_HUMAN),
    (S.FENCING, E.UNSEEN): Move(S.FENCING, F.STOP),
    (S.FENCED, E.BEGIN): Move(S.FENCED, F.AGAIN),
    (S.TOO_LARGE, E.BEGIN): Move(S.TOO_LARGE, F.HALVE),
    (S.REFUSED, E.BEGIN): Move(S.REFUSED),
    (S.ACCEPTED, E.BEGIN): Move(S.ACCEPTED, F.POLL),
    (S.ACCEPTED, E.FINAL): Move(S.ENDED),
    (S.ACCEPTED, E.GONE): Move(S.NEEDS_HUMAN),
    (S.ACCEPTED, E.UNSEEN): Move(S.ACCEPTED, F.STOP),
    (S.ENDED, E.BEGIN): Move(S.ENDED, F.READ_ERRORS),
    (S.ENDED, E.READ): Move(S.SETTLED),
    (S.ENDED, E.GONE): Move(S.NEEDS_HUMAN),
    (S.ENDED, E.UNSEEN): Move(S.ENDED, F.STOP),
    (S.NEEDS_HUMAN, E.BEGIN): Move(S.NEEDS_HUMAN),
    (S.NEEDS_HUMAN, E.REVISIT): Move(S.UPLOAD_UNKNOWN),
    (S.SETTLED, E.BEGIN): Move(S.SETTLED),
}
"""Every move there is. The order and the reasons: research/bulk-clients.md §b."""

RESTING = frozenset(state for (state, event), move in MOVES.items() if event is E.BEGIN and move == Move(state))
"""The states in which nothing more is done."""


def step(state: JobState, event: Event) -> Move:
    """What follows. Raises ValueError for an event that cannot happen there, which is a fault of the driver."""
    move = MOVES.get((state, event))
    if move is None:
        raise ValueError(f"no move from {state} by {event}")
    return move
