"""The wire format: paths, queries, bodies, and what is read from answers."""

from __future__ import annotations

import pytest

from preflight.client.dialect import DEMANDBASE, Manner, Page
from preflight.contract.plan import ColumnMapping
from preflight.contract.wire import FieldMappingRecord, ImportJob, RowError
from preflight.errors import UsageError


def test_the_calls_are_those_of_the_description() -> None:
    calls = [
        DEMANDBASE.list_jobs("failed", 25, 50),
        DEMANDBASE.create_job("accounts", "upsert", "domain", []),
        DEMANDBASE.get_job("j-1"),
        DEMANDBASE.cancel_job("j-1"),
        DEMANDBASE.upload_file("j-1"),
        DEMANDBASE.list_errors("j-1", 100, 0),
        DEMANDBASE.list_field_mappings("people"),
        DEMANDBASE.list_field_mappings(None),
    ]
    assert [(one.operation, one.manner, one.method, one.path, one.query) for one in calls] == [
        ("listImportJobs", Manner.READ, "GET", "/import/v1/jobs", (("status", "failed"), ("limit", "25"), ("offset", "50"))),
        ("createImportJob", Manner.CREATE, "POST", "/import/v1/jobs", ()),
        ("getImportJob", Manner.READ, "GET", "/import/v1/jobs/j-1", ()),
        ("cancelImportJob", Manner.CANCEL, "DELETE", "/import/v1/jobs/j-1", ()),
        ("uploadImportFile", Manner.UPLOAD, "POST", "/import/v1/jobs/j-1/upload", ()),
        ("getImportErrors", Manner.READ, "GET", "/import/v1/jobs/j-1/errors", (("limit", "100"), ("offset", "0"))),
        ("listFieldMappings", Manner.READ, "GET", "/import/v1/mappings", (("entity_type", "people"),)),
        ("listFieldMappings", Manner.READ, "GET", "/import/v1/mappings", ()),
    ]


def test_columns_that_are_not_sent_are_no_mappings() -> None:
    call = DEMANDBASE.create_job("accounts", "upsert", "domain", [ColumnMapping("Web", "domain"), ColumnMapping("Notes", None)])
    assert call.body == {
        "entity_type": "accounts",
        "operation": "upsert",
        "match_key": "domain",
        "field_mappings": [{"csv_column": "Web", "demandbase_field": "domain"}],
    }


@pytest.mark.parametrize("job_id", ["a", "0", "0a1b-2c", "A.b_c~d", "x" * 128])
def test_safe_ids_are_used(job_id: str) -> None:
    assert DEMANDBASE.get_job(job_id).path == f"/import/v1/jobs/{job_id}"


@pytest.mark.parametrize(
    "job_id", ["", ".", "..", "-a", "a/b", "a?b", "a#b", "a b", "a%2f", "a\n", "ä", "x" * 129, "../secret", "a\\b"]
)
def test_other_ids_never_enter_a_path(job_id: str) -> None:
    for build in (DEMANDBASE.get_job, DEMANDBASE.cancel_job, DEMANDBASE.upload_file):
        with pytest.raises(UsageError, match="no job id"):
            build(job_id)
    with pytest.raises(UsageError, match="no job id"):
        DEMANDBASE.list_errors(job_id, 1, 0)


def test_records_are_read() -> None:
    assert DEMANDBASE.read_job({"id": "j", "status": "paused"}) == ImportJob(id="j", status="paused")
    assert DEMANDBASE.read_jobs({"jobs": [{"id": "j"}], "total": 9}) == Page((ImportJob(id="j"),), 9)
    assert DEMANDBASE.read_errors({"errors": [{"row_number": 2}]}) == Page((RowError(row_number=2),), None)
    assert DEMANDBASE.read_field_mappings({"mappings": [{"field_name": "f"}]}) == (FieldMappingRecord(field_name="f"),)


@pytest.mark.parametrize("answer", [{}, {"jobs": None}, {"other": 1}])
def test_an_absent_list_is_empty(answer: object) -> None:
    assert DEMANDBASE.read_jobs(answer) == Page((), None)


@pytest.mark.parametrize("answer", [None, [], "jobs", 7, {"jobs": {}, "errors": "x", "mappings": 3}])
def test_another_shape_is_not_read(answer: object) -> None:
    assert DEMANDBASE.read_jobs(answer) is None
    assert DEMANDBASE.read_errors(answer) is None
    assert DEMANDBASE.read_field_mappings(answer) is None


@pytest.mark.parametrize("total", ["9", -1, True, 1.5, None, []])
def test_a_total_that_is_no_count_is_none(total: object) -> None:
    assert DEMANDBASE.read_jobs({"jobs": [], "total": total}) == Page((), None)


def test_a_call_does_not_show_what_it_carries() -> None:
    assert "accounts" not in repr(DEMANDBASE.create_job("accounts", "insert", None, []))
