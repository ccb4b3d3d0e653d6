"""The verbs of a plan under another name, for those who think of the file first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from preflight.api.plan import Plan
from preflight.api.receipt import Receipt
from preflight.api.report import Report

__all__ = ["check_csv", "write_csv"]


def check_csv(path: str | Path, plan: Plan, /, **options: Any) -> Report:
    """`plan.check(path)`."""
    return plan.check(path, **options)


def write_csv(path: str | Path, plan: Plan, out: str | Path, /, **options: Any) -> Receipt:
    """`plan.write(path, out)`."""
    return plan.write(path, out, **options)
