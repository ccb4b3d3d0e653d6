"""What is seen of a Spark run: good, rejected and findings as Spark DataFrames, the counts, and the rows that are to be written."""

from __future__ import annotations

import hashlib
import math
import operator
from functools import partial, reduce
from typing import Any

import pyarrow as pa
from pyspark.sql import functions as F  # noqa: N812  # the name by which every Spark user knows it
from pyspark.sql import types as T  # noqa: N812

from preflight.contract.matching import is_own
from preflight.engines.content import findings_of
from preflight.engines.partition_files import WRITTEN, Task, written_rows
from preflight.engines.partitions import typed_rows
from preflight.engines.spark import SparkRun, translated
from preflight.findings import Scope, Severity, Summary
from preflight.kernel.normalise import typed_column
from preflight.rules.codes import CODES

__all__ = ["findings_frame", "good_frame", "rejected_frame", "run_name", "summary_of", "write_rows"]

Frame = Any  # pyspark.sql.DataFrame, of a classic session or of Spark Connect
Column = Any

_TYPES: dict[Any, Any] = {
    pa.string(): T.StringType(),
    pa.int64(): T.LongType(),
    pa.float64(): T.DoubleType(),
    pa.bool_(): T.BooleanType(),
    pa.date32(): T.DateType(),
    pa.timestamp("us", tz="UTC"): T.TimestampType(),
}


def summary_of(run: SparkRun) -> Summary:
    """The counts: those of rows by Spark, those of columns from the run."""
    made, tally = run.made, run.made.tally
    counts = [*run.counts, *((one.code, one.severity, 1) for one in findings_of(made))]
    by_code: dict[str, int] = {}
    for code, _, count in counts:
        by_code[code] = by_code.get(code, 0) + count
    levels = {level: sum(count for _, one, count in counts if one is level) for level in Severity}
    good = 0 if made.rejects_all else tally.good
    missing = tuple(dict.fromkeys(note.field or note.column or note.code for note in made.rejecting))
    return Summary(
        records=tally.records,
        good=good,
        rejected=tally.records - good,
        changed_cells=run.changes,
        errors=levels[Severity.ERROR],
        warnings=levels[Severity.WARNING],
        by_code=dict(sorted(by_code.items())),
        good_if_supplied=tally.good if missing else None,
        missing=missing,
    )


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


def findings_frame(run: SparkRun, names: tuple[str, ...]) -> Frame:
    """Every finding, one line each: those about columns first, with a null label; then those of rows, in no order."""
    kind = run.rows.schema[f"c{run.label}"].dataType
    found = [_about_columns(run, kind), _of_cells(run)]
    if run.groups is not None and run.severity is not None:
        found.append(_of_duplicates(run))
    constant = {"fixable": F.lit(False), "origin": F.lit("here"), "source_row": F.lit(None).cast("bigint")}
    constant |= {name: F.lit(None).cast("bigint") for name in ("record", "line", "position")}
    whole = found[0]
    for part in found[1:]:
        whole = whole.unionByName(part)
    return whole.withColumns(constant).select(*names)


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
    own = {name: one[name] for name in ("value", "message", "suggestion", "severity")}
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
    )


def _about_columns(run: SparkRun, kind: Any) -> Frame:
    texts = ("value", "message", "suggestion", "severity", "code", "name", "scope", "column", "field")
    schema = T.StructType([T.StructField(name, T.StringType()) for name in texts])
    counts = T.StructType([*schema.fields, T.StructField("rows", T.LongType())])
    lines = [(*(_text(getattr(one, name)) for name in texts), one.rows) for one in findings_of(run.made)]
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
