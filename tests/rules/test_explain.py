"""Every code has a page, and every page is made alike, so that its examples can be run."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from importlib.resources import files

import pytest

from preflight.contract.field import ENTITIES
from preflight.errors import UsageError
from preflight.rules.codes import CODES
from preflight.rules.explain import all_pages, page_of

# What a CSV on a page cannot show: bytes, binary files, Python objects, and what only a server says.
NOT_IN_A_CSV = {"PF001", "PF003", "PF004", "PF005", "PF006", "PF008", "PF107", "PF301", "PF901", "PF902", "PF904"}
SECTIONS = ["What", "Why", "Example", "Do this instead"]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

every_code = pytest.mark.parametrize("code", CODES)


def sections(page: str) -> dict[str, str]:
    parts = re.split(r"^## (.*)$", page, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def blocks(text: str) -> list[str]:
    return [language for language, _ in BLOCK.findall(text)]


@every_code
def test_the_title_is_the_code_and_its_name(code: str) -> None:
    assert page_of(code).splitlines()[0] == f"# {code} {CODES[code].name}"


@every_code
def test_the_four_sections_in_order_each_with_words(code: str) -> None:
    page = page_of(code)
    assert list(sections(page)) == SECTIONS
    for text in sections(page).values():
        assert text.strip()
    for name in ("What", "Why", "Do this instead"):
        assert BLOCK.sub("", sections(page)[name]).strip()


@every_code
def test_the_example_can_be_run(code: str) -> None:
    parts = sections(page_of(code))
    if code in NOT_IN_A_CSV:
        assert blocks(parts["Example"]) in (["python"], ["json"])
        return
    assert blocks(parts["Example"]) == ["toml", "csv", "text"]
    assert blocks(parts["Do this instead"]) in (["csv"], ["toml", "csv"])


@pytest.mark.parametrize("code", sorted(set(CODES) - NOT_IN_A_CSV))
def test_plans_and_tables_on_the_page_can_be_read(code: str) -> None:
    for language, body in BLOCK.findall(page_of(code)):
        if language == "toml":
            assert tomllib.loads(body)["entity"] in ENTITIES
        elif language == "csv":
            assert next(csv.reader(io.StringIO(body)))


@pytest.mark.parametrize("code", sorted(NOT_IN_A_CSV))
def test_programs_on_the_page_compile(code: str) -> None:
    for language, body in BLOCK.findall(page_of(code)):
        if language == "python":
            compile(body, f"{code}.md", "exec")


@every_code
def test_lines_fit_a_terminal_and_no_finding_is_hidden_in_them(code: str) -> None:
    for line in page_of(code).splitlines():
        assert len(line) <= 145
        assert line == line.rstrip()
        assert line.isprintable()


def test_there_is_no_page_without_a_code() -> None:
    folder = files("preflight.rules").joinpath("pages")
    assert {page.name for page in folder.iterdir()} == {f"{code}.md" for code in CODES}


def test_all_pages_come_in_the_order_of_the_table() -> None:
    assert [page.split()[1] for page in all_pages()] == list(CODES)


@pytest.mark.parametrize("written", ["PF302", "pf302", " PF302 ", "not-an-integer", "NOT-AN-INTEGER"])
def test_a_code_is_found_by_number_and_by_name(written: str) -> None:
    assert page_of(written).startswith("# PF302 not-an-integer\n")


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("PF321", "PF320 zeros-lost"),
        ("302", "PF302 not-an-integer"),
        ("PF999", "PF904 counts-disagree"),
        ("not-an-intger", "PF302 not-an-integer"),
        ("match-key-duplicat", "PF502 match-key-duplicate"),
        ("", "--all"),
        ("PF", "--all"),
        ("PF" + "9" * 5000, "PF904"),
        ("PF٣٠٢", "--all"),
        ("../codes", "--all"),
        ("no" * 100_000, "--all"),
    ],
)
def test_an_unknown_code_names_near_ones(written: str, named: str) -> None:
    with pytest.raises(UsageError) as raised:
        page_of(written)
    assert named in str(raised.value)
    assert len(str(raised.value)) < 250
