"""polars expressions, as a good user writes them: read, clean, judge, write."""

from __future__ import annotations

import polars as pl

from contenders.grammar import arguments
from contenders.polars_cleaning import clean, is_bad, write_all

source, out, shape = arguments()
raw = pl.read_csv(source, infer_schema=False)
cells = raw.select(clean(column) for column in shape.columns)
bad = cells.select(is_bad(column) for column in shape.columns)
write_all(shape, raw, cells, bad, out)
