"""Names of columns and fields: how they are compared, how near two are, and how they are quoted."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

__all__ = ["distance", "fold", "is_blank", "is_near", "listed", "nearest", "quoted", "words"]

_LONGEST_QUOTED = 60
_WORD = re.compile(r"[^\W\d_]+|\d+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_LONGEST_NEAR = 80  # a header longer than this is a sentence: never a misspelt name


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """The name as it is compared: without case, blanks, `_`, `-`, punctuation and difference of Unicode form.

    Folding twice equals folding once. A name of punctuation alone folds to the empty string, which matches nothing.
    """
    folded = _fold_once(text)
    while (again := _fold_once(folded)) != folded:
        folded = again
    return folded


def _fold_once(text: str) -> str:
    composed = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(one for one in composed if unicodedata.category(one)[0] in "LMN")


def is_blank(text: str) -> bool:
    """Whether nothing of the text is seen: blanks, control and format characters (byte order mark, zero-width blank) alone."""
    return all(one.isspace() or unicodedata.category(one) in ("Cc", "Cf") for one in text)


def words(text: str) -> tuple[str, ...]:
    """The words of a name, folded: ``Account Name``, ``account_name`` and ``AccountName`` have the same two."""
    parts = _WORD.findall(_HUMP.sub(" ", unicodedata.normalize("NFKC", text)))
    return tuple(folded for part in parts if (folded := fold(part)))


def distance(left: str, right: str, limit: int) -> int | None:
    """How many letters differ (one added, dropped, replaced, or two neighbours swapped); None where more than `limit`."""
    if abs(len(left) - len(right)) > limit or len(set(left) ^ set(right)) > 2 * limit:
        return None
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, one in enumerate(left, 1):
        new = [i]
        for j, other in enumerate(right, 1):
            cost = min(row[j] + 1, new[j - 1] + 1, row[j - 1] + (one != other))
            if i > 1 and j > 1 and one == right[j - 2] and left[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            new.append(cost)
        if min(new) > limit:
            return None
        before, row = row, new
    return row[-1] if row[-1] <= limit else None


def is_near(left: str, right: str) -> bool:
    """Whether one folded name is probably the other, misspelt.

    Names under 5 letters have too many neighbours and are never near. Up to 6 letters one letter may be added, dropped or
    swapped, but not replaced (``state`` is not ``stage``), and the first must agree. From 7 on one may differ, from 9 on two.
    """
    longest, shortest = max(len(left), len(right)), min(len(left), len(right))
    if longest < 5 or shortest < 4 or longest > _LONGEST_NEAR or left == right or left[0] != right[0]:
        return False
    if longest > 6:
        return distance(left, right, 1 if longest < 9 else 2) is not None
    swapped = len(left) == len(right) and sorted(left) == sorted(right)
    return (len(left) != len(right) or swapped) and distance(left, right, 1) is not None


def nearest(text: str, names: Iterable[str], *, count: int = 3) -> tuple[str, ...]:
    """The names that a user may have meant by `text`, best first: near ones, and those that hold it or are held by it."""
    wanted = fold(text)[:_LONGEST_NEAR]
    ranked: list[tuple[int, str]] = []
    for name in names:
        folded = fold(name)[:_LONGEST_NEAR]
        apart = distance(wanted, folded, max(2, len(wanted) // 3))
        if apart is not None and apart < max(len(wanted), 1):
            ranked.append((apart, name))
        elif min(len(wanted), len(folded)) >= 4 and (wanted in folded or folded in wanted):
            ranked.append((len(wanted) + 100, name))
    return tuple(name for _, name in sorted(ranked, key=lambda one: one[0])[:count])


def quoted(text: str) -> str:
    """The text in quotes, on one line, shortened where it is long."""
    flat = " ".join(text.split()) if "\n" in text or "\r" in text or "\t" in text else text
    short = flat if len(flat) <= _LONGEST_QUOTED else flat[: _LONGEST_QUOTED - 1] + "…"
    return f'"{short}"'


def listed(names: Collection[str], *, most: int = 10, last: str = "and") -> str:
    """The names quoted, in a row, capped with the number left out."""
    shown = [quoted(name) for name in list(names)[:most]]
    if len(names) > most:
        return ", ".join(shown) + f" and {len(names) - most:,} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} {last} {shown[-1]}" if shown else "none"
