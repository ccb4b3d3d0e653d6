"""What is seen of a Spark run: good, rejected and findings as Spark DataFrames, the counts, and the rows that are to be written."""

from __future__ import annotations

import copy
import hashlib
import math
import operator
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial, reduce
from typing import Any, cast

import pyarrow as pa
from pyspark.sql import Window
from pyspark.sql import functions as F  # noqa: N812  # the name by which every Spark user knows it
from pyspark.sql import types as T  # noqa: N812

from preflight.contract.matching import is_own
from preflight.engines.content import findings_of
from preflight.engines.partition_files import WRITTEN, Task, written_rows
from preflight.engines.partitions import CHANGE, FarCounts, changed_cells, far_finding, typed_rows
from preflight.engines.run import Run
from preflight.engines.spark import SparkRun, translated
from preflight.findings import Change, Finding, Scope, Severity
from preflight.kernel.counts import TOP
from preflight.kernel.normalise import typed_column
from preflight.kernel.tally import EXAMPLES
from preflight.rules.codes import CODES

__all__ = [
    "annotated",
    "changes_frame",
    "changes_in_order",
    "detailed",
    "findings_frame",
    "findings_in_order",
    "good_frame",
    "rejected_frame",
    "run_name",
    "write_rows",
]

Frame = Any  # pyspark.sql.DataFrame, of a classic session or of Spark Connect
Column = Any
_GROUP = ("code", "severity", "feed", "question")

_TYPES: dict[Any, Any] = {
    pa.string(): T.StringType(),
    pa.int64(): T.LongType(),
    pa.float64(): T.DoubleType(),
    pa.bool_(): T.BooleanType(),
    pa.date32(): T.DateType(),
    pa.timestamp("us", tz="UTC"): T.TimestampType(),
}


def detailed(run: SparkRun) -> Run:
    """The run with what a report shows of each group: three examples by label, how many distinct values there are, the most
    frequent of them. A few lines for each group come to the driver."""
    window = Window.partitionBy(*_GROUP)
    one = run.rows.select(F.explode("findings").alias("one")).select("one.*")
    apart = F.coalesce(F.col("digest").cast("string"), F.col("value"))  # where values are not shown, their digests tell them apart
    by_value = one.where(apart.isNotNull()).groupBy(*_GROUP, apart.alias("apart"))
    values = by_value.agg(F.count("*").alias("count"), F.min("value").alias("value"))
    with translated():
        examples = _first(_of_rows(run).withColumn("question", F.lit(False)), window.orderBy("label"), EXAMPLES)
        known = values.groupBy(*_GROUP).agg(F.count("*").alias("known")).collect()
        leaders = _first(values, window.orderBy(F.desc("count"), "value"), TOP)
    groups = {key: replace(group, examples=[], values=FarCounts()) for key, group in run.made.tally.groups.items()}
    for line in known:
        cast(FarCounts, groups[_key_of(line)].values).known = line["known"]
    for line in leaders:
        cast(FarCounts, groups[_key_of(line)].values).leaders += ((line["value"], line["count"]),)
    for line in examples:
        key = _key_of(line)
        groups[key].examples.append(far_finding(run.made, *key[:3], line.asDict()))
    tally = copy.copy(run.made.tally)
    tally.groups = groups
    return replace(run.made, tally=tally)


def _first(frame: Frame, window: Any, most: int) -> list[Any]:
    """The first few rows of each group in the order of a window."""
    return list(frame.withColumn("place", F.row_number().over(window)).where(F.col("place") <= most).orderBy("place").collect())


def _key_of(line: Any) -> tuple[str, Severity, int | None, bool]:
    return line["code"], Severity(line["severity"]), None if line["code"] == "PF502" else line["feed"], line["question"]


def findings_in_order(run: SparkRun) -> Iterator[Finding]:
    """Every finding: those about columns first, then those of rows by label. They come to the driver partition by partition."""
    yield from findings_of(run.made)
    for line in _of_rows(run).orderBy("label", "feed", "code").toLocalIterator():
        code, severity = line["code"], Severity(line["severity"])
        found = far_finding(run.made, code, severity, None if code == "PF502" else line["feed"], line.asDict())
        yield replace(found, related=tuple(line["related"]))


def changes_frame(run: SparkRun, names: tuple[str, ...]) -> Frame:
    """Every rewritten cell of a good row, one line each, in no order."""
    made, rows = run.made, run.rows.where(F.col("good") & (F.size("changed") > 0))
    feeds = made.binding.feeds
    texts = [F.col(f"t{number}") for number in range(len(feeds))]
    cells = [F.col(f"c{run.taken[one.column]}").alias(f"c{number}") for number, one in enumerate(feeds) if one.column is not None]
    label = T.StructField("label", rows.schema[f"c{run.label}"].dataType)
    kinds = {"rules": T.ArrayType(T.StringType()), "safe": T.BooleanType()}
    schema = T.StructType([label, *(T.StructField(name, kinds.get(name, T.StringType())) for name in CHANGE)])
    chosen = rows.select(F.col(f"c{run.label}").alias("label"), "changed", *texts, *cells)
    found = chosen.mapInArrow(partial(changed_cells, made), schema)
    return found.withColumns({name: F.lit(None).cast("bigint") for name in ("source_row", "record", "line")}).select(*names)


def changes_in_order(run: SparkRun) -> Iterator[Change]:
    """Every change by label. They come to the driver partition by partition."""
    names = ("source_row", "label", *CHANGE)
    for line in changes_frame(run, names).orderBy("label", "field").toLocalIterator():
        told = line.asDict()
        yield Change(**told | {"rules": tuple(told["rules"])})


def annotated(run: SparkRun, frame: Frame) -> Frame:
    """A frame with what became of its rows, joined by label. Columns go by number, so that no name is taken for another."""
    names, numbered = frame.columns, frame.toDF(*(f"f{number}" for number in range(len(frame.columns))))
    label = F.col(f"f{names.index(run.row_id)}")
    state = F.when(F.col("good"), F.lit("good")).otherwise(F.lit("rejected"))
    told = F.when(~F.col("good"), _told(run))
    states = run.rows.select(F.col(f"c{run.label}").alias("label"), state.alias("state"), told.alias("told"))
    joined = numbered.join(states, label == F.col("label"), "left").drop("label")
    return joined.toDF(*names, "preflight_state", "preflight_errors")


def good_frame(run: SparkRun) -> Frame:
    """The good rows: the labels, then one typed column per field that is sent, in contract order."""
    made = run.made
    fields = tuple(made.binding.feeds[number].field for number in made.sent)
    label = run.row_id if run.row_id not in {field.name for field in fields} else "preflight_row_id"
    empty = pa.array([], pa.string())
    kinds = [T.StructField(field.name, _TYPES[typed_column(empty, field).type]) for field in fields]
    kept = run.rows.where("good").select(f"c{run.label}", *(f"t{number}" for number in made.sent))
    schema = T.StructType([T.StructField(label, kept.schema.fields[0].dataType), *kinds])
    return kept.mapInArrow(partial(typed_rows, fields, tuple(schema.names)), schema)


def rejected_frame(run: SparkRun) -> Frame:
    """The rejected rows of the source, untouched."""
    columns = [f"c{number}" for number in range(len(run.names))]
    return run.rows.where(~F.col("good")).select(*columns).toDF(*run.names)


def findings_frame(run: SparkRun, names: tuple[str, ...], told: Callable[[Finding], Finding]) -> Frame:
    """Every finding, one line each: those about columns first, with a null label, as they are `told`; then those of rows, in no
    order."""
    kind = run.rows.schema[f"c{run.label}"].dataType
    constant = {"fixable": F.lit(False), "origin": F.lit("here"), "source_row": F.lit(None).cast("bigint")}
    constant |= {name: F.lit(None).cast("bigint") for name in ("record", "line", "position")}
    found = _about_columns(run, kind, told).unionByName(_of_rows(run).drop("feed", "digest"))
    return found.withColumns(constant).select(*names)


def _of_rows(run: SparkRun) -> Frame:
    """The findings of rows in the columns of `_lines`."""
    if run.groups is None or run.severity is None:
        return _of_cells(run)
    return _of_cells(run).unionByName(_of_duplicates(run))


def _lines(run: SparkRun, source: Frame, *, code: Column, feed: Column, related: Column, **own: Column) -> Frame:
    """Findings of rows from their columns; what follows from the code or the feed is looked up in literal tables."""
    kind = run.rows.schema[f"c{run.label}"].dataType
    names = F.create_map(*(F.lit(text) for one in CODES.values() for text in (one.code, one.name)))
    scopes = F.create_map(*(F.lit(text) for one in CODES.values() for text in (one.code, _scope(one.scope).value)))
    feeds, header = run.made.binding.feeds, run.made.binding.header
    fields = F.array(*(F.lit(one.field.name) for one in feeds))
    columns = F.array(*(F.lit(None if one.column is None else header[one.column]).cast("string") for one in feeds))
    return source.select(
        F.col("label"),
        *(column.alias(name) for name, column in own.items()),
        feed.cast("int").alias("feed"),
        code.alias("code"),
        names[code].alias("name"),
        scopes[code].alias("scope"),
        F.get(columns, feed).alias("column"),
        F.get(fields, feed).alias("field"),
        F.lit(1).cast("bigint").alias("rows"),
        related.cast(T.ArrayType(kind)).alias("related"),
    )


def _scope(scope: Scope) -> Scope:
    return Scope.CELL if scope is Scope.COLUMN else scope


def _of_cells(run: SparkRun) -> Frame:
    one = F.col("one")
    exploded = run.rows.select(F.col(f"c{run.label}").alias("label"), F.explode("findings").alias("one")).where(~one["question"])
    own = {name: one[name] for name in ("value", "message", "suggestion", "severity", "digest")}
    return _lines(run, exploded, code=one["code"], feed=one["feed"], related=F.array(), **own)


def _of_duplicates(run: SparkRun) -> Frame:
    assert run.severity is not None
    feeds = run.made.binding.feeds
    number = next(at for at, feed in enumerate(feeds) if feed.field.name == run.made.plan.match_key)
    found = run.rows.where(F.col("told").isNotNull()).withColumn("label", F.col(f"c{run.label}"))
    others = F.filter(F.array("first", "last"), lambda one: one != F.col("label"))
    return _lines(
        run,
        found,
        code=F.lit("PF502"),
        feed=F.lit(number),
        related=others,
        value=F.col("cell"),
        message=F.col("told"),
        suggestion=F.lit(None).cast("string"),
        severity=F.lit(run.severity.value),
        digest=F.lit(None).cast("bigint"),
    )


def _about_columns(run: SparkRun, kind: Any, told: Callable[[Finding], Finding]) -> Frame:
    texts = ("value", "message", "suggestion", "severity", "code", "name", "scope", "column", "field")
    schema = T.StructType([T.StructField(name, T.StringType()) for name in texts])
    counts = T.StructType([*schema.fields, T.StructField("rows", T.LongType())])
    lines = [(*(_text(getattr(one, name)) for name in texts), one.rows) for one in map(told, findings_of(run.made))]
    made = run.rows.sparkSession.createDataFrame(lines, counts)
    return made.withColumns({"label": F.lit(None).cast(kind), "related": F.array().cast(T.ArrayType(kind))})


def _text(value: Any) -> str | None:
    return value.value if isinstance(value, (Severity, Scope)) else value


def write_rows(run: SparkRun, task: Task, *, rejected_only: bool) -> list[Any]:
    """Let the executors write the rows into the folder of a run. Gives one line for each file, partition by partition."""
    made, rows = run.made, run.rows
    good = F.col("good")
    texts = [F.col(f"t{number}") for number in made.sent]
    cells = [
        F.when(~good, F.col(f"c{number}")).alias(f"s{number}")
        for name, number in zip(made.binding.header, run.taken, strict=True)
        if not is_own(name)
    ]
    if rejected_only:
        rows = rows.where(~good)
    chosen = rows.select(F.col(f"c{run.label}").alias("label"), good, _told(run).alias("told"), *texts, *cells)
    with translated():
        return list(chosen.coalesce(_tasks(run, task)).mapInArrow(partial(written_rows, task), WRITTEN).collect())


def _tasks(run: SparkRun, task: Task) -> int:
    """As many tasks as there will be parts, so that no part is smaller than it need be."""
    size = reduce(operator.add, (F.coalesce(F.octet_length(f"t{number}"), F.lit(0)) + 1 for number in run.made.sent), F.lit(0))
    size_of_all, count = run.rows.where("good").agg(F.sum(size), F.count("*")).first()
    needed: float = max((size_of_all or 0) / task.limits.max_bytes, count / task.limits.max_rows)
    return max(1, math.ceil(needed))


def _told(run: SparkRun) -> Column:
    """What is wrong with each rejected row, in one text."""
    made = run.made
    header, feeds = made.binding.header, made.binding.feeds
    places = F.array(*(F.lit("" if one.column is None else f"{header[one.column]}: ") for one in feeds))
    titles = F.create_map(*(F.lit(text) for one in CODES.values() for text in (one.code, one.title)))

    def one_text(one: Column) -> Column:
        hint = F.when(one["suggestion"].isNotNull(), F.concat(F.lit(' (did you mean "'), one["suggestion"], F.lit('"?)')))
        words = F.coalesce(one["message"], titles[one["code"]])
        return F.concat(one["code"], F.lit(" "), F.get(places, one["feed"]), words, F.coalesce(hint, F.lit("")))

    is_error = F.filter("findings", lambda one: one["severity"] == Severity.ERROR.value)
    everywhere = [F.lit(f"{note.code} {note.message}") for note in made.rejecting]
    twice = F.when(F.lit(run.severity is Severity.ERROR), F.concat(F.lit("PF502 "), F.col("told")))
    return F.array_join(F.concat(F.array(*everywhere).cast("array<string>"), F.transform(is_error, one_text), F.array(twice)), "; ")


def run_name(run: SparkRun) -> str:
    """8 hexadecimal digits that tell runs apart: made from the plan, the header and all labels, however the rows are cut."""
    known = run.rows.agg(F.coalesce(F.bit_xor(F.xxhash64(f"c{run.label}")), F.lit(0)).alias("known")).first()["known"]
    text = "\x1f".join([run.made.plan.digest, *run.made.binding.header, str(known), str(run.made.tally.records)])
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8]
