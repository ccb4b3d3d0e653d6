"""Judging a Spark DataFrame on its cluster: what a user holds, with its verbs as methods."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import cached_property
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd

import preflight.contract.plan as contract_plan
import preflight.report.json as json
import preflight.report.notebook as notebook
import preflight.report.text as text
from preflight.api.policy import Choices, policy_of, refuse_hidden
from preflight.api.receipt import Receipt
from preflight.api.spelling import content_in_python, finding_in_python, speaks_python
from preflight.api.tables import CHANGES, FINDINGS, columns_table, groups_table
from preflight.api.version import VERSION
from preflight.api.writing import WriteOptions, record_of, refuse_unmapped
from preflight.contract.matching import is_own
from preflight.engines.content import content_of
from preflight.engines.partition_files import Pieces, Task, gathered
from preflight.engines.writing import written_header
from preflight.errors import NotAvailable, RejectedRows, UsageError
from preflight.files.write import Folder
from preflight.findings import Content, Finding

__all__ = ["SparkReport", "check_spark"]

Frame = Any  # pyspark.sql.DataFrame


@speaks_python
def check_spark(sdf: Frame, plan: contract_plan.Plan, /, *, row_id: str, values: str = "show", **options: Any) -> SparkReport:
    """Judge a Spark DataFrame where it lies, as `write` would send it. The DataFrame is never changed and no row is collected.

    `row_id` names the column that labels the rows: no null, each value once. It is to this report what the index of a pandas frame
    is, and is sent only where it feeds a field. The outcome equals `plan.check` of the same rows in (label, field, code, value) and
    in the set of good rows. There is no `source_row`, for rows of a cluster have no order; `duplicates` first and last are refused
    for the same reason. `values` is show, mask or hide; further options: select, ignore, ignore_in, severity.

    The DataFrame is read twice for update and upsert and where a field is a date, number or code, otherwise once, and must give the
    same rows each time. What the kernel says is persisted on the cluster; `report.unpersist()` gives it back.

    On a cluster, preflight must be importable by the Python of every executor, in the version of the driver: install it there, or
    ship an environment (``venv-pack``, then ``spark.archives`` and ``PYSPARK_PYTHON``). Give executors some 500 MB of
    ``spark.executor.memoryOverhead`` per core for Arrow, pandas and pandera. `write` needs a folder that driver and executors see
    under the same path and write to as the same user: NFS, the FUSE mount of an object store, the disk of a single machine.

    Raises NotAvailable without pyspark, UsageError, PlanError, Disagreement.
    """
    if values not in ("show", "mask", "hide"):
        raise UsageError(f"values is {values!r}; wanted show, mask or hide")
    policy = policy_of(Choices.taken_from(options))
    if options:
        raise UsageError(f"unknown option {next(iter(options))!r}; known are row_id, values, select, ignore, ignore_in, severity")
    engine = _pyspark("preflight.engines.spark")
    if not hasattr(sdf, "mapInArrow"):
        raise UsageError(f"{type(sdf).__name__} is no Spark DataFrame; give one, or use plan.check for anything in memory")
    plain = contract_plan.Plan(**{one.name: getattr(plan, one.name) for one in fields(contract_plan.Plan)})
    return SparkReport(engine.spark_run(plain, sdf, policy, row_id, values))


def _pyspark(module: str) -> Any:
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] != "pyspark":
            raise
        raise NotAvailable('Spark needs pyspark; install it with: pip install "demandbase-preflight[spark]"') from error


def _related(found: Finding) -> Finding:
    """A finding whose related labels any document can hold."""
    return replace(found, related=tuple(map(json.label_of, found.related)))


class SparkReport:
    """What a check on a cluster found. Made by `check_spark`. Its DataFrames are views of what is persisted, in no order."""

    def __init__(self, run: Any) -> None:
        self._run = run
        self._views = _pyspark("preflight.engines.spark_frames")

    @cached_property
    def content(self) -> Content:
        """All that the renderers show; made by a few counts on the cluster. Its `findings` and `changes` come to the driver bit by
        bit when a renderer asks for them."""
        run, views = self._run, self._views
        content = content_of(views.detailed(run), VERSION)
        return content_in_python(
            replace(
                content, findings=lambda: map(_related, views.findings_in_order(run)), changes=lambda: views.changes_in_order(run)
            )
        )

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The counts, as the JSON has them: records, good, rejected, changed_cells, errors, warnings, by_code."""
        return content_of(self._run.made, VERSION).summary.to_json()

    @cached_property
    def groups(self) -> pd.DataFrame:
        """One line per code and column, with exact counts and the most frequent bad values. A pandas DataFrame: it is small."""
        return groups_table(self.content.groups)

    @cached_property
    def columns(self) -> pd.DataFrame:
        """One line per source column: the field it feeds, how it was recognised, how it is filled. A pandas DataFrame."""
        return columns_table(self.content.columns)

    @property
    def ok(self) -> bool:
        """Whether no row is rejected."""
        return bool(self.summary["rejected"] == 0)

    def __bool__(self) -> bool:
        raise TypeError("a report is neither true nor false; use report.ok (no row rejected) or report.summary")

    @cached_property
    def good(self) -> Frame:
        """The good rows: the labels under their own name (`preflight_row_id` where a field has it), then one typed column per field
        that is sent, in contract order."""
        return self._views.good_frame(self._run)

    @cached_property
    def rejected(self) -> Frame:
        """The rejected rows of the source, untouched."""
        return self._views.rejected_frame(self._run)

    @cached_property
    def findings(self) -> Frame:
        """Every finding, one line each, in the columns of `Report.findings`; those about columns have a null label, `related` holds
        labels."""
        return self._views.findings_frame(self._run, FINDINGS, finding_in_python)

    @cached_property
    def changes(self) -> Frame:
        """Every rewritten cell of a good row, one line each, in the columns of `Report.changes`."""
        return self._views.changes_frame(self._run, CHANGES)

    def annotate(self, sdf: Frame) -> Frame:
        """The DataFrame with `preflight_state` (good, rejected) and `preflight_errors`, joined by the labels."""
        return self._views.annotated(self._run, sdf)

    def to_json(self, *, max_findings: int = 1000) -> str:
        """The document of ``check --format json`` with so many findings at most, the first by label; `truncated` says whether there
        are more. The complete list is `findings`."""
        content = self.content
        total = sum(group.findings for group in content.groups)
        capped = replace(content, findings=lambda: islice(content.findings(), max_findings), truncated=total > max_findings)
        return "".join(json.render(capped))

    def unpersist(self) -> None:
        """Give back what the cluster keeps of it. The DataFrames still work, and are judged anew."""
        self._run.unpersist()

    @speaks_python
    def write(self, out: str | Path, /, **options: Any) -> Receipt:
        """Write parts, rejected.csv, the row map and, last, the receipt into a folder that driver and executors share.

        The executors write the parts, at most `max_bytes` and `max_rows` large and no more of them than that needs. Row keys end in
        the label; `source_row` of the row map counts the rows as they were written. Options: max_bytes, max_rows, headers (fields
        or labels), max_rejected. Raises UsageError where columns are unmapped or the folder is not shared, RunInTheWay, and
        RejectedRows beyond `max_rejected`.
        """
        known = {one.name for one in fields(WriteOptions)}
        unknown = [name for name in options if name not in known]
        if unknown:
            raise UsageError(f"unknown option {unknown[0]!r}; known are {', '.join(sorted(known))}")
        taken = WriteOptions(**options)
        made, summary = self._run.made, self.summary
        refuse_hidden(made.policy, "write")
        refuse_unmapped(made)
        allowed = taken.allows(summary["rejected"], summary["records"])
        with Folder(Path(out).absolute()) as folder:
            pieces, run = self._gather(folder, taken, allowed=allowed)
            record = record_of(made, summary, taken, run=run, parts=pieces.parts, rejected=pieces.rejected)
            folder.finish(record.to_json() if allowed else None)
        if not allowed:
            raise RejectedRows(
                f"{summary['rejected']:,} of {summary['records']:,} rows are rejected, more than max_rejected "
                f"({taken.max_rejected}) allows; only rejected.csv was written"
            )
        return Receipt(folder.path, record)

    def _gather(self, folder: Folder, options: WriteOptions, *, allowed: bool) -> tuple[Pieces, str]:
        made, run = self._run.made, self._views.run_name(self._run)
        header = written_header(made, options.headers)
        source = tuple(name for name in made.binding.header if not is_own(name))
        probe = f".{run}-probe.writing"
        (folder.path / probe).touch(mode=0o600)
        try:
            task = Task(str(folder.path), header, source, options.limits, run, probe)
            written = self._views.write_rows(self._run, task, rejected_only=not allowed)
            return gathered(folder, written, parts=allowed), run
        finally:
            for left in folder.path.glob(".*.writing"):
                left.unlink(missing_ok=True)

    def __repr__(self) -> str:
        counts = self.summary
        return f"<SparkReport: {counts['records']:,} rows = {counts['good']:,} good + {counts['rejected']:,} rejected>"

    def __str__(self) -> str:
        return "".join(text.render(self.content)).rstrip("\n")

    def _repr_html_(self) -> str:
        return "".join(notebook.render(self.content))
