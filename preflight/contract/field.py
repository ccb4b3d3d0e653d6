"""Fields and contracts: what the API asks for, entity by entity."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from enum import StrEnum

__all__ = ["ENTITIES", "Answers", "Contract", "Field", "FieldType", "Operation"]


class FieldType(StrEnum):
    """What a cell of a field means. The API's `field_type` is free text; `parse_type` reads it."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    CURRENCY = "currency"
    PERCENT = "percent"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    EMAIL = "email"
    URL = "url"
    DOMAIN = "domain"
    PHONE = "phone"
    PICKLIST = "picklist"
    ID = "id"
    POSTAL_CODE = "postal_code"


class Operation(StrEnum):
    """The import operation of a job."""

    INSERT = "insert"
    UPDATE = "update"
    UPSERT = "upsert"


ENTITIES = ("accounts", "people", "opportunities", "activities")


@dataclass(frozen=True, slots=True)
class Answers:
    """What one answer settles for a whole column. None is "not answered".

    `dates`: iso, mdy, dmy or auto (the column must prove it). `pivot`: two-digit years below it are 20yy, the others 19yy.
    `serials`: 1900 or 1904, the origin of spreadsheet day numbers. `time_in_date`: written (keep the written day) or zone (the
    day in `timezone`). `timezone`: an IANA name, UTC, or an offset such as +02:00. `scale`: 0-1 or 0-100, how the percents of the
    column are written. `decimal`: the decimal mark, ``.`` or ``,``. `width`: how many digits the codes of the column have; nobody
    states it, the column proves it, and shorter codes have lost leading zeros.
    """

    dates: str | None = None
    pivot: int | None = None
    serials: int | None = None
    time_in_date: str | None = None
    timezone: str | None = None
    scale: str | None = None
    decimal: str | None = None
    width: int | None = None

    def over(self, other: Answers) -> Answers:
        """These answers, and the other's where these have none."""
        answered = {one.name: mine for one in fields(self) if (mine := getattr(self, one.name)) is not None}
        return replace(other, **answered)


@dataclass(frozen=True, slots=True)
class Field:
    """One importable field: the API's FieldMapping with the rules overlay laid over it.

    `type` is the semantic type that cells are judged by, `stated_type` the API's own word. `values` are the allowed values
    of a picklist and `synonyms` pairs of (written, allowed). `min` and `max` are text in the field's own type. `case` is "keep"
    where the letter case carries meaning. `answers` are those that the overlay gives for the column.
    """

    name: str
    type: FieldType = FieldType.STRING
    stated_type: str = "string"
    required: bool = False
    description: str = ""
    label: str | None = None
    aliases: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    synonyms: tuple[tuple[str, str], ...] = ()
    max_length: int | None = None
    min: str | None = None
    max: str | None = None
    pattern: str | None = None
    case: str | None = None
    multiline: bool = False
    answers: Answers = Answers()
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Contract:
    """All fields of one entity, in the API's order.

    `one_of` are groups of fields of which each row needs at least one. `dated` is the day of the overlay. `notes` are
    (code, field, message): what was odd about the definitions.
    """

    entity_type: str
    fields: tuple[Field, ...]
    one_of: tuple[tuple[str, ...], ...] = ()
    dated: str | None = None
    notes: tuple[tuple[str, str | None, str], ...] = ()

    def field(self, name: str) -> Field | None:
        """The field of that name, or None."""
        return next((field for field in self.fields if field.name == name), None)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all fields, in order."""
        return tuple(field.name for field in self.fields)
