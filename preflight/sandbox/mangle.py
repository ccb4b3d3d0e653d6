"""Answers made wrong on purpose: whole HTTP answers as bytes, from a kind of fault and the answer that would have been right."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from functools import cache

from preflight.sandbox.app import Reply

__all__ = ["mangled"]


def mangled(kind: str, reply: Reply) -> bytes:
    """The bytes to send for a kind of `faults.KINDS` that has its own answer."""
    return _KINDS[kind](reply)


def _whole(status: int, body: bytes, *headers: str, length: int | None = None) -> bytes:
    kind = () if any(one.lower().startswith("content-type") for one in headers) else ("Content-Type: application/json",)
    lines = (
        f"HTTP/1.1 {status} Whatever",
        *kind,
        *headers,
        f"Content-Length: {len(body) if length is None else length}",
        "Connection: close",
    )
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def _html(_: Reply) -> bytes:
    return _whole(
        200, b"<html><head><title>Sign in &amp; wait</title></head><body><h1>Sign in</h1></body></html>", "Content-Type: text/html"
    )


def _cut(reply: Reply) -> bytes:
    body = reply.body() or b"{}"
    return _whole(reply.status, body[: len(body) // 2], length=len(body))


def _altered(change: Callable[[dict[str, object]], dict[str, object]]) -> Callable[[Reply], bytes]:
    def answer(reply: Reply) -> bytes:
        value = reply.value if isinstance(reply.value, dict) else {}
        return _whole(reply.status, json.dumps(change(dict(value))).encode())

    return answer


def _other_types(value: object) -> object:
    if isinstance(value, dict):
        return {name: _other_types(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_other_types(one) for one in value]
    return len(value) if isinstance(value, str) else str(value)


def _wrong_types(reply: Reply) -> bytes:
    return _whole(reply.status, json.dumps(_other_types(reply.value)).encode())


def _gzip(reply: Reply) -> bytes:
    return _whole(reply.status, gzip.compress(reply.body()), "Content-Encoding: gzip")


@cache
def _zeros() -> bytes:
    return gzip.compress(b"0" * (64 * 1024 * 1024), compresslevel=1)


_KINDS: dict[str, Callable[[Reply], bytes]] = {
    "html": _html,
    "garbage": lambda _: b"\x00\x01 this is not HTTP\r\n\r\n",
    "cut": _cut,
    "empty": lambda reply: _whole(reply.status, b"{}"),
    "no-body": lambda _: _whole(200, b""),
    "no-id": _altered(lambda value: {name: one for name, one in value.items() if name != "id"}),
    "other-id": _altered(lambda value: value | {"id": "another-job"}),
    "wrong-types": _wrong_types,
    "nan": lambda reply: _whole(reply.status, b'{"total_rows": NaN}'),
    "bigint": lambda reply: _whole(reply.status, b'{"total_rows": ' + b"9" * 5000 + b"}"),
    "deep": lambda reply: _whole(reply.status, b"[" * 100_000 + b"]" * 100_000),
    "gzip": _gzip,
    "bomb": lambda _: _whole(200, _zeros(), "Content-Encoding: gzip"),
}
