"""Rules overlays: what a FieldMapping does not say (semantic types, values, limits, labels, aliases), as dated data."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from preflight.contract.field import Answers, Contract, Field, FieldType
from preflight.contract.mappings import read_entity, read_field_mappings
from preflight.contract.names import fold, listed, quoted
from preflight.contract.overlay_keys import KEYS_OF_TYPES, read_changes
from preflight.errors import PlanError

__all__ = ["Overlay", "contract_of", "lay_over", "read_overlay"]

_TOP_KEYS = ("entity_type", "dated", "one_of", "fields")


@dataclass(frozen=True, slots=True)
class Overlay:
    """Changes to the fields of one entity: for each field name the attributes of `Field` that are stated, and no others."""

    changes: Mapping[str, Mapping[str, object]]
    one_of: tuple[tuple[str, ...], ...] | None = None
    dated: str | None = None


def read_overlay(parsed: object, entity: str, /) -> Overlay:
    """The overlay of a parsed TOML document. Raises PlanError with every fault: unknown keys, wrong types, bad patterns."""
    if not isinstance(parsed, Mapping):
        raise PlanError(["the rules are no TOML document with tables; wanted [fields.NAME]"])
    faults = [f"rules: unknown key {quoted(str(key))}; known are {', '.join(_TOP_KEYS)}" for key in parsed if key not in _TOP_KEYS]
    faults += _entity_faults(parsed.get("entity_type"), entity)
    dated, fault = _read_dated(parsed.get("dated"))
    faults += fault
    one_of, fault = _read_one_of(parsed.get("one_of"))
    faults += fault
    changes: dict[str, Mapping[str, object]] = {}
    tables = parsed.get("fields", {})
    if not isinstance(tables, Mapping):
        faults.append("rules: fields is no table; wanted [fields.NAME] for each field")
        tables = {}
    for name, table in tables.items():
        changes[str(name)], fault = read_changes(table, f"rules, [fields.{name}]: ")
        faults += fault
    if faults:
        raise PlanError(faults)
    return Overlay(changes, one_of, dated)


def _entity_faults(stated: object, entity: str) -> list[str]:
    if stated is None or (isinstance(stated, str) and read_entity(stated) == entity):
        return []
    return [f"rules: entity_type is {quoted(str(stated))}; wanted {quoted(entity)}, as the plan says"]


def _read_dated(stated: object) -> tuple[str | None, list[str]]:
    if stated is None:
        return None, []
    if isinstance(stated, datetime.date) and not isinstance(stated, datetime.datetime):
        return stated.isoformat(), []
    try:
        return datetime.date.fromisoformat(stated if isinstance(stated, str) else "").isoformat(), []
    except ValueError:
        return None, [f"rules: dated is {quoted(str(stated))}; wanted a day such as 2026-11-24"]


def _read_one_of(stated: object) -> tuple[tuple[tuple[str, ...], ...] | None, list[str]]:
    if stated is None:
        return None, []
    groups = stated if isinstance(stated, list) else [""]
    if any(not isinstance(group, list) or any(not isinstance(name, str) for name in group) for group in groups):
        return None, ['rules: one_of is no list of lists; wanted groups of fields such as [["domain", "account_id"]]']
    faults = [f"rules: one_of has the group {listed(group)}; wanted two or more fields" for group in groups if len(set(group)) < 2]
    return tuple(tuple(dict.fromkeys(group)) for group in groups), faults


def lay_over(contract: Contract, overlay: Overlay, /, *, strict: bool) -> Contract:
    """The contract with the overlay's keys laid over it, key by key. `aliases` and `synonyms` are added to those that are there,
    and an alias of one field is one of no other any more; an empty list or table takes all away.

    The bundled rules (`strict` false) pass over a field that the contract lacks, a type that the API states more precisely, and
    a key that does not fit the type. A user's rules (`strict` true) leave a note PF705 for a field that the contract lacks, and
    raise PlanError with all faults for keys that do not fit the type, and for limits that contradict each other.
    """
    fields, faults = [], []
    for field in contract.fields:
        changes = overlay.changes.get(field.name, {})
        laid = _lay(_without_aliases_of_others(field, overlay), changes if strict else _fitting(field, changes))
        fields.append(laid)
        faults += _contradictions(laid, changes) if strict else []
    if faults:
        raise PlanError(faults)
    one_of, lacking = _groups(contract, overlay)
    notes = [*overlay.changes, *lacking] if strict else []
    unknown = tuple(
        (
            "PF705",
            name,
            f"the rules name the field {quoted(name)}, which the API does not list for {contract.entity_type}; "
            "correct the name or delete the rule",
        )
        for name in dict.fromkeys(notes)
        if contract.field(name) is None
    )
    dated = overlay.dated or contract.dated
    return replace(contract, fields=tuple(fields), one_of=one_of, dated=dated, notes=contract.notes + unknown)


def _groups(contract: Contract, overlay: Overlay) -> tuple[tuple[tuple[str, ...], ...], list[str]]:
    """The groups of which one is needed, without the fields that the contract lacks; and those fields."""
    stated = contract.one_of if overlay.one_of is None else overlay.one_of
    known = (tuple(name for name in group if contract.field(name) is not None) for group in stated)
    lacking = [name for group in overlay.one_of or () for name in group]
    return tuple(group for group in known if len(group) > 1), lacking


def _lay(field: Field, changes: Mapping[str, object]) -> Field:
    stated = dict(changes)
    answers = stated.pop("answers", None)
    if stated.get("aliases"):
        new = _texts(stated["aliases"])
        own = {fold(one) for one in new}
        stated["aliases"] = (*new, *(one for one in field.aliases if fold(one) not in own))
    if stated.get("synonyms", stated.get("values")):
        stated["synonyms"] = _synonyms(field, stated)
    laid = replace(field, **stated)  # type: ignore[arg-type]  # read_changes gives each attribute its own type
    return replace(laid, answers=answers.over(field.answers)) if isinstance(answers, Answers) else laid


def _synonyms(field: Field, stated: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """The synonyms that are there, as far as they still lead to an allowed value, and those stated, which outrank them."""
    new: Any = stated.get("synonyms", ())
    own = {fold(written) for written, _ in new}
    allowed = {value.casefold() for value in _texts(stated.get("values", field.values))}
    kept = (pair for pair in field.synonyms if fold(pair[0]) not in own and (not allowed or pair[1].casefold() in allowed))
    return (*kept, *new)


def _without_aliases_of_others(field: Field, overlay: Overlay) -> Field:
    """The field without the aliases that the overlay gives to other fields."""
    taken = {fold(one) for name, stated in overlay.changes.items() if name != field.name for one in _texts(stated.get("aliases"))}
    taken -= {fold(one) for one in _texts(overlay.changes.get(field.name, {}).get("aliases"))}
    return replace(field, aliases=tuple(one for one in field.aliases if fold(one) not in taken)) if taken else field


def _texts(stated: object) -> tuple[str, ...]:
    """A list of texts as `read_changes` gives it; empty where nothing is stated."""
    return stated if isinstance(stated, tuple) else ()


_REFINES = {
    FieldType.STRING: frozenset(FieldType),
    FieldType.NUMBER: frozenset({FieldType.CURRENCY, FieldType.PERCENT}),
}


def _fitting(field: Field, changes: Mapping[str, object]) -> Mapping[str, object]:
    """The bundled changes that fit what the API itself says about the field."""
    stated = dict(changes)
    if "type" in stated and stated["type"] not in _REFINES.get(field.type, frozenset()):
        del stated["type"]
    kind = stated.get("type", field.type)
    for key, kinds in KEYS_OF_TYPES.items():
        if key in stated and kind not in kinds:
            del stated[key]
    answers = stated.get("answers")
    if isinstance(answers, Answers) and _misplaced_answers(answers, FieldType(str(kind))):
        del stated["answers"]
    return stated


def _misplaced_answers(answers: Answers, kind: FieldType) -> list[str]:
    return [key for key in _ANSWERS_OF_TYPES if getattr(answers, key) is not None and kind not in _ANSWERS_OF_TYPES[key]]


_DATES = frozenset({FieldType.DATE, FieldType.DATETIME})
_NUMBERS = frozenset({FieldType.INTEGER, FieldType.NUMBER, FieldType.CURRENCY, FieldType.PERCENT})
_ANSWERS_OF_TYPES = {
    "dates": _DATES,
    "pivot": _DATES,
    "serials": _DATES,
    "time_in_date": frozenset({FieldType.DATE}),
    "timezone": _DATES,
    "scale": frozenset({FieldType.PERCENT}),
    "decimal": _NUMBERS,
}


def _contradictions(field: Field, changes: Mapping[str, object]) -> list[str]:
    """Every fault that shows only when the keys are on the field."""
    where = f"rules, [fields.{field.name}]: "
    faults = [
        f"{where}{key} does not go with the type {field.type}; it takes {', '.join(sorted(kinds))}"
        for key, kinds in KEYS_OF_TYPES.items()
        if changes.get(key) and field.type not in kinds
    ]
    answers = changes.get("answers")
    if isinstance(answers, Answers):
        faults += [f"{where}{key} does not go with the type {field.type}" for key in _misplaced_answers(answers, field.type)]
    if field.type in _NUMBERS | _DATES:
        faults += _limit_faults(field, where)
    allowed = {value.casefold() for value in field.values}
    strangers = [meant for _, meant in field.synonyms if allowed and meant.casefold() not in allowed]
    if strangers:
        faults.append(f"{where}synonyms lead to {listed(strangers)}, not among the values")
    return faults


def _limit_faults(field: Field, where: str) -> list[str]:
    kind = "a day such as 2026-11-24" if field.type in _DATES else "a number"
    limits = {key: _limit(text, field.type) for key in ("min", "max") if (text := getattr(field, key)) is not None}
    faults = [f"{where}{key} is {quoted(getattr(field, key))}; wanted {kind}" for key, limit in limits.items() if limit is None]
    low, high = limits.get("min"), limits.get("max")
    if low is not None and high is not None and low > high:
        faults.append(f"{where}min {field.min} is above max {field.max}")
    return faults


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _limit(text: str, kind: FieldType) -> Decimal | None:
    """The limit as a number, days and moments in seconds; None where it is no limit of that type."""
    try:
        if kind not in _DATES:
            number = Decimal(text)
            return number if number.is_finite() else None
        moment = datetime.datetime.fromisoformat(text)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
        (aware + datetime.timedelta(days=1)).astimezone(datetime.UTC)  # a day as an upper limit reaches to its end
    except (ValueError, InvalidOperation, OverflowError):
        return None
    fits = _DAY.match(text) and (kind is FieldType.DATETIME or len(text) == len("2026-11-24"))
    return Decimal(aware.timestamp()) if fits else None


def contract_of(entity: str, mappings: object, overlays: Sequence[object] = (), /, *, rules: Sequence[object] = ()) -> Contract:
    """The contract of an entity: the API's FieldMapping list with the bundled `overlays` and then a user's `rules` laid over it.

    All three are parsed documents (JSON, TOML, TOML). Raises PlanError with every fault of all documents.
    """
    faults: list[str] = []
    contract = None
    try:
        contract = read_field_mappings(mappings, entity)
    except PlanError as error:
        faults += error.faults
    for strict, documents in ((False, overlays), (True, rules)):
        for document in documents:
            try:
                overlay = read_overlay(document, entity)
                contract = contract and lay_over(contract, overlay, strict=strict)
            except PlanError as error:
                faults += error.faults
    if faults or contract is None:
        raise PlanError(faults)
    return contract
