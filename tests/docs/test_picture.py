"""The picture of the README is what a terminal shows today."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def drawing() -> Any:
    spec = importlib.util.spec_from_file_location("picture", HERE / "picture.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_picture_is_what_the_command_prints_now(drawing: Any) -> None:
    stored = (HERE / "first-check.svg").read_text(encoding="utf-8")
    assert stored == drawing.picture(), "draw it again: python tests/docs/picture.py"


def test_the_picture_is_shown(drawing: Any) -> None:
    assert f"]({drawing.PICTURE.relative_to(drawing.ROOT).as_posix()})" in (drawing.ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("line", "runs"),
    [
        ("plain", [("", "plain")]),
        ("a \x1b[1;31merror\x1b[0m b", [("", "a "), ("error", "error"), ("", " b")]),
        ("\x1b[33mwarning\x1b[0m", [("warning", "warning")]),
    ],
)
def test_colours_become_styles(drawing: Any, line: str, runs: list[tuple[str, str]]) -> None:
    assert drawing.styled(line) == runs


def test_long_lines_are_cut_between_words(drawing: Any) -> None:
    rows = list(drawing.wrapped([("", "word " * 30), ("error", "end")]))
    assert ["".join(text for _, text in row) for row in rows] == [("word " * 20).rstrip(), "word " * 10 + "end"]
    assert rows[1][-1] == ("error", "end")


def test_signs_of_markup_are_escaped(drawing: Any) -> None:
    picture = drawing.drawn([[("error", '<script>&"')]], "a & b")
    assert ElementTree.fromstring(picture).find("{*}text[@x='22']/{*}tspan").text == '<script>&"'
