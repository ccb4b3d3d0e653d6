"""That every exchange of the tests with a sandbox is held against the API description, and that the judge can say no."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

import preflight as pf
from preflight.client.client import Client
from preflight.client.dialect import Dialect
from preflight.errors import PreflightError
from preflight.sandbox.app import App, Reply
from preflight.testing import Clock, sandbox


@pytest.fixture
def wrong(_every_exchange: list[str]) -> Iterator[list[str]]:
    """What was not as described; the test that looks at it does not fail by it."""
    yield _every_exchange
    _every_exchange.clear()


def test_all_seven_operations_of_a_run_are_judged(description: Any, tmp_path: Any) -> None:
    plan = pf.plan("accounts", operation="update", match_key="domain")
    plan.write(pa.table({"account_name": ["Some"], "domain": ["some.com"]}), tmp_path / "run")
    before = len(description.judged)
    with sandbox() as url, Client(url, clock=Clock()) as client:
        pf.submit(tmp_path / "run", client=client, progress=False, clock=Clock())
        client.cancel_job(str(client.create_job("accounts", "insert").id))
        with pytest.raises(PreflightError):
            client.get_job("nobody")
    jobs = "/import/v1/jobs"
    words = [one.split(" ") for one in description.judged[before:]]
    seen = {
        (method, "upload" if "upload" in path else "errors" if "errors" in path else path[:15], code)
        for method, path, code in words
    }
    assert seen == {
        ("GET", "/import/v1/mappings"[:15], "200"),
        ("GET", jobs, "200"),
        ("POST", jobs, "202"),
        ("POST", "upload", "200"),
        ("GET", "errors", "200"),
        ("DELETE", jobs, "200"),
        ("GET", jobs, "404"),
    }


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, {"jobs": [{"id": 5}], "total": 1}),
        Reply(200, {"jobs": [{"status": "asleep"}], "total": 1}),
        Reply(200, {"jobs": {}, "total": 1}),
        Reply(418, {"jobs": []}),
    ],
)
def test_an_answer_that_is_not_as_described_is_noticed(wrong: list[str], reply: Reply, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(App, "_list", lambda *_: reply)
    with sandbox() as url, Client(url, clock=Clock()) as client, suppress(PreflightError):
        client.list_jobs()
    assert wrong
    assert all(f"GET /import/v1/jobs {reply.status}" in one for one in wrong)


@pytest.mark.parametrize(
    "asked",
    [
        {"entity_type": "accounts"},
        {"entity_type": "planets", "operation": "insert"},
        {"entity_type": "accounts", "operation": "insert", "match_key": 5},
    ],
)
def test_a_request_that_is_not_as_described_is_noticed(wrong: list[str], asked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    call = Dialect.create_job

    def other(dialect: Dialect, *given: Any) -> Any:
        return replace(call(dialect, *given), body=asked)

    monkeypatch.setattr(Dialect, "create_job", other)
    with sandbox() as url, Client(url, clock=Clock()) as client, pytest.raises(PreflightError):
        client.create_job("accounts", "insert")
    assert "POST /import/v1/jobs 400" in wrong[0]


def test_others_may_say_what_they_like(wrong: list[str]) -> None:
    with sandbox() as url, pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(f"{url}/import/v1/jobs?limit=many")
    assert wrong == []
