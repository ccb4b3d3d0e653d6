"""The bench runs, and what preflight finds is what was planted. No timing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

_HERE = Path(__file__).parent


def _run(*command: str | Path, ends: tuple[int, ...] = (0,)) -> str:
    done = subprocess.run(
        [sys.executable, *map(str, command)], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    assert done.returncode in ends, done.stderr
    return done.stdout


def test_prints_a_table_of_ratios_and_finds_exactly_what_was_planted(tmp_path: Path) -> None:
    bench = [_HERE / "bench.py", "--rows", "2000", "--runs", "1", "--folder", tmp_path, "--json", tmp_path / "figures.json"]
    printed = _run(*bench, "--only", "preflight-stream", "preflight-memory")
    assert "### faulty: 2,000 rows x 12 columns" in printed
    assert "| floor |" in printed
    figures = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    lines = {line["name"]: line for line in figures["tables"][0]["lines"]}
    assert set(lines) == {"floor", "preflight-stream", "preflight-memory"}
    for name in ("preflight-stream", "preflight-memory"):
        assert lines[name]["remark"] == ""
        assert not any(lines[name]["truth"].values()), lines[name]["truth"]


@pytest.mark.parametrize("shape", ["all-faulty", "wide"])
def test_check_finds_each_planted_cell_under_its_code(tmp_path: Path, shape: str) -> None:
    table = ["--shape", shape, "--rows", "500"]
    _run(_HERE / "data.py", tmp_path, *table)
    plan = ["--entity", "accounts", "--operation", "upsert", "--match-key", "domain", "--fields", tmp_path / "fields.json"]
    show = ["--format", "jsonl", "-o", tmp_path / "findings.jsonl"]
    _run("-m", "preflight", "check", tmp_path / "source.csv", *plan, "--rules", tmp_path / "rules.toml", *show, ends=(0, 1))
    compare = [_HERE / "truth.py", tmp_path, tmp_path, *table, "--kind", "json"]
    assert not any(json.loads(_run(*compare)).values())
    lines = (tmp_path / "findings.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    errors = [line for line in lines if '"scope": "cell"' in line or '"scope":"cell"' in line]
    lines.remove(errors[0])
    (tmp_path / "findings.jsonl").write_text("".join(lines), encoding="utf-8")
    assert json.loads(_run(*compare))["missed"] == 1
