"""preflight schema: the pandera schema, in each format."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
PLAN = ("--entity", "accounts", "--operation", "upsert", "--match-key", "domain")


def test_json_is_the_default(run: Run, tmp_path: Path) -> None:
    made = run("schema", *PLAN)
    assert made.code == 0
    assert "domain" in json.loads(made.out)["columns"]
    assert run("schema", *PLAN, "--format", "json", "-o", "schema.json").out == ""
    assert (tmp_path / "schema.json").read_text() == made.out


@pytest.mark.slow
@pytest.mark.parametrize(
    ("form", "load"),
    [
        ("json", "import preflight, pandera.pandas as pa; SCHEMA = pa.DataFrameSchema.from_json(open('s').read())"),
        ("yaml", "import preflight, pandera.pandas as pa; SCHEMA = pa.DataFrameSchema.from_yaml(open('s').read())"),
        ("python", "exec(open('s').read())"),
    ],
)
def test_what_is_exported_loads_in_a_fresh_process(run: Run, tmp_path: Path, form: str, load: str) -> None:
    assert run("schema", *PLAN, "--format", form, "-o", "s").code == 0
    code = f"{load}\nprint('domain' in SCHEMA.columns)"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "True\n"), done.stderr


def test_from_a_plan_file_and_from_settings(run: Run, tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_text('entity = "people"\n')
    assert "person_id" in json.loads(run("schema", "--plan", "plan.toml").out)["columns"]
    (tmp_path / "preflight.toml").write_text('entity = "activities"\n')
    assert "activity_type" in json.loads(run("schema").out)["columns"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [((), "no entity is stated"), (("--entity", "firms"), "wanted accounts"), ((*PLAN, "--format", "xml"), "--format")],
)
def test_what_has_no_schema(run: Run, arguments: tuple[str, ...], said: str) -> None:
    made = run("schema", *arguments)
    assert (made.code, made.out) == (2, "")
    assert said in made.err
