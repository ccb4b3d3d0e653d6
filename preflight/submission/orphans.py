"""Jobs at the server that nobody waits for: those that never got a file, and those with our rows that no journal knows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from preflight.client.client import Client
from preflight.contract.wire import ImportJob
from preflight.submission.guard import tag_of
from preflight.submission.journal import read_digests, read_jobs
from preflight.submission.record import JobState

__all__ = ["Orphan", "find_orphans"]

_AWAITED = frozenset({JobState.CREATED, JobState.UPLOADING, JobState.UPLOAD_UNKNOWN, JobState.FENCING})


@dataclass(frozen=True, slots=True)
class Orphan:
    """A job that nobody waits for, and why it is thought to be one."""

    job: ImportJob
    why: str


def find_orphans(client: Client, folders: Sequence[Path], *, at_most: int) -> Iterator[Orphan]:
    """The pending jobs without a file, but for those that a run of these folders is about to fill; and every job with a file of
    these runs that is in none of their journals. Whose an empty job is cannot be known: the API tells nobody's name.

    Raises UsageError for a folder without a journal that can be read.
    """
    lines = [line for folder in folders for line in read_jobs(folder)]
    tags = {tag_of(digest): folder for folder in folders for digest in read_digests(folder)}
    known = {line.job_id for line in lines}
    awaited = {line.job_id for line in lines if line.state in _AWAITED}
    for job in client.iter_jobs(at_most=at_most):
        name = job.file_name or ""
        run = next((folder for tag, folder in tags.items() if name.startswith(tag)), None)
        if run is not None and job.id not in known:
            yield Orphan(job, f"has rows of {run}, whose journal does not know it")
        elif job.status == "pending" and not name and not job.file_size_bytes and job.id not in awaited:
            yield Orphan(job, "never got a file; it imports nothing")
