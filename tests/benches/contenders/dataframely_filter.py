"""dataframely: cleaned by polars expressions, judged by `Schema.filter`."""

from __future__ import annotations

from typing import Any

import dataframely as dy
import polars as pl
from layout import KEY, Column

from contenders.grammar import PATTERNS, allowed, arguments
from contenders.polars_cleaning import clean, is_valid


def field_of(column: Column) -> Any:
    """The column as dataframely states it."""
    options: dict[str, Any] = {"nullable": not column.required}
    if column.type in PATTERNS:
        options["regex"] = PATTERNS[column.type]
    elif column.type == "date" or allowed(column):
        options["check"] = lambda cell: is_valid(column, cell)
    if column.max_length is not None:
        options["max_length"] = column.max_length
    return dy.String(**options)


@dy.rule()
def domain_once(cls: Any) -> pl.Expr:
    """The key stands in one row."""
    return ~(pl.col(KEY).is_duplicated() & pl.col(KEY).is_not_null())


source, out, shape = arguments()
raw = pl.read_csv(source, infer_schema=False)
cells = raw.select(clean(column) for column in shape.columns).with_row_index("row")
members = {"row": dy.UInt32(), **{column.name: field_of(column) for column in shape.columns}, "domain_once": domain_once}
good, failure = type("Accounts", (dy.Schema,), members).filter(cells)
good.drop("row").write_csv(out / "good.csv")
details = failure.details()
raw[details["row"]].write_csv(out / "rejected.csv")
rules = [name for name in details.columns if name not in cells.columns]
found = [
    details.filter(pl.col(rule) == "invalid").select("row", field=pl.lit(KEY if rule == "domain_once" else rule.split("|")[0]))
    for rule in rules
]
pl.concat([pl.DataFrame(schema={"row": pl.UInt32, "field": pl.String}), *found]).unique().sort("row").write_csv(
    out / "findings.csv"
)
