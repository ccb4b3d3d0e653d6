"""Findings, changes, groups and columns as DataFrames with fixed columns, also when they are empty."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd

from preflight.findings import Change, ColumnLine, Finding, Group, SourceLine

__all__ = ["changes_table", "columns_table", "files_table", "findings_table", "groups_table"]

FINDINGS = (
    "source_row",
    "label",
    "column",
    "value",
    "message",
    "suggestion",
    "code",
    "name",
    "severity",
    "fixable",
    "field",
    "scope",
    "rows",
    "related",
    "record",
    "line",
    "position",
    "origin",
)
CHANGES = ("source_row", "label", "column", "before", "after", "rules", "safe", "field", "record", "line")
GROUPS = (
    "code",
    "name",
    "severity",
    "column",
    "field",
    "rows",
    "share",
    "distinct",
    "top_values",
    "first_source_row",
    "fixable",
)
FILES = ("path", "first_source_row", "records", "encoding", "delimiter")
COLUMNS = ("column", "field", "how", "type", "required", "filled", "distinct", "changed", "findings")

_SEVERITIES = pd.CategoricalDtype(["info", "warning", "error"], ordered=True)
_DTYPES: dict[str, Any] = {
    "source_row": "Int64",
    "record": "Int64",
    "line": "Int64",
    "position": "Int64",
    "first_source_row": "Int64",
    "rows": "int64",
    "filled": "int64",
    "distinct": "Int64",
    "changed": "int64",
    "share": "float64",
    "fixable": "bool",
    "safe": "bool",
    "required": "bool",
    "severity": _SEVERITIES,
    "label": "object",
    "related": "object",
    "rules": "object",
    "top_values": "object",
    "findings": "int64",
}

Labels = Callable[[int], Any] | None


def _table(names: tuple[str, ...], rows: Iterable[tuple[Any, ...]], **dtypes: Any) -> pd.DataFrame:
    columns: list[list[Any]] = [[] for _ in names]
    for row in rows:
        for column, cell in zip(columns, row, strict=True):
            column.append(cell)
    kinds = {**_DTYPES, **dtypes}
    return pd.DataFrame(
        {name: pd.Series(column, dtype=kinds.get(name, "str")) for name, column in zip(names, columns, strict=True)}
    )


def _label(one: Finding | Change, labels: Labels) -> Any:
    return one.label if labels is None or one.source_row is None else labels(one.source_row)


def findings_table(found: Iterable[Finding], labels: Labels) -> pd.DataFrame:
    """The 18 columns of findings; `source_row` is Int64 and missing where a finding is about a column or the file."""
    rows = (
        tuple(
            one.severity.value
            if name == "severity"
            else one.scope.value
            if name == "scope"
            else _label(one, labels)
            if name == "label"
            else getattr(one, name)
            for name in FINDINGS
        )
        for one in found
    )
    return _table(FINDINGS, rows)


def changes_table(found: Iterable[Change], labels: Labels) -> pd.DataFrame:
    """One line per changed cell of a good row."""
    rows = (tuple(_label(one, labels) if name == "label" else getattr(one, name) for name in CHANGES) for one in found)
    return _table(CHANGES, rows)


def groups_table(groups: Iterable[Group]) -> pd.DataFrame:
    """One line per code and column."""
    rows = (tuple(one.severity.value if name == "severity" else getattr(one, name) for name in GROUPS) for one in groups)
    return _table(GROUPS, rows, fixable="int64", distinct="int64")


def columns_table(lines: Iterable[ColumnLine]) -> pd.DataFrame:
    """One line per source column, and one for each constant."""
    return _table(COLUMNS, (tuple(getattr(one, name) for name in COLUMNS) for one in lines))


def files_table(source: SourceLine) -> pd.DataFrame:
    """One line per file; none for a source that is no file. A file without records has no first source row."""
    rows, first = [], 0
    for one in source.files or ((source,) if source.path is not None else ()):
        rows.append((one.path, first if one.records else None, one.records, one.encoding, one.delimiter))
        first += one.records
    return _table(FILES, rows, records="int64")
