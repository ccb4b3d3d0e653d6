"""preflight on a Spark of this machine, as its user would write it: read, check, write. Rows are labelled by their position, which
monotonically_increasing_id gives here, because a file with line breaks in cells is read by one task."""

from __future__ import annotations

import os
import sys

from layout import KEY
from pyspark.sql import SparkSession
from pyspark.sql import functions as F  # noqa: N812  # the name by which every Spark user knows it

import preflight as pf
from contenders.grammar import arguments

source, out, shape = arguments()
os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
settings = {"spark.driver.memory": "2g", "spark.driver.host": "127.0.0.1", "spark.ui.enabled": "false", "spark.log.level": "ERROR"}
builder = SparkSession.builder.master("local[2]")
for name, value in (settings | {"spark.sql.shuffle.partitions": "4"}).items():
    builder = builder.config(name, value)
spark = builder.getOrCreate()
names = ", ".join(f"`{column.header}` string" for column in shape.columns)
table = spark.read.csv(str(source), names, header=True, multiLine=True, escape='"')
rows = table.withColumn("row", F.monotonically_increasing_id()).repartition(4)
plan = pf.plan(
    "accounts",
    operation="upsert",
    match_key=KEY,
    fields=source.with_name("fields.json"),
    rules=source.with_name("rules.toml"),
)
pf.check_spark(rows, plan, row_id="row").write(out)
spark.stop()
