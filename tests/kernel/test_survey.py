"""What needs every row: evidence of columns, keys, columns left out."""

from __future__ import annotations

import pyarrow as pa
import pytest

from preflight.contract.columns import bind
from preflight.contract.field import Contract, Field, FieldType, Operation
from preflight.contract.plan import Plan
from preflight.contract.policy import Policy
from preflight.kernel.judge import judge
from preflight.kernel.survey import Facts, columns_to_survey, settle, survey
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
    ("key", "cells"),
    [
        (FieldType.NUMBER, ["1,000", "1000", "1e3"]),
        (FieldType.NUMBER, ["1000", "1000.0", "1000.00"]),
        (FieldType.CURRENCY, ["$0.50", "0.5", ".500"]),
        (FieldType.PERCENT, ["10%", "10.0", "10"]),
        (FieldType.INTEGER, ["100", "100.0", "+100"]),
        (FieldType.EMAIL, ["A@B.com", "a@b.com", "mailto:a@b.com"]),
    ],
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


def test_a_key_is_read_once_and_its_reading_is_kept_up_to_a_limit() -> None:
    plan = Plan(Contract("accounts", (Field("k", FieldType.DOMAIN),)), Operation.UPSERT, "k")
    binding = bind(plan, ("k",))
    chunks = [Chunk((pa.array(["WWW.A.com", "x@b.com"]),), 0, 2), Chunk((pa.array(["c.com"]),), 2, 1)]
    evidence = survey(plan, binding, chunks[1]).merge(survey(plan, binding, chunks[0]))
    readings = evidence.readings(1 << 20)
    assert {row: reading.text.to_pylist() for row, reading in readings.items()} == {0: ["a.com", None], 2: ["c.com"]}
    assert [fault.code for fault in readings[0].faults] == ["PF313"]
    assert list(evidence.readings(evidence.keys[1].texts.get_total_buffer_size())) == [0]
    facts = settle(plan, binding, evidence)
    again = judge(plan, binding, facts, chunks[0], Policy())
    once = judge(plan, binding, facts, chunks[0], Policy(), readings[0])
    assert (once.texts, once.good, once.faults[0].rows.tolist()) == (again.texts, again.good, again.faults[0].rows.tolist())
    other = judge(plan, binding, facts, chunks[0], Policy(), readings[2])
    assert other.texts == again.texts


def test_keys_of_a_chunk_with_broken_records_are_read_again() -> None:
    plan = Plan(Contract("accounts", (Field("k", FieldType.ID),)), Operation.UPSERT, "k")
    chunk = Chunk((pa.array(["a", "b"]),), 0, 2, cells=pa.array([1, 2]))
    assert survey(plan, bind(plan, ("k",)), chunk).readings(1 << 20) == {}


def test_only_columns_that_can_add_to_the_evidence_are_surveyed_further() -> None:
    fields = (Field("k", FieldType.ID), Field("d", FieldType.DATE), Field("t", FieldType.STRING), Field("u", FieldType.STRING))
    plan = Plan(Contract("accounts", fields), Operation.UPSERT, "k")
    binding = bind(plan, ("u", "t", "d", "k"))
    columns = tuple(pa.array(cells, pa.string()) for cells in ([None], ["a"], ["2024-01-05"], ["1"]))
    evidence = survey(plan, binding, Chunk(columns, 0, 1))
    assert columns_to_survey(plan, binding, None) == {0, 1, 2, 3}
    assert columns_to_survey(plan, binding, evidence) == {0, 2, 3}


def test_numbers_that_differ_are_different_keys_however_long_they_are() -> None:
    plan = Plan(Contract("accounts", (Field("k", FieldType.NUMBER),)), Operation.UPSERT, "k")
    assert (
        facts_of(plan, ("k",), [["100", "10", "0", "0.10", "0.01", "9007199254740993", "9007199254740992"]]).duplicates.keys == ()
    )
