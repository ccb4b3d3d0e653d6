"""The rules about the value of a cell whose type is right: length, limits, list, pattern, blank.

Each is a plain function on one Arrow array (canonical text, typed, or dictionary-encoded) that gives the mask of the cells that
fail, without nulls. Nulls pass, except where the rule is about them. The kernel and the schema call the same functions.
"""

from __future__ import annotations

import difflib
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from preflight.rules.decimals import true_where
from preflight.rules.reading import Advice
from preflight.rules.replacing import put

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from preflight.contract.field import Answers, Field

__all__ = ["advise", "blank", "fold", "not_allowed", "out_of_range", "pattern_fails", "too_long"]

Array = Any  # pyarrow.Array; pyarrow ships no types
Scalar = Any  # pyarrow.Scalar

_INT64 = (-(2**63), 2**63 - 1)
_SHOWN_VALUES = 5
_NEAR = 0.7


def too_long(text: Array, max_length: int, /) -> Array:
    """PF403: more than `max_length` characters (code points)."""

    def fails(text: Array) -> Array:
        # No text has more characters than bytes, so most are settled by their offsets.
        wide = true_where(pc.greater(pc.binary_length(text), max_length))
        return put(wide, wide, pc.greater(pc.utf8_length(text.filter(wide)), max_length)) if wide.true_count else wide

    return _per_value(_as_text(text), fails)


def out_of_range(typed: Array, low: str | None, high: str | None, /) -> Array:
    """PF404: below `low` or above `high`, which are text in the field's type: numbers, or ISO dates and times.

    A day as the upper limit of a time includes that whole day; a limit without offset is UTC. NaN is out of every range. Raises
    ValueError where a limit does not read.
    """

    def fails(typed: Array) -> Array:
        inside = pa.array(np.ones(len(typed), bool))
        for bound, compare in ((low, pc.greater_equal), (high, pc.less_equal)):
            if bound is not None:
                typed_bound = _bound(bound, typed.type, is_upper=compare is pc.less_equal)
                inside = pc.and_(inside, pc.fill_null(compare(typed, typed_bound), True))
        return pc.invert(inside)

    return _per_value(typed, fails)


def not_allowed(text: Array, values: Sequence[str], /) -> Array:
    """PF405: not one of the values, in exactly that spelling."""

    def fails(text: Array) -> Array:
        return pc.and_not(text.is_valid(), pc.is_in(text, value_set=pa.array(list(values), text.type)))

    return _per_value(_as_text(text), fails)


def pattern_fails(text: Array, pattern: str, /) -> Array:
    """PF406: the pattern (RE2) does not match the whole text. Raises ValueError where the pattern does not compile."""

    def fails(text: Array) -> Array:
        return pc.invert(pc.fill_null(pc.match_substring_regex(text, rf"\A(?:{pattern})\z"), True))

    return _per_value(_as_text(text), fails)


def blank(text: Array, /) -> Array:
    """PF401, PF501: null, or text of nothing but blanks."""

    def fails(text: Array) -> Array:
        return pc.equal(pc.binary_length(pc.utf8_trim_whitespace(text)), 0)

    kind = text.type.value_type if pa.types.is_dictionary(text.type) else text.type
    if not _is_text(kind):
        return text.is_null()
    return pc.or_(text.is_null(), true_where(_per_value(text, fails)))


def fold(value: str, /) -> str:
    """The value without regard to case and to how many blanks stand between its words."""
    return " ".join(value.casefold().split())


def advise(code: str, value: str, shown: str, field: Field, answers: Answers, /) -> Advice:
    """The words for a value that breaks a rule of its field (PF401, PF403 to PF406)."""
    return _WORDS[code](value, shown, field)


def _advise_blank(value: str, shown: str, field: Field) -> Advice:
    return Advice(f"{shown} is blank where a value is required; fill it in")


def _advise_length(value: str, shown: str, field: Field) -> Advice:
    return Advice(f"{shown} has {len(value):,} characters where the field takes {field.max_length or 0:,}; shorten it")


def _advise_range(value: str, shown: str, field: Field) -> Advice:
    if field.min is not None and field.max is not None:
        return Advice(f"{shown} is outside {field.min} to {field.max}; give a value within these limits")
    word, limit, side = ("above", field.max, "at most") if field.min is None else ("below", field.min, "at least")
    return Advice(f"{shown} is {word} {limit}; give a value of {side} that")


def _advise_list(value: str, shown: str, field: Field) -> Advice:
    allowed = ", ".join(f'"{one}"' for one in field.values[:_SHOWN_VALUES])
    more = len(field.values) - _SHOWN_VALUES
    allowed += f" and {more:,} more" if more > 0 else ""
    return Advice(f"{shown} is not on the list of the field; use one of {allowed}", _nearest(value, field))


def _advise_pattern(value: str, shown: str, field: Field) -> Advice:
    return Advice(f"{shown} does not have the form that the field wants; write it so that it matches {field.pattern}")


_WORDS: dict[str, Callable[[str, str, Field], Advice]] = {
    "PF401": _advise_blank,
    "PF403": _advise_length,
    "PF404": _advise_range,
    "PF405": _advise_list,
    "PF406": _advise_pattern,
}


def _nearest(value: str, field: Field) -> str | None:
    """The allowed value that is spelt most alike, a synonym's included; None where nothing is near."""
    return _nearest_of(value[:200], field.values, field.synonyms)


@lru_cache(maxsize=10_000)
def _nearest_of(value: str, allowed: tuple[str, ...], synonyms: tuple[tuple[str, str], ...]) -> str | None:
    known = _folded(allowed, synonyms)
    near = difflib.get_close_matches(fold(value), list(known), n=1, cutoff=_NEAR)
    return known[near[0]] if near else None


@lru_cache(maxsize=64)
def _folded(allowed: tuple[str, ...], synonyms: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """The allowed values by their folded spellings, those of synonyms included."""
    return {fold(written): meant for written, meant in synonyms} | {fold(one): one for one in allowed}


def _per_value(column: Array, fails: Callable[[Array], Array]) -> Array:
    """The mask, for a dictionary column judged once for each distinct value."""
    if not pa.types.is_dictionary(column.type):
        return fails(column)
    return true_where(fails(column.dictionary).take(column.indices))


def _is_text(kind: Any) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _as_text(column: Array) -> Array:
    """Text as it is, another type in its Arrow writing: the canonical one for whole numbers, booleans and days."""
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    return column if _is_text(kind) else pc.cast(column, pa.string())


def _bound(text: str, kind: Any, *, is_upper: bool) -> Scalar:
    """The limit as a scalar to which a column of that type compares."""
    if pa.types.is_integer(kind):
        whole = int(_decimal(text).to_integral_value(ROUND_FLOOR if is_upper else ROUND_CEILING))
        return pa.scalar(min(max(whole, _INT64[0]), _INT64[1]), pa.int64())
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return pa.scalar(float(_decimal(text)), pa.float64())
    if pa.types.is_date(kind):
        return pa.scalar(date.fromisoformat(text), pa.date32())
    if pa.types.is_timestamp(kind):
        return _moment(text, kind, is_upper=is_upper)
    message = f'limits cannot be compared with a column of type "{kind}"; they apply to numbers, dates and times'
    raise ValueError(message)


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except ArithmeticError:
        message = f'the limit "{text}" is not a number'
        raise ValueError(message) from None


def _moment(text: str, kind: Any, *, is_upper: bool) -> Scalar:
    found = datetime.fromisoformat(text)
    if is_upper and len(text) <= len("2024-01-31"):
        found += timedelta(days=1, microseconds=-1)
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    moment = found.astimezone(UTC)
    return pa.scalar(moment if kind.tz else moment.replace(tzinfo=None), pa.timestamp("us", tz=kind.tz))
