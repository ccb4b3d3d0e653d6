"""Placing a run in a folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import preflight as pf
from preflight.engines.writing import _combinations
from preflight.errors import UsageError

FIELDS = [{"field_name": "domain", "field_type": "domain", "required": True}, {"field_name": "size", "field_type": "integer"}]
PLAN = pf.plan("accounts", operation="upsert", match_key="domain", fields=FIELDS)
FRAME = pd.DataFrame({"domain": ["a.com", "bad", "c.com"], "size": ["1,000", "x", "7"]}, index=["p", "q", "r"])


def test_rejected_rows_say_why_and_carry_their_key(tmp_path: Path) -> None:
    receipt = PLAN.write(FRAME, tmp_path)
    rejected = pd.read_csv(tmp_path / "rejected.csv", dtype="str")
    rows = receipt.rows
    assert rejected[["domain", "size"]].to_numpy().tolist() == [["bad", "x"]]
    assert rejected.preflight_errors[0].startswith('PF313 domain: "bad"')
    assert "; PF302 size:" in rejected.preflight_errors[0]
    assert rejected.preflight_row[0] == rows.row_key[1]
    assert rows.label.tolist() == ["p", "q", "r"]
    assert rows.state.tolist() == ["written", "rejected", "written"]
    assert rows[["part", "part_record", "part_line"]].dropna().to_numpy().tolist() == [[1, 1, 2], [1, 2, 3]]


def test_the_run_has_one_name_for_one_input(tmp_path: Path) -> None:
    one, two = PLAN.write(FRAME, tmp_path / "1"), PLAN.check(FRAME).write(tmp_path / "2")
    other = PLAN.write(FRAME.assign(size="8"), tmp_path / "3")
    assert one.record.run == two.record.run != other.record.run


@pytest.mark.parametrize(("frame", "parts"), [(FRAME.iloc[:0], 0), (FRAME.iloc[1:2], 0), (FRAME, 1)])
def test_sources_without_good_rows_give_no_part(frame: pd.DataFrame, parts: int, tmp_path: Path) -> None:
    receipt = PLAN.write(frame, tmp_path)
    assert len(receipt.parts) == parts
    assert len(receipt.rows) == len(frame)


@pytest.mark.parametrize(("limit", "passes"), [(0, False), (1, True), ("33%", False), ("34%", True), (None, True)])
def test_more_rejected_rows_than_allowed_leave_rejected_csv_alone(limit: int | str | None, passes: bool, tmp_path: Path) -> None:
    if passes:
        PLAN.write(FRAME, tmp_path, max_rejected=limit)
    else:
        with pytest.raises(pf.RejectedRows, match=r"only rejected\.csv"):
            PLAN.write(FRAME, tmp_path, max_rejected=limit)
        assert [path.name for path in tmp_path.iterdir()] == ["rejected.csv"]


def test_columns_that_feed_nothing_are_refused_unless_dropped(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match='"other"'):
        PLAN.write(FRAME.assign(other="x"), tmp_path)
    dropped = pf.plan("accounts", operation="upsert", match_key="domain", fields=FIELDS, unmapped="drop")
    assert dropped.write(FRAME.assign(other="x"), tmp_path).summary["good"] == 2


def test_rejected_rows_after_the_first_errors_are_told_by_column_and_defect(tmp_path: Path) -> None:
    names = [f"n{number}" for number in range(6)]
    plan = pf.plan("accounts", fields=[{"field_name": name, "field_type": "integer"} for name in names])
    frame = pd.DataFrame({name: ["x"] * 503 for name in names})
    frame.loc[500, "n0"] = "1"
    frame.loc[502, names[1:]] = "1"
    plan.write(frame, tmp_path)
    errors = pd.read_csv(tmp_path / "rejected.csv").preflight_errors
    assert errors[499].startswith('PF302 n0: "x" is a word, not a whole number; give')
    assert errors[500] == "; ".join(f"PF302 {name}: not a whole number" for name in names[1:])
    assert errors[501] == "PF302 n0; PF302 n1; PF302 n2; PF302 n3; PF302 n4; PF302 n5"
    assert errors[502] == "PF302 n0: not a whole number"


@pytest.mark.parametrize(("width", "rows"), [(1, 0), (1, 5), (3, 50)])
def test_combinations_of_faults(width: int, rows: int) -> None:
    bits = (np.arange(rows * width) % 3).reshape(rows, width).astype(np.int64)
    found, which = _combinations(bits)
    assert (found[which.to_numpy()] == bits).all()
    assert len({tuple(one) for one in found.tolist()}) == len(found)
