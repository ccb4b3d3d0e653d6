"""Leading zeros of postal codes are missed only in the country whose codes have them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import preflight as pf

FIELDS = [
    {"field_name": "postal_code", "field_type": "string"},
    {"field_name": "billing_postal_code", "field_type": "string"},
    {"field_name": "billing_country", "field_type": "string"},
    {"field_name": "country", "field_type": "string"},
]
RULES = {"fields": {"postal_code": {"type": "postal_code"}, "billing_postal_code": {"type": "postal_code"}}}
PLAN = pf.plan("accounts", operation="insert", fields=FIELDS, rules=RULES, unmapped="drop")
CODES = ["02134", "10001", "3000", "2134", " 01067", "1067", None]
HOME = ["US", "US", "AU", " us ", "Germany", "GERMANY", "AU"]


def missed(source: Any, **options: Any) -> dict[str, int]:
    """How many codes of each column may have lost zeros."""
    groups = PLAN.check(source, **options).groups
    return {row.column: row.rows for row in groups[groups["code"] == "PF320"].itertuples()}


@pytest.mark.parametrize(
    ("columns", "rows"),
    [
        ({"postal_code": CODES, "country": HOME}, {"postal_code": 2}),
        ({"postal_code": CODES, "country": ["US"] * 7}, {"postal_code": 3}),
        ({"postal_code": CODES, "country": ["US", None, None, None, "DE", None, None]}, {}),
        ({"postal_code": CODES, "country": [None] * 7}, {"postal_code": 3}),
        ({"postal_code": CODES}, {"postal_code": 3}),
        ({"postal_code": CODES, "Country ": HOME}, {"postal_code": 2}),
        ({"billing_postal_code": CODES, "billing_country": HOME, "country": ["AU"] * 7}, {"billing_postal_code": 2}),
        ({"postal_code": CODES, "billing_country": HOME, "country": ["AU"] * 7}, {"postal_code": 3}),
    ],
)
def test_codes_that_may_have_lost_zeros(columns: dict[str, list[str | None]], rows: dict[str, int], tmp_path: Path) -> None:
    frame = pd.DataFrame(columns)
    assert missed(frame) == rows
    frame.to_csv(tmp_path / "a.csv", index=False)
    for engine in ("memory", "stream"):
        for block in (1, 40, 1 << 20):
            assert missed(tmp_path / "a.csv", engine=engine, block_bytes=block) == rows
