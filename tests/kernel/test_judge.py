"""The judgement of one chunk: structure, cells, presence, groups of fields, duplicates, and what a policy makes of them."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from preflight.contract.columns import bind
from preflight.contract.field import Contract, Field, FieldType, Operation
from preflight.contract.plan import Plan
from preflight.contract.policy import Policy
from preflight.findings import Severity
from preflight.kernel.judge import Verdict, judge
from preflight.kernel.survey import settle, survey
from preflight.rows import Chunk

CONTRACT = Contract(
    "accounts",
    (
        Field("domain", FieldType.DOMAIN, required=True),
        Field("name", required=True),
        Field("size", FieldType.INTEGER, max="9"),
        Field("email", FieldType.EMAIL),
        Field("phone", FieldType.PHONE),
    ),
    one_of=(("email", "phone"),),
)


def judged(
    columns: dict[str, list[str | None]], *, plan: Plan | None = None, policy: Policy | None = None, **chunk: Any
) -> Verdict:
    plan = plan or Plan(Contract("accounts", CONTRACT.fields), Operation.UPSERT, "domain")
    arrays = tuple(pa.array(cells, pa.string()) for cells in columns.values())
    made = Chunk(arrays, 0, len(arrays[0]), **chunk)
    binding = bind(plan, tuple(columns))
    return judge(plan, binding, settle(plan, binding, survey(plan, binding, made)), made, policy or Policy())


def told(verdict: Verdict) -> list[tuple[str, str, list[int]]]:
    return [(one.code, one.severity.value, one.rows.tolist()) for one in verdict.faults]


def test_a_cell_has_one_error_and_its_row_is_rejected() -> None:
    found = judged({"domain": ["a.com", "B.com", "c"], "name": ["x1", None, "z1"], "size": ["51-200", "9x", "10"]})
    assert told(found) == [("PF313", "error", [2]), ("PF401", "error", [1]), ("PF302", "error", [0, 1]), ("PF404", "error", [2])]
    assert found.good.to_pylist() == [False, False, False]
    assert [text.to_pylist() for text in found.texts] == [["a.com", "b.com", None], ["x1", None, "z1"], [None, None, "10"]]


def test_cells_of_broken_records_are_not_judged_and_their_rows_never_leave() -> None:
    columns: dict[str, list[str | None]] = {"domain": ["a.com", "bad", None], "name": [None, "y1", "z1"]}
    found = judged(columns, cells=pa.array([2, 3, 1]), stray=pa.array([True, False, False]))
    assert told(found) == [("PF101", "error", [1]), ("PF102", "error", [2]), ("PF104", "error", [0])]
    hidden = judged(columns, policy=Policy(ignore=("PF1",)), cells=pa.array([2, 3, 1]), stray=pa.array([True, False, False]))
    assert told(hidden) == []
    assert hidden.good.to_pylist() == [False, False, False]


def test_objects_without_a_text_are_errors_of_their_cell() -> None:
    found = judged({"domain": ["a.com", "b.com"], "name": ["x1", None]}, objects=((1, pa.array([False, True])),))
    assert told(found) == [("PF301", "error", [1])]


@pytest.mark.parametrize(
    ("duplicates", "faults", "good"),
    [
        ("reject", [0, 1, 3], [False, False, True, False]),
        ("first", [1, 3], [True, False, True, False]),
        ("last", [0, 1], [False, False, True, True]),
    ],
)
def test_duplicates_of_the_key(duplicates: str, faults: list[int], good: list[bool]) -> None:
    plan = Plan(Contract("accounts", CONTRACT.fields), Operation.UPSERT, "domain", duplicates=duplicates)
    found = judged({"domain": ["a.com", "A.COM", "b.com", "a.com."], "name": ["n1"] * 4}, plan=plan)
    assert told(found) == [("PF502", "error", faults)]
    assert found.good.to_pylist() == good


def test_a_constant_as_match_key_makes_every_row_a_duplicate() -> None:
    plan = Plan(Contract("accounts", CONTRACT.fields), Operation.UPSERT, "domain", constants=(("domain", "a.com"),))
    assert told(judged({"name": ["x1", "y1"]}, plan=plan)) == [("PF502", "error", [0, 1])]
    assert told(judged({"name": ["x1"]}, plan=plan)) == []


def test_one_of_several_fields() -> None:
    plan = Plan(CONTRACT, Operation.UPSERT, "domain")
    columns: dict[str, list[str | None]] = {
        "domain": ["a.com", "b.com", "c.com", "d.com"],
        "name": ["n1"] * 4,
        "email": ["x@y.com", None, "bad", None],
        "phone": [None, "123", None, None],
    }
    assert told(judged(columns, plan=plan)) == [("PF307", "error", [2]), ("PF407", "error", [3])]
    update = Plan(CONTRACT, Operation.UPDATE, "domain")
    assert told(judged(columns, plan=update)) == [("PF307", "error", [2])]


def test_cells_sent_as_blank_are_warnings_and_their_rows_good() -> None:
    plan = Plan(Contract("accounts", CONTRACT.fields), Operation.UPSERT, "domain", blank=("size",))
    found = judged({"domain": ["a.com", "b"], "name": ["n1", "n2"], "size": ["x", "y"]}, plan=plan)
    assert told(found) == [("PF313", "error", [1]), ("PF302", "warning", [0, 1])]
    assert found.good.to_pylist() == [True, False]
    assert [mask and mask.to_pylist() for mask in found.blanked] == [None, None, [True, True]]


@pytest.mark.parametrize(
    ("policy", "faults", "good"),
    [
        (Policy(ignore=("PF302",)), [], True),
        (Policy(ignore_in=(("Size", ("PF3",)),)), [], True),
        (Policy(severities=(("PF302", Severity.WARNING),)), [("PF302", "warning", [0])], True),
        (Policy(select=("PF4",)), [], True),
        (Policy(accepted=(("PF302", "Size", frozenset({"x"})),)), [], True),
        (Policy(accepted=(("PF302", "Size", frozenset({"y"})),)), [("PF302", "error", [0])], False),
    ],
)
def test_a_policy_decides_what_counts_and_the_gate_still_leaves_the_row_out(policy: Policy, faults: Any, good: bool) -> None:
    plan = Plan(Contract("accounts", (Field("domain", FieldType.DOMAIN), Field("size", FieldType.INTEGER))))
    found = judged({"domain": ["a.com"], "Size": ["x"]}, plan=plan, policy=policy)
    assert told(found) == faults
    assert found.good.to_pylist() == [good]
    assert found.sound.to_pylist() == [False]
