"""What an attempt sends: its bytes, how many they are, and what is known of the size that the server takes."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from preflight.files.receipt import PartLine, ReceiptRecord
from preflight.submission.journal import Journal
from preflight.submission.pieces import Piece, halves, record_ends
from preflight.submission.record import JobLine

__all__ = ["Cargo"]

Array = Any
_ACCEPTED, _REFUSED = "accepted", "refused"
_KEPT = 4


@dataclass(slots=True)
class Cargo:
    """The parts of a run, whole or in pieces. What was learned of the limit stands in the journal, so that it lasts."""

    journal: Journal
    record: ReceiptRecord
    _ends: dict[int, Array] = field(default_factory=dict)
    _reading: threading.Lock = field(default_factory=threading.Lock)

    def is_whole(self, line: JobLine) -> bool:
        """Whether the attempt sends a part as it was written."""
        return (line.first_record, line.last_record) == (1, self._part(line).rows)

    def size(self, line: JobLine) -> int:
        """The bytes of the file that the attempt sends."""
        part = self._part(line)
        if self.is_whole(line):
            return part.bytes
        ends = self._record_ends(line)
        return int(ends[0] + ends[line.last_record] - ends[line.first_record - 1])

    def opened(self, line: JobLine) -> contextlib.AbstractContextManager[Any]:
        """What is handed to the client."""
        if self.is_whole(line):
            return contextlib.nullcontext(self._path(line))
        return Piece(self._path(line), self._record_ends(line), line.first_record, line.last_record)

    def middle(self, line: JobLine) -> int | None:
        """The last record of the first half, None where there is only one."""
        return halves(self._record_ends(line), line.first_record, line.last_record)

    def was_accepted(self, line: JobLine) -> None:
        """Remember that so much was taken."""
        accepted, _ = self._limits()
        self._remember(_ACCEPTED, max(self.size(line), accepted))

    def was_refused(self, line: JobLine) -> None:
        """Remember that so much was too much."""
        size = self.size(line)
        self._remember(_REFUSED, min(size, self._limits()[1] or size))

    @property
    def nothing_accepted(self) -> bool:
        """Whether the server has not yet taken anything."""
        return not self._limits()[0]

    def is_too_large(self, line: JobLine) -> bool:
        """Whether it is known beforehand that the server will refuse so much: nearer to what it refused than to what it took."""
        accepted, refused = self._limits()
        if refused is None or line.first_record == line.last_record:
            return False
        size = self.size(line)
        return size >= refused or (0 < accepted < size and size > (accepted + refused) // 2)

    def _limits(self) -> tuple[int, int | None]:
        refused = self.journal.fact(_REFUSED)
        return int(self.journal.fact(_ACCEPTED) or 0), None if refused is None else int(refused)

    def _remember(self, name: str, size: int) -> None:
        if self.journal.fact(name) != str(size):
            self.journal.state(name, str(size))

    def _part(self, line: JobLine) -> PartLine:
        return next(one for one in self.record.parts if one.part == line.part)

    def _path(self, line: JobLine) -> Path:
        return self.journal.folder / self._part(line).name

    def _record_ends(self, line: JobLine) -> Array:
        """Where the records of the part end. Safe between threads; those of the last few parts are kept."""
        with self._reading:
            if line.part not in self._ends:
                while len(self._ends) >= _KEPT:
                    self._ends.pop(next(iter(self._ends)))
                self._ends[line.part] = record_ends(self._path(line))
            return self._ends[line.part]
