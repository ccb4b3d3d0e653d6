"""Open whatever holds a table: what it is, its content says, and its name must not contradict."""

from __future__ import annotations

import sys
from pathlib import PurePath
from typing import TYPE_CHECKING

from preflight.errors import UnreadableInput, UsageError
from preflight.files.csv_source import open_csv
from preflight.files.encoding import open_text
from preflight.files.excel_source import open_excel
from preflight.files.options import ReadOptions
from preflight.files.origin import Origin, find_origin, kind_of
from preflight.files.parquet_source import open_parquet
from preflight.files.workbook import is_workbook

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from preflight.rows import Source

__all__ = ["ReadOptions", "open_source"]

_HEAD = 4096
_TEXT = frozenset({".csv", ".txt", ".tsv", ".tab", ".psv"})
_WORKBOOK = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})
_PARQUET = frozenset({".parquet", ".pq"})

_APPLIES = {
    "text": ("encoding", "delimiter", "header_line"),
    "workbook": ("header_line", "sheet"),
    "parquet": (),
}


def open_source(path: str | Path, options: ReadOptions | None = None, *, stdin: BinaryIO | None = None) -> Source:
    """A CSV, Parquet or Excel file as a Source; ``-`` is standard input (or `stdin`), copied to a temporary file first.

    Raises UnreadableInput (PF001, PF002, PF003, PF008, PF103, PF106, PF107) where it is no table, UsageError for an option that
    does not apply to it, NotAvailable for a workbook where the extra is not installed.
    """
    chosen = options or ReadOptions()
    origin = find_origin(path, sys.stdin.buffer if stdin is None and str(path) == "-" else stdin)
    kind = _kind(origin)
    _refuse_options(origin.called, kind, chosen)
    if kind == "parquet":
        return open_parquet(origin, chosen)
    if kind == "workbook":
        return open_excel(origin, chosen)
    return open_csv(open_text(origin, chosen.encoding), chosen)


def _kind(origin: Origin) -> str:
    """Text, workbook or parquet. Raises UnreadableInput (PF008) for anything else, and where name and content differ."""
    suffix = PurePath(origin.name).suffix.lower()
    found = kind_of(origin.head(_HEAD))
    may_be_old = suffix in _WORKBOOK or origin.name == "-"
    if (found == "a zip archive" and is_workbook(origin.path)) or (found == "an old Office file" and may_be_old):
        found = "workbook"
    if found in ("workbook", "parquet") and suffix not in _TEXT:
        return found
    if found is not None:
        said = {"workbook": "an Excel or OpenDocument workbook", "parquet": "a Parquet file"}.get(found, found)
        raise UnreadableInput(f"{origin.called} is {said}, not text; {_advice(found)}", "PF008")
    if suffix in _WORKBOOK | _PARQUET and origin.size:
        raise UnreadableInput(f"{origin.called} is named as {suffix[1:]} and holds something else; export it again", "PF008")
    return "text"


def _advice(found: str) -> str:
    if found == "workbook":
        return "name it .xlsx, .xls or .ods, or save it as CSV UTF-8"
    if found == "parquet":
        return "name it .parquet"
    return "unpack it first" if found.endswith("archive") else "export the table as CSV in UTF-8"


def _refuse_options(name: str, kind: str, options: ReadOptions) -> None:
    stated = [one for one in ("encoding", "delimiter", "header_line", "sheet") if getattr(options, one) is not None]
    wrong = [f"--{one.replace('_', '-')}" for one in stated if one not in _APPLIES[kind]]
    if wrong:
        said = {"text": "a text file", "workbook": "a workbook", "parquet": "a Parquet file"}[kind]
        raise UsageError(f"{name} is {said}, to which {' and '.join(wrong)} cannot apply; leave it out")
