"""What a command line, a plan file or a settings file states for a plan: one record, so that one can be laid over another."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from preflight.contract.names import is_blank, nearest, quoted

__all__ = ["ANSWER_OPTIONS", "ColumnMapping", "PlanOptions", "read_options", "unknown_key"]

ANSWER_OPTIONS = ("dates", "pivot", "serials", "time_in_date", "timezone", "percent", "locale", "decimal")


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """One CSV column and its target field. `field` is None for a column that is stated as not sent."""

    column: str
    field: str | None


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What is stated, as written; None and empty are "not stated". `make_plan` judges the words against a contract.

    `fields` and `rules` are paths, relative to what the caller decides (a plan file: its own folder). `answers` are (option,
    value) pairs with the names of `ANSWER_OPTIONS`.
    """

    entity: str | None = None
    operation: str | None = None
    match_key: str | None = None
    fields: str | None = None
    rules: str | None = None
    columns: tuple[ColumnMapping, ...] = ()
    constants: tuple[tuple[str, str], ...] = ()
    answers: tuple[tuple[str, object], ...] = ()
    blank: tuple[str, ...] = ()
    duplicates: str | None = None
    unmapped: str | None = None

    def over(self, other: PlanOptions) -> PlanOptions:
        """These options, and the other's where these state nothing.

        Columns, constants and answers are laid over one by one: a field that these feed, by column or constant, is not also fed
        by the other, and a column that these name is not named by the other.
        """
        columns = {one.column for one in self.columns}
        fed = {one.field for one in self.columns if one.field is not None} | {name for name, _ in self.constants}
        answered = {"decimal" if name == "locale" else name for name, _ in self.answers}
        kept = tuple(pair for pair in other.answers if ("decimal" if pair[0] == "locale" else pair[0]) not in answered)
        return PlanOptions(
            entity=self.entity or other.entity,
            operation=self.operation or other.operation,
            match_key=self.match_key or other.match_key,
            fields=self.fields or other.fields,
            rules=self.rules or other.rules,
            columns=self.columns + tuple(one for one in other.columns if one.column not in columns and one.field not in fed),
            constants=self.constants + tuple(pair for pair in other.constants if pair[0] not in fed),
            answers=self.answers + kept,
            blank=self.blank or other.blank,
            duplicates=self.duplicates or other.duplicates,
            unmapped=self.unmapped or other.unmapped,
        )


def read_options(stated: Mapping[str, object], where: str = "", *, also: Iterable[str] = ()) -> tuple[PlanOptions, list[str]]:
    """The options of a parsed TOML table or of a command line, and one sentence for each fault; None is "not stated".

    `columns` and `set` are tables, or lists of texts such as ``CSV column=field``. Keys in `also` belong to the caller.
    """
    found: dict[str, Any] = {}
    answers: list[tuple[str, object]] = []
    faults: list[str] = []
    passed = frozenset(also)
    for key, value in stated.items():
        if value is None or key in passed:
            continue
        if key in ANSWER_OPTIONS:
            answers.append((key, value))
        elif key in _READERS:
            name, read = _READERS[key]
            found[name], wrong = read(value)
            faults += [f"{where}{key} {one}" for one in wrong]
        else:
            faults.append(where + unknown_key(key, (*_READERS, *ANSWER_OPTIONS, *passed)))
    return replace(PlanOptions(), **found, answers=tuple(answers)), faults


def unknown_key(key: str, known: Iterable[str]) -> str:
    """The sentence for a key that nobody reads."""
    close = nearest(key, known, count=1)
    return f"unknown key {quoted(key)}" + (f"; did you mean {close[0]}?" if close else "")


def _read_text(value: object) -> tuple[str | None, list[str]]:
    if isinstance(value, str) and not is_blank(value):
        return value.strip(), []
    return None, [f"is {quoted(str(value))}; wanted text"]


def _read_texts(value: object) -> tuple[tuple[str, ...], list[str]]:
    several = [value] if isinstance(value, str) else value
    if not isinstance(several, list | tuple) or any(not isinstance(one, str) or is_blank(one) for one in several):
        return (), ['is no list of texts; wanted a list such as ["industry"]']
    return tuple(dict.fromkeys(one.strip() for one in several)), []


def _read_columns(value: object) -> tuple[tuple[ColumnMapping, ...], list[str]]:
    pairs, faults = _pairs(value, '"CSV column=field"', last=True)
    found: list[ColumnMapping] = []
    for column, field in pairs:
        if isinstance(field, str):
            found.append(ColumnMapping(column, field.strip() or None))
        elif field is False or field is None:
            found.append(ColumnMapping(column, None))
        else:
            faults.append(f"has {quoted(str(field))} for {quoted(column)}; wanted the name of a field, or false for not sent")
    return tuple(found), faults


def _read_constants(value: object) -> tuple[tuple[tuple[str, str], ...], list[str]]:
    pairs, faults = _pairs(value, "FIELD=VALUE", last=False)
    found: list[tuple[str, str]] = []
    for name, constant in pairs:
        text = _constant(constant)
        if text is None:
            faults.append(f"has {quoted(str(constant))} for {quoted(name)}; wanted text, a number, a day, true or false")
        else:
            found.append((name.strip(), text))
    return tuple(found), faults


def _constant(value: object) -> str | None:
    """The value of every row as text, as a cell would hold it."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value) if isinstance(value, int | float) else None


def _pairs(value: object, form: str, *, last: bool) -> tuple[list[tuple[str, object]], list[str]]:
    """Pairs of a table, or of texts cut at their last or first equals sign."""
    if isinstance(value, Mapping):
        return [(str(key), one) for key, one in value.items()], []
    if not isinstance(value, list | tuple):
        return [], [f"is no table; wanted pairs such as {form}"]
    pairs: list[tuple[str, object]] = []
    faults: list[str] = []
    for one in value:
        left, sign, right = (one.rpartition("=") if last else one.partition("=")) if isinstance(one, str) else ("", "", "")
        if sign and (last or left.strip()):
            pairs.append((left, right))
        else:
            faults.append(f"is {quoted(str(one))}; wanted {form}")
    return pairs, faults


_READERS: dict[str, tuple[str, Callable[[object], tuple[Any, list[str]]]]] = {
    "entity": ("entity", _read_text),
    "operation": ("operation", _read_text),
    "match_key": ("match_key", _read_text),
    "fields": ("fields", _read_text),
    "rules": ("rules", _read_text),
    "columns": ("columns", _read_columns),
    "set": ("constants", _read_constants),
    "blank": ("blank", _read_texts),
    "duplicates": ("duplicates", _read_text),
    "unmapped": ("unmapped", _read_text),
}
"""For each key of a plan the attribute of `PlanOptions` and how it is read."""
