"""Frames and Arrow tables as sources."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from preflight.engines.memory import frame_source
from preflight.errors import UnreadableInput


def cells_of(data: Any, rows: int = 1 << 18) -> list[list[list[str | None]]]:
    return [[column.to_pylist() for column in chunk.columns] for chunk in replace(frame_source(data), rows_per_chunk=rows).chunks()]


@pytest.mark.parametrize(
    "data",
    [
        pd.DataFrame({"a": ["x", "y", None], "b": [1, 2, 3]}),
        pl.DataFrame({"a": ["x", "y", None], "b": [1, 2, 3]}),
        pa.table({"a": ["x", "y", None], "b": [1, 2, 3]}),
    ],
    ids=["pandas", "polars", "pyarrow"],
)
def test_rows_are_cut_in_order(data: Any) -> None:
    assert cells_of(data) == [[["x", "y", None], ["1", "2", "3"]]]
    assert cells_of(data, 2) == [[["x", "y"], ["1", "2"]], [[None], ["3"]]]
    assert frame_source(data).header == ("a", "b")
    assert frame_source(data).line().records == 3


@pytest.mark.parametrize(
    ("columns", "header"),
    [
        (["a", "a"], ("a", "a")),
        ([1, 2.5], ("1", "2.5")),
        ([("x", "y"), ("z", "")], ("x y", "z")),
        ([None, pd.Timestamp("2024-01-01")], ("None", "2024-01-01 00:00:00")),
    ],
)
def test_names_of_columns(columns: list[Any], header: tuple[str, ...]) -> None:
    index = pd.MultiIndex.from_tuples(columns) if isinstance(columns[0], tuple) else pd.Index(columns, dtype=object)
    assert frame_source(pd.DataFrame([["p", "q"]], columns=index)).header == header


@pytest.mark.parametrize("frame", [pd.DataFrame(), pd.DataFrame({"a": []}), pd.DataFrame(columns=["a", "b"])])
def test_frames_without_rows_have_no_chunks(frame: pd.DataFrame) -> None:
    assert cells_of(frame) == []


def test_rows_without_columns_are_still_rows() -> None:
    assert [chunk.length for chunk in frame_source(pd.DataFrame(index=range(3))).chunks()] == [3]


def test_later_writes_to_the_frame_change_nothing() -> None:
    frame = pd.DataFrame({"a": ["x", "y"]})
    source = frame_source(frame)
    frame.loc[0, "a"] = "changed"
    assert [chunk.columns[0].to_pylist() for chunk in source.chunks()] == [["x", "y"]]


@pytest.mark.parametrize(("data", "word"), [(pd.Series(["a"]), "Series"), ([1, 2], "list"), (None, "NoneType")])
def test_what_is_no_table_is_refused(data: Any, word: str) -> None:
    with pytest.raises(UnreadableInput, match=word):
        frame_source(data)
