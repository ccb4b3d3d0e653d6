"""Every page of a code is run: its example gives the code, and what it says to do instead does not."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

import preflight as pf
from preflight.api.policy import Choices, policy_of
from preflight.engines.content import content_of
from preflight.engines.run import run
from preflight.files.options import ReadOptions
from preflight.files.read import open_source
from preflight.report.text import render
from preflight.rules.codes import CODES
from preflight.rules.explain import page_of

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SELECTED = {"PF410": "PF410"}
"""Codes that are off by default."""


def examples(code: str) -> list[tuple[str, str | None, str]]:
    """The blocks of a page as (language, the table above it, body); a plan holds until the next one."""
    found: list[tuple[str, str | None, str]] = []
    plan: str | None = None
    for language, body in BLOCK.findall(page_of(code)):
        if language == "toml":
            plan = body
        else:
            found.append((language, plan, body))
    return found


def codes_of(plan: str | None, table: str, folder: Path, select: str | None) -> set[str]:
    """The codes that a plan and a CSV give."""
    stated: dict[str, Any] = tomllib.loads(plan or "")
    entity = stated.pop("entity")
    path = folder / "example.csv"
    path.write_text(table, encoding="utf-8")
    options = {} if select is None else {"select": select}
    try:
        return set(pf.plan(entity, **stated).check(path, **options).findings["code"])
    except pf.UnreadableInput as error:
        return {error.code}


WITH_TABLES = [code for code in CODES if any(language == "csv" for language, _, _ in examples(code))]
WITH_PROGRAMS = [code for code in CODES if any(language == "python" for language, _, _ in examples(code))]


def test_every_code_is_shown_by_a_table_a_program_or_the_words_of_a_server() -> None:
    assert set(CODES) - set(WITH_TABLES) - set(WITH_PROGRAMS) == {"PF901", "PF902", "PF904"}


@pytest.mark.parametrize("code", WITH_TABLES)
def test_the_example_gives_the_code_and_the_better_one_does_not(code: str, tmp_path: Path) -> None:
    tables = [(plan, body) for language, plan, body in examples(code) if language == "csv"]
    assert len(tables) == 2
    (first_plan, first), (second_plan, second) = tables
    assert code in codes_of(first_plan, first, tmp_path, SELECTED.get(code))
    assert code not in codes_of(second_plan, second, tmp_path, SELECTED.get(code))


@pytest.mark.parametrize("code", [code for code in WITH_TABLES if code not in SELECTED])
def test_the_better_one_has_no_error_at_all(code: str, tmp_path: Path) -> None:
    plan, table = [(plan, body) for language, plan, body in examples(code) if language == "csv"][-1]
    errors = {one for one in codes_of(plan, table, tmp_path, None) if CODES[one].severity.value == "error"}
    assert errors == set()


@pytest.mark.parametrize("code", WITH_PROGRAMS)
def test_programs_on_the_page_run(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for language, _, body in examples(code):
        if language == "python":
            exec(compile(body, f"{code}.md", "exec"), {})


def said_of(code: str, plan: str | None, folder: Path, table: str) -> list[str]:
    """What the command line says of a table, as far as it is about the code."""
    stated: dict[str, Any] = tomllib.loads(plan or "")
    made = pf.plan(stated.pop("entity"), **stated)
    (folder / "example.csv").write_text(table, encoding="utf-8")
    try:
        source = open_source("example.csv", ReadOptions())
        content = content_of(run(made, source, policy_of(Choices(select=SELECTED.get(code, ()))), keep=True), "0")
    except pf.UnreadableInput as error:
        return [f"preflight: {error}"]
    return [line for line in "".join(render(content)).splitlines() if f" {code}" in line]


@pytest.mark.parametrize("code", WITH_TABLES)
def test_the_page_shows_what_is_said_of_the_example(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = [(language, plan, body) for language, plan, body in examples(code) if language in ("csv", "text")]
    assert [language for language, _, _ in blocks] == ["csv", "text", "csv"]
    (_, plan, table), (_, _, said), _ = blocks
    assert said.replace("\n  ", " ").splitlines() == said_of(code, plan, tmp_path, table)  # long lines go on below, set in
