"""polars, tuned by hand: values that repeat are worked once each, prefixes cut without regular expressions, byte lengths first, and
the costly patterns only for the rows that a cheap test picks."""

from __future__ import annotations

import polars as pl
from layout import KEY, Column

from contenders.grammar import PATTERNS, arguments
from contenders.polars_cleaning import clean, is_bad, is_valid, write_all

_FEW = frozenset({"boolean", "picklist", "date"})


def per_value(raw: pl.DataFrame, column: Column) -> tuple[pl.Series, pl.Series]:
    """Clean cells and faults of a column whose values repeat, worked per distinct value."""
    table = raw.select(pl.col(column.header)).unique()
    worked = table.with_columns(clean(column)).with_columns(is_bad(column).alias("bad"))
    joined = raw.select(pl.col(column.header)).join(worked, on=column.header, how="left", nulls_equal=True, maintain_order="left")
    return joined.get_column(column.name), joined.get_column("bad").alias(column.name)


def where(cells: pl.Series, test: pl.Expr, change: pl.Expr) -> pl.Series:
    """The cells, with a costly change made only in those that a cheap test picks."""
    frame = cells.to_frame("cell")
    picked = frame.select(test.fill_null(value=False)).to_series()
    if not picked.any():
        return cells
    changed = frame.filter(picked).select(change).to_series()
    return cells.scatter(picked.arg_true(), changed)


def per_cell(raw: pl.DataFrame, column: Column) -> pl.Series:
    """Clean cells of a column whose values hardly repeat."""
    cell = pl.col("cell")
    cells = raw.select(pl.col(column.header).str.strip_chars().alias("cell")).to_series()
    match column.type:
        case "domain":
            text = cell.str.to_lowercase()
            for prefix in ("https://", "http://", "www."):
                text = text.str.strip_prefix(prefix)
            cells = cells.to_frame("cell").select(text).to_series()
            cells = where(cells, cell.str.contains_any(["/", "?", "#", ":"]), cell.str.replace(r"[/?#:].*$", ""))
        case "email":
            cells = cells.to_frame("cell").select(cell.str.to_lowercase()).to_series()
        case "integer" | "number":
            cells = where(cells, cell.str.contains_any([",", "$"]), cell.str.replace_all(r"[$,]", ""))
        case "string" if not column.multiline:
            odd = cell.str.contains_any(["  ", "\t", "\n", "\r", "\u00a0"])
            cells = where(cells, odd, cell.str.replace_all(r"\s+", " "))
    return cells.to_frame("cell").select(pl.when(cell.str.len_bytes() > 0).then(cell).alias(column.name)).to_series()


def faults(cells: pl.Series, column: Column) -> pl.Series:
    """The faults of clean cells: numbers are cast rather than matched, lengths counted in bytes first."""
    text = pl.col(column.name)
    frame = cells.to_frame()
    if column.type == "integer":
        valid = pl.when(text.is_not_null()).then(text.cast(pl.Int64, strict=False).is_not_null())
    elif column.type == "number":
        finite = text.cast(pl.Float64, strict=False).is_not_null() & ~text.str.contains_any(["e", "E", "n", "N"])
        valid = pl.when(text.is_not_null()).then(finite)
    elif column.type in PATTERNS or column.max_length is None:
        valid = is_valid(column)
    else:
        valid = text.str.len_bytes() <= column.max_length
        if not frame.select(valid.fill_null(value=True).all()).item():
            valid = is_valid(column)
    bad = ~valid.fill_null(not column.required)
    if column.name == KEY:
        bad = bad | (text.is_duplicated() & text.is_not_null())
    return frame.select(bad.alias(column.name)).to_series()


source, out, shape = arguments()
raw = pl.read_csv(source, infer_schema=False)
cells, bad = [], []
for column in shape.columns:
    if column.type in _FEW:
        worked, wrong = per_value(raw, column)
    else:
        worked = per_cell(raw, column)
        wrong = faults(worked, column)
    cells.append(worked)
    bad.append(wrong)
write_all(shape, raw, pl.DataFrame(cells), pl.DataFrame(bad), out)
