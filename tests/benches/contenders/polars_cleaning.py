"""Cleaning and rules as polars expressions: written once, used by every contender on polars."""

from __future__ import annotations

import polars as pl
from layout import KEY, Column, Shape

from contenders.grammar import PATTERNS, allowed, canonical

__all__ = ["clean", "is_bad", "is_valid", "write_all"]


def clean(column: Column) -> pl.Expr:
    """The cells in their one form, blank ones null; what cannot be read stays as it is."""
    text = pl.col(column.header).str.strip_chars()
    match column.type:
        case "domain":
            text = text.str.to_lowercase().str.replace(r"^https?://", "").str.replace(r"^www\.", "").str.replace(r"[/?#:].*$", "")
        case "email":
            text = text.str.to_lowercase()
        case "integer" | "number":
            text = text.str.replace_all(r"[$,]", "")
        case "date":
            text = text.str.replace_all("/", "-", literal=True)
        case "boolean" | "picklist":
            text = text.str.to_lowercase().replace(canonical(column))
        case "string" if not column.multiline:
            text = text.str.replace_all(r"\s+", " ")
    return text.replace("", None).alias(column.name)


def is_valid(column: Column, text: pl.Expr | None = None) -> pl.Expr:
    """Whether clean cells obey type, list and length; null where there is no cell."""
    text = pl.col(column.name) if text is None else text
    if column.type in PATTERNS:
        return text.str.contains(PATTERNS[column.type])
    if column.type == "date":
        return pl.when(text.is_not_null()).then(text.str.to_date("%Y-%m-%d", strict=False).is_not_null())
    if allowed(column):
        return text.is_in(allowed(column))
    if column.max_length is not None:
        return text.str.len_chars() <= column.max_length
    return pl.when(text.is_not_null()).then(pl.lit(value=True))


def is_bad(column: Column) -> pl.Expr:
    """Whether clean cells break any rule, the uniqueness of the key included."""
    bad = ~is_valid(column).fill_null(not column.required)
    if column.name == KEY:
        bad = bad | (pl.col(KEY).is_duplicated() & pl.col(KEY).is_not_null())
    return bad.alias(column.name)


def write_all(shape: Shape, raw: pl.DataFrame, clean_cells: pl.DataFrame, bad: pl.DataFrame, out: object) -> None:
    """Write good rows, rejected rows and findings."""
    names = [column.name for column in shape.columns]
    rejected = bad.select(pl.any_horizontal(pl.all())).to_series()
    clean_cells.select(names).filter(~rejected).write_csv(f"{out}/good.csv")
    raw.filter(rejected).write_csv(f"{out}/rejected.csv")
    found = [bad.select(pl.arg_where(name).alias("row")).with_columns(field=pl.lit(name)) for name in names]
    pl.concat(found).sort("row", maintain_order=True).write_csv(f"{out}/findings.csv")
