"""The strategies of `preflight.testing`, held against what `check` finds: neither side knows how the other does it."""

from __future__ import annotations

import builtins
import inspect
import re
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

import preflight as pf
from preflight.contract.field import Answers, Field, FieldType
from preflight.errors import NotAvailable
from preflight.testing import cells, faulty_frames, valid_frames
from preflight.testing.faults import faults_of

quick = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])

FIELDS = [
    {"field_name": "key", "field_type": "id", "required": True},
    {"field_name": "title", "field_type": "string", "required": True},
    *({"field_name": f"a_{kind}", "field_type": kind} for kind in FieldType),
    {"field_name": "code", "field_type": "string"},
    {"field_name": "short", "field_type": "text"},
    {"field_name": "share", "field_type": "percent"},
    {"field_name": "size", "field_type": "integer"},
    {"field_name": "price", "field_type": "currency"},
    {"field_name": "day", "field_type": "date"},
    {"field_name": "moment", "field_type": "timestamp"},
    {"field_name": "kind", "field_type": "enum", "required": True},
    {"field_name": "left", "field_type": "email"},
    {"field_name": "right", "field_type": "url"},
]
RULES: dict[str, Any] = {
    "entity_type": "accounts",
    "dated": "2026-11-24",
    "one_of": [["left", "right"]],
    "fields": {
        "code": {"pattern": "[A-Z]{2}[0-9]{3}", "max_length": 5},
        "short": {"max_length": 3, "multiline": True},
        "share": {"min": 10, "max": 90},
        "size": {"min": -5, "max": 1000},
        "price": {"min": "0.01"},
        "day": {"min": "2020-01-01", "max": "2030-12-31"},
        "moment": {"min": "2020-01-01T12:00:00Z", "max": "2030-12-31"},
        "kind": {"values": ["Software", "Health Care"], "synonyms": {"SaaS": "Software"}},
    },
}


def custom(**options: Any) -> pf.Plan:
    return pf.plan("accounts", operation="upsert", fields=FIELDS, rules=RULES, **options)


def keyed(kind: str) -> pf.Plan:
    fields = [{"field_name": "title"}, {"field_name": "key", "field_type": kind}]
    return pf.plan("accounts", operation="upsert", match_key="key", fields=fields)


PLANS: dict[str, pf.Plan] = {
    "accounts": pf.plan("accounts", operation="upsert", match_key="domain"),
    "people": pf.plan("people", operation="update", match_key="email"),
    "opportunities": pf.plan("opportunities", operation="upsert", match_key="opportunity_id", duplicates="first"),
    "activities": pf.plan("activities", operation="insert"),
    "every type": custom(match_key="key"),
    "answers": custom(match_key="key", dates="dmy", locale="de-DE", percent="0-100", serials=1900, duplicates="last"),
    "columns": custom(match_key="a_domain", columns={"Firma": "title", "size": None}, set={"a_phone": "+49 30 1234567"}),
    "blank policy": custom(match_key="a_email", blank="optional"),
    **{f"keyed by {kind}": keyed(kind) for kind in ("integer", "date", "string", "currency")},
}


GROUPS = pf.plan(
    "accounts",
    operation="upsert",
    match_key="key",
    fields=[*FIELDS[:2], *FIELDS[-2:]],
    rules={"one_of": RULES["one_of"]},
)


def errors_in(report: pf.Report) -> set[tuple[Any, ...]]:
    found = report.findings[report.findings["severity"] == "error"]
    rows = [None if pd.isna(row) else int(row) for row in found["source_row"]]
    return set(zip(rows, found["field"], found["code"], strict=True))


@pytest.mark.parametrize("name", PLANS)
class TestFrames:
    @quick
    @given(data=st.data())
    def test_every_row_of_a_valid_frame_is_good(self, name: str, data: st.DataObject) -> None:
        frame = data.draw(valid_frames(PLANS[name], max_rows=4))
        report = PLANS[name].check(frame)
        assert errors_in(report) == set()
        assert report.is_good.all()
        assert len(report.good) == len(frame) > 0

    @quick
    @given(data=st.data())
    def test_what_is_planted_is_what_is_found(self, name: str, data: st.DataObject) -> None:
        frame, planted = data.draw(faulty_frames(PLANS[name], max_rows=4))
        report = PLANS[name].check(frame)
        assert errors_in(report) == set(planted)
        bad = {row for row, _, _ in planted}
        assert report.is_good.tolist() == [row not in bad for row in range(len(frame))]


FIELDS_OF_CELLS = {field.name: field for field in PLANS["every type"].contract.fields}


@pytest.mark.parametrize("name", FIELDS_OF_CELLS)
@quick
@given(data=st.data())
def test_a_cell_is_text_and_never_blank(name: str, data: st.DataObject) -> None:
    cell = data.draw(cells(FIELDS_OF_CELLS[name]))
    assert isinstance(cell, str)
    assert cell.strip("\ufeff\u00a0 ")


@given(cells(Field("close", FieldType.DATE, min="2024-02-28", max="2024-03-01"), answers=Answers(dates="mdy")))
@quick
def test_the_answers_of_the_plan_give_more_writings(cell: str) -> None:
    assert re.fullmatch(r"2024[-/]?0[23][-/]?\d\d|0[23]/\d\d/2024|\d+ (Feb|Mar) 2024|(February|March) \d+, 2024", cell)


@given(valid_frames(PLANS["accounts"], min_rows=3, max_rows=4))
@quick
def test_rows_and_columns_are_those_asked_for(frame: pd.DataFrame) -> None:
    assert len(frame) in (3, 4)
    assert list(frame.columns) == list(PLANS["accounts"].contract.names)
    assert all(dtype == "str" for dtype in frame.dtypes)


@given(valid_frames(PLANS["columns"]))
@quick
def test_headers_are_those_of_the_plan(frame: pd.DataFrame) -> None:
    assert {"Firma", "size"} <= set(frame.columns)
    assert not {"title", "a_phone"} & set(frame.columns)


@given(valid_frames(PLANS["accounts"], min_rows=0, max_rows=0), faulty_frames(PLANS["accounts"], min_rows=0, max_rows=0))
@quick
def test_no_rows_have_no_faults(frame: pd.DataFrame, faulty: tuple[pd.DataFrame, Any]) -> None:
    assert frame.empty
    assert faulty[0].empty
    assert faulty[1] == frozenset()


GOOD = {"key": "A1", "title": "Abc", "kind": "SaaS", "left": "a.b@firm-1.de"}
CODES_OF_CELLS = {
    *("PF005", "PF302", "PF303", "PF304", "PF305", "PF306", "PF307", "PF308", "PF310", "PF311", "PF313", "PF314"),
    *("PF403", "PF404", "PF405", "PF406"),
}


def test_each_fault_gets_its_code_alone() -> None:
    plan = PLANS["every type"]
    faults = [(field.name, *fault) for field in plan.contract.fields for fault in faults_of(field)]
    rows = [{**GOOD, "key": f"A{number}", name: text} for number, (name, text, _) in enumerate(faults)]
    report = plan.check(pd.DataFrame(rows, columns=list(plan.contract.names), dtype="str"))
    assert errors_in(report) == {(number, name, code) for number, (name, _, code) in enumerate(faults)}
    assert {code for _, _, code in faults} == CODES_OF_CELLS


@pytest.mark.parametrize("code", ["PF401", "PF407", "PF501", "PF502"])
def test_faults_of_rows_are_planted_too(code: str) -> None:
    frames = faulty_frames(GROUPS, min_rows=2, max_rows=2, max_faults=8)
    few = settings(quick, max_examples=200, database=None, phases=[Phase.generate])
    assert find(frames, lambda made: any(one == code for _, _, one in made[1]), settings=few)


@pytest.mark.parametrize(
    "call", [lambda: cells(Field("a")), lambda: valid_frames(PLANS["people"]), lambda: faulty_frames(PLANS["people"])]
)
def test_without_hypothesis_the_extra_is_named(call: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *rest: Any, **more: Any) -> Any:
        if name.split(".")[0] == "hypothesis" and "preflight" in inspect.stack()[1].filename:
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(NotAvailable, match=re.escape('pip install "demandbase-preflight[testing]"')):
        call()
