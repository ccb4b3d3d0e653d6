"""Commands as processes of their own: seconds, processor seconds and the most memory of each. Standard library alone.

The process that measures stays small on purpose: a child's peak counts from the moment it is forked.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Cost", "machine", "run"]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process cost. `failed` is the end of what it said where it did not end well."""

    wall: float
    processor: float
    peak: float
    failed: str | None = None


def run(command: Sequence[str], folder: Path, *, limit: float, ends: tuple[int, ...] = (0,), out: Path | None = None) -> Cost:
    """Run a command in a folder; it is killed after `limit` seconds. `ends` are the exit codes of success."""
    said = (out or folder) / "said.txt"
    said.parent.mkdir(parents=True, exist_ok=True)
    with said.open("wb") as stream:
        began = time.perf_counter()
        child = subprocess.Popen(command, cwd=folder, stdout=stream, stderr=stream, stdin=subprocess.DEVNULL, env=_environment())
        watch = threading.Timer(limit, os.kill, (child.pid, signal.SIGKILL))
        watch.start()
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - began
        watch.cancel()
    child.returncode = os.waitstatus_to_exitcode(status)
    failed = None
    if child.returncode == -signal.SIGKILL:
        failed = f"killed, after {wall:.0f} s"
    elif child.returncode not in ends:
        failed = said.read_text(encoding="utf-8", errors="replace").strip()[-300:] or f"exit code {child.returncode}"
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, failed)


def _environment() -> Mapping[str, str]:
    here = str(Path(__file__).parent)
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (here, os.environ.get("PYTHONPATH")))), "NO_COLOR": "1"}


def machine() -> str:
    """What the figures were measured on, and how busy it is now."""
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    return f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, load {load}"
