"""Settings of a repository, file by file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.contract.options import ColumnMapping, PlanOptions
from preflight.contract.settings import FileOptions, Settings, ShowOptions, covers, read_settings, settings_for
from preflight.errors import SettingsError

TEXT = """
values = "mask"
timezone = "UTC"
ignore = ["PF204"]
[severity]
PF412 = "error"
PF414 = "info"

[[files]]
glob = "exports/accounts*.csv"
entity = "accounts"
operation = "upsert"
match_key = "domain"
delimiter = ";"
encoding = "cp1252"
select = "PF3"
fail_on = "warning"
max_findings = 100
[files.columns]
"Web site" = "domain"
Secret = false
[files.severity]
PF412 = "warning"
[files.ignore_in]
Website = ["PF414"]

[[files]]
glob = ["**/people.csv", "contacts/**"]
entity = "people"
"""


def read(text: str, name: str = "preflight.toml") -> Settings:
    found = read_settings(text, name=name)
    assert found is not None
    return found


def test_the_entry_that_covers_a_file_is_laid_over_the_defaults() -> None:
    assert settings_for(read(TEXT), "exports/accounts_2026.csv") == FileOptions(
        PlanOptions(
            entity="accounts",
            operation="upsert",
            match_key="domain",
            columns=(ColumnMapping("Web site", "domain"), ColumnMapping("Secret", None)),
            answers=(("timezone", "UTC"),),
        ),
        ShowOptions(
            encoding="cp1252",
            delimiter=";",
            select=("PF3",),
            ignore=("PF204",),
            ignore_in=(("Website", ("PF414",)),),
            severities=(("PF412", "warning"), ("PF414", "info")),
            values="mask",
            fail_on="warning",
            max_findings=100,
        ),
    )


@pytest.mark.parametrize(
    ("path", "entity"),
    [
        ("exports/accounts.csv", "accounts"),
        ("./exports/accounts.csv", "accounts"),
        ("exports\\accounts.csv", "accounts"),
        ("people.csv", "people"),
        ("a/b/people.csv", "people"),
        ("contacts/x/y.csv", "people"),
        ("exports/old/accounts.csv", None),
        ("x/exports/accounts.csv", None),
    ],
)
def test_globs_choose(path: str, entity: str | None) -> None:
    found = settings_for(read(TEXT), path)
    assert (found.plan.entity if found else None) == entity


def test_the_first_entry_wins() -> None:
    text = '[[files]]\nglob = "*.csv"\nentity = "people"\n[[files]]\nglob = "a.csv"\nentity = "accounts"\n'
    found = settings_for(read(text), "a.csv")
    assert found is not None
    assert found.plan.entity == "people"


def test_without_entries_the_defaults_cover_every_file() -> None:
    found = settings_for(read('entity = "people"'), "any/where.csv")
    assert found == FileOptions(PlanOptions(entity="people"))


def test_globs_are_listed_once() -> None:
    assert read(TEXT).globs == ("exports/accounts*.csv", "**/people.csv", "contacts/**")


def test_pyproject() -> None:
    text = (
        '[project]\nname = "x"\n[tool.preflight]\nvalues = "hide"\n[[tool.preflight.files]]\nglob = "a.csv"\nentity = "accounts"\n'
    )
    found = settings_for(read(text, "sub/pyproject.toml"), "a.csv")
    assert found == FileOptions(PlanOptions(entity="accounts"), ShowOptions(values="hide"))


def test_a_table_of_ours_that_is_none() -> None:
    with pytest.raises(SettingsError, match=r"pyproject\.toml, \[tool\.preflight\] is no table"):
        read_settings("[tool]\npreflight = 5", name="pyproject.toml")


@pytest.mark.parametrize("text", ["", "[tool.ruff]\nx = 1", "tool = 5", "[project]\nname = 'x'"])
def test_a_pyproject_without_our_table_has_no_settings(text: str) -> None:
    assert read_settings(text, name="pyproject.toml") is None


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a = ", ["preflight.toml, end of the file: invalid value"]),
        ('\nvalues = "x\n', ["preflight.toml, line 2, column 12: illegal character '\\n'"]),
        ("vales = 1", ['preflight.toml: unknown key "vales"; did you mean values?']),
        ('values = "x"', ['preflight.toml: values is "x"; wanted show, mask or hide']),
        ("delimiter = ';;'", ['preflight.toml: delimiter is ";;"; wanted one character']),
        ("max_findings = true", ["preflight.toml: max_findings is True; wanted a whole number from 0 on"]),
        ('[severity]\nPF1 = "fatal"', ["preflight.toml: severity is {'PF1': 'fatal'}; wanted a table of codes such as"]),
        ("files = 3", ["preflight.toml: files is no list of tables; wanted [[files]] with a glob in each"]),
        ("[files]\nglob = 'a'", ["preflight.toml: files is no list of tables; wanted [[files]] with a glob in each"]),
        (
            "entity = 5\n[[files]]\nentty = 'a'\nfail_on = 'x'",
            [
                'preflight.toml: entity is "5"; wanted text',
                "preflight.toml, [[files]] 1: it has no glob",
                'preflight.toml, [[files]] 1: unknown key "entty"; did you mean entity?',
                'preflight.toml, [[files]] 1: fail_on is "x"; wanted error, warning or never',
            ],
        ),
        ("ignore_in = 5", ["preflight.toml: ignore_in is 5; wanted a table of columns"]),
        ("[ignore_in]\nWebsite = 5", ["preflight.toml: ignore_in is {'Website': 5}; wanted a table of columns"]),
    ],
)
def test_every_fault_in_a_line(text: str, lines: list[str]) -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings(text)
    found = str(caught.value).split("\n")
    assert len(found) == len(lines)
    assert all(one.startswith(line) for one, line in zip(found, lines, strict=True))


@pytest.mark.parametrize(
    ("glob", "path", "covered"),
    [
        ("*.csv", "a.csv", True),
        ("*.csv", "x/a.csv", False),
        ("**/*.csv", "a.csv", True),
        ("**/*.csv", "x/y/a.csv", True),
        ("x/**", "x/y/z", True),
        ("a?.csv", "ab.csv", True),
        ("a?.csv", "a/.csv", False),
        ("a[0-9].csv", "a5.csv", True),
        ("a[!0-9].csv", "a5.csv", False),
        ("a[z-a].csv", "a[z-a].csv", True),
        ("a+(b).csv", "a+(b).csv", True),
        ("A.csv", "a.csv", False),
    ],
)
def test_covers(glob: str, path: str, covered: bool) -> None:
    assert covers(glob, path) is covered


@given(st.text(alphabet="a*?[]!-/.\\^", max_size=12), st.text(alphabet="a/.", max_size=6))
def test_any_glob_can_be_asked(glob: str, path: str) -> None:
    assert covers(glob, path) in (True, False)
