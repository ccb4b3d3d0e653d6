"""The words of a finding: what was found, what was wanted, what to do next. Made only for findings that are shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from preflight.contract.columns import Binding, Feed
from preflight.contract.plan import Plan
from preflight.kernel.families import FAMILIES
from preflight.kernel.survey import Facts
from preflight.rows import FileName
from preflight.rules import texts, values
from preflight.rules.reading import Advice

__all__ = ["Words", "shown"]

_VALUE_CODES = frozenset({"PF403", "PF404", "PF405", "PF406"})
_LONGEST = 60
_PARTNERS = 5
_NOT_KNOWN = np.zeros(0, dtype=bool)


def shown(value: str | None, mode: str = "show") -> str:
    """A value as a message may name it: quoted and shortened, masked to its shape, or not at all. `mode` is show, mask or hide."""
    if mode == "hide" or value is None:
        return "the value"
    if mode == "mask":
        value = mask(value)
    if len(value) > _LONGEST:
        value = f"{value[:40]}…{value[-15:]}"
    return f'"{value}"'


def mask(value: str) -> str:
    """The shape of a value: letters become x or X, digits 9; everything else stays."""
    return "".join("9" if one.isdigit() else "X" if one.isupper() else "x" if one.isalpha() else one for one in value)


@dataclass(frozen=True, slots=True)
class Words:
    """The words for the findings of one run. `values` (show, mask, hide) governs messages and suggestions; `label_of` says what
    the caller calls a source row, where that is not its position, or a FileName where the source is several files."""

    plan: Plan
    binding: Binding
    facts: Facts
    values: str = "show"
    label_of: Callable[[int], object] | None = None

    def of_cell(self, code: str, number: int, value: str | None) -> Advice:
        """The words for one cell of a feed."""
        feed = self.binding.feeds[number]
        answers = self.facts.answers[number]
        said = shown(value, self.values)
        if code in ("PF401", "PF501"):
            advice = self._missing(code, feed, value, said)
        elif code == "PF407":
            advice = self._none_of(feed)
        elif code == "PF301":
            advice = Advice("an object without a text stands here; give text, a number, a date or nothing")
        elif code in _VALUE_CODES:
            family = values if code != "PF405" or feed.field.type != "picklist" else FAMILIES[feed.field.type]
            advice = family.advise(code, value, said, feed.field, answers)
        else:
            advice = self._by_family(code, feed, value, said, number)
        return self._discreet(advice)

    def of_column(self, code: str, number: int, example: str | None, count: int) -> Advice:
        """The words for the one question of a column, which concerns `count` cells such as `example`."""
        feed = self.binding.feeds[number]
        known = example if self.values == "show" else None
        said = shown(example, self.values)
        advice: Advice = FAMILIES[feed.field.type].ask(code, known, said, count, feed.field, self.facts.answers[number])
        return advice

    def of_record(self, code: str, cells: int | None) -> Advice:
        """The words for a record with a broken structure."""
        width = len(self.binding.header)
        if code == "PF101":
            return Advice(
                f"{cells} cells where the header has {width}; quote the cell that holds the delimiter, or remove what is too many"
            )
        if code == "PF102":
            return Advice(f"{_cells(cells)} where the header has {width}; add the cells that are missing")
        return Advice('a quote in the wrong place; write a quote inside a quoted cell twice (""), or quote the whole cell')

    def of_duplicate(self, group: int, row: int, *, frame: bool) -> Advice:
        """The words for a row whose match key stands in other rows too."""
        duplicates = self.facts.duplicates
        count = len(duplicates.members(group))
        near = [int(one) for one in duplicates.members(group)[: _PARTNERS + 1] if one != row][:_PARTNERS]
        unit, first = ("row", 0) if frame else ("record", 1)
        named = ", ".join(f"{one + first:,}{self._label(one)}" for one in near)
        more = f" and {count - 1 - len(near):,} more" if count - 1 > len(near) else ""
        message = f"{shown(duplicates.keys[group], self.values)} is also the match key of {unit}{'s' * (count > 2)} {named}{more}"
        message += self._how_alike(group)
        if self.plan.duplicates == "reject":
            message += f"; none of the {count:,} is sent, --duplicates first would send 1"
        else:
            message += f"; --duplicates {self.plan.duplicates} sends the {self.plan.duplicates} of the {count:,} alone"
        return Advice(message)

    def before_all_is_judged(self) -> Words:
        """The words that were known while the rows were judged: what is written then must not depend on what came after."""
        duplicates = replace(self.facts.duplicates, identical=_NOT_KNOWN)
        return replace(self, facts=replace(self.facts, duplicates=duplicates))

    def _label(self, row: int) -> str:
        """The label or the file of a row in brackets; empty where it has none, or where a label may not be shown."""
        if self.label_of is None:
            return ""
        label = self.label_of(row)
        if isinstance(label, FileName):
            return f" ({label})"
        return f" (label {shown(_text(label))[1:-1]})" if self.values == "show" else ""

    def _how_alike(self, group: int) -> str:
        """That the rows of a duplicate group agree in every column, or that only the hosts of their addresses agree."""
        duplicates = self.facts.duplicates
        if len(duplicates.identical) and duplicates.identical[group]:
            return ", and the rows are identical in every column"
        if not duplicates.paths or not duplicates.paths[group]:
            return ""
        listed = f" ({', '.join(shown(path) for path in duplicates.paths[group])})" if self.values == "show" else ""
        return f"; the hosts agree, the addresses differ{listed}"

    def _missing(self, code: str, feed: Feed, value: str | None, said: str) -> Advice:
        found = "blank" if value is None or not value.strip() else f"{said} stands for nothing"
        if code == "PF501":
            return Advice(
                f"{found}; {self.plan.operation} matches on {feed.field.name}, so every row needs one; "
                "supply it or leave the row out"
            )
        return Advice(f"{found}; {feed.field.name} is required in every row, give a value")

    def _none_of(self, feed: Feed) -> Advice:
        group = next(one for one in self.plan.one_of if feed.field.name in one)
        return Advice(f"{' and '.join(group)} are blank; a row needs at least one of them")

    def _by_family(self, code: str, feed: Feed, value: str | None, said: str, number: int) -> Advice:
        everywhere = code == "PF005" or (code == "PF311" and (value or "").lstrip().startswith("#"))
        family: Any = texts if everywhere else FAMILIES[feed.field.type]
        advice: Advice = family.advise(code, value, said, feed.field, self.facts.answers[number])
        return advice

    def _discreet(self, advice: Advice) -> Advice:
        return advice if self.values == "show" else Advice(advice.message)


def _text(label: object) -> str:
    return ", ".join(map(str, label)) if isinstance(label, tuple) else str(label)


def _cells(count: int | None) -> str:
    return "1 cell" if count == 1 else f"{count} cells"
