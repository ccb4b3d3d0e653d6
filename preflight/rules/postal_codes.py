"""Postal codes: text, whatever the country. Refused is only what a spreadsheet has damaged."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyarrow.compute as pc

from preflight.contract.field import Answers, Field
from preflight.rules.damage import advise_damage, read_undamaged
from preflight.rules.reading import Advice, Reading
from preflight.rules.zeros import Evidence, advise_zeros, look_for_zeros, short_codes

__all__ = ["RULE", "advise", "ask", "read", "settle", "survey", "to_typed"]

Array = Any  # pyarrow.Array; pyarrow ships no types

RULE = "postal-code"

_WIDTH = 5
_SHORTEST = 3
"""Two zeros at most: 00601 is the lowest code in use of the countries with five digits."""


def read(cells: Array, field: Field, answers: Answers) -> Reading:
    """The codes as they stand; PF311 where damaged, PF320 (of the column) where the column proves that zeros are lost."""
    reading = read_undamaged(cells)
    if answers.width is None:
        return reading
    fault = short_codes(cells, answers.width, _SHORTEST)
    return replace(reading, faults=(*reading.faults, fault)) if pc.any(fault.mask).as_py() else reading


def to_typed(text: Array, field: Field) -> Array:
    """A postal code is text."""
    return text


def advise(code: str, value: str, shown: str, field: Field, answers: Answers) -> Advice:
    """The words for one refused postal code, PF311 or PF320."""
    return ask(code, value, shown, 1, field, answers) if code == "PF320" else advise_damage(value, shown, "a postal code")


def survey(cells: Array, field: Field, answers: Answers) -> Evidence:
    """The widths that occur."""
    return look_for_zeros(cells)


def settle(evidence: Evidence, field: Field, answers: Answers) -> Answers:
    """Five digits, where some codes of five begin with a zero and others have four: as in the United States, Germany or France."""
    proven = _WIDTH in evidence.led and _WIDTH - 1 in evidence.widths - evidence.led
    return replace(answers, width=_WIDTH) if proven and answers.width is None else answers


def ask(code: str, example: str, shown: str, count: int, field: Field, answers: Answers) -> Advice:
    """The words for PF320, once for the column."""
    return advise_zeros(shown, count, answers.width, "postal codes")
