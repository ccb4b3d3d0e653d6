"""The report of a check: what a user holds, with its verbs as methods."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

import preflight.report.notebook as notebook
import preflight.report.text as text
from preflight.api.binding import MARK
from preflight.api.spelling import content_in_python, finding_in_python, in_python, speaks_python
from preflight.api.tables import changes_table, columns_table, files_table, findings_table, groups_table
from preflight.engines.columns import count_distinct
from preflight.engines.content import changes_in, content_of, findings_of
from preflight.engines.run import Run, good_table
from preflight.engines.writing import errors_in_full
from preflight.errors import NotAvailable
from preflight.findings import Content
from preflight.kernel.columns import rows_of
from preflight.kernel.normalise import typed_column
from preflight.kernel.schema import to_frame

if TYPE_CHECKING:
    from preflight.api.receipt import Receipt

__all__ = ["Report"]


class Report:
    """What a check found. Made by `Plan.check`; it never changes, and it shows itself in a notebook.

    Everything about rows is by position; `label` columns carry the caller's own index for reading. A report of a streamed file has
    findings, groups, columns and summary; what would need all rows in memory raises NotAvailable and names the way that works.
    """

    def __init__(self, made: Run, version: str, frame: pd.DataFrame | None = None) -> None:
        self._made = made
        self._version = version
        self._frame = None if frame is None else frame.copy(deep=False)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._made, self._version, self._frame)

    @cached_property
    def content(self) -> Content:
        """All that the renderers show."""
        return content_in_python(content_of(self._made, self._version, labels=self._labels()))

    def _labels(self) -> Any:
        if self._frame is None:
            return None
        index = self._frame.index
        return lambda row: index[row]

    @property
    def summary(self) -> dict[str, Any]:
        """The counts, as the JSON has them: records, good, rejected, changed_cells, errors, warnings, by_code."""
        return self.content.summary.to_json()

    @property
    def ok(self) -> bool:
        """Whether no row is rejected."""
        return self.content.summary.rejected == 0

    def __bool__(self) -> bool:
        raise TypeError("a report is neither true nor false; use report.ok (no row rejected) or report.summary")

    @cached_property
    def is_good(self) -> pd.Series[bool]:
        """Which rows are good: boolean, on the caller's index, one entry per row in the same order."""
        verdicts = self._kept("is_good")
        good = [verdict.good for verdict in verdicts]
        flags = pa.concat_arrays(good).to_numpy(zero_copy_only=False) if good else []
        found: pd.Series[bool] = pd.Series(flags, index=self._index(), dtype=bool, name="is_good")
        return found & (not self._made.rejects_all)

    @cached_property
    def good(self) -> pd.DataFrame:
        """The good rows: the caller's index, one column per field that is sent, contract order, normalised and typed."""
        verdicts = self._kept("good")
        tables = [] if self._made.rejects_all else [good_table(self._made, verdict) for verdict in verdicts]
        if not tables:
            return self._no_good_rows()
        frame = to_frame(pa.concat_tables(tables))
        frame.index = self._index()[self.is_good.to_numpy()]
        frame.attrs[MARK] = self._made.plan.digest
        return frame

    def _no_good_rows(self) -> pd.DataFrame:
        feeds = [self._made.binding.feeds[number] for number in self._made.sent]
        empty = pa.array([], pa.string())
        table = pa.table([typed_column(empty, feed.field) for feed in feeds], names=[feed.field.name for feed in feeds])
        frame = to_frame(table)
        frame.index = self._index()[:0]
        frame.attrs[MARK] = self._made.plan.digest
        return frame

    @cached_property
    def rejected(self) -> pd.DataFrame:
        """The rejected rows of the source, untouched."""
        return self._source_frame("rejected")[~self.is_good.to_numpy()]

    @cached_property
    def files(self) -> pd.DataFrame:
        """What was read: path, first_source_row, records, encoding, delimiter, one line per file; none for a DataFrame."""
        return files_table(self.content.source)

    @cached_property
    def findings(self) -> pd.DataFrame:
        """Every finding, one line each, in source order; `source_row` is the key, `label` is for reading."""
        return findings_table(map(finding_in_python, findings_of(self._made)), self._labels())

    @cached_property
    def changes(self) -> pd.DataFrame:
        """Every rewritten cell of a good row: before, after, and the rules that did it."""
        return changes_table(changes_in(self._made), self._labels())

    @cached_property
    def groups(self) -> pd.DataFrame:
        """One line per code and column, with exact counts and the most frequent bad values."""
        return groups_table(self.content.groups)

    @cached_property
    def columns(self) -> pd.DataFrame:
        """One line per source column: the field it feeds, how it was recognised, how it is filled."""
        distinct = count_distinct(self._made)
        lines = [replace(line, distinct=distinct.get(line.column or "")) for line in self.content.columns]
        return columns_table(lines)

    def annotate(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The frame with `preflight_state` (good, rejected) and `preflight_errors`, joined by position.

        Raises NotAvailable where the frame has another number of rows than the source.
        """
        if len(frame) != len(self.is_good):
            raise NotAvailable(f"the frame has {len(frame):,} rows, the checked source {len(self.is_good):,}; give the same rows")
        texts: list[str | None] = []
        for verdict in self._kept("annotate"):
            rows = np.arange(verdict.chunk.length) if self._made.rejects_all else rows_of(pc.invert(verdict.good))
            told = dict(zip(rows.tolist(), errors_in_full(self._made, verdict, rows), strict=True))
            texts += [in_python(told[row]) if row in told else None for row in range(verdict.chunk.length)]
        states = np.where(self.is_good.to_numpy(), "good", "rejected")
        return frame.assign(preflight_state=pd.array(states, dtype="str"), preflight_errors=pd.array(texts, dtype="str"))

    @speaks_python
    def write(self, out: str | Path, **options: Any) -> Receipt:
        """Write the API-ready CSV parts, rejected.csv and the receipt into a folder, and return the receipt."""
        from preflight.api.writing import write_run

        return write_run(self._made, out, labels=None if self._frame is None else self._frame.index, **options)

    def _kept(self, what: str) -> tuple[Any, ...]:
        if self._made.verdicts is None:
            raise NotAvailable(f"report.{what} needs all rows in memory, this file was streamed; use plan.write(path, folder)")
        return self._made.verdicts

    def _index(self) -> pd.Index[Any]:
        return self._frame.index if self._frame is not None else pd.RangeIndex(self.content.summary.records)

    def _source_frame(self, what: str) -> pd.DataFrame:
        if self._frame is not None:
            return self._frame
        verdicts = self._kept(what)
        header = list(self._made.binding.header)
        frame = pd.DataFrame(
            {
                number: pa.chunked_array([verdict.chunk.columns[number] for verdict in verdicts], pa.string()).to_pandas()
                for number in range(len(header))
            },
            index=self._index(),
        )
        frame.columns = pd.Index(header)
        return frame

    def __repr__(self) -> str:
        return "".join(text.render(self.content, changes="report.changes")).rstrip("\n")

    def _repr_html_(self) -> str:
        return "".join(notebook.render(self.content))
