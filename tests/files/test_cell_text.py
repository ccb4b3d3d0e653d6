"""Typed cells become the text that a person would have typed."""

from __future__ import annotations

import datetime as d
import decimal
import uuid
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from preflight.files.cell_text import column_text, value_text, without_empty

STAMP = d.datetime(2024, 1, 5, 10, 20, 30, 500000)


@pytest.mark.parametrize(
    ("column", "texts"),
    [
        (pa.array([1, None, -9007199254740993]), ["1", None, "-9007199254740993"]),
        (pa.array([2**64 - 1], pa.uint64()), ["18446744073709551615"]),
        (pa.array([1.0, 0.25, None, float("nan"), -3.0, 1e300]), ["1", "0.25", None, None, "-3", "1e+300"]),
        (pa.array([0.1, 5.0], pa.float32()), ["0.1", "5"]),
        (pa.array([0.5, 2.0], pa.float16()), ["0.5", "2"]),
        (pa.array([float("inf")]), ["inf"]),
        (pa.array([True, False, None]), ["true", "false", None]),
        (pa.array([d.date(2024, 1, 5), None]), ["2024-01-05", None]),
        (pa.array([d.date(2024, 1, 5)], pa.date64()), ["2024-01-05"]),
        (
            pa.array([STAMP, d.datetime(2024, 1, 5), None], pa.timestamp("us")),
            ["2024-01-05T10:20:30.5", "2024-01-05T00:00:00", None],
        ),
        (pa.array([d.datetime(2024, 1, 5, 10)], pa.timestamp("s")), ["2024-01-05T10:00:00"]),
        (pa.array([STAMP], pa.timestamp("ns", "UTC")), ["2024-01-05T10:20:30.5Z"]),
        (pa.array([STAMP], pa.timestamp("ms", "+05:30")), ["2024-01-05T15:50:30.5+05:30"]),
        (pa.array([d.time(10, 20)]), ["10:20:00"]),
        (pa.array([decimal.Decimal("0.0000001"), decimal.Decimal("12.5")], pa.decimal128(20, 7)), ["0.0000001", "12.5000000"]),
        (pa.array(["a", "", None, " "]), ["a", None, None, " "]),
        (pa.array(["a", ""], pa.large_string()), ["a", None]),
        (pa.array(["a", None], pa.string_view()), ["a", None]),
        (pa.array(["x", None, "x"]).dictionary_encode(), ["x", None, "x"]),
        (pa.array([1.0, None]).dictionary_encode(), ["1", None]),
        (pa.nulls(2), [None, None]),
        (pa.array(["é".encode(), None]), ["é", None]),
        (pa.array([1, 2, 3]).slice(1, 1), ["2"]),
        (pa.array([1.5, 2.0, None]).slice(1), ["2", None]),
        (pa.array([], pa.int64()), []),
        (pa.array([], pa.float64()), []),
    ],
)
def test_a_column_in_text(column: Any, texts: list[str | None]) -> None:
    text, strange = column_text(column)
    assert (text.type, strange) == (pa.string(), None)
    assert text.to_pylist() == texts


@pytest.mark.parametrize(
    "column",
    [
        pa.array([[1], None]),
        pa.array([{"a": 1}, None]),
        pa.array([d.timedelta(1), None]),
        pa.array([b"\xff", None]),
        pa.ExtensionArray.from_storage(pa.uuid(), pa.array([uuid.UUID(int=2**127 + 255).bytes, None], pa.binary(16))),
    ],
)
def test_cells_without_a_text_are_marked(column: Any) -> None:
    text, strange = column_text(column)
    assert text.to_pylist() == [None, None]
    assert strange is not None
    assert strange.to_pylist() == [True, False]


@pytest.mark.parametrize("start", [0, 1, 3])
@pytest.mark.parametrize("cells", [["Ab", "", None, "Cd", "", "É", ""], ["", "", "", ""], [None, "", None, ""]])
def test_the_empty_text_is_null_also_in_a_slice(cells: list[str | None], start: int) -> None:
    text = without_empty(pa.array(cells, pa.string()).slice(start))
    wanted = [cell or None for cell in cells[start:]]
    text.validate(full=True)
    assert text.to_pylist() == wanted
    lowered = pc.ascii_lower(text)  # pyarrow 26 reads texts wrongly here whose bounds do not begin at 0
    lowered.validate(full=True)
    assert lowered.to_pylist() == [cell and cell.replace("A", "a").replace("C", "c") for cell in wanted]


def test_bytes_that_are_no_text_take_none_beside_them_along() -> None:
    text, strange = column_text(pa.array([b"A", b"\xff", "é".encode(), None]))
    assert text.to_pylist() == ["A", None, "é", None]
    assert strange is not None
    assert strange.to_pylist() == [False, True, False, False]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("", None),
        (None, None),
        ("00123", "00123"),
        (12.0, "12"),
        (12, "12"),
        (0.12, "0.12"),
        (999999999999999.0, "999999999999999"),
        (9007199254740990.0, "9.00719925474099e+15"),
        (-1e15, "-1e+15"),
        (1e17, "1e+17"),
        (True, "true"),
        (False, "false"),
        (d.datetime(2024, 1, 5), "2024-01-05"),
        (STAMP, "2024-01-05T10:20:30.5"),
        (d.datetime(2024, 1, 5, 10, 20), "2024-01-05T10:20:00"),
        (d.date(2024, 1, 5), "2024-01-05"),
        (d.time(10, 20), "10:20:00"),
        (d.timedelta(hours=30), "1 day, 6:00:00"),
    ],
)
def test_a_cell_of_a_workbook_in_text(value: Any, text: str | None) -> None:
    assert value_text(value) == text
