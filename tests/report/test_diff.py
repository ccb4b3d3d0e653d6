"""The diff: one changed cell a line."""

from dataclasses import replace

import pytest

from preflight.findings import Content
from preflight.report import diff


def test_each_change_is_a_line_and_the_counts_follow(contents: dict[str, Content]) -> None:
    assert "".join(diff.render(contents["sample"])) == (
        'accounts.csv:2: Website: "https://www.acme.com/" -> "acme.com"  (bare-domain)\n'
        'accounts.csv:2: Employees: "1,200" -> "1200"  (grouping)\n'
        'accounts.csv:4: Website: "WWW.Globex.com" -> "globex.com"  (bare-domain, lower-case)\n'
        "\n"
        "accounts.csv: 3 cells would be rewritten: Website 2, Employees 1\n"
    )


def test_hidden_values_are_not_called_blank(contents: dict[str, Content]) -> None:
    sample = contents["sample"]
    hidden = replace(sample, values="hide", changes=lambda: (replace(one, before=None, after=None) for one in sample.changes()))
    assert next(diff.render(hidden)) == "accounts.csv:2: Website: (hidden) -> (hidden)  (bare-domain)\n"


def test_a_frame_names_rows(contents: dict[str, Content]) -> None:
    assert next(diff.render(contents["frame"])) == 'row 0 (label 10): Employees: "1,200" -> "1200"  (grouping)\n'


def test_nothing_changed(contents: dict[str, Content]) -> None:
    assert "".join(diff.render(contents["clean"])) == "clean.csv: no cell would be rewritten\n"


def test_a_lost_value_is_said_to_be_lost(contents: dict[str, Content]) -> None:
    lost = next(line for line in diff.render(contents["large"]) if "(blank)" in line)
    assert lost.endswith('"bad" -> (blank)  (sent-as-blank, not safe: the value is lost)\n')


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("x" * 400 + "A", "x" * 400 + "a", f'"…{"x" * 30}A" (401 characters) -> "…{"x" * 30}a" (401 characters)'),
        ("y" * 300, "y" * 299, f'"…{"y" * 31}" (300 characters) -> "…{"y" * 30}" (299 characters)'),
        (None, "a", '(blank) -> "a"'),
        ("\u202e", "", '"[U+202E]" -> ""'),
    ],
)
def test_long_values_show_where_they_differ(contents: dict[str, Content], before: str, after: str, expected: str) -> None:
    change = replace(next(contents["sample"].changes()), before=before, after=after)
    assert expected in next(diff.render(replace(contents["sample"], changes=lambda: iter([change]))))
