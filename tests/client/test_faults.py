"""The operation × failure table, on real sockets."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from preflight.client.client import Client
from preflight.client.errors import (
    ApiError,
    BadAnswer,
    Conflict,
    Doubtful,
    NotAuthorised,
    NotFound,
    NotPermitted,
    RateLimited,
    Redirected,
    Refused,
    TooLarge,
    Unavailable,
    Unreachable,
)
from preflight.client.transport import Timeouts
from preflight.contract.plan import ColumnMapping
from preflight.contract.wire import ImportJob
from preflight.testing import Clock

COLUMNS = (ColumnMapping("Company", "account_name"), ColumnMapping("Website", "domain"))
ROWS = b"Company,Website\nAcme,acme.com\nDelta,delta.org\n"


def create(client: Client) -> ImportJob:
    return client.create_job("accounts", "upsert", match_key="domain", columns=COLUMNS)


def upload(client: Client, rows: bytes = ROWS) -> ImportJob:
    return client.upload_file(str(create(client).id), io.BytesIO(rows), file_name="tag.csv")


def get(client: Client) -> ImportJob:
    return client.get_job(str(create(client).id))


def cancel(client: Client) -> None:
    client.cancel_job(str(create(client).id))


def errors(client: Client) -> list[Any]:
    return list(client.iter_errors(str(create(client).id)))


READS: dict[str, Callable[[Client], Any]] = {
    "list": lambda client: client.list_jobs(),
    "get": get,
    "errors": errors,
    "mappings": lambda client: client.list_field_mappings("accounts"),
}

READ_FAULTS: tuple[tuple[str, type[ApiError], int], ...] = (
    ("reset-before", Unavailable, 5),
    ("reset-after", Unavailable, 5),
    ("close-after", Unavailable, 5),
    ("garbage", Unavailable, 5),
    ("cut", Unavailable, 3),
    ("500", Unavailable, 5),
    ("502", Unavailable, 5),
    ("503", Unavailable, 5),
    ("408", Unavailable, 5),
    ("html", BadAnswer, 3),
    ("nan", BadAnswer, 3),
    ("bigint", BadAnswer, 3),
    ("deep", BadAnswer, 3),
    ("no-body", BadAnswer, 3),
    ("gzip", BadAnswer, 3),
    ("bomb", BadAnswer, 3),
    ("429", RateLimited, 5),
    ("400", Refused, 1),
    ("422", Refused, 1),
    ("403", NotPermitted, 1),
    ("404", NotFound, 1),
    ("409", Conflict, 1),
    ("401", NotAuthorised, 1),
    ("redirect", Redirected, 1),
)


@pytest.mark.parametrize("operation", READS)
@pytest.mark.parametrize(("kind", "expected", "tries"), READ_FAULTS)
def test_a_read_is_repeated_or_refused(connect: Any, operation: str, kind: str, expected: type[ApiError], tries: int) -> None:
    box, client = connect(f"{operation}:{kind}")
    with pytest.raises(ApiError) as caught:
        READS[operation](client)
    asked = 2 if (operation, kind) in {("errors", "400"), ("errors", "422")} else 1  # a smaller page is tried once
    assert type(caught.value) is expected
    assert box.calls()[operation] == tries * asked


@pytest.mark.parametrize("operation", READS)
@pytest.mark.parametrize("kind", ["reset-before", "reset-after", "garbage", "cut", "html", "500", "503", "429", "close-before"])
def test_a_read_that_fails_once_is_answered(connect: Any, operation: str, kind: str, clock: Clock) -> None:
    _box, client = connect(f"{operation}:{kind}@1", retry_after=7)
    found = READS[operation](client)
    assert found if operation in {"get", "mappings"} else found == []
    assert clock.waits == ([7.0] if kind in {"503", "429"} else [0.5])


CREATE_FAULTS: tuple[tuple[str, type[ApiError], int], ...] = (
    ("reset-before", Doubtful, 1),
    ("reset-after", Doubtful, 1),
    ("close-after", Doubtful, 1),
    ("garbage", Doubtful, 1),
    ("cut", Doubtful, 1),
    ("html", Doubtful, 1),
    ("no-id", Doubtful, 1),
    ("empty", Doubtful, 1),
    ("no-body", Doubtful, 1),
    ("nan", Doubtful, 1),
    ("gzip", Doubtful, 1),
    ("500", Doubtful, 1),
    ("503", Doubtful, 1),
    ("500-after", Doubtful, 1),
    ("504-after", Doubtful, 1),
    ("huge", Doubtful, 1),
    ("429", RateLimited, 5),
    ("400", Refused, 1),
    ("401", NotAuthorised, 1),
    ("403", NotPermitted, 1),
    ("404", NotFound, 1),
    ("redirect", Redirected, 1),
)


@pytest.mark.parametrize(("kind", "expected", "tries"), CREATE_FAULTS)
def test_a_create_is_repeated_only_when_it_was_counted_off(connect: Any, kind: str, expected: type[ApiError], tries: int) -> None:
    box, client = connect(f"create:{kind}")
    with pytest.raises(ApiError) as caught:
        create(client)
    assert type(caught.value) is expected
    assert box.calls()["create"] == tries


UPLOAD_FAULTS: tuple[tuple[str, type[ApiError], bool], ...] = (
    ("reset-after", Doubtful, True),
    ("close-after", Doubtful, True),
    ("garbage", Doubtful, True),
    ("cut", Doubtful, True),
    ("html", Doubtful, True),
    ("no-body", Doubtful, True),
    ("other-id", Doubtful, True),
    ("deep", Doubtful, True),
    ("bomb", Doubtful, False),
    ("500", Doubtful, False),
    ("503", Doubtful, False),
    ("500-after", Doubtful, True),
    ("504-after", Doubtful, True),
    ("408", Doubtful, False),
    ("429", RateLimited, False),
    ("401", NotAuthorised, False),
    ("403", NotPermitted, False),
    ("404", NotFound, False),
    ("409", Conflict, False),
    ("413", TooLarge, False),
    ("400", Refused, False),
    ("redirect", Redirected, False),
)


@pytest.mark.parametrize(("kind", "expected", "landed"), UPLOAD_FAULTS)
def test_an_upload_is_sent_once_whatever_happens(connect: Any, kind: str, expected: type[ApiError], landed: bool) -> None:
    box, client = connect(f"upload:{kind}")
    with pytest.raises(ApiError) as caught:
        upload(client)
    assert type(caught.value) is expected
    assert box.calls()["upload"] == 1
    assert box.holdings("accounts") == ({"domain=acme.com": 1, "domain=delta.org": 1} if landed else {})


@pytest.mark.parametrize("kind", ["no-id", "empty", "wrong-types"])
def test_an_upload_whose_answer_lacks_properties_is_accepted(connect: Any, kind: str) -> None:
    _box, client = connect(f"upload:{kind}" if kind != "wrong-types" else "mappings:wrong-types")
    assert upload(client).id is not None


@pytest.mark.parametrize("kind", ["reset-before", "reset-mid", "close-before"])
def test_an_upload_cut_short_says_how_much_was_pulled(connect: Any, kind: str) -> None:
    box, client = connect(f"upload:{kind}")
    rows = b"Company,Website\n" + b"Acme,acme.com\n" * 1_500_000
    with pytest.raises(Doubtful) as caught:
        upload(client, rows)
    assert caught.value.declared == len(rows)
    assert caught.value.is_incomplete
    assert box.holdings("accounts") == {}


def test_an_upload_that_arrived_whole_is_not_called_incomplete(connect: Any) -> None:
    _, client = connect("upload:reset-after")
    with pytest.raises(Doubtful) as caught:
        upload(client)
    assert (caught.value.pulled, caught.value.declared) == (len(ROWS), len(ROWS))
    assert not caught.value.is_incomplete


def test_a_file_that_shrinks_while_it_is_sent_is_cut_short(connect: Any, tmp_path: Path) -> None:
    box, client = connect("errors:500")  # not an honest sandbox for the sake of `connect`: the request is never whole
    path = tmp_path / "rows.csv"
    path.write_bytes(b"Company,Website\n" + b"Acme,acme.com\n" * 20_000)

    def shrink(done: int, whole: int) -> None:
        os.truncate(path, 100_000)

    job = create(client)
    with pytest.raises(Doubtful, match="shorter than it was") as caught:
        client.upload_file(str(job.id), path, progress=shrink)
    assert caught.value.is_incomplete
    assert client.get_job(str(job.id)).status == "pending"
    assert box.holdings("accounts") == {}


def test_a_file_too_large_is_answered_before_it_is_read(connect: Any) -> None:
    _box, client = connect(max_upload_bytes=100_000)
    rows = b"Company,Website\n" + b"Acme,acme.com\n" * 150_000
    job = create(client)
    with pytest.raises(TooLarge) as caught:
        client.upload_file(str(job.id), io.BytesIO(rows))
    assert caught.value.status == 413
    assert client.get_job(str(job.id)).status == "pending"


def test_a_late_upload_arrives_after_the_client_gave_up(connect: Any) -> None:
    box, client = connect("upload:late", slow_seconds=0.1)
    job = create(client)
    with pytest.raises(Doubtful):
        client.upload_file(str(job.id), io.BytesIO(ROWS))
    while client.get_job(str(job.id)).status == "pending":
        time.sleep(0.02)
    assert box.holdings("accounts") == {"domain=acme.com": 1, "domain=delta.org": 1}


def test_a_late_upload_to_a_job_that_was_cancelled_imports_nothing(connect: Any) -> None:
    box, client = connect("upload:late", slow_seconds=0.1)
    job = create(client)
    with pytest.raises(Doubtful):
        client.upload_file(str(job.id), io.BytesIO(ROWS))
    client.cancel_job(str(job.id))
    time.sleep(0.3)
    assert client.get_job(str(job.id)).status == "cancelled"
    assert box.holdings("accounts") == {}


def test_one_client_serves_many_threads(connect: Any) -> None:
    box, client = connect(reads_per_state=0)

    def run(number: int) -> str | None:
        job = upload(client, b"Company,Website\n" + b"".join(b"A,t%d-%d.com\n" % (number, row) for row in range(20)))
        return client.get_job(str(job.id)).status

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(run, range(12))) == {"completed"}
    assert box.tally("accounts") == {1: 240}


def test_a_slow_upload_is_doubtful_and_may_have_landed(connect: Any) -> None:
    times = Timeouts(upload_read=0.2)
    box, client = connect("upload:slow", slow_seconds=30, client={"timeouts": times})
    with pytest.raises(Doubtful, match="no answer in time"):
        upload(client)
    assert box.holdings("accounts") == {"domain=acme.com": 1, "domain=delta.org": 1}


def test_a_slow_read_is_given_up(connect: Any) -> None:
    _, client = connect("mappings:slow", slow_seconds=30, client={"timeouts": Timeouts(read=0.05)})
    with pytest.raises(Unavailable):
        client.list_field_mappings()


@pytest.mark.parametrize("kind", ["reset-after", "close-after", "garbage", "500-after", "503-after", "504-after"])
def test_a_cancel_that_happened_is_found_out_by_a_read(connect: Any, kind: str) -> None:
    box, client = connect(f"cancel:{kind}@1")
    cancel(client)
    assert box.calls() == {"create": 1, "cancel": 1, "get": 1}


@pytest.mark.parametrize("kind", ["reset-before", "500", "503"])
def test_a_cancel_that_did_not_happen_is_repeated_after_a_read(connect: Any, kind: str) -> None:
    box, client = connect(f"cancel:{kind}@1")
    cancel(client)
    assert box.calls() == {"create": 1, "cancel": 2, "get": 1}


@pytest.mark.parametrize("kind", ["html", "empty", "no-body", "cut", "nan", "no-id"])
def test_a_cancel_needs_no_body(connect: Any, kind: str) -> None:
    box, client = connect(f"cancel:{kind}")
    if kind == "cut":  # an answer that breaks off is no answer: the job is read
        cancel(client)
        assert box.calls()["get"] == 1
    else:
        cancel(client)
        assert "get" not in box.calls()


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("400", Refused),
        ("401", NotAuthorised),
        ("403", NotPermitted),
        ("404", NotFound),
        ("redirect", Redirected),
        ("429", RateLimited),
    ],
)
def test_a_cancel_that_is_refused_says_so(connect: Any, kind: str, expected: type[ApiError]) -> None:
    _, client = connect(f"cancel:{kind}")
    with pytest.raises(ApiError) as caught:
        cancel(client)
    assert type(caught.value) is expected


def test_a_cancel_in_endless_doubt_stays_doubtful(connect: Any) -> None:
    box, client = connect("cancel:500")
    with pytest.raises(Doubtful):
        cancel(client)
    assert box.calls()["cancel"] == 4


def test_a_cancel_whose_job_cannot_be_read_stays_doubtful(connect: Any) -> None:
    _, client = connect("cancel:500", "get:403")
    with pytest.raises(Doubtful):
        cancel(client)


def test_a_job_that_moved_on_cannot_be_cancelled(connect: Any) -> None:
    _, client = connect(reads_per_state=0)
    job = upload(client)
    client.get_job(str(job.id))
    with pytest.raises(Conflict, match="is completed and can no longer be cancelled"):
        client.cancel_job(str(job.id))


def test_a_job_that_is_cancelled_already_counts_as_cancelled(connect: Any) -> None:
    _, client = connect()
    job = create(client)
    client.cancel_job(str(job.id))
    client.cancel_job(str(job.id))
    assert client.get_job(str(job.id)).status == "cancelled"


@pytest.mark.parametrize("operation", [*READS, "create", "upload", "cancel"])
def test_where_nobody_listens_nothing_was_sent(operation: str, clock: Clock) -> None:
    calls: dict[str, Callable[[Client], Any]] = {
        "list": lambda client: client.list_jobs(),
        "get": lambda client: client.get_job("job-1"),
        "errors": lambda client: list(client.iter_errors("job-1")),
        "mappings": lambda client: client.list_field_mappings(),
        "create": create,
        "upload": lambda client: client.upload_file("job-1", io.BytesIO(ROWS)),
        "cancel": lambda client: client.cancel_job("job-1"),
    }
    with Client("http://127.0.0.1:9", "some-token", clock=clock) as client, pytest.raises(Unreachable):
        calls[operation](client)
    assert len(clock.waits) == (0 if operation == "upload" else 4)


def test_a_huge_error_page_is_cut(connect: Any) -> None:
    _, client = connect("mappings:huge")
    with pytest.raises(Unavailable) as caught:
        client.list_field_mappings()
    assert caught.value.server_message == "All is lost"


@pytest.mark.parametrize("operation", ["list", "errors"])
@pytest.mark.parametrize("kind", ["endless", "overlap", "repeat"])
def test_pages_that_go_wrong(connect: Any, operation: str, kind: str) -> None:
    _box, client = connect(f"{operation}:{kind}", page_cap=3, reads_per_state=0)
    bad = b"Company,Website\n" + b"".join(b",site%d.com\n" % number for number in range(8))
    jobs = [upload(client, bad)] + [create(client) for _ in range(6)]
    client.get_job(str(jobs[0].id))

    def read() -> list[Any]:
        return client.list_jobs(at_most=50) if operation == "list" else list(client.iter_errors(str(jobs[0].id), at_most=50))

    if kind == "overlap":
        assert len(read()) == (7 if operation == "list" else 8)
    else:
        with pytest.raises(BadAnswer, match="more than 50 items" if kind == "endless" else "the same page again at offset 3"):
            read()
