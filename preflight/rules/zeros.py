"""Leading zeros that are lost: said of a column only when the column itself proves that its codes had some."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from preflight.rules.reading import Advice, Fault

__all__ = ["Evidence", "advise_zeros", "look_for_zeros", "short_codes"]

Array = Any  # pyarrow.Array; pyarrow ships no types


@dataclass(frozen=True, slots=True)
class Evidence:
    """The widths of codes of digits alone: of all, and of those that begin with a zero. `other` is whether other codes exist,
    `countries` are those (folded, a blank being one) in which a code begins with a zero; None where the rows name no country.

    It holds no counts, so that it is the same whether all cells or the distinct ones are surveyed, and however the rows are cut.
    """

    widths: frozenset[int] = frozenset()
    led: frozenset[int] = frozenset()
    other: bool = False
    countries: frozenset[str] | None = None

    def merge(self, other: Evidence) -> Evidence:
        """What both prove."""
        named = [one.countries for one in (self, other) if one.countries is not None]
        countries = frozenset[str]().union(*named) if named else None
        return Evidence(self.widths | other.widths, self.led | other.led, self.other or other.other, countries)

    def of_countries(self, cells: Array, countries: Array) -> Evidence:
        """The same with the country of each cell: what one country's codes prove says nothing of another's."""
        led = pc.fill_null(pc.starts_with(pc.utf8_trim_whitespace(cells), "0"), False)
        return replace(self, countries=frozenset(pc.unique(_folded(countries.filter(led))).to_pylist()))

    def allows(self, countries: Array) -> Array:
        """Where the country of a row is one in which a code begins with a zero."""
        return pc.is_in(_folded(countries), value_set=pa.array(sorted(self.countries or ()), pa.string()))


def _folded(countries: Array) -> Array:
    return pc.utf8_lower(pc.utf8_trim_whitespace(pc.fill_null(countries, "")))


def look_for_zeros(cells: Array) -> Evidence:
    """The evidence of some cells."""
    filled = cells.drop_null()
    digits = pc.and_(pc.string_is_ascii(filled), pc.ascii_is_decimal(filled))
    codes = filled.filter(digits)
    return Evidence(_widths(codes), _widths(codes.filter(pc.starts_with(codes, "0"))), other=len(codes) < len(filled))


def _widths(codes: Array) -> frozenset[int]:
    return frozenset(pc.unique(pc.binary_length(codes)).to_pylist())


def short_codes(cells: Array, width: int, shortest: int = 1) -> Fault:
    """PF320 for the codes of digits alone that are shorter than `width`: a question of the column, the text is kept."""
    length = pc.binary_length(cells)
    short = pc.and_(pc.less(length, width), pc.greater_equal(length, shortest))
    digits = pc.and_(pc.string_is_ascii(cells), pc.ascii_is_decimal(cells))
    kept = pc.starts_with(cells, "0")
    return Fault("PF320", pc.fill_null(pc.and_not(pc.and_(short, digits), kept), False), questions=True)


def advise_zeros(shown: str, count: int, width: int | None, what: str) -> Advice:
    """The words for the column. There is nothing to paste: the zeros stand in the source."""
    others = f" and {count - 1:,} more" if count > 1 else ""
    length = "longer" if width is None else f"{width} digits long"
    return Advice(
        f"{shown}{others} may have lost leading zeros: other {what} of the column begin with a zero and are {length}; "
        "format the column as text and export it again"
    )
