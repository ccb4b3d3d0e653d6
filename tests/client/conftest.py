"""Every request of these tests, and every answer of an honest sandbox, is held against the API description."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from openapi_core import OpenAPI
from openapi_core.testing.requests import MockRequest
from openapi_core.testing.responses import MockResponse

from preflight.client.client import Client
from preflight.client.retry import Retries
from preflight.testing import Clock, Sandbox, sandbox

TLS = httpx.create_ssl_context()  # costs more than a test; the sandbox does not use it
TOKEN = "tok-5ecret-do-not-show-0123456789"
DESCRIPTION = Path(__file__).parents[2] / "schemas" / "import-api.yml"


@pytest.fixture(scope="session")
def description() -> OpenAPI:
    parsed = yaml.safe_load(DESCRIPTION.read_text(encoding="utf-8"))
    upload = parsed["paths"]["/import/v1/jobs/{jobId}/upload"]["post"]["requestBody"]["content"]["multipart/form-data"]
    # The validator hands over a file as bytes, which are no text to JSON Schema: that there is one part "file" is what it can say.
    del upload["schema"]["properties"]["file"]["type"]
    return OpenAPI.from_dict(parsed)


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

    def __init__(self, inner: httpx.BaseTransport, description: OpenAPI, answers: bool) -> None:
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
                self._description.validate_request(_asked(request, tee.kept))
                self.seen.append(f"{request.method} {asked}")
        if self._answers:
            body = response.read()
            answer = MockResponse(body, response.status_code, dict(response.headers), response.headers.get("content-type"))
            self._description.validate_response(_asked(request, tee.kept), answer)
            return httpx.Response(response.status_code, headers=response.headers, stream=httpx.ByteStream(body))
        return response

    def close(self) -> None:
        self._inner.close()


def _asked(request: httpx.Request, body: bytes) -> MockRequest:
    headers = dict(request.headers.items())
    kind = request.headers.get("content-type", "")
    query = dict(request.url.params)
    return MockRequest("https://api.demandbase.com", request.method, request.url.path, None, query, None, headers, None, body, kind)


Connect = Callable[..., tuple[Sandbox, Client]]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def connect(description: OpenAPI, clock: Clock) -> Iterator[Connect]:
    """A sandbox with faults and switches, and a client of it that never really waits."""
    with ExitStack() as stack:

        def start(*faults: str, client: dict[str, Any] | None = None, **switches: Any) -> tuple[Sandbox, Client]:
            box = stack.enter_context(sandbox(*faults, token=TOKEN, **switches))
            transport = Described(httpx.HTTPTransport(verify=TLS), description, answers=not faults)
            options: dict[str, Any] = {"clock": clock, "retries": Retries(chance=lambda: 0.0), **(client or {})}
            return box, stack.enter_context(Client(box, TOKEN, transport=transport, **options))

        yield start
