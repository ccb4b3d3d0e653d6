"""Codes and symbols of currencies."""

from __future__ import annotations

import pyarrow as pa
import pytest

from preflight.rules.currencies import CURRENCIES, CURRENCIES_DATED, SYMBOLS
from preflight.rules.decimals import read_number


def read(*cells):
    return read_number(pa.array(cells), mark=".", money=True).text.to_pylist()


def test_codes_are_distinct_and_dated():
    assert len(set(CURRENCIES)) == len(CURRENCIES) > 150
    assert CURRENCIES_DATED == "2026-01-01"


@pytest.mark.parametrize("sign", [*CURRENCIES, *SYMBOLS])
def test_every_code_and_symbol_is_read_before_and_after(sign):
    assert read(f"{sign}1", f"{sign} 1", f"1{sign}", f"1 {sign}", f"-{sign}1", f"({sign}1)") == ["1", "1", "1", "1", "-1", "-1"]


@pytest.mark.parametrize("word", ["XYZ", "usd", "Usd", "USDX", "\u00a2", "%", "$$", "kg", "K", "M"])
def test_other_words_are_not(word):
    assert read(f"{word} 1", f"1 {word}") == [None, None]
