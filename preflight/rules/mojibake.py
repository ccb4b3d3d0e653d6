"""Mojibake: UTF-8 that was read as cp1252, so that `é` stands as `Ã©`; and U+FFFD, where a character was lost for good."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from preflight.rules.tidying import bytes_of

__all__ = ["is_mojibake", "repaired"]

Array = Any  # pyarrow.Array; pyarrow ships no types

# One character that cp1252 makes of a continuation byte of UTF-8 (0x80 to 0xBF).
_REST = "[\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"
_REST_OF_LETTER = "[\u0080-\u00bf€‚ƒ„†‡ˆ‰Š‹ŒŽ˜™š›œžŸ]"
# Leading bytes as cp1252 shows them, each with as much after it as real text does not have: `“Å”` and `été»…` are no mojibake.
_MOJIBAKE = "|".join(
    (
        "\ufffd",
        f"[ÂÃ]{_REST}",
        f"[ÄÅ]{_REST_OF_LETTER}",
        f"(?:[ÎÏÐÑØÙ]{_REST}){{2}}",
        f"â{_REST}{{2}}",
        f"(?:[ãäåæçèé]{_REST}{{2}}){{2}}",
        f"ï[»¼½¿]{_REST}",
        f"ðŸ{_REST}{{2}}",
        "[a-z]Ã(?: |$)",
        "Â ",
    )
)


def is_mojibake(cells: Array) -> Array:
    """Which cells hold sequences that real text does not have, as a mask without nulls."""
    found = bytes_of(cells)[0]
    if found.size == 0 or found.max() < 0xC2:
        return pa.repeat(pa.scalar(False), len(cells))
    mask = pc.fill_null(pc.invert(pc.string_is_ascii(cells)), False)
    return pc.replace_with_mask(mask, mask, pc.match_substring_regex(cells.filter(mask), _MOJIBAKE))


def repaired(value: str) -> str | None:
    """The text that was meant, where undoing the wrong decoding loses nothing; None otherwise."""
    try:
        found = _undone(value.replace("Â ", "Â\u00a0")).decode("utf-8").replace("\u00a0", " ").strip()
    except UnicodeError:
        return None
    return found if found.translate(_LINE_MARKS).isprintable() else None


_LINE_MARKS = str.maketrans("", "", "\t\n\r")


def _undone(value: str) -> bytes:
    """The bytes that were read as cp1252. The five bytes that it leaves undefined stand as control characters of Latin-1."""
    if not any(mark in value for mark in "\x81\x8d\x8f\x90\x9d"):
        return value.encode("cp1252")
    return b"".join(mark.encode("latin-1" if "\x80" <= mark <= "\x9f" else "cp1252") for mark in value)
