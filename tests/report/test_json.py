"""The JSON report: valid, complete, streamed, and as its schema says."""

import datetime
import json
from dataclasses import replace
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from referencing import Registry, Resource

from preflight.findings import Content, Finding, Scope, Severity
from preflight.report.json import encode, finding_members, label_of, render, several

SCHEMAS = Path(__file__).parents[2] / "schemas" / "output"


@pytest.fixture(scope="session")
def validator() -> jsonschema.Draft202012Validator:
    schemas = {name: json.loads((SCHEMAS / name).read_text()) for name in ("finding.json", "report.json")}
    registry: Registry[Any] = Registry().with_resources((name, Resource.from_contents(body)) for name, body in schemas.items())
    jsonschema.Draft202012Validator.check_schema(schemas["report.json"])
    return jsonschema.Draft202012Validator(schemas["report.json"], registry=registry)


def strictly(text: str) -> Any:
    def refuse(word: str) -> None:
        raise ValueError(word)

    return json.loads(text.encode("utf-8"), parse_constant=refuse)


def test_every_content_obeys_the_schema(content: Content, validator: jsonschema.Draft202012Validator) -> None:
    document = strictly("".join(render(content)))
    validator.validate(document)
    assert len(document["findings"]) == sum(content.summary.by_code.values())
    assert document["summary"] == content.summary.to_json()


def test_the_members_that_the_design_names(contents: dict[str, Content]) -> None:
    document = strictly("".join(render(contents["sample"])))
    assert document["source"] == {"path": "accounts.csv", "records": 5, "encoding": "utf-8", "delimiter": ","}
    assert document["findings"][0] == {
        "code": "PF302",
        "name": "not-an-integer",
        "severity": "error",
        "scope": "cell",
        "source_row": 1,
        "label": 1,
        "record": 2,
        "line": 3,
        "position": 35,
        "column": "Employees",
        "field": "employees",
        "value": "51-200",
        "message": '"51-200" is a band, not a whole number; give one number or leave the cell blank',
        "suggestion": None,
        "fixable": False,
        "rows": 1,
        "related": [],
        "origin": "here",
    }
    assert document["truncated"] is False


def test_a_sheet_is_named(contents: dict[str, Content], validator: jsonschema.Draft202012Validator) -> None:
    source = replace(contents["sample"].source, path="book.xlsx", encoding=None, delimiter=None, sheet="Q1")
    document = strictly("".join(render(replace(contents["sample"], source=source))))
    validator.validate(document)
    assert document["source"]["sheet"] == "Q1"


def test_no_plan_is_null(contents: dict[str, Content]) -> None:
    assert strictly("".join(render(contents["bare"])))["plan"] is None


def test_values_come_back_whole(contents: dict[str, Content]) -> None:
    found = strictly("".join(render(contents["large"])))["findings"]
    assert [one["value"] for one in found] == [one.value for one in contents["large"].findings()]


def test_several_have_sums(contents: dict[str, Content], validator: jsonschema.Draft202012Validator) -> None:
    document = strictly("".join(several(iter(contents.values()))))
    validator.validate(document)
    assert [report["source"]["path"] for report in document["reports"]] == [one.source.path for one in contents.values()]
    assert document["summary"]["records"] == 12_032
    assert document["summary"]["by_code"]["PF302"] == 307


def test_several_of_none_is_a_document(validator: jsonschema.Draft202012Validator) -> None:
    document = strictly("".join(several([])))
    validator.validate(document)
    assert document["reports"] == []


def test_findings_are_taken_as_they_come(contents: dict[str, Content]) -> None:
    taken = 0

    def endless() -> Any:
        nonlocal taken
        one = next(contents["sample"].findings())
        while True:
            taken += 1
            yield one

    assert len(list(islice(render(replace(contents["sample"], findings=endless)), 4))) == 4
    assert taken < 2_000


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        (None, None),
        (7, 7),
        (True, True),
        ("a", "a"),
        (1.5, 1.5),
        (float("nan"), None),
        (float("-inf"), "-inf"),
        (np.int64(7), 7),
        (np.float64(1.5), 1.5),
        (np.str_("a"), "a"),
        (np.bool_(True), True),
        (np.datetime64("2026-11-24"), "2026-11-24"),
        (pd.NaT, None),
        (pd.NA, None),
        (pd.Timestamp("2026-11-24T01:02:03Z"), "2026-11-24T01:02:03+00:00"),
        (datetime.date(2026, 11, 24), "2026-11-24"),
        (pd.Timedelta(days=1), "1 days 00:00:00"),
        (pd.Period("2026-11", "M"), "2026-11"),
        (pd.Interval(0, 1), "(0, 1]"),
        (Decimal("1.50"), "1.50"),
        (Decimal("sNaN"), None),
        (("a", (1, pd.NaT)), ["a", [1, None]]),
        (b"x", "b'x'"),
    ],
)
def test_labels_are_plain(label: object, expected: object) -> None:
    plain = label_of(label)
    assert plain == expected
    assert type(plain) is type(expected)
    assert strictly(encode(plain)) == expected


ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=30)


@given(ANY_TEXT, st.none() | ANY_TEXT, st.none() | st.integers() | st.floats() | ANY_TEXT | st.tuples(ANY_TEXT, st.dates()))
def test_any_cell_is_valid_json_on_one_line(text: str, value: str | None, label: object) -> None:
    found = Finding("PF302", "x", Severity.ERROR, Scope.CELL, text, column=text, value=value, label=label)
    line = encode(finding_members(found))
    assert "\n" not in line
    assert "\x1b" not in line
    parsed = strictly(line)
    # Two halves that stand next to each other become one character in JSON.
    assert parsed["value"] == (value and json.loads(json.dumps(value)))
