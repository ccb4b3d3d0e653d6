"""What plans, receipts, outcomes and merges show of themselves in a notebook."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import repeat

import pytest

from preflight.contract.field import Contract, Field, FieldType
from preflight.contract.plan import make_plan
from preflight.files.receipt import PartLine, ReceiptRecord
from preflight.report.notebook_runs import render_merge, render_outcomes, render_plan, render_receipt

HOSTILE = "<script>alert(1)</script>\u202e\x1b[31m"
PLAN = make_plan(
    Contract(
        "accounts",
        (
            Field("name", required=True, label="Account Name", aliases=("Company", "Firm", "Organisation", "Shop")),
            Field("domain", FieldType.DOMAIN),
            Field("account_id", FieldType.ID),
            Field("size", FieldType.PICKLIST, values=("S", "M", "L")),
            Field("employees", FieldType.INTEGER, min="0"),
            Field("note", max_length=1500, pattern="[a-z]+"),
            Field("owner"),
        ),
        one_of=(("domain", "account_id"),),
    ),
    operation="upsert",
    match_key="domain",
    columns={"Firm": "name", "Seen": None},
    set={"owner": "sales"},
    answers={"dates": "dmy"},
    duplicates="last",
    blank=["note"],
)
SUMMARY = {"records": 1200, "good": 1150, "rejected": 50}
RECORD = ReceiptRecord(
    preflight="0",
    run="01234567",
    entity_type="accounts",
    operation="upsert",
    match_key="domain",
    plan_digest="",
    source={},
    summary=SUMMARY,
    columns=(("Account Name", "name"), ("domain", "domain")),
    headers="labels",
    parts=(PartLine(1, "part-0001.csv", 1000, 123456, "ab" * 32), PartLine(2, "part-0002.csv", 150, 2345, "cd" * 32)),
    rejected=50,
    left_out=("size",),
)
STATES = {"rows": 9, "rejected_here": 1, "not_sent": 0, "rejected_there": 2, "imported": 5, "unknown": 1}


def words(fragment: str) -> str:
    """The text that a reader sees, its blanks collapsed."""
    found: list[str] = []

    class Reader(HTMLParser):
        def handle_data(self, data: str) -> None:
            found.append(data)

    Reader().feed(re.sub(r"<style>.*?</style>", "", fragment, flags=re.DOTALL))
    return " ".join(" ".join(found).split())


def outcomes(rows: object = ()) -> str:
    return "".join(render_outcomes("out", STATES, "9 rows = 9", notes=("PF904 counts differ",), rows=rows))  # type: ignore[arg-type]


class TestPlan:
    said = words("".join(render_plan(PLAN)))

    @pytest.mark.parametrize(
        "text",
        [
            "accounts, upsert on domain",
            PLAN.digest[:8],
            'Columns: "Firm" → name',
            'Not sent: "Seen"',
            'The same in every row: owner = "sales"',
            "Stated for columns: dates dmy",
            "Of rows with the same key, the last is sent",
            "Sent as blank where a cell cannot be repaired: note",
            "7 fields, 1 required",
            "name string required Account Name, Company, Firm, Organisation and 1 more",
            "domain domain match key",
            "account_id id one of domain, account_id",
            "size picklist one of S, M, L",
            "employees integer from 0 to …",
            "note string at most 1,500 characters; of the form [a-z]+",
        ],
    )
    def test_it_says_what_was_decided(self, text: str) -> None:
        assert text in self.said

    def test_a_plan_without_decisions_says_nothing_of_them(self) -> None:
        said = words("".join(render_plan(make_plan(Contract("people", (Field("email"),))))))
        assert said.startswith("A plan; the same decisions have the same digest: ")
        assert said.endswith("people, insert 1 field, 0 required Field Type Needed Rules and headers that mean it email string")


class TestReceipt:
    def test_balance_parts_and_where_the_rejected_rows_are(self) -> None:
        said = words("".join(render_receipt(RECORD, "out")))
        assert "1,150 rows written into 2 parts 1,200 records = 1,150 written + 50 rejected" in said
        assert "Columns: Account Name → name, domain" in said
        assert "part-0001.csv 1,000 123,456 abababababab…" in said
        assert "stand in rejected.csv , each with its reasons" in said
        assert "blank there: size" in said

    def test_nothing_written(self) -> None:
        empty = ReceiptRecord("0", "0", "a", None, None, "", {}, {"records": 0, "good": 0, "rejected": 0}, (), "fields", (), 0)
        fragment = "".join(render_receipt(empty, "out"))
        assert words(fragment) == "out 0 rows written into 0 parts 0 records = 0 written + 0 rejected"
        assert "<svg" not in fragment


class TestOutcomes:
    def test_balance_notes_and_errors(self) -> None:
        said = words(outcomes([("3", "A-4", "rejected_there", "PF901 no such domain")]))
        assert said.startswith("out 5 of 9 rows imported 9 rows = 9 PF904 counts differ Rows with errors of the server")
        assert said.endswith("3 A-4 rejected there PF901 no such domain")

    def test_the_bar_names_the_states_that_there_are(self) -> None:
        assert 'aria-label="5 imported, 2 rejected there, 1 rejected here, 1 unknown"' in outcomes()

    def test_no_table_without_errors(self) -> None:
        assert "<table" not in outcomes()

    @pytest.mark.parametrize(("count", "caption"), [(50, "Rows with errors"), (51, "The first 50 rows with errors")])
    def test_rows_are_capped_and_the_cap_is_printed(self, count: int, caption: str) -> None:
        fragment = outcomes(repeat(("1", "1", "unknown", "PF901"), count))
        assert fragment.count("<tr><td") == 50
        assert f"<caption>{caption}" in fragment


class TestMerge:
    def test_what_was_taken_back(self) -> None:
        said = words("".join(render_merge("out", "5 rows", written=2, rejected=1, rejected_file="rejected-2.csv")))
        assert (
            said
            == "out 2 repaired rows taken back, 1 rejected again 5 rows The rows that were rejected again stand in rejected-2.csv ."
        )
        assert words("".join(render_merge("out", "5 rows", written=1, rejected=0, rejected_file=None))).endswith(
            "taken back 5 rows"
        )


HOSTILE_PLAN = make_plan(
    Contract(HOSTILE, (Field(HOSTILE, label=HOSTILE, values=(HOSTILE,), pattern=HOSTILE),)),
    columns={HOSTILE: HOSTILE},
)
HOSTILE_RECORD = ReceiptRecord(
    "0",
    "0",
    "a",
    None,
    None,
    "",
    {},
    SUMMARY,
    ((HOSTILE, HOSTILE),),
    "fields",
    (PartLine(1, HOSTILE, 1, 1, HOSTILE),),
    1,
    (HOSTILE,),
)


@pytest.mark.parametrize(
    "fragment",
    [
        "".join(render_plan(HOSTILE_PLAN)),
        "".join(render_receipt(HOSTILE_RECORD, HOSTILE)),
        "".join(render_outcomes(HOSTILE, STATES, HOSTILE, notes=(HOSTILE,), rows=[(HOSTILE, HOSTILE, HOSTILE, HOSTILE)])),
        "".join(render_merge(HOSTILE, HOSTILE, written=1, rejected=1, rejected_file=HOSTILE)),
    ],
    ids=["plan", "receipt", "outcomes", "merge"],
)
def test_hostile_texts_appear_as_text(fragment: str) -> None:
    assert "<script" not in fragment
    assert not {"\u202e", "\x1b"} & set(fragment)
    assert "[U+202E]" in fragment
    assert fragment.startswith('<div class="preflight-report"><style>')
    assert fragment.count("<div") == fragment.count("</div>") == 1
