"""Every request of these tests, and every answer of an honest sandbox, is held against the API description."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from preflight.client.client import Client
from preflight.client.retry import Retries
from preflight.testing import Clock, Sandbox, sandbox

TLS = httpx.create_ssl_context()  # costs more than a test; the sandbox does not use it
TOKEN = "tok-5ecret-do-not-show-0123456789"


class _Tee(httpx.SyncByteStream):
    """The body of a request, kept as it passes."""

    def __init__(self, stream: httpx.SyncByteStream) -> None:
        self.kept = b""
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._stream:
            self.kept += piece
            yield piece


class Described(httpx.BaseTransport):
    """A transport that fails the test when a request, or an answer to it, is not as described."""

    def __init__(self, inner: httpx.BaseTransport, description: Any, answers: bool) -> None:
        self.seen: list[str] = []
        self._inner = inner
        self._description = description
        self._answers = answers

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        assert isinstance(request.stream, httpx.SyncByteStream)
        tee = _Tee(request.stream)
        request.stream = tee
        asked = request.url.path
        try:
            response = self._inner.handle_request(request)
        finally:
            if len(tee.kept) == int(request.headers.get("content-length", 0)):
                self._description.request(*_asked(request, tee.kept))
                self.seen.append(f"{request.method} {asked}")
        if self._answers:
            body = response.read()
            self._description.exchange(_asked(request, tee.kept), response.status_code, response.headers, body)
            return httpx.Response(response.status_code, headers=response.headers, stream=httpx.ByteStream(body))
        return response

    def close(self) -> None:
        self._inner.close()


def _asked(request: httpx.Request, body: bytes) -> tuple[Any, ...]:
    return request.method, request.url.path, dict(request.url.params), dict(request.headers.items()), body


Connect = Callable[..., tuple[Sandbox, Client]]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def connect(description: Any, clock: Clock) -> Iterator[Connect]:
    """A sandbox with faults and switches, and a client of it that never really waits."""
    with ExitStack() as stack:

        def start(*faults: str, client: dict[str, Any] | None = None, **switches: Any) -> tuple[Sandbox, Client]:
            box = stack.enter_context(sandbox(*faults, token=TOKEN, **switches))
            transport = Described(httpx.HTTPTransport(verify=TLS), description, answers=not faults)
            options: dict[str, Any] = {"clock": clock, "retries": Retries(chance=lambda: 0.0), **(client or {})}
            return box, stack.enter_context(Client(box, TOKEN, transport=transport, **options))

        yield start
