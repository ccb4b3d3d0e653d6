"""Which family of rules reads which field type: a literal table."""

from __future__ import annotations

from types import ModuleType

from preflight.contract.field import FieldType
from preflight.rules import (
    booleans,
    dates,
    datetimes,
    domains,
    emails,
    ids,
    integers,
    numbers,
    percents,
    phones,
    picklists,
    postal_codes,
    texts,
    urls,
)

__all__ = ["FAMILIES", "asks"]

FAMILIES: dict[FieldType, ModuleType] = {
    FieldType.STRING: texts,
    FieldType.INTEGER: integers,
    FieldType.NUMBER: numbers,
    FieldType.CURRENCY: numbers,
    FieldType.PERCENT: percents,
    FieldType.BOOLEAN: booleans,
    FieldType.DATE: dates,
    FieldType.DATETIME: datetimes,
    FieldType.EMAIL: emails,
    FieldType.URL: urls,
    FieldType.DOMAIN: domains,
    FieldType.PHONE: phones,
    FieldType.PICKLIST: picklists,
    FieldType.ID: ids,
    FieldType.POSTAL_CODE: postal_codes,
}


def asks(family: ModuleType) -> bool:
    """Whether the family has questions of a column: whether it must survey before it can read."""
    return hasattr(family, "survey")
