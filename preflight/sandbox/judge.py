"""The sandbox's own reading of a file: Python's csv, and a simple test for each type. It knows nothing of the kernel."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from preflight.contract.wire import FieldMappingRecord

__all__ = [
    "NATURAL_KEYS",
    "Column",
    "Judged",
    "RowFault",
    "Unreadable",
    "columns_of",
    "count_rows",
    "judge_rows",
    "key_of",
    "read_header",
]

NATURAL_KEYS: dict[str, tuple[str, ...]] = {
    "accounts": ("account_id", "domain"),
    "people": ("person_id", "email"),
    "opportunities": ("opportunity_id",),
    "activities": ("activity_id",),
}
_CASELESS = frozenset({"domain", "account_domain", "email"})


class Unreadable(Exception):
    """The file is no CSV that can be imported; the text says why."""


class RowFault(NamedTuple):
    """One thing wrong with one row. `column` is the CSV's name of `field`."""

    error_type: str
    message: str
    field: str | None = None
    column: str | None = None
    value: str | None = None


class Judged(NamedTuple):
    """A row: its record counted from 0, the physical line on which it starts, its cells by field without the blank ones."""

    record: int
    line: int
    cells: dict[str, str]
    faults: tuple[RowFault, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A mapped column of the file and the test of its cells."""

    index: int
    name: str
    field: str
    required: bool
    test: Callable[[str], str | None]


def _matching(pattern: str, wanted: str) -> Callable[[str], str | None]:
    compiled = re.compile(pattern, re.ASCII)
    return lambda text: None if compiled.fullmatch(text) else wanted


def _date(text: str) -> str | None:
    try:
        return None if len(text) == 10 and date.fromisoformat(text) else "a date as YYYY-MM-DD"
    except ValueError:
        return "a date as YYYY-MM-DD"


def _datetime(text: str) -> str | None:
    try:
        return None if datetime.fromisoformat(text).tzinfo else "a time with its offset"
    except ValueError:
        return "a time as RFC 3339 with its offset"


_NUMBER = _matching(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?", "a number")
_INTEGER = _matching(r"[+-]?[0-9]{1,18}", "a whole number")
_TESTS: dict[str, Callable[[str], str | None]] = {
    "integer": _INTEGER,
    "int": _INTEGER,
    "long": _INTEGER,
    "number": _NUMBER,
    "double": _NUMBER,
    "decimal": _NUMBER,
    "float": _NUMBER,
    "currency": _NUMBER,
    "percent": _NUMBER,
    "boolean": _matching(r"true|false", "true or false"),
    "date": _date,
    "datetime": _datetime,
    "timestamp": _datetime,
    "email": _matching(r"[^@\s,;<>]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+", "one e-mail address"),
    "url": _matching(r"https?://[^\s/]+\S*", "a URL"),
}
_BY_NAME: dict[str, Callable[[str], str | None]] = {
    name: _matching(r"[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+", "a bare domain") for name in ("domain", "account_domain")
}


def _anything(_: str) -> str | None:
    return None


def read_header(path: Path) -> list[str]:
    """The header of the file. Raises Unreadable."""
    header = next(_rows(path), None)
    if header is None:
        raise Unreadable("the file is empty")
    return header[1]


def columns_of(
    header: Sequence[str],
    mappings: Sequence[tuple[str, str]],
    fields: Mapping[str, FieldMappingRecord],
    operation: str,
    match_key: str | None,
) -> tuple[Column, ...]:
    """The mapped columns of a file; without mappings the header names the fields. Raises Unreadable with every fault."""
    pairs = list(mappings) or [(name, name) for name in header if name in fields]
    wrong = [f'the file has no column "{column}"' for column, _ in pairs if header.count(column) != 1]
    wrong += [f'there is no field "{field}"' for _, field in pairs if field not in fields]
    named = [field for _, field in pairs]
    wrong += [f'two columns feed the field "{field}"' for field in sorted({one for one in named if named.count(one) > 1})]
    if not pairs:
        wrong.append("no column of the file is mapped to a field")
    if operation != "insert" and match_key not in named:
        wrong.append(f"{operation} needs a match key that is mapped")
    if wrong:
        raise Unreadable("; ".join(wrong))
    return tuple(
        Column(header.index(column), column, field, bool(fields[field].required), _test_of(fields[field]))
        for column, field in pairs
    )


def _test_of(field: FieldMappingRecord) -> Callable[[str], str | None]:
    return _BY_NAME.get(field.field_name or "") or _TESTS.get((field.field_type or "").lower(), _anything)


def count_rows(path: Path) -> int:
    """The number of records below the header. Raises Unreadable where the file breaks."""
    return max(sum(1 for _ in _rows(path)) - 1, 0)


def judge_rows(path: Path, columns: Sequence[Column], missing: Sequence[str], width: int) -> Iterator[Judged]:
    """Every row with what is wrong with it by itself. `missing` are required fields that no column feeds."""
    lacking = tuple(RowFault("missing_required", f"{field} is required and not in the file", field) for field in missing)
    tests = [(one.index, one, one.field, one.test if one.test is not _anything else None) for one in columns]
    rows = _rows(path)
    next(rows, None)
    for record, (line, row) in enumerate(rows):
        if len(row) != width:
            yield Judged(record, line, {}, (RowFault("wrong_number_of_cells", f"{len(row)} cells where the header has {width}"),))
            continue
        cells: dict[str, str] = {}
        faults = list(lacking)
        for index, column, field, test in tests:
            text = row[index]
            if not text or text.isspace():
                if column.required:
                    faults.append(RowFault("missing_required", f"{field} is required", field, column.name, text))
                continue
            cells[field] = text
            if test is not None and (wanted := test(text)) is not None:
                faults.append(RowFault("invalid_value", f"{field} must be {wanted}", field, column.name, text))
        yield Judged(record, line, cells, tuple(faults))


def key_of(entity_type: str, match_key: str | None, cells: Mapping[str, str]) -> tuple[str, str] | None:
    """What a row is recognised by: field and value of the match key, else of the first natural key that it has."""
    for field in (match_key,) if match_key else NATURAL_KEYS.get(entity_type, ()):
        value = cells.get(field, "")
        if value.strip():
            return field, folded(field, value)
    return None


def folded(field: str, value: str) -> str:
    """The value as it is compared: domains and addresses without case, everything without blanks around it."""
    return value.strip().lower() if field in _CASELESS else value.strip()


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The records, header first, each with the line on which it starts. Blank lines are no records."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            before = 0
            for row in reader:
                if row:
                    yield before + 1, row
                before = reader.line_num
    except UnicodeDecodeError:
        raise Unreadable("the file is not UTF-8") from None
    except csv.Error as error:
        raise Unreadable(f"the file is no CSV: {error}") from None
