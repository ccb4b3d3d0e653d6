"""Lost zeros: what a column proves, without counts, so that no cut changes it."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from preflight.rules.zeros import Evidence, advise_zeros, look_for_zeros, short_codes


def column(*cells: str | None) -> Any:
    return pa.array(cells, pa.string())


@pytest.mark.parametrize(
    ("cells", "evidence"),
    [
        (column("007", "12", None, "7"), Evidence(frozenset({1, 2, 3}), frozenset({3}))),
        (column("A1", "07"), Evidence(frozenset({2}), frozenset({2}), other=True)),
        (column("٠٧"), Evidence(other=True)),
        (column("A", "07").slice(1), Evidence(frozenset({2}), frozenset({2}))),
        (column(), Evidence()),
        (column(None), Evidence()),
    ],
)
def test_widths(cells: Any, evidence: Evidence) -> None:
    assert look_for_zeros(cells) == evidence


def test_merging_is_associative_and_the_same_twice() -> None:
    a, b, c = (look_for_zeros(column(cell)) for cell in ("007", "12", "x"))
    assert a.merge(b).merge(c) == a.merge(b.merge(c)) == a.merge(b).merge(c).merge(a)


def test_short_codes_are_digits_alone_without_a_leading_zero() -> None:
    fault = short_codes(column("12", "1", "02", "123", "x2", None, "٠٧"), 3, 2)
    assert (fault.code, fault.questions, fault.mask.to_pylist()) == ("PF320", True, [True] + [False] * 6)


@pytest.mark.parametrize(
    ("count", "width", "start", "length"),
    [(1, 5, '"7" may have', "5 digits long"), (3, None, '"7" and 2 more may have', "are longer")],
)
def test_words(count: int, width: int | None, start: str, length: str) -> None:
    advice = advise_zeros('"7"', count, width, "codes")
    assert advice.message.startswith(start)
    assert length in advice.message
