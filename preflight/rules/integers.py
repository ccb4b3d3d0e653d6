"""Whole numbers: integer fields."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from preflight.contract.field import Answers, Field
from preflight.rules.decimals import is_ambiguous, read_number, true_where
from preflight.rules.misreadings import advise_number, advise_range, plain_or_none
from preflight.rules.reading import Advice, Fault, Reading
from preflight.rules.replacing import put

__all__ = ["RULE", "advise", "read", "to_typed"]

Array = Any  # pyarrow.Array; pyarrow ships no types

RULE = "plain-integer"
_LARGEST = "9223372036854775807"
_WANTED = "a whole number"
_DOT_AND_THREE = re.compile(r"[-+\u2212(]?[1-9][0-9]{0,2}[.][0-9]{3}\)?")


def read(cells: Array, field: Field, answers: Answers, /) -> Reading:
    """Whole numbers as digits with an optional minus. PF302 where a cell is none, PF308 beyond 64 bits.

    Without an answer about the decimal mark, ``1,234`` is grouping, and ``1.234`` is refused: it may be a whole number or not.
    """
    if _are_short_digits(cells):
        return Reading(cells)
    plain = read_number(cells, mark=answers.decimal, exponents=False)
    text = plain.text
    if answers.decimal is None and (unsure := is_ambiguous(cells, marks=".")).true_count:
        text = pc.if_else(unsure, pa.scalar(None, pa.string()), text)
    text = _drop_decimals(text)
    beyond = pc.or_(plain.huge, _beyond_int64(text))
    if beyond.true_count:
        text = pc.if_else(beyond, pa.scalar(None, pa.string()), text)
    refused = pc.and_not(pc.and_(cells.is_valid(), text.is_null()), beyond)
    found = (("PF302", refused), ("PF308", beyond))
    return Reading(text, tuple(Fault(code, mask) for code, mask in found if mask.true_count))


def to_typed(text: Array, field: Field, /) -> Array:
    """int64."""
    return pc.cast(text, pa.int64())


def advise(code: str, value: str, shown: str, field: Field, answers: Answers, /) -> Advice:
    """The words for a value that is no whole number, or too large a one."""
    if code == "PF308":
        return advise_range(shown, value, limits=f"between -{_LARGEST[:-1]}8 and {_LARGEST}")
    if answers.decimal is None and _DOT_AND_THREE.fullmatch(value):
        message = f"{shown} may group thousands or have decimals; state which with --locale, or write the number without a dot"
        return Advice(message)
    number = plain_or_none(value, answers.decimal or ".", money=False, exponents=False)
    if number is not None and "." in number:
        return Advice(f"{shown} has decimals where a whole number is wanted; round it to {_WANTED}")
    found = advise_number(value, shown, wanted=_WANTED, mark=answers.decimal)
    if found.suggestion is None:
        return found
    proposed = read(pa.array([found.suggestion], pa.string()), field, Answers(decimal="."))
    return Advice(found.message, proposed.text[0].as_py())


def _are_short_digits(cells: Array) -> bool:
    """Whether every cell is blank or a plain whole number of at most 18 digits without sign: a look at the bytes alone."""
    _, starts, content = cells.buffers()
    if content is None or not len(cells):
        return False
    starts = np.frombuffer(starts, np.int32)[cells.offset : cells.offset + len(cells) + 1]
    lengths = np.diff(starts)
    content = np.frombuffer(content, np.uint8)[: starts[-1]]
    if lengths.max() > 18 or ((content[starts[0] :] - 48) > 9).any():
        return False
    if (content[starts[:-1][lengths > 1]] == 48).any():
        return False
    return not ((lengths == 0) & np.asarray(cells.is_valid())).any()


def _drop_decimals(text: Array) -> Array:
    """Plain whole numbers; null where the decimals are not all zero."""
    pointed = true_where(pc.match_substring(text, "."))
    if not pointed.true_count:
        return text
    found = pc.replace_substring_regex(text.filter(pointed), r"\.0+$", "")
    found = pc.if_else(pc.match_substring(found, "."), pa.scalar(None, pa.string()), found)
    return put(text, pointed, found)


def _beyond_int64(text: Array) -> Array:
    """By length and then digit by digit: a cast would raise."""
    nowhere = pa.array(np.zeros(len(text), bool))
    long = true_where(pc.greater(pc.binary_length(text), 18))
    if not long.true_count:
        return nowhere
    found = text.filter(long)
    digits = pc.utf8_ltrim(found, "-")
    limit = pc.if_else(pc.starts_with(found, "-"), f"{_LARGEST[:-1]}8", _LARGEST)
    length = pc.binary_length(digits)
    return put(nowhere, long, pc.or_(pc.greater(length, 19), pc.and_(pc.equal(length, 19), pc.greater(digits, limit))))
