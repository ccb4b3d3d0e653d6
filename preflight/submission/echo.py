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
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_CUT = re.compile(r"\s*(…|\.\.\.)$")
_SHORTEST_CUT = 8


def fold(text: str) -> str:
    """The text without edges and letter case, whichever way the server folds: `ı`, `ß` and `ς` have more than one."""
    start, stop = 0, len(text)
    while start < stop and _is_edge(text[start]):
        start += 1
    while stop > start and _is_edge(text[stop - 1]):
        stop -= 1
    return text[start:stop].upper().casefold()


def _is_edge(one: str) -> bool:
    return one.isspace() or unicodedata.category(one) in ("Cc", "Cf")


@lru_cache(maxsize=1 << 16)
def compare(value: str, cell: str) -> Echo:
    """How a quoted value stands to a cell that was sent."""
    left, right = fold(value), fold(cell)
    if left == right:
        return Echo.SAME
    return Echo.ALIKE if _is_alike(left, right) else Echo.OTHER


def _is_alike(value: str, cell: str) -> bool:
    """Whether one may rewrite the other: spacing, signs, accents, entities, numbers, truth values, days, a cut or a mask."""
    bare, sent = _bare(value), _bare(cell)
    if (
        bare == sent
        or bare in (_bare(html.unescape(cell)), _bare(unquote(cell)))
        or sent
        in (
            _bare(html.unescape(value)),
            _bare(unquote(value)),
        )
    ):
        return True
    if value in _TRUTHS and _TRUTHS[value] == _TRUTHS.get(cell):
        return True
    number = _as_number(value)
    if number is not None and number == _as_number(cell):
        return True
    if _DAY.match(value) and _DAY.match(cell) and value[:10] == cell[:10]:
        return True
    return _is_cut(value, cell) or _is_masked(value, cell)


def _bare(text: str) -> str:
    """The letters and digits alone, without accents."""
    return "".join(one for one in unicodedata.normalize("NFKD", text) if one.isalnum())


def _as_number(text: str) -> float | None:
    if not text or not _NUMBER.fullmatch(text):
        return None
    try:
        return float(re.sub(r"[,_ %]", "", text))
    except ValueError:
        return None


def _is_cut(value: str, cell: str) -> bool:
    short = _CUT.sub("", value)
    if len(short) < (1 if short != value else _SHORTEST_CUT):
        return False
    return cell.startswith(short)


def _is_masked(value: str, cell: str) -> bool:
    if not re.search(r"\*\*|xxx|•", value):
        return False
    kept = re.split(r"\*+|x{3,}|•+", value)
    return cell.startswith(kept[0]) and cell.endswith(kept[-1])
