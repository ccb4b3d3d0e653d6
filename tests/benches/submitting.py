"""What sending costs: a large run to a sandbox in a process of its own, its outcomes, errors mapped back, and several parts at a
time where answers are slow. Prints wall and processor seconds, the most memory, and ratios within this one run.

    python tests/benches/submitting.py --rows 1000000 --errors 100000
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from running import Cost, machine, run

_WRITE = """
import sys
import numpy as np, pyarrow as pa, pyarrow.compute as pc
import preflight as pf
folder, rows, operation, most = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
number = pa.array(np.arange(rows)).cast(pa.string())
names = pc.binary_join_element_wise("Company ", number, "")
domains = pc.binary_join_element_wise("c", number, ".example.com", "")
table = {"account_name": names, "domain": domains, "employees": pa.array(np.arange(rows) % 5000).cast(pa.string())}
pf.plan("accounts", operation=operation, match_key="domain").write(pa.table(table), folder, max_rows=most)
"""
_SEND = """
import sys, preflight as pf
with pf.Client(sys.argv[2], "any-word") as client:
    submission = pf.submit(sys.argv[1], client=client, progress=False, parallel=int(sys.argv[3]))
"""
_OUTCOMES = """
import sys
from pathlib import Path
from preflight.submission.outcomes import read_outcomes
found = read_outcomes(Path(sys.argv[1]))
wanted = {"rows": int(sys.argv[3]), sys.argv[2]: int(sys.argv[3])}
assert {name: count for name, count in found.summary.items() if count} == wanted, found.summary
"""
_LIMIT = 1800.0


@contextmanager
def sandbox(*options: str) -> Iterator[str]:
    """The address of a sandbox in another process."""
    command = [sys.executable, "-m", "preflight", "sandbox", "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as running:
        assert running.stdout is not None
        yield running.stdout.readline().strip()
        running.terminate()


def write_run(folder: Path, rows: int, operation: str, *, max_rows: int = 200_000) -> Path:
    """A run of so many accounts, written by another process: the memory of this one would count for all that it starts."""
    command = [sys.executable, "-c", _WRITE, str(folder), str(rows), operation, str(max_rows)]
    _sound(run(command, folder.parent, limit=_LIMIT))
    return folder


def send(folder: Path, url: str, parallel: int = 1) -> Cost:
    """Send a run that was not sent yet, or once more."""
    for name in ("journal.sqlite", "errors.jsonl"):
        (folder / name).unlink(missing_ok=True)
    return _sound(run([sys.executable, "-c", _SEND, str(folder), url, str(parallel)], folder.parent, limit=_LIMIT))


def outcomes(folder: Path, state: str, rows: int) -> Cost:
    """Read the outcomes of a run, all of whose rows must be in one state."""
    return _sound(run([sys.executable, "-c", _OUTCOMES, str(folder), state, str(rows)], folder.parent, limit=_LIMIT))


def _sound(cost: Cost) -> Cost:
    assert cost.failed is None, cost.failed
    return cost


def line(name: str, cost: Cost, beside: Cost | None = None) -> None:
    """Print a line of the table; the ratio is that of wall seconds."""
    ratio = "" if beside is None else f"{cost.wall / beside.wall:.2f}"
    print(f"| {name} | {cost.wall:.1f} | {cost.processor:.1f} | {cost.peak:.0f} | {ratio} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--errors", type=int, default=100_000)
    parser.add_argument("--slow", type=float, default=0.5, help="seconds that each answer takes where answers are slow")
    asked = parser.parse_args()
    print(f"{machine()}\n\n| what | wall s | processor s | peak MiB | ratio |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as place:
        whole = write_run(Path(place) / "whole", asked.rows, "upsert")
        with sandbox() as url:
            line(f"send {asked.rows:,} rows", one := send(whole, url))
            with urllib.request.urlopen(f"{url}/sandbox/tally?entity_type=accounts") as answer:
                assert answer.read().decode() == f'{{"1": {asked.rows}}}'
        with sandbox() as url:
            line("the same, 4 parts at a time", send(whole, url, 4), one)
        line("its outcomes", outcomes(whole, "imported", asked.rows))
        wrong = write_run(Path(place) / "wrong", asked.errors, "update")
        with sandbox() as url:
            line(f"send {asked.errors:,} rows that are all refused", send(wrong, url))
        line(f"map {asked.errors:,} errors back", outcomes(wrong, "rejected_there", asked.errors))
        slow = write_run(Path(place) / "slow", 400, "upsert", max_rows=50)
        first = None
        for parallel in (1, 2, 4):
            with sandbox("--slow-seconds", str(asked.slow), *(f"--fault={one}:slow" for one in ("create", "upload", "get"))) as url:
                cost = send(slow, url, parallel)
            line(f"8 parts, {asked.slow:g} s an answer, {parallel} at a time", cost, first)
            first = first or cost


if __name__ == "__main__":
    main()
