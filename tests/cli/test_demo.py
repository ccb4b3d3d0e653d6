"""preflight demo: the whole loop on a fresh machine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.mark.slow
def test_the_whole_loop_twice(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEMANDBASE_TOKEN", raising=False)
    for _ in range(2):
        ran = run("demo")
        assert ran.code == 0
        assert "accounts.csv: 10 records = 5 good + 5 rejected" in ran.out
        assert "accounts.csv: 10 rows = 4 imported + 1 rejected there + 5 rejected here" in ran.out
        assert "accounts.csv:2: error PF901 Annual Revenue:" in ran.out
    assert Path("preflight-demo/out/rejected.csv").exists()
