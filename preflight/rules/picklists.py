"""Values from a list: picklist fields."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from preflight.contract.field import Answers, Field
from preflight.rules import values
from preflight.rules.reading import Advice, Fault, Reading
from preflight.rules.replacing import put

__all__ = ["RULE", "advise", "read", "to_typed"]

Array = Any  # pyarrow.Array; pyarrow ships no types

RULE = "allowed-spelling"

_UNEVEN = r"[\x00-\x1f]|^ | $|  "
"""ASCII text in which the blanks are not one between two words."""


def read(cells: Array, field: Field, answers: Answers, /) -> Reading:
    """Each cell in the allowed spelling: as it stands, else without regard to case and blanks, else by a stated synonym.

    PF405 for others. A field without values takes any text. Two allowed values that differ in case alone need the exact spelling.
    """
    if not field.values and not field.synonyms:
        return Reading(cells)
    other = pc.and_not(cells.is_valid(), pc.is_in(cells, value_set=pa.array(field.values, pa.string())))
    if not other.true_count:
        return Reading(cells)
    coded = cells.filter(other).dictionary_encode()
    text = put(cells, other, _meant(coded.dictionary, field).take(coded.indices))
    if text.null_count == cells.null_count:
        return Reading(text)
    return Reading(text, (Fault("PF405", pc.and_(cells.is_valid(), text.is_null())),))


def _meant(written: Array, field: Field) -> Array:
    """The allowed value that each distinct spelling means; where it means none, null, or itself in a field without values."""
    spellings = _spellings(field)
    known, allowed = pa.array(list(spellings), pa.string()), pa.array(list(spellings.values()), pa.string())
    found = allowed.take(pc.index_in(pc.ascii_lower(written), value_set=known))
    odd = pc.or_(pc.invert(pc.string_is_ascii(written)), pc.match_substring_regex(written, _UNEVEN))
    if odd.true_count:  # folding is Python's where it is more than lower case
        folded = [spellings.get(values.fold(one)) for one in written.filter(odd).to_pylist()]
        found = put(found, odd, pa.array(folded, pa.string()))
    return found if field.values else pc.coalesce(found, written)


def to_typed(text: Array, field: Field, /) -> Array:
    """The text itself."""
    return text


def advise(code: str, value: str, shown: str, field: Field, answers: Answers, /) -> Advice:
    """The words for a value that is not on the list, with the nearest one that is."""
    return values.advise(code, value, shown, field, answers)


def _spellings(field: Field) -> dict[str, str]:
    """Folded spelling to allowed value. What folds alike to several values leads to none of them."""
    times = Counter(values.fold(value) for value in field.values)
    found = {values.fold(written): allowed for written, allowed in field.synonyms}
    found.update((values.fold(value), value) for value in field.values)
    return {folded: value for folded, value in found.items() if times[folded] <= 1}
