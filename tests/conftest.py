"""What all tests share."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import settings

from preflight.sandbox.app import App, Reply, Request

# The test command judges the same examples every time; HYPOTHESIS_PROFILE=explore looks for new ones.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("explore", max_examples=500, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

DESCRIPTION = Path(__file__).parents[1] / "schemas" / "import-api.yml"
OURS = "demandbase-preflight"


class Description:
    """The API description as a judge of what passes over the wire. `judged` are the exchanges that it saw, as ``GET /path 200``."""

    def __init__(self) -> None:
        self.judged: list[str] = []

    def request(self, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> None:
        """Raises where a request is not as described."""
        _openapi().validate_request(_asked(method, path, query, headers, body))

    def exchange(self, asked: tuple[Any, ...], status: int, headers: Mapping[str, str], body: bytes) -> None:
        """Raises where a request, or the answer to it, is not as described."""
        from openapi_core.testing.responses import MockResponse

        self.judged.append(f"{asked[0]} {asked[1]} {status}")
        answer = MockResponse(body, status, dict(headers), headers.get("content-type"))
        _openapi().validate_response(_asked(*asked), answer)


@cache
def _openapi() -> Any:
    import yaml
    from openapi_core import OpenAPI

    parsed = yaml.safe_load(DESCRIPTION.read_text(encoding="utf-8"))
    upload = parsed["paths"]["/import/v1/jobs/{jobId}/upload"]["post"]["requestBody"]["content"]["multipart/form-data"]
    # The validator hands over a file as bytes, which are no text to JSON Schema: that there is one part "file" is what it can say.
    del upload["schema"]["properties"]["file"]["type"]
    return OpenAPI.from_dict(parsed)


def _asked(method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> Any:
    from openapi_core.testing.requests import MockRequest

    kind = headers.get("content-type", "")
    return MockRequest("https://api.demandbase.com", method, path, None, dict(query), None, dict(headers), None, body, kind)


class _Tee:
    """The body of a request, kept as it is read."""

    def __init__(self, body: Any) -> None:
        self.kept = b""
        self._body = body

    def read(self, size: int, /) -> bytes:
        piece: bytes = self._body.read(size)
        self.kept += piece
        return piece


def judge_every_exchange(description: Description, complain: Callable[[str], None]) -> Callable[[], None]:
    """Have whatever our client asks any sandbox of this process, and whatever that answers before a fault spoils it, judged; the
    end of it. A notebook's kernel calls this too."""
    answer = App.answer

    def judged(app: App, request: Request, paging: str | None = None) -> Reply:
        if request.headers.get("user-agent") != OURS:  # a test that speaks HTTP by itself may say what it likes
            return answer(app, request, paging)
        tee = _Tee(request.body)
        reply = answer(app, replace(request, body=tee), paging)
        if len(tee.kept) == request.length:  # else the rest was not read: too large, or the client is gone
            query = dict(parse_qsl(request.query, keep_blank_values=True))
            asked = (request.method, request.path, query, request.headers, tee.kept)
            kind = {} if reply.value is None else {"content-type": "application/json"}
            try:
                description.request(*asked)
                description.exchange(asked, reply.status, {**kind, **dict(reply.headers)}, reply.body())
            except Exception as error:  # noqa: BLE001 - told by the test, not by the thread that answers
                complain(f"{request.method} {request.path} {reply.status}: {error!r} {error.__cause__!r}")
        return reply

    def end() -> None:
        App.answer = answer  # type: ignore[method-assign]

    App.answer = judged  # type: ignore[method-assign]
    return end


@pytest.fixture(scope="session")
def description() -> Description:
    """The judge; the same for the whole session."""
    return Description()


@pytest.fixture(scope="session", autouse=True)
def _every_exchange(description: Description) -> Iterator[list[str]]:
    """What was not as described, from any thread."""
    wrong: list[str] = []
    end = judge_every_exchange(description, wrong.append)
    yield wrong
    end()


@pytest.fixture(autouse=True)
def _as_described(_every_exchange: list[str]) -> Iterator[None]:
    """The test in which something was not as described fails."""
    _every_exchange.clear()
    yield
    assert _every_exchange == []


SPARK: dict[str, str] = {
    "spark.driver.memory": "768m",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xss4m",
    "spark.ui.enabled": "false",
    "spark.sql.shuffle.partitions": "2",
    "spark.default.parallelism": "2",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.adaptive.enabled": "false",  # planning and compiling cost more than a few rows
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.log.level": "ERROR",
    "spark.ui.showConsoleProgress": "false",
}


def pytest_make_parametrize_id(val: object) -> str | None:
    """Long bytes are no name: those of an archive hold the time at which it was made, and every worker must find the same tests."""
    return "bytes" if isinstance(val, bytes) and len(val) > 100 else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker runs all that needs Spark, for they share a session; they are skipped where Java or pyspark is missing."""
    needed = {"Java": shutil.which("java"), "pyspark": importlib.util.find_spec("pyspark")}
    missing = [name for name, found in needed.items() if not found]
    for item in items:
        if item.get_closest_marker("spark"):
            item.add_marker(pytest.mark.xdist_group("spark"))
            if missing:
                item.add_marker(pytest.mark.skip(reason=f"needs {' and '.join(missing)}"))


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """A small Spark session on this machine, one for all tests."""
    from pyspark.sql import SparkSession

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "PYSPARK_PYTHON", sys.executable)
        builder = SparkSession.builder.master("local[2]")
        for name, value in SPARK.items():
            builder = builder.config(name, value)
        session = builder.getOrCreate()
        yield session
        session.stop()
