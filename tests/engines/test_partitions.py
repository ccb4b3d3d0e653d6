"""What an executor does, without Spark: partitions as Arrow batches through the kernel."""

from __future__ import annotations

import pickle
from typing import Any

import pyarrow as pa
import pytest

import preflight as pf
from preflight.contract.columns import bind
from preflight.contract.plan import Plan
from preflight.contract.policy import Policy
from preflight.engines.findings import describe, values_of
from preflight.engines.partitions import FarSource, changed_cells, evidence_of, judged_rows, typed_rows, worded_groups
from preflight.engines.run import Run
from preflight.kernel.survey import settle
from preflight.kernel.tally import Tally
from preflight.kernel.words import Words

NAMES = ("account_name", "domain", "created")
PLAN: Plan = pf.plan(
    "accounts",
    operation="upsert",
    match_key="domain",
    fields=[
        {"field_name": "account_name", "field_type": "string", "required": True},
        {"field_name": "domain", "field_type": "domain", "required": True},
        {"field_name": "created", "field_type": "date"},
    ],
)
ROWS = [
    ("Nordwind", "https://www.nordwind.com/de", "13/01/2024"),
    ("Zeta", "sales@zeta.it", "01/02/2024"),
    (None, "NORDWIND.com", None),
]


def batch(rows: list[tuple[Any, ...]]) -> Any:
    columns = zip(*rows, strict=True) if rows else ((), (), ())
    return pa.record_batch([pa.array(cells, pa.string()) for cells in columns], names=["c0", "c1", "c2"])


def made(evidence: Any = None, values: str = "show") -> Run:
    binding = bind(PLAN, NAMES)
    facts = settle(PLAN, binding, evidence)
    words = Words(PLAN, binding, facts, values)

    def cells(verdict: Any, fault: Any) -> Any:
        return values_of(binding, verdict, fault)

    def told(verdict: Any, fault: Any, rows: Any) -> Any:
        return describe(words, verdict, fault, rows)

    return Run(PLAN, binding, facts, Policy(), FarSource(NAMES), Tally(3, cells, told), words, None)


def evidence(batches: list[Any]) -> Any:
    found = list(evidence_of(PLAN, bind(PLAN, NAMES), (0, 1, 2), batches))
    return [pickle.loads(one.column(0)[0].as_py()) for one in found]


def test_a_partition_gives_one_small_piece_of_evidence_without_keys() -> None:
    (found,) = evidence([batch(ROWS[:1]), batch([]), batch(ROWS[1:])])
    assert found.rows == 3
    assert found.keys == ()
    assert settle(PLAN, bind(PLAN, NAMES), found).answers[2].dates == "dmy"


@pytest.mark.parametrize("batches", [[], [batch([])]])
def test_an_empty_partition_proves_nothing_and_has_no_rows(batches: list[Any]) -> None:
    assert evidence(batches) == []
    assert list(judged_rows(made(), (0, 1, 2), batches)) == []


@pytest.mark.parametrize("cuts", [[3], [1, 2], [1, 1, 1]])
def test_rows_are_judged_the_same_however_the_batches_are_cut(cuts: list[int]) -> None:
    rest, batches = list(ROWS), []
    for count in cuts:
        batches.append(batch(rest[:count]))
        rest = rest[count:]
    found = pa.Table.from_batches(judged_rows(made(evidence(batches)[0]), (0, 1, 2), batches))
    assert found.select(["c0", "c1", "c2"]).to_pylist() == batch(ROWS).to_pylist()
    assert found.column("t2").to_pylist() == ["2024-01-13", "2024-02-01", None]
    assert found.column("good").to_pylist() == [True, False, False]
    assert found.column("changed").to_pylist() == [[1, 2], [2], [1]]
    assert found.column("key").to_pylist() == ["nordwind.com", None, "nordwind.com"]
    assert found.column("cell").to_pylist() == [row[1] for row in ROWS]
    assert found.column("path").to_pylist() == ["/de", None, None]
    told = [
        [(one["code"], one["feed"], one["value"], one["question"]) for one in line] for line in found.column("findings").to_pylist()
    ]
    assert told == [[], [("PF313", 1, "sales@zeta.it", False)], [("PF401", 0, None, False)]]


def test_a_question_of_a_column_has_no_words_yet() -> None:
    rows = [("A", "a.com", "01/02/2024")]
    found = pa.Table.from_batches(judged_rows(made(evidence([batch(rows)])[0]), (0, 1, 2), [batch(rows)]))
    ((one,),) = found.column("findings").to_pylist()
    assert (one["code"], one["question"], one["value"], one["message"]) == ("PF309", True, "01/02/2024", None)


@pytest.mark.parametrize(("mode", "value"), [("mask", "xxxxx@xxxx.xx"), ("hide", None)])
def test_values_may_be_masked_or_hidden(mode: str, value: str | None) -> None:
    found = pa.Table.from_batches(judged_rows(made(values=mode), (0, 1, 2), [batch(ROWS)]))
    one = found.column("findings").to_pylist()[1][0]
    assert one["value"] == value
    assert "zeta" not in one["message"]
    assert one["suggestion"] is None
    assert "Nordwind" not in str(found.column("cell").to_pylist())


def test_equal_rows_have_equal_digests() -> None:
    rows = [ROWS[0], ROWS[1], ROWS[0], (None, ROWS[0][0], ROWS[0][1])]
    digests = pa.Table.from_batches(judged_rows(made(), (0, 1, 2), [batch(rows)])).column("digest").to_pylist()
    assert digests[0] == digests[2]
    assert len(set(digests)) == 3


def test_keys_that_are_numbers_are_compared_by_value() -> None:
    plan = pf.plan("accounts", operation="upsert", match_key="number", fields=[{"field_name": "number", "field_type": "number"}])
    binding = bind(plan, ("number",))
    facts = settle(plan, binding, None)
    words = Words(plan, binding, facts, "show")
    run = Run(plan, binding, facts, Policy(), FarSource(("number",)), made().tally, words, None)
    cells = pa.record_batch([pa.array(["1000.0", "1000", "7.50", "12"])], names=["c0"])
    assert pa.Table.from_batches(judged_rows(run, (0,), [cells])).column("key").to_pylist() == ["1000", "1000", "7.5", "12"]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
def test_texts_become_typed_columns(kind: Any) -> None:
    fields = tuple(feed.field for feed in bind(PLAN, NAMES).feeds)
    texts = [pa.array([text], kind) for text in ("A", "a.com", "2024-01-31")]
    given = pa.record_batch([pa.array([7]), *texts], names=["l", "a", "b", "c"])
    (found,) = typed_rows(fields, ("row_id", *NAMES), [given])
    assert found.schema.names == ["row_id", *NAMES]
    assert found.schema.types == [pa.int64(), pa.string(), pa.string(), pa.date32()]


@pytest.mark.parametrize(
    ("group", "mode", "words"),
    [
        (
            {"rows": 2, "identical": True, "path": "/", "other_path": "/"},
            "show",
            '"a.com" is the match key of 2 rows, row_id 1 and 9, and the rows are identical in every column; none of the 2 is sent',
        ),
        (
            {"rows": 1200, "identical": False, "path": "/", "other_path": "/x"},
            "show",
            '"a.com" is the match key of 1,200 rows, row_id 1 and 9 among them; the hosts agree, the addresses differ ("/", "/x"); '
            "none of the 1,200 is sent",
        ),
        (
            {"rows": 3, "identical": False, "path": "/", "other_path": "/x"},
            "hide",
            "the value is the match key of 3 rows; the hosts agree, the addresses differ; none of the 3 is sent",
        ),
    ],
)
def test_a_group_says_how_many_share_the_key(group: dict[str, Any], mode: str, words: str) -> None:
    whole = {"key": "a.com", "first": 1, "last": 9, "first_text": "1", "last_text": "9", **group}
    (found,) = worded_groups(mode, "row_id", [pa.RecordBatch.from_pylist([whole])])
    assert found.to_pylist() == [{"group": "a.com", "first": 1, "last": 9, "told": words}]


def test_a_far_source_has_a_header_and_a_number_of_rows_alone() -> None:
    source = FarSource(NAMES, 12)
    assert (list(source.chunks()), source.findings(), source.path) == ([], (), None)
    assert (source.line().records, source.line().columns) == (12, 3)


def test_rewritten_cells_are_told_before_and_after() -> None:
    told = made(evidence([batch(ROWS)])[0])
    judged = pa.Table.from_batches(judged_rows(told, (0, 1, 2), [batch(ROWS)]))
    chosen = judged.select(["c0", "changed", "t0", "t1", "t2", "c0", "c1", "c2"])
    rows = chosen.rename_columns(["label", "changed", "t0", "t1", "t2", "c0", "c1", "c2"]).slice(0, 1).to_batches()
    assert pa.Table.from_batches(changed_cells(told, rows)).to_pylist() == [
        {
            "label": "Nordwind",
            "column": "domain",
            "field": "domain",
            "before": "https://www.nordwind.com/de",
            "after": "nordwind.com",
            "rules": ["domain"],
            "safe": True,
        },
        {
            "label": "Nordwind",
            "column": "created",
            "field": "created",
            "before": "13/01/2024",
            "after": "2024-01-13",
            "rules": ["iso-date"],
            "safe": True,
        },
    ]
