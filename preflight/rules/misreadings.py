"""Why a refused text is no number: the words for it, shared by integers, numbers and percents.

Works on single values, for the few distinct ones that a report shows. The kinds are tried in order; the first that fits speaks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from preflight.rules.currencies import CODE, CURRENCIES
from preflight.rules.decimals import BLANKS, EXPONENT, EXPONENT_LIMIT, grammar
from preflight.rules.reading import Advice

__all__ = ["advise_number", "advise_range", "both_readings", "in_words", "is_band", "is_seen", "plain_or_none"]

_SCALES = {
    **dict.fromkeys(("k", "thousand"), 3),
    **dict.fromkeys(("m", "mm", "mn", "mio", "million"), 6),
    **dict.fromkeys(("b", "bn", "billion"), 9),
}
_MONEY = r"[^\W\d_]{0,3}\s*[^\w\s.,()<>~+%-]?\s*"
_FIGURE = rf"{_MONEY}\d[\d.,'\u2019{BLANKS}]*\s*(?:k|m|mm|mn|mio|b|bn|%)?\s*{_MONEY}"
_BAND = re.compile(rf"{_FIGURE}(?:[-\u2010-\u2015]|\bto\b|\.\.+)\s*{_FIGURE}", re.IGNORECASE)
_SCALED = re.compile(rf"(?P<number>.*\d[.,]?)[{BLANKS}]*(?P<scale>{'|'.join(_SCALES)})\.?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Kind:
    """How to recognise a kind of text (all of it, in any case), what it is, and what to do."""

    pattern: str
    what: str
    then: str = "give {wanted}"


_OR_BLANK = "give one number or leave the cell blank"
_WRITE_OUT = "write the number out in full"

_KINDS = (
    _Kind(r"[-+\u2212]\s*[-+\u2212].*", "has two signs, so it is not {wanted}", "keep one sign"),
    _Kind(_BAND.pattern, "is a band, not {wanted}", _OR_BLANK),
    _Kind(rf"(?:[<>\u2264\u2265~]=?|over|under|up to|about)\s*{_FIGURE}", "is a band with an open end, not {wanted}", _OR_BLANK),
    _Kind(rf"{_FIGURE}\+", "is a band with an open end, not {wanted}", _OR_BLANK),
    _Kind(r"0x[0-9a-f]+", "is hexadecimal, not {wanted}", "write it with the digits 0 to 9"),
    _Kind(r"[-+]?\d[\d.,]*e[-+]?\d+", "is an exponent, not {wanted}", _WRITE_OUT),
    _Kind(rf"[-+\u2212(]?{_MONEY}{_SCALED.pattern}\)?", "is an abbreviation, not {wanted}", _WRITE_OUT),
    _Kind(r"[-+]?(?:\d+_)+\d+", "has underscores, so it is not {wanted}", "write the digits alone"),
    _Kind(r".*%.*", "has a percent sign, so it is not {wanted}", "write the number alone, or map the column to a percent field"),
    _Kind(r"[-+]?(?:nan|inf|infinity)", "is not a finite number", "give {wanted} or leave the cell blank"),
    _Kind(rf"[-+\u2212(]?\d[\d.,'\u2019{BLANKS}]*\)?", "has broken grouping of its digits, so it is not {wanted}", _WRITE_OUT),
    _Kind(r"[^\W\d_][^\d]*", "is a word, not {wanted}", "give {wanted} or leave the cell blank"),
    _Kind(r".*", "is not {wanted}", "give {wanted} or leave the cell blank"),
)
_KEPT = "0123456789-(\u2212"
_MEANT = {mark: str.maketrans({"(": "-", "\u2212": "-", mark: "."}) for mark in ".,"}
_JUDGED = 200
"""A long text is judged by its beginning: words about it need no more, and no pattern ever runs away."""
_COMPILED = tuple((re.compile(kind.pattern, re.IGNORECASE | re.DOTALL), kind) for kind in _KINDS)


def advise_number(value: str, shown: str, /, *, wanted: str, mark: str | None) -> Advice:
    """The words for a value that is not `wanted` ("a number"), and the plain number where the value leaves no doubt."""
    ascii_digits = "".join(str(int(sign)) if sign.isdecimal() else sign for sign in value)
    if ascii_digits != value:
        message = f"{shown} is written with digits other than 0 to 9; write it with those"
        return Advice(message, plain_or_none(ascii_digits, mark))
    amount = plain_or_none(value, mark)
    if amount is not None and plain_or_none(value, mark, money=False) is None:
        return Advice(f"{shown} is an amount of money, not {wanted}; write the number alone", amount)
    short = value[:_JUDGED]
    kind = next(kind for pattern, kind in _COMPILED if pattern.fullmatch(short))
    words = f"{kind.what}; {kind.then}".format(wanted=wanted)
    return Advice(f"{shown} {words}", _written_out(value, mark) if short == value else None)


def advise_range(shown: str, value: str, /, *, limits: str) -> Advice:
    """The words for a number that no 64-bit number represents."""
    side = "close to zero" if re.search(r"[eE]-", value) or re.match(r"[-+(]*0*[.,]0", value) else "large"
    return Advice(f"{shown} is too {side} to be represented; give a number {limits}")


def is_seen(value: str, shown: str, /) -> bool:
    """Whether `shown` gives the value away whole, so that words may be derived from it."""
    return shown == f'"{value}"'


def both_readings(value: str, /, *, seen: bool) -> str:
    """The two readings of an ambiguous value as words; without figures where the value is not to be seen."""
    if not seen:
        return "reads differently with a dot and with a comma as the decimal mark"
    dot, comma = (plain_or_none(value, mark) for mark in ".,")
    return f"reads as {dot} with a dot and as {comma} with a comma as the decimal mark"


def plain_or_none(value: str, mark: str | None, /, *, money: bool = True, exponents: bool = True) -> str | None:
    """The plain text of one value, as `read_number` gives it, or None. Python's own, for words about many values one by one."""
    for one in mark or ".,":
        code = re.search(CODE, value)
        if _pattern(grammar(one, money=money)).fullmatch(value) and (code is None or code[0] in CURRENCIES):
            return _plain("".join(sign for sign in value if sign in _KEPT or sign == one).translate(_MEANT[one]))
        if exponents and _pattern(EXPONENT[one]).fullmatch(value):
            number, power = re.split("[eE]", value)
            near = len(power) <= 5 and abs(int(power)) <= EXPONENT_LIMIT
            return _plain(f"{number.translate(_MEANT[one])}e{power}") if near else None
    return None


def is_band(value: str, /) -> bool:
    """Whether the value is a range such as 51-200."""
    return _BAND.fullmatch(value[:_JUDGED]) is not None


def in_words(mark: str, /) -> str:
    """The name of a decimal mark."""
    return "dot" if mark == "." else "comma"


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _plain(number: str) -> str | None:
    """Of what Decimal reads: plain text, None beyond float64."""
    exact = Decimal(number)
    size = abs(float(exact))
    if size == float("inf") or (size == 0 and exact):
        return None
    return f"{exact if exact else abs(exact):f}"


def _written_out(value: str, mark: str | None) -> str | None:
    """The number that an abbreviation, an exponent or digits with underscores stand for, written under the mark."""
    scaled = _SCALED.fullmatch(value)
    if scaled is None:
        return plain_or_none(value.replace("_", ""), mark)
    number = plain_or_none(scaled["number"].rstrip(BLANKS), mark, exponents=False)
    if number is None:
        return None
    written = f"{Decimal(number).scaleb(_SCALES[scaled['scale'].lower()]):f}"
    written = written.rstrip("0").rstrip(".") if "." in written else written
    return written.replace(".", ",") if mark == "," else written
