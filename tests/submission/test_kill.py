"""Real processes and sockets: killed with SIGKILL at each write of the journal and at each answer of the server, then resumed. No
row is lost and none imported twice, measured at what the sandbox holds."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import preflight as pf
from preflight.submission.outcomes import read_outcomes
from preflight.testing import sandbox

pytestmark = pytest.mark.slow

ROWS = 8
PLAN = pf.plan("accounts", operation="upsert", match_key="domain")
INSERT = pf.plan("accounts", operation="insert")
ROOT = Path(__file__).parents[2]


class Sender:
    """The process that sends."""

    def __init__(self) -> None:
        script = Path(__file__).with_name("sender.py")
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        self._process = subprocess.Popen(
            [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )

    def __call__(self, act: str, folder: Path, url: str, at: tuple[str, int] | None = None, parallel: int = 1) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(
            json.dumps({"act": act, "folder": str(folder), "url": url, "at": at, "parallel": parallel}) + "\n"
        )
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


@pytest.fixture(scope="module")
def sender() -> Iterator[Sender]:
    made = Sender()
    yield made
    made.close()


@pytest.fixture(scope="module")
def process() -> Iterator[str]:
    """The address of a sandbox in a process of its own."""
    command = [sys.executable, "-m", "preflight", "sandbox", "--port", "0"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment) as running:
        assert running.stdout is not None
        yield running.stdout.readline().strip()
        running.send_signal(signal.SIGINT)
        assert running.wait() == 0


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: what survives a killed process needs no disk, and fsync takes most of the time."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory, prefix="preflight-test-") as folder:
        yield Path(folder)


def written(folder: Path, name: str, plan: pf.Plan = PLAN, max_rows: int = ROWS // 2) -> Path:
    """A written run whose rows no other run has."""
    domains = [f"{name}-{number}.example.com" for number in range(ROWS)]
    plan.write(pa.table({"account_name": domains, "domain": domains}), folder, max_rows=max_rows)
    return folder


def held(url: str, name: str) -> dict[str, int]:
    """The records of a run and how often each was imported."""
    with urllib.request.urlopen(f"{url}/sandbox/records?entity_type=accounts") as answer:
        return {key: times for key, times in json.load(answer).items() if f"={name}-" in key}


def once(name: str) -> dict[str, int]:
    """What is held when every row of a run was imported once."""
    return {f"domain={name}-{number}.example.com": 1 for number in range(ROWS)}


def points_of(told: dict[str, Any]) -> list[tuple[str, int]]:
    """Every point at which a process can be killed, from a run in which none was."""
    assert told["error"] is None
    return [(kind, one) for kind in ("write", "answer") for one in range(1, told[f"{kind}s"] + 1)]


def killed_and_resumed(sender: Sender, folder: Path, url: str, point: tuple[str, int]) -> None:
    assert sender("submit", folder, url, point) == {"signal": signal.SIGKILL}, point
    resumed = sender("resume", folder, url)
    assert resumed.get("error", "killed") is None, (point, resumed)
    counts = read_outcomes(folder).summary
    assert (counts["rows"], counts["imported"]) == (ROWS, ROWS), (point, counts)


def test_killed_at_every_point_between_processes(sender: Sender, process: str, place: Path) -> None:
    points = points_of(sender("submit", written(place / "whole", "whole"), process))
    assert len(points) > 30
    for kind, number in points:
        name = f"{kind}{number}"
        killed_and_resumed(sender, written(place / name, name), process, (kind, number))
        assert held(process, name) == once(name)


@pytest.mark.parametrize(
    ("faults", "switches", "plan", "uploads"),
    [
        (["upload:reset-after@1"], {}, INSERT, 1),
        (["upload:reset-mid@1"], {}, INSERT, 2),
        (["upload:html@1"], {"echo_file_name": False}, INSERT, 1),
        (["create:reset-after@1", "upload:429@1"], {}, PLAN, 2),
        ([], {"max_upload_bytes": 500}, INSERT, 3),
    ],
    ids=["arrived", "never arrived", "answered in HTML", "created twice, then limited", "too large"],
)
def test_killed_at_every_point_with_faults(
    sender: Sender, place: Path, faults: list[str], switches: dict[str, Any], plan: pf.Plan, uploads: int
) -> None:
    source = written(place / "source", "some", plan, ROWS)
    with sandbox(*faults, **switches) as url:
        points = points_of(sender("submit", shutil.copytree(source, place / "whole"), url))
        assert url.calls()["upload"] == uploads
    assert len(points) > 15
    for kind, number in points:
        folder = shutil.copytree(source, place / f"{kind}{number}")
        with sandbox(*faults, **switches) as url:
            killed_and_resumed(sender, folder, url, (kind, number))
            assert url.holdings("accounts") == once("some"), (kind, number)


@pytest.mark.parametrize(
    ("faults", "switches"),
    [
        (["upload:reset-after@1", "upload:reset-mid@2"], {}),
        ([], {"max_upload_bytes": 400}),
    ],
    ids=["several doubts", "too large"],
)
def test_killed_at_every_point_with_several_parts_under_way(
    sender: Sender, place: Path, faults: list[str], switches: dict[str, Any]
) -> None:
    source = written(place / "source", "some", PLAN, 3 if faults else ROWS // 2)
    with sandbox(*faults, **switches) as url:
        points = points_of(sender("submit", shutil.copytree(source, place / "whole"), url, parallel=4))
    assert len(points) > 30
    for kind, number in points:
        folder = shutil.copytree(source, place / f"{kind}{number}")
        with sandbox(*faults, **switches) as url:
            # the order of things differs from run to run, so the last points may lie behind the end of this one
            killed = sender("submit", folder, url, (kind, number), 4)
            assert killed["signal"] in {0, signal.SIGKILL}
            resumed = sender("resume", folder, url, None, 3)
            assert resumed.get("error", "killed") is None, (kind, number, resumed)
            assert read_outcomes(folder).summary["imported"] == ROWS, (kind, number)
            assert url.holdings("accounts") == once("some"), (kind, number)


def test_two_processes_do_not_send_the_same_run(process: str, tmp_path: Path) -> None:
    folder = written(tmp_path / "twice", "twice")
    code = "import sys, time\nfrom pathlib import Path\nfrom preflight.submission.journal import Journal\n"
    code += "with Journal(Path(sys.argv[1]), time.time):\n    print('locked', flush=True)\n    sys.stdin.read()\n"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "locked\n"
        with pf.Client(process, "tok") as client, pytest.raises(pf.PreflightError, match="another process is at work"):
            pf.submit(folder, client=client, progress=False)
    assert held(process, "twice") == {}


@pytest.mark.parametrize("parallel", [1, 3])
def test_ctrl_c_stops_waiting_and_leaves_the_job(tmp_path: Path, parallel: int) -> None:
    folder = written(tmp_path / "run", "stopped")
    with sandbox(reads_per_state=1_000_000) as url:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "DEMANDBASE_URL": url, "DEMANDBASE_TOKEN": "tok"}
        command = [sys.executable, "-m", "preflight", "submit", str(folder), "--yes", "--parallel", str(parallel)]
        with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) as running:
            while url.calls().get("get", 0) == 0:
                assert running.poll() is None
            running.send_signal(signal.SIGINT)
            out, err = running.communicate()
        assert running.returncode == 130
        assert re.search(r"preflight resume \S+run", err)
        assert "Traceback" not in err
        assert out == ""
        assert url.calls().get("cancel", 0) == 0
