"""Hypothesis strategies for whole frames of text under a plan: good ones, and faulty ones that know their faults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from preflight.contract.field import Field
from preflight.contract.matching import names_of
from preflight.contract.plan import Plan
from preflight.testing.cells import strategies, written
from preflight.testing.faults import blanks, faults_of

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    Planted = frozenset[tuple[int, str, str]]

__all__ = ["faulty_frames", "valid_frames"]


@dataclass(frozen=True, slots=True)
class _Layout:
    """Which field each header feeds. `loose` are the headers that the plan does not send."""

    plan: Plan
    columns: dict[str, Field]
    loose: tuple[str, ...]

    @property
    def key(self) -> str | None:
        """The header of the match key."""
        return next((header for header, field in self.columns.items() if field.name == self.plan.match_key), None)

    def needed(self, field: Field) -> bool:
        """Whether no cell of the field is left blank: required ones, the match key, and all of a group of which one is needed."""
        grouped = any(field.name in group for group in self.plan.one_of)
        return field.name == self.plan.match_key or self.plan.is_required(field) or grouped

    def groups(self) -> list[list[str]]:
        """The headers of each group of fields of which one is needed, where a row can lack them all and nothing else be wrong."""
        headers = {field.name: header for header, field in self.columns.items()}
        constants = dict(self.plan.constants)
        order = self.plan.contract.names
        found = [sorted(group, key=order.index) for group in self.plan.one_of]
        fit = [group for group in found if self.plan.match_key not in group and not constants.keys() & set(group)]
        shared = {name for group in fit for name in group if sum(name in other for other in found) > 1}
        return [[headers[name] for name in group if name in headers] for group in fit if not shared & set(group)]


def valid_frames(plan: Plan, /, *, min_rows: int = 1, max_rows: int = 10) -> SearchStrategy[pd.DataFrame]:
    """Frames of text of which `plan.check` calls every row good, in many writings; match keys are unique.

    One column for each field that a column can feed, headed as the plan states it, else by the field's name; then the columns that
    the plan states as not sent. Warnings are possible. Raises NotAvailable without Hypothesis.
    """
    layout = _layout(plan)
    found: SearchStrategy[pd.DataFrame] = _columns(layout, min_rows, max_rows).map(_frame)
    return found


def faulty_frames(
    plan: Plan, /, *, min_rows: int = 1, max_rows: int = 10, max_faults: int = 4
) -> SearchStrategy[tuple[pd.DataFrame, Planted]]:
    """Frames of text with up to `max_faults` spoilt cells, and maybe a doubled key or a row that lacks a whole group.

    The second member is the exact set of (source_row, field, code) of the errors that `plan.check` must find. Raises NotAvailable
    without Hypothesis.
    """
    st = strategies()
    layout = _layout(plan)
    spoilable = [(header, field) for header, field in layout.columns.items() if not plan.may_blank(field)]

    def spoilt(draw: Any) -> tuple[pd.DataFrame, Planted]:
        columns = draw(_columns(layout, min_rows, max_rows))
        rows = len(next(iter(columns.values()), ()))
        planting = _Planting(layout, columns, draw)
        if rows and spoilable:
            places = st.tuples(st.integers(0, rows - 1), st.sampled_from(spoilable))
            for row, (header, field) in draw(st.lists(places, max_size=max_faults)):
                planting.spoil(row, header, field)
            planting.drop_group(rows)
            planting.double_key(rows)
        return _frame(columns), frozenset(planting.planted)

    found: SearchStrategy[tuple[pd.DataFrame, Planted]] = st.composite(spoilt)()
    return found


class _Planting:
    """Faults on their way into the columns; a cell is touched once."""

    def __init__(self, layout: _Layout, columns: dict[str, list[str | None]], draw: Any) -> None:
        self.layout = layout
        self.columns = columns
        self.draw = draw
        self.planted: set[tuple[int, str, str]] = set()
        self.touched: set[tuple[int, str]] = set()

    def spoil(self, row: int, header: str, field: Field) -> None:
        """Put one fault into a cell."""
        if (row, header) in self.touched:
            return
        st = strategies()
        plan = self.layout.plan
        faults = [st.sampled_from(faults_of(field))]
        if field.name == plan.match_key or plan.is_required(field):
            faults.append(st.tuples(st.sampled_from(blanks), st.just("PF501" if field.name == plan.match_key else "PF401")))
        text, code = self.draw(st.one_of(faults))
        self._put(row, header, text, (row, field.name, code))

    def drop_group(self, rows: int) -> None:
        """Leave all of a group of fields blank in a row, or not."""
        st = strategies()
        for group in self.layout.groups():
            row = self.draw(st.none() | st.integers(0, rows - 1))
            if row is None or not group or any((row, header) in self.touched for header in group):
                continue
            self.planted.add((row, self.layout.columns[group[0]].name, "PF407"))
            for header in group:
                self._put(row, header, None)

    def double_key(self, rows: int) -> None:
        """Give a row the key of another, or not."""
        st = strategies()
        key = self.layout.key
        sound = [row for row in range(rows) if (row, key) not in self.touched]
        if key is None or len(sound) < 2 or not self.draw(st.booleans()):
            return
        first, last = sorted(self.draw(st.lists(st.sampled_from(sound), min_size=2, max_size=2, unique=True)))
        name = self.layout.columns[key].name
        self._put(last, key, f" {self.columns[key][first]}")
        blamed = {"reject": (first, last), "first": (last,), "last": (first,)}[self.layout.plan.duplicates]
        self.planted |= {(row, name, "PF502") for row in blamed}

    def _put(self, row: int, header: str, text: str | None, fault: tuple[int, str, str] | None = None) -> None:
        self.columns[header][row] = text
        self.touched.add((row, header))
        if fault is not None:
            self.planted.add(fault)


def _columns(layout: _Layout, min_rows: int, max_rows: int) -> Any:
    """Good columns, all of one length, as lists that may be written to."""
    st = strategies()

    def columns(draw: Any) -> dict[str, list[str | None]]:
        rows = draw(st.integers(min_rows, max_rows))
        found: dict[str, list[str | None]] = {}
        for header, field in layout.columns.items():
            found[header] = draw(_column(layout, header, field, rows))
        for header in layout.loose:
            found[header] = draw(st.lists(st.none() | st.just("not sent"), min_size=rows, max_size=rows))
        return found

    return st.composite(columns)()


def _column(layout: _Layout, header: str, field: Field, rows: int) -> Any:
    st = strategies()
    cells = written(field, layout.plan.answers)
    if header == layout.key:
        keys = st.lists(cells, min_size=rows, max_size=rows, unique_by=lambda cell: cell.meaning.casefold())
        return keys.map(lambda drawn: [cell.text for cell in drawn])
    texts = cells.map(lambda cell: cell.text)
    return st.lists(texts if layout.needed(field) else texts | st.sampled_from(blanks), min_size=rows, max_size=rows)


def _frame(columns: dict[str, list[str | None]]) -> pd.DataFrame:
    return pd.DataFrame({header: pd.Series(cells, dtype="str") for header, cells in columns.items()})


def _layout(plan: Plan) -> _Layout:
    strategies()  # said at once where it is missing
    stated = {one.field: one.column for one in plan.columns if one.field is not None}
    taken = {one.column for one in plan.columns}
    constants = dict(plan.constants)
    columns: dict[str, Field] = {}
    for field in plan.contract.fields:
        names = (stated[field.name],) if field.name in stated else tuple(name for name, _ in names_of(field) if name not in taken)
        if field.name not in constants and names:
            columns[names[0]] = field
    return _Layout(plan, columns, tuple(one.column for one in plan.columns if one.field is None))
