"""preflight sandbox, as a process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import preflight as pf
from preflight.errors import UsageError
from preflight.sandbox.faults import Fault, Naming, RowNumbers, Switches

Run = Callable[..., Any]
ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_it_serves_until_ctrl_c() -> None:
    command = [sys.executable, "-m", "preflight", "sandbox", "--port", "0", "--row-numbers", "line", "--fault", "create:400@2"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as running:
        assert running.stdout is not None
        url = running.stdout.readline().strip()
        with pf.Client(url) as client:
            assert client.create_job("people", "insert").status == "pending"
            with pytest.raises(pf.PreflightError, match="told to answer 400"):
                client.create_job("people", "insert")
        running.send_signal(signal.SIGINT)
        _, err = running.communicate()
    assert running.returncode == 0
    assert f"export DEMANDBASE_URL={url} DEMANDBASE_TOKEN=" in err


def test_every_option_reaches_a_switch(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Switches] = []

    def serve(switches: Switches, *, port: int) -> Any:
        seen.append(switches)
        raise KeyboardInterrupt

    monkeypatch.setattr("preflight.sandbox.start.serve", serve)
    options = "--row-numbers record0 --naming column --page-cap 3 --max-upload-bytes 99 --reads-per-state 2 --seconds-per-state 0.5"
    options += " --slow-seconds 0.1 --retry-after 7 --redirect-to http://127.0.0.1:1 --shuffle-errors --repeat-errors --no-counts"
    options += " --no-echo-file-name --fault upload:500@1 --fault get:html"
    assert run("sandbox", *options.split()).code == 130
    assert seen == [
        Switches(
            row_numbers=RowNumbers.RECORD0,
            naming=Naming.COLUMN,
            page_cap=3,
            max_upload_bytes=99,
            echo_file_name=False,
            counts=False,
            reads_per_state=2,
            seconds_per_state=0.5,
            shuffle_errors=True,
            repeat_errors=True,
            slow_seconds=0.1,
            retry_after=7.0,
            redirect_to="http://127.0.0.1:1",
            faults=(Fault("upload", "500", 1), Fault("get", "html")),
        )
    ]


@pytest.mark.parametrize("fault", ["upload", "upload:odd", "eat:500", "upload:500@0"])
def test_a_fault_that_is_none(run: Run, fault: str) -> None:
    ran = run("sandbox", "--fault", fault)
    assert ran.code == 2
    assert "the fault" in ran.err


@pytest.mark.parametrize("switches", [{"row_numbers": "odd"}, {"naming": "odd"}, {"no_such": 1}])
def test_a_switch_that_is_none(switches: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="no such switch"), pf.sandbox(**switches):
        pass


@pytest.mark.parametrize("first", ["import preflight.sandbox.faults", "import preflight as pf; pf.sandbox"])
def test_the_name_is_package_and_function_whichever_came_first(first: str) -> None:
    code = f"{first}\nimport preflight, preflight.sandbox.server\nwith preflight.sandbox() as url:\n    print(url[:17])\n"
    code += "print(preflight.sandbox.server.__name__)"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    out = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True).stdout
    assert out == "http://127.0.0.1:\npreflight.sandbox.server\n"


def test_in_python() -> None:
    with pf.sandbox(row_numbers="line") as url, pf.Client(url) as client:
        assert client.list_jobs() == []
