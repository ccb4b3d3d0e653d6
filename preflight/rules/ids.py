"""Identifiers: text whose case and zeros are kept. Refused is only what a spreadsheet has damaged."""

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

RULE = "id"


def read(cells: Array, field: Field, answers: Answers) -> Reading:
    """The ids as they stand; PF311 where damaged, PF320 (of the column) where the column proves that zeros are lost."""
    reading = read_undamaged(cells)
    if answers.width is None:
        return reading
    fault = short_codes(cells, answers.width)
    return replace(reading, faults=(*reading.faults, fault)) if pc.any(fault.mask).as_py() else reading


def to_typed(text: Array, field: Field) -> Array:
    """An id is text."""
    return text


def advise(code: str, value: str, shown: str, field: Field, answers: Answers) -> Advice:
    """The words for one refused id, PF311 or PF320."""
    return ask(code, value, shown, 1, field, answers) if code == "PF320" else advise_damage(value, shown, "an id")


def survey(cells: Array, field: Field, answers: Answers) -> Evidence:
    """The widths that occur."""
    return look_for_zeros(cells)


def settle(evidence: Evidence, field: Field, answers: Answers) -> Answers:
    """The width of the ids, where all are digits alone and those with a leading zero all have the greatest width, others less."""
    proven = not evidence.other and len(evidence.widths) > 1 and evidence.led == {max(evidence.widths)}
    return replace(answers, width=max(evidence.widths)) if proven and answers.width is None else answers


def ask(code: str, example: str, shown: str, count: int, field: Field, answers: Answers) -> Advice:
    """The words for PF320, once for the column."""
    return advise_zeros(shown, count, answers.width, "ids")
