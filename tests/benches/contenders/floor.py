"""The floor: pyarrow reads the file as text and writes it again, judging nothing."""

from __future__ import annotations

from pyarrow import csv

from contenders.grammar import arguments

source, out, shape = arguments()
names = [column.header for column in shape.columns]
table = csv.read_csv(
    source,
    parse_options=csv.ParseOptions(newlines_in_values=True),
    convert_options=csv.ConvertOptions(column_types=dict.fromkeys(names, "string")),
)
csv.write_csv(table, out / "good.csv")
