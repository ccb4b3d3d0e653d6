"""The records that the API sends, as found: nothing is guaranteed, so nothing is assumed.

The API description marks no response property as required (`assumptions.py`: responses.optional). A property that is absent,
null or of another type is None; one of another type is named in `odd`. Unknown words of an enumeration are kept as text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

__all__ = ["FieldMappingRecord", "ImportJob", "RowError", "create_body"]

_T = TypeVar("_T")


class _Reader:
    """Reads the properties of one JSON object and remembers those of a wrong type."""

    def __init__(self, value: object) -> None:
        self._found: Mapping[Any, Any] = value if isinstance(value, Mapping) else {}
        self.odd: list[str] = [] if isinstance(value, Mapping) else ["(record)"]

    def _read(self, name: str, read: Callable[[Any], tuple[_T | None, bool]]) -> _T | None:
        value = self._found.get(name)
        if value is None:
            return None
        found, fits = read(value)
        if not fits:
            self.odd.append(name)
        return found

    def text(self, name: str) -> str | None:
        return self._read(name, _text)

    def word(self, name: str) -> str | None:
        """Text; a number is kept as text, though odd: an id or a value must not be lost over its quotes."""
        return self._read(name, _word)

    def count(self, name: str) -> int | None:
        return self._read(name, _count)

    def flag(self, name: str) -> bool | None:
        return self._read(name, lambda value: (value, True) if isinstance(value, bool) else (None, False))


def _text(value: object) -> tuple[str | None, bool]:
    if not isinstance(value, str):
        return None, False
    try:
        value.encode()
    except UnicodeEncodeError:  # half of a surrogate pair: valid JSON, but no text that can be stored or printed
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace"), False
    return value, True


def _word(value: object) -> tuple[str | None, bool]:
    if isinstance(value, bool):
        return str(value).lower(), False
    return (str(value), False) if isinstance(value, int | float) else _text(value)


def _count(value: object) -> tuple[int | None, bool]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None, False
    return (int(value), True) if isinstance(value, int) or value.is_integer() else (None, False)


@dataclass(frozen=True, slots=True)
class FieldMappingRecord:
    """The API's FieldMapping: one importable field."""

    field_name: str | None = None
    field_type: str | None = None
    required: bool | None = None
    description: str | None = None
    entity_type: str | None = None
    odd: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, value: object) -> FieldMappingRecord:
        """The record of any JSON value; never raises."""
        read = _Reader(value)
        return cls(
            field_name=read.text("field_name"),
            field_type=read.text("field_type"),
            required=read.flag("required"),
            description=read.text("description"),
            entity_type=read.text("entity_type"),
            odd=tuple(read.odd),
        )


@dataclass(frozen=True, slots=True)
class ImportJob:
    """The API's ImportJob. `status` may be a word that this version does not know."""

    id: str | None = None
    entity_type: str | None = None
    operation: str | None = None
    status: str | None = None
    total_rows: int | None = None
    processed_rows: int | None = None
    success_count: int | None = None
    error_count: int | None = None
    file_name: str | None = None
    file_size_bytes: int | None = None
    created_at: str | None = None
    started_at: str | None = None
    completed_at: str | None = None
    error_message: str | None = None
    odd: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, value: object) -> ImportJob:
        """The record of any JSON value; never raises."""
        read = _Reader(value)
        return cls(
            id=read.word("id"),
            entity_type=read.text("entity_type"),
            operation=read.text("operation"),
            status=read.text("status"),
            total_rows=read.count("total_rows"),
            processed_rows=read.count("processed_rows"),
            success_count=read.count("success_count"),
            error_count=read.count("error_count"),
            file_name=read.text("file_name"),
            file_size_bytes=read.count("file_size_bytes"),
            created_at=read.text("created_at"),
            started_at=read.text("started_at"),
            completed_at=read.text("completed_at"),
            error_message=read.text("error_message"),
            odd=tuple(read.odd),
        )


@dataclass(frozen=True, slots=True)
class RowError:
    """The API's ImportError: what the server says about one row. `row_number` has no documented origin."""

    row_number: int | None = None
    field: str | None = None
    value: str | None = None
    error_type: str | None = None
    message: str | None = None
    odd: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, value: object) -> RowError:
        """The record of any JSON value; never raises."""
        read = _Reader(value)
        return cls(
            row_number=read.count("row_number"),
            field=read.text("field"),
            value=read.word("value"),
            error_type=read.text("error_type"),
            message=read.text("message"),
            odd=tuple(read.odd),
        )


def create_body(entity_type: str, operation: str, match_key: str | None, pairs: tuple[tuple[str, str], ...]) -> dict[str, object]:
    """The request that creates a job. `pairs` are (CSV column, field); `match_key` is sent where there is one, never for insert.

    Mappings are always sent in full: the description does not say what their absence means (`assumptions.py`: mappings.absent).
    """
    body: dict[str, object] = {"entity_type": entity_type, "operation": operation}
    if match_key is not None and operation != "insert":
        body["match_key"] = match_key
    body["field_mappings"] = [{"csv_column": column, "demandbase_field": field} for column, field in pairs]
    return body
