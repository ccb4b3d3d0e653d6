"""Telephone numbers: text, kept as it is written, since no format is documented. Refused is only what a spreadsheet has damaged."""

from __future__ import annotations

from typing import Any

from preflight.contract.field import Answers, Field
from preflight.rules.damage import advise_damage, read_undamaged
from preflight.rules.reading import Advice, Reading

__all__ = ["RULE", "advise", "read", "to_typed"]

Array = Any  # pyarrow.Array; pyarrow ships no types

RULE = "phone"


def read(cells: Array, field: Field, answers: Answers) -> Reading:
    """The numbers as they stand; PF311 where damaged."""
    return read_undamaged(cells)


def to_typed(text: Array, field: Field) -> Array:
    """A telephone number is text."""
    return text


def advise(code: str, value: str, shown: str, field: Field, answers: Answers) -> Advice:
    """The words for one refused number, PF311."""
    return advise_damage(value, shown, "a telephone number")
