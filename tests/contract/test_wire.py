"""Records of the API are read from any JSON, and nothing is assumed of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.contract.wire import FieldMappingRecord, ImportJob, RowError, create_body

JOB = {
    "id": "j1",
    "entity_type": "accounts",
    "operation": "upsert",
    "status": "archived",
    "total_rows": 3,
    "processed_rows": 2.0,
    "success_count": 1,
    "error_count": 1,
    "file_name": "a.csv",
    "file_size_bytes": 10**12,
    "created_at": "2026-11-24T00:00:00Z",
    "started_at": None,
    "error_message": "",
    "unknown": {"kept": "out"},
}


def test_a_job() -> None:
    assert ImportJob.from_json(JOB) == ImportJob(
        id="j1",
        entity_type="accounts",
        operation="upsert",
        status="archived",
        total_rows=3,
        processed_rows=2,
        success_count=1,
        error_count=1,
        file_name="a.csv",
        file_size_bytes=10**12,
        created_at="2026-11-24T00:00:00Z",
        error_message="",
    )


@pytest.mark.parametrize("record", [ImportJob, RowError, FieldMappingRecord])
@pytest.mark.parametrize("value", [None, [], "x", 3, True])
def test_what_is_no_object_is_odd(record: type[ImportJob | RowError | FieldMappingRecord], value: object) -> None:
    assert record.from_json(value) == record(odd=("(record)",))
    assert record.from_json({}) == record()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"row_number": 5, "value": "x"}, RowError(5, value="x")),
        ({"row_number": "5"}, RowError(odd=("row_number",))),
        ({"row_number": True}, RowError(odd=("row_number",))),
        ({"row_number": 5.5}, RowError(odd=("row_number",))),
        ({"row_number": float("nan")}, RowError(odd=("row_number",))),
        ({"value": 12}, RowError(value="12", odd=("value",))),
        ({"value": True}, RowError(value="true", odd=("value",))),
        ({"value": ["x"]}, RowError(odd=("value",))),
        ({"message": 12, "field": {}}, RowError(odd=("field", "message"))),
        ({"message": "a\ud800b"}, RowError(message="a\ufffdb", odd=("message",))),
    ],
)
def test_row_errors(value: object, expected: RowError) -> None:
    assert RowError.from_json(value) == expected


def test_an_id_that_is_a_number_is_kept() -> None:
    assert ImportJob.from_json({"id": 90071992547409930}) == ImportJob(id="90071992547409930", odd=("id",))


def test_a_field_mapping() -> None:
    value = {"field_name": "domain", "field_type": "string", "required": True, "description": 5}
    assert FieldMappingRecord.from_json(value) == FieldMappingRecord("domain", "string", required=True, odd=("description",))


@pytest.mark.parametrize(
    ("operation", "key", "sent"),
    [("upsert", "domain", True), ("update", "domain", True), ("insert", "domain", False), ("insert", None, False)],
)
def test_the_request_that_creates_a_job(operation: str, key: str | None, sent: bool) -> None:
    assert create_body("accounts", operation, key, (("Web", "domain"),)) == {
        "entity_type": "accounts",
        "operation": operation,
        **({"match_key": key} if sent else {}),
        "field_mappings": [{"csv_column": "Web", "demandbase_field": "domain"}],
    }


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*JOB, "row_number", "field", "value", "message"]), inner)
    ),
)


@given(_JSON)
def test_any_json_is_read(value: object) -> None:
    for record in (ImportJob, RowError, FieldMappingRecord):
        found = record.from_json(value)
        repr(found).encode()
