"""Outcomes as JSON, CSV, Parquet, a workbook, and lines of text. Server text is hostile: each sink escapes it in its own way."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from io import BytesIO
from itertools import islice
from pathlib import PurePath
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet

from preflight.errors import NotAvailable
from preflight.files.serialise import header_bytes, serialise
from preflight.report.escape import LONGEST_MESSAGE, json_text, line_start, quoted, shorten, visible
from preflight.submission.numbering import Numbering
from preflight.submission.outcomes import Outcomes

__all__ = ["balance", "error_text", "numbering_words", "to_csv", "to_json", "to_parquet", "to_text", "to_xlsx"]

_ENCODER = json.JSONEncoder(ensure_ascii=False)
_MANY = 1 << 14
_MOST_ROWS = 1_048_575
_LONGEST_CELL = 32_767
_COUNTING = {
    "record0": "the server counts records from 0",
    "record1": "the server counts records from 1",
    "header1": "the server counts records with the header as row 1",
    "line": "the server counts physical lines with the header as line 1",
}
_ERROR = pa.struct(
    [
        ("code", pa.string()),
        ("error_type", pa.string()),
        ("row_number", pa.int64()),
        ("field", pa.string()),
        ("column", pa.string()),
        ("value", pa.string()),
        ("message", pa.string()),
    ]
)
_KINDS = dict.fromkeys(("source_row", "record", "line"), pa.int64()) | dict.fromkeys(("path", "state", "job_id"), pa.string())


def to_json(found: Outcomes, /) -> Iterator[str]:
    """The document of DESIGN.md §5, a row a line."""
    numbering = found.numbering
    counted = {"reading": numbering.reading, "confirmed_by": numbering.confirmed_by, "of": numbering.of}
    yield f'{{"summary": {json.dumps(found.summary)}, "numbering": {json.dumps(counted)},\n'
    yield f' "jobs": {_encoded(found.job_lines())},\n "rows": ['
    yield from _listed(found.rows())
    yield '],\n "undetermined": ['
    yield from _listed(found.undetermined())
    yield "]}\n"


def _encoded(value: object) -> str:
    return json_text(_ENCODER.encode(value))


def _listed(values: Iterable[object]) -> Iterator[str]:
    between = "\n  "
    for value in values:
        yield between + _encoded(value)
        between = ",\n  "


def error_text(one: dict[str, Any], /) -> str:
    """A server error as a sentence on one line: its column, value, words, type and number."""
    where = f" {visible(shorten(str(one['column'] or one['field'])))}:" if one["column"] or one["field"] else ""
    value = f" {quoted(one['value'])}:" if one["value"] is not None else ""
    said = [str(one["error_type"])] if one["error_type"] is not None else []
    said += [f"row_number {one['row_number']}"] if one["row_number"] is not None else []
    note = f" ({visible(shorten(', '.join(said)))})" if said else ""
    message = visible(shorten(one["message"] or "the server gave no words", LONGEST_MESSAGE))
    return f"{one['code']}{where}{value} {message}{note}"


def _table(found: Outcomes) -> Iterator[dict[str, Any]]:
    """The rows with their errors and, since a table has no other place for them, those that perhaps mean them."""
    perhaps: dict[int, list[dict[str, Any]]] = {}
    for one in found.undetermined():
        words = f"{one['message'] or 'the server gave no words'}; it fits no single row and may mean this one"
        told = {"code": "PF902", "error_type": None, "column": None, **one, "message": words}
        for row in one["candidates"]:
            perhaps.setdefault(row, []).append({field.name: told[field.name] for field in _ERROR})
    for row in found.rows():
        yield {**row, "errors": [*row["errors"], *perhaps.get(row["source_row"], ())]}


def _flat(found: Outcomes) -> Iterator[dict[str, Any]]:
    for row in _table(found):
        yield {**row, "errors": "; ".join(error_text(one) for one in row["errors"]) or None}


def to_csv(found: Outcomes, /) -> Iterator[str]:
    """One line per source row; the errors of a row in one cell."""
    yield header_bytes(found.names).decode()
    rows = _flat(found)
    while some := list(islice(rows, _MANY)):
        texts = [[None if row[name] is None else str(row[name]) for row in some] for name in found.names]
        yield bytes(serialise([pa.array(column, pa.string()) for column in texts]).data).decode()


def to_parquet(found: Outcomes, /) -> bytes:
    """One line per source row; the errors as a list of structures."""
    is_counted = not found.labels_are_text
    kinds = {**_KINDS, "label": pa.int64() if is_counted else pa.string(), "errors": pa.list_(_ERROR)}
    schema = pa.schema([(name, kinds[name]) for name in found.names])
    target = BytesIO()
    rows = _table(found)
    with parquet.ParquetWriter(target, schema, compression="zstd") as writer:
        while some := list(islice(rows, _MANY)):
            writer.write_table(pa.Table.from_pylist(some, schema=schema))
    return target.getvalue()


def to_xlsx(found: Outcomes, /) -> bytes:
    """One line per source row, texts typed as text. Raises NotAvailable without XlsxWriter, or for more rows than a sheet holds."""
    try:
        import xlsxwriter
    except ImportError as missing:
        raise NotAvailable('a workbook needs XlsxWriter: pip install "demandbase-preflight[excel]"') from missing
    if found.account.length > _MOST_ROWS:
        raise NotAvailable(f"a sheet holds {_MOST_ROWS:,} rows, the run has {found.account.length:,}; use --format csv or parquet")
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"constant_memory": True, "in_memory": True})
    sheet = book.add_worksheet("Outcomes")
    for column, name in enumerate(found.names):
        sheet.write_string(0, column, name)
    sheet.freeze_panes(1, 0)
    for at, row in enumerate(_flat(found), start=1):
        for column, name in enumerate(found.names):
            cell = row[name]
            if isinstance(cell, int):
                sheet.write_number(at, column, cell)
            elif cell is not None:
                sheet.write_string(at, column, shorten(visible(str(cell)), _LONGEST_CELL - 100))
    book.close()
    return target.getvalue()


def balance(summary: dict[str, int], /) -> str:
    """The sum that must be right, in words: the states that any row is in."""
    said = [f"{summary[name]:,} {name.replace('_', ' ')}" for name in _STATES if summary[name]]
    count = summary["rows"]
    return f"{count:,} row{'' if count == 1 else 's'} = {' + '.join(said) or '0'}"


_STATES = ("imported", "rejected_there", "rejected_here", "not_sent", "unknown")


def numbering_words(numbering: Numbering, /) -> str | None:
    """How the server counts, as a sentence; None where it named no row."""
    if not numbering.fits:
        return "how the server counts rows is not known: its errors contradict every way of counting"
    if numbering.reading is None:
        return None
    sure = f"; confirmed by {numbering.confirmed_by:,} of {numbering.of:,} errors" if numbering.of else ""
    return _COUNTING[numbering.reading] + sure


def to_text(found: Outcomes, /) -> Iterator[str]:
    """Errors one a line, what fits no row, then the balance and how the server counts."""
    source = found.account.receipt.source
    names, name = _file_names(source), line_start(_source_name(source))
    for row in found.rows_with_errors():
        file = line_start(names.get(row["path"], row["path"])) if "path" in row else name
        place = f"{file}:{row['line']}" if row["line"] is not None else f"{file} {_position(row)}"
        for one in row["errors"]:
            yield f"{place}: error {error_text(one)}\n"
    for one in found.undetermined():
        yield f"{name}: error {error_text({**one, 'code': 'PF902', 'column': None, 'error_type': None})}; {_meant(one)}\n"
    for notice in found.notices:
        level = "warning" if notice.code == "PF904" else "error"
        yield f"{name}: {level} {notice.code}: {visible(notice.message)}\n"
    yield f"{name}: {balance(found.summary)}\n"
    if (counted := numbering_words(found.numbering)) is not None:
        yield f"{counted}\n"


def _source_name(source: dict[str, Any]) -> str:
    """What the source is called: a file by its name without the folder."""
    path = source.get("path")
    if source.get("files"):
        first, *more = _file_names(source).values()
        return f"{first} and {more[0]}" if len(more) == 1 else f"{first} and {len(more):,} more files"
    return "DataFrame" if not path else "standard input" if path == "-" else PurePath(path).name


def _file_names(source: dict[str, Any]) -> dict[str, str]:
    """What each of several files is called: its name without the folder, where that is no other's too."""
    paths = [str(one["path"]) for one in source.get("files") or ()]
    short = ["standard input" if path == "-" else PurePath(path).name for path in paths]
    return {path: name if short.count(name) == 1 else path for path, name in zip(paths, short, strict=True)}


def _position(row: dict[str, Any]) -> str:
    label = "" if str(row["label"]) == str(row["source_row"]) else f" (label {visible(shorten(str(row['label'])))})"
    return f"row {row['source_row']}{label}"


def _meant(one: dict[str, Any]) -> str:
    if not one["candidates"]:
        return "it names no row"
    rows = ", ".join(str(row) for row in one["candidates"])
    return f"it may mean source row {rows}" if len(one["candidates"]) == 1 else f"it may mean one of the source rows {rows}"
