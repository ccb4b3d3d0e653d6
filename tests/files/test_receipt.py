"""The receipt: written, read back, and refused where it cannot be understood."""

from __future__ import annotations

from pathlib import Path

import pytest

from preflight.errors import UsageError
from preflight.files.receipt import RECEIPT, PartLine, ReceiptRecord, read_receipt

RECORD = ReceiptRecord(
    preflight="0.1.0",
    run="0a1b2c3d",
    entity_type="accounts",
    operation="upsert",
    match_key="domain",
    plan_digest="ab" * 32,
    source={"path": "é.csv", "records": 3},
    summary={"records": 3, "good": 2, "rejected": 1},
    columns=(("Account Domain", "domain"), ("Industry", "industry")),
    headers="labels",
    parts=(PartLine(1, "part-0001.csv", 2, 40, "cd" * 32),),
    rejected=1,
    left_out=("owner",),
    definition={"unmapped": "drop"},
)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    (tmp_path / RECEIPT).write_text(RECORD.to_json(), encoding="utf-8")
    assert read_receipt(tmp_path) == RECORD


def test_a_member_of_a_later_version_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / RECEIPT).write_text(RECORD.to_json().replace("{", '{"later": 1,', 1), encoding="utf-8")
    assert read_receipt(tmp_path) == RECORD


def test_a_folder_without_a_receipt(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"holds no receipt\.json, so no finished run; write one with: preflight write SOURCE -o"):
        read_receipt(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"parts": 3}', '{"parts": [{"part": 1}], "columns": []}', "[" * 100_000, "null"])
def test_what_is_no_receipt(tmp_path: Path, text: str) -> None:
    (tmp_path / RECEIPT).write_text(text)
    with pytest.raises(UsageError, match="cannot be understood"):
        read_receipt(tmp_path)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (PermissionError(13, "Permission denied"), r"receipt\.json cannot be read \(Permission denied\); check its permissions"),
        (NotADirectoryError(20, "Not a directory"), "is a file; give the folder of the run"),
    ],
)
def test_what_keeps_it_from_being_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, words: str) -> None:
    def fail(*_: object, **__: object) -> str:
        raise error

    monkeypatch.setattr(Path, "read_text", fail)
    with pytest.raises(UsageError, match=words):
        read_receipt(tmp_path)
