"""The counts of a run."""

from __future__ import annotations

import pandas as pd
import pytest

import preflight as pf
from preflight.contract.policy import Policy
from preflight.engines.memory import FrameSource, frame_source
from preflight.engines.run import run

PLAN = pf.plan(
    "accounts",
    operation="upsert",
    match_key="domain",
    fields=[{"field_name": "domain", "field_type": "domain"}, {"field_name": "size", "field_type": "integer"}],
)
FRAME = pd.DataFrame(
    {
        "domain": [f"a{row}.com" for row in range(8)],
        "size": ["x", "y", "1,000", None, "y", "z", "5", "y"],
        "other": ["o", *[None] * 7],
    }
)


def cut(rows: int) -> FrameSource:
    source = frame_source(FRAME)
    return FrameSource(source.header, source.columns, source.length, rows)


@pytest.mark.parametrize("rows", [1, 3, 8])
def test_counts_do_not_depend_on_the_cut(rows: int) -> None:
    tally = run(PLAN, cut(rows), Policy(), keep=False).tally
    assert (tally.records, tally.good, tally.changed, tally.valid, tally.blank) == (8, 3, [0, 1], [8, 2], [0, 1])
    assert tally.present == {0: 8, 1: 7, 2: 1}
    (group,) = tally.groups.values()
    assert (group.rows, group.first_row, group.values.distinct) == (5, 0, 3)
    assert group.values.top() == (("y", 3), ("x", 1), ("z", 1))
    assert [one.source_row for one in group.examples] == [0, 1, 4]
