"""What the API calls the type of a field, and what preflight takes it for."""

from __future__ import annotations

from preflight.contract.field import FieldType
from preflight.contract.names import fold

__all__ = ["TYPE_WORDS", "parse_type"]

TYPE_WORDS: dict[FieldType, tuple[str, ...]] = {
    FieldType.STRING: ("string", "text", "str", "textarea", "longtext", "varchar", "char"),
    FieldType.INTEGER: ("integer", "int", "long", "bigint", "smallint", "short", "int32", "int64", "whole number"),
    FieldType.NUMBER: ("number", "double", "decimal", "float", "numeric", "real"),
    FieldType.CURRENCY: ("currency", "money"),
    FieldType.PERCENT: ("percent", "percentage"),
    FieldType.BOOLEAN: ("boolean", "bool", "checkbox"),
    FieldType.DATE: ("date",),
    FieldType.DATETIME: ("datetime", "timestamp"),
    FieldType.EMAIL: ("email", "email address"),
    FieldType.URL: ("url", "uri", "link"),
    FieldType.DOMAIN: ("domain", "hostname"),
    FieldType.PHONE: ("phone", "telephone", "phone number"),
    FieldType.PICKLIST: ("picklist", "enum", "enumeration", "dropdown"),
    FieldType.ID: ("id", "identifier", "external id"),
    FieldType.POSTAL_CODE: ("postal code", "zip", "zip code"),
}
"""The words for each type. Compared folded, so that ``Date-Time`` and ``date_time`` are ``datetime``."""

_BY_WORD = {fold(word): kind for kind, several in TYPE_WORDS.items() for word in several}


def parse_type(text: str | None) -> tuple[FieldType, bool]:
    """The type that a word means, and whether the word is known. An unknown word means string; so does none at all."""
    if text is None or not text.strip():
        return FieldType.STRING, True
    found = _BY_WORD.get(fold(text))
    return (FieldType.STRING, False) if found is None else (found, True)
