"""The command line as a whole: what it loads, and how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

import preflight.cli.explain as explain
from preflight import __version__
from preflight.cli import main

Run = Callable[..., Any]
HEAVY = ("pandas", "pandera", "pyarrow", "numpy", "httpx", "pyspark", "rich")
LIGHT = [
    ("--version",),
    ("--help",),
    ("check", "--help"),
    ("write", "--help"),
    ("map", "--help"),
    ("schema", "--help"),
    ("explain", "--help"),
    ("explain", "PF302"),
    ("chekc",),
    ("check", "--nonsense"),
    ("check",),
    ("check", "a.csv", "--entity", "firms"),
    ("check", "a.csv", "--entity", "accounts", "--operation", "merge"),
    ("check", "a.csv", "--entity", "accounts", "--match-key", "domane"),
    ("check", "a.csv", "--entity", "accounts", "--select", "PF999"),
    ("check", "a.csv", "--plan", "gone.toml"),
    ("check", "a.csv", "--engine", "fast"),
    ("write", "a.csv", "--entity", "accounts"),
    ("schema",),
]
_TELL = """
import sys
from preflight.cli import main
try:
    main(sys.argv[1:])
finally:
    print("loaded", *[name for name in %r if name in sys.modules], file=sys.__stderr__)
"""


def started(*arguments: str, cwd: Path | None = None, **options: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "preflight", *arguments],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(explain.__file__).parents[2])},
        **options,
    )


@pytest.mark.slow
@pytest.mark.parametrize("arguments", LIGHT)
def test_help_and_faults_of_options_load_nothing_heavy(arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _TELL % (HEAVY,), *arguments], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stderr.splitlines()[-1] == "loaded"
    assert done.returncode == (0 if {"--version", "--help", "PF302"} & set(arguments) else 2)


@pytest.mark.slow
def test_settings_that_cannot_be_used_load_nothing_heavy(tmp_path: Path) -> None:
    (tmp_path / "preflight.toml").write_text("entity = ")
    done = subprocess.run(
        [sys.executable, "-c", _TELL % (HEAVY,), "check", "a.csv"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr.splitlines()[-1]) == (2, "loaded")


def test_version_and_help(run: Run) -> None:
    assert run("--version").out == f"preflight, version {__version__}\n"
    assert "Commands:" in run("--help").out
    for name in ("check", "write", "map", "schema", "explain"):
        made = run(name, "-h")
        assert (made.code, made.err) == (0, "")
        assert made.out.startswith(f"Usage: preflight {name}")


def test_an_unknown_command(run: Run) -> None:
    made = run("chekc")
    assert made.code == 2
    assert "chekc" in made.err


def failing(error: BaseException) -> Callable[[str], str]:
    def fail(code: str) -> str:
        cell = "secret@cell.example"
        raise error from ValueError(cell)

    return fail


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (RuntimeError("secret@cell.example"), 2, "preflight: an internal error, RuntimeError in "),
        (KeyError("secret@cell.example"), 2, "preflight: an internal error, KeyError in "),
        (MemoryError(), 2, "preflight: there is not enough memory"),
        (OSError(28, "No space left on device", "out/part-0001.csv"), 2, "preflight: out/part-0001.csv: No space left on device"),
        (KeyboardInterrupt(), 130, "preflight: interrupted"),
        (click.Abort(), 130, "preflight: interrupted"),
    ],
)
def test_what_nobody_expected_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], error: BaseException, code: int, said: str
) -> None:
    monkeypatch.setattr(explain, "page_of", failing(error))
    with pytest.raises(SystemExit) as left:
        main(["explain", "PF302"])
    err = capfd.readouterr().err.strip()
    assert left.value.code == code
    assert err.startswith(said)
    assert len(err.splitlines()) == 1
    assert "secret" not in err


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_interrupted_while_it_reads(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with started("check", "pipe.csv", cwd=tmp_path) as process:
        time.sleep(1.5)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert (process.returncode, err.strip()) == (130, "preflight: interrupted")


@pytest.mark.slow
@pytest.mark.parametrize("form", ["text", "json", "jsonl"])
def test_a_closed_pipe_is_quiet_and_keeps_the_verdict(tmp_path: Path, form: str) -> None:
    (tmp_path / "bad.csv").write_text("Company,Website\n" + "Acme,nothing\n" * 20_000)
    with started("check", "bad.csv", "--entity", "accounts", "--format", form, cwd=tmp_path) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        err = process.stderr.read()
    assert (process.returncode, err) == (1, "")


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_disk_behind_standard_output(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "preflight", "check", "a.csv"],
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr == "preflight: standard output cannot be written (No space left on device); give a file with -o\n"


@pytest.mark.slow
def test_two_processes_write_to_one_folder(tmp_path: Path) -> None:
    rows = "".join(f"Firm {row},f{row}.com\n" for row in range(100_000))
    (tmp_path / "a.csv").write_text("Company,Website\n" + rows)
    plan = ("--entity", "accounts", "--max-rows", "25000", "-o", "out")
    processes = [started("write", "a.csv", *plan, cwd=tmp_path) for _ in range(3)]
    said = [(process.communicate(timeout=60)[1], process.returncode) for process in processes]
    assert sorted({code for _, code in said}) in ([0], [0, 2])
    assert all(code == 0 or "another process is writing to out" in err for err, code in said)
    parts = ["part-0001.csv", "part-0002.csv", "part-0003.csv", "part-0004.csv", "receipt.json", "rows.parquet"]
    assert sorted(one.name for one in (tmp_path / "out").iterdir()) == parts
    written = "".join((tmp_path / "out" / name).read_text().partition("\n")[2] for name in parts[:4])
    assert written == rows


@pytest.mark.slow
def test_killed_in_the_middle_it_leaves_no_half_written_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Company,Website\n" + "".join(f"Firm {row},f{row}.com\n" for row in range(1_000_000)))
    plan = ("write", "a.csv", "--entity", "accounts", "--max-rows", "10000", "-o", "out")
    with started(*plan, cwd=tmp_path) as process:
        until = time.monotonic() + 20
        while not list((tmp_path / "out").glob("part-*.writing")) and time.monotonic() < until:
            time.sleep(0.02)
        process.kill()
    left = [one.name for one in (tmp_path / "out").iterdir()]
    assert left
    assert all(name.endswith(".writing") or name == ".lock" for name in left)
    (tmp_path / "a.csv").write_text("Company,Website\nAcme,acme.com\n")
    with started(*plan, cwd=tmp_path) as again:
        again.communicate(timeout=30)
    assert again.returncode == 0
    assert sorted(one.name for one in (tmp_path / "out").iterdir()) == ["part-0001.csv", "receipt.json", "rows.parquet"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [("chek", "did you mean check?"), ("outcome", "did you mean outcomes?"), ("qqq", "preflight --help lists them")],
)
def test_a_misspelt_command(run: Run, typed: str, said: str) -> None:
    ran = run(typed, "a.csv")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f'preflight: there is no command "{typed}"; {said}\n'


def test_help_has_its_options_in_sections(run: Run) -> None:
    lines = run("write", "--help").out.splitlines()
    assert [line for line in lines if line and not line.startswith(" ")] == [
        "Usage: preflight write [OPTIONS] SOURCE...",
        "Options:",
        "Plan (what is sent, and how it is judged):",
        "Reading the source:",
        "Findings:",
        "Parts (the files for the API):",
    ]
