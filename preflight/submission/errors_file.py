"""The RowErrors of a run as received, one JSON object a line, readable by their owner alone."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from preflight.contract.wire import RowError
from preflight.errors import UsageError
from preflight.submission.journal import Journal
from preflight.submission.record import ERRORS, JobLine

__all__ = ["keep_errors"]

_BATCH = 5000


def keep_errors(journal: Journal, line: JobLine, errors: Iterable[RowError]) -> int:
    """Append the errors of one attempt and bring them to disk; how many there are. What an interrupted reading of the same attempt
    left is cut off first, so that nothing stands there twice."""
    path = journal.folder / ERRORS
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            start = journal.errors_from(line, os.fstat(descriptor).st_size)
            file.truncate(start)
            file.seek(start)
            count = 0
            source = iter(errors)
            while batch := list(islice(source, _BATCH)):
                file.write(b"".join(_line(line, one) for one in batch))
                count += len(batch)
            file.flush()
            os.fsync(descriptor)
        return count
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written ({error.strerror}); make room, then: preflight resume {_shown(path)}"
        ) from error


def _shown(path: Path) -> str:
    return str(path.parent)


def _line(line: JobLine, error: RowError) -> bytes:
    found = {
        "job_id": line.job_id,
        "part": line.part,
        "row_number": error.row_number,
        "field": error.field,
        "value": error.value,
        "error_type": error.error_type,
        "message": error.message,
    }
    return json.dumps(found, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"
