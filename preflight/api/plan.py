"""The plan that a user holds, with its verbs as methods, and how it is made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields as fields_of
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

import preflight.contract.plan as contract_plan
import preflight.report.notebook_runs as notebook
from preflight.api.binding import bind_source, plan_for
from preflight.api.planning import plan_from
from preflight.api.policy import Choices, policy_of, refuse_hidden
from preflight.api.progress import shown
from preflight.api.report import Report
from preflight.api.spelling import speaks_python
from preflight.api.version import VERSION
from preflight.api.writing import WriteOptions, write_source
from preflight.contract.names import nearest
from preflight.contract.options import read_options
from preflight.engines.memory import READABLE, frame_source
from preflight.engines.run import run
from preflight.errors import RejectedRows, UnreadableInput, UsageError
from preflight.files.joined import open_sources
from preflight.files.options import ReadOptions
from preflight.files.read import open_source
from preflight.findings import Severity
from preflight.kernel.schema import schema_of

if TYPE_CHECKING:
    from preflight.api.receipt import Receipt
    from preflight.rows import Source

__all__ = ["Plan", "open_any", "plan"]

KEEP_BYTES = 256 << 20
"""Files up to this size in all are kept in memory by `check`, so that the report has its good rows; larger ones are streamed."""


class Plan(contract_plan.Plan):
    """Everything that is decided before any data is read, with the verbs. Frozen, picklable, made by `preflight.plan`."""

    @speaks_python
    def check(self, source: Any, /, *, engine: str = "auto", values: str = "show", progress: bool = True, **options: Any) -> Report:
        """Judge a DataFrame, a path, or anything with an Arrow stream, as `write` would send it. The source is never changed.
        A list of paths is one table, its rows in the order of the files.

        `engine` is auto, memory or stream; `values` show, mask or hide; `progress` shows in a notebook or on a terminal how far
        a long check is. Further options: encoding, delimiter, header_line, sheet (reading); select, ignore, ignore_in, severity
        (what counts). Raises UnreadableInput, PlanError, UsageError.
        """
        choices = Choices.taken_from(options)
        reading = _read_options(options)
        opened = open_table(source, reading)
        plan, keep = plan_for(self, source), _keeps(opened, source, engine)
        policy, mode, binding = policy_of(choices), _values(values), bind_source(plan, opened)
        with shown(wanted=progress) as watch:
            made = run(plan, opened, policy, keep=keep, values=mode, binding=binding, watch=watch)
        return Report(made, VERSION, source if isinstance(source, pd.DataFrame) else None)

    @speaks_python
    def validate(self, source: Any, /, **options: Any) -> pd.DataFrame:
        """The strict form of `check`: the good rows, typed, or RejectedRows when there is any other. Its text has no cell value.

        Raises UsageError where the options hide or lower what would keep a row from being read or matched.
        """
        refuse_hidden(policy_of(Choices.taken_from(dict(options))), "validate")
        report = self.check(source, **options)
        if not report.ok:
            summary = report.content.summary
            reasons = {one.code for one in report.content.groups if one.severity is Severity.ERROR}
            codes = ", ".join(f"{code} {count:,}" for code, count in summary.by_code.items() if code in reasons)
            raise RejectedRows(f"{summary.rejected:,} of {summary.records:,} rows are rejected ({codes}); see .findings", report)
        return report.good

    @speaks_python
    def write(self, source: Any, out: str | Path, /, *, progress: bool = True, **options: Any) -> Receipt:
        """Judge a source and write it into a folder in one pass: parts, rejected.csv, row map, receipt. Memory stays bounded. A
        list of paths is one table and one run.

        Options: max_bytes, max_rows, headers (fields or labels), max_rejected, and those of reading; `progress` as for `check`.
        Raises UsageError where columns are unmapped, RunInTheWay where the folder holds a run that was sent.
        """
        taken = {one.name: options.pop(one.name) for one in fields_of(WriteOptions) if one.name in options}
        opened = open_table(source, _read_options(options))
        labels = source.index if isinstance(source, pd.DataFrame) else None
        with shown(wanted=progress) as watch:
            return write_source(plan_for(self, source), opened, Path(out), WriteOptions(**taken), labels=labels, watch=watch)

    @property
    def schema(self) -> Any:
        """The pandera schema: a `pandera.pandas.DataFrameSchema`, columns named by field. Use it, extend it, export it."""
        return schema_of(self)

    def _repr_html_(self) -> str:
        return "".join(notebook.render_plan(self))

    def _title(self) -> str:
        key = f" on {self.match_key}" if self.match_key else ""
        return f"{self.contract.entity_type}, {self.operation.value if self.operation else 'insert'}{key}"

    def __repr__(self) -> str:
        return f"<Plan {self._title()}: {len(self.contract.fields)} fields, digest {self.digest[:8]}>"


@speaks_python
def plan(  # noqa: PLR0913  # one keyword for each thing that a plan decides
    entity: str,
    /,
    *,
    operation: str | None = None,
    match_key: str | None = None,
    columns: Mapping[str, str | None] | None = None,
    fields: Any = None,
    rules: Any = None,
    set: Mapping[str, object] | None = None,
    blank: str | Iterable[str] | None = None,
    duplicates: str | None = None,
    unmapped: str | None = None,
    **answers: Any,
) -> Plan:
    """Make a plan for accounts, people, opportunities or activities.

    `columns` are pairs of CSV column and field (None: not sent); other headers are matched by field name, label and alias.
    `fields` is a path or a list of FieldMapping objects, the API's own answer included; without it the bundled list serves. `rules`
    is a path or a dictionary laid over the bundled rules. `set` gives unfed fields one value in every row. Answers: dates,
    timezone, locale, percent, time_in_date, pivot, serials. Raises PlanError with every fault at once.
    """
    stated: dict[str, object] = {
        "entity": entity,
        "operation": operation,
        "match_key": match_key,
        "columns": dict(columns) if isinstance(columns, Mapping) else columns,
        "set": dict(set) if isinstance(set, Mapping) else set,
        "blank": list(blank) if isinstance(blank, Iterable) and not isinstance(blank, str) else blank,
        "duplicates": duplicates,
        "unmapped": unmapped,
        **answers,
    }
    options, faults = read_options(stated)
    made = plan_from(options, faults=faults, fields=fields, rules=rules)
    return Plan(**{one.name: getattr(made, one.name) for one in fields_of(made)})


def open_any(source: Any, options: ReadOptions) -> Source:
    """A source of whatever a user has: a path, ``-`` for standard input, a DataFrame, or an Arrow stream."""
    if isinstance(source, (str, Path)):
        return open_source(source, options)
    return frame_source(source)


def open_table(source: Any, options: ReadOptions) -> Source:
    """The same, and a list or tuple of paths as one table. Raises UsageError for an empty list."""
    if not isinstance(source, (list, tuple)):
        return open_any(source, options)
    if not source:
        raise UsageError(f"an empty {type(source).__name__} names no source; give at least one path")
    other = next((one for one in source if not isinstance(one, (str, Path))), None)
    if other is not None:
        raise UnreadableInput(f"a {type(source).__name__} with a {type(other).__name__} cannot be read; {READABLE}")
    return open_sources(source, options)


_READING = ("encoding", "delimiter", "header_line", "sheet")
_CHOICES = tuple(one.name for one in fields_of(Choices))
_WRITING = tuple(one.name for one in fields_of(WriteOptions))


def _read_options(options: Mapping[str, Any]) -> ReadOptions:
    unknown = [name for name in options if name not in (*_READING, "block_bytes")]
    if unknown:
        if unknown[0] in _CHOICES:
            raise UsageError(f"{unknown[0]} decides what a check counts, and write sends what is good; leave it to plan.check")
        close = nearest(unknown[0], (*_READING, *_CHOICES, *_WRITING, "engine", "values", "progress"), count=1)
        meant = f"did you mean {close[0]}?" if close else f"known are {', '.join(_READING)}, and what the method documents"
        raise UsageError(f"unknown option {unknown[0]!r}; {meant}")
    return ReadOptions(**options)


def _keeps(opened: Source, source: Any, engine: str) -> bool:
    if engine not in ("auto", "memory", "stream"):
        raise UsageError(f"the engine is {engine!r}; wanted auto, memory or stream")
    if engine != "auto" or opened.path is None:
        return engine != "stream"
    paths = [Path(one) for one in (source if isinstance(source, (list, tuple)) else (source,))]
    return sum(path.stat().st_size for path in paths if path.is_file()) <= KEEP_BYTES


def _values(mode: str) -> str:
    if mode not in ("show", "mask", "hide"):
        raise UsageError(f"values is {mode!r}; wanted show, mask or hide")
    return mode
