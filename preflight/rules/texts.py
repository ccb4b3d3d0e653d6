"""Text: what is done to every cell before its type is asked, and the rules of text that is kept as it stands.

`tidy` changes the writing of cells of every type, `refused` finds what no type can hold. `read` is the family of
`FieldType.STRING`: it keeps the text and only warns. Facts in the literal tables: DESIGN.md §4, research/demandbase.md §6.
"""

from __future__ import annotations

import tomllib
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from preflight.contract.field import Answers, Field, FieldType
from preflight.rules.mojibake import is_mojibake, repaired
from preflight.rules.reading import Advice, Fault, Reading
from preflight.rules.tidying import STEPS, Step, bytes_of, cells_at, found_in, steps_for, tidy

__all__ = [
    "HOLDS_NULL_WORDS",
    "RULE",
    "STEPS",
    "Step",
    "advise",
    "is_null_word",
    "read",
    "refused",
    "steps_for",
    "tidy",
    "to_typed",
]

Array = Any  # pyarrow.Array; pyarrow ships no types

RULE = "text"

HOLDS_NULL_WORDS = frozenset({FieldType.STRING})
"""Types in which ``N/A`` or ``null`` may be data: there null words are kept and warned of, everywhere else they are blanks."""

_SHOWS_FORMAT = frozenset({FieldType.STRING, FieldType.PICKLIST})
"""Types that may hold characters which only direct the display: joiners (Persian, emoji) and marks of writing direction."""

_HOLDS_NAN = frozenset({FieldType.NUMBER, FieldType.CURRENCY, FieldType.PERCENT})

_CONTROL = r"[\x00-\x1f\x7f-\x{9f}]"
_CONTROL_MULTILINE = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x{9f}]"
_CONTROL_OR_FORMAT = r"[\x00-\x1f\x7f-\x{9f}\p{Cf}]"

_C1 = "".join(map(chr, range(0x80, 0xA0)))
_HASHES = "^#{3,}$"


def _none(cells: Array) -> Array:
    """A mask without any cell."""
    return pa.repeat(pa.scalar(False), len(cells))


def _found(mask: Array) -> Array:
    """A mask without nulls: a blank has nothing in it."""
    return pc.fill_null(mask, False)


def refused(cells: Array, field: Field) -> tuple[Fault, ...]:
    """The faults that no type can hold: PF005 control characters, PF311 what a spreadsheet prints in place of a value.

    Outside text, characters that only direct the display (joiners, writing direction) count as control characters, and outside
    `FieldType.STRING` three or more ``#`` alone (a column too narrow) count as damage. Only faults with cells are returned.
    """
    found = (Fault("PF005", _control(cells, field)), Fault("PF311", _spreadsheet_error(cells, field)))
    return tuple(fault for fault in found if pc.any(fault.mask).as_py())


def _control(cells: Array, field: Field) -> Array:
    shows = field.type in _SHOWS_FORMAT
    found, bounds = bytes_of(cells)
    at = _perhaps_control(found, shows=shows, multiline=shows and field.multiline)
    if not len(at):
        return _none(cells)
    pattern = _CONTROL_OR_FORMAT if not shows else _CONTROL_MULTILINE if field.multiline else _CONTROL
    mask = cells_at(bounds, at)
    return pc.replace_with_mask(mask, mask, _found(pc.match_substring_regex(cells.filter(mask), pattern)))


def _perhaps_control(found: Any, *, shows: bool, multiline: bool) -> Any:
    """Where a control character may stand: a byte of ASCII that is one, or the first byte of other characters that may be."""
    nowhere = np.zeros(0, np.int64)
    if not found.size:
        return nowhere
    low, high = found.min(), found.max()
    if low >= 0x20 and (high < 0x7F or (shows and not (found == 0x7F).any() and not found_in(found, _C1))):
        return nowhere
    bad = found < 0x20
    if multiline:
        bad &= (found != 0x09) & (found != 0x0A) & (found != 0x0D)
    bad |= found == 0x7F
    if high >= 0xC2:
        bad |= found == 0xC2 if shows else found >= 0xC2
    return np.flatnonzero(bad)


def _spreadsheet_error(cells: Array, field: Field) -> Array:
    if not (bytes_of(cells)[0] == ord("#")).any():
        return _none(cells)
    mask = _found(pc.starts_with(cells, "#"))
    some = cells.filter(mask)
    bad = _is_word(pc.utf8_upper(some), "spreadsheet_errors.toml")
    if field.type is not FieldType.STRING:
        bad = pc.or_(bad, pc.match_substring_regex(some, _HASHES))
    return pc.replace_with_mask(mask, mask, bad)


@cache
def _words(table: str, key: str = "words") -> Array:
    """A list of a dated table, as an Arrow array."""
    text = files("preflight.rules").joinpath("tables", table).read_text(encoding="utf-8")
    return pa.array(tomllib.loads(text)[key], pa.string())


def _is_word(cells: Array, table: str, key: str = "words", *, folded: bool = False) -> Array:
    """Where a cell is a word of a table, letter case aside if `folded`. Only cells as short as one, with the first byte of one, are
    looked up: in most columns none is."""
    words, longest, starts = _known(table, key, folded)
    found, bounds = bytes_of(cells)
    sizes = np.diff(bounds)
    some = np.flatnonzero((sizes > 0) & (sizes <= longest))
    some = some[starts[found[bounds[some]]]]
    mask = np.zeros(len(cells), dtype=bool)
    if len(some):
        few = cells.take(pa.array(some))
        mask[some] = pc.is_in(pc.utf8_lower(few) if folded else few, value_set=words).to_numpy(zero_copy_only=False)
    return pa.array(mask)


@cache
def _known(table: str, key: str, folded: bool) -> tuple[Array, int, Any]:
    """The words of a table, the bytes of the longest, and which bytes one of them starts with; other alphabets always may."""
    words = _words(table, key)
    texts = words.to_pylist()
    starts = np.zeros(256, dtype=bool)
    starts[0x80:] = True
    for text in texts:
        starts[text.encode()[0]] = True
        if folded:
            starts[text.upper().encode()[0]] = True
    return words, max(len(text.encode()) for text in texts) * (3 if folded else 1), starts


def is_null_word(cells: Array, field: Field | None = None) -> Array:
    """Which cells hold a word that stands for nothing, such as ``N/A``.

    With a field, only where the field cannot hold it as data: nowhere in `HOLDS_NULL_WORDS`, and on a picklist neither the
    words that it names itself nor, where it names none, the writings that may be data (``NA`` is Namibia). Among numbers with
    decimals ``nan`` is what a computation left behind: it is refused there (PF310), not blank.
    """
    if field is not None and field.type in HOLDS_NULL_WORDS:
        return _none(cells)
    words = _is_word(cells, "null_words.toml", folded=True)
    if not pc.any(words).as_py():
        return words
    if field is not None and field.type in _HOLDS_NAN:
        return pc.and_not(words, pc.fill_null(pc.equal(pc.utf8_lower(cells), "nan"), False))
    if field is None or field.type is not FieldType.PICKLIST:
        return words
    named = [*field.values, *(written for written, _ in field.synonyms)]
    if not named:
        return pc.and_not(words, _is_word(cells, "null_words.toml", "data_writings"))
    return pc.and_not(words, pc.is_in(pc.utf8_lower(cells), value_set=pc.utf8_lower(pa.array(named, pa.string()))))


_FORMULA_STARTS = np.array([ord(mark) for mark in "=@+-"], np.uint8)
_NUMBER_OR_PHONE = (
    r"^[+-]\s?[$€£¥]?\s?[\d.,' ]*\d\s?%?$|^\+\s?\(?\d[\d ()./-]*(?:\s*(?:x|ext\.?)\s*\d+)?$|^[+-]\d[\d.]*[eE][+-]?\d+$"
)


def read(cells: Array, field: Field, answers: Answers) -> Reading:
    """The text as it stands, and warnings: PF412, PF413, PF409 in fields of names, PF410 as information."""
    null_words = _is_word(cells, "null_words.toml", folded=True)
    faults = (
        Fault("PF412", is_mojibake(cells)),
        Fault("PF413", pc.and_not(null_words, _is_word(cells, "null_words.toml", "data_writings"))),
        Fault("PF409", _is_word(cells, "placeholders.toml", folded=True) if "name" in field.name.lower() else _none(cells)),
        Fault("PF410", pc.and_not(_formula_start(cells), null_words)),
    )
    return Reading(cells, tuple(fault for fault in faults if pc.any(fault.mask).as_py()))


def _formula_start(cells: Array) -> Array:
    found, bounds = bytes_of(cells)
    filled = bounds[1:] > bounds[:-1]
    starts = np.zeros(len(cells), bool)
    starts[filled] = np.isin(found[bounds[:-1][filled]], _FORMULA_STARTS)
    if not starts.any():
        return _none(cells)
    mask = _found(pc.and_(pa.array(starts), cells.is_valid()))
    return pc.replace_with_mask(mask, mask, pc.invert(pc.match_substring_regex(cells.filter(mask), _NUMBER_OR_PHONE)))


def to_typed(text: Array, field: Field) -> Array:
    """Text is its own type."""
    return text


def advise(code: str, value: str, shown: str, field: Field, answers: Answers) -> Advice:
    """The words for one value of `refused` or `read`."""
    if code == "PF005":
        return _advise_control(value, shown, field)
    if code == "PF412":
        return _advise_mojibake(value, shown)
    return Advice(f"{shown} {_WORDS[code]}")


_WORDS = {
    "PF311": "is what a spreadsheet prints when it cannot show a value; export the value itself or leave the cell blank",
    "PF409": "is a placeholder, not a name; such records never match, so give the name or leave the row out",
    "PF410": "would run as a formula when the file is opened in a spreadsheet; it is sent as it stands",
    "PF413": "is a word for nothing but is sent as text here; leave the cell blank if nothing is meant",
}


def _advise_control(value: str, shown: str, field: Field) -> Advice:
    kept = "\t\n\r" if field.multiline else ""
    wanted = ("Cc",) if field.type in _SHOWS_FORMAT else ("Cc", "Cf")
    bad = {mark: _as_cp1252(mark) for mark in value if unicodedata.category(mark) in wanted and mark not in kept}
    points = ", ".join(f"U+{ord(mark):04X}" for mark in list(bad)[:3])
    repaired_text = value.translate({ord(mark): instead for mark, instead in bad.items()}).strip()
    return Advice(f"{shown} holds a control character ({points}); remove it", repaired_text or None)


def _as_cp1252(mark: str) -> str:
    """What a C1 control character would be in cp1252, read as Latin-1 by mistake; other control characters are nothing."""
    if not "\x80" <= mark <= "\x9f":
        return ""
    return mark.encode("latin-1").decode("cp1252", "ignore")


def _advise_mojibake(value: str, shown: str) -> Advice:
    if "\ufffd" in value:
        return Advice(f"{shown} holds U+FFFD, which stands for a character that was lost; export it again as UTF-8")
    meant = repaired(value)
    wrong = f"{shown} looks like UTF-8 that was read as cp1252"
    return Advice(f"{wrong}; export it again as UTF-8" if meant is None else wrong, meant)
