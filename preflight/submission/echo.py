"""Whether a value that the server quotes is the cell that was sent: the same, perhaps the same, or another."""

from __future__ import annotations

import html
import re
import unicodedata
from enum import IntEnum
from functools import lru_cache
from urllib.parse import unquote

__all__ = ["Echo", "compare", "fold"]


class Echo(IntEnum):
    """How a quoted value stands to a cell. ALIKE proves nothing: the server may have quoted the cell in another writing."""

    OTHER = 0
    ALIKE = 1
    SAME = 2


_TRUTHS = {
    "true": "t",
    "1": "t",
    "yes": "t",
    "y": "t",
    "t": "t",
    "on": "t",
    "false": "f",
    "0": "f",
    "no": "f",
    "n": "f",
    "off": "f",
}
_NUMBER = re.compile(r"[+-]?(\d[\d,_ ]*)?(\.\d*)?(e[+-]?\d{1,3})?%?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_CUT = re.compile(r"\s*(…|\.\.\.)$")
_MASK = re.compile(r"\*{2,}|x{3,}|•+")
_NO_SIGN = re.compile(r"[^a-z0-9]+")
_EDGES = "".join(map(chr, range(33))) + "\x7f"
_SHORTEST_CUT = 2
_CACHED = 1 << 15


@lru_cache(maxsize=_CACHED)
def fold(text: str) -> str:
    """The text without edges and letter case, whichever way the server folds: `ı`, `ß` and `ς` have more than one."""
    if text.isascii():
        return text.strip(_EDGES).lower()
    start, stop = 0, len(text)
    while start < stop and _is_edge(text[start]):
        start += 1
    while stop > start and _is_edge(text[stop - 1]):
        stop -= 1
    return text[start:stop].upper().casefold()


def _is_edge(one: str) -> bool:
    return one.isspace() or unicodedata.category(one) in ("Cc", "Cf")


def compare(value: str, cell: str) -> Echo:
    """How a quoted value stands to a cell that was sent."""
    left, right = fold(value), fold(cell)
    if left == right:
        return Echo.SAME
    if not left:  # nothing is no writing of something
        return Echo.OTHER
    return Echo.ALIKE if _is_alike(left, right) else Echo.OTHER


def _is_alike(value: str, cell: str) -> bool:
    """Whether one may rewrite the other: spacing, signs, accents, entities, numbers, truth values, days, cuts, masks."""
    bare, sent = _bare(value), _bare(cell)
    if bare == sent or (bare and sent and _is_encoded(bare, sent, value, cell)):
        return True
    if value in _TRUTHS and _TRUTHS[value] == _TRUTHS.get(cell):
        return True
    number = _as_number(value)
    if number is not None and number == _as_number(cell):
        return True
    if value[:10] == cell[:10] and _DAY.match(value):
        return True
    return _is_cut(value, cell) or _is_cut(cell, value) or _is_masked(value, cell) or value == _initials(cell)


@lru_cache(maxsize=_CACHED)
def _bare(text: str) -> str:
    """The letters and digits alone, without accents."""
    if text.isascii():
        return _NO_SIGN.sub("", text)
    return "".join(one for one in unicodedata.normalize("NFKD", text) if one.isalnum())


def _is_encoded(bare: str, sent: str, value: str, cell: str) -> bool:
    """Whether one is the other as HTML or in a URL."""
    return any(
        (sign in value and _bare(decode(value)) == sent) or (sign in cell and _bare(decode(cell)) == bare)
        for sign, decode in (("&", html.unescape), ("%", unquote))
    )


@lru_cache(maxsize=_CACHED)
def _as_number(text: str) -> float | None:
    if not text or not _NUMBER.fullmatch(text):
        return None
    try:
        return float(re.sub(r"[,_ %]", "", text))
    except ValueError:
        return None


def _is_cut(value: str, cell: str) -> bool:
    short = _CUT.sub("", value) if value.endswith(("…", "...")) else value
    return len(short) >= _SHORTEST_CUT and cell.startswith(short)


def _initials(cell: str) -> str:
    return "".join(word[0] for word in cell.split()) if " " in cell else ""


def _is_masked(value: str, cell: str) -> bool:
    if not _MASK.search(value):
        return False
    kept = _MASK.split(value)
    return cell.startswith(kept[0]) and cell.endswith(kept[-1])
