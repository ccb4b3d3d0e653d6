"""Hypothesis strategies for single cells: good ones in every writing that is taken, and faults with the code that each must get.

Nothing here asks the rules: what a field takes is written down a second time, so that the two can be held against each other.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from preflight.contract.field import Answers, Field, FieldType
from preflight.errors import NotAvailable

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["Cell", "cells", "strategies", "written"]


class Cell(NamedTuple):
    """A good cell: what it means, without regard to case, and one way to write it."""

    meaning: str
    text: str


def strategies() -> Any:
    """The module of Hypothesis. Raises NotAvailable, naming the extra, where it is not installed."""
    try:
        from hypothesis import strategies as found
    except ImportError as missing:
        raise NotAvailable('strategies need Hypothesis: pip install "demandbase-preflight[testing]"') from missing
    return found


def cells(field: Field, /, *, answers: Answers | None = None) -> SearchStrategy[str]:
    """Texts that a cell of the field may hold, never blank, in many writings. `answers` are those of the plan.

    A field whose length, limits and pattern leave next to nothing makes Hypothesis give up: lay a list of values over it.
    """
    found: SearchStrategy[str] = written(field, answers or Answers()).map(lambda cell: cell.text)
    return found


def written(field: Field, answers: Answers, /) -> SearchStrategy[Cell]:
    """Good cells with their meaning."""
    found: SearchStrategy[Cell] = _MAKERS[field.type](field, field.answers.over(answers))
    return found if field.max_length is None and field.pattern is None else found.filter(lambda cell: _fits(field, cell))


def _fits(field: Field, cell: Cell) -> bool:
    """Whether the limits on text hold, which go by the meaning."""
    if field.max_length is not None and len(cell.meaning) > field.max_length:
        return False
    return field.pattern is None or re.fullmatch(field.pattern, cell.meaning, re.ASCII) is not None


def _written(values: Any, meaning: Callable[[Any], str], writings: Callable[[Any], Sequence[str]]) -> Any:
    """Cells of values: the meaning of each, and one of its writings."""
    st = strategies()

    def cell(drawn: tuple[Any, int]) -> Cell:
        value, number = drawn
        texts = writings(value)
        return Cell(meaning(value), texts[number % len(texts)])

    return st.tuples(values, st.integers(0, 59)).map(cell)


_UNSEEN = "\u115f\u1160\u17b4\u17b5\u3164\uffa0"
_NOTHING = frozenset(
    [
        "na",
        "n/a",
        "n.a.",
        "nan",
        "nil",
        "null",
        "none",
        "nothing",
        "empty",
        "blank",
        "missing",
        "unknown",
        "undefined",
        "-",
        "--",
        "---",
        ".",
        "?",
        "#",
    ]
)


def _settled(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _is_plain(text: str) -> bool:
    """Whether a text stays as it is: no word for nothing, nothing that a spreadsheet left, no control character."""
    return text == _settled(text) and text.casefold() not in _NOTHING and not text.startswith("#") and text.isprintable()


def _of_pattern(field: Field) -> Any:
    """Texts of the field's own pattern, read as RE2 reads it: its classes are ASCII."""
    return (
        strategies()
        .from_regex(re.compile(field.pattern or "", re.ASCII), fullmatch=True)
        .filter(lambda text: text and _is_plain(text))
    )


def _texts(field: Field, answers: Answers) -> Any:
    st = strategies()
    if field.pattern is not None:
        texts = _of_pattern(field)
    else:
        letters = st.characters(categories=("Lu", "Ll", "Lo", "Nd"), exclude_characters=_UNSEEN)
        longest = min(20, field.max_length or 20)
        texts = st.text(letters | st.sampled_from(" .,&()-/'"), min_size=1, max_size=longest).map(_settled)
        texts = texts.filter(lambda text: any(one.isalpha() for one in text) and _is_plain(text))
    return _written(texts, str, lambda text: (text, f" {text}", f"{text}\u00a0 ", f"\ufeff{text}"))


def _codes(field: Field, number: Callable[[int], str]) -> Any:
    texts = strategies().integers(0, 9_999_999).map(number) if field.pattern is None else _of_pattern(field)
    return _written(texts, str, lambda text: (text, f" {text} "))


def _ids(field: Field, answers: Answers) -> Any:
    return _codes(field, lambda number: f"{'ACKQ'[number % 4]}{number:05d}{('', 'x', 'Y')[number % 3]}")


def _phones(field: Field, answers: Answers) -> Any:
    return _codes(field, lambda number: f"+{1 + number % 89} {20 + number % 70} {number:07d}")


def _postal_codes(field: Field, answers: Answers) -> Any:
    return _codes(field, lambda number: f"{10000 + number % 90000}" if number % 3 else f"AB{1 + number % 9} {1 + number % 7}CD")


def _picklists(field: Field, answers: Answers) -> Any:
    if not field.values:
        return _texts(field, answers)
    known = [(value, value) for value in field.values] + list(field.synonyms)
    spelt = [(text, allowed) for text, allowed in known if text.strip()]
    return _written(
        strategies().sampled_from(spelt), lambda pair: pair[1], lambda pair: (pair[0], f" {pair[0]} ", pair[0].replace(" ", "  "))
    )


_YES, _NO = ("true", "TRUE", "yes", "Y", "t", "1", "on", "x"), ("false", "No", "n", "F", "0", "off")


def _booleans(field: Field, answers: Answers) -> Any:
    return _written(strategies().booleans(), lambda value: "true" if value else "false", lambda value: _YES if value else _NO)


def _in_column(text: str, answers: Answers) -> str:
    """A number with a point, grouped by commas, in the decimal mark of the column."""
    return text.translate({ord(","): ".", ord("."): ","}) if answers.decimal == "," else text


def _integers(field: Field, answers: Answers) -> Any:
    low = -(10**6) if field.min is None else int(Decimal(field.min).to_integral_value("ROUND_CEILING"))
    high = max(low, 0) + 10**7 if field.max is None else int(Decimal(field.max).to_integral_value("ROUND_FLOOR"))
    low = min(low, high) if field.min is None else low

    def writings(value: int) -> Sequence[str]:
        more = () if answers.decimal == "," else (f"{value:,}", f"{value}.0", f"{value:+}")
        return (str(value), f" {value}", *more)

    return _written(strategies().integers(low, high), str, writings)


def _decimals(field: Field, low: str, high: str, places: int) -> Any:
    least = Decimal(field.min if field.min is not None else low)
    most = Decimal(field.max if field.max is not None else high)
    least = min(least, most) if field.min is None else least
    most = max(least, most) if field.max is None else most
    drawn = strategies().decimals(least, most, places=places, allow_nan=False, allow_infinity=False)
    return drawn.map(lambda value: value + 0)  # no negative zero


def _numbers(field: Field, answers: Answers) -> Any:
    def writings(value: Decimal) -> Sequence[str]:
        plain, grouped = _in_column(f"{value:f}", answers), _in_column(f"{value:,f}", answers)
        return (plain, grouped, f" {plain}", f"{value:E}" if answers.decimal != "," else plain)

    return _written(_decimals(field, "-1000000", "10000000", 2), lambda value: f"{value:f}", writings)


def _currencies(field: Field, answers: Answers) -> Any:
    def writings(value: Decimal) -> Sequence[str]:
        grouped = _in_column(f"{abs(value):,f}", answers)
        return (f"(${grouped})", f"-{grouped}") if value < 0 else (f"${grouped}", f"€{grouped}", grouped, f"{grouped} EUR")

    return _written(_decimals(field, "-1000000", "10000000", 2), lambda value: f"{value:f}", writings)


def _percents(field: Field, answers: Answers) -> Any:
    def writings(value: Decimal) -> Sequence[str]:
        text = _in_column(f"{value:f}", answers)
        return (f"{text}%", f"{text} %", *((text,) if answers.scale == "0-100" else ()))

    return _written(_decimals(field, "0", "100", 1), lambda value: f"{value:f}", writings)


_MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]


def _date_writings(day: date, answers: Answers) -> Sequence[str]:
    month, year = _MONTHS[day.month - 1], f"{day.year:04d}"
    texts = [day.isoformat(), f"{year}/{day:%m/%d}", f"{day.day} {month[:3]} {year}", f"{month} {day.day}, {year}"]
    if answers.serials is None:
        texts.append(day.isoformat().replace("-", ""))
    if answers.dates in ("dmy", "mdy"):
        texts.append(f"{day:%d/%m}/{year}" if answers.dates == "dmy" else f"{day:%m/%d}/{year}")
    return texts


def _dates(field: Field, answers: Answers) -> Any:
    low = date(1950, 1, 1) if field.min is None else date.fromisoformat(field.min)
    high = date(2049, 12, 31) if field.max is None else date.fromisoformat(field.max)
    days = strategies().dates(min(low, high) if field.min is None else low, max(low, high) if field.max is None else high)
    return _written(days, date.isoformat, lambda day: _date_writings(day, answers))


def _moment(text: str, at: time) -> datetime:
    """A limit in UTC; a day stands for its `at`."""
    found = datetime.fromisoformat(text) if len(text) > len("2024-01-31") else datetime.combine(date.fromisoformat(text), at)
    return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found


def _datetimes(field: Field, answers: Answers) -> Any:
    low = datetime(1950, 1, 1) if field.min is None else _moment(field.min, time.min)
    high = datetime(2049, 12, 31) if field.max is None else _moment(field.max, time(23, 59, 59))
    low, high = (min(low, high) if field.min is None else low), (max(low, high) if field.max is None else high)
    seconds = strategies().integers(0, int((high - low).total_seconds())).map(lambda count: low + timedelta(seconds=count))

    def writings(moment: datetime) -> Sequence[str]:
        east = moment + timedelta(hours=2)
        return (
            f"{moment.isoformat()}Z",
            f"{moment.isoformat(' ')}+00:00",
            f"{east.isoformat()}+02:00",
            f"{east.isoformat(' ')}+0200",
        )

    return _written(seconds, datetime.isoformat, writings)


_SUFFIXES = ("com", "de", "co.uk", "io", "fr")
_LOCALS = ("ines", "jonas.keller", "m", "sales_eu", "o-brien", "a.b.c")


def _host(number: int) -> str:
    return f"firm-{number}.{_SUFFIXES[number % len(_SUFFIXES)]}"


def _of_number(meaning: Callable[[int], str], writings: Callable[[str], Sequence[str]]) -> Any:
    return _written(strategies().integers(0, 99_999).map(meaning), str, writings)


def _domains(field: Field, answers: Answers) -> Any:
    def writings(host: str) -> Sequence[str]:
        return (host, host.upper(), f"https://www.{host}/", f"http://{host}:8080/about?q=1", f"{host}.")

    return _of_number(_host, writings)


def _emails(field: Field, answers: Answers) -> Any:
    def writings(text: str) -> Sequence[str]:
        return (text, text.upper(), f"mailto:{text}", f"Somebody <{text}>", f" {text}")

    return _of_number(lambda number: f"{_LOCALS[number % len(_LOCALS)]}@{_host(number // 3)}", writings)


def _urls(field: Field, answers: Answers) -> Any:
    def address(number: int) -> str:
        return (
            f"{('https://', 'http://www.')[number % 2]}{_host(number)}{('', '/', f'/page/{number}', f'/?q={number}')[number % 4]}"
        )

    return _of_number(address, lambda text: (text, f" {text} "))


_MAKERS: dict[FieldType, Callable[[Field, Answers], Any]] = {
    FieldType.STRING: _texts,
    FieldType.INTEGER: _integers,
    FieldType.NUMBER: _numbers,
    FieldType.CURRENCY: _currencies,
    FieldType.PERCENT: _percents,
    FieldType.BOOLEAN: _booleans,
    FieldType.DATE: _dates,
    FieldType.DATETIME: _datetimes,
    FieldType.EMAIL: _emails,
    FieldType.URL: _urls,
    FieldType.DOMAIN: _domains,
    FieldType.PHONE: _phones,
    FieldType.PICKLIST: _picklists,
    FieldType.ID: _ids,
    FieldType.POSTAL_CODE: _postal_codes,
}
