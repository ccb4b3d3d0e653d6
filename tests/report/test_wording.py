"""The shared sentences."""

import shlex
from dataclasses import replace

import pytest

from preflight.findings import Content, PlanLine
from preflight.report import wording


@pytest.mark.parametrize(("number", "expected"), [(0, "0 records"), (1, "1 record"), (12_000, "12,000 records")])
def test_numbers_have_their_noun(number: int, expected: str) -> None:
    assert wording.counted(number, "record") == expected


@pytest.mark.parametrize(("names", "expected"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")])
def test_names_are_listed(names: list[str], expected: str) -> None:
    assert wording.in_words(names) == expected


@pytest.mark.parametrize(
    ("encoding", "delimiter", "sheet", "expected"),
    [
        ("utf-8", ",", None, "UTF-8, comma"),
        ("utf_8_sig", "\t", None, "UTF-8 with BOM, tab"),
        ("utf-16-le", "|", None, "UTF-16, pipe"),
        ("cp1252", "^", None, 'cp1252, delimiter "^"'),
        (None, None, "Q1 <b>", 'sheet "Q1 <b>"'),
        (None, None, None, ""),
    ],
)
def test_what_was_read(
    contents: dict[str, Content], encoding: str | None, delimiter: str | None, sheet: str | None, expected: str
) -> None:
    source = replace(contents["sample"].source, encoding=encoding, delimiter=delimiter, sheet=sheet)
    assert wording.read_as(replace(contents["sample"], source=source)) == expected


@pytest.mark.parametrize(
    ("operation", "key", "expected"),
    [
        ("upsert", "domain", "accounts, upsert on domain"),
        ("insert", None, "accounts, insert"),
        (None, None, "accounts, as insert; no match key was judged"),
    ],
)
def test_what_it_was_judged_as(contents: dict[str, Content], operation: str | None, key: str | None, expected: str) -> None:
    content = replace(contents["sample"], plan=PlanLine("accounts", operation, key, "00"))
    assert f"; {expected}; 5 of 5 columns sent)" in wording.balance(content)


@pytest.mark.parametrize(
    ("part", "expected"),
    [(0, "0%"), (1, "100%"), (0.25, "25.0%"), (0.0001, "<0.1%"), (0.9999, ">99.9%"), (0.001, "0.1%"), (1.5, "150%")],
)
def test_a_share_is_never_rounded_to_none_or_all(part: float, expected: str) -> None:
    assert wording.share(part) == expected


def test_a_group_without_examples_is_told_by_its_code(contents: dict[str, Content]) -> None:
    group = replace(contents["sample"].groups[0], examples=())
    assert wording.headline(group) == "not a whole number"
    assert wording.headline(replace(group, code="PF999", name="new\u202e")) == "new[U+202E]"


def test_many_columns_are_not_all_told(contents: dict[str, Content]) -> None:
    columns = tuple(replace(contents["sample"].columns[1], column=f"c{at}", changed=20 - at) for at in range(14))
    said = wording.rewritten(replace(contents["sample"], columns=columns))
    assert said.startswith("3 cells: c0 20, c1 19, ")
    assert said.endswith(", c11 9, … and 2 more columns")


def test_a_record_without_a_line_is_named(contents: dict[str, Content]) -> None:
    found = replace(next(contents["sample"].findings()), line=None, position=None)
    assert wording.place(contents["sample"], found) == "accounts.csv: record 2"
    assert wording.spot(found) == "record 2"


def test_many_distinct_values_are_not_all_told(contents: dict[str, Content]) -> None:
    group = replace(contents["sample"].groups[0], distinct=7, top_values=tuple((f"v{at}", 9 - at) for at in range(7)))
    assert wording.distinct(group) == '7 distinct values: "v0" 9, "v1" 8, "v2" 7, "v3" 6, "v4" 5, …'
    assert wording.distinct(replace(group, top_values=())) == "7 distinct values"


def test_blank_cells_are_no_distinct_values(contents: dict[str, Content]) -> None:
    group = replace(contents["sample"].groups[0], distinct=2, top_values=(("N/A", 3), ("  ", 1)))
    assert wording.distinct(group) == '2 distinct values: "N/A" 3, (blank) 1'
    assert wording.distinct(replace(group, distinct=1, top_values=(("  ", 1),))) == ""


def test_rows_that_no_answer_saves(contents: dict[str, Content]) -> None:
    content = contents["sample"]
    told = replace(content, summary=replace(content.summary, good_if_answered=0, asked=("Closed",)))
    assert wording.if_supplied(told) == "None would be good even if the question of Closed were answered"


def test_labels_of_several_levels_are_told_one_after_the_other() -> None:
    assert wording.label_text(("a", 2)) == "a, 2"
    assert wording.label_text("a") == "a"


def test_of_several_files_the_one_that_it_is_in(contents: dict[str, Content]) -> None:
    content = contents["joined"]
    assert [wording.place(content, one) for one in content.findings()] == [
        "b[U+202E][U+000A]::error::<b>|`|.csv",
        "a.csv and 2 more files",
        "a.csv:3:35",
        "b[U+202E][U+000A]::error::<b>|`|.csv:3:35",
        "c.parquet: row 4 (label 4)",
    ]
    assert [wording.spot(one) for one in content.findings()][1:] == [
        "",
        "a.csv, line 3, position 35",
        "b[U+202E][U+000A]::error::<b>|`|.csv, line 3, position 35",
        "c.parquet, row 4 (label 4)",
    ]
    assert [wording.file_of(content, one) for one in content.findings()][1:3] == ["a.csv", "a.csv"]
    assert wording.file_of(contents["sample"], None) == "accounts.csv"


def test_paths_are_typed_so_that_a_shell_reads_them(contents: dict[str, Content]) -> None:
    source = contents["joined"].source
    files = tuple(replace(source.files[0], path=path) for path in ("a b.csv", "-c.csv", "-", "it's.csv"))
    content = replace(contents["joined"], source=replace(source, files=files), plan=None, resembles="accounts")
    assert shlex.split(wording.typed_paths(content)) == ["a b.csv", "./-c.csv", "-", "it's.csv"]
    assert wording.typed_paths(content, most=1) == "'a b.csv'"
    assert wording.resemblance(content) == (
        "The header resembles accounts: preflight check 'a b.csv' ./-c.csv - 'it'\"'\"'s.csv' --together --entity accounts"
    )
    assert wording.typed_paths(contents["frame"]) == "SOURCE"
