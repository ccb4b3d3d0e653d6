"""The verbs of a plan under another name, for those who think of the file first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from preflight.api.plan import Plan
from preflight.api.receipt import Receipt
from preflight.api.report import Report

__all__ = ["check_csv", "write_csv"]

Paths = str | Path | list[str | Path] | tuple[str | Path, ...]


def check_csv(path: Paths, plan: Plan, /, **options: Any) -> Report:
    """`plan.check(path)`; several paths are one table."""
    return plan.check(path, **options)


def write_csv(path: Paths, plan: Plan, out: str | Path, /, **options: Any) -> Receipt:
    """`plan.write(path, out)`; several paths are one table and one run."""
    return plan.write(path, out, **options)
