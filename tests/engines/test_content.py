"""From a run to the content of a report."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import preflight as pf
from preflight.contract.policy import Policy
from preflight.engines.content import content_of
from preflight.engines.memory import frame_source
from preflight.engines.run import run
from preflight.findings import Content

FIELDS = [
    {"field_name": "domain", "field_type": "domain", "required": True},
    {"field_name": "created", "field_type": "date"},
    {"field_name": "zip", "field_type": "string"},
]
RULES = {"entity_type": "accounts", "dated": "2026-11-24", "fields": {"zip": {"type": "postal_code"}}}
PLAN = pf.plan("accounts", operation="upsert", match_key="domain", fields=FIELDS, rules=RULES)


def content(frame: pd.DataFrame, *, most: int | None = None, policy: Policy | None = None) -> Content:
    return content_of(run(PLAN, frame_source(frame), policy or Policy(), keep=True), "0", most=most)


def test_a_question_is_one_finding_of_the_column_and_its_rows_are_rejected() -> None:
    found = content(pd.DataFrame({"domain": ["a.com", "b.com", "c.com"], "created": ["01/02/2024", "03/04/2024", "2024-01-05"]}))
    (question,) = found.findings()
    assert (question.code, question.scope, question.rows, question.source_row, question.value) == ("PF309", "column", 2, None, None)
    assert (found.summary.good, found.summary.errors) == (1, 1)
    assert [(line.column, line.evaluated) for line in found.columns] == [("domain", True), ("created", True)]
    waiting = content(pd.DataFrame({"domain": ["a.com"], "created": ["01/02/2024"]}))
    assert [(line.column, line.evaluated) for line in waiting.columns] == [("domain", True), ("created", False)]
    (group,) = found.groups
    assert (group.findings, group.rows, group.distinct, group.first_source_row) == (1, 2, 2, 0)


def test_lost_zeros_are_one_warning_of_the_column_which_is_evaluated() -> None:
    found = content(pd.DataFrame({"domain": ["a.com", "b.com", "c.com"], "zip": ["01234", "1234", "2345"]}))
    (warning,) = found.findings()
    assert (warning.code, warning.severity.value, warning.rows) == ("PF320", "warning", 2)
    assert found.summary.good == 3
    assert all(line.evaluated for line in found.columns)


def test_a_header_that_rejects_all_says_how_many_would_be_good() -> None:
    found = content(pd.DataFrame({"created": ["2024-01-05", "x"]}))
    assert [(one.code, one.rows) for one in found.findings()][:2] == [("PF202", 2), ("PF505", 2)]
    assert (found.summary.good, found.summary.good_if_supplied, found.summary.missing) == (0, 1, ("domain",))


def test_the_list_may_be_capped_and_says_so() -> None:
    frame = pd.DataFrame({"domain": ["bad", "worse", "worst"]})
    assert [len(list(content(frame, most=most).findings())) for most in (0, 2, 3, None)] == [0, 2, 3, 3]
    assert [content(frame, most=most).truncated for most in (2, 3, None)] == [True, False, False]
    assert content(frame, most=1).summary.errors == 3


def test_columns_that_feed_nothing_are_listed_in_their_place() -> None:
    found = content(pd.DataFrame({"x": ["p", None], "domain": ["a.com", "b.com"], "y": [None, None]}))
    assert [(line.column, line.how, line.filled) for line in found.columns] == [
        ("x", "not sent", 1),
        ("domain", "exact", 2),
        ("y", "not sent", 0),
    ]


@pytest.mark.parametrize("engine", ["memory", "stream"])
def test_blank_records_stand_among_the_findings_by_line(engine: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("domain,created\nbad,\n,\na.com,\nworse,\n", encoding="utf-8")
    found = PLAN.check(path, engine=engine).findings
    assert found[["code", "line"]].dropna().to_numpy().tolist() == [["PF313", 2], ["PF105", 3], ["PF313", 5]]


def test_ragged_records_are_rejected_whatever_the_policy(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("domain,created\na.com,2024-01-05,extra\nb.com,2024-01-05\n", encoding="utf-8")
    report = PLAN.check(path)
    assert report.findings[["code", "line"]].to_numpy().tolist() == [["PF101", 2]]
    hidden = PLAN.check(path, ignore="PF101")
    assert (hidden.findings.shape[0], hidden.summary["good"], hidden.summary["rejected"]) == (0, 1, 1)


def test_what_would_be_good_counts_rows_that_wait_for_an_answer_alone() -> None:
    source = frame_source(
        pd.DataFrame(
            {
                "opportunity_id": ["1", "2", "3"],
                "opportunity_name": ["a", "b", None],
                "account_name": ["x", "y", "z"],
                "account_domain": ["a.com", "b.com", "c.com"],
                "close_date": ["03/04/2024", "05/05/2024", "07/08/2024"],
            }
        )
    )
    plan = pf.plan("opportunities")
    summary = content_of(run(plan, source, Policy(), keep=True), "0").summary
    assert (summary.good, summary.good_if_answered, summary.asked) == (1, 2, ("close_date",))
    assert (summary.good_if_supplied, summary.missing) == (None, ())


def test_a_column_that_is_left_out_rewrites_nothing() -> None:
    frame = pd.DataFrame({"domain": ["www.a.com", "b.com"], "created": ["  ", " "]})
    report = pf.plan("accounts", operation="upsert", match_key="domain", fields=FIELDS).check(frame)
    assert report.columns[["column", "how", "changed"]].to_numpy().tolist() == [["domain", "exact", 1], ["created", "not sent", 0]]
    assert report.summary["changed_cells"] == 1
