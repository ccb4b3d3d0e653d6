"""Why rows were rejected here, as the run's own files for people still tell it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pyarrow.compute as pc

from preflight.errors import PreflightError
from preflight.files.options import ReadOptions
from preflight.files.read import open_source
from preflight.submission.account import Account

__all__ = ["reasons_here", "rejected_files"]

_ERRORS, _KEY = "preflight_errors", "preflight_row"
_NAME = re.compile(r"rejected(?:-(\d+))?\.csv")


def reasons_here(account: Account) -> dict[int, str]:
    """For each position in the row map what rejected.csv says of the row, or the file of a later merge.

    The files are people's to edit and to take away: what cannot be read any more has nothing to say.
    """
    found: dict[int, str] = {}
    for path in rejected_files(account.folder):
        with suppress(PreflightError):
            found.update(_reasons(account, path))
    return found


def rejected_files(folder: Path) -> list[Path]:
    """The files of rejected rows, in the order in which they were written."""
    named = ((path, fits) for path in folder.glob("rejected*.csv") if (fits := _NAME.fullmatch(path.name)))
    return [path for path, _ in sorted(named, key=lambda pair: int(pair[1][1] or 1))]


def _reasons(account: Account, path: Path) -> Iterator[tuple[int, str]]:
    source = open_source(str(path), ReadOptions())
    if not {_ERRORS, _KEY} <= set(source.header):
        return
    said, keys = (source.header.index(name) for name in (_ERRORS, _KEY))
    known = account.table["row_key"].combine_chunks()
    for chunk in source.chunks():
        rows = pc.index_in(chunk.columns[keys], value_set=known).to_pylist()
        texts = chunk.columns[said].to_pylist()
        yield from ((row, text) for row, text in zip(rows, texts, strict=True) if row is not None and text)
