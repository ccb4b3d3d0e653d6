"""Answers of a column as they are written: on the command line, in plans, in settings and in rules files."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from preflight.contract.field import Answers
from preflight.contract.names import fold, listed, nearest, quoted

__all__ = ["ANSWER_WORDS", "LOCALES", "read_answers"]

_POINT = """
en en-US en-GB en-IE en-CA en-AU en-NZ en-IN en-SG ja ja-JP ko ko-KR zh zh-CN zh-TW zh-HK th th-TH he he-IL hi hi-IN es-MX
de-CH it-CH
"""
_COMMA = """
de de-DE de-AT fr fr-FR fr-BE fr-CA fr-CH es es-ES es-AR es-CL es-CO it it-IT nl nl-NL nl-BE pt pt-BR pt-PT da da-DK sv sv-SE
nb nb-NO no fi fi-FI pl pl-PL cs cs-CZ sk sk-SK hu hu-HU ro ro-RO bg bg-BG hr hr-HR sl sl-SI el el-GR ru ru-RU uk uk-UA tr tr-TR
id id-ID vi vi-VN et et-EE lv lv-LV lt lt-LT
"""
LOCALES: dict[str, str] = dict.fromkeys(_POINT.split(), ".") | dict.fromkeys(_COMMA.split(), ",")
"""The decimal mark of each locale that `--locale` takes (CLDR's default numbering; en-ZA and de-LI are left out as disputed)."""

_DECIMAL_OF = {fold(name): mark for name, mark in LOCALES.items()}

ANSWER_WORDS: dict[str, tuple[str, ...]] = {
    "dates": ("iso", "mdy", "dmy", "auto"),
    "time_in_date": ("written", "zone"),
    "scale": ("0-1", "0-100"),
    "decimal": (".", ","),
}
_SYNONYMS = {"percent": "scale"}
_OFFSET = re.compile(r"[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00)")


def read_answers(stated: Mapping[str, object], where: str = "") -> tuple[Answers, list[str]]:
    """The answers among `stated`, and one sentence for each that cannot be used; `where` goes before each sentence.

    Keys are those of `Answers`, `percent` for `scale`, and `locale`, which gives the decimal mark unless `decimal` is stated.
    Other keys and None are passed over.
    """
    found: dict[str, object] = {}
    faults: list[str] = []
    for key, value in stated.items():
        read = _READERS.get(key)
        if read is None or value is None:
            continue
        answer, wanted = read(value)
        if wanted:
            faults.append(f"{where}{key} is {_shown(value)}; wanted {wanted}")
        elif key != "locale" or stated.get("decimal") is None:
            found[{"locale": "decimal"}.get(key, _SYNONYMS.get(key, key))] = answer
    return Answers(**found), faults  # type: ignore[arg-type]  # each reader gives the type of its own attribute


def _shown(value: object) -> str:
    return quoted(value) if isinstance(value, str) else quoted(repr(value))[1:-1]


_Read = Callable[[object], tuple[object, str]]


def _one_of(words: tuple[str, ...]) -> _Read:
    def read(value: object) -> tuple[object, str]:
        word = value.strip().lower() if isinstance(value, str) else value
        return (word, "") if word in words else (None, f"{', '.join(words[:-1])} or {words[-1]}")

    return read


def _read_pivot(value: object) -> tuple[object, str]:
    fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 100
    return (value, "") if fits else (None, "a whole number from 0 to 100: years below it are 20yy")


def _read_serials(value: object) -> tuple[object, str]:
    return (value, "") if value in (1900, 1904) and not isinstance(value, float) else (None, "1900 or 1904")


def _read_timezone(value: object) -> tuple[object, str]:
    wanted = 'a zone such as "Europe/Paris", "UTC", or an offset such as "+02:00"'
    if not isinstance(value, str):
        return None, wanted
    zone = value.strip()
    if zone.upper() in ("UTC", "Z"):
        return "UTC", ""
    if _OFFSET.fullmatch(zone):
        return zone, ""
    try:
        return ZoneInfo(zone).key, ""
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None, wanted


def _read_locale(value: object) -> tuple[object, str]:
    mark = _DECIMAL_OF.get(fold(value)) if isinstance(value, str) else None
    if mark is not None:
        return mark, ""
    close = nearest(value, LOCALES) if isinstance(value, str) else ()
    return None, listed(close, last="or") if close else 'a locale such as "en-US", "de-DE" or "fr-FR"'


_READERS: dict[str, _Read] = {
    **{key: _one_of(words) for key, words in ANSWER_WORDS.items()},
    "percent": _one_of(ANSWER_WORDS["scale"]),
    "pivot": _read_pivot,
    "serials": _read_serials,
    "timezone": _read_timezone,
    "locale": _read_locale,
}
