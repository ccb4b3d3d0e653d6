"""Annotations: few, and nothing but annotations."""

import re
from dataclasses import replace
from typing import Any

from preflight.findings import Content, Severity
from preflight.report import github


def test_every_line_is_one_command(content: Content, never: Any) -> None:
    lines = "".join(github.render(replace(content, findings=never, changes=never))).split("\n")
    assert lines.pop() == ""
    command = re.compile(r"::(error|warning|notice) (\w+=[^:,]*)(,\w+=[^:,]*)*::.+")
    assert all(command.fullmatch(line) for line in lines)
    assert [line.startswith("::notice ") for line in lines] == [False] * (len(lines) - 1) + [True]


def test_an_annotation_names_its_cell(contents: dict[str, Content]) -> None:
    assert next(github.render(contents["sample"])) == (
        '::error file=accounts.csv,line=3,col=35,title=PF302 not-an-integer::Employees: "51-200" is a band, not a whole number; '
        "give one number or leave the cell blank (1 row)\n"
    )


def test_a_row_has_a_line_and_no_character(contents: dict[str, Content]) -> None:
    group = contents["sample"].groups[0]
    row = replace(group, examples=(replace(group.examples[0], position=None),))
    assert next(github.render(replace(contents["sample"], groups=(row,)))).startswith("::error file=accounts.csv,line=3,title=")


def test_standard_input_has_no_file(contents: dict[str, Content]) -> None:
    source = replace(contents["sample"].source, path="-")
    assert next(github.render(replace(contents["sample"], source=source))).startswith("::error title=PF302 not-an-integer::")


def test_ten_of_a_kind_and_the_rest_is_counted(contents: dict[str, Content]) -> None:
    error = contents["sample"].groups[0]
    groups = [replace(error, column=f"c{at}", rows=at) for at in range(25)]
    groups += [replace(error, column=f"c{at}", severity=Severity.WARNING) for at in range(3)]
    lines = list(github.render(replace(contents["sample"], groups=tuple(groups))))
    assert [line.split(" ")[0] for line in lines] == ["::error"] * 10 + ["::warning"] * 3 + ["::notice"]
    assert "::c24: " in lines[0]
    assert lines[-1].endswith("; 15 more groups without an annotation\n")


def test_several_share_the_ten(contents: dict[str, Content]) -> None:
    groups = tuple(replace(contents["sample"].groups[0], column=f"c{at}") for at in range(7))
    lines = list(github.several([replace(contents["sample"], groups=groups)] * 3))
    assert len(lines) == 11
    assert lines[-1].count("5 records") == 3
    assert "11 more groups" in lines[-1]
