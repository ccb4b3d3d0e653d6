"""Whether a quoted value is the cell that was sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.submission.echo import Echo, compare, fold

SAME, ALIKE, OTHER = Echo.SAME, Echo.ALIKE, Echo.OTHER


@pytest.mark.parametrize(
    ("value", "cell", "echo"),
    [
        ("a", "a", SAME),
        (" A\t", "a", SAME),
        ("STRASSE", "straße", SAME),
        ("\u200ba", "a", SAME),
        ("a b", "a  b", ALIKE),
        ("a\r\nb", "a\nb", ALIKE),
        ("Cafe", "café", ALIKE),
        ("5.0", "5", ALIKE),
        ("1", "01", ALIKE),
        ("1,234", "1234", ALIKE),
        ("1", "true", ALIKE),
        ("AT&amp;T", "AT&T", ALIKE),
        ("a%20b", "a b", ALIKE),
        ("2024-01-05T00:00:00Z", "2024-01-05", ALIKE),
        ("a long va…", "a long value", ALIKE),
        ("a long va", "a long value", ALIKE),
        ("a***@acme.com", "anna@acme.com", ALIKE),
        ("US", "United States", ALIKE),
        ("us", "usa", ALIKE),
        ("b", "a", OTHER),
        ("2", "1", OTHER),
        ("true", "false", OTHER),
        ("c2.com", "c1.com", OTHER),
        ("x", "", OTHER),
        ("2024-01-06", "2024-01-05", OTHER),
    ],
)
def test_how_a_value_stands_to_a_cell(value: str, cell: str, echo: Echo) -> None:
    assert compare(value, cell) is echo


@given(st.text(), st.sampled_from([str.lower, str.upper, str.casefold, str.strip, str.swapcase]))
def test_folding_and_trimming_are_always_seen_through(cell: str, way: object) -> None:
    assert callable(way)
    assert compare(way(cell), cell) is SAME
    assert fold(way(cell)) == fold(cell)
