"""Assumptions are a table whose keys code can name."""

from __future__ import annotations

import re
from pathlib import Path

import preflight
from preflight.contract.assumptions import ASSUMPTIONS


def test_every_entry_says_something() -> None:
    for key, one in ASSUMPTIONS.items():
        assert re.fullmatch(r"[a-z_]+\.[a-z_]+", key)
        assert one.silent
        assert one.assumed


def test_keys_that_code_names_exist() -> None:
    package = Path(preflight.__file__).parent
    named = {
        key
        for path in package.rglob("*.py")
        for key in re.findall(r"`assumptions\.py`: ([a-z_]+\.[a-z_]+)", path.read_text(encoding="utf-8"))
    }
    assert named
    assert named <= ASSUMPTIONS.keys()
