"""The RowErrors of a run as received, one JSON object a line, readable by their owner alone."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO

from preflight.contract.wire import RowError
from preflight.errors import UsageError
from preflight.submission.journal import Journal
from preflight.submission.record import ERRORS, JobLine

__all__ = ["append_errors", "spooled"]

_BATCH = 5000
_LONGEST = 500


@contextmanager
def spooled(folder: Path, line: JobLine, errors: Iterable[RowError], words: str | None = None) -> Iterator[IO[bytes]]:
    """The errors of one attempt in a file without a name beside the others, read to the end; `words` are the server's about the
    whole job. Raises UsageError for a full disk."""
    with _on_disk(folder), tempfile.TemporaryFile(dir=folder) as spool:
        if words:
            spool.write(_encoded({"job_id": line.job_id, "part": line.part, "job_message": words[:_LONGEST]}))
        source = iter(errors)
        while batch := list(islice(source, _BATCH)):
            spool.write(b"".join(_line(line, one) for one in batch))
        spool.seek(0)
        yield spool


def append_errors(journal: Journal, line: JobLine, spool: IO[bytes]) -> None:
    """Bring the errors of one attempt to disk. What an interrupted appending left is cut off first, so that nothing stands there
    twice, and nothing stands half."""
    with _on_disk(journal.folder):
        descriptor = os.open(journal.folder / ERRORS, os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            start = journal.errors_from(line, os.fstat(descriptor).st_size)
            file.truncate(start)
            file.seek(start)
            shutil.copyfileobj(spool, file)
            file.flush()
            os.fsync(descriptor)


@contextmanager
def _on_disk(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(
            f"{folder / ERRORS} cannot be written ({error.strerror}); make room, then: preflight resume {folder}"
        ) from error


def _line(line: JobLine, error: RowError) -> bytes:
    found: dict[str, object] = {
        "job_id": line.job_id,
        "part": line.part,
        "row_number": error.row_number,
        "field": error.field,
        "value": error.value,
        "error_type": error.error_type,
        "message": error.message,
    }
    return _encoded(found)


def _encoded(found: dict[str, object]) -> bytes:
    return json.dumps(found, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"
