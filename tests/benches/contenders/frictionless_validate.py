"""frictionless: a table schema and two checks of one's own judge the raw file; the csv module writes it, cleaned row by row."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from frictionless import Check, Checklist, Resource, errors, fields, system
from frictionless import Schema as TableSchema
from layout import KEY, Column

from contenders.grammar import PATTERNS, allowed, arguments, canonical


def clean(cell: str | None, column: Column) -> str:
    """A cell in its one form; what cannot be read stays as it is."""
    text = (cell or "").strip()
    match column.type:
        case "domain":
            return re.sub(r"[/?#:].*$", "", re.sub(r"^www\.", "", re.sub(r"^https?://", "", text.lower())))
        case "email":
            return text.lower()
        case "integer" | "number":
            return text.replace("$", "").replace(",", "")
        case "date":
            return text.replace("/", "-")
        case "boolean" | "picklist":
            return canonical(column).get(text.lower(), text)
        case "string" if not column.multiline:
            return re.sub(r"\s+", " ", text)
    return text


def pattern_of(column: Column) -> str | None:
    """The pattern of a raw cell, with what is harmless in it."""
    if column.type == "domain":
        return rf"(?i:\s*(https?://)?(www\.)?{PATTERNS['domain'][1:-1]}(/.*)?\s*)"
    if column.type == "email":
        return rf"(?i:\s*{PATTERNS['email'][1:-1]}\s*)"
    if column.type in ("integer", "number"):
        decimals = r"(\.[0-9]+)?" if column.type == "number" else ""
        return rf"\s*\$?[+-]?[0-9,]+{decimals}\s*"
    if allowed(column):
        return rf"(?i:\s*({'|'.join(map(re.escape, canonical(column)))})\s*)"
    return None


class KeyOnce(Check):
    """No two rows have the same key once it is clean."""

    type = "key-once"
    Errors = [errors.RowError]  # noqa: RUF012 - the name and form that frictionless asks for

    def validate_start(self) -> Iterator[Any]:
        self.seen: dict[str, list[int]] = {}
        yield from ()

    def validate_row(self, row: Any) -> Iterator[Any]:
        key = clean(row[key_column.header], key_column)
        if key:
            self.seen.setdefault(key, []).append(row.row_number)
        yield from ()

    def validate_end(self) -> Iterator[Any]:
        for key, numbers in self.seen.items():
            for number in numbers if len(numbers) > 1 else ():
                yield errors.RowError(note=f"{key} stands in several rows", cells=[], row_number=number)


class RealDate(Check):
    """The cells of a column are days of the calendar."""

    type = "real-date"
    Errors = [errors.CellError]  # noqa: RUF012 - the name and form that frictionless asks for

    def validate_row(self, row: Any) -> Iterator[Any]:
        for column in dates:
            text = clean(row[column.header], column)
            try:
                if text:
                    date.fromisoformat(text)
            except ValueError:
                yield errors.CellError.from_row(row, note="not a date", field_name=column.header)


def write_rows(source: Path, out: Path, columns: tuple[Column, ...], rejected: set[int]) -> None:
    """Write good rows, cleaned, and rejected rows as they are."""
    with (
        source.open(encoding="utf-8", newline="") as stream,
        (out / "good.csv").open("w", encoding="utf-8", newline="") as good,
        (out / "rejected.csv").open("w", encoding="utf-8", newline="") as bad,
    ):
        rows, kept, refused = csv.reader(stream), csv.writer(good), csv.writer(bad)
        refused.writerow(next(rows))
        kept.writerow([column.name for column in columns])
        for number, row in enumerate(rows):
            if number in rejected:
                refused.writerow(row)
            else:
                kept.writerow([clean(cell, column) for cell, column in zip(row, columns, strict=True)])


def field_of(column: Column) -> Any:
    """The column as frictionless states it."""
    rules = {"required": column.required or None, "pattern": pattern_of(column), "maxLength": column.max_length}
    constraints = {name: rule for name, rule in rules.items() if rule is not None}
    return fields.StringField(name=column.header, constraints=constraints)


source, out, shape = arguments()
key_column = next(column for column in shape.columns if column.name == KEY)
dates = [column for column in shape.columns if column.type == "date"]
table = TableSchema(fields=[field_of(column) for column in shape.columns], missing_values=["", "  "])
with system.use_context(trusted=True):
    resource = Resource(path=str(source), schema=table)
    report = resource.validate(Checklist(checks=[KeyOnce(), RealDate()]), limit_errors=1 << 40)
names = {column.header: column.name for column in shape.columns}
found = sorted({(number - 2, names.get(field, KEY)) for number, field in report.flatten(["rowNumber", "fieldName"])})
write_rows(source, out, shape.columns, {number for number, _ in found})
with (out / "findings.csv").open("w", encoding="utf-8", newline="") as lines:
    csv.writer(lines).writerows([("row", "field"), *found])
