"""Requests to answers, without a socket."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from preflight.sandbox.app import App, Reply, Request, operation_of
from preflight.sandbox.faults import Switches
from preflight.sandbox.fields import bundled_fields
from preflight.sandbox.store import Store

TOKEN = "app-test-token"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    switches = Switches(token=TOKEN, page_cap=3, max_upload_bytes=1000)
    store = Store(tmp_path, bundled_fields(), switches, lambda: 1_800_000_000.0)
    yield App(store, switches)
    store.close()


def ask(
    app: App, method: str, path: str, body: bytes = b"", query: str = "", kind: str = "application/json", **headers: str
) -> Reply:
    sent = {"authorization": f"Bearer {TOKEN}", "content-type": kind, **headers}
    return app.answer(Request(method, path, query, sent, io.BytesIO(body), len(body)))


def created(app: App) -> str:
    reply = ask(app, "POST", "/import/v1/jobs", b'{"entity_type": "accounts", "operation": "insert"}')
    assert reply.status == 202
    assert isinstance(reply.value, dict)
    return str(reply.value["id"])


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/import/v1/jobs", ("list", "")),
        ("POST", "/import/v1/jobs", ("create", "")),
        ("GET", "/import/v1/jobs/a%20b", ("get", "a b")),
        ("DELETE", "/import/v1/jobs/j", ("cancel", "j")),
        ("POST", "/import/v1/jobs/j/upload", ("upload", "j")),
        ("GET", "/import/v1/jobs/j/errors", ("errors", "j")),
        ("GET", "/import/v1/mappings", ("mappings", "")),
        ("PUT", "/import/v1/jobs/j", (None, "j")),
        ("GET", "/import/v1/jobs/", (None, "")),
        ("GET", "/", (None, "")),
    ],
)
def test_the_seven_operations_have_their_addresses(method: str, path: str, expected: tuple[str | None, str]) -> None:
    assert operation_of(method, path)[:2] == expected


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer wrong", "Basic app-test-token", "app-test-token", "Bearer tökén"]
)
def test_without_the_token_nothing_is_said(app: App, header: str) -> None:
    reply = ask(app, "GET", "/import/v1/mappings", authorization=header)
    assert (reply.status, reply.headers) == (401, (("WWW-Authenticate", "Bearer"),))


def test_the_scheme_is_written_in_any_case(app: App) -> None:
    assert ask(app, "GET", "/import/v1/mappings", authorization=f"bearer {TOKEN}").status == 200


def test_unknown_addresses_and_methods_are_refused(app: App) -> None:
    assert ask(app, "GET", "/import/v2/jobs").status == 404
    reply = ask(app, "PATCH", "/import/v1/jobs")
    assert (reply.status, reply.headers) == (405, (("Allow", "GET, POST"),))
    for method, end in (("GET", ""), ("DELETE", ""), ("POST", "/upload"), ("GET", "/errors")):
        assert ask(app, method, f"/import/v1/jobs/none{end}").status == 404


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "a JSON object"),
        (b"{}", "entity_type must be"),
        (b'{"entity_type": "leads", "operation": "insert"}', "entity_type must be"),
        (b'{"entity_type": ["accounts"], "operation": "insert"}', "entity_type must be"),
        (b'{"entity_type": "accounts"}', "operation must be"),
        (b'{"entity_type": "accounts", "operation": "merge"}', "operation must be"),
        (b'{"entity_type": "accounts", "operation": {}}', "operation must be"),
        (b'{"entity_type": "accounts", "operation": "insert", "match_key": 7}', "match_key must be"),
        (b'{"entity_type": "accounts", "operation": "insert", "field_mappings": {}}', "field_mappings must be"),
        (b'{"entity_type": "accounts", "operation": "insert", "field_mappings": [1]}', "field_mappings must be"),
        (b'{"entity_type": "accounts", "operation": "insert", "field_mappings": [{"csv_column": 1}]}', "must be texts"),
    ],
)
def test_a_job_that_is_not_as_described_is_refused(app: App, body: bytes, said: str) -> None:
    reply = ask(app, "POST", "/import/v1/jobs", body)
    assert reply.status == 400
    assert said in json.dumps(reply.value)


def test_a_job_in_another_form_than_json_is_refused(app: App) -> None:
    assert ask(app, "POST", "/import/v1/jobs", b"{}", kind="text/plain").status == 400


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 3),
        ("limit=2", 2),
        ("limit=99", 3),
        ("limit=0", 0),
        ("limit=-1", 3),
        ("limit=x", 3),
        ("limit=1&limit=2", 3),
        ("offset=4", 1),
        ("offset=9", 0),
    ],
)
def test_pages_are_cut_and_odd_queries_count_as_not_given(app: App, query: str, count: int) -> None:
    for _ in range(5):
        created(app)
    reply: Any = ask(app, "GET", "/import/v1/jobs", query=query)
    assert (reply.status, len(reply.value["jobs"]), reply.value["total"]) == (200, count, 5)


def test_jobs_are_filtered_by_status(app: App) -> None:
    ask(app, "DELETE", f"/import/v1/jobs/{created(app)}")
    kept = created(app)
    found: Any = ask(app, "GET", "/import/v1/jobs", query="status=pending").value
    assert [job["id"] for job in found["jobs"]] == [kept]


def test_cancelling_answers_without_a_body(app: App) -> None:
    path = f"/import/v1/jobs/{created(app)}"
    reply = ask(app, "DELETE", path)
    assert (reply.status, reply.body()) == (200, b"")
    assert ask(app, "DELETE", path).status == 409


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("text/csv", b"Company\n", 400),
        ("multipart/form-data; boundary=b", b"--b--\r\n", 400),
        ("multipart/form-data; boundary=b", b"x" * 1001, 413),
        ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nA\n\r\n--b--\r\n', 200),
    ],
)
def test_uploads_are_forms_of_a_bounded_size(app: App, tmp_path: Path, kind: str, body: bytes, status: int) -> None:
    assert ask(app, "POST", f"/import/v1/jobs/{created(app)}/upload", body, kind=kind).status == status
    assert len(list(tmp_path.glob("*.csv"))) == (1 if status == 200 else 0)


def test_a_client_that_goes_away_leaves_no_file_behind(app: App, tmp_path: Path) -> None:
    class Gone(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            piece = super().read(40)
            if not piece:
                raise ConnectionResetError
            return piece

    body = b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\n' + b"x" * 400
    headers = {"authorization": f"Bearer {TOKEN}", "content-type": "multipart/form-data; boundary=b"}
    path = f"/import/v1/jobs/{created(app)}/upload"
    with pytest.raises(ConnectionResetError):
        app.answer(Request("POST", path, "", headers, Gone(body), 999))
    assert list(tmp_path.glob("*.csv")) == []


def test_fields_are_listed_by_entity(app: App) -> None:
    some: Any = ask(app, "GET", "/import/v1/mappings", query="entity_type=people").value
    assert {one["entity_type"] for one in some["mappings"]} == {"people"}
    every: Any = ask(app, "GET", "/import/v1/mappings", query="entity_type=nonsense").value
    assert len({one["entity_type"] for one in every["mappings"]}) == 4
