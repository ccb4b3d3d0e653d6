"""How long Chromium takes from navigation to the load event and the first paint of an HTML report, beside an empty page.

    python tests/benches/browser.py --findings 100000 --runs 5

Every cell of the table is faulty. A browser is started anew for each run, and its start is not counted: the figures are those of
the page itself (Navigation Timing, Paint Timing), and the seconds that the command to open it took. Each run opens the page twice:
cold, as the first page of that browser, and warm.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench import preflight_plan
from data import prepare
from formats import format_command
from layout import shape_of
from running import machine, run
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["HEADER", "Opened", "main", "measure"]

_QUIET = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
_TIMES = """
const [done] = arguments;
requestAnimationFrame(() => setTimeout(() => {
  const [told] = performance.getEntriesByType("navigation");
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  done([told.loadEventEnd / 1000, (paint ? paint.startTime : performance.now()) / 1000]);
}, 50));
"""
_FOUND = "return [document.getElementsByTagName('*').length, Boolean(document.getElementById('search'))]"
_SEARCH = """
const [done] = arguments;
const search = document.getElementById("search"), status = document.getElementById("matching");
const began = performance.now();
new MutationObserver(() => requestAnimationFrame(() => setTimeout(() => done((performance.now() - began) / 1000))))
  .observe(status, { childList: true, characterData: true, subtree: true });
search.value = "7";
search.dispatchEvent(new Event("input"));
"""
HEADER = ("page", "MiB", "elements", "load event s", "first paint s", "opened in s", "search s")


@dataclass(frozen=True, slots=True)
class Opened:
    """One opening of a page: its elements, and the seconds to the load event, the first paint, the end of the command that opened
    it and the end of the first search; no search where the page has none."""

    elements: float
    loaded: float
    painted: float
    opened: float
    searched: float | None


def measure(file: Path, runs: int) -> dict[str, list[Opened]]:
    """The openings of each run, by `cold` and `warm`."""
    found: dict[str, list[Opened]] = {"cold": [], "warm": []}
    for _ in range(runs):
        with _browser() as driver:
            for state in found:
                found[state].append(_open(driver, file))
                driver.get("about:blank")
    return found


def _open(driver: webdriver.Chrome, file: Path) -> Opened:
    began = time.perf_counter()
    driver.get(file.as_uri())
    opened = time.perf_counter() - began
    loaded, painted = driver.execute_async_script(_TIMES)
    elements, searchable = driver.execute_script(_FOUND)
    return Opened(elements, loaded, painted, opened, driver.execute_async_script(_SEARCH) if searchable else None)


@contextmanager
def _browser() -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or shutil.which("google-chrome") or ""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        for option in (*_QUIET, f"--user-data-dir={profile}", "--window-size=1280,900"):
            options.add_argument(option)
        driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
        try:
            yield driver
        finally:
            driver.quit()


def _lines(name: str, file: Path, runs: int) -> Iterator[str]:
    for state, found in measure(file, runs).items():
        told = [f"{name}, {state}", f"{file.stat().st_size / (1 << 20):.1f}", f"{found[0].elements:,}"]
        for one in ("loaded", "painted", "opened", "searched"):
            seconds = [getattr(each, one) for each in found]
            told.append("" if None in seconds else f"{statistics.median(seconds):.2f}")
        yield f"| {' | '.join(told)} |"


def main() -> None:
    """Make the report, open it and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--findings", type=int, default=100_000, help="How many there are, in rows of 12 faulty cells.")
    parser.add_argument("--runs", type=int, default=5)
    chosen = parser.parse_args()
    if not (shutil.which("chromium") or shutil.which("google-chrome")) or not shutil.which("chromedriver"):
        sys.exit("needs Chromium and chromedriver")
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder)
        prepare(table, shape_of("all-faulty"), -(-chosen.findings // 12))
        written = run(format_command("html", table, preflight_plan(table)), table, limit=600, ends=(0, 1))
        if written.failed:
            sys.exit(written.failed)
        empty = table / "empty.html"
        empty.write_text("<!doctype html><title>empty</title><p>empty</p>", encoding="utf-8")
        print(f"{machine()}; report written in {written.wall:.2f} s\n")
        print(f"| {' | '.join(HEADER)} |\n|{' --- |' * len(HEADER)}")
        for name, file in (("empty", empty), (f"{chosen.findings:,} findings", table / "report.html")):
            for line in _lines(name, file, chosen.runs):
                print(line, flush=True)


if __name__ == "__main__":
    main()
