"""What is shown while a run goes on."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import preflight as pf
from preflight.api import progress
from preflight.api.progress import Pace, shown
from preflight.contract.policy import Policy
from preflight.engines.memory import frame_source
from preflight.engines.progress import Step
from preflight.engines.run import run
from preflight.files.joined import open_sources
from preflight.files.options import ReadOptions
from preflight.files.read import open_source
from preflight.testing import Clock


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_each_pass_has_its_own_pace() -> None:
    pace = Pace(began=100.0, last=100.0)
    assert pace.told(Step(1, 2, 0, 0.0), 100.0) == "reading (1 of 2): 0%, 0 rows"
    assert pace.told(Step(1, 2, 2_000_000, 0.5), 102.0) == "reading (1 of 2): 50%, 2,000,000 rows, 1,000,000 rows/s, 2 s left"
    assert pace.told(Step(1, 2, 4_000_000, 1.0), 104.0) == "reading (1 of 2): 100%, 4,000,000 rows, 1,000,000 rows/s, 0 s left"
    assert pace.told(Step(2, 2, 400_000, 0.1), 106.0) == "judging (2 of 2): 10%, 400,000 rows, 200,000 rows/s, 18 s left"


@pytest.mark.parametrize(
    ("seconds", "share", "left"),
    [
        (10.0, 0.5, "10 s left"),
        (10.0, 0.999, "1 s left"),
        (100.0, 0.25, "5 min 00 s left"),
        (65.0, 0.5, "1 min 05 s left"),
        (3600.0, 0.25, "3 h 00 min left"),
    ],
)
def test_the_time_left_in_words(seconds: float, share: float, left: str) -> None:
    assert Pace(0.0, 0.0).told(Step(1, 1, 10, share), seconds).endswith(left)


def test_of_a_source_whose_size_is_not_known_rows_are_told() -> None:
    assert Pace(0.0, 0.0).told(Step(1, 1, 500, None), 5.0) == "judging: 500 rows, 100 rows/s"


def _walk(stream: io.StringIO, seconds: float, **how: Any) -> str:
    """What is shown of ten steps that take so many seconds together."""
    clock = Clock()
    with shown(clock=clock, stream=stream, **how) as watch:
        for at in range(1, 11):
            clock.sleep(seconds / 10)
            if watch is not None:
                watch(Step(1, 1, at * 100, at / 10))
    return stream.getvalue()


def test_what_is_done_in_a_moment_shows_nothing() -> None:
    assert _walk(Terminal(), 0.9) == ""
    assert _walk(io.StringIO(), 29.0, log=True) == ""


def test_a_bar_on_a_terminal_goes_when_all_is_done() -> None:
    said = _walk(Terminal(), 20.0)
    assert "judging: 100%, 1,000 rows, 50 rows/s, 0 s left" in said
    assert said.endswith("\x1b[2K")


def test_a_line_every_half_minute_in_a_log() -> None:
    said = _walk(io.StringIO(), 100.0, log=True)
    assert said.splitlines() == [
        "preflight: judging: 30%, 300 rows, 10 rows/s, 1 min 10 s left",
        "preflight: judging: 60%, 600 rows, 10 rows/s, 40 s left",
        "preflight: judging: 90%, 900 rows, 10 rows/s, 10 s left",
    ]


def test_a_library_writes_no_log() -> None:
    assert _walk(io.StringIO(), 100.0) == ""
    assert _walk(Terminal(), 100.0, wanted=False) == ""


def test_one_display_in_a_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []

    def display(told: dict[str, str], **_: Any) -> Any:
        said.append(f"new: {told['text/plain']}")
        return SimpleNamespace(update=lambda told, **_: said.append(told["text/plain"]))

    monkeypatch.setattr(progress, "notebook_display", lambda: display)
    stream = io.StringIO()
    assert _walk(stream, 2.0) == ""
    assert said == [
        "new: judging: 50%, 500 rows, 500 rows/s, 1 s left",
        "judging: 70%, 700 rows, 500 rows/s, 1 s left",
        "judging: 90%, 900 rows, 500 rows/s, 1 s left",
    ]


PLAN = pf.plan("accounts", operation="upsert", match_key="domain")


def _steps(source: Any, plan: Any = PLAN) -> list[Step]:
    steps: list[Step] = []
    run(plan, source, Policy(), keep=False, watch=steps.append)
    return steps


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "accounts.csv"
    path.write_text("domain,account_name\n" + "".join(f"a{row}.com,A{row}\n" for row in range(400)))
    return path


def test_a_file_is_told_by_its_bytes_in_each_pass(source: Path) -> None:
    size, block = source.stat().st_size, 1024
    steps = _steps(open_source(source, ReadOptions(block_bytes=block)))
    assert [step.number for step in steps] == sorted(step.number for step in steps)
    for number in (1, 2):
        mine = [step for step in steps if step.number == number]
        assert [step.passes for step in mine] == [2] * len(mine)
        assert len(mine) == -(-size // block)
        assert (mine[-1].rows, mine[-1].share) == (400, 1.0)
        assert [step.share for step in mine] == sorted(step.share or 0 for step in mine)


def test_parquet_and_frames_are_told_by_their_rows(source: Path, tmp_path: Path) -> None:
    import pandas as pd

    frame = pd.read_csv(source)
    frame.to_parquet(tmp_path / "accounts.parquet")
    insert = pf.plan("accounts", operation="insert")
    for opened in (open_source(tmp_path / "accounts.parquet", ReadOptions()), frame_source(frame)):
        assert [(step.rows, step.share) for step in _steps(opened, insert)][-1] == (400, 1.0)


def test_several_files_are_told_as_one(tmp_path: Path) -> None:
    for name, rows in (("large.csv", 300), ("small.csv", 100)):
        (tmp_path / name).write_text("domain\n" + "".join(f"{name[0]}{row:03}.com\n" for row in range(rows)))
    opened = open_sources([tmp_path / "large.csv", tmp_path / "small.csv"])
    large, small = ((tmp_path / name).stat().st_size for name in ("large.csv", "small.csv"))
    shares = [(step.rows, round(step.share or 0, 6)) for step in _steps(opened) if step.number == 2]
    assert shares == [(300, round(large / (large + small), 6)), (400, 1.0)]


def test_check_and_write_tell_how_far_they_are(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_LATE", 0.0)
    monkeypatch.setattr(progress, "_SMALL", 0.0)
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    PLAN.check(source)
    assert "judging (2 of 2): 100%, 400 rows" in terminal.getvalue()
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    PLAN.write(source, tmp_path / "out")
    assert "judging (2 of 2): 100%, 400 rows" in terminal.getvalue()
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    PLAN.check(source, progress=False)
    PLAN.write(source, tmp_path / "out", progress=False)
    assert terminal.getvalue() == ""
