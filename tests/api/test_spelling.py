"""Advice as Python writes it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import preflight as pf
from preflight.api.spelling import finding_in_python, in_python, speaks_python
from preflight.errors import PlanError, UsageError
from preflight.findings import Finding, Scope, Severity

SPELT = [
    ("state --dates mdy or --dates dmy", 'state dates="mdy" or dates="dmy"'),
    ("state --time-in-date written, or --time-in-date zone", 'state time_in_date="written", or time_in_date="zone"'),
    ("or --time-in-date zone --timezone UTC to take", 'or time_in_date="zone" timezone="UTC" to take'),
    ("such as --timezone America/New_York or --timezone UTC", 'such as timezone="America/New_York" or timezone="UTC"'),
    ("with --locale en_US, or write", 'with locale="en_US", or write'),
    ("which with --locale, or write", "which with locale=, or write"),
    ("state it with --percent 0-100 or --percent 0-1", 'state it with percent="0-100" or percent="0-1"'),
    ('name a column with --column "X=domain"', 'name a column with columns={"X": "domain"}'),
    ('leave it out with --column "X="', 'leave it out with columns={"X": None}'),
    ("""map it with --column 'my "X"=domain'""", r'map it with columns={"my \"X\"": "domain"}'),
    (r"""map it with --column 'it'\''s=domain'""", """map it with columns={"it's": "domain"}"""),
    ("one value with --set owner=VALUE", 'one value with set={"owner": "VALUE"}'),
    ("a value for every row (--set), but", "a value for every row (set=), but"),
    ("give --delimiter '^', else --delimiter , for one column", 'give delimiter="^", else delimiter="," for one column'),
    ("say which with --delimiter", "say which with delimiter="),
    ("leave --encoding out", "leave encoding= out"),
    ("such as --encoding cp1252 for", 'such as encoding="cp1252" for'),
    ("none is sent, --duplicates first would send 1", 'none is sent, duplicates="first" would send 1'),
    ("or leave them out with --unmapped drop", 'or leave them out with unmapped="drop"'),
    ("give more with --max-bytes", "give more with max_bytes="),
    ("state serials = 1900 (or 1904) in the plan file", "state serials=1900 (or 1904) in preflight.plan"),
    ("Nothing is sent; --again sends them once more", "Nothing is sent; again=True sends them once more"),
    ("go on with: preflight resume out", 'go on with: preflight.resume("out")'),
    ("add rows: preflight merge out FIXED; for", 'add rows: preflight.merge("out", fixed); for'),
    ("write one with: preflight write SOURCE -o out", 'write one with: plan.write(source, "out")'),
    ("for a new run give another folder with -o", "for a new run give another folder"),
    ("All codes: preflight explain --all", "All codes: preflight explain --all"),
    ('the header "--dates mdy" is close', 'the header "--dates mdy" is close'),
]


@pytest.mark.parametrize(("said", "wanted"), SPELT)
def test_advice_in_python(said: str, wanted: str) -> None:
    assert in_python(said) == wanted


@pytest.mark.parametrize("said", [said for said, _ in SPELT])
def test_advice_in_python_is_left_as_it_is(said: str) -> None:
    assert in_python(in_python(said)) == in_python(said)


@given(st.text("-datesmy 1\"'", min_size=1))
def test_a_cell_is_never_rewritten(value: str) -> None:
    found = Finding(
        "PF301", "x", Severity.ERROR, Scope.CELL, f'"{value}" is odd; --dates mdy', source_row=0, value=value, suggestion="--set"
    )
    assert finding_in_python(found).message == f'"{value}" is odd; dates="mdy"'
    assert finding_in_python(found).suggestion == "--set"  # a value, not an option


def test_every_fault_of_a_plan_is_in_python() -> None:
    @speaks_python
    def fail() -> None:
        raise PlanError(["give --fields", "give --rules"])

    with pytest.raises(PlanError) as raised:
        fail()
    assert raised.value.faults == ("give fields=", "give rules=")
    assert str(raised.value) == "give fields=\ngive rules="


PLAN = pf.plan("accounts", operation="upsert", match_key="domain")
FRAME = pd.DataFrame({"Company": ["A", "B", "C"], "Website": ["a.com", "A.com", "c.com"], "Remark": "x"}, index=[10, 20, 30])


def test_a_report_speaks_python_wherever_it_is_shown() -> None:
    report = PLAN.check(FRAME)
    said = '"a.com" is also the match key of row 1 (label 20); none of the 2 is sent, duplicates="first" would send 1'
    assert report.findings["message"][1] == said
    assert said in repr(report)
    assert said in report.annotate(FRAME)["preflight_errors"][10]
    assert "duplicates=&quot;first&quot;" in report._repr_html_()
    assert "--" not in repr(report)


def test_what_is_rewritten_is_shown_by_the_report() -> None:
    assert "write would rewrite 1 cell: Website (report.changes shows them)" in repr(
        PLAN.check(pd.DataFrame({"Company": ["A"], "Website": ["A.com"]}))
    ).replace("Website 1", "Website")


def test_errors_speak_python(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r'Give columns=\{"Remark": "FIELD"\}, or leave them out with unmapped="drop"'):
        PLAN.write(FRAME, tmp_path / "out")
    with pytest.raises(UsageError, match=r"write one with: plan\.write\(source, "):
        pf.submit(tmp_path)


def test_rows_with_their_positions_as_labels_are_named_once() -> None:
    message = PLAN.check(FRAME.reset_index(drop=True)).findings["message"][1]
    assert message.startswith('"a.com" is also the match key of row 1; none')


def test_labels_are_not_told_where_values_are_hidden() -> None:
    assert "label" not in PLAN.check(FRAME, values="hide").findings["message"][1]


def test_labels_of_several_levels_are_told_one_after_the_other() -> None:
    frame = FRAME.set_axis(pd.MultiIndex.from_tuples([("a", 1), ("b", 2), ("c", 3)]))
    assert "match key of row 1 (label b, 2); none" in PLAN.check(frame).findings["message"][1]
