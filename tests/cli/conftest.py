"""The command line as a function, in a folder of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from preflight.cli import main

UPSERT = ("--entity", "accounts", "--operation", "upsert", "--match-key", "domain")

ACCOUNTS = """\
Company,Website,Account Owner,Employees,Industry
Acme Corp,https://www.acme.com/about,kim@acme.example,250,Software
Beta Ltd,beta.io,lee@acme.example,51-200,Retail
Gamma SA,GAMMA.fr,kim@acme.example,"1,200",Energy
Delta Tools,sales@deltatools.com,lee@acme.example,80,Manufacturing
Epsilon,epsilon.co.uk,kim@acme.example,12,Food
"""


@dataclass(frozen=True)
class Ran:
    """What a command left."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run a command in the test's own folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NO_COLOR", raising=False)

    def ran(*arguments: str) -> Ran:
        capfd.readouterr()
        with pytest.raises(SystemExit) as left:
            main(list(arguments))
        said = capfd.readouterr()
        assert "Traceback" not in said.err
        assert "internal error" not in said.err
        return Ran(int(left.value.code or 0), said.out, said.err)

    return ran


@pytest.fixture
def upsert() -> tuple[str, ...]:
    """The options of the plan that most tests use."""
    return UPSERT


@pytest.fixture
def accounts(tmp_path: Path) -> Path:
    """Five accounts, of which two are faulty."""
    path = tmp_path / "accounts.csv"
    path.write_text(ACCOUNTS, encoding="utf-8")
    return path
