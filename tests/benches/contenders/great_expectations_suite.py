"""great_expectations: cleaned by pandas, judged by a suite of expectations with complete results."""

from __future__ import annotations

import os

os.environ["GX_ANALYTICS_ENABLED"] = "false"

import great_expectations as gx
import pandas as pd
from great_expectations import expectations as gxe
from layout import KEY, Column

from contenders.grammar import PATTERNS, allowed, arguments
from contenders.pandas_cleaning import clean, read, write_all


def expectations_of(column: Column) -> list[gxe.Expectation]:
    """The column as great_expectations states it."""
    name, found = column.name, []
    if column.required:
        found.append(gxe.ExpectColumnValuesToNotBeNull(column=name))
    if column.type in PATTERNS:
        found.append(gxe.ExpectColumnValuesToMatchRegex(column=name, regex=PATTERNS[column.type]))
    elif column.type == "date":
        found.append(gxe.ExpectColumnValuesToMatchStrftimeFormat(column=name, strftime_format="%Y-%m-%d"))
    elif allowed(column):
        found.append(gxe.ExpectColumnValuesToBeInSet(column=name, value_set=allowed(column)))
    if column.max_length is not None:
        found.append(gxe.ExpectColumnValueLengthsToBeBetween(column=name, max_value=column.max_length))
    if name == KEY:
        found.append(gxe.ExpectColumnValuesToBeUnique(column=name))
    return found


source, out, shape = arguments()
raw = read(source)
cells = pd.DataFrame({column.name: clean(raw, column) for column in shape.columns})
context = gx.get_context(mode="ephemeral")
context.variables.progress_bars = {"globally": False}
asset = context.data_sources.add_pandas("frames").add_dataframe_asset("accounts")
batch = asset.add_batch_definition_whole_dataframe("all").get_batch(batch_parameters={"dataframe": cells})
suite = gx.ExpectationSuite(name="accounts", expectations=[one for column in shape.columns for one in expectations_of(column)])
result = batch.validate(suite, result_format={"result_format": "COMPLETE", "return_unexpected_index_query": False})
found = [
    pd.DataFrame({"row": one.result["unexpected_index_list"], "field": one.expectation_config.kwargs["column"]})
    for one in result.results
    if one.result.get("unexpected_index_list")
]
findings = pd.concat(found) if found else pd.DataFrame({"row": pd.Series(dtype="int64"), "field": pd.Series(dtype="str")})
write_all(shape, raw, cells, findings, out)
