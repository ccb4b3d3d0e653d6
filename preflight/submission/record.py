"""What a run's folder knows of its jobs: the one thing that submitting writes and outcomes read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["ERRORS", "JobLine", "JobState"]

ERRORS = "errors.jsonl"
"""The RowErrors as received, one JSON object a line: job_id, part, row_number, field, value, error_type, message; before those of a
job what the server said of the whole job, if it did: job_id, part, job_message. Mode 0600."""


class JobState(StrEnum):
    """How far the sending of some records got. The order of the table in research/bulk-clients.md §b."""

    PLANNED = "planned"
    CREATING = "creating"
    CREATED = "created"
    UPLOADING = "uploading"
    UPLOAD_UNKNOWN = "upload_unknown"
    FENCING = "fencing"
    FENCED = "fenced"
    ACCEPTED = "accepted"
    TOO_LARGE = "too_large"
    REFUSED = "refused"
    NEEDS_HUMAN = "needs_human"
    ENDED = "ended"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class JobLine:
    """One attempt to send records of a part.

    The records are `first_record` to `last_record` of the part, counted from 1, both included: a whole part, or a piece of one
    after a 413. `status` and the counts are the server's last word, None where it never said. `ended` is true once the status is
    terminal and the errors have been read to their end. A line that was given up (fenced, too large, refused) imported nothing;
    `error_message` says why in our own words, never in the server's, which could quote a cell.
    """

    part: int
    attempt: int
    first_record: int
    last_record: int
    state: JobState
    file_name: str
    job_id: str | None = None
    status: str | None = None
    total_rows: int | None = None
    processed_rows: int | None = None
    success_count: int | None = None
    error_count: int | None = None
    error_message: str | None = None
    left_validating: bool | None = None
    ended: bool = False

    @property
    def given_up(self) -> bool:
        """Whether it is certain that nothing of this attempt was imported."""
        return self.state in _NOTHING_SENT


_NOTHING_SENT = frozenset(
    {
        JobState.PLANNED,
        JobState.CREATING,  # an upload is journalled before it begins, so until then the job is empty
        JobState.CREATED,
        JobState.FENCED,
        JobState.TOO_LARGE,
        JobState.REFUSED,
    }
)
