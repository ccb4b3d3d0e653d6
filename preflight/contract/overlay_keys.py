"""The keys that a rules overlay may give a field, and how each is read."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Mapping

from preflight.contract.answers import read_answers
from preflight.contract.field import Answers, FieldType
from preflight.contract.names import is_blank, nearest, quoted
from preflight.contract.patterns import fault_of_pattern
from preflight.contract.types import TYPE_WORDS, parse_type

__all__ = ["KEYS_OF_TYPES", "read_changes"]

_TEXTS = frozenset(
    {FieldType.STRING, FieldType.EMAIL, FieldType.URL, FieldType.DOMAIN, FieldType.PHONE, FieldType.ID, FieldType.POSTAL_CODE}
)
_ORDERED = frozenset(
    {FieldType.INTEGER, FieldType.NUMBER, FieldType.CURRENCY, FieldType.PERCENT, FieldType.DATE, FieldType.DATETIME}
)
_PICKLIST = frozenset({FieldType.PICKLIST})

KEYS_OF_TYPES: dict[str, frozenset[FieldType]] = {
    "values": _PICKLIST,
    "synonyms": _PICKLIST,
    "min": _ORDERED,
    "max": _ORDERED,
    "max_length": _TEXTS | _PICKLIST,
    "pattern": _TEXTS | _PICKLIST,
    "case": _TEXTS - {FieldType.DOMAIN, FieldType.EMAIL},  # there case carries no meaning, and goes
    "multiline": frozenset({FieldType.STRING}),
}
"""The types that each key goes with; keys not named here go with every type."""

_ANSWER_KEYS = ("dates", "pivot", "serials", "time_in_date", "timezone", "scale", "decimal")
_Read = Callable[[object], tuple[object, str | None]]  # the value read and, where it cannot be, what was wanted


def read_changes(table: object, where: str) -> tuple[dict[str, object], list[str]]:
    """The attributes of `Field` that one table of the overlay states, and one sentence for each fault."""
    if not isinstance(table, Mapping):
        return {}, [f"{where}is no table; wanted keys such as type, values, max_length"]
    changes: dict[str, object] = {}
    faults: list[str] = []
    for key, value in table.items():
        if key in _ANSWER_KEYS:
            continue
        read = _READERS.get(key)
        if read is None:
            close = nearest(str(key), (*_READERS, *_ANSWER_KEYS), count=1)
            faults.append(f"{where}unknown key {quoted(str(key))}" + (f"; did you mean {close[0]}?" if close else ""))
            continue
        changes[key], wanted = read(value)
        if wanted is not None:
            faults.append(f"{where}{key} {wanted}")
    answers, wrong = read_answers({key: value for key, value in table.items() if key in _ANSWER_KEYS}, where)
    if answers != Answers():
        changes["answers"] = answers
    return changes, faults + wrong


def _read_text(value: object) -> tuple[object, str | None]:
    return (value, None) if isinstance(value, str) and not is_blank(value) else (None, "is no text; wanted text in quotes")


def _read_type(value: object) -> tuple[object, str | None]:
    kind, known = parse_type(value) if isinstance(value, str) and value.strip() else (FieldType.STRING, False)
    return kind, None if known else f"{quoted(str(value))} is not known; known are {', '.join(kind.value for kind in TYPE_WORDS)}"


def _read_flag(value: object) -> tuple[object, str | None]:
    return (value, None) if isinstance(value, bool) else (None, "is neither true nor false; wanted one of them, without quotes")


def _read_texts(value: object) -> tuple[object, str | None]:
    if not isinstance(value, list) or any(not isinstance(one, str) or is_blank(one) for one in value):
        return (), 'is no list of texts; wanted a list such as ["one", "two"]'
    return tuple(dict.fromkeys(value)), None


def _read_synonyms(value: object) -> tuple[object, str | None]:
    wanted = 'is no table of texts; wanted pairs such as { "written" = "allowed" }'
    if not isinstance(value, Mapping):
        return (), wanted
    pairs = tuple(value.items())
    if any(not isinstance(side, str) or is_blank(side) for pair in pairs for side in pair):
        return (), wanted
    return pairs, None


def _read_length(value: object) -> tuple[object, str | None]:
    fits = isinstance(value, int) and not isinstance(value, bool) and value >= 1
    return (value, None) if fits else (None, f"is {quoted(str(value))}; wanted a whole number from 1 on")


def _read_limit(value: object) -> tuple[object, str | None]:
    """A limit as text in the field's own type: a TOML number, day or moment, or text."""
    if isinstance(value, datetime.date):
        return value.isoformat(), None
    if isinstance(value, str) and not is_blank(value):
        return value.strip(), None
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return str(value), None
    return None, f"is {quoted(str(value))}; wanted a number or a day"


def _read_pattern(value: object) -> tuple[object, str | None]:
    if not isinstance(value, str) or not value:
        return None, "is no text; wanted a regular expression in quotes"
    return value, fault_of_pattern(value)


def _read_case(value: object) -> tuple[object, str | None]:
    return (value, None) if value == "keep" else (None, f'is {quoted(str(value))}; wanted "keep"')


_READERS: dict[str, _Read] = {
    "type": _read_type,
    "required": _read_flag,
    "values": _read_texts,
    "synonyms": _read_synonyms,
    "label": _read_text,
    "aliases": _read_texts,
    "max_length": _read_length,
    "min": _read_limit,
    "max": _read_limit,
    "pattern": _read_pattern,
    "case": _read_case,
    "multiline": _read_flag,
    "source": _read_text,
}
