"""Spark says what the other engines say, about the same rows, however they are partitioned.

Needs Java and pyspark. Each check costs a second or more, so that each asks many things at once.
"""

from __future__ import annotations

import datetime
import decimal
import json
import random
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

import preflight as pf

pytestmark = pytest.mark.spark

FIELDS = [
    {"field_name": "account_name", "field_type": "string", "required": True},
    {"field_name": "domain", "field_type": "domain", "required": True},
    {"field_name": "employees", "field_type": "integer"},
    {"field_name": "revenue", "field_type": "currency"},
    {"field_name": "share", "field_type": "percent"},
    {"field_name": "created", "field_type": "date"},
    {"field_name": "renewed", "field_type": "date"},
    {"field_name": "seen", "field_type": "datetime"},
    {"field_name": "active", "field_type": "boolean"},
    {"field_name": "owner", "field_type": "email"},
    {"field_name": "notes", "field_type": "text"},
]
POOLS: dict[str, tuple[str | None, ...]] = {
    "account_name": ("Nordwind GmbH", " Südpol  AG ", "Delta Tools", "Zeta, One", 'a "quoted" name', "N/A", "test", None),
    "domain": (
        "acme.com",
        "https://www.Acme.com/en",
        "acme.com/x",
        "suedpol.de",
        "sales@delta.com",
        "no domain",
        "localhost",
        None,
    ),
    "employees": ("1", "1,234", "51-200", "12.0", "1e99", "n/a", None),
    "revenue": ("1.5", "$1,000.00", "1.000,5", "12 EUR", "lots", None),
    "share": ("0.5", "0.25", "50%", "1", None),
    "created": ("03/04/2024", "05/06/2024", "2024-02-30", "2024-02-29", None),
    "renewed": ("13/04/2024", "05/06/2024", "x", None),
    "seen": ("2024-01-02T03:04:05Z", "2024-01-02 03:04", "never", None),
    "active": ("yes", "FALSE", "maybe", None),
    "owner": ("a@b.com", "A <a@gmial.com>", "mailto:x@y.org", "nobody", None),
    "notes": (None, "", "  "),
}
NAMES = tuple(POOLS)


def rows(count: int, seed: int = 7) -> list[tuple[Any, ...]]:
    """Rows of every kind of cell, labelled; every third row has a domain of its own."""
    chosen = random.Random(seed)
    found = []
    for number in range(count):
        cells = [chosen.choice(pool) for pool in POOLS.values()]
        if number % 3 == 0:
            cells[:2] = [f"Company {number}", f"www.company{number}.com"]
        if number % 6 == 0:
            cells[2:] = ["5", "1.5", "50%", "2024-01-31", "2024-01-31", None, "yes", None, None]
        found.append((f"r{number:04d}", *cells))
    return found


def frame(given: list[tuple[Any, ...]]) -> pd.DataFrame:
    made = pd.DataFrame(given, columns=["row_id", *NAMES], dtype=object)
    return made.set_index("row_id")


def distributed(spark: Any, given: list[tuple[Any, ...]], partitions: int) -> Any:
    schema = ", ".join(f"{name} string" for name in ("row_id", *NAMES))
    return spark.createDataFrame(given, schema).repartition(partitions)


def said(findings: pd.DataFrame) -> list[tuple[str, ...]]:
    """What two engines must agree on."""
    columns = [
        findings.label.where(findings.scope.isin(["cell", "row"])),
        findings.field,
        findings.code,
        findings.value,
        findings.severity,
    ]
    return sorted(tuple(map(str, (None if pd.isna(cell) else cell for cell in line))) for line in zip(*columns, strict=True))


def collected(findings: Any) -> list[tuple[str, ...]]:
    lines = findings.select("label", "field", "code", "value", "severity").collect()
    return sorted(tuple(map(str, line)) for line in lines)


def plan(**options: Any) -> Any:
    stated: dict[str, Any] = {"operation": "upsert", "match_key": "domain", "fields": FIELDS}
    return pf.plan("accounts", **stated | options)


@pytest.mark.parametrize(
    ("options", "partitions"),
    [
        ({"blank": "optional"}, 5),
        ({"operation": "insert", "match_key": None, "dates": "dmy", "timezone": "UTC", "percent": "0-1"}, 3),
    ],
    ids=["upsert", "insert"],
)
def test_spark_says_what_the_memory_engine_says(spark: Any, options: dict[str, Any], partitions: int) -> None:
    given = rows(240)
    expected = plan(**options).check(frame(given))
    report = pf.check_spark(distributed(spark, given, partitions), plan(**options), row_id="row_id")
    assert report.summary == expected.summary
    assert report.summary["good"] > 20
    assert collected(report.findings) == said(expected.findings)
    assert sorted(line.row_id for line in report.good.select("row_id").collect()) == sorted(expected.good.index)
    assert report.good.columns == ["row_id", *expected.good.columns]
    messages = {(line.code, line.field): line.message for line in report.findings.where("scope = 'column'").collect()}
    others = expected.findings[expected.findings.scope == "column"]
    assert messages == dict(zip(zip(others.code, others.field, strict=True), others.message, strict=True))
    assert counted(report.groups) == counted(expected.groups)
    unknown = ["distinct"]  # nobody counts the values of whole columns on a cluster
    assert report.columns.drop(columns=unknown).equals(expected.columns.drop(columns=unknown))
    changes = pd.DataFrame(report.changes.collect(), columns=report.changes.columns)
    assert changed(changes) == changed(expected.changes)
    assert report.changes.columns == expected.changes.columns.tolist()
    report.unpersist()


def counted(groups: pd.DataFrame) -> list[tuple[Any, ...]]:
    """What two engines must agree on; among values that are equally frequent each has its own order."""
    columns = ["code", "name", "severity", "column", "field", "rows", "share", "distinct"]
    lines = zip(*(groups[name] for name in columns), map(frequencies, groups.top_values), strict=True)
    return sorted((tuple(line) for line in lines), key=repr)


def frequencies(values: Any) -> tuple[int, ...]:
    return tuple(count for _, count in values)


def changed(changes: pd.DataFrame) -> list[tuple[Any, ...]]:
    columns = ["label", "column", "before", "after", "safe", "field"]
    return sorted(zip(*(changes[name] for name in columns), map(tuple, changes.rules), strict=True), key=repr)


def test_the_report_reads_as_those_of_the_other_engines(spark: Any) -> None:
    given = [(label, "A", domain, "1 2") for label, domain in [("r1", "a.com"), ("r2", "x"), ("r3", "x"), ("r4", "y"), ("r5", "x")]]
    sdf = spark.createDataFrame(given, "row_id string, account_name string, domain string, notes string")
    report = pf.check_spark(sdf, plan(), row_id="row_id")
    assert repr(report) == "<SparkReport: 5 rows = 1 good + 4 rejected>"
    shown = str(report).splitlines()
    assert shown[0] == (
        'label r2: error PF313 domain: "x" is a single name without a public suffix; give the company\'s own domain'
    )
    assert shown[1:] == [
        *(shown[0].replace("r2", label).replace('"x"', value) for label, value in (("r3", '"x"'), ("r4", '"y"'))),
        'DataFrame: error PF313 domain: … and 1 more; 2 distinct values: "x" 3, "y" 1',
        "",
        "DataFrame: 5 records = 1 good + 4 rejected (accounts, upsert on domain; 3 of 3 columns sent)",
        "4 errors, 0 warnings.",
    ]
    assert "4 of 5 records would be rejected" in report._repr_html_()
    assert "label r2" in report._repr_html_()
    told = json.loads(report.to_json(max_findings=2))
    assert told["summary"] == report.summary
    assert told["truncated"]
    assert [(one["label"], one["code"], one["value"]) for one in told["findings"]] == [("r2", "PF313", "x"), ("r3", "PF313", "x")]
    assert not json.loads(report.to_json())["truncated"]
    annotated = report.annotate(sdf).orderBy("row_id").collect()
    assert [line.preflight_state for line in annotated] == ["good", *["rejected"] * 4]
    assert annotated[0].preflight_errors is None
    assert annotated[3].preflight_errors.startswith('PF313 domain: "y" is a single name')


def test_good_rows_are_typed_and_rejected_ones_untouched(spark: Any) -> None:
    given = [
        (
            "b",
            " Beta ",
            "WWW.beta.com",
            "1,234",
            "2.5",
            "5%",
            "2024-01-31",
            None,
            "2024-01-02T03:04:05+01:00",
            "Yes",
            "A@B.com",
            None,
        ),
        ("x", " Xi ", "xi.com", "many", None, None, None, None, None, None, None, "note"),
    ]
    report = pf.check_spark(distributed(spark, given, 2), plan(), row_id="row_id")
    assert report.good.drop("seen").collect() == [
        ("b", "Beta", "beta.com", 1234, 2.5, 5.0, datetime.date(2024, 1, 31), True, "a@b.com", None)
    ]
    assert dict(report.good.dtypes)["seen"] == "timestamp"
    assert report.good.selectExpr("date_format(seen, 'HH:mm:ss')").first()[0] == "02:04:05"
    assert report.rejected.collect() == [given[1]]
    assert report.findings.columns == plan().check(frame(given)).findings.columns.tolist()


def test_a_missing_required_column_rejects_every_row(spark: Any) -> None:
    given = rows(12)
    short = distributed(spark, given, 2).drop("account_name")
    expected = plan().check(frame(given).drop(columns="account_name"))
    report = pf.check_spark(short, plan(), row_id="row_id")
    assert report.summary == expected.summary
    assert report.summary["good"] == 0
    assert report.summary["good_if_supplied"] > 0
    assert collected(report.findings) == said(expected.findings)
    assert report.good.count() == 0
    assert report.rejected.count() == 12


def test_columns_of_other_types_are_judged_as_text(spark: Any) -> None:
    stamp = datetime.datetime(2024, 1, 2, 3, 4, 5, 600000, tzinfo=datetime.UTC)
    given = [
        (0, "A", "a.com", 7, 1.0, decimal.Decimal("12.50"), datetime.date(2024, 1, 2), stamp, True, ["x"]),
        (1, "B", "b.com", None, 0.1, None, None, None, None, None),
        (2, "C", "c.com", -1, float("nan"), decimal.Decimal("-1.00"), datetime.date(1, 1, 1), stamp, False, []),
    ]
    header = ["row_id", "account_name", "domain", "employees", "revenue", "share", "created", "seen", "active", "notes"]
    kinds = ["bigint", "string", "string", "int", "double", "decimal(9,2)", "date", "timestamp", "boolean", "array<string>"]
    sdf = spark.createDataFrame(given, ", ".join(map(" ".join, zip(header, kinds, strict=True))))
    typed = [pa.int64(), pa.string(), pa.string(), pa.int32(), pa.float64(), pa.decimal128(9, 2), pa.date32()]
    typed += [pa.timestamp("us", tz="UTC"), pa.bool_(), pa.list_(pa.string())]
    cells = zip(zip(*given, strict=True), typed, strict=True)
    table = pa.table([pa.array(column, kind) for column, kind in cells], names=header)
    expected = plan(percent="0-100").check(table.drop_columns("row_id"))
    report = pf.check_spark(sdf, plan(percent="0-100"), row_id="row_id")
    assert collected(report.findings) == said(expected.findings)
    assert {line.code for line in report.findings.collect()} >= {"PF301"}
    assert [tuple(line)[1:4] for line in report.good.collect()] == [("B", "b.com", None)]
    assert report.summary == expected.summary


def test_a_row_id_that_feeds_a_field_is_sent(spark: Any) -> None:
    given = [("acme.com", "Acme"), ("b", "Beta")]
    sdf = spark.createDataFrame(given, "domain string, account_name string")
    report = pf.check_spark(sdf, plan(), row_id="domain")
    assert [tuple(line) for line in report.good.collect()] == [("acme.com", "Acme", "acme.com")]
    assert report.good.columns == ["preflight_row_id", "account_name", "domain"]
    assert collected(report.findings) == [("b", "domain", "PF313", "b", "error")]


def test_no_rows_are_no_findings(spark: Any) -> None:
    report = pf.check_spark(distributed(spark, [], 3), plan(), row_id="row_id")
    assert report.ok
    assert report.summary == plan().check(frame([])).summary
    assert report.good.count() == report.findings.count() == 0


@pytest.mark.parametrize(
    ("labels", "row_id", "options", "words"),
    [
        (("a", None), "row_id", {}, "row_id 'row_id' is null in 1 of 2 rows; give a column that labels every row"),
        (("a", "a"), "row_id", {}, "row_id 'row_id' has 1 different values in 2 rows; give a column that labels each row once"),
        (("a", "b"), "row_ids", {}, "row_id is 'row_ids', and no column of the DataFrame is named so; did you mean 'row_id'?"),
        (("a", "b"), "row_id", {"duplicates": "first"}, "duplicates is 'first', but the rows of a Spark DataFrame have no order"),
    ],
)
def test_what_does_not_label_the_rows_is_refused(
    spark: Any, labels: tuple[str, ...], row_id: str, options: dict[str, Any], words: str
) -> None:
    sdf = spark.createDataFrame([(label, "A", "a.com") for label in labels], "row_id string, account_name string, domain string")
    with pytest.raises(pf.PreflightError) as refused:
        pf.check_spark(sdf, plan(**options), row_id=row_id)
    assert str(refused.value).startswith(words)


def test_a_label_that_is_no_number_is_none(spark: Any) -> None:
    sdf = spark.createDataFrame([(1.0, "A", "a.com"), (float("nan"), "B", "b.com")], "n double, account_name string, domain string")
    with pytest.raises(pf.PreflightError, match="row_id 'n' is null in 1 of 2 rows"):
        pf.check_spark(sdf, plan(), row_id="n")


def test_what_the_kernel_raises_on_an_executor_is_raised_as_itself(spark: Any) -> None:
    from preflight.engines.spark import translated
    from preflight.errors import Disagreement

    def disagree(batches: Any) -> Any:
        yield from batches
        raise Disagreement("preflight disagrees with itself: 1 of 2 rows")

    failing = spark.range(2).mapInArrow(disagree, "id bigint")
    with pytest.raises(Disagreement, match=r"^preflight disagrees with itself: 1 of 2 rows$"), translated():
        failing.count()
    with pytest.raises(Exception, match="division by zero") as other, translated():
        spark.range(1).selectExpr("raise_error('division by zero')").collect()
    assert not isinstance(other.value, pf.PreflightError)


def test_a_frame_that_is_not_sparks_and_an_unknown_option_are_refused() -> None:
    with pytest.raises(pf.PreflightError, match="DataFrame is no Spark DataFrame"):
        pf.check_spark(frame([]), plan(), row_id="row_id")
    with pytest.raises(pf.PreflightError, match="unknown option 'engine'"):
        pf.check_spark(frame([]), plan(), row_id="row_id", engine="memory")


def test_severities_and_masks_are_obeyed(spark: Any) -> None:
    given = [("1", "A", "acme.com"), ("2", "B", "www.acme.com"), ("3", "C", "nothing")]
    sdf = spark.createDataFrame(given, "row_id string, account_name string, domain string")
    report = pf.check_spark(sdf, plan(), row_id="row_id", severity={"PF502": "warning"}, values="mask")
    assert report.summary["good"] == 2
    assert collected(report.findings) == [
        ("1", "domain", "PF502", "xxxx.xxx", "warning"),
        ("2", "domain", "PF502", "xxx.xxxx.xxx", "warning"),
        ("3", "domain", "PF313", "xxxxxxx", "error"),
    ]
    assert not any("acme" in line.message for line in report.findings.collect())
    assert [tuple(line) for line in report.groups[["code", "rows", "distinct", "top_values"]].to_numpy()] == [
        ("PF502", 2, 0, ()),
        ("PF313", 1, 1, ()),
    ]
    assert "acme" not in str(report)


def test_rows_are_read_twice_and_judged_once(spark: Any, tmp_path: Path) -> None:
    seen = tmp_path / "seen"

    def told(batches: Any) -> Any:
        for batch in batches:
            with seen.open("a") as stream:
                stream.write("x" * batch.num_rows)
            yield batch

    given = rows(30)
    counted = distributed(spark, given, 3)
    report = pf.check_spark(counted.mapInArrow(told, counted.schema), plan(), row_id="row_id")
    report.good.count(), report.rejected.count(), report.findings.count()
    report.write(tmp_path / "out")
    assert report.summary["records"] == 30
    assert seen.stat().st_size == 60


def test_written_parts_hold_the_good_rows_and_the_receipt_says_so(spark: Any, tmp_path: Path) -> None:
    given = rows(240)
    expected = plan().write(frame(given), tmp_path / "memory")
    receipt = pf.check_spark(distributed(spark, given, 4), plan(), row_id="row_id").write(tmp_path / "out", max_rows=25)
    assert lines_of(receipt) == lines_of(expected)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(
        ["receipt.json", "rejected.csv", "rows.parquet", *(part.name for part in receipt.parts)]
    )
    assert [part.rows for part in receipt.record.parts] == [len(part.read_text().splitlines()) - 1 for part in receipt.parts]
    assert max(part.rows for part in receipt.record.parts) <= 25
    assert receipt.record.rejected == expected.record.rejected
    assert (receipt.summary, receipt.record.columns) == (expected.summary, expected.record.columns)
    mapped, others = receipt.rows.set_index("label"), expected.rows.set_index("label")
    assert mapped.state.sort_index().to_dict() == others.state.sort_index().to_dict()
    for label, line in mapped[mapped.state == "written"].head(60).iterrows():
        part = receipt.parts[int(line.part) - 1].read_text().splitlines()
        assert f"www.company{int(str(label)[1:])}.com".removeprefix("www.") in part[int(line.part_line) - 1]
        assert line.row_key == f"{receipt.record.run}-{label}"
    assert receipt.record.answers == expected.record.answers
    assert receipt.record.sources == expected.record.sources
    outcomes = pf.outcomes(receipt.folder)
    assert outcomes.summary["rows"] == 240
    assert outcomes.summary["rejected_here"] == receipt.record.rejected
    told = pd.read_csv(receipt.folder / "rejected.csv", dtype=str, keep_default_na=False)
    wanted = pd.read_csv(expected.folder / "rejected.csv", dtype=str, keep_default_na=False)
    assert len(told) == receipt.record.rejected
    assert sorted(told.domain) == sorted(wanted.domain)
    assert sorted(told.preflight_errors.str.count("PF")) == sorted(wanted.preflight_errors.str.count("PF"))


def lines_of(receipt: Any) -> list[str]:
    """All records of the parts, sorted; each part has the header."""
    header = receipt.parts[0].read_text(encoding="utf-8").splitlines()[0]
    parts = [part.read_text(encoding="utf-8").splitlines() for part in receipt.parts]
    assert all(part[0] == header for part in parts)
    return [header, *sorted(line for part in parts for line in part[1:])]


def test_too_many_rejected_rows_leave_rejected_csv_alone(spark: Any, tmp_path: Path) -> None:
    given = rows(24)
    report = pf.check_spark(distributed(spark, given, 2), plan(), row_id="row_id")
    with pytest.raises(
        pf.RejectedRows, match=r"rows are rejected, more than max_rejected \(0\) allows; only rejected.csv was written"
    ):
        report.write(tmp_path / "out", max_rejected=0)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["rejected.csv"]
    header, *_ = (tmp_path / "out" / "rejected.csv").read_text(encoding="utf-8-sig").splitlines()
    assert header == "preflight_errors,preflight_line,preflight_row," + ",".join(NAMES)


def test_a_folder_that_executors_do_not_see_is_refused(spark: Any, tmp_path: Path) -> None:
    from preflight.engines.partition_files import Task
    from preflight.engines.spark_frames import write_rows
    from preflight.files.write import Limits

    report = pf.check_spark(distributed(spark, rows(6), 1), plan(), row_id="row_id")
    task = Task(str(tmp_path), ("account_name",), NAMES, Limits(), "00000000", ".not-there")
    with pytest.raises(
        pf.PreflightError, match="is not seen by the executors; give a folder on a file system that driver and executors share"
    ):
        write_rows(report._run, task, rejected_only=False)


def test_names_and_settings_of_the_session_change_nothing(spark: Any) -> None:
    """Names with dots, backquotes and twins in another case; not ANSI; another time zone; a column of numbers under a locale."""
    names = ("row.id", "account.name", "do`main", "ROW.ID", "seen", "revenue")
    kinds = ("string", "string", "string", "string", "timestamp", "double")
    stamp = datetime.datetime(2024, 1, 2, 23, 4, 5, tzinfo=datetime.UTC)
    given = [("a", " Acme ", "www.acme.com", "x", stamp, 1.234), ("b", "Beta", "beta", "y", stamp, 1000.5)]
    sdf = spark.createDataFrame(given, ", ".join(f"c{at} {kind}" for at, kind in enumerate(kinds))).toDF(*names)
    stated = plan(columns={"account.name": "account_name", "do`main": "domain"}, locale="de_DE", unmapped="drop")
    usual = {"spark.sql.ansi.enabled": "true", "spark.sql.caseSensitive": "false", "spark.sql.session.timeZone": "UTC"}
    other = {"spark.sql.ansi.enabled": "false", "spark.sql.caseSensitive": "true", "spark.sql.session.timeZone": "Asia/Kolkata"}
    found = []
    for settings in (other, usual):
        for name, value in settings.items():
            spark.conf.set(name, value)
        report = pf.check_spark(sdf, stated, row_id="row.id")
        good = report.good.selectExpr("`row.id`", "account_name", "domain", "unix_seconds(seen)", "revenue").collect()
        states = [line[6] for line in report.annotate(sdf).sort("revenue").collect()]
        said = collected(report.findings.where("scope = 'cell'"))
        found.append((report.summary, good, states, said, report.rejected.columns))
    assert found[0] == found[1]
    assert [tuple(line) for line in found[0][1]] == [("a", "Acme", "acme.com", int(stamp.timestamp()), 1.234)]
    assert found[0][2:] == (["good", "rejected"], [("b", "domain", "PF313", "beta", "error")], list(names))


def test_a_frame_that_changes_between_two_readings_is_refused(spark: Any, tmp_path: Path) -> None:
    seen = tmp_path / "seen"

    def shrinking(batches: Any) -> Any:
        for batch in batches:
            yield batch.slice(0, 1 if seen.exists() else batch.num_rows)
            seen.touch()

    steady = distributed(spark, rows(9), 1)
    words = "the DataFrame had 9 rows when it was surveyed and 1 when it was judged; give one that has the same rows each time"
    with pytest.raises(pf.PreflightError, match=words):
        pf.check_spark(steady.mapInArrow(shrinking, steady.schema), plan(), row_id="row_id")
