"""Text: what is done to every cell before its type is asked, and the rules of text that is kept as it stands.

`tidy` changes the writing of cells of every type, `refused` finds what no type can hold. `read` is the family of
`FieldType.STRING`: it keeps the text and only warns. Facts in the literal tables: DESIGN.md §4, research/demandbase.md §6.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from preflight.contract.field import Answers, Field, FieldType
from preflight.rules.reading import Advice, Fault, Reading

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

# White_Space of Unicode without U+0085: in cp1252 read as Latin-1 that is an ellipsis, so it is refused and never dropped.
_INNER = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_ASCII_EDGES = " \t\n\r\v\f"
_EDGES = _ASCII_EDGES + _INNER + "\u2028\u2029"

_INVISIBLE = "[\ufeff\u200b\u2060]"
_LINE_BREAK = "\r\n|[\r\n\u2028\u2029]"
_BLANKS = f"[ \t{_INNER}]+"
_UNEVEN_BLANKS = f"[ \t{_INNER}]{{2}}|[\t{_INNER}]"

_CONTROL = r"[\x00-\x1f\x7f-\x{9f}]"
_CONTROL_MULTILINE = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x{9f}]"
_CONTROL_OR_FORMAT = r"[\x00-\x1f\x7f-\x{9f}\p{Cf}]"

_HASHES = "^#{3,}$"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that `tidy` does, by the name that the log of changes shows."""

    name: str
    apply: Callable[[Array], Array]


@dataclass(frozen=True, slots=True)
class _Look:
    """What one pass over the bytes of a column says. Bytes under nulls count, so True means "perhaps" and False means "nowhere"."""

    ascii: bool
    control: bool
    doubled: bool
    edge: bool
    empty: bool

    @property
    def clean(self) -> bool:
        return self.ascii and not (self.control or self.doubled or self.edge or self.empty)


def _bytes_of(cells: Array) -> tuple[Any, Any]:
    """The bytes of all cells in a row, and the offsets of the cells in them; slices are minded."""
    _, offsets, values = cells.buffers()
    if len(cells) == 0 or offsets is None:
        return np.empty(0, np.uint8), np.zeros(len(cells) + 1, np.int32)
    bounds = np.frombuffer(offsets, np.int32)[cells.offset : cells.offset + len(cells) + 1]
    found = np.empty(0, np.uint8) if values is None else np.frombuffer(values, np.uint8)[bounds[0] : bounds[-1]]
    return found, bounds - bounds[0] if bounds[0] else bounds


def _look(cells: Array) -> _Look:
    found, bounds = _bytes_of(cells)
    empty = bool(pc.any(pc.equal(pc.binary_length(cells), 0)).as_py())
    if found.size == 0:
        return _Look(ascii=True, control=False, doubled=False, edge=False, empty=empty)
    low, high = found.min(), found.max()
    is_ascii = high < 0x80
    control = low < 0x20 or (high >= 0x7F and bool((found == 0x7F).any()))
    if low > 0x20 and is_ascii:
        return _Look(ascii=True, control=control, doubled=False, edge=False, empty=empty)
    return _Look(
        ascii=is_ascii, control=control, doubled=_has_double_blank(found), edge=_has_blank_edge(found, bounds), empty=empty
    )


def _has_double_blank(found: Any) -> bool:
    """Whether two blanks stand next to each other; in blocks that fit the processor's cache, since most columns have none."""
    for start in range(0, found.size, 1 << 17):
        blank = found[start : start + (1 << 17) + 1] == 0x20
        if (blank[1:] & blank[:-1]).any():
            return True
    return False


def _has_blank_edge(found: Any, bounds: Any) -> bool:
    starts, stops = bounds[:-1], bounds[1:]
    filled = stops > starts
    if not filled.all():
        starts, stops = starts[filled], stops[filled]
    return bool((found[starts] <= 0x20).any() or (found[stops - 1] <= 0x20).any())


def _none(cells: Array) -> Array:
    """A mask without any cell."""
    return pa.repeat(pa.scalar(False), len(cells))


def _found(mask: Array) -> Array:
    """A mask without nulls: a blank has nothing in it."""
    return pc.fill_null(mask, False)


def _not_ascii(cells: Array) -> Array:
    return _found(pc.invert(pc.string_is_ascii(cells)))


def _only(cells: Array, mask: Array, apply: Callable[[Array], Array]) -> Array:
    """The cells with `apply` done to those of the mask; the same object where that changes nothing."""
    before = cells.filter(mask)
    after = apply(before)
    return cells if after.equals(before) else pc.replace_with_mask(cells, mask, after)


def _remove_invisible(cells: Array) -> Array:
    if _look(cells).ascii:
        return cells
    mask = _found(pc.match_substring_regex(cells, _INVISIBLE))
    return _only(cells, mask, lambda some: pc.replace_substring_regex(some, _INVISIBLE, ""))


def _compose(cells: Array) -> Array:
    if _look(cells).ascii:
        return cells
    return _only(cells, _not_ascii(cells), lambda some: pc.utf8_normalize(some, form="NFC"))


def _join_lines(cells: Array) -> Array:
    look = _look(cells)
    if look.ascii and not look.control:
        return cells
    mask = _found(pc.match_substring_regex(cells, _LINE_BREAK))
    return _only(cells, mask, lambda some: pc.replace_substring_regex(some, _LINE_BREAK, " "))


def _trim(cells: Array) -> Array:
    look = _look(cells)
    trimmed = pc.ascii_trim(cells, characters=_ASCII_EDGES) if look.edge else cells
    if look.ascii:
        return trimmed
    return _only(trimmed, _not_ascii(trimmed), lambda some: pc.utf8_trim(some, characters=_EDGES))


def _collapse(cells: Array) -> Array:
    look = _look(cells)
    if look.ascii and not (look.doubled or look.control):
        return cells
    mask = _found(pc.match_substring_regex(cells, _UNEVEN_BLANKS))
    return _only(cells, mask, lambda some: pc.replace_substring_regex(some, _BLANKS, " "))


def _blank_empty(cells: Array) -> Array:
    if not _look(cells).empty:
        return cells
    return pc.if_else(pc.equal(pc.binary_length(cells), 0), pa.scalar(None, cells.type), cells)


STEPS: tuple[Step, ...] = (
    Step("invisible-removed", _remove_invisible),
    Step("unicode-nfc", _compose),
    Step("line-breaks-joined", _join_lines),
    Step("trimmed", _trim),
    Step("blanks-collapsed", _collapse),
    Step("empty-to-blank", _blank_empty),
)
"""What `tidy` does, in order. Invisible characters go first: taking one away may leave two characters that compose."""

_OF_ONE_LINE = ("line-breaks-joined", "blanks-collapsed")


def steps_for(field: Field) -> tuple[Step, ...]:
    """The steps for a field. Text of several lines keeps its line breaks and its inner blanks as they are written."""
    return tuple(step for step in STEPS if not (field.multiline and step.name in _OF_ONE_LINE))


def tidy(cells: Array, field: Field) -> Array:
    """The cells after all steps of the field, in order; the very same object where one look at the bytes finds nothing to do.

    Afterwards no cell is empty, has a blank at an edge or is out of NFC; doing it twice equals doing it once.
    """
    if _look(cells).clean:
        return cells
    for step in steps_for(field):
        cells = step.apply(cells)
    return cells


def refused(cells: Array, field: Field) -> tuple[Fault, ...]:
    """The faults that no type can hold: PF005 control characters, PF311 what a spreadsheet prints in place of a value.

    Outside text, characters that only direct the display (joiners, writing direction) count as control characters, and so do
    three or more ``#`` alone count as damage.
    """
    found = (Fault("PF005", _control(cells, field)), Fault("PF311", _spreadsheet_error(cells, field)))
    return tuple(fault for fault in found if pc.any(fault.mask).as_py())


def _control(cells: Array, field: Field) -> Array:
    look = _look(cells)
    if look.ascii and not look.control:
        return _none(cells)
    pattern = _CONTROL_OR_FORMAT if field.type not in _SHOWS_FORMAT else _CONTROL_MULTILINE if field.multiline else _CONTROL
    return _found(pc.match_substring_regex(cells, pattern))


def _spreadsheet_error(cells: Array, field: Field) -> Array:
    if not (_bytes_of(cells)[0] == ord("#")).any():
        return _none(cells)
    mask = _found(pc.starts_with(cells, "#"))
    some = cells.filter(mask)
    bad = pc.is_in(pc.utf8_upper(some), value_set=_words("spreadsheet_errors.toml"))
    if field.type is not FieldType.STRING:
        bad = pc.or_(bad, pc.match_substring_regex(some, _HASHES))
    return pc.replace_with_mask(mask, mask, bad)


@cache
def _words(table: str, key: str = "words") -> Array:
    """A list of a dated table, as an Arrow array."""
    text = files("preflight.rules").joinpath("tables", table).read_text(encoding="utf-8")
    return pa.array(tomllib.loads(text)[key], pa.string())


def is_null_word(cells: Array, field: Field | None = None) -> Array:
    """Which cells hold a word that stands for nothing, such as ``N/A``.

    With a field, only where the field cannot hold it as data: nowhere in `HOLDS_NULL_WORDS`, and on a picklist neither the
    words that it names itself nor, where it names none, the writings that may be data (``NA`` is Namibia).
    """
    if field is not None and field.type in HOLDS_NULL_WORDS:
        return _none(cells)
    words = _found(pc.is_in(pc.utf8_lower(cells), value_set=_words("null_words.toml")))
    if field is None or field.type is not FieldType.PICKLIST:
        return words
    named = [*field.values, *(written for written, _ in field.synonyms)]
    if not named:
        return pc.and_not(words, _found(pc.is_in(cells, value_set=_words("null_words.toml", "data_writings"))))
    return pc.and_not(words, _found(pc.is_in(pc.utf8_lower(cells), value_set=pc.utf8_lower(pa.array(named, pa.string())))))


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
        "[a-z]Ã ",
        "Â ",
    )
)
_FORMULA_STARTS = np.array([ord(mark) for mark in "=@+-"], np.uint8)
_NUMBER_OR_PHONE = (
    r"^[+-]\s?[$€£¥]?\s?[\d.,' ]*\d\s?%?$|^\+\s?\(?\d[\d ()./-]*(?:\s*(?:x|ext\.?)\s*\d+)?$|^[+-]\d[\d.]*[eE][+-]?\d+$"
)


def read(cells: Array, field: Field, answers: Answers) -> Reading:
    """The text as it stands, and warnings: PF412, PF413, PF409 in fields of names, PF410 as information."""
    faults = (
        Fault("PF412", _mojibake(cells)),
        Fault("PF413", _null_word_in_text(cells)),
        Fault("PF409", _placeholder(cells, field)),
        Fault("PF410", _formula_start(cells)),
    )
    return Reading(cells, tuple(fault for fault in faults if pc.any(fault.mask).as_py()))


def _mojibake(cells: Array) -> Array:
    found = _bytes_of(cells)[0]
    if found.size == 0 or found.max() < 0x80:
        return _none(cells)
    mask = _not_ascii(cells)
    return pc.replace_with_mask(mask, mask, pc.match_substring_regex(cells.filter(mask), _MOJIBAKE))


def _null_word_in_text(cells: Array) -> Array:
    mask = is_null_word(cells)
    if not pc.any(mask).as_py():
        return mask
    return pc.and_not(mask, _found(pc.is_in(cells, value_set=_words("null_words.toml", "data_writings"))))


def _placeholder(cells: Array, field: Field) -> Array:
    if "name" not in field.name.lower():
        return _none(cells)
    return _found(pc.is_in(pc.utf8_lower(cells), value_set=_words("placeholders.toml")))


def _formula_start(cells: Array) -> Array:
    found, bounds = _bytes_of(cells)
    filled = bounds[1:] > bounds[:-1]
    starts = np.zeros(len(cells), bool)
    starts[filled] = np.isin(found[bounds[:-1][filled]], _FORMULA_STARTS)
    if not starts.any():
        return _none(cells)
    mask = _found(pc.and_(pa.array(starts), cells.is_valid()))
    harmless = pc.or_(pc.match_substring_regex(cells.filter(mask), _NUMBER_OR_PHONE), is_null_word(cells.filter(mask)))
    return pc.replace_with_mask(mask, mask, pc.invert(harmless))


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
    bad = [
        mark
        for mark in value
        if (mark not in kept and not mark.isprintable() and not mark.isspace()) or (mark < " " and mark not in kept)
    ]
    named = f" U+{ord(bad[0]):04X}" if bad else ""
    suggestion = "".join(_as_cp1252(mark) if mark in bad else mark for mark in value).strip()
    return Advice(f"{shown} holds the control character{named}; remove it", suggestion or None)


def _as_cp1252(mark: str) -> str:
    """What a C1 control character would be in cp1252, read as Latin-1 by mistake; other control characters are nothing."""
    if not "\x80" <= mark <= "\x9f":
        return ""
    return mark.encode("latin-1").decode("cp1252", "ignore")


def _advise_mojibake(value: str, shown: str) -> Advice:
    if "\ufffd" in value:
        return Advice(f"{shown} holds U+FFFD, which stands for a character that was lost; export it again as UTF-8")
    repaired = _repaired(value)
    wrong = f"{shown} looks like UTF-8 that was read as cp1252"
    return Advice(f"{wrong}; export it again as UTF-8" if repaired is None else wrong, repaired)


def _repaired(value: str) -> str | None:
    """The text that was meant, where undoing the wrong decoding loses nothing; None otherwise."""
    try:
        found = b"".join(_cp1252_byte(mark) for mark in value.replace("Â ", "Â\u00a0")).decode("utf-8")
    except UnicodeError:
        return None
    return found.replace("\u00a0", " ") if found.isprintable() else None


def _cp1252_byte(mark: str) -> bytes:
    return mark.encode("latin-1" if "\x80" <= mark <= "\x9f" else "cp1252")
