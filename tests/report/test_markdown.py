"""Markdown: a table that no cell can break."""

from dataclasses import replace
from typing import Any

from preflight.findings import Content
from preflight.report import markdown


def test_one_line_for_each_code_and_column(contents: dict[str, Content], never: Any) -> None:
    text = "".join(markdown.render(replace(contents["large"], findings=never, changes=never)))
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert len(rows) == 1 + len(contents["large"].groups)
    assert {line.count("|") for line in rows} == {9}
    assert "<" not in text
    assert "`" not in text


def test_the_row_of_a_large_group(contents: dict[str, Content]) -> None:
    group = next(group for group in contents["large"].groups if group.code == "PF302")
    source = replace(contents["large"].source, path="a.csv")
    text = "".join(markdown.render(replace(contents["large"], source=source, groups=(group,))))
    assert (
        '| error | PF302 not-an-integer | Employees | 300 | 2.5% | "51-200" is a band, not a whole number | a.csv&#58;22&#58;35 '
        '| 2 distinct values: "51-200" 200, "5000+" 100 |\n'
    ) in text


def test_the_cap_is_printed(contents: dict[str, Content]) -> None:
    groups = tuple(replace(contents["sample"].groups[0], column=f"c{at}") for at in range(1_200))
    text = "".join(markdown.render(replace(contents["sample"], groups=groups)))
    assert "100 of 1,200 groups are shown." in text
    assert text.count("\n| error") == 100


def test_a_clean_file_has_no_table(contents: dict[str, Content]) -> None:
    assert "".join(markdown.render(contents["clean"])) == (
        "### clean.csv: No record would be rejected\n\n"
        "5 records = 5 good + 0 rejected (UTF-8, comma; accounts, upsert on domain; 5 of 5 columns sent)\n\n"
    )
