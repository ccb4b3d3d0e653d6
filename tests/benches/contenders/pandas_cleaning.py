"""Cleaning in pandas: written once, used by every contender on pandas."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from layout import Column, Shape

from contenders.grammar import canonical

__all__ = ["clean", "read", "write_all"]


def read(source: Path) -> pd.DataFrame:
    """The file as text, blank cells null."""
    return pd.read_csv(source, dtype=str, keep_default_na=False, na_values=[""])


def clean(raw: pd.DataFrame, column: Column) -> pd.Series:
    """The cells in their one form, blank ones null; what cannot be read stays as it is."""
    text = raw[column.header].str.strip()
    match column.type:
        case "domain":
            text = text.str.lower().str.replace(r"^https?://", "", regex=True).str.replace(r"^www\.", "", regex=True)
            text = text.str.replace(r"[/?#:].*$", "", regex=True)
        case "email":
            text = text.str.lower()
        case "integer" | "number":
            text = text.str.replace(r"[$,]", "", regex=True)
        case "date":
            text = text.str.replace("/", "-")
        case "boolean" | "picklist":
            known = canonical(column)
            text = text.str.lower().map(lambda cell: known.get(cell, cell), na_action="ignore")
        case "string" if not column.multiline:
            text = text.str.replace(r"\s+", " ", regex=True)
    return text.mask(text == "").rename(column.name)


def write_all(shape: Shape, raw: pd.DataFrame, cells: pd.DataFrame, findings: pd.DataFrame, out: Path) -> None:
    """Write good rows, rejected rows and findings (columns row and field)."""
    rejected: Any = pd.Series(data=False, index=raw.index)
    rejected[findings["row"].unique()] = True
    cells.loc[~rejected, [column.name for column in shape.columns]].to_csv(out / "good.csv", index=False)
    raw[rejected].to_csv(out / "rejected.csv", index=False)
    findings.drop_duplicates().sort_values("row").to_csv(out / "findings.csv", index=False)
