"""A Spark DataFrame judged where it lies. Loaded when it is asked for; only this and `spark_frames.py` know pyspark.

The kernel runs inside `mapInArrow`, once to survey (a small piece of evidence from each partition is merged on the driver), once to
judge; what it says is persisted, and every answer is a view of that. Duplicate match keys are found by Spark's own grouping. No row
is collected. Classic sessions and Spark Connect take the same calls.
"""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial, reduce
from typing import Any

from pyspark.errors import PySparkException
from pyspark.sql import functions as F  # noqa: N812  # the name by which every Spark user knows it
from pyspark.sql import types as T  # noqa: N812

from preflight import errors
from preflight.contract.columns import Binding, Feed, bind
from preflight.contract.names import nearest
from preflight.contract.plan import Plan
from preflight.contract.policy import Policy
from preflight.engines.findings import describe, values_of
from preflight.engines.partitions import FarSource, evidence_of, far_finding, judged_rows, worded_groups
from preflight.engines.run import Run, needs_survey
from preflight.errors import UsageError
from preflight.findings import Severity
from preflight.kernel.survey import Evidence, settle
from preflight.kernel.tally import GroupTally, Tally
from preflight.kernel.words import Words
from preflight.rules.codes import CODES

__all__ = ["SparkRun", "spark_run", "translated"]

Frame = Any  # pyspark.sql.DataFrame, of a classic session or of Spark Connect

_FINDING = T.StructType(
    [
        T.StructField("code", T.StringType()),
        T.StructField("severity", T.StringType()),
        T.StructField("feed", T.IntegerType()),
        T.StructField("question", T.BooleanType()),
        T.StructField("value", T.StringType()),
        T.StructField("message", T.StringType()),
        T.StructField("suggestion", T.StringType()),
        T.StructField("digest", T.LongType()),
    ]
)
_NO_LABELS = (T.ArrayType, T.MapType, T.StructType)


@dataclass(frozen=True)
class SparkRun:
    """A Spark DataFrame judged under a plan. `judged` and `groups` are persisted; `rows` joins them: `c<n>` the source columns,
    `t<n>` the texts of the feeds, `good`, `clean` (good if the header rejected nothing), `changed`, `findings`; for a duplicate key
    `told`, `first` and `last`. `severity` is that of duplicates. The tally has all counts, but of values and examples the least."""

    made: Run
    names: tuple[str, ...]
    label: int
    taken: tuple[int, ...]
    judged: Frame
    groups: Frame | None
    rows: Frame
    severity: Severity | None

    @property
    def row_id(self) -> str:
        """The name of the column that labels the rows."""
        return self.names[self.label]

    def unpersist(self) -> None:
        """Give back what the cluster keeps of it."""
        for frame in (self.judged, self.groups):
            if frame is not None:
                frame.unpersist()


@contextmanager
def translated() -> Iterator[None]:
    """Raise what the kernel raised on an executor as itself."""
    try:
        yield
    except PySparkException as error:
        found = re.search(r"preflight\.errors\.(\w+): (.+)", str(error))
        known = getattr(errors, found.group(1), None) if found else None
        if found is None or not (isinstance(known, type) and issubclass(known, errors.PreflightError)):
            raise
        raise known(found.group(2).strip()) from error


def spark_run(plan: Plan, frame: Frame, policy: Policy, row_id: str, values: str) -> SparkRun:
    """Judge a Spark DataFrame. Reads it twice where the plan asks questions of columns or the operation is update or upsert,
    otherwise once; then counts on what is persisted.

    Raises UsageError for a row_id that does not label each row, and for duplicates first or last; PlanError; Disagreement.
    """
    names = tuple(frame.columns)
    label = _label_of(frame, names, row_id)
    if plan.duplicates != "reject":
        raise UsageError(
            f"duplicates is {plan.duplicates!r}, but the rows of a Spark DataFrame have no order; use reject, or choose the rows "
            "beforehand with a window over the match key"
        )
    binding, taken = _bound(plan, frame, label)
    numbered = frame.toDF(*(f"c{number}" for number in range(len(names))))
    with translated():
        evidence = _evidence(plan, binding, taken, numbered)
        facts = settle(plan, binding, evidence)
        words = Words(plan, binding, facts, values)
        made = Run(plan, binding, facts, policy, FarSource(binding.header), _tally(words), words, None)
        judged = _judged(made, taken, numbered).persist()
        try:
            found = _settled(made, names, label, taken, judged)
            _refuse_changing(evidence, found.made.tally.records)
            return found
        except BaseException:
            judged.unpersist()
            raise


def _label_of(frame: Frame, names: tuple[str, ...], row_id: str) -> int:
    if names.count(row_id) != 1:
        near = nearest(row_id, names, count=1)
        hint = f"; did you mean {near[0]!r}?" if near and near[0] != row_id else ""
        found = "no column" if row_id not in names else f"{names.count(row_id)} columns"
        raise UsageError(f"row_id is {row_id!r}, and {found} of the DataFrame is named so{hint}")
    label = names.index(row_id)
    kind = frame.schema.fields[label].dataType
    if isinstance(kind, _NO_LABELS):
        raise UsageError(f"row_id is {row_id!r}, a column of {kind.simpleString()}; wanted text, a number, a date or a time")
    return label


def _bound(plan: Plan, frame: Frame, label: int) -> tuple[Binding, tuple[int, ...]]:
    """The plan bound to the header, and the numbers of the columns in it. The column of the labels is one of them only where it
    feeds a field; otherwise it is what an index is to a pandas frame."""
    names, kinds = tuple(frame.columns), [field.dataType for field in frame.schema.fields]
    binding, taken = bind(plan, names), tuple(range(len(names)))
    if all(feed.column != label for feed in binding.feeds):
        taken = tuple(number for number in taken if number != label)
        binding = bind(plan, tuple(names[number] for number in taken))
    numeric = {at for at, number in enumerate(taken) if isinstance(kinds[number], T.NumericType)}
    return replace(binding, feeds=tuple(_with_dot(feed) if feed.column in numeric else feed for feed in binding.feeds)), taken


def _with_dot(feed: Feed) -> Feed:
    """A feed whose column holds numbers: their text is written with a dot, whatever convention the plan states for text."""
    return replace(feed, field=replace(feed.field, answers=replace(feed.field.answers, decimal=".")))


def _tally(words: Words) -> Tally:
    return Tally(len(words.binding.feeds), partial(values_of, words.binding), partial(describe, words))


def _evidence(plan: Plan, binding: Binding, taken: tuple[int, ...], numbered: Frame) -> Evidence | None:
    """What all rows prove; None where nothing is asked, or there is no row."""
    if not needs_survey(plan, binding):
        return None
    pieces = numbered.mapInArrow(partial(evidence_of, plan, binding, taken), "evidence binary").collect()
    found: list[Evidence] = [pickle.loads(bytes(piece.evidence)) for piece in pieces]
    return reduce(Evidence.merge, found) if found else None


def _refuse_changing(evidence: Evidence | None, judged: int) -> None:
    """Raise UsageError for a DataFrame that plainly did not give the same rows twice."""
    if evidence is not None and evidence.rows != judged:
        raise UsageError(
            f"the DataFrame had {evidence.rows:,} rows when it was surveyed and {judged:,} when it was judged; give one "
            "that has the same rows each time: write it down first, or checkpoint it"
        )


def _judged(made: Run, taken: tuple[int, ...], numbered: Frame) -> Frame:
    text = T.StringType()
    fields = [
        *numbered.schema.fields,
        *(T.StructField(f"t{number}", text) for number in range(len(made.binding.feeds))),
        T.StructField("good", T.BooleanType()),
        T.StructField("changed", T.ArrayType(T.IntegerType())),
        T.StructField("findings", T.ArrayType(_FINDING)),
        *(T.StructField(name, text) for name in ("key", "cell", "path")),
        T.StructField("digest", T.LongType()),
    ]
    return numbered.mapInArrow(partial(judged_rows, made, taken), T.StructType(fields))


def _settled(made: Run, names: tuple[str, ...], label: int, taken: tuple[int, ...], judged: Frame) -> SparkRun:
    """The run with its counts. The first action fills what is persisted; the others read it."""
    _refuse_unlabelled(judged, label, names[label])
    severity, groups = _severity(made), None
    rows = judged.withColumns({"told": F.lit(None).cast("string"), **dict.fromkeys(("first", "last"), F.lit(None))})
    if _is_keyed(made):
        groups = _groups(made, judged, label, names[label]).persist()
        rows = judged.join(groups, judged["key"] == groups["group"], "left").drop("group")
    unique = F.col("told").isNull() | F.lit(severity is not Severity.ERROR)
    rows = rows.withColumn("clean", F.col("good") & unique).withColumn("good", F.col("clean") & F.lit(not made.rejects_all))
    tally = _counted(made, label, taken, rows, severity)
    tally.groups |= _grouped(made, label, rows)
    made = replace(made, source=FarSource(made.binding.header, tally.records), tally=tally)
    return SparkRun(made, names, label, taken, judged, groups, rows, severity)


def _refuse_unlabelled(judged: Frame, label: int, row_id: str) -> None:
    column = F.col(f"c{label}")
    if isinstance(judged.schema[f"c{label}"].dataType, (T.FloatType, T.DoubleType)):
        column = F.nanvl(column, F.lit(None))
    counted = judged.agg(F.count("*").alias("rows"), F.count(column).alias("filled"), F.count_distinct(column).alias("known"))
    rows, filled, known = counted.first()
    if filled < rows:
        raise UsageError(f"row_id {row_id!r} is null in {rows - filled:,} of {rows:,} rows; give a column that labels every row")
    if known < rows:
        raise UsageError(
            f"row_id {row_id!r} has {known:,} different values in {rows:,} rows; give a column that labels each row once"
        )


def _severity(made: Run) -> Severity | None:
    """What a duplicate key is by the policy; None where it does not count."""
    column = next((feed.column for feed in made.binding.feeds if feed.field.name == made.plan.match_key), None)
    code = CODES["PF502"]
    name = None if column is None else made.binding.header[column]
    return made.policy.severity("PF502", code.severity, default_on=code.default_on, column=name)


def _is_keyed(made: Run) -> bool:
    """Whether there is a match key to group: it is stated only for update and upsert."""
    return any(feed.field.name == made.plan.match_key for feed in made.binding.feeds)


def _groups(made: Run, judged: Frame, label: int, row_id: str) -> Frame:
    """One line for each key that several rows have, with the words for them. Every aggregate is of constant size, however many rows
    share a key."""
    labels, path = F.col(f"c{label}"), F.coalesce("path", F.lit("/"))
    keyed = judged.where(F.col("key").isNotNull()).groupBy("key")
    found = keyed.agg(
        F.count("*").alias("rows"),
        F.min(labels).alias("first"),
        F.max(labels).alias("last"),
        (F.min("digest") == F.max("digest")).alias("identical"),
        F.min(path).alias("path"),
        F.max(path).alias("other_path"),
    ).where("rows > 1")
    texts = {"first_text": F.col("first").cast("string"), "last_text": F.col("last").cast("string")}
    kind = judged.schema[f"c{label}"].dataType
    told = [T.StructField("group", T.StringType()), T.StructField("first", kind), T.StructField("last", kind)]
    schema = T.StructType([*told, T.StructField("told", T.StringType())])
    return found.withColumns(texts).mapInArrow(partial(worded_groups, made.words.values, row_id), schema)


def _counted(made: Run, label: int, taken: tuple[int, ...], rows: Frame, severity: Severity | None) -> Tally:
    """The tally, as far as Spark's own aggregates of constant size go: of each group the rows and one example."""
    found, feeds = _tally(made.words), range(len(made.binding.feeds))
    clean, number, text = F.col("clean"), F.count_if, F.lit(None).cast("string")
    decided = F.exists("findings", lambda one: (one["severity"] == Severity.ERROR.value) & ~one["question"])
    unique = F.col("told").isNull() | F.lit(severity is not Severity.ERROR)
    twice = F.struct(F.col(f"c{label}").alias("label"), F.col("cell").alias("value"), F.col("told").alias("message"))
    counts = {
        "present": [_is_filled(rows, f"c{column}") for column in taken],
        "valid": [F.col(f"t{feed}").isNotNull() for feed in feeds],
        "blank": [clean & F.col(f"t{feed}").isNull() for feed in feeds],
        "changed": [clean & (_holds(feed) | _holds(~feed)) for feed in feeds],
    }
    totals = rows.agg(
        F.count("*").alias("records"),
        number(clean).alias("good"),
        number(unique & ~decided).alias("hopeful"),
        F.count("told").alias("twice"),
        F.min(F.when(F.col("told").isNotNull(), twice.withField("suggestion", text))).alias("example"),
        *(number(one).alias(f"{name}{at}") for name, many in counts.items() for at, one in enumerate(many)),
    ).first()
    found.records, found.good, found.hopeful = totals["records"], totals["good"], totals["hopeful"]
    found.present = {at: totals[f"present{at}"] for at in range(len(taken))}
    for name in ("valid", "blank", "changed"):
        setattr(found, name, [totals[f"{name}{at}"] for at in feeds])
    if totals["twice"] and severity is not None:
        key = ("PF502", severity, None, False)
        example = far_finding(made, *key[:3], totals["example"].asDict())
        found.groups[key] = GroupTally(key, rows=totals["twice"], examples=[example])
    return found


def _holds(number: int) -> Any:
    return F.array_contains("changed", F.lit(number))


def _is_filled(rows: Frame, name: str) -> Any:
    """Whether a cell of the source has a text."""
    kind, cell = rows.schema[name].dataType, F.col(name)
    if isinstance(kind, _NO_LABELS):
        return F.lit(False)
    if isinstance(kind, (T.StringType, T.BinaryType)):
        return F.octet_length(name) > 0
    return cell.isNotNull() & ~F.isnan(name) if isinstance(kind, (T.FloatType, T.DoubleType)) else cell.isNotNull()


def _grouped(made: Run, label: int, rows: Frame) -> dict[Any, GroupTally]:
    """The findings of cells by code, severity and feed: their number, and the one whose label comes first."""
    one = rows.select(F.col(f"c{label}").alias("label"), F.explode("findings").alias("one")).select("label", "one.*")
    told = F.struct("label", "value", "message", "suggestion")
    grouped = one.groupBy("code", "severity", "feed", "question").agg(F.count("*").alias("rows"), F.min(told).alias("told"))
    found = {}
    for line in sorted(grouped.collect(), key=lambda line: (line["feed"], line["code"])):
        key = (line["code"], Severity(line["severity"]), line["feed"], line["question"])
        found[key] = GroupTally(key, rows=line["rows"], example=line["told"]["value"])
        if not line["question"]:
            found[key].examples.append(far_finding(made, *key[:3], line["told"].asDict()))
    return found
