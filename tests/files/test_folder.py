"""A run's folder: complete or not at all, one writer at a time."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from preflight.errors import RunInTheWay, UsageError
from preflight.files.folder import JOURNAL, Folder
from preflight.files.write import RowMapWriter


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def test_files_get_their_names_at_the_end_and_are_for_their_owner(tmp_path: Path) -> None:
    out = tmp_path / "a" / "out"
    with Folder(out) as folder:
        folder.open("part-0001.csv").write(b"a\n")
        assert names(out) == [".lock", "part-0001.csv.writing"]
        folder.finish("{}")
    assert names(out) == ["part-0001.csv", "receipt.json"]
    assert (out / "part-0001.csv").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("error", [RuntimeError("x"), KeyboardInterrupt()])
def test_an_error_leaves_the_folder_as_it_was(tmp_path: Path, error: BaseException) -> None:
    def fail() -> None:
        with Folder(tmp_path) as folder:
            RowMapWriter(folder)
            folder.open("part-0001.csv").write(b"new\n")
            raise error

    (tmp_path / "part-0001.csv").write_text("old\n")
    (tmp_path / "receipt.json").write_text("{}")
    with pytest.raises(type(error)):
        fail()
    assert names(tmp_path) == ["part-0001.csv", "receipt.json"]
    assert (tmp_path / "part-0001.csv").read_text() == "old\n"


def test_a_run_replaces_the_one_before_and_nothing_else(tmp_path: Path) -> None:
    old = ["part-0001.csv", "part-0002.csv", "part-10000.csv", "rejected.csv", "rejected-2.csv", "rows.parquet", "receipt.json"]
    for name in [*old, "part-0003.csv.writing", "parts.csv", "part-1.csv", "rejected.xlsx", "rejected-me.csv", "accounts.csv"]:
        (tmp_path / name).write_text("old")
    with Folder(tmp_path) as folder:
        folder.open("part-0001.csv").write(b"new")
        folder.finish("{}")
    kept = ["accounts.csv", "part-0001.csv", "part-1.csv", "parts.csv", "receipt.json", "rejected-me.csv", "rejected.xlsx"]
    assert names(tmp_path) == kept
    assert (tmp_path / "part-0001.csv").read_text() == "new"


def test_without_a_receipt_the_folder_stays_unfinished(tmp_path: Path) -> None:
    (tmp_path / "receipt.json").write_text("{}")
    with Folder(tmp_path) as folder:
        folder.open("part-0001.csv")
        folder.open("rejected.csv").write(b"x")
        folder.drop("part-0001.csv")
        folder.finish(None)
    assert names(tmp_path) == ["rejected.csv"]


def test_files_are_settled_while_others_are_written(tmp_path: Path) -> None:
    parts = [f"part-{number:04d}.csv" for number in range(1, 13)]
    with Folder(tmp_path) as folder:
        for name in parts:
            stream = folder.open(name)
            stream.write(name.encode())
            folder.hasten(name)
            stream.write(b"\n")
            folder.settle(name)
        folder.finish("{}")
        assert stream.closed
    assert names(tmp_path) == [*parts, "receipt.json"]
    assert all((tmp_path / name).read_bytes() == name.encode() + b"\n" for name in parts)


def test_a_disk_that_fails_behind_the_back_leaves_the_run_unfinished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fsync(descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    def write() -> None:
        with Folder(tmp_path) as folder:
            folder.open("part-0001.csv").write(b"x")
            folder.settle("part-0001.csv")
            folder.finish("{}")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(OSError, match="Input/output error"):
        write()
    assert names(tmp_path) == []


def test_a_run_that_was_sent_is_in_the_way_and_frees_the_lock(tmp_path: Path) -> None:
    (tmp_path / JOURNAL).touch()
    with pytest.raises(RunInTheWay, match="preflight resume"), Folder(tmp_path):
        pass
    assert names(tmp_path) == [JOURNAL]
    (tmp_path / JOURNAL).unlink()
    with Folder(tmp_path):
        pass


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    with Folder(tmp_path), pytest.raises(RunInTheWay, match="another process is writing"), Folder(tmp_path):
        pass
    with Folder(tmp_path):
        pass


def test_a_lock_that_was_taken_away_is_no_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock, taken = tmp_path / ".lock", []

    def flock(stream: object, how: int) -> None:
        if not taken:
            taken.append(stream)
            lock.unlink()  # its last holder leaves between open and flock

    monkeypatch.setattr(fcntl, "flock", flock)
    with Folder(tmp_path):
        assert lock.exists()
        assert len(taken) == 1
    assert names(tmp_path) == []


def test_a_file_in_place_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    with pytest.raises(UsageError, match="is a file; give a folder"), Folder(tmp_path / "out"):
        pass
    with pytest.raises(UsageError, match="cannot be written to"), Folder(tmp_path / "out" / "deep"):
        pass
