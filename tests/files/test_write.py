"""Parts of exact sizes, and rejected rows for people."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preflight.errors import UsageError
from preflight.files.write import Folder, Limits, PartWriter, RejectedWriter


def texts(*values: str | None) -> pa.Array:
    return pa.array(values, pa.string())


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
        with pytest.raises(
            UsageError, match="one record with the header takes 8 bytes, more than the 6 of a part; give more with --max-bytes"
        ):
            writer.add([texts("x", "yyyyy")])


def test_nothing_rejected_opens_no_file(tmp_path: Path) -> None:
    with Folder(tmp_path) as folder:
        writer = RejectedWriter(folder, ("a",))
        writer.add(texts(), texts(), texts(), [texts()])
        assert [one.name for one in tmp_path.iterdir()] == [".lock"]
        writer.add(texts("PF302 a: bad"), texts("2"), texts("0a1b2c3d-0"), [texts("x")])
        folder.finish("{}")
    raw = (tmp_path / "rejected.csv").read_bytes()
    assert raw == b"\xef\xbb\xbfpreflight_errors,preflight_line,preflight_row,a\nPF302 a: bad,2,0a1b2c3d-0,x\n"
    assert writer.rows == 1


def test_rejected_rows_of_several_files_name_theirs(tmp_path: Path) -> None:
    with Folder(tmp_path) as folder:
        writer = RejectedWriter(folder, ("a",), files=True)
        writer.add(texts("PF302 a: bad"), texts("2"), texts("0a1b2c3d-0"), [texts("x")], (texts("b.csv"),))
        folder.finish("{}")
    assert (tmp_path / "rejected.csv").read_text(encoding="utf-8-sig") == (
        "preflight_errors,preflight_line,preflight_file,preflight_row,a\nPF302 a: bad,2,b.csv,0a1b2c3d-0,x\n"
    )
