"""The words of findings, and what of a value they may give away."""

from __future__ import annotations

import pyarrow as pa
import pytest

from preflight.contract.columns import bind
from preflight.contract.field import Answers, Contract, Field, FieldType, Operation
from preflight.contract.plan import Plan
from preflight.kernel.keys import KeyPart, find_duplicates
from preflight.kernel.survey import Facts, settle
from preflight.kernel.words import Words, mask, shown
from preflight.rows import FileName

PLAN = Plan(
    Contract("accounts", (Field("domain", FieldType.DOMAIN), Field("size", FieldType.INTEGER), Field("rate", FieldType.PERCENT))),
    Operation.UPSERT,
    "domain",
)
BINDING = bind(PLAN, ("domain", "size", "rate"))
FACTS: Facts = settle(PLAN, BINDING, None)


@pytest.mark.parametrize(
    ("value", "mode", "expected"),
    [
        ("Acme", "show", '"Acme"'),
        ("Acme 12-é", "mask", '"Xxxx 99-x"'),
        ("Acme", "hide", "the value"),
        (None, "show", "the value"),
        ("a" * 70, "show", '"' + "a" * 40 + "…" + "a" * 15 + '"'),
    ],
)
def test_a_value_as_a_message_names_it(value: str | None, mode: str, expected: str) -> None:
    assert shown(value, mode) == expected


def test_the_mask_keeps_length_and_marks() -> None:
    assert mask("Ab1@株.de") == "Xx9@x.xx"


@pytest.mark.parametrize("mode", ["show", "mask", "hide"])
def test_values_govern_messages_and_suggestions(mode: str) -> None:
    words = Words(PLAN, BINDING, FACTS, mode)
    advice = words.of_cell("PF313", 0, "sales@deltatools.com")
    assert (advice.suggestion == "deltatools.com") == (mode == "show")
    assert ("deltatools" in advice.message) == (mode == "show")
    question = words.of_column("PF315", 2, "0.07", 3)
    assert ("0.07" in question.message) == (mode == "show")
    mark = words.of_column("PF312", 2, "1,234%", 3)
    assert ("1234" in mark.message.replace(",", "")) == (mode == "show")


@pytest.mark.parametrize(
    ("code", "value", "message"),
    [
        ("PF501", None, "blank; upsert matches on domain, so every row needs one; supply it or leave the row out"),
        (
            "PF501",
            "n/a",
            '"n/a" stands for nothing; upsert matches on domain, so every row needs one; supply it or leave the row out',
        ),
        ("PF401", " ", "blank; domain is required in every row, give a value"),
    ],
)
def test_what_is_missing(code: str, value: str | None, message: str) -> None:
    assert Words(PLAN, BINDING, FACTS).of_cell(code, 0, value).message == message


def test_records_of_another_width() -> None:
    words = Words(PLAN, BINDING, FACTS)
    assert words.of_record("PF101", 5).message.startswith("5 cells where the header has 3;")
    assert words.of_record("PF102", 1).message.startswith("1 cell where the header has 3;")


@pytest.mark.parametrize("mode", ["show", "mask", "hide"])
def test_the_file_of_a_partner_is_told_in_every_mode(mode: str) -> None:
    facts = Facts((Answers(),) * 3, find_duplicates([KeyPart.of(0, pa.array(["a.de", "b.de", "a.de"]))]))
    words = Words(PLAN, BINDING, facts, mode, lambda row: FileName(f"{row}.csv"))
    said = {"show": '"a.de"', "mask": '"x.xx"', "hide": "the value"}[mode]
    assert words.of_duplicate(0, 0, frame=False).message.startswith(f"{said} is also the match key of record 3 (2.csv); ")
