"""What a spreadsheet or a float does to text made of digits: ``1.23457E+11`` and ``123.0`` (research/demandbase.md §6, row 10)."""

from __future__ import annotations

import re
from typing import Any

import pyarrow.compute as pc

from preflight.rules.reading import Advice, Fault, Reading
from preflight.rules.tidying import bytes_of

__all__ = ["advise_damage", "read_undamaged"]

Array = Any  # pyarrow.Array; pyarrow ships no types

# A sign in the exponent or a fraction before it: `1E10` alone may be a part number, and hexadecimal ids look like it.
_EXPONENT = r"^[+-]?\d(?:[.,]\d+)?[eE][+-]\d+$|^[+-]?\d[.,]\d+[eE]\d+$"
_FLOAT = r"^[+-]?\d+\.0$"
_MARKS = (b".", b",", b"E+", b"e+", b"E-", b"e-")
"""What a column without any damage mostly lacks: each of the patterns needs one of these."""

_EXACT_DIGITS = 15
"""A spreadsheet keeps 15 digits of a number and a float hardly more: beyond it the last digits are not those that were meant."""


def read_undamaged(cells: Array) -> Reading:
    """The text as it stands; PF311 where a number format has damaged it."""
    text = bytes_of(cells)[0].tobytes()
    if not any(mark in text for mark in _MARKS):
        return Reading(cells)
    mask = pc.fill_null(pc.match_substring_regex(cells, f"{_EXPONENT}|{_FLOAT}"), False)
    if not pc.any(mask).as_py():
        return Reading(cells)
    return Reading(pc.if_else(mask, None, cells), (Fault("PF311", mask),))


def advise_damage(value: str, shown: str, what: str) -> Advice:
    """The words for one damaged value. The text before ``.0`` is suggested while no digit can have been lost."""
    value = value.strip()
    if re.match(_FLOAT, value) is None:
        return Advice(
            f"{shown} is {what} that a spreadsheet turned into a rounded number; its digits are lost, so take it from the source"
        )
    whole = value.removesuffix(".0")
    exact = len(whole.lstrip("+-")) <= _EXACT_DIGITS
    return Advice(f"{shown} is {what} that was turned into a number; send it without the fraction", whole if exact else None)
