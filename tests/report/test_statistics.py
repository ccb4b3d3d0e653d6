"""The statistics: one line for each code."""

from dataclasses import replace
from typing import Any

from preflight.findings import Content
from preflight.report import statistics


def test_codes_are_counted_and_aligned(contents: dict[str, Content], never: Any) -> None:
    text = "".join(statistics.render(replace(contents["large"], findings=never, changes=never)))
    assert text.splitlines()[:8] == [
        "300\tPF302\t[ ] not-an-integer",
        " 42\tPF313\t[-] not-a-domain",
        " 12\tPF502\t[ ] match-key-duplicate",
        "  3\tPF412\t[ ] mojibake",
        "  1\tPF006\t[ ] mixed-line-ends",
        "  1\tPF201\t[ ] unmapped-column",
        "  1\tPF309\t[ ] ambiguous-date",
        "  1\tPF410\t[ ] formula-start",
    ]
    assert text.endswith("\n[*] 11 findings fixable with --fix\n")


def test_one_code_of_two_columns_is_one_line(contents: dict[str, Content]) -> None:
    group = contents["sample"].groups[0]
    content = replace(contents["sample"], groups=(group, replace(group, column="Revenue")))
    assert next(statistics.render(content)) == "2\tPF302\t[ ] not-an-integer\n"


def test_all_fixable_has_a_star(contents: dict[str, Content]) -> None:
    assert "1\tPF313\t[*] not-a-domain" in "".join(statistics.render(contents["sample"]))


def test_a_clean_file_is_its_balance(contents: dict[str, Content]) -> None:
    assert "".join(statistics.render(contents["clean"])).startswith("clean.csv: 5 records = 5 good")
