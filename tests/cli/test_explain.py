"""preflight explain: the page of a code, and the list of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from preflight.rules.codes import CODES

Run = Callable[..., Any]


@pytest.mark.parametrize("written", ["PF502", "pf502", "match-key-duplicate"])
def test_a_page(run: Run, written: str) -> None:
    made = run("explain", written)
    assert made.code == 0
    assert made.out.startswith("# PF502 match-key-duplicate\n\n## What\n")


def test_all_codes_one_a_line(run: Run) -> None:
    made = run("explain", "--all")
    assert (made.code, [line.split()[0] for line in made.out.splitlines()]) == (0, list(CODES))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "give a code"),
        (("--format", "html"), "give a code"),
        (("PF999",), 'there is no code "PF999"'),
        (("PF999", "--format", "html"), 'there is no code "PF999"'),
        (("\x1b[31m",), "[U+001B][31m"),
        (("PF302", "--all"), "--all explains every code, and PF302 is one; leave one of them out"),
    ],
)
def test_what_has_no_page(run: Run, arguments: tuple[str, ...], said: str) -> None:
    made = run("explain", *arguments)
    assert (made.code, made.out) == (2, "")
    assert said in made.err


def test_on_a_terminal_it_is_set_for_reading(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("preflight.cli.explain.colour_wanted", lambda: True)
    monkeypatch.setenv("COLUMNS", "60")
    lines = run("explain", "PF302").out.splitlines()
    assert lines[0] == "\x1b[1mPF302 not-an-integer\x1b[0m"
    assert "    Delta Tools,deltatools.com,51-200" in lines
    assert not any("```" in line for line in lines)
    assert max(len(line) for line in lines if not line.startswith("    ")) <= 60


def test_as_html_it_is_a_file_for_a_browser(run: Run, tmp_path: Path) -> None:
    assert run("explain", "PF302", "--format", "html").out.startswith("<!DOCTYPE html>\n")
    made = run("explain", "--all", "--format", "html", "-o", str(tmp_path / "codes.html"))
    assert (made.code, made.out) == (0, "")
    text = (tmp_path / "codes.html").read_text(encoding="utf-8")
    assert [code for code in CODES if f'id="code-{code}"' not in text] == []


def test_into_a_file_it_goes_as_it_is_written(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("preflight.cli.explain.colour_wanted", lambda: True)
    assert run("explain", "PF302", "-o", str(tmp_path / "page.md")).code == 0
    assert (tmp_path / "page.md").read_text(encoding="utf-8").startswith("# PF302 not-an-integer\n\n## What\n")
