"""A run's folder: complete or not at all, one writer at a time, parts of exact sizes."""

from __future__ import annotations

import fcntl
import hashlib
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preflight.errors import RunInTheWay, UsageError
from preflight.files.write import JOURNAL, Folder, Limits, PartWriter, RejectedWriter, RowMapWriter


def texts(*values: str | None) -> pa.Array:
    return pa.array(values, pa.string())


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


@pytest.mark.parametrize(("limits", "option"), [({"max_bytes": 0}, "--max-bytes is 0"), ({"max_rows": -1}, "--max-rows is -1")])
def test_limits(limits: dict[str, int], option: str) -> None:
    with pytest.raises(UsageError, match=option):
        Limits(**limits)


def written(folder: Folder, rows: list[str], cut: int, limits: Limits) -> tuple[list[tuple[int, ...]], list[bytes]]:
    """Where each row went, and the parts."""
    writer = PartWriter(folder, ("a",), limits)
    placed = [writer.add([texts(*some)]) for some in (rows[:cut], rows[cut:]) if some]
    parts = writer.close()
    folder.finish("{}")
    contents = [(folder.path / part.name).read_bytes() for part in parts]
    for part, content in zip(parts, contents, strict=True):
        assert (part.bytes, part.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    coordinates = [tuple(map(int, one)) for some in placed for one in zip(some.parts, some.records, some.lines, strict=True)]
    return coordinates, contents


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.sampled_from(["x", "yy", "a,b", "p\nq", 'q"', "é"]), min_size=1, max_size=12),
    cut=st.integers(0, 12),
    most_rows=st.integers(1, 5),
    most_bytes=st.integers(9, 30),
)
def test_parts_are_as_full_as_they_may_be(
    tmp_path_factory: pytest.TempPathFactory, rows: list[str], cut: int, most_rows: int, most_bytes: int
) -> None:
    limits = Limits(most_bytes, most_rows)
    with Folder(tmp_path_factory.mktemp("out")) as folder:
        places, contents = written(folder, rows, cut, limits)
    with Folder(tmp_path_factory.mktemp("out")) as folder:
        assert written(folder, rows, 0, limits) == (places, contents)
    wanted, records = (
        [],
        {"x": b"x\n", "yy": b"yy\n", "a,b": b'"a,b"\n', "p\nq": b'"p\nq"\n', 'q"': b'"q"""\n', "é": "é\n".encode()},
    )
    part: list[bytes] = []
    for row in rows:
        if part and (len(part) == most_rows or 2 + sum(map(len, part)) + len(records[row]) > most_bytes):
            wanted.append(part)
            part = []
        part.append(records[row])
    wanted.append(part)
    assert contents == [b"a\n" + b"".join(one) for one in wanted]
    for row, (number, record, line) in zip(rows, places, strict=True):
        before = wanted[number - 1][: record - 1]
        assert wanted[number - 1][record - 1] == records[row]
        assert line == 2 + sum(one.count(b"\n") for one in before)


def test_a_record_that_fits_no_part(tmp_path: Path) -> None:
    with Folder(tmp_path) as folder:
        writer = PartWriter(folder, ("a",), Limits(max_bytes=6))
        with pytest.raises(UsageError, match="--max-bytes is 6, but one record with the header takes 8 bytes"):
            writer.add([texts("x", "yyyyy")])


def test_nothing_rejected_opens_no_file(tmp_path: Path) -> None:
    with Folder(tmp_path) as folder:
        writer = RejectedWriter(folder, ("a",))
        writer.add(texts(), texts(), texts(), [texts()])
        assert names(tmp_path) == [".lock"]
        writer.add(texts("PF302 a: bad"), texts("2"), texts("0a1b2c3d-0"), [texts("x")])
        folder.finish("{}")
    raw = (tmp_path / "rejected.csv").read_bytes()
    assert raw == b"\xef\xbb\xbfpreflight_errors,preflight_line,preflight_row,a\nPF302 a: bad,2,0a1b2c3d-0,x\n"
    assert writer.rows == 1
