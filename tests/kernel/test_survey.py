"""What needs every row: evidence of columns, keys, columns left out."""

from __future__ import annotations

import pyarrow as pa
import pytest

from preflight.contract.columns import bind
from preflight.contract.field import Contract, Field, FieldType, Operation
from preflight.contract.plan import Plan
from preflight.kernel.survey import Facts, settle, survey
from preflight.rows import Chunk


def facts_of(plan: Plan, header: tuple[str, ...], *chunks: list[list[str | None]]) -> Facts:
    binding = bind(plan, header)
    evidence, row = None, 0
    for columns in chunks:
        made = Chunk(tuple(pa.array(cells, pa.string()) for cells in columns), row, len(columns[0]))
        found = survey(plan, binding, made)
        evidence = found if evidence is None else evidence.merge(found)
        row += made.length
    return settle(plan, binding, evidence)


DATES = Plan(Contract("accounts", (Field("created", FieldType.DATE),)))


@pytest.mark.parametrize(
    ("chunks", "order"),
    [
        ([["01/02/2024"], ["13/02/2024"]], "dmy"),
        ([["02/13/2024"], ["01/02/2024"]], "mdy"),
        ([["01/02/2024"], ["02/03/2024"]], None),
        ([["13/02/2024"], ["02/13/2024"]], None),
    ],
)
def test_one_chunk_may_prove_the_order_for_all(chunks: list[list[str | None]], order: str | None) -> None:
    assert facts_of(DATES, ("created",), *([one] for one in chunks)).answers[0].dates == order


def test_a_key_that_asks_first_is_read_when_all_is_settled() -> None:
    plan = Plan(Contract("accounts", (Field("k", FieldType.DATE),)), Operation.UPSERT, "k")
    found = facts_of(plan, ("k",), [["01/02/2024"]], [["1 Feb 2024"]], [["13/02/2024"]])
    assert (found.duplicates.keys, found.duplicates.rows.tolist()) == (("2024-02-01",), [0, 1])


@pytest.mark.parametrize(
    ("key", "cells"), [(FieldType.NUMBER, ["1,000", "1000", "1e3"]), (FieldType.EMAIL, ["A@B.com", "a@b.com", "mailto:a@b.com"])]
)
def test_keys_are_compared_as_they_would_be_sent(key: FieldType, cells: list[str | None]) -> None:
    plan = Plan(Contract("accounts", (Field("k", key),)), Operation.UPSERT, "k")
    assert facts_of(plan, ("k",), [cells[:1]], [cells[1:]]).duplicates.rows.tolist() == [0, 1, 2]


def test_ids_keep_their_case_and_records_that_are_broken_have_no_key() -> None:
    plan = Plan(Contract("accounts", (Field("k", FieldType.ID),)), Operation.UPSERT, "k")
    assert facts_of(plan, ("k",), [["a1", "A1"]]).duplicates.rows.tolist() == []
    binding = bind(plan, ("k",))
    chunk = Chunk((pa.array(["a", "a", "a"]),), 0, 3, cells=pa.array([1, 2, 1]))
    assert settle(plan, binding, survey(plan, binding, chunk)).duplicates.rows.tolist() == [0, 2]


@pytest.mark.parametrize(
    ("cells", "paths"),
    [
        (["a.com/x", "a.com/y"], (("/x", "/y"),)),
        (["https://a.com/", "a.com"], ()),
        (["a.com", "http://www.a.com/x/?q=1"], (("/", "/x"),)),
        (["a.com/x", "A.com/X/"], ((),)),
    ],
)
def test_paths_of_addresses(cells: list[str | None], paths: tuple[tuple[str, ...], ...]) -> None:
    plan = Plan(Contract("accounts", (Field("k", FieldType.DOMAIN),)), Operation.UPSERT, "k")
    assert facts_of(plan, ("k",), [cells]).duplicates.paths == paths


@pytest.mark.parametrize(
    ("operation", "cells", "left_out"),
    [
        (Operation.UPSERT, [None, " "], {1}),
        (Operation.UPSERT, [None, "x"], set()),
        (Operation.UPSERT, [None, "\x07"], set()),
        (Operation.INSERT, [None, None], set()),
    ],
)
def test_columns_without_a_value_are_left_out_where_they_could_clear(
    operation: Operation, cells: list[str | None], left_out: set[int]
) -> None:
    key = None if operation is Operation.INSERT else "k"
    plan = Plan(Contract("accounts", (Field("k", FieldType.ID), Field("note"))), operation, key)
    assert facts_of(plan, ("k", "note"), [["a"], cells[:1]], [["b"], cells[1:]]).left_out == left_out
