"""The report formats that are measured, every cell faulty against clean."""

from __future__ import annotations

import sys
from pathlib import Path

__all__ = ["FORMATS", "format_command"]

FORMATS = ("text", "json", "jsonl", "md", "html")


def format_command(name: str, table: Path, plan: list[str]) -> list[str]:
    """The command that checks a table and writes its report in a format."""
    report = str(table / f"report.{name}")
    return [sys.executable, "-m", "preflight", "check", str(table / "source.csv"), *plan, "--format", name, "-o", report]
