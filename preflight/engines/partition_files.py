"""Files of a run that many tasks write: each task its own under temporary names, one process that puts them together at the end.

All of them see the folder under the same path. A task that is run twice leaves files that nobody adopts; they are removed.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet

from preflight.engines.frames import column_text
from preflight.errors import UsageError
from preflight.files.receipt import ROWS, PartLine
from preflight.files.write import REJECTED, Folder, Limits, PartWriter, RejectedWriter, RowMapWriter

__all__ = ["WRITTEN", "Pieces", "Task", "gathered", "written_rows"]

Array = Any
_ENDING = ".writing"  # what a Folder takes for left over

WRITTEN = "task string, name string, path string, rows bigint, bytes bigint, sha256 string"
"""What a task says of each file that it wrote: its name in the folder, and where it stands for now. The `bytes` of rejected rows
are those of their header."""


@dataclass(frozen=True, slots=True)
class Task:
    """What every task is told: the folder, the header of the parts and of the rejected rows, the size of a part, and the run.

    `probe` is a file that must be seen in the folder.
    """

    folder: str
    header: tuple[str, ...]
    source: tuple[str, ...]
    limits: Limits
    run: str
    probe: str


class _TaskFolder(Folder):
    """The files of one task, in the folder of the run, under names of its own. The lock is with the process that gathers them."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.task = uuid.uuid4().hex
        self.paths: dict[str, Path] = {}

    def open(self, name: str) -> IO[bytes]:
        path = self.path / f".{self.task}-{name}{_ENDING}"
        stream = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb", buffering=1 << 20)
        self.paths[name] = path
        self._open[name] = stream
        return stream

    def sync(self) -> None:
        """Bring the files to disk."""
        self._settle_all()

    def abandon(self) -> None:
        """Remove the files."""
        for stream in self._open.values():
            stream.close()
        for path in self.paths.values():
            path.unlink(missing_ok=True)


def written_rows(task: Task, batches: Iterable[Any]) -> Iterator[Any]:
    """Write the rows of one partition: `label`, `good`, `told` (what is wrong), the texts of the parts, the cells of the source.

    Yields one line of WRITTEN for each file. Raises UsageError where the folder is not the one that the driver sees.
    """
    path = Path(task.folder)
    if not (path / task.probe).exists():
        raise UsageError(f"{path} is not seen by the executors; give a folder on a file system that driver and executors share")
    folder = _TaskFolder(path)
    try:
        parts, rejected = PartWriter(folder, task.header, task.limits), RejectedWriter(folder, task.source)
        with contextlib.closing(RowMapWriter(folder)) as rows:
            for batch in batches:
                if batch.num_rows:
                    _write(task, batch, parts, rejected, rows)
        lines = parts.close()
        folder.sync()
    except BaseException:
        folder.abandon()
        raise
    names = [*(line.name for line in lines), *(name for name in (REJECTED, ROWS) if name in folder.paths)]
    counted = {line.name: line for line in lines} | {REJECTED: PartLine(0, REJECTED, rejected.rows, len(rejected.head), "")}
    about = [counted.get(name, PartLine(0, name, 0, 0, "")) for name in names]
    yield pa.record_batch(
        {
            "task": [folder.task] * len(names),
            "name": names,
            "path": [str(folder.paths[name]) for name in names],
            "rows": [line.rows for line in about],
            "bytes": [line.bytes for line in about],
            "sha256": [line.sha256 for line in about],
        }
    )


def _write(task: Task, batch: Any, parts: PartWriter, rejected: RejectedWriter, rows: RowMapWriter) -> None:
    columns, width = batch.columns, len(task.header)
    label, told, texts = column_text(columns[0])[0], column_text(columns[2])[0], columns[3 : 3 + width]
    good = columns[1].to_numpy(zero_copy_only=False)
    mask, bad = pa.array(good), pa.array(np.flatnonzero(~good))
    keys = pc.binary_join_element_wise(f"{task.run}-", label, "")
    length, nothing = len(good), pa.nulls(batch.num_rows, pa.int64())
    placed = parts.add([column_text(text)[0].filter(mask) for text in texts]) if good.any() else None
    if len(bad):
        cells = [column_text(column.take(bad))[0] for column in columns[3 + width :]]
        rejected.add(told.take(bad), pa.nulls(len(bad), pa.string()), keys.take(bad), cells)
    at = np.where(good, np.cumsum(good) - 1, 0)
    where = {"part": nothing, "part_record": nothing, "part_line": nothing}
    if placed is not None:
        named = (("part", placed.parts), ("part_record", placed.records), ("part_line", placed.lines))
        where = {name: pa.array(values[at], mask=~good) for name, values in named}
    rows.add(
        source_row=pa.nulls(length, pa.int64()),
        label=label,
        record=nothing,
        line=nothing,
        state=pc.if_else(mask, "written", "rejected"),
        row_key=keys,
        **{**where, "part": where["part"].cast(pa.int32())},
    )


@dataclass(frozen=True, slots=True)
class Pieces:
    """What was put together: the parts, numbered through, and the number of rejected rows."""

    parts: tuple[PartLine, ...]
    rejected: int


def gathered(folder: Folder, written: Iterable[Any], *, parts: bool) -> Pieces:
    """Put the files of all tasks together in the folder of the run: parts get their numbers, rejected rows and the row map one file
    each. In the row map `source_row` counts the rows as they were written, for later commands need a number for each. Streams,
    whatever their size. `parts` says whether anything but the rejected rows is wanted."""
    many = list(written)
    found: list[PartLine] = []
    starts: dict[str, int] = {}
    for one in many:
        starts.setdefault(one["task"], len(found))
        if parts and one["name"] not in (REJECTED, ROWS):
            number = len(found) + 1
            found.append(PartLine(number, f"part-{number:04d}.csv", one["rows"], one["bytes"], one["sha256"]))
            folder.adopt(Path(one["path"]), found[-1].name)
    if parts:
        number = 0
        with contextlib.closing(RowMapWriter(folder)) as mapped:
            for one in many:
                if one["name"] == ROWS:
                    number = _append_rows(mapped, Path(one["path"]), starts[one["task"]], number)
    stream: IO[bytes] | None = None
    for one in many:
        if one["name"] == REJECTED:
            stream = _append(folder, stream, Path(one["path"]), one["bytes"])
    for one in many:
        Path(one["path"]).unlink(missing_ok=True)
    return Pieces(tuple(found), sum(one["rows"] for one in many if one["name"] == REJECTED))


def _append(folder: Folder, stream: IO[bytes] | None, path: Path, head: int) -> IO[bytes]:
    """The rejected rows of a task behind those of the others; the header stands once."""
    with path.open("rb") as piece:
        if stream is None:
            stream = folder.open(REJECTED)
        else:
            piece.seek(head)
        shutil.copyfileobj(piece, stream, 1 << 20)
    return stream


def _append_rows(mapped: RowMapWriter, path: Path, first: int, number: int) -> int:
    """The row map of a task, its parts and rows counted on from those of the tasks before; gives the number of the next row."""
    with parquet.ParquetFile(path) as piece:
        for batch in piece.iter_batches():
            columns = dict(zip(batch.schema.names, batch.columns, strict=True))
            rows = pa.array(np.arange(number, number + batch.num_rows))
            mapped.add(**columns | {"source_row": rows, "part": pc.add(columns["part"], pa.scalar(first, pa.int32()))})
            number += batch.num_rows
    return number
