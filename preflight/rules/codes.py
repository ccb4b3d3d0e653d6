"""The table of codes: one row for each thing that can be said about the data. A code is never reused."""

from __future__ import annotations

from dataclasses import dataclass

from preflight.findings import Scope, Severity

__all__ = ["CODES", "KEEPS_ROWS", "Code", "code_of"]


@dataclass(frozen=True, slots=True)
class Code:
    """A stable code, the name of the defect, its default severity and what it is about."""

    code: str
    name: str
    severity: Severity
    scope: Scope
    title: str
    default_on: bool = True


_E, _W, _I = Severity.ERROR, Severity.WARNING, Severity.INFO
_CELL, _ROW, _COLUMN, _FILE = Scope.CELL, Scope.ROW, Scope.COLUMN, Scope.FILE

_TABLE = (
    # PF0: the file and its encoding
    Code("PF001", "file-unreadable", _E, _FILE, "the file cannot be opened or read"),
    Code("PF002", "empty-file", _E, _FILE, "the file has no header, or no records"),
    Code("PF003", "invalid-encoding", _E, _FILE, "bytes that are not text in the encoding"),
    Code("PF004", "byte-order-mark", _I, _FILE, "the file is UTF-16, or not UTF-8 as the API wants it"),
    Code("PF005", "control-character", _E, _CELL, "a control character inside a cell"),
    Code("PF006", "mixed-line-ends", _W, _FILE, "lines end in more than one way"),
    Code("PF008", "not-a-csv", _E, _FILE, "the file is an archive, a workbook or binary, not text"),
    # PF1: the structure of records
    Code("PF101", "too-many-cells", _E, _ROW, "a record with more cells than the header"),
    Code("PF102", "too-few-cells", _E, _ROW, "a record with fewer cells than the header"),
    Code("PF103", "unterminated-quote", _E, _FILE, "a quote that never closes"),
    Code("PF104", "stray-quote", _E, _ROW, "a quote in the wrong place"),
    Code("PF105", "blank-row", _W, _ROW, "a record without any value"),
    Code("PF106", "wrong-delimiter", _E, _FILE, "the delimiter cannot be told"),
    Code("PF107", "record-too-long", _E, _FILE, "a record longer than can be read"),
    # PF2: the header and its mapping to fields
    Code("PF201", "unmapped-column", _W, _COLUMN, "columns that no field takes"),
    Code("PF202", "missing-required-column", _E, _COLUMN, "a required field that no column feeds"),
    Code("PF203", "duplicate-header", _E, _COLUMN, "two columns with the same header"),
    Code("PF204", "blank-header", _W, _COLUMN, "a column without a header"),
    Code("PF205", "header-near-match", _E, _COLUMN, "a header that almost names a field"),
    Code("PF206", "two-columns-one-field", _E, _COLUMN, "two columns for one field"),
    Code("PF207", "no-header-row", _W, _FILE, "the first record looks like data"),
    # PF3: the type of a cell
    Code("PF301", "not-a-string", _E, _CELL, "a Python object that has no text"),
    Code("PF302", "not-an-integer", _E, _CELL, "not a whole number"),
    Code("PF303", "not-a-number", _E, _CELL, "not a number"),
    Code("PF304", "not-a-boolean", _E, _CELL, "neither yes nor no"),
    Code("PF305", "not-a-date", _E, _CELL, "not a date"),
    Code("PF306", "not-a-datetime", _E, _CELL, "not a date with a time"),
    Code("PF307", "not-an-email", _E, _CELL, "not an e-mail address"),
    Code("PF308", "number-out-of-range", _E, _CELL, "a number too large to be represented"),
    Code("PF309", "ambiguous-date", _E, _COLUMN, "a column of dates that proves no order of day and month"),
    Code("PF310", "non-finite-number", _E, _CELL, "NaN or infinity"),
    Code("PF311", "spreadsheet-damage", _E, _CELL, "a value that a spreadsheet has damaged"),
    Code("PF312", "ambiguous-number", _E, _COLUMN, "a column of numbers that mixes decimal marks"),
    Code("PF313", "not-a-domain", _E, _CELL, "not a web domain"),
    Code("PF314", "not-a-url", _E, _CELL, "not a web address"),
    Code("PF315", "percent-scale-unknown", _E, _COLUMN, "a column of percents that proves no scale"),
    Code("PF316", "time-zone-missing", _E, _COLUMN, "times without a zone"),
    Code("PF317", "time-in-date", _E, _COLUMN, "a time of day in a date"),
    Code("PF318", "two-digit-year", _E, _COLUMN, "years of two digits"),
    Code("PF319", "date-serial", _E, _COLUMN, "dates that a spreadsheet stored as numbers"),
    Code("PF320", "zeros-lost", _W, _COLUMN, "leading zeros that seem to be lost"),
    # PF4: the value of a cell
    Code("PF401", "required-value-missing", _E, _CELL, "a required value is blank"),
    Code("PF403", "value-too-long", _E, _CELL, "a value longer than the field takes"),
    Code("PF404", "value-out-of-range", _E, _CELL, "a value outside the limits of the field"),
    Code("PF405", "value-not-allowed", _E, _CELL, "a value that is not on the list of the field"),
    Code("PF406", "pattern-mismatch", _E, _CELL, "a value without the form that the field wants"),
    Code("PF407", "one-of-missing", _E, _ROW, "none of several fields of which one is needed"),
    Code("PF409", "placeholder-text", _W, _CELL, "a placeholder in place of a value"),
    Code("PF410", "formula-start", _I, _CELL, "text that a spreadsheet would run as a formula", default_on=False),
    Code("PF412", "mojibake", _W, _CELL, "text decoded in the wrong encoding"),
    Code("PF413", "null-word", _W, _CELL, "a word for nothing where text is kept"),
    Code("PF414", "personal-mail-domain", _W, _CELL, "a personal mail provider in place of a company"),
    Code("PF416", "blanks-may-clear", _W, _COLUMN, "blank cells that may clear stored values"),
    Code("PF417", "blank-column-left-out", _I, _COLUMN, "a column without any value is not sent"),
    # PF5: the match key
    Code("PF501", "match-key-missing", _E, _CELL, "the match key is blank"),
    Code("PF502", "match-key-duplicate", _E, _ROW, "several rows with the same match key"),
    Code("PF505", "match-key-not-mapped", _E, _COLUMN, "no column feeds the match key"),
    # PF7: the contract
    Code("PF702", "unknown-field-type", _W, _COLUMN, "a field type that preflight does not know"),
    Code("PF703", "duplicate-field", _W, _COLUMN, "a field that is defined twice"),
    Code("PF705", "rule-without-field", _W, _COLUMN, "a rule for a field that the contract lacks"),
    # PF9: what the server says
    Code("PF901", "server-row-error", _E, _ROW, "the server refused the row"),
    Code("PF902", "row-not-locatable", _E, _FILE, "a server error that fits no single row"),
    Code("PF904", "counts-disagree", _W, _FILE, "the server's counts do not add up"),
)

CODES: dict[str, Code] = {code.code: code for code in _TABLE}

KEEPS_ROWS = ("PF005", "PF1", "PF3", "PF401", "PF5")
"""Codes that keep a row from being read or matched: `write` and `submit` refuse to hide or to lower them."""


def code_of(text: str) -> Code | None:
    """The code that a user means by ``PF302``, ``pf302`` or ``not-an-integer``; None when there is none."""
    wanted = text.strip()
    found = CODES.get(wanted.upper())
    return found or next((code for code in _TABLE if code.name == wanted.lower()), None)
