"""Whether parts may be sent at the same time: by the bytes of the parts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from preflight.errors import UsageError
from preflight.files.receipt import PartLine, ReceiptRecord
from preflight.submission.collisions import may_collide


def run_of(folder: Path, parts: Sequence[bytes], operation: str = "upsert", key: str | None = "domain") -> ReceiptRecord:
    lines = []
    for number, content in enumerate(parts, 1):
        name = f"part-{number:04d}.csv"
        (folder / name).write_bytes(b"Name,Website\n" + content)
        lines.append(PartLine(number, name, content.count(b"\n"), len(content), ""))
    columns: Any = (("Name", "account_name"), ("Website", "domain"))
    return ReceiptRecord("0", "00000000", "accounts", operation, key, "", {}, {}, columns, "labels", tuple(lines), 0)


@pytest.mark.parametrize(
    ("parts", "collide"),
    [
        ([b"A,a.com\nB,b.com\n", b"C,c.com\n"], False),
        ([b"A,a.com\nB,b.com\n", b"C,a.com\n"], True),
        ([b"A,a.com\nB,a.com\n", b"C,c.com\n"], True),  # halves of one part would collide
        ([b"A,a.com\n", b"C,A.COM\n"], True),
        ([b"A,a.com\n", b'C," a.com "\n'], True),
        ([b"A,a.com\n", b'"a\nb","a.com"\n'], True),
        ([b"A,\n", b"C,c.com\n"], True),
        ([b"A,1.5\n", b"C,1.50\n"], True),
        ([b"A,2\n", b"C,2.0\n"], True),
        ([b"A,20\n", b"C,2\n"], False),
        ([b"A,a.com0\n", b"C,a.com\n"], False),
        ([b""], False),
        ([], False),
    ],
)
def test_a_key_that_stands_twice_is_a_collision(tmp_path: Path, parts: list[bytes], collide: bool) -> None:
    record = run_of(tmp_path, parts)
    assert may_collide(tmp_path, record, record.parts) is collide
    assert may_collide(tmp_path, run_of(tmp_path, parts, "update"), record.parts) is collide


def test_an_insert_matches_nothing(tmp_path: Path) -> None:
    record = run_of(tmp_path, [b"A,a.com\nB,a.com\n"], "insert", None)
    assert may_collide(tmp_path, record, record.parts) is False


def test_only_the_parts_that_are_asked_for_count(tmp_path: Path) -> None:
    record = run_of(tmp_path, [b"A,a.com\n", b"B,b.com\n", b"C,a.com\n"])
    assert may_collide(tmp_path, record, record.parts[:2]) is False


def test_a_key_without_a_column_is_not_known_to_be_unique(tmp_path: Path) -> None:
    record = run_of(tmp_path, [b"A,a.com\n"], key="account_id")
    assert may_collide(tmp_path, record, record.parts) is True


@pytest.mark.parametrize("content", [None, b"only one column\n"])
def test_a_part_that_cannot_be_read_is_said(tmp_path: Path, content: bytes | None) -> None:
    record = run_of(tmp_path, [b"A,a.com\n"])
    path = tmp_path / "part-0001.csv"
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(UsageError, match=r"part-0001\.csv cannot be read"):
        may_collide(tmp_path, record, record.parts)
