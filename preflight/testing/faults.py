"""Faults to plant into a cell, each with the code that it must get and no other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from preflight.contract.field import Field, FieldType

__all__ = ["blanks", "faults_of"]

blanks = (None, "", "  ", "\u00a0")
"""Cells without a value."""

_EVERYWHERE = (("a\x07b", "PF005"), ("#REF!", "PF311"))
_BY_TYPE: dict[FieldType, tuple[tuple[str, str], ...]] = {
    FieldType.STRING: (),
    FieldType.INTEGER: (("51-200", "PF302"), ("12k", "PF302"), ("a few", "PF302"), ("9" * 30, "PF308")),
    FieldType.NUMBER: (("a few", "PF303"), ("1.5.5", "PF303"), ("nan", "PF310"), ("inf", "PF310")),
    FieldType.CURRENCY: (("about 5", "PF303"), ("nan", "PF310")),
    FieldType.PERCENT: (("lots", "PF303"), ("5%%", "PF303"), ("nan", "PF310")),
    FieldType.BOOLEAN: (("maybe", "PF304"), ("2", "PF304")),
    FieldType.DATE: (("2024-02-30", "PF305"), ("yesterday", "PF305")),
    FieldType.DATETIME: (("2024-02-30T10:00:00Z", "PF306"), ("soon", "PF306")),
    FieldType.EMAIL: (("nobody", "PF307"), ("a@b.com, c@d.com", "PF307")),
    FieldType.URL: (("not a url", "PF314"), ("ftp:x", "PF314")),
    FieldType.DOMAIN: (("not a domain", "PF313"), ("10.0.0.1", "PF313"), ("sales@tidewater-12.com", "PF313")),
    FieldType.PHONE: (("4.93055E+11", "PF311"), ("493055501.0", "PF311")),
    FieldType.PICKLIST: (),
    FieldType.ID: (("1.23457E+11", "PF311"), ("123.0", "PF311")),
    FieldType.POSTAL_CODE: (("1E+10", "PF311"), ("4109.0", "PF311")),
}
_LIMITED_TEXT = (FieldType.STRING, FieldType.ID, FieldType.PHONE, FieldType.POSTAL_CODE)
_STRANGERS = ("Ab1 cd2", "zz", "ZZ", "99", "x-1", "A", "7")


def faults_of(field: Field, /) -> tuple[tuple[str, str], ...]:
    """Pairs of a cell and its code, the limits of the field included; blanks are not among them."""
    return (*_EVERYWHERE, *_BY_TYPE[field.type], *_too_long(field), *_strangers(field), *_out_of_range(field))


def _too_long(field: Field) -> Iterator[tuple[str, str]]:
    if field.max_length is not None and field.pattern is None and field.type in _LIMITED_TEXT:
        yield ("Ab" * field.max_length)[: field.max_length + 1], "PF403"


def _strangers(field: Field) -> Iterator[tuple[str, str]]:
    """Texts off the list, or not of the form."""
    known = {" ".join(one.split()).casefold() for one in (*field.values, *(text for text, _ in field.synonyms))}
    for text in _STRANGERS:
        if field.max_length is not None and len(text) > field.max_length:
            continue
        if field.type is FieldType.PICKLIST and known and text.casefold() not in known:
            yield text, "PF405"
        elif field.type in _LIMITED_TEXT and field.pattern is not None and not re.fullmatch(field.pattern, text, re.ASCII):
            yield text, "PF406"


def _out_of_range(field: Field) -> Iterator[tuple[str, str]]:
    for limit, step in ((field.min, -1), (field.max, 1)):
        if limit is not None:
            beyond = _beyond(field.type, limit, step)
            if beyond is not None:
                yield beyond, "PF404"


def _beyond(kind: FieldType, limit: str, step: int) -> str | None:
    """A value on the wrong side of a limit, None where there is none."""
    if kind in (FieldType.DATE, FieldType.DATETIME):
        day = date.fromisoformat(limit[:10])
        if not date(1900, 1, 1) <= day <= date(2100, 1, 1):
            return None
        text = (day + timedelta(days=2 * step)).isoformat()
        return text if kind is FieldType.DATE else f"{text}T12:00:00Z"
    if kind not in (FieldType.INTEGER, FieldType.NUMBER, FieldType.CURRENCY, FieldType.PERCENT):
        return None
    value = int(Decimal(limit)) + 2 * step
    if abs(value) > 2**62:
        return None
    return f"{value}%" if kind is FieldType.PERCENT else str(value)
