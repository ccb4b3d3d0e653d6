"""Which attempts follow: the same records again, two halves, or none. Everything here reads and writes the journal."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from preflight.submission.cargo import Cargo
from preflight.submission.guard import tag_of
from preflight.submission.journal import Journal
from preflight.submission.record import JobLine, JobState
from preflight.submission.tries import MOST_TRIES, Tries

__all__ = ["Planner", "name_for"]


def name_for(digest: str, part: int, attempt: int) -> str:
    """The file name of an upload: what it holds, which part and attempt, and a few random characters."""
    return f"{tag_of(digest)}p{part:04d}-a{attempt}-{secrets.token_hex(3)}.csv"


@dataclass(slots=True)
class Planner:
    """Plans the attempts of a journal, in the one thread that writes it."""

    journal: Journal
    cargo: Cargo
    tries: Tries
    tell: Callable[[str], None]
    _claims: set[str] = field(default_factory=set)

    def send_again(self, line: JobLine) -> None:
        """The same records get another attempt."""
        rows = (line.first_record, line.last_record)
        earlier = [one for one in self.journal.lines() if (one.part, one.first_record, one.last_record) == (line.part, *rows)]
        self.journal.replace(line, [self._next(line, *rows)])
        if len(earlier) >= MOST_TRIES:
            raise self.tries.reason(line, f"{len(earlier)} jobs did not take the file")

    def halve(self, line: JobLine) -> None:
        """Two attempts get half of the records each; a single record gets none."""
        middle = self.cargo.middle(line)
        if middle is None:
            size = f"{self.cargo.size(line):,} bytes"
            words = f"record {line.first_record:,} of part {line.part} alone is larger than the server takes ({size})"
            self.tell(f"{words}; it is not sent")
            self.journal.replace(replace(line, error_message=words), [])
            if self.cargo.nothing_accepted:  # a server that takes nothing at all must not be asked once for each record
                self.tries.count(line, "a single record")
            return
        pieces = [(line.first_record, middle), (middle + 1, line.last_record)]
        first = self._next(line, *pieces[0])
        second = self._next(line, *pieces[1], further=1)
        self.tell(f"part {line.part}: {self.cargo.size(line):,} bytes are too many for the server; sending two halves")
        self.journal.replace(line, [first, second])

    def _next(self, line: JobLine, first: int, last: int, further: int = 0) -> JobLine:
        attempt = self.journal.next_attempt(line.part) + further
        digest = self.journal.parts()[line.part].digest
        return JobLine(line.part, attempt, first, last, JobState.PLANNED, name_for(digest, line.part, attempt))

    def suspect_limit(self, line: JobLine) -> None:
        """A gateway may hang up where it should say 413. Whole parts alone are halved for a suspicion, so that it is tried once."""
        self.cargo.was_refused(line)
        words = f"part {line.part}: the upload broke off twice at about the same byte, as where a file is too large"
        self.tell(f"{words}; halves are tried next. Smaller parts from the start: preflight write --max-bytes N")

    def claim(self, job_id: str) -> bool:
        """Whether nobody else has the job: a cached answer may name one twice, and it would get two files."""
        if job_id in self._claims or any(one.job_id == job_id for one in self.journal.lines()):
            return False
        self._claims.add(job_id)
        return True
