"""An HTML report of many findings, opened by Chromium: the size of the file, the seconds until it is laid out, and the memory."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from formats import format_command
from running import run

__all__ = ["PAGE", "measure_page"]

_QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--no-first-run",
)


@dataclass(frozen=True, slots=True)
class Page:
    """Which table is reported, and the header of the line about it."""

    rows: int = 8_334
    header: tuple[str, ...] = (
        "findings",
        "report s",
        "page MiB",
        "Chromium s",
        "an empty page s",
        "page peak MiB",
        "records shown",
    )


PAGE = Page()


def measure_page(table: Path, plan: list[str], limit: float) -> list[str]:
    """Write the report and open it. Says what is missing where there is no Chromium."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        return ["not installed (chromium)", *[""] * (len(PAGE.header) - 1)]
    written = run(format_command("html", table, plan), table, limit=limit, ends=(0, 1))
    if written.failed:
        return [written.failed, *[""] * (len(PAGE.header) - 1)]
    report, empty = table / "report.html", table / "empty.html"
    empty.write_text("<!doctype html><title>empty</title>", encoding="utf-8")
    with tempfile.TemporaryDirectory() as profile:
        command = [chromium, *_QUIET, f"--user-data-dir={profile}", "--dump-dom"]
        run([*command, empty.as_uri()], table, limit=limit)  # the first start makes the profile
        nothing = run([*command, empty.as_uri()], table, limit=limit)
        opened = run([*command, report.as_uri()], table, limit=limit, out=table / "dom")
    if opened.failed or nothing.failed:
        return [opened.failed or nothing.failed or "", *[""] * (len(PAGE.header) - 1)]
    shown = (table / "dom" / "said.txt").read_text(encoding="utf-8", errors="replace").count("<tr")
    size = report.stat().st_size / (1 << 20)
    times = [f"{written.wall:.2f}", f"{size:.1f}", f"{opened.wall:.2f}", f"{nothing.wall:.2f}"]
    return [f"{PAGE.rows * 12:,}", *times, f"{opened.peak:,.0f}", f"{shown:,}"]
