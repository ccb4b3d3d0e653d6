"""Commands as processes of their own: seconds, processor seconds and the most memory of each. Standard library alone.

The process that measures stays small on purpose: a child's peak counts from the moment it is forked. Where a command starts others
(Spark a JVM, and that its workers), the memory of all is added up four times a second; what they share counts more than once.
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

_EVERY = 0.25
_PAGE = os.sysconf("SC_PAGE_SIZE") / (1 << 20)
_TICKS = os.sysconf("SC_CLK_TCK")


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
        child = subprocess.Popen(
            command, cwd=folder, stdout=stream, stderr=stream, stdin=subprocess.DEVNULL, env=_environment(), process_group=0
        )
        tree = _Tree(child.pid)
        watch = threading.Timer(limit, os.killpg, (child.pid, signal.SIGKILL))
        watch.start()
        try:
            _, status, used = os.wait4(child.pid, 0)
        except BaseException:
            os.killpg(child.pid, signal.SIGKILL)
            raise
        finally:
            watch.cancel()
            tree.stop()
        wall = time.perf_counter() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    failed = None
    if child.returncode == -signal.SIGKILL:
        failed = f"killed, after {wall:.0f} s"
    elif child.returncode not in ends:
        failed = said.read_text(encoding="utf-8", errors="replace").strip()[-300:] or f"exit code {child.returncode}"
    processor = max(used.ru_utime + used.ru_stime, tree.processor)
    return Cost(wall, processor, max(used.ru_maxrss / 1024, tree.peak), failed)


class _Tree:
    """A process and all that it starts, looked at until it ends: the most memory together (MiB), and their processor seconds."""

    def __init__(self, root: int) -> None:
        self.peak = 0.0
        self._root = root
        self._spent: dict[int, float] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    @property
    def processor(self) -> float:
        return sum(self._spent.values())

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(_EVERY):
            known = {one.pid: one for one in map(_Process.of, Path("/proc").iterdir()) if one is not None}
            family = {self._root}
            while more := {pid for pid, one in known.items() if one.parent in family} - family:
                family |= more
            mine = [one for pid, one in known.items() if pid in family]
            self.peak = max(self.peak, sum(one.size for one in mine))
            self._spent |= {one.pid: one.spent for one in mine}


@dataclass(frozen=True, slots=True)
class _Process:
    pid: int
    parent: int
    spent: float
    size: float

    @classmethod
    def of(cls, folder: Path) -> _Process | None:
        """What a folder of /proc says of its process; None where there is none."""
        if not folder.name.isdigit():
            return None
        try:
            fields = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()
        except OSError:  # it has ended
            return None
        return cls(int(folder.name), int(fields[1]), (int(fields[11]) + int(fields[12])) / _TICKS, int(fields[21]) * _PAGE)


def _environment() -> Mapping[str, str]:
    here = str(Path(__file__).parent)
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (here, os.environ.get("PYTHONPATH")))), "NO_COLOR": "1"}


def machine() -> str:
    """What the figures were measured on, and how busy it is now."""
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    return f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, load {load}"
