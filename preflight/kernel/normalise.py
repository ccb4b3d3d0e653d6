"""One column of cells to canonical text and faults: the order in which the rules are applied.

tidy (edges, blanks, invisible characters) → refused in every type → null words → the family of the type → the value rules.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from preflight.contract.field import Answers, Field, FieldType
from preflight.kernel.columns import as_numpy, differs, distinct_of, is_none
from preflight.kernel.families import FAMILIES
from preflight.rules import texts, values
from preflight.rules.reading import Fault, Reading

__all__ = ["change_rules", "prepared", "read_column", "read_values", "typed_column"]

Array = Any
_KEEPS_TEXT = frozenset({"PF405"})
"""Rules of values: the cell has its type, so its text stays and is sent where a user lowers the rule to a warning."""
_NOTHING = pa.nulls(1, pa.string())[0]  # pa.scalar would load pandas


def read_column(cells: Array, field: Field, answers: Answers) -> Reading:
    """Judge and normalise a column. Worked per distinct value where values repeat; `text` is the very object `cells` when nothing
    was rewritten or refused."""
    distinct = distinct_of(cells)
    reading = read_values(distinct.values, field, answers)
    if not distinct.repeats:
        return reading
    text = cells if reading.text is distinct.values else distinct.spread(reading.text)
    return Reading(text, tuple(Fault(one.code, distinct.spread_mask(one.mask), one.questions) for one in reading.faults))


def read_values(cells: Array, field: Field, answers: Answers) -> Reading:
    """The same on values that are taken one by one."""
    tidied, early = prepared(cells, field)
    family = FAMILIES[field.type]
    reading: Reading = family.read(tidied, field, answers)
    faults = [*early, *(fault for fault in reading.faults if not is_none(fault.mask))]
    text = reading.text
    for fault in faults:
        if fault.code in _KEEPS_TEXT:
            text = pc.if_else(fault.mask, tidied, text)
    return Reading(text, tuple(faults + _value_faults(reading.text, field)))


def prepared(cells: Array, field: Field) -> tuple[Array, list[Fault]]:
    """The cells as a family may see them: tidied, null words blank where the type cannot hold them, refused ones blank and told."""
    tidied = texts.tidy(cells, field)
    faults = [fault for fault in texts.refused(tidied, field) if not is_none(fault.mask)]
    for fault in faults:
        tidied = pc.if_else(fault.mask, _NOTHING, tidied)
    nothing = texts.is_null_word(tidied, field)
    if not is_none(nothing):
        tidied = pc.if_else(nothing, _NOTHING, tidied)
    return tidied, faults


def _value_faults(text: Array, field: Field) -> list[Fault]:
    """PF403 to PF406 on canonical text, each cell at most once, the first rule that it breaks."""
    found: list[Fault] = []
    if field.max_length is not None:
        found.append(Fault("PF403", values.too_long(text, field.max_length)))
    if field.min is not None or field.max is not None:
        found.append(Fault("PF404", values.out_of_range(typed_column(text, field), field.min, field.max)))
    if field.values and field.type is not FieldType.PICKLIST:
        found.append(Fault("PF405", values.not_allowed(text, field.values)))
    if field.pattern is not None:
        found.append(Fault("PF406", values.pattern_fails(text, field.pattern)))
    told: list[Fault] = []
    for fault in found:
        mask = fault.mask
        for earlier in told:
            mask = pc.and_not(mask, earlier.mask)
        if not is_none(mask):
            told.append(Fault(fault.code, mask))
    return told


def typed_column(text: Array, field: Field) -> Array:
    """Canonical text as the Arrow type of the field."""
    return FAMILIES[field.type].to_typed(text, field)


def change_rules(before: Array, after: Array, field: Field) -> list[tuple[str, ...]]:
    """For each changed cell the names of the rules that brought it from its writing in the source to what is sent, in order."""
    applied = np.zeros(len(before), dtype=np.int64)
    names: list[str] = []
    cells = before
    for step in texts.steps_for(field):
        stepped = step.apply(cells)
        applied |= _bit(differs(cells, stepped), len(names))
        names.append(step.name)
        cells = stepped
    rest = differs(cells, after)
    if rest is not None:
        applied |= _bit(pc.and_(rest, after.is_null()), len(names)) | _bit(pc.and_(rest, after.is_valid()), len(names) + 1)
    names += ["null-word", FAMILIES[field.type].RULE]
    told = {bits: tuple(name for at, name in enumerate(names) if bits >> at & 1) for bits in np.unique(applied).tolist()}
    return [told[bits] for bits in applied.tolist()]


def _bit(mask: Array | None, at: int) -> Any:
    return np.int64(0) if mask is None else as_numpy(mask).astype(np.int64) << at
