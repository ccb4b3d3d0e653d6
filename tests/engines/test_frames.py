"""Cells of every storage as text."""

from __future__ import annotations

import datetime
import decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from preflight.engines.frames import column_text

BERLIN = datetime.timezone(datetime.timedelta(hours=2))


@pytest.mark.parametrize(
    ("column", "text"),
    [
        (pd.Series(["a", None, "nan"], dtype="str"), ["a", None, "nan"]),
        (pd.Series([1.0, np.nan, 2.5]), ["1", None, "2.5"]),
        (pd.Series([0.1, 1e300, -0.0]), ["0.1", "1e+300", "0"]),
        (pd.Series([2.0**53, 9007199254740991.0]), ["9.007199254740992e+15", "9007199254740991"]),
        (pd.Series([1, None], dtype="Int64"), ["1", None]),
        (pd.Series([True, None], dtype="boolean"), ["true", None]),
        (pd.Series([True, False]), ["true", "false"]),
        (pd.Series(["b", None, "a"], dtype="category"), ["b", None, "a"]),
        (pd.Series([3, None], dtype="Int64").astype("category"), ["3", None]),
        (pd.Series([decimal.Decimal("1.50"), decimal.Decimal("NaN"), None]), ["1.50", None, None]),
        (pa.array([decimal.Decimal("1E+3")], pa.decimal128(10, 2)), ["1000.00"]),
        (pd.Series([datetime.date(2024, 1, 5), None]), ["2024-01-05", None]),
        (pd.Series(pd.to_datetime(["2024-01-05", None])), ["2024-01-05T00:00:00", None]),
        (pd.Series(pd.to_datetime(["2024-01-05T10:00:00.5"])).dt.tz_localize("Europe/Berlin"), ["2024-01-05T10:00:00.5+01:00"]),
        (pd.Series([datetime.datetime(2024, 1, 5, 10, tzinfo=BERLIN)], dtype=object), ["2024-01-05T10:00:00+02:00"]),
        (pd.Series([1, "x", 2.0, True, None, pd.NaT, np.nan], dtype=object), ["1", "x", "2", "true", None, None, None]),
        (pa.array(["a", None], pa.string_view()), ["a", None]),
        (pa.nulls(2), [None, None]),
        (pd.Series([], dtype="float64"), []),
        (pd.Series(pd.arrays.SparseArray([0, 7, 0])), ["0", "7", "0"]),
        (pd.Series(pd.arrays.SparseArray([np.nan, 2.5])), [None, "2.5"]),
    ],
)
def test_text_of_a_storage(column: Any, text: list[str | None]) -> None:
    found, objects = column_text(column)
    assert found.type == pa.string()
    assert found.to_pylist() == text
    assert objects is None


def test_objects_without_a_text_are_marked() -> None:
    found, objects = column_text(pd.Series(["a", ["b"], {"c": 1}, None], dtype=object))
    assert found.to_pylist() == ["a", None, None, None]
    assert objects is not None
    assert objects.to_pylist() == [False, True, True, False]


def test_complex_numbers_have_no_text() -> None:
    found, objects = column_text(pd.Series([1 + 2j, 3]))
    assert found.to_pylist() == [None, None]
    assert objects is not None
    assert objects.to_pylist() == [True, True]


@pytest.mark.parametrize("cells", [["a\ud800b"], ["a\ud800b", 1]])
def test_a_lone_surrogate_becomes_a_question_mark(cells: list[Any]) -> None:
    found, _ = column_text(pd.Series(cells, dtype=object))
    assert found.to_pylist()[0] == "a?b"


def test_a_slice_of_large_strings_owns_its_text() -> None:
    """pyarrow 26 reads what is cast from such a slice wrongly in `ascii_lower`."""
    import pyarrow.compute as pc

    sliced = pa.array(["https://www.a.com/", "b.de", "c.com", "d.org"], pa.large_string()).slice(1, 2)
    lowered = pc.ascii_lower(column_text(sliced)[0])
    lowered.validate(full=True)
    assert lowered.to_pylist() == ["b.de", "c.com"]
