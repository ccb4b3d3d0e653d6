"""Whatever a server answers, a call gives a record or an ApiError, and nothing else."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preflight.client.client import Client
from preflight.client.errors import ApiError
from preflight.client.retry import Retries
from preflight.testing import Clock

CALLS: dict[str, Callable[[Client], Any]] = {
    "list": lambda client: client.list_jobs(at_most=20),
    "create": lambda client: client.create_job("accounts", "insert"),
    "get": lambda client: client.get_job("job-1"),
    "cancel": lambda client: client.cancel_job("job-1"),
    "upload": lambda client: client.upload_file("job-1", io.BytesIO(b"a\n1\n")),
    "errors": lambda client: list(client.iter_errors("job-1", at_most=20)),
    "mappings": lambda client: client.list_field_mappings(),
}
NAMES = st.sampled_from(["jobs", "errors", "mappings", "total", "id", "status", "row_number", "value", "message", "error", "code"])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(["job-1", "cancelled"])
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=12)
HEADERS = st.dictionaries(
    st.sampled_from(["Content-Type", "Content-Encoding", "Retry-After", "Location", "Content-Length"]),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20),
    max_size=3,
)


@pytest.mark.parametrize("operation", CALLS)
@settings(max_examples=60, deadline=None)
@given(
    status=st.sampled_from([200, 202, 204, 206, 299, 300, 302, 304, 400, 401, 404, 409, 413, 418, 429, 451, 500, 503, 599, 999]),
    headers=HEADERS,
    body=st.binary(max_size=60) | JSON.map(lambda value: json.dumps(value).encode()),
)
def test_a_call_gives_a_record_or_an_api_error(operation: str, status: int, headers: dict[str, str], body: bytes) -> None:
    def handler(_: httpx.Request) -> httpx.Response:
        return httpx.Response(status, headers=headers, stream=httpx.ByteStream(body))

    retries = Retries(most=2, most_bad=2)
    transport = httpx.MockTransport(handler)
    with Client("https://api.example.com", "a-token", transport=transport, clock=Clock(), retries=retries) as client:
        try:
            found = CALLS[operation](client)
        except ApiError as error:
            found = error
    if isinstance(found, ApiError):
        assert str(found).isprintable()
        assert 0 < len(str(found)) < 800
    else:
        assert found is None or isinstance(found, list) or found.id
