"""pandera on pandas: cleaned by pandas, judged by a lazy `validate`, findings from `failure_cases`."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pandera.pandas as pa
from layout import KEY, Column

from contenders.grammar import PATTERNS, allowed, arguments
from contenders.pandas_cleaning import clean, read, write_all


def is_date(cells: Any) -> Any:
    """Whether the cells are dates."""
    return pd.to_datetime(cells, format="%Y-%m-%d", errors="coerce").notna()


def is_single(cells: Any) -> Any:
    """Whether no other row has the same key."""
    return ~cells.duplicated(keep=False)


def column_of(column: Column) -> pa.Column:
    """The column as pandera states it."""
    checks = []
    if column.type in PATTERNS:
        checks.append(pa.Check.str_matches(PATTERNS[column.type]))
    elif column.type == "date":
        checks.append(pa.Check(is_date))
    elif allowed(column):
        checks.append(pa.Check.isin(allowed(column)))
    if column.max_length is not None:
        checks.append(pa.Check.str_length(max_value=column.max_length))
    if column.name == KEY:
        checks.append(pa.Check(is_single))
    return pa.Column(checks=checks, nullable=not column.required)


source, out, shape = arguments()
raw = read(source)
cells = pd.DataFrame({column.name: clean(raw, column) for column in shape.columns})
schema = pa.DataFrameSchema({column.name: column_of(column) for column in shape.columns})
findings = pd.DataFrame({"row": pd.Series(dtype="int64"), "field": pd.Series(dtype="str")})
try:
    schema.validate(cells, lazy=True)
except pa.errors.SchemaErrors as failed:
    cases = failed.failure_cases
    findings = pd.DataFrame({"row": cases["index"].astype("int64"), "field": cases["column"]})
write_all(shape, raw, cells, findings, out)
