"""The schema: a genuine pandera schema, the storages it serves, what it exports, and the gate."""

from __future__ import annotations

import datetime
import decimal
import json
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pandera
import pyarrow as pa
import pytest
from pandera.errors import SchemaError, SchemaErrors

from preflight.contract.field import Contract, Field, FieldType, Operation
from preflight.contract.plan import Plan
from preflight.errors import Disagreement
from preflight.kernel.schema import gate, schema_of, to_frame

KINDS = {
    "text": FieldType.STRING,
    "whole": FieldType.INTEGER,
    "number": FieldType.NUMBER,
    "flag": FieldType.BOOLEAN,
    "day": FieldType.DATE,
    "moment": FieldType.DATETIME,
}
PLAN = Plan(Contract("accounts", tuple(Field(name, kind) for name, kind in KINDS.items())))
UTC = datetime.UTC
DAY, MOMENT = datetime.date(2024, 1, 5), datetime.datetime(2024, 1, 5, 10, tzinfo=UTC)

STORAGES: list[tuple[str, Any]] = [
    ("text", pd.Series(["a", None], dtype="str")),
    ("text", pd.Series(["a", None], dtype=object)),
    ("text", pd.Series(["a", np.nan], dtype=object)),
    ("text", pd.Series(["a", None], dtype="string[python]")),
    ("text", pd.Series(["a", None], dtype="string[pyarrow]")),
    ("text", pd.Series(["a", None], dtype=pd.ArrowDtype(pa.string()))),
    ("text", pd.Series(["a", None], dtype=pd.ArrowDtype(pa.large_string()))),
    ("text", pd.Series(["a", None], dtype="category")),
    ("text", pd.Series(pd.arrays.ArrowExtensionArray(pa.array(["a", None]).dictionary_encode()))),
    ("whole", pd.Series([1, 2], dtype="int64")),
    ("whole", pd.Series([1, 2], dtype="int32")),
    ("whole", pd.Series([1, 2], dtype="uint8")),
    ("whole", pd.Series([1, None], dtype="Int64")),
    ("whole", pd.Series([1, None], dtype="float64")),
    ("whole", pd.Series([1, None], dtype=pd.ArrowDtype(pa.int64()))),
    ("whole", pd.Series([1, None], dtype=object)),
    ("whole", pd.Series([1, None], dtype="Int64").astype("category")),
    ("number", pd.Series([1.5, None], dtype="float64")),
    ("number", pd.Series([1.5, None], dtype="Float64")),
    ("number", pd.Series([1, None], dtype="Int64")),
    ("number", pd.Series([decimal.Decimal("1.50"), None], dtype=object)),
    ("number", pd.Series([1.5, None], dtype=pd.ArrowDtype(pa.float64()))),
    ("flag", pd.Series([True, False], dtype="bool")),
    ("flag", pd.Series([True, None], dtype="boolean")),
    ("flag", pd.Series([True, None], dtype=object)),
    ("flag", pd.Series([True, None], dtype=pd.ArrowDtype(pa.bool_()))),
    ("day", pd.Series([DAY, None], dtype=object)),
    ("day", pd.Series([DAY, None], dtype=pd.ArrowDtype(pa.date32()))),
    ("day", pd.Series(pd.to_datetime(["2024-01-05", None]))),
    ("moment", pd.Series(pd.to_datetime(["2024-01-05T10:00:00Z", None], utc=True))),
    ("moment", pd.Series([MOMENT, None], dtype=object)),
    ("moment", pd.Series([MOMENT, None], dtype=pd.ArrowDtype(pa.timestamp("us", tz="UTC")))),
    *((name, pd.Series([None, None], dtype=dtype)) for name in KINDS for dtype in (object, "float64", "str")),
]


@pytest.mark.parametrize(("field", "column"), STORAGES, ids=lambda one: one if isinstance(one, str) else str(one.dtype))
def test_any_storage_of_the_type_passes(field: str, column: Any) -> None:
    frame = pd.DataFrame({field: column})
    pd.testing.assert_frame_equal(schema_of(PLAN).validate(frame), frame)


@pytest.mark.parametrize(
    ("field", "column", "code"),
    [
        ("text", pd.Series([1, 2]), "PF301"),
        ("text", pd.Series(["a", 2], dtype=object), "PF301"),
        ("whole", pd.Series([1.5, 2.0]), "PF302"),
        ("whole", pd.Series(["1"]), "PF302"),
        ("number", pd.Series(["1.5"]), "PF303"),
        ("flag", pd.Series([0, 1]), "PF304"),
        ("day", pd.Series(pd.to_datetime(["2024-01-05T10:00:00"])), "PF305"),
        ("moment", pd.Series(pd.to_datetime(["2024-01-05T10:00:00"])), "PF306"),
    ],
)
def test_another_type_is_refused_by_the_code_of_the_type_alone(field: str, column: Any, code: str) -> None:
    strict = Plan(Contract("accounts", (Field(field, KINDS[field], required=True),)))
    with pytest.raises(SchemaErrors) as refused:
        schema_of(strict).validate(pd.DataFrame({field: column}), lazy=True)
    assert [error.check.name for error in refused.value.schema_errors] == [code]


RULED = Plan(
    Contract(
        "accounts",
        (
            Field("domain", FieldType.DOMAIN, required=True),
            Field("name", required=True, max_length=5, pattern="[A-Z].*", label="Name", description="The name"),
            Field("size", FieldType.INTEGER, min="1", max="10"),
            Field("kind", FieldType.PICKLIST, values=("A", "B")),
            Field("since", FieldType.DATE, min="2024-01-01"),
            Field("email", FieldType.EMAIL),
            Field("phone", FieldType.PHONE),
        ),
        one_of=(("email", "phone"),),
    ),
    Operation.UPSERT,
    "domain",
)
BAD = pd.DataFrame(
    {
        "domain": ["a.com", None, "c.com"],
        "name": ["Abcdef", "abc", " "],
        "size": [0, 11, 5],
        "kind": ["A", "C", None],
        "since": pd.to_datetime(["2023-12-31", "2024-01-01", None]),
        "email": [None, "x@y.com", ""],
        "phone": [None, None, None],
    }
)
REFUSED = {
    ("name", "PF403", 0),
    ("name", "PF406", 1),
    ("name", "PF406", 2),
    ("name", "PF401", 2),
    ("domain", "PF501", 1),
    ("size", "PF404", 0),
    ("size", "PF404", 1),
    ("kind", "PF405", 1),
    ("since", "PF404", 0),
}


def refused_by(schema: Any, frame: pd.DataFrame) -> set[tuple[str, str, int]]:
    with pytest.raises(SchemaErrors) as refused:
        schema.validate(frame, lazy=True)
    cases = refused.value.failure_cases
    assert set(cases.loc[cases.check == "PF407 one-of-missing", "index"]) == {0, 2}
    return {
        (column, check.split()[0], int(index))
        for column, check, index in zip(cases["column"], cases["check"], cases["index"], strict=True)
        if not check.startswith("PF407")
    }


class TestSchema:
    def test_it_is_a_genuine_pandera_schema_named_by_field_and_code(self) -> None:
        schema = schema_of(RULED)
        assert type(schema) is pandera.DataFrameSchema
        assert list(schema.columns) == ["domain", "name", "size", "kind", "since", "email", "phone"]
        assert [check.name for check in schema.columns["name"].checks] == ["PF301", "PF401", "PF403", "PF406"]
        assert schema.columns["name"].checks[1].error == "PF401 required-value-missing"
        assert (schema.columns["name"].title, schema.columns["name"].description) == ("Name", "The name")

    def test_every_rule_is_judged_on_every_row(self) -> None:
        assert refused_by(schema_of(RULED), BAD) == REFUSED

    def test_it_belongs_to_the_caller(self) -> None:
        mine = schema_of(RULED)
        mine.columns.pop("name")
        assert "name" in schema_of(RULED).columns

    def test_columns_that_an_update_does_not_ask_for_may_be_absent(self) -> None:
        update = Plan(RULED.contract, Operation.UPDATE, "domain")
        only = pd.DataFrame({"domain": ["a.com"]})
        assert schema_of(update).validate(only).equals(only)
        with pytest.raises(SchemaError):
            schema_of(RULED).validate(only)

    def test_it_can_be_pickled(self) -> None:
        schema = schema_of(RULED)
        assert pickle.loads(pickle.dumps(schema)) == schema

    def test_a_user_may_switch_validation_off(self) -> None:
        from pandera.config import config_context

        with config_context(validation_enabled=False):
            assert schema_of(RULED).validate(BAD) is BAD


class TestExport:
    def test_what_is_reloaded_is_equal_and_judges_alike(self) -> None:
        schema = schema_of(RULED)
        for again in (pandera.DataFrameSchema.from_json(schema.to_json()), pandera.DataFrameSchema.from_yaml(schema.to_yaml())):
            assert again == schema
            assert again.to_json() == schema.to_json()
            assert refused_by(again, BAD) == REFUSED

    @pytest.mark.slow
    @pytest.mark.parametrize("order", ["import preflight, pandera.pandas as pa", "import pandera.pandas as pa, preflight"])
    def test_a_fresh_process_gives_the_same_verdicts(self, order: str, tmp_path: Path) -> None:
        (tmp_path / "schema.json").write_text(schema_of(RULED).to_json())
        BAD.to_pickle(tmp_path / "bad.pickle")
        script = f"""{order}
import json, pandas, pathlib
schema = pa.DataFrameSchema.from_json(pathlib.Path("schema.json").read_text())
try:
    schema.validate(pandas.read_pickle("bad.pickle"), lazy=True)
except pa.errors.SchemaErrors as refused:
    cases = refused.failure_cases
    print(json.dumps(sorted({{(c, k[:5], int(i)) for c, k, i in zip(cases["column"], cases["check"], cases["index"])
                              if not k.startswith("PF407")}})))
"""
        quiet = ["-W", "ignore:PySpark does not yet fully support pandas:FutureWarning"]  # where pyspark is there, pandera loads it
        done = subprocess.run([sys.executable, *quiet, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.stderr == ""
        assert {tuple(one) for one in json.loads(done.stdout)} == REFUSED

    @pytest.mark.slow
    def test_loading_without_preflight_fails_loudly(self, tmp_path: Path) -> None:
        (tmp_path / "schema.json").write_text(schema_of(Plan(Contract("accounts", (Field("name"),)))).to_json())
        script = "import pandera.pandas as pa, pathlib; pa.DataFrameSchema.from_json(pathlib.Path('schema.json').read_text())"
        quiet = ["-W", "ignore:PySpark does not yet fully support pandas:FutureWarning"]  # where pyspark is there, pandera loads it
        done = subprocess.run([sys.executable, *quiet, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 1
        assert "AttributeError" in done.stderr

    @pytest.mark.slow
    def test_import_preflight_imports_neither_pandera_nor_pandas(self) -> None:
        script = "import sys, preflight; print([one for one in ('pandera', 'pandas', 'pyarrow', 'numpy') if one in sys.modules])"
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        assert done.stdout == "[]\n"


class TestGate:
    TYPED = pa.table({"domain": ["a.com", "b.com"], "name": ["Abc", "Bcd"], "email": ["x@y.com", None], "phone": [None, "1"]})

    def test_good_rows_pass(self) -> None:
        gate(RULED, self.TYPED)

    @pytest.mark.parametrize(
        ("column", "cells", "said"),
        [
            ("domain", [None, "secret"], "1 of 2 rows that its kernel calls good (PF501 on 'domain')"),
            ("name", ["Secret", "Secret"], "2 of 2 rows that its kernel calls good (PF403 on 'name')"),
            ("name", [1, 2], "the column that its kernel calls good (PF301 on 'name')"),
            ("email", [None, None], "1 of 2 rows that its kernel calls good (PF407 on 'accounts')"),
        ],
    )
    def test_what_it_refuses_is_told_without_values(self, column: str, cells: list[Any], said: str) -> None:
        table = self.TYPED.set_column(self.TYPED.column_names.index(column), column, pa.array(cells))
        with pytest.raises(Disagreement) as refused:
            gate(RULED, table)
        assert said in str(refused.value)
        assert "ecret" not in str(refused.value)
        assert refused.value.__cause__ is None

    def test_fields_that_are_not_sent_are_not_asked_for(self) -> None:
        gate(RULED, pa.table({"name": ["Abc"]}))

    def test_another_backend_for_frames_does_not_reach_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Such as that of narwhals, which pandera registers for DataFrames when the environment asks for it."""
        key = (pandera.DataFrameSchema, pd.DataFrame)
        schema_of(RULED).validate(to_frame(self.TYPED))
        monkeypatch.setitem(pandera.DataFrameSchema.BACKEND_REGISTRY, key, _LetsEverythingPass)
        bad = self.TYPED.set_column(0, "domain", pa.array(["a.com", None]))
        schema_of(RULED).validate(to_frame(bad))
        with pytest.raises(Disagreement):
            gate(RULED, bad)


class _LetsEverythingPass:
    def validate(self, check_obj: Any, schema: Any, **_: Any) -> Any:
        return check_obj
