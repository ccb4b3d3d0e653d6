"""What peers are told of the types: the patterns and lists that a user of theirs would write down."""

from __future__ import annotations

import sys
from pathlib import Path

from layout import BOOLEANS, Column, Shape, shape_of

__all__ = ["DOMAIN", "PATTERNS", "allowed", "arguments", "canonical"]

DOMAIN = r"^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$"
PATTERNS = {
    "domain": DOMAIN,
    "email": r"^[a-z0-9._%+-]+@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$",
    "integer": r"^[+-]?[0-9]+$",
    "number": r"^[+-]?[0-9]+(?:\.[0-9]+)?$",
}


def canonical(column: Column) -> dict[str, str]:
    """Each writing in lower case, and the one form that is sent; empty where a column has no list."""
    if column.type == "boolean":
        return BOOLEANS
    return {value.lower(): value for value in column.values}


def allowed(column: Column) -> list[str]:
    """The forms that may be sent; empty where a column has no list."""
    return sorted(set(canonical(column).values()))


def arguments() -> tuple[Path, Path, Shape]:
    """The source, the folder to write into and the shape, from the command line."""
    source, out, shape = sys.argv[1:4]
    Path(out).mkdir(parents=True, exist_ok=True)
    return Path(source), Path(out), shape_of(shape)
