"""Plans bound to frames."""

from __future__ import annotations

import pandas as pd
import pytest

import preflight as pf


def plan(**options):
    fields = [
        {"field_name": "deal_id", "field_type": "id", "required": True},
        {"field_name": "amount", "field_type": "currency"},
        {"field_name": "chance", "field_type": "percent"},
        {"field_name": "region", "field_type": "string", "required": True},
    ]
    return pf.plan("opportunities", fields=fields, columns={"Deal": "deal_id"}, set={"region": "EMEA"}, **options)


def frame(**columns):
    return pd.DataFrame({"Deal": ["a", "b", "c"], **columns})


def test_the_good_rows_check_again_without_a_finding_and_stay_as_they_are():
    made = plan(locale="de-DE", percent="0-1")
    report = made.check(frame(amount=["1.234,50", "7", "12,5"], chance=["0,5", "1", "0,25"]))
    assert report.ok
    assert report.good["amount"].tolist() == [1234.5, 7.0, 12.5]
    assert report.good["chance"].tolist() == [50.0, 100.0, 25.0]
    again = made.check(report.good)
    assert again.ok
    assert again.summary["errors"] == 0
    assert again.good.equals(report.good)


def test_good_rows_written_after_a_second_check_are_those_of_the_first(tmp_path):
    made = plan(locale="de-DE", percent="0-1")
    report = made.check(frame(amount=["1,5", "7", "12,5"], chance=["0,5", "1", "0,25"]))
    made.write(report.good, tmp_path / "out")
    assert (tmp_path / "out" / "part-0001.csv").read_text().splitlines() == [
        "deal_id,amount,chance,region",
        "a,1.5,50,EMEA",
        "b,7,100,EMEA",
        "c,12.5,25,EMEA",
    ]


@pytest.mark.parametrize("dtype", ["float64", "Float64", "double[pyarrow]"])
def test_numbers_of_a_frame_have_no_decimal_mark_of_their_own(dtype):
    report = plan(locale="de-DE", percent="0-100").check(frame(amount=pd.Series([1.234, 12.5, 7], dtype=dtype)))
    assert report.ok
    assert report.good["amount"].tolist() == [1.234, 12.5, 7.0]


INDEXED = pd.DataFrame({"Company": ["A"], "Website": ["a.com"], "Employees": ["3"]})
BY_DOMAIN = pf.plan("accounts", operation="upsert", match_key="domain")


def test_a_field_in_the_index_is_found_there() -> None:
    messages = BY_DOMAIN.check(INDEXED.set_index("Website")).findings["message"]
    assert all(one.endswith('; the index is called "Website": df.reset_index() makes it a column') for one in messages)


def test_stated_columns_in_the_index_are_found_there() -> None:
    plan = pf.plan("accounts", operation="insert", columns={"Website": "domain", "Employees": "employees"})
    with pytest.raises(pf.PlanError) as raised:
        plan.check(INDEXED.set_index(["Website", "Employees"]))
    assert raised.value.faults[-1] == 'the index has the levels "Website" and "Employees": df.reset_index() makes them columns'


def test_an_index_that_feeds_nothing_is_not_mentioned() -> None:
    assert BY_DOMAIN.check(INDEXED.rename_axis("Website")).ok
    assert "index" not in repr(BY_DOMAIN.check(INDEXED.drop(columns="Website").rename_axis("Remark")))


@pytest.mark.parametrize("stamp", ["2024-01-05T10:00:00Z", "2024-01-05T10:00:00.5Z", "2024-07-05T10:00:00+02:00"])
def test_good_moments_checked_again_are_no_changes(stamp: str) -> None:
    fields = [{"field_name": "activity_id", "field_type": "id"}, {"field_name": "at", "field_type": "datetime"}]
    made = pf.plan("activities", operation="insert", fields=fields)
    good = made.check(pd.DataFrame({"activity_id": ["1"], "at": [stamp]})).good
    for frame in (good, good.astype({"at": "object"}), good.astype({"at": "datetime64[ns, UTC]"})):
        assert made.check(frame).summary["changed_cells"] == 0
