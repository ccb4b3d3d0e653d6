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
