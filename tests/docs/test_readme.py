"""The README is run: commands of its console blocks print what stands there, its Python works, its links lead somewhere."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
import yaml

from preflight.cli import main

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"^`([^`\n]+)`\s*$")


def blocks() -> Iterator[tuple[str, str | None, str]]:
    """The fenced blocks as (language, the file name in backticks right above, body)."""
    for found in BLOCK.finditer(README):
        above = README[: found.start()].rstrip().rpartition("\n")[2]
        named = NAMED.match(above)
        yield found[1], named[1] if named else None, found[2]


FILES = {name: body for _, name, body in blocks() if name is not None}


def commands() -> list[tuple[str, str]]:
    """Every `$ ` line of the console blocks with what is printed below it."""
    found: list[tuple[str, str]] = []
    for language, _, body in blocks():
        if language == "console":
            for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
                command, _, output = part.partition("\n")
                found.append((command, output))
    return found


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the CSV files of the README."""
    monkeypatch.chdir(tmp_path)
    for name, body in FILES.items():
        if name.endswith(".csv"):
            (tmp_path / name).write_text(body, encoding="utf-8")
    return tmp_path


def test_there_is_something_to_run() -> None:
    assert len(commands()) >= 2
    assert "accounts.csv" in FILES


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(("command", "output"), commands())
def test_a_command_prints_what_stands_there(command: str, output: str, capfd: pytest.CaptureFixture[str]) -> None:
    program, *arguments = shlex.split(command)
    assert program == "preflight"
    with pytest.raises(SystemExit):
        main(arguments)
    assert capfd.readouterr().out.strip() == output.strip()


def test_python_blocks_run(folder: Path) -> None:
    for language, _, body in blocks():
        if language == "python":
            told: dict[str, object] = {}
            strict = re.sub(
                r"^(\s*)plan\.validate\(df\).*$",
                r"\1import pytest\n\1with pytest.raises(pf.RejectedRows): plan.validate(df)",
                body,
                flags=re.MULTILINE,
            )
            exec(compile(strict, "README.md", "exec"), told)
            assert isinstance(told.get("df"), pd.DataFrame)
            assert (folder / "out" / "receipt.json").exists()


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".toml")])
def test_settings_are_read(name: str, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    tomllib.loads(FILES[name])
    (folder / name).write_text(FILES[name], encoding="utf-8")
    (folder / "exports").mkdir()
    (folder / "exports" / "accounts.csv").write_text(FILES["accounts.csv"].replace("Industry", "Internal note"), encoding="utf-8")
    with pytest.raises(SystemExit) as left:
        main(["check"])
    assert left.value.code == 1
    assert "upsert on domain; 3 of 4 columns sent" in capfd.readouterr().out


def test_the_steps_of_the_workflow_do_what_is_said(folder: Path) -> None:
    (folder / "preflight.toml").write_text(FILES["preflight.toml"], encoding="utf-8")
    (folder / "exports").mkdir()
    (folder / "exports" / "accounts.csv").write_text(FILES["accounts.csv"].replace("Industry", "Internal note"), encoding="utf-8")
    workflow = yaml.safe_load(FILES[".github/workflows/exports.yml"])
    steps = [step["run"] for step in workflow["jobs"]["exports"]["steps"] if "run" in step]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "GITHUB_STEP_SUMMARY": str(folder / "summary.md")}
    done = [subprocess.run(["bash", "-e", "-c", step], capture_output=True, text=True, env=environment) for step in steps[1:]]
    assert steps[0] == "pip install demandbase-preflight"
    assert [one.returncode for one in done] == [1, 0, 0]
    assert "::error file=exports/accounts.csv,line=3" in done[0].stdout
    assert "2 of 5 records would be rejected" in (folder / "summary.md").read_text()
    results = json.loads((folder / "preflight.sarif").read_text())["runs"][0]["results"]
    assert {one["ruleId"] for one in results} == {"PF302", "PF313"}
    shown = done[0].stdout + (folder / "summary.md").read_text() + json.dumps(results)
    assert "51-200" not in shown


def test_paths_that_are_named_exist() -> None:
    for path in re.findall(r"`((?:schemas|preflight|notebooks|tests)/[\w./-]*)`", README):
        assert (ROOT / path).exists(), path
