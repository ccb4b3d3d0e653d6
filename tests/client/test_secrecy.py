"""The token is looked for in everything that anybody could see."""

from __future__ import annotations

import io
import logging
import pickle
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from preflight.client.client import Client
from preflight.client.errors import ApiError
from preflight.client.retry import Retries
from preflight.errors import UsageError
from preflight.testing import Clock, sandbox

TOKEN = "-".join(["tok", "5ecret", "do", "not", "show"])  # not a literal: the source lines of this file stand in tracebacks
URL = "https://api.example.com"
ROWS = b"Company,Website\nAcme,acme.com\n"

CALLS: dict[str, Callable[[Client], Any]] = {
    "list": lambda client: client.list_jobs(),
    "create": lambda client: client.create_job("accounts", "insert"),
    "get": lambda client: client.get_job("job-1"),
    "cancel": lambda client: client.cancel_job("job-1"),
    "upload": lambda client: client.upload_file("job-1", io.BytesIO(ROWS)),
    "errors": lambda client: list(client.iter_errors("job-1")),
    "mappings": lambda client: client.list_field_mappings(),
}
KINDS = ("reset-before", "garbage", "html", "cut", "500", "401", "403", "429", "redirect", "huge", "bomb", "deep")


def everything(error: BaseException) -> str:
    """All that a debugger or a crash report could hold of an error: the chain, the frames, their locals, and what they hold."""
    shown = [repr(error), str(error), "".join(traceback.format_exception(error))]
    shown += traceback.TracebackException.from_exception(error, capture_locals=True).format()
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        waiting += [one.__cause__, one.__context__]
        shown += [repr(one.args), repr(vars(one))]
        trace = one.__traceback__
        while trace is not None:
            if "/tests/" not in trace.tb_frame.f_code.co_filename:
                shown += [f"{name}={value!r}" for name, value in trace.tb_frame.f_locals.items()]
                shown += [repr(getattr(value, "headers", None)) for value in trace.tb_frame.f_locals.values()]
                shown += [repr(getattr(getattr(value, "headers", None), "raw", None)) for value in trace.tb_frame.f_locals.values()]
            trace = trace.tb_next
    return "\n".join(shown)


@pytest.mark.parametrize("operation", CALLS)
@pytest.mark.parametrize("kind", KINDS)
def test_no_failure_shows_the_token(operation: str, kind: str, caplog: pytest.LogCaptureFixture, capfd: Any) -> None:
    caplog.set_level(logging.DEBUG)
    with sandbox(f"*:{kind}", token=TOKEN) as box, Client(box, TOKEN, clock=Clock()) as client:
        error: BaseException | None = None
        try:
            CALLS[operation](client)
        except ApiError as caught:
            error = caught
        shown = everything(error) if error is not None else ""
        shown += repr(client) + caplog.text + "".join(repr(vars(record)) for record in caplog.records)
    out, err = capfd.readouterr()
    assert TOKEN not in shown + out + err
    if error is not None:
        assert TOKEN.encode() not in pickle.dumps(error)
        assert error.__cause__ is None


@pytest.mark.parametrize("operation", CALLS)
@pytest.mark.parametrize("status", [200, 302, 400, 401, 500])
def test_a_server_that_sends_the_token_back_is_not_repeated(operation: str, status: int) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        text = request.headers["authorization"]
        headers = {"location": f"https://{TOKEN}.example/", "retry-after": TOKEN, "content-type": "text/html"}
        return httpx.Response(status, text=f"<title>you sent {text}</title>", headers=headers)

    client = Client("https://api.example.com", TOKEN, transport=httpx.MockTransport(handler), clock=Clock())
    if (operation, status) == ("cancel", 200):
        CALLS[operation](client)
        return
    with pytest.raises(ApiError) as caught:
        CALLS[operation](client)
    assert TOKEN not in everything(caught.value)


def test_a_record_that_holds_the_token_does_not_keep_it() -> None:
    answer = {"id": "job-1", "error_message": f"rejected {TOKEN}"}
    client = Client("https://api.example.com", TOKEN, transport=httpx.MockTransport(lambda _: httpx.Response(200, json=answer)))
    assert client.get_job("job-1").error_message == "rejected [token]"


def test_a_redirect_gets_neither_the_token_nor_the_rows() -> None:
    with sandbox() as elsewhere, sandbox("*:redirect", redirect_to=str(elsewhere)) as box, Client(box, TOKEN) as client:
        for call in CALLS.values():
            with pytest.raises(ApiError, match="which is not followed"):
                call(client)
        assert elsewhere.calls() == {}


def test_a_proxy_of_the_environment_is_not_used_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    with sandbox() as proxy, sandbox() as box:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, str(proxy))
        with Client(box, TOKEN) as client:
            client.list_jobs()
        assert (proxy.calls(), box.calls()) == ({}, {"list": 1})


def test_a_bad_address_with_a_token_shows_no_token() -> None:
    with pytest.raises(Exception, match="not encrypted") as caught:
        Client("http://api.example.com", TOKEN, retries=Retries())
    assert TOKEN not in everything(caught.value)


@pytest.mark.parametrize("source", ["argument", "environment", "file", "provider", "handed over"])
def test_a_token_that_cannot_be_used_is_not_shown(source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = TOKEN + " " + TOKEN
    path = tmp_path / "token"
    path.write_text(broken, encoding="utf-8")
    monkeypatch.setenv("DEMANDBASE_TOKEN", broken)
    starts: dict[str, Callable[[], Client]] = {
        "argument": lambda: Client(URL, broken),
        "environment": lambda: Client(URL),
        "file": lambda: Client(URL, token_file=path),
        "provider": lambda: Client(URL, lambda: broken),
        "handed over": lambda: Client.from_environment({"DEMANDBASE_TOKEN": broken}),
    }
    with pytest.raises(UsageError, match="cannot be used: it holds blanks") as caught:
        starts[source]().list_jobs()
    trace = caught.value.__traceback__
    while trace is not None and "/tests/" in trace.tb_frame.f_code.co_filename:
        trace = trace.tb_next
    assert TOKEN not in everything(caught.value.with_traceback(trace))


def test_an_interrupt_shows_no_token() -> None:
    def stop(done: int, whole: int) -> None:
        raise KeyboardInterrupt

    with sandbox(token=TOKEN) as box, Client(box, TOKEN) as client:
        job = client.create_job("accounts", "insert")
        with pytest.raises(KeyboardInterrupt) as caught:
            client.upload_file(str(job.id), io.BytesIO(ROWS), progress=stop)
        assert TOKEN not in everything(caught.value)
