"""Answers made wrong on purpose."""

from __future__ import annotations

import gzip
import json

import pytest

from preflight.sandbox.app import Reply
from preflight.sandbox.faults import KINDS, Fault
from preflight.sandbox.mangle import mangled

JOB = Reply(200, {"id": "j-1", "status": "pending", "total_rows": 7, "errors": [{"row_number": 2}]})
HANDLED_ELSEWHERE = {"late", "slow", "redirect", "huge", "endless", "overlap", "repeat"}


def body(answer: bytes) -> bytes:
    return answer.partition(b"\r\n\r\n")[2]


@pytest.mark.parametrize("kind", [one for one in KINDS if one not in HANDLED_ELSEWHERE and not one.startswith(("reset", "close"))])
def test_every_kind_has_an_answer(kind: str) -> None:
    assert mangled(kind, JOB)
    assert mangled(kind, Reply(200))
    assert Fault("get", kind).status is None


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("empty", {}),
        ("no-id", {"status": "pending", "total_rows": 7, "errors": [{"row_number": 2}]}),
        ("other-id", {"id": "another-job", "status": "pending", "total_rows": 7, "errors": [{"row_number": 2}]}),
        ("wrong-types", {"id": 3, "status": 7, "total_rows": "7", "errors": [{"row_number": "2"}]}),
    ],
)
def test_answers_are_altered(kind: str, value: object) -> None:
    assert json.loads(body(mangled(kind, JOB))) == value


def test_a_cut_answer_promises_more_than_it_holds() -> None:
    head, _, kept = mangled("cut", JOB).partition(b"\r\n\r\n")
    assert f"Content-Length: {len(JOB.body())}".encode() in head
    assert len(kept) == len(JOB.body()) // 2


def test_compressed_answers_can_be_unpacked() -> None:
    assert gzip.decompress(body(mangled("gzip", JOB))) == JOB.body()
    bomb = mangled("bomb", JOB)
    assert len(bomb) < 500_000
    assert len(gzip.decompress(body(bomb))) == 64 * 1024 * 1024
