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
