"""The seven operations against the sandbox, and the answers that it never gives against a function."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from preflight.client.client import DEFAULT_URL, Client
from preflight.client.errors import BadAnswer, Doubtful, NotAuthorised, NotFound, RateLimited, Redirected, Refused, Unavailable
from preflight.client.retry import Retries, Waiting
from preflight.client.token import Secret
from preflight.contract.plan import ColumnMapping
from preflight.contract.wire import FieldMappingRecord, ImportJob, RowError
from preflight.errors import UsageError
from preflight.testing import Clock

COLUMNS = (ColumnMapping("Company", "account_name"), ColumnMapping("Website", "domain"), ColumnMapping("Staff", "employees"))
ROWS = b"Company,Website,Staff\nAcme,acme.com,51-200\n,delta.org,7\nZeta,zeta.io,9\n"
URL = "https://api.example.com"


def answering(*replies: Any, **options: Any) -> tuple[Client, list[httpx.Request]]:
    """A client of a server that gives these answers in turn; the last again and again."""
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        request.read()
        reply = replies[min(len(seen), len(replies) - 1)]
        seen.append(request)
        if isinstance(reply, Exception):
            raise reply
        return reply(request) if callable(reply) else reply

    options = {"token": "a-secret-token", "clock": Clock(), **options}
    return Client(URL, transport=httpx.MockTransport(handler), **options), seen


def replied(status: int, value: object = None, **headers: str) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _: httpx.Response(status, json=value, headers={name.replace("_", "-"): one for name, one in headers.items()})


def test_the_whole_round(connect: Any) -> None:
    box, client = connect(reads_per_state=1)
    job = client.create_job("accounts", "insert", columns=COLUMNS)
    assert (job.status, job.entity_type, job.operation) == ("pending", "accounts", "insert")
    sent = client.upload_file(job.id, io.BytesIO(ROWS), file_name="run-1.csv")
    assert (sent.id, sent.status, sent.file_name, sent.file_size_bytes) == (job.id, "validating", "run-1.csv", len(ROWS))
    assert [client.get_job(job.id).status for _ in range(3)] == ["validating", "processing", "completed"]
    done = client.get_job(job.id)
    assert (done.total_rows, done.processed_rows, done.success_count, done.error_count) == (3, 3, 1, 2)
    assert list(client.iter_errors(job.id)) == [
        RowError(2, "employees", "51-200", "invalid_value", "employees must be a whole number"),
        RowError(3, "account_name", "", "missing_required", "account_name is required"),
    ]
    assert client.list_jobs() == [done]
    assert client.list_jobs(status="failed") == []
    assert box.holdings("accounts") == {"domain=zeta.io": 1}


def test_a_file_on_disk_is_uploaded_with_progress(connect: Any, tmp_path: Path) -> None:
    _box, client = connect(reads_per_state=0)
    path = tmp_path / "rows.csv"
    path.write_bytes(ROWS * 3000)
    seen: list[tuple[int, int]] = []
    job = client.create_job("accounts", "insert", columns=COLUMNS)
    sent = client.upload_file(job.id, path, progress=lambda done, whole: seen.append((done, whole)))
    size = len(ROWS) * 3000
    assert (sent.file_name, sent.file_size_bytes) == ("rows.csv", size)
    assert seen[-1] == (size, size)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_every_byte_arrives(connect: Any) -> None:
    box, client = connect(reads_per_state=0)
    rows = 'Company,Website,Staff\r\n"A ""quoted"", name\nof two lines — --boundary",a.com,1\n'.encode() + b"\xef\xbb\xbf\0"[:0]
    job = client.create_job("accounts", "insert", columns=COLUMNS)
    client.upload_file(job.id, io.BytesIO(rows))
    box.holdings("accounts")
    assert box.cells("accounts") == [
        {"account_name": 'A "quoted", name\nof two lines — --boundary', "domain": "a.com", "employees": "1"}
    ]


def test_many_errors_come_over_many_pages(connect: Any) -> None:
    box, client = connect(reads_per_state=0, page_cap=7, repeat_errors=True, shuffle_errors=True)
    job = client.create_job("accounts", "insert", columns=COLUMNS)
    rows = b"Company,Website,Staff\n" + b"".join(b"Acme,site%d.com,many\n" % number for number in range(40))
    client.upload_file(job.id, io.BytesIO(rows))
    client.get_job(job.id)
    errors = list(client.iter_errors(job.id))
    assert sorted(one.row_number for one in errors) == list(range(2, 42))
    assert box.calls()["errors"] == 13  # 80 items in pages of 7, and the empty one


def test_many_jobs_come_over_many_pages(connect: Any) -> None:
    _, client = connect(page_cap=4)
    made = [client.create_job("people", "insert").id for _ in range(10)]
    assert [job.id for job in client.list_jobs()] == made[::-1]


def test_the_fields_of_an_entity_are_listed(connect: Any) -> None:
    _, client = connect()
    accounts = client.list_field_mappings("accounts")
    assert accounts[0].field_name == "account_name"
    assert accounts[0].required
    assert {one.entity_type for one in client.list_field_mappings()} == {"accounts", "people", "opportunities", "activities"}


def test_no_response_property_is_assumed() -> None:
    client, _ = answering(replied(200, {}))
    assert client.get_job("j-1") == ImportJob(id="j-1")
    assert client.upload_file("j-1", io.BytesIO()) == ImportJob(id="j-1")
    assert client.list_jobs() == []
    assert list(client.iter_errors("j-1")) == []
    assert client.list_field_mappings() == []


def test_unknown_words_and_odd_records_are_kept() -> None:
    client, _ = answering(replied(200, {"id": "j-1", "status": "archived", "total_rows": "7", "colour": "red"}))
    job = client.get_job("j-1")
    assert (job.status, job.total_rows, job.odd) == ("archived", None, ("total_rows",))
    fields, _ = answering(replied(200, {"mappings": [None, "x", {"field_name": "f", "field_type": "hue"}]}))
    assert fields.list_field_mappings()[2] == FieldMappingRecord(field_name="f", field_type="hue")


@pytest.mark.parametrize("answer", [{}, {"id": None}, {"id": ""}, {"id": "../x"}, {"id": ["j"]}, {"id": "a b"}, [], None, "j-1"])
def test_a_create_without_an_id_that_can_be_used_is_doubtful(answer: object) -> None:
    client, seen = answering(replied(202, answer))
    with pytest.raises(Doubtful):
        client.create_job("accounts", "insert")
    assert len(seen) == 1


def test_an_id_that_is_a_number_can_be_used() -> None:
    client, _ = answering(replied(202, {"id": 17}))
    assert client.create_job("accounts", "insert").id == "17"


def test_another_job_is_not_taken_for_ours() -> None:
    client, seen = answering(replied(200, {"id": "j-2"}))
    with pytest.raises(BadAnswer, match="not of the described shape"):
        client.get_job("j-1")
    assert len(seen) == 3
    with pytest.raises(Doubtful):
        client.upload_file("j-1", io.BytesIO())


def test_a_create_sends_what_the_description_asks_for() -> None:
    client, seen = answering(replied(202, {"id": "j"}))
    client.create_job("accounts", "upsert", match_key="domain", columns=(*COLUMNS, ColumnMapping("Notes", None)))
    assert json.loads(seen[0].content) == {
        "entity_type": "accounts",
        "operation": "upsert",
        "match_key": "domain",
        "field_mappings": [
            {"csv_column": "Company", "demandbase_field": "account_name"},
            {"csv_column": "Website", "demandbase_field": "domain"},
            {"csv_column": "Staff", "demandbase_field": "employees"},
        ],
    }


@pytest.mark.parametrize("call", ["get", "create", "cancel"])
def test_a_refused_token_is_renewed_once(call: str) -> None:
    tokens = iter(["first-token", "second-token", "third-token"])
    good = replied(200, {"id": "j-1", "status": "cancelled"})
    client, seen = answering(replied(401), good, token=lambda: next(tokens))
    {
        "get": lambda: client.get_job("j-1"),
        "create": lambda: client.create_job("accounts", "insert"),
        "cancel": lambda: client.cancel_job("j-1"),
    }[call]()
    assert len(seen) == 2


def test_a_token_is_renewed_once_per_call() -> None:
    count: list[int] = []

    def provide() -> str:
        count.append(1)
        return f"token-number-{len(count)}"

    client, seen = answering(replied(401, {"status": "EXPIRED"}), token=provide)
    with pytest.raises(NotAuthorised, match="EXPIRED") as caught:
        client.get_job("j-1")
    assert (len(count), len(seen), caught.value.renewed) == (2, 2, True)


def test_an_upload_with_a_refused_token_is_not_sent_again_but_the_token_is_new() -> None:
    tokens = iter(["first-token", "second-token"])
    used: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        used.append(request.headers["authorization"])
        return httpx.Response(401 if len(used) == 1 else 200, json={})

    client, _seen = answering(handler, token=lambda: next(tokens))
    with pytest.raises(NotAuthorised) as caught:
        client.upload_file("j-1", io.BytesIO(b"a\n"))
    assert caught.value.renewed
    client.get_job("j-1")
    assert used == ["Bearer first-token", "Bearer second-token"]


def test_a_missing_permission_renews_nothing() -> None:
    asked: list[int] = []
    client, _ = answering(replied(403), token=lambda: asked.append(1) or "a-secret-token")
    with pytest.raises(Exception, match="ask for the permission"):
        client.list_jobs()
    assert len(asked) == 1


def test_waits_are_told() -> None:
    told: list[Waiting] = []
    retries = Retries(chance=lambda: 0.0, on_wait=told.append)
    client, _ = answering(replied(503, None, retry_after="9"), replied(200, {"mappings": []}), retries=retries)
    client.list_field_mappings()
    assert told == [Waiting("listFieldMappings", 9.0, "perhaps done", 1)]


def test_a_wait_beyond_all_patience_is_handed_back() -> None:
    client, seen = answering(replied(429, {"message": "quota"}, retry_after="86400"))
    with pytest.raises(RateLimited, match=r'"quota"; the server asks to wait 86400 s') as caught:
        client.get_job("j-1")
    assert (len(seen), caught.value.retry_after) == (1, 86400.0)


def test_a_redirect_is_named_and_not_followed() -> None:
    client, seen = answering(replied(307, None, location="https://evil.example/import/v1/jobs?x=1"))
    with pytest.raises(Redirected, match=r'points to "https://evil\.example"'):
        client.create_job("accounts", "insert")
    assert len(seen) == 1


@pytest.mark.parametrize(("location", "named"), [("", "nowhere"), ("/elsewhere", "another path of the same host")])
def test_odd_redirects_are_named_too(location: str, named: str) -> None:
    client, _ = answering(lambda _: httpx.Response(302, headers=[(b"location", location.encode())]))
    with pytest.raises(Redirected, match=named):
        client.list_jobs()


@pytest.mark.parametrize("location", ["http://[::1", "https://a\u202eb.example"])
def test_a_redirect_to_no_address_is_no_answer(location: str) -> None:
    client, _ = answering(lambda _: httpx.Response(302, headers=[(b"location", location.encode())]))
    with pytest.raises(Unavailable, match="the answer is not HTTP"):
        client.list_jobs()


def test_the_message_says_what_happened_and_what_to_do() -> None:
    client, _ = answering(replied(400, {"error": {"code": "E7", "message": "match_key is\nmissing"}}))
    with pytest.raises(Refused) as caught:
        client.create_job("accounts", "update")
    assert str(caught.value) == 'createImportJob at api.example.com: refused (400): "match_key is missing; code E7"'
    client, _ = answering(httpx.ReadError("x"))
    with pytest.raises(Doubtful) as doubt:
        client.upload_file("j-1", io.BytesIO(b"a\n"))
    assert str(doubt.value) == (
        "uploadImportFile at api.example.com: sent, but not answered (the connection broke); 2 of 2 bytes were handed over; "
        "it may have happened; read the job before anything is sent again"
    )


def test_an_answer_about_rows_is_not_quoted() -> None:
    client, _ = answering(lambda _: httpx.Response(200, content=b'{"errors": [{"value": "ana@acme.com"}'))
    with pytest.raises(BadAnswer) as caught:
        list(client.iter_errors("j-1"))
    assert "acme" not in str(caught.value)
    page, _ = answering(lambda _: httpx.Response(200, content=b"<html>Sign in</html>"))
    with pytest.raises(BadAnswer, match='it begins "<html>Sign in</html>"'):
        list(page.iter_errors("j-1"))


def test_a_page_size_that_is_refused_is_made_smaller() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        if int(request.url.params["limit"]) > 100:
            return httpx.Response(400, json={"message": "limit is at most 100"})
        first = request.url.params["offset"] == "0"
        return httpx.Response(200, json={"errors": [{"row_number": 2}] if first else []})

    client, seen = answering(handler)
    assert list(client.iter_errors("j-1")) == [RowError(row_number=2)]
    assert [(one.url.params["limit"], one.url.params["offset"]) for one in seen] == [("1000", "0"), ("100", "0"), ("100", "1")]


def test_a_bad_job_id_is_refused_at_once() -> None:
    client, seen = answering(replied(200, {}))
    with pytest.raises(UsageError):
        client.iter_errors("../jobs")
    with pytest.raises(UsageError):
        client.get_job("a/b")
    assert seen == []


def test_a_missing_job_is_not_found(connect: Any) -> None:
    _, client = connect()
    for call in (client.get_job, client.cancel_job, lambda one: list(client.iter_errors(one))):
        with pytest.raises(NotFound, match="there is no such job"):
            call("no-such-job")
    with pytest.raises(NotFound):
        client.upload_file("no-such-job", io.BytesIO(b"a\n"))


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    monkeypatch.delenv("DEMANDBASE_URL", raising=False)
    monkeypatch.delenv("DEMANDBASE_TOKEN", raising=False)
    return monkeypatch


def test_without_a_token_nothing_is_asked(bare: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="set DEMANDBASE_TOKEN"):
        Client()


def test_this_machine_needs_no_token(bare: pytest.MonkeyPatch) -> None:
    Client("http://127.0.0.1:9").close()


def test_the_environment_is_read_where_nothing_is_given(bare: pytest.MonkeyPatch) -> None:
    bare.setenv("DEMANDBASE_TOKEN", "from-the-environment")
    with Client() as client:
        assert (client.url, client.host) == (DEFAULT_URL, "api.demandbase.com")
    bare.setenv("DEMANDBASE_URL", "https://gate.example/db/")
    with Client() as client:
        assert client.url == "https://gate.example/db"
    with Client("https://other.example") as client:
        assert client.url == "https://other.example"


def test_an_environment_can_be_handed_over(bare: pytest.MonkeyPatch) -> None:
    bare.setenv("DEMANDBASE_URL", "https://not-this-one.example")
    with Client.from_environment({"DEMANDBASE_TOKEN": "handed-over-token"}) as client:
        assert client.url == DEFAULT_URL
    with Client.from_environment({"DEMANDBASE_TOKEN": "handed-over-token", "DEMANDBASE_URL": "https://gate.example"}) as client:
        assert client.url == "https://gate.example"


def test_an_environment_that_is_handed_over_is_the_only_one(bare: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bare.setenv("DEMANDBASE_TOKEN", "not-this-one-token")
    with pytest.raises(UsageError, match="there is no token"):
        Client.from_environment({})
    with Client.from_environment({"DEMANDBASE_URL": "http://127.0.0.1:9"}) as client:
        assert client.host == "127.0.0.1"
    path = tmp_path / "token"
    path.write_text("token-of-a-file", encoding="utf-8")
    with Client.from_environment({}, token_file=path) as client:
        assert client.url == DEFAULT_URL


def test_a_secret_can_be_handed_over() -> None:
    client, seen = answering(replied(200, {}), token=Secret("a-secret-token"))
    client.list_jobs()
    assert len(seen) == 1


def test_a_client_shows_its_address_only() -> None:
    client, _ = answering(replied(200, {}))
    assert repr(client) == "Client('https://api.example.com')"
