"""Written runs, sandboxes for them, and a client that never really waits."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import pyarrow as pa
import pytest

import preflight as pf
from preflight.client.retry import Retries
from preflight.submission.journal import read_jobs
from preflight.submission.poll import Pace
from preflight.submission.progress import Update
from preflight.submission.submit import Manner, resume_run, submit_run
from preflight.testing import Clock, Sandbox, sandbox

ROWS = 8
TOKEN = "tok-5ecret-do-not-show-0123456789"
TLS = httpx.create_ssl_context()


def write_run(folder: Path, *, operation: str = "insert", max_rows: int = ROWS, names: int = ROWS) -> Path:
    """A run of eight accounts."""
    key = None if operation == "insert" else "domain"
    domains = [f"some-{number % names}.example.com" for number in range(ROWS)]
    plan = pf.plan("accounts", operation=operation, match_key=key)
    plan.write(
        pa.table({"account_name": [f"Some {number}" for number in range(ROWS)], "domain": domains}), folder, max_rows=max_rows
    )
    return folder


@dataclass
class Sent:
    """A run on its way to a sandbox."""

    folder: Path
    box: Sandbox
    token: Any = TOKEN
    clock: Clock = field(default_factory=Clock)
    told: list[str] = field(default_factory=list)
    updates: list[Update] = field(default_factory=list)
    manner: Manner = field(init=False)

    def __post_init__(self) -> None:
        self.manner = Manner(pace=Pace(self.clock, lambda: 0.5), tell=self.told.append, watch=self.updates.append)

    @contextmanager
    def client(self) -> Iterator[pf.Client]:
        retries = Retries(chance=lambda: 0.0)
        with pf.Client(self.box, self.token, clock=self.clock, retries=retries, transport=httpx.HTTPTransport(verify=TLS)) as made:
            yield made

    def submit(self, **changes: Any) -> None:
        with self.client() as client:
            submit_run(self.folder, client, replace(self.manner, **changes))

    def resume(self, **changes: Any) -> None:
        with self.client() as client:
            resume_run(self.folder, client, replace(self.manner, **changes))

    @property
    def states(self) -> list[str]:
        """The states of all attempts."""
        return [one.state.value for one in read_jobs(self.folder)]

    @property
    def held(self) -> Counter[int]:
        """How many records the sandbox holds, by how often they were imported."""
        return Counter(self.box.holdings("accounts").values())


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """Runs of one, two and four parts, each written once."""
    place = tmp_path_factory.mktemp("runs")
    several = {parts: write_run(place / str(parts), operation="upsert", max_rows=ROWS // parts) for parts in (2, 4)}
    return {1: write_run(place / "1"), **several}


@pytest.fixture
def send(runs: dict[int, Path], tmp_path: Path) -> Iterator[Callable[..., Sent]]:
    """A copy of a written run, and a sandbox for it with faults and switches."""
    with ExitStack() as stack:

        def start(*faults: str, parts: int = 1, token: Any = TOKEN, **switches: Any) -> Sent:
            box = stack.enter_context(sandbox(*faults, **switches))
            return Sent(shutil.copytree(runs[parts], tmp_path / f"run-{len(list(tmp_path.iterdir()))}"), box, token)

        yield start
