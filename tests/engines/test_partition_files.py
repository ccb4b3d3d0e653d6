"""Files that many tasks write and one process puts together."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from preflight.engines.partition_files import Task, gathered, written_rows
from preflight.errors import UsageError
from preflight.files.write import Folder, Limits


def batch(labels: list[str], text: Any = None) -> Any:
    """Rows of two fields and two source columns; those whose label begins with x are rejected."""
    good = [not label.startswith("x") for label in labels]
    told = [None if one else f"PF401 {label}" for one, label in zip(good, labels, strict=True)]
    columns = [
        labels,
        good,
        told,
        [f"Name {label}" for label in labels],
        [None] * len(labels),
        [f"a,{label}" for label in labels],
        labels,
    ]
    kinds = [pa.string(), pa.bool_(), *[text or pa.string()] * 5]
    return pa.record_batch([pa.array(one, kind) for one, kind in zip(columns, kinds, strict=True)], names=[*"lgtabcd"])


def task(folder: Path, **limits: int) -> Task:
    (folder / ".probe").touch()
    return Task(str(folder), ("name", "notes"), ("Na\nme", "Id"), Limits(**limits), "0a0a0a0a", ".probe")


def lines(made: Task, labels: list[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = next(iter(written_rows(made, [batch(labels), batch([])]))).to_pylist()
    return found


def test_the_files_of_all_tasks_are_put_together(tmp_path: Path) -> None:
    with Folder(tmp_path) as folder:
        made = task(tmp_path, max_rows=2)
        pieces = gathered(folder, [*lines(made, ["a", "x1", "b", "c"]), *lines(made, []), *lines(made, ["x2", "d"])], parts=True)
        folder.finish("{}")
    assert [(part.part, part.name, part.rows) for part in pieces.parts] == [
        (1, "part-0001.csv", 2),
        (2, "part-0002.csv", 1),
        (3, "part-0003.csv", 1),
    ]
    assert pieces.rejected == 2
    for part in pieces.parts:
        written = (tmp_path / part.name).read_bytes()
        assert (len(written), hashlib.sha256(written).hexdigest()) == (part.bytes, part.sha256)
    assert (tmp_path / "part-0003.csv").read_text() == "name,notes\nName d,\n"
    assert (tmp_path / "rejected.csv").read_bytes().decode("utf-8-sig") == (
        'preflight_errors,preflight_line,preflight_row,"Na\nme",Id\n'
        'PF401 x1,,0a0a0a0a-x1,"a,x1",x1\n'
        'PF401 x2,,0a0a0a0a-x2,"a,x2",x2\n'
    )
    rows = parquet.read_table(tmp_path / "rows.parquet")
    assert rows.select(["label", "state", "part", "part_record", "part_line"]).to_pydict() == {
        "label": ["a", "x1", "b", "c", "x2", "d"],
        "state": ["written", "rejected", "written", "written", "rejected", "written"],
        "part": [1, None, 1, 2, None, 3],
        "part_record": [1, None, 2, 1, None, 1],
        "part_line": [2, None, 3, 2, None, 2],
    }
    assert rows.column("source_row").to_pylist() == [0, 1, 2, 3, 4, 5]
    assert rows.column("row_key").to_pylist()[0] == "0a0a0a0a-a"
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != ".probe") == [
        "part-0001.csv",
        "part-0002.csv",
        "part-0003.csv",
        "receipt.json",
        "rejected.csv",
        "rows.parquet",
    ]


def test_long_text_is_written_as_text(tmp_path: Path) -> None:
    (written, rejected, _) = next(iter(written_rows(task(tmp_path), [batch(["a", "x1"], pa.large_string())]))).to_pylist()
    assert (written["rows"], rejected["rows"]) == (1, 1)
    assert Path(written["path"]).read_text() == "name,notes\nName a,\n"


def test_the_rejected_rows_alone(tmp_path: Path) -> None:
    with Folder(tmp_path) as folder:
        pieces = gathered(folder, lines(task(tmp_path), ["x1", "a"]), parts=False)
        folder.finish(None)
    assert (pieces.parts, pieces.rejected) == ((), 1)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".probe", "rejected.csv"]


def test_a_folder_that_is_not_the_drivers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match="is not seen by the executors; give a folder on a file system that driver and executors share"
    ):
        list(written_rows(Task(str(tmp_path), ("a",), (), Limits(), "0a0a0a0a", ".probe"), []))


def test_a_task_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--max-bytes"):
        list(written_rows(task(tmp_path, max_bytes=12), [batch(["a"])]))
    assert [path.name for path in tmp_path.iterdir()] == [".probe"]
