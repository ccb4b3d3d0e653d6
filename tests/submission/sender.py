"""A process that sends runs in children of its own, and kills them where it is told to: a command a line, an answer a line.

    {"folder": …, "url": …, "act": "submit" | "resume", "at": null | ["write" | "answer", number], "parallel": 1}

answers ``{"signal": 9, …}`` for a child that was killed, else how it ended and how many writes and answers there were.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from pathlib import Path

import httpx

from preflight.client.client import Client
from preflight.client.retry import Retries
from preflight.errors import PreflightError
from preflight.submission.poll import Pace
from preflight.submission.submit import Manner, resume_run, submit_run
from preflight.testing import Clock

TLS = httpx.create_ssl_context()


class Counter:
    """Counts, and kills this very process at a number."""

    def __init__(self, fatal: int | None) -> None:
        self.count = 0
        self.fatal = fatal
        self.lock = threading.Lock()

    def __call__(self) -> None:
        with self.lock:
            self.count += 1
            if self.count == self.fatal:
                os.kill(os.getpid(), signal.SIGKILL)


class Deadly(httpx.BaseTransport):
    """A transport that counts when the server has answered, before anybody else knows."""

    def __init__(self, answered: Counter) -> None:
        self.inner = httpx.HTTPTransport(verify=TLS, limits=httpx.Limits(max_keepalive_connections=0))
        self.answered = answered

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self.inner.handle_request(request)
        response.read()
        response.close()
        self.answered()
        return httpx.Response(response.status_code, headers=response.headers, content=response.content)

    def close(self) -> None:
        self.inner.close()


def send(order: dict[str, object]) -> dict[str, object]:
    """Do one order."""
    kind, number = order["at"] or (None, None)  # type: ignore[misc]
    written, answered = Counter(number if kind == "write" else None), Counter(number if kind == "answer" else None)
    clock = Clock()
    act = submit_run if order["act"] == "submit" else resume_run
    with Client(str(order["url"]), "tok-of-a-sender", transport=Deadly(answered), clock=clock, retries=Retries()) as client:
        manner = Manner(pace=Pace(clock, lambda: 0.5), after_write=written, parallel=int(str(order["parallel"])))
        try:
            act(Path(str(order["folder"])), client, manner)
            error = None
        except PreflightError as raised:
            error = f"{type(raised).__name__}: {raised}"
    return {"signal": 0, "error": error, "writes": written.count, "answers": answered.count}


def main() -> None:
    for line in sys.stdin:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.write(writing, json.dumps(send(json.loads(line))).encode())
            os._exit(0)
        os.close(writing)
        _, status = os.waitpid(child, 0)
        with os.fdopen(reading, "rb") as pipe:
            told = pipe.read()
        answer = told.decode() if os.WIFEXITED(status) and told else json.dumps({"signal": os.WTERMSIG(status)})
        print(answer, flush=True)


if __name__ == "__main__":
    main()
