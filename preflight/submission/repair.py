"""The rows that the server refused, with their cells as they were sent: a file to repair and to give to merge."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from preflight.errors import UsageError
from preflight.files.serialise import header_bytes, serialise
from preflight.submission.account import Account, is_as_sent
from preflight.submission.cells import read_cells
from preflight.submission.outcomes import Outcomes
from preflight.submission.showing import error_text
from preflight.submission.verdicts import State

__all__ = ["AS_SENT", "REPAIR", "cells_of_rows", "write_repair"]

Array = Any
REPAIR = "rejected-there.csv"
AS_SENT = "preflight_as_sent"
"""A column of the repair file where a cell as it was sent could be taken for one of the source: ``yes`` in every row."""
_BOM = b"\xef\xbb\xbf"


def write_repair(found: Outcomes, path: Path) -> int:
    """Write the rows that were rejected there, in the shape of rejected.csv but with the columns of the parts; how many they are.

    Nothing is written where there is none. Raises UsageError where a part is not as it was sent, or the file cannot be written.
    """
    rows = np.flatnonzero(found.states == State.REJECTED_THERE)
    if not len(rows):
        return 0
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=".preflight-", dir=path.parent)  # only its owner may read it
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.writelines(_pieces(found, rows))
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror}); give another file with --repair") from error
    return len(rows)


def _pieces(found: Outcomes, rows: Any) -> Iterator[bytes]:
    account = found.account
    flag = (AS_SENT,) if _is_ambiguous(account) else ()
    file = tuple("preflight_file" for _ in account.files)
    columns = (header for header, _ in account.receipt.columns)
    names = ("preflight_errors", "preflight_line", *file, "preflight_row", *flag, *columns)
    yield _BOM + header_bytes(names)
    told = {one["source_row"]: "; ".join(error_text(error) for error in one["errors"]) for one in found.rows_with_errors()}
    for part in np.unique(account.parts[rows]).tolist():
        some = rows[account.parts[rows] == part]
        table = account.table.take(pa.array(some))
        errors = pa.array([told.get(row) for row in table["source_row"].to_pylist()], pa.string())
        own = [errors, table["line"].cast(pa.string()).combine_chunks()]
        own += [table[name].combine_chunks() for name in (*account.files, "row_key")]
        own += [pa.repeat(pa.scalar("yes"), len(some)) for _ in flag]
        yield bytes(serialise([*own, *cells_of_rows(account, some, range(len(account.receipt.columns)))]).data)


def _is_ambiguous(account: Account) -> bool:
    """Whether a column of the parts has the name of a column of the source whose cells are read in another way."""
    record = account.receipt
    fields = {column: field for field, column in record.sources if column is not None}
    for header, field in record.columns:
        for name in (header, field):
            settled = record.answers.get(field, {})
            rewritten = settled.get("scale") == "0-1" or settled.get("decimal") == ","
            if name in fields and (fields[name] != field or rewritten):
                return True
    return False


def cells_of_rows(account: Account, rows: Any, columns: Any) -> list[Array]:
    """Some columns of some rows of one part, as they were sent; blank cells are null. Raises UsageError for a part that changed."""
    part = account.part(int(account.parts[rows[0]]))
    if part is None or not is_as_sent(account.folder, part):
        named = "a part" if part is None else part.name
        raise UsageError(f"{account.folder}: {named} is not as the receipt states it; restore the file, or write the run again")
    read = read_cells(account.folder / part.name, len(account.receipt.columns), list(columns))
    texts = (read.take(column, account.records[rows]).cast(pa.string()) for column in columns)
    return [pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text) for text in texts]
