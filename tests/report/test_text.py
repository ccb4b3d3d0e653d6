"""The text report: the shape that the design promises."""

from dataclasses import replace
from typing import Any

import pytest

from preflight.findings import Content, Scope
from preflight.report import text

SAMPLE = """\
accounts.csv:3:35: error PF302 Employees: "51-200" is a band, not a whole number; give one number or leave the cell blank
accounts.csv:5:13: error PF313 Website: "sales@deltatools.com" is an e-mail address, not a domain; did you mean "deltatools.com"?

accounts.csv: 5 records = 3 good + 2 rejected (UTF-8, comma; accounts, upsert on domain; 5 of 5 columns sent)
2 errors, 0 warnings. write would rewrite 3 cells: Website 2, Employees 1 (--diff shows them)
"""


def lines(content: Content) -> list[str]:
    return "".join(text.render(content)).splitlines()


def test_the_sample_of_the_design(contents: dict[str, Content]) -> None:
    assert "".join(text.render(contents["sample"])) == SAMPLE


def test_a_clean_file_is_its_balance(contents: dict[str, Content]) -> None:
    assert lines(contents["clean"]) == [
        "clean.csv: 5 records = 5 good + 0 rejected (UTF-8, comma; accounts, upsert on domain; 5 of 5 columns sent)"
    ]


def test_a_frame_names_rows_and_labels(contents: dict[str, Content]) -> None:
    assert lines(contents["frame"]) == [
        'DataFrame: error PF202 no column feeds the required field "Account Domain"; name it with --column "CSV column=domain"',
        'row 2 (label 20): error PF302 Employees: "51-200" is a band, not a whole number',
        'row 3 (label a, 1.5): error PF302 Employees: "51-200" is a band, not a whole number',
        'row 4 (label nan): error PF302 Employees: "51-200" is a band, not a whole number',
        "",
        "DataFrame: 12 records = 0 good + 12 rejected (accounts, as insert; no match key was judged; 1 of 1 column sent)",
        "4 errors, 0 warnings. write would rewrite 1 cell: Employees 1 (--diff shows them)",
        "9 would be good if Account Domain were supplied",
    ]


def test_without_a_plan_it_says_so_and_what_to_type(contents: dict[str, Content]) -> None:
    assert lines(contents["bare"]) == [
        "my accounts.csv: warning PF006 lines end in LF (4) and in CR LF (1)",
        "",
        "my accounts.csv: 5 records = 5 good + 0 rejected (UTF-8 with BOM, semicolon; the file alone was judged, without a plan)",
        "0 errors, 1 warning.",
        "The header resembles accounts: preflight check 'my accounts.csv' --entity accounts",
    ]


def test_more_than_three_are_summed_up(contents: dict[str, Content]) -> None:
    found = [line.split(": ", 1)[1] for line in lines(contents["large"]) if "PF302" in line]
    assert found[1:] == [
        'error PF302 Employees: "51-200" is a band, not a whole number',
        'error PF302 Employees: "5000+" is a band, not a whole number',
        'error PF302 Employees: … and 297 more; 2 distinct values: "51-200" 200, "5000+" 100',
    ]


def test_four_findings_are_three_and_one_more(contents: dict[str, Content]) -> None:
    group = replace(contents["large"].groups[-1], findings=4, examples=contents["large"].groups[-1].examples * 4, distinct=0)
    assert lines(replace(contents["large"], groups=(group,)))[3].endswith(": … and 1 more")


def test_the_file_and_the_columns_come_first(contents: dict[str, Content]) -> None:
    codes = [line.split(" PF")[1][:3] for line in lines(contents["large"]) if " PF" in line]
    assert list(dict.fromkeys(codes)) == ["006", "201", "309", "313", "302", "502", "412", "410"]


def test_findings_are_not_read(contents: dict[str, Content], never: Any) -> None:
    assert lines(replace(contents["large"], findings=never, changes=never))


def test_an_option_to_paste_is_no_proposal(contents: dict[str, Content]) -> None:
    question = next(line for line in lines(contents["large"]) if "PF309" in line)
    assert question.endswith("add --dates dmy or --dates mdy")


def test_an_option_to_paste_is_told_by_the_message_alone(contents: dict[str, Content]) -> None:
    group = contents["large"].groups[2]
    message = 'the header "Webste" is close to domain; map it with --column "Webste=domain"'
    near = replace(
        group.examples[0],
        code="PF205",
        name="header-near-match",
        scope=Scope.COLUMN,
        message=message,
        suggestion='--column "Webste=domain"',
    )
    content = replace(contents["large"], groups=(replace(group, examples=(near,)),))
    assert lines(content)[0].endswith(message)


@pytest.mark.parametrize(("colour", "word"), [(False, " error "), (True, " \x1b[1;31merror\x1b[0m ")])
def test_colour_is_asked_for(contents: dict[str, Content], colour: bool, word: str) -> None:
    assert word in "".join(text.render(contents["sample"], colour=colour))
