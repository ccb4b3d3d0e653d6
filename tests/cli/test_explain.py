"""preflight explain: the page of a code, and the list of them."""

from __future__ import annotations

from collections.abc import Callable
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
    ("arguments", "said"), [((), "give a code"), (("PF999",), 'there is no code "PF999"'), (("\x1b[31m",), "[U+001B][31m")]
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
