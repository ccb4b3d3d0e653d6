"""Constants of a plan, and the evidence of columns for `map`."""

from __future__ import annotations

import pyarrow as pa
import pytest

from preflight.contract.field import Contract, Field, FieldType
from preflight.contract.plan import Plan
from preflight.kernel.constants import constant_faults
from preflight.kernel.evidence import column_evidence
from preflight.kernel.families import FAMILIES, asks
from preflight.rows import Chunk


@pytest.mark.parametrize(
    ("kind", "value", "faults"),
    [
        (FieldType.INTEGER, "1,234", []),
        (FieldType.DATE, "5 Jan 2024", []),
        (FieldType.BOOLEAN, "maybe", ['the value for every row of x (set) is "maybe": neither yes nor no; give true or false']),
        (FieldType.INTEGER, "n/a", ['the value for every row of x (set) is "n/a", which stands for nothing; give a value']),
    ],
)
def test_constants_are_judged_before_any_row(kind: FieldType, value: str, faults: list[str]) -> None:
    plan = Plan(Contract("accounts", (Field("x", kind),)), constants=(("x", value),))
    assert list(constant_faults(plan)) == faults


def test_the_evidence_of_columns_is_shares_of_their_values() -> None:
    columns = (pa.array(["a@b.com", "c@d.com", "x", None]), pa.array(["1", "2", "2", "2"]), pa.nulls(4, pa.string()))
    found = column_evidence(Chunk(columns, 0, 4))
    assert (found[0].filled, round(found[0].email, 2), round(found[0].distinct, 2)) == (3, 0.67, 1.0)
    assert (found[1].integer, found[1].date, found[1].distinct) == (1.0, 0.0, 0.5)
    assert found[2].filled == 0


def test_every_type_has_a_family_with_the_common_functions() -> None:
    assert set(FAMILIES) == set(FieldType)
    for family in set(FAMILIES.values()):
        assert all(hasattr(family, name) for name in ("read", "to_typed", "advise", "RULE"))
        assert not asks(family) or all(hasattr(family, name) for name in ("survey", "settle", "ask"))
