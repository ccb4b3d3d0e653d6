"""Yes and no: boolean fields."""

from __future__ import annotations

from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from preflight.contract.field import Answers, Field
from preflight.rules.reading import Advice, Fault, Reading

__all__ = ["RULE", "WORDS", "advise", "read", "to_typed"]

Array = Any  # pyarrow.Array; pyarrow ships no types

RULE = "plain-boolean"

WORDS = {
    **dict.fromkeys(("true", "yes", "y", "t", "1", "on", "x", "1.0"), "true"),
    **dict.fromkeys(("false", "no", "n", "f", "0", "off", "0.0"), "false"),
}
"""Every accepted word in lower case; `1.0` and `0.0` are what a frame makes of 1 and 0 beside a missing value."""


@cache
def _words() -> tuple[Array, Array]:
    """The words as written and as meant. Made when first asked for, because pyarrow loads pandas to make an array."""
    return pa.array(list(WORDS), pa.string()), pa.array(list(WORDS.values()), pa.string())


def read(cells: Array, field: Field, answers: Answers, /) -> Reading:
    """Each cell as ``true`` or ``false``; PF304 where it is neither."""
    (written, meant), coded = _words(), cells.dictionary_encode()
    found = pc.index_in(pc.utf8_lower(coded.dictionary), value_set=written)
    text = meant.take(found.take(coded.indices))
    if text.null_count == cells.null_count:
        return Reading(text)
    return Reading(text, (Fault("PF304", pc.and_(cells.is_valid(), text.is_null())),))


def to_typed(text: Array, field: Field, /) -> Array:
    """bool."""
    return pc.equal(text, "true")


def advise(code: str, value: str, shown: str, field: Field, answers: Answers, /) -> Advice:
    """The words for a value that is neither yes nor no."""
    return Advice(f"{shown} is neither yes nor no; write true or false, or leave the cell blank")
