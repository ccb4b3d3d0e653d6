"""pointblank: cleaned by polars expressions, judged by a chain of `Validate` steps, failing rows from the extracts."""

from __future__ import annotations

import pointblank as pb
import polars as pl
from layout import KEY

from contenders.grammar import PATTERNS, allowed, arguments
from contenders.polars_cleaning import clean, is_valid

source, out, shape = arguments()
raw = pl.read_csv(source, infer_schema=False)
cells = raw.select(clean(column) for column in shape.columns).with_row_index("row")
validation, fields = pb.Validate(cells), []
for column in shape.columns:
    name, before = column.name, len(fields)
    if column.required:
        validation = validation.col_vals_not_null(name)
        fields.append(name)
    if column.type in PATTERNS:
        validation = validation.col_vals_regex(name, pattern=PATTERNS[column.type], na_pass=True)
        fields.append(name)
    elif allowed(column):
        validation = validation.col_vals_in_set(name, set=[*allowed(column), None])
        fields.append(name)
    elif column.type == "date" or column.max_length is not None:
        validation = validation.col_vals_expr(is_valid(column).fill_null(value=True))
        fields.append(name)
    if name == KEY:
        validation = validation.rows_distinct(columns_subset=KEY)
        fields.append(name)
validation = validation.interrogate(extract_limit=len(cells))
extracts = validation.get_data_extracts()
nothing = pl.DataFrame(schema={"row": pl.UInt32, "field": pl.String})
found = [
    extracts[step].select(row=pl.col("_row_num_").cast(pl.UInt32) - 1, field=pl.lit(fields[step - 1]))
    for step in extracts
    if extracts[step] is not None and len(extracts[step])
]
findings = pl.concat([nothing, *found]).unique().sort("row")
rejected = findings["row"].unique().sort()
findings.write_csv(out / "findings.csv")
cells.filter(~pl.col("row").is_in(rejected.implode())).drop("row").write_csv(out / "good.csv")
raw[rejected].write_csv(out / "rejected.csv")
