"""Lists of FieldMapping objects, read into a contract."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from preflight.contract.field import ENTITIES, Contract, Field
from preflight.contract.names import fold, is_blank, listed, quoted
from preflight.contract.types import parse_type
from preflight.contract.wire import FieldMappingRecord
from preflight.errors import PlanError

__all__ = ["read_entity", "read_field_mappings"]

_ENTITY_WORDS = {
    "account": "accounts",
    "person": "people",
    "opportunity": "opportunities",
    "activity": "activities",
} | {name: name for name in ENTITIES}

_WANTED = {
    "entity_type": "text",
    "field_name": "text",
    "field_type": "text",
    "required": "true or false",
    "description": "text",
}


def read_entity(text: str) -> str | None:
    """The entity that a word means, in any case, singular or plural; None when it is none of the four."""
    return _ENTITY_WORDS.get(fold(text))


def read_field_mappings(parsed: object, entity: str, /) -> Contract:
    """The contract of `entity` from a parsed JSON list of FieldMapping objects, or from ``{"mappings": [...]}``.

    Objects of other entities are left out, those without an entity are taken. Raises PlanError with every fault of the document.
    A field that is defined twice and a type that is not known are notes of the contract (PF703, PF702), not faults.
    """
    items = _items(parsed)
    faults = [fault for number, item in enumerate(items, 1) for fault in _faults_of(number, item)]
    if faults:
        raise PlanError(faults)
    records = [FieldMappingRecord.from_json(item) for item in items]
    mine = [one for one in records if one.entity_type is None or read_entity(one.entity_type) == entity]
    if not mine:
        raise PlanError([_nothing_left(records, entity)])
    return _contract_of(mine, entity)


def _items(parsed: object) -> Sequence[object]:
    found = parsed.get("mappings") if isinstance(parsed, Mapping) else parsed
    if isinstance(found, list | tuple):
        return found
    kind = _kind(parsed)
    if isinstance(parsed, Mapping):
        kind = 'an object without a list "mappings"'
    raise PlanError([f'the field mappings are {kind}; wanted a list of FieldMapping objects or {{"mappings": [...]}}'])


def _kind(value: object) -> str:
    names = {str: "text", bool: "true or false", type(None): "null", dict: "an object", list: "a list"}
    return names.get(type(value), "a number" if isinstance(value, int | float) else "something else")


def _faults_of(number: int, item: object) -> Iterator[str]:
    """Every fault of one item of the list."""
    if not isinstance(item, Mapping):
        yield f"field mapping {number} is {_kind(item)}; wanted an object with a field_name"
        return
    record = FieldMappingRecord.from_json(item)
    for name in record.odd:
        yield f"field mapping {number}: {name} is {_kind(item[name])}; wanted {_WANTED[name]}"
    if "field_name" in record.odd:
        return
    named = record.field_name
    if named is None or is_blank(named):
        yield f"field mapping {number} has no field_name; wanted the name of a field"
    elif named != named.strip() or not named.isprintable():
        yield f"field mapping {number}: field_name {quoted(named)} has blanks at its edges or hidden characters; wanted it bare"


def _nothing_left(records: list[FieldMappingRecord], entity: str) -> str:
    if not records:
        return "the field mappings are an empty list; wanted at least one field"
    others = tuple(dict.fromkeys(one.entity_type for one in records if one.entity_type is not None))
    return f"the field mappings hold no field of {entity}, only of {listed(others)}; give the list for {entity}"


def _contract_of(records: list[FieldMappingRecord], entity: str) -> Contract:
    fields: dict[str, Field] = {}
    notes: list[tuple[str, str | None, str]] = []
    for record in records:
        name = record.field_name or ""
        if name in fields:
            notes.append(
                ("PF703", name, f"the field {quoted(name)} is defined twice; the first definition is used, so delete the other")
            )
            continue
        kind, known = parse_type(record.field_type)
        if not known:
            word = quoted(record.field_type or "")
            notes.append(
                (
                    "PF702",
                    name,
                    f"the field {quoted(name)} has the type {word}, which is not known; it is judged as string, so state its type "
                    "in the rules",
                )
            )
        fields[name] = Field(
            name=name,
            type=kind,
            stated_type=record.field_type or "string",
            required=bool(record.required),
            description=record.description or "",
        )
    return Contract(entity_type=entity, fields=tuple(fields.values()), notes=tuple(notes))
