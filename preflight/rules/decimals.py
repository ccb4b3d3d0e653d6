"""The grammar of written numbers, shared by integers, numbers and percents: from cells to plain decimal text.

Plain text is ``-?digits`` or ``-?digits.digits``: a dot as the decimal mark, no grouping, leading zeros or negative zero. Written
decimals are kept (``12.50``). A cell is read under a decimal mark. Nearly every cell reads under one mark only, or alike under
both; `is_ambiguous` are those that do not: one to three digits, a dot or a comma, three digits.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from preflight.rules.currencies import CODE, CURRENCIES, SYMBOLS
from preflight.rules.plain_numbers import are_plain, marked_rows
from preflight.rules.replacing import put

__all__ = [
    "BLANKS",
    "EXPONENT",
    "EXPONENT_LIMIT",
    "Evidence",
    "Plain",
    "grammar",
    "is_ambiguous",
    "read_number",
    "shift",
    "survey_marks",
    "true_where",
]

Array = Any  # pyarrow.Array; pyarrow ships no types

BLANKS = " \u00a0\u202f\u2009"
EXPONENT_LIMIT = 400
"""Beyond it no float64 is left, and nothing is written out."""

_PLAIN = r"^(?:-?[1-9][0-9]*(?:\.[0-9]+)?|0(?:\.[0-9]+)?|-0\.[0-9]*[1-9][0-9]*)$"

_SIGN = "[-+\u2212]"
_FLAT = {mark: rf"(?:[0-9]+(?:[{mark}][0-9]*)?|[{mark}][0-9]+)" for mark in ".,"}
EXPONENT = {mark: rf"^{_SIGN}?{_FLAT[mark]}[eE][-+]?[0-9]+$" for mark in ".,"}


@dataclass(frozen=True, slots=True)
class Evidence:
    """Which decimal marks a column proves: whether some cell reads under that mark alone."""

    dot: bool = False
    comma: bool = False

    def merge(self, other: Evidence) -> Evidence:
        """What both prove together."""
        return Evidence(self.dot or other.dot, self.comma or other.comma)

    @property
    def mark(self) -> str | None:
        """The mark of the column: the dot unless only the comma is proven, None where both are."""
        if self.dot and self.comma:
            return None
        return "," if self.comma else "."


@dataclass(frozen=True, slots=True)
class Plain:
    """Plain `text`, null where the cell is blank or no number, and the mask of numbers beyond float64 (null in `text`)."""

    text: Array
    huge: Array


def read_number(cells: Array, /, *, mark: str | None, money: bool = False, exponents: bool = True) -> Plain:
    """The cells as plain text under the mark; with None each cell by the mark it proves, an ambiguous one by the dot.

    With `money` a currency symbol or code may stand before or after the number.
    """
    first = _read_under(cells, mark or ".", money=money, exponents=exponents)
    if mark is not None:
        return first
    left = pc.and_(pc.and_not(first.text.is_null(), first.huge), _has(cells, ".,"))
    if not left.true_count:
        return first
    second = _read_under(cells.filter(left), ",", money=money, exponents=exponents)
    return Plain(put(first.text, left, second.text), put(first.huge, left, second.huge))


def is_ambiguous(cells: Array, /, *, money: bool = False, marks: str = ".,") -> Array:
    """The mask of cells that read differently under dot and comma, being written with one of the marks."""
    candidates = _has(cells, marks)
    if not candidates.true_count:
        return candidates
    return _matches(cells, _dressed(f"[1-9][0-9]{{0,2}}[{marks}][0-9]{{3}}", money=money))


def survey_marks(cells: Array, /, *, money: bool = False) -> Evidence:
    """What the cells prove about the decimal mark."""
    marked, several = marked_rows(cells)
    if not marked.any():
        return Evidence()
    # With a single dot a cell reads under the dot, if it reads at all.
    proves_comma = _reads_only(cells.filter(pa.array(several)), ",", ".", money=money)
    return Evidence(_reads_only(cells.filter(pa.array(marked)), ".", ",", money=money), proves_comma)


def _reads_only(cells: Array, mark: str, other: str, *, money: bool) -> bool:
    """Whether some cell reads under the mark and not under the other. The first cells nearly always decide."""
    for part in (cells.slice(0, 1000), cells.slice(1000)):
        found = part.filter(_is_number(part, mark, money=money))
        if _is_number(found, other, money=money).true_count < len(found):
            return True
    return False


def shift(text: Array, places: int, /) -> Array:
    """Plain text times ten to the power of `places`, exactly."""
    parts = pc.extract_regex(text, "^(?P<sign>-?)(?P<whole>[0-9]*)[.]?(?P<decimals>[0-9]*)$")
    sign, whole, decimals = parts.field("sign"), parts.field("whole"), parts.field("decimals")
    if places >= 0:
        padded = pc.utf8_rpad(decimals, places, padding="0")
        whole, decimals = _join(whole, pc.utf8_slice_codeunits(padded, 0, places)), pc.utf8_slice_codeunits(padded, places)
    else:
        padded = pc.utf8_lpad(whole, -places, padding="0")
        whole, decimals = pc.utf8_slice_codeunits(padded, 0, places), _join(pc.utf8_slice_codeunits(padded, places), decimals)
    whole = pc.utf8_ltrim(whole, "0")
    whole = pc.if_else(pc.equal(whole, ""), "0", whole)
    moved = _join(sign, pc.if_else(pc.equal(decimals, ""), whole, pc.binary_join_element_wise(whole, decimals, ".")))
    # The fields of a null struct are not null: the nulls come back here.
    return _only(moved, text.is_valid())


def true_where(mask: Array, /) -> Array:
    """The mask with its nulls as false."""
    return pc.fill_null(mask, False) if mask.null_count else mask


def _read_under(cells: Array, mark: str, /, *, money: bool, exponents: bool) -> Plain:
    left = pc.and_not(cells.is_valid(), pa.array(are_plain(cells, mark)))
    text, huge = cells, pa.array(np.zeros(len(cells), bool))
    if left.true_count:
        rest = cells.filter(left)
        written = _matches(rest, grammar(mark, money=money))
        text = put(text, left, _undress(_only(rest, written), mark))
        if exponents and written.true_count < len(rest):
            text, huge = _read_exponents(cells, text, mark)
    return _within_float(text, huge)


def _within_float(text: Array, huge: Array) -> Plain:
    """Takes out what float64 would hold as infinity, or as zero without being zero. Only very long text can be either."""
    long = true_where(pc.greater(pc.binary_length(text), 300))
    if not long.true_count:
        return Plain(text, huge)
    found = text.filter(long)
    value = pc.cast(found, pa.float64())
    lost = pc.or_(pc.is_inf(value), pc.and_(pc.equal(value, 0.0), pc.match_substring_regex(found, "[1-9]")))
    beyond = put(pa.array(np.zeros(len(text), bool)), long, lost)
    return Plain(_only(text, pc.invert(beyond)), pc.or_(huge, beyond))


def _read_exponents(cells: Array, text: Array, mark: str) -> tuple[Array, Array]:
    """Fills in the cells with an exponent, power by power; gives the mask of those too far out to be written."""
    chosen = true_where(pc.match_substring_regex(cells, EXPONENT[mark]))
    if not chosen.true_count:
        return text, pa.array(np.zeros(len(cells), bool))
    parts = pc.extract_regex(cells.filter(chosen), "^(?P<number>[^eE]+)[eE](?P<power>.+)$")
    number = _undress(parts.field("number"), mark)
    power = pc.replace_substring_regex(parts.field("power"), r"^[+]?(-?)0*([0-9])", r"\1\2")
    zero = pc.match_substring_regex(number, r"^0(?:\.0+)?$")
    short = pc.less_equal(pc.binary_length(power), 4)
    power = pc.cast(pc.if_else(short, power, "9999"), pa.int64())
    far = pc.and_not(pc.greater(pc.abs(power), EXPONENT_LIMIT), zero)
    near = pc.invert(pc.or_(far, zero))
    expanded = put(pc.if_else(zero, "0", pa.scalar(None, pa.string())), near, _shift_each(number.filter(near), power.filter(near)))
    return put(text, chosen, expanded), put(pa.array(np.zeros(len(cells), bool)), chosen, far)


def _shift_each(text: Array, places: Array) -> Array:
    """Plain text, each times ten to its own power: one pass for each power that occurs."""
    order = pc.sort_indices(places)
    text, runs = text.take(order), pc.run_end_encode(places.take(order))
    spans = zip(pairwise([0, *runs.run_ends.to_pylist()]), runs.values.to_pylist(), strict=True)
    moved = [shift(text.slice(start, end - start), power) for (start, end), power in spans]
    return pa.concat_arrays(moved).take(pc.sort_indices(order)) if moved else text


def _matches(cells: Array, pattern: str) -> Array:
    """The mask of cells that match and whose currency code, if any, exists.

    The codes are looked up apart: to compile them in every place where one may stand would cost more than most columns.
    """
    found = true_where(pc.match_substring_regex(cells, pattern))
    if CODE not in pattern or not found.true_count:
        return found
    coded = pc.and_(found, pc.match_substring_regex(cells, CODE))
    if not coded.true_count:
        return found
    return put(found, coded, pc.match_substring_regex(cells.filter(coded), "|".join(CURRENCIES)))


def _has(cells: Array, marks: str) -> Array:
    """The mask of cells that contain one of the marks."""
    found = [true_where(pc.match_substring(cells, mark)) for mark in marks]
    return pc.or_(found[0], found[-1])


def _is_number(cells: Array, mark: str, /, *, money: bool) -> Array:
    found = _matches(cells, grammar(mark, money=money))
    if found.true_count == len(cells) - cells.null_count:
        return found
    return pc.or_(found, true_where(pc.match_substring_regex(cells, EXPONENT[mark])))


@cache
def grammar(mark: str, *, money: bool) -> str:
    """The regular expression of a number under the mark, without exponent. Grouping is whole, in threes and by one separator.

    With `money` any three capitals pass for a code: whether they are one of `CURRENCIES` is for the caller to see.
    """
    other = "," if mark == "." else "."
    separators = (f"[{other}]", f"[{BLANKS}]", "['\u2019]")
    grouped = "|".join(f"[1-9][0-9]{{0,2}}(?:{separator}[0-9]{{3}})+" for separator in separators)
    return _dressed(f"(?:(?:[0-9]+|{grouped})(?:[{mark}][0-9]*)?|[{mark}][0-9]+)", money=money)


@cache
def _dressed(number: str, *, money: bool) -> str:
    """The number with a sign, in brackets, and with a currency before or after it."""
    forms = [f"{_SIGN}?{number}", rf"\({number}\)"]
    if money:
        gap = f"[{BLANKS}]*"
        currency = f"(?:{'|'.join((CODE, *(symbol.replace('$', '[$]') for symbol in SYMBOLS)))})"
        before, after = f"{currency}{gap}", f"{gap}{currency}"
        forms += [f"{_SIGN}?{before}{number}", f"{before}{_SIGN}{number}", f"{_SIGN}?{number}{after}"]
        forms += [rf"{before}\({number}\)", rf"\({before}{number}\)", rf"\({number}{after}\)", rf"\({number}\){after}"]
    return f"^(?:{'|'.join(forms)})$"


def _undress(cells: Array, mark: str) -> Array:
    """Plain text of cells that the grammar has accepted: what is neither digit, minus nor the mark goes."""
    if true_where(pc.match_substring(cells, "\u2212")).true_count:
        cells = pc.replace_substring(cells, "\u2212", "-")
    kept, replaced = _tables(mark)
    return _tidy(_rewrite_bytes(cells, kept, replaced))


@cache
def _tables(mark: str) -> tuple[Any, Any]:
    kept = np.zeros(256, dtype=bool)
    kept[[ord(sign) for sign in f"0123456789-({mark}"]] = True
    replaced = np.arange(256, dtype=np.uint8)
    replaced[ord("(")] = ord("-")
    replaced[ord(mark)] = ord(".")
    return kept, replaced


def _rewrite_bytes(cells: Array, kept: Any, replaced: Any) -> Array:
    """Drops and replaces single bytes in all cells at once: ten times cheaper than a regular expression that rewrites."""
    cells = pa.concat_arrays([cells]) if cells.offset else cells
    _, starts, content = cells.buffers()
    if content is None or not len(cells):
        return cells
    starts = np.frombuffer(starts, np.int32)[: len(cells) + 1]
    content = np.frombuffer(content, np.uint8)[: starts[-1]]
    stays = kept[content]
    moved = np.zeros(len(content) + 1, np.int32)
    np.cumsum(stays, out=moved[1:])
    buffers = [cells.is_valid().buffers()[1], pa.py_buffer(moved[starts]), pa.py_buffer(replaced[content[stays]])]
    return pa.Array.from_buffers(pa.string(), len(cells), buffers)


def _tidy(text: Array) -> Array:
    """Leading zeros, a missing whole part, a mark at the end and the sign of zero, in the few cells that have them."""
    odd = pc.invert(pc.fill_null(pc.match_substring_regex(text, _PLAIN), True))
    if not odd.true_count:
        return text
    found = text.filter(odd)
    for pattern, replacement in ((r"^(-?)0+([0-9])", r"\1\2"), (r"^(-?)\.", r"\10."), (r"\.$", ""), (r"^-(0(?:\.0*)?)$", r"\1")):
        found = pc.replace_substring_regex(found, pattern, replacement)
    return put(text, odd, found)


def _only(cells: Array, mask: Array) -> Array:
    """The cells where the mask is true, null elsewhere."""
    return cells if mask.true_count == len(mask) else pc.if_else(mask, cells, pa.scalar(None, pa.string()))


def _join(left: Array, right: Array) -> Array:
    return pc.binary_join_element_wise(left, right, "")
