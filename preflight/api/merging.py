"""Repaired rows back into their run: joined by row key, judged under the run's plan, written as the next part."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet

import preflight.report.notebook_runs as notebook
from preflight.api.plan import open_any
from preflight.api.receipt import Receipt
from preflight.api.repaired import Repaired, read_repaired
from preflight.api.spelling import speaks_python
from preflight.errors import UsageError
from preflight.files.extend import GrowingFolder
from preflight.files.options import ReadOptions
from preflight.files.receipt import MOVED, ReceiptRecord
from preflight.files.write import Limits, PartWriter, RejectedWriter, RowMapWriter
from preflight.submission.outcomes import Outcomes, read_outcomes
from preflight.submission.showing import balance

__all__ = ["Merged", "merge", "merge_run"]

Array = Any


@dataclass(frozen=True)
class Merged:
    """What a merge did: how many rows were written into which new parts, how many are still rejected and where they stand."""

    receipt: Receipt
    written: int
    rejected: int
    parts: tuple[Path, ...]
    rejected_file: Path | None
    summary: dict[str, int]

    @property
    def folder(self) -> Path:
        """The folder of the run."""
        return self.receipt.folder

    @property
    def ok(self) -> bool:
        """Whether every repaired row was written."""
        return self.rejected == 0

    def __repr__(self) -> str:
        return f"<Merged {self.folder}: {self.written:,} rows written, {self.rejected:,} rejected again; {balance(self.summary)}>"

    def _repr_html_(self) -> str:
        file = None if self.rejected_file is None else self.rejected_file.name
        return "".join(
            notebook.render_merge(
                str(self.folder), balance(self.summary), written=self.written, rejected=self.rejected, rejected_file=file
            )
        )


@speaks_python
def merge(folder: str | Path, fixed: Any, /) -> Merged:
    """Take repaired rows back into a run. `fixed` is a path (CSV, Excel, Parquet) or a DataFrame with a column `preflight_row`.

    Rows are joined by that key. The good ones become the next part, which `submit` sends; the others stand in rejected-2.csv
    (…-3). Raises UsageError, and changes nothing, where a key is missing, unknown, doubled or of another run, where a row was or
    may have been imported or still waits to be sent, or where the columns are not those of the run; UnreadableInput, PlanError.
    """
    return merge_run(Path(folder), fixed)


def merge_run(path: Path, fixed: Any) -> Merged:
    """`merge`, whose errors advise as the command line writes it."""
    if isinstance(fixed, (list, tuple)):
        raise UsageError("merge takes the rows of one file at a time; give it each by itself")
    source = open_any(fixed, ReadOptions())
    with GrowingFolder(path) as growing:
        known = read_outcomes(path)
        repaired = read_repaired(known, source)
        change = _Change(known, repaired, growing)
        record = change.write(_free_name(path, known.account.receipt, fixed))
        growing.finish(record.to_json())
    after = read_outcomes(path)
    return Merged(
        Receipt(path, record),
        int(repaired.good.sum()),
        int((~repaired.good).sum()),
        tuple(path / part.name for part in record.parts[len(known.account.receipt.parts) :]),
        path / change.rejected.name if change.rejected is not None else None,
        after.summary,
    )


def _free_name(folder: Path, record: ReceiptRecord, fixed: Any) -> str:
    """The next name for rejected rows; never that of the file that is being read."""
    own = Path(fixed).resolve() if isinstance(fixed, (str, Path)) else None
    number = record.merges + 2
    while (folder / f"rejected-{number}.csv").resolve() == own:
        number += 1
    return f"rejected-{number}.csv"


class _Change:
    """The new files of one merge."""

    def __init__(self, known: Outcomes, repaired: Repaired, folder: GrowingFolder) -> None:
        self.known = known
        self.repaired = repaired
        self.folder = folder
        self.rejected: RejectedWriter | None = None

    def write(self, rejected_name: str) -> ReceiptRecord:
        """Write the parts, the rejected rows, the row map; the new receipt."""
        account, repaired = self.known.account, self.repaired
        good = np.flatnonzero(repaired.good)
        good = good[np.argsort(repaired.rows[good], kind="stable")]
        parts = PartWriter(
            self.folder,
            tuple(header for header, _ in repaired.columns),
            Limits(),
            first=max((part.part for part in account.receipt.parts), default=0) + 1,
        )
        placed = None
        if len(good):
            picked = pa.array(good)
            placed = parts.add([column.take(picked) for column in repaired.texts])
        added = parts.close()
        self._reject(rejected_name)
        self._map(repaired.rows[good], placed)
        return self._receipt(added)

    def _reject(self, name: str) -> None:
        bad = np.flatnonzero(~self.repaired.good)
        if not len(bad):
            return
        bad = bad[np.argsort(self.repaired.rows[bad], kind="stable")]
        table, picked = self.known.account.table.take(pa.array(self.repaired.rows[bad])), pa.array(bad)
        files = tuple(table[name].combine_chunks() for name in self.known.account.files)
        self.rejected = RejectedWriter(self.folder, self.repaired.header, name, files=bool(files))
        self.rejected.add(
            pa.array([self.repaired.errors[at] for at in bad.tolist()], pa.string()),
            table["line"].cast(pa.string()).combine_chunks(),
            table["row_key"].combine_chunks(),
            [column.take(picked) for column in self.repaired.cells],
            files,
        )
        self.folder.settle(name)

    def _map(self, rows: Any, placed: Any) -> None:
        """The row map with the rows that are written now; where they stood before is kept beside it."""
        account = self.known.account
        parts, records, lines = account.parts.copy(), account.records.copy(), account.lines()
        before = rows[parts[rows] > 0] if len(rows) else rows
        self._keep(before, parts[before], records[before], lines[before])
        if placed is not None:
            parts[rows], records[rows], lines[rows] = placed.parts, placed.records, placed.lines
        nowhere = parts == 0
        writer = RowMapWriter(self.folder, files=bool(account.files))
        table, kept = account.table, ("source_row", "label", "record", "line", "row_key", *account.files)
        writer.add(
            **{name: table[name].combine_chunks() for name in kept},
            state=pc.if_else(pa.array(nowhere), "rejected", "written"),
            part=pa.array(parts, mask=nowhere).cast(pa.int32()),
            part_record=pa.array(records, mask=nowhere),
            part_line=pa.array(lines, mask=nowhere),
        )
        writer.close()

    def _keep(self, rows: Any, *coordinates: Any) -> None:
        source = self.known.account.table["source_row"].combine_chunks().take(pa.array(rows))
        names = ("part", "part_record", "part_line")
        new = pa.table({"source_row": source, **dict(zip(names, (pa.array(one) for one in coordinates), strict=True))})
        path = self.known.account.folder / MOVED
        kept = parquet.read_table(path) if path.exists() else new.slice(0, 0)
        known = {part.part for part in self.known.account.receipt.parts}
        kept = kept.filter(pc.is_in(kept["part"], value_set=pa.array(sorted(known), pa.int64())))
        if len(rows) or kept.num_rows:
            everything = (
                pa.concat_tables([kept, new]).group_by(["source_row", *names]).aggregate([])
            )  # a merge cut short left doubles
            stream = self.folder.open(MOVED)
            parquet.write_table(everything.sort_by("source_row"), stream)
            self.folder.settle(MOVED)

    def _receipt(self, added: Any) -> ReceiptRecord:
        record, repaired = self.known.account.receipt, self.repaired
        before = self.known.account
        written = int((before.parts > 0).sum()) + int((before.parts[repaired.rows[repaired.good]] == 0).sum())
        return replace(
            record,
            parts=(*record.parts, *added),
            rejected=before.length - written,
            summary={**record.summary, "good": written, "rejected": before.length - written},
            columns=repaired.columns,
            sources=record.sources if record.parts else repaired.sources,
            merges=record.merges + 1,
        )
