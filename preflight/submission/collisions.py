"""Whether parts of a run may be sent at the same time: only where no match key stands in two records."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from preflight.errors import UsageError
from preflight.files.receipt import PartLine, ReceiptRecord
from preflight.kernel.columns import hash_text
from preflight.submission.cells import levelled, read_cells

__all__ = ["may_collide"]

Array = Any


def may_collide(folder: Path, record: ReceiptRecord, parts: Sequence[PartLine]) -> bool:
    """Whether two records of these parts may mean the same record of the server.

    An insert has no match key: its records are new ones in whatever order they come. Else the bytes that are sent decide, not the
    policy under which they were written: one key may be sent twice after a merge. Keys are compared more loosely than any server
    would (no edges, no case, no zeros behind a decimal point), and a blank one is a collision. Raises UsageError for a part that
    cannot be read.
    """
    if record.operation == "insert":
        return False
    column = next((at for at, (_, field) in enumerate(record.columns) if field == record.match_key), None)
    if column is None:
        return True
    hashes = []
    for part in parts:
        try:
            cells = read_cells(folder / part.name, len(record.columns), [column]).columns[column].slice(1)
        except (OSError, pa.ArrowException) as error:
            raise UsageError(f"{folder / part.name} cannot be read ({type(error).__name__}); write the run again") from error
        if pc.any(pc.equal(keys := _loosely(cells), "")).as_py():
            return True
        hashes.append(hash_text(keys))
    every = np.sort(np.concatenate(hashes)) if hashes else np.zeros(0, dtype=np.uint64)
    return bool((every[1:] == every[:-1]).any())


def _loosely(cells: Array) -> Array:
    keys = levelled(cells).cast(pa.string())
    some = pc.match_substring_regex(keys, r"^[+-]?[\d,. ]*\.\d*$")
    return pc.if_else(some, pc.ascii_rtrim(pc.ascii_rtrim(keys, "0"), "."), keys) if pc.any(some).as_py() else keys
