"""How a text file is a table: its delimiter, with the reason, and its header.

The header decides: a delimiter is one that splits the header, and among several the one that splits the records alike. What
stays open is asked, never guessed.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from preflight.errors import UnreadableInput
from preflight.files.records import CutRecord, Unclosed, cut_record, is_blank, iter_records, line_ends

__all__ = ["NAMES", "Dialect", "looks_like_data", "read_dialect"]

NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe", "^": "caret", "`": "backquote", ":": "colon", " ": "space"}

_USUAL = (",", ";", "\t", "|")
_UNUSUAL = {"^": 2, "`": 2, "~": 2, "!": 2, "\x1f": 2, "\x01": 2, "#": 2, "*": 2, ":": 3, " ": 3, "/": 3, "=": 3}
"""Signs that are asked about, and the cells that they must make in every record: some are common inside of names."""
_SAMPLE = 100

_STATED = re.compile(rb'"?sep=([^\r\n])"?(?:\r\n|\n|\r)', re.IGNORECASE)

_DATA = re.compile(
    r"[-+]?[$€£]?\d[\d.,\s]*%?|[^@\s]+@[^@\s]+\.[^@\s]+|https?://\S+"
    r"|\d{4}[-/]\d\d?[-/]\d\d?(?:[ T][\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?|\d\d?[-/.]\d\d?[-/.]\d{2,4}"
)
_NEVER_A_NAME = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+|https?://\S+")


@dataclass(frozen=True, slots=True)
class Dialect:
    """The delimiter and why, the header and its line, where the records start (byte and line), the blank lines above.

    `end` is the line end of the header: ``\\n``, ``\\r\\n``, ``\\r`` or nothing.
    """

    delimiter: bytes
    reason: str
    header: tuple[str, ...]
    start: int
    line: int
    header_line: int
    blank_lines: tuple[int, ...] = ()
    end: bytes = b""


@dataclass(frozen=True, slots=True)
class _Trial:
    """What one delimiter makes of the sample: the cells of the header, and of the records below."""

    delimiter: str
    header: int
    counts: tuple[int, ...]

    @property
    def alike(self) -> int:
        """How many records have as many cells as the header."""
        return sum(count == self.header for count in self.counts)

    @property
    def is_even(self) -> bool:
        """Whether every record has as many cells as the header."""
        return self.alike == len(self.counts)

    @property
    def sign(self) -> str:
        """The delimiter in words."""
        return NAMES.get(self.delimiter) or (f'"{self.delimiter}"' if self.delimiter.isprintable() else repr(self.delimiter))


def read_dialect(text: bytes, path: str, *, final: bool, delimiter: str | None, header_line: int | None) -> Dialect | None:
    """The dialect that the beginning of a text shows; None where the text is not `final` and too short to hold the header.

    Raises UnreadableInput: PF002 where there is no record at all, PF103 for a quote in the header that never closes, PF106 where
    the delimiter cannot be told.
    """
    start, line = (0, 1) if header_line is None else _line_start(text, header_line, path, final=final)
    if start < 0:
        return None
    stated = _STATED.match(text, start)
    if stated and header_line is None:
        start, line = stated.end(), line + 1
        if delimiter is None:
            return _dialect(text, path, stated[1].decode(errors="replace"), "stated by the first line", start, line, final=final)
    if delimiter is not None:
        return _dialect(text, path, delimiter, "as stated", start, line, final=final)
    return _recognised(text, path, start, line, final=final)


def _line_start(text: bytes, wanted: int, path: str, *, final: bool) -> tuple[int, int]:
    """Where a physical line starts; -1 where the text does not reach so far yet."""
    at, line = 0, 1
    for found in re.finditer(rb"\r\n|\n|\r", text):
        if line == wanted:
            break
        at, line = found.end(), line + 1
    if line == wanted and at < len(text):
        return at, line
    if not final:
        return -1, 0
    raise UnreadableInput(f"{path} has {line_ends(text)} lines, and the header was said to stand on line {wanted}", "PF002")


def _recognised(text: bytes, path: str, start: int, line: int, *, final: bool) -> Dialect | None:
    trials = [trial for sign in _USUAL if (trial := _trial(text, sign, start, final=final)) is not None]
    split = [trial for trial in trials if trial.header > 1]
    if not split:
        if trials:
            _refuse_other_shapes(text, path, start, trials, final=final)
        reason = "one column: nothing divides the header"
        return _dialect(text, path, ",", reason, start, line, final=final)
    best = max(split, key=lambda trial: (trial.alike / max(len(trial.counts), 1), trial.header))
    _refuse_doubt(path, best, split)
    return _dialect(text, path, best.delimiter, _reason(best), start, line, final=final)


def _refuse_doubt(path: str, best: _Trial, split: list[_Trial]) -> None:
    """Raises UnreadableInput (PF106) where another delimiter fits as well, or the best divides the header and no record."""
    for rival in split:
        if rival is not best and (rival.header, rival.alike) == (best.header, best.alike):
            raise UnreadableInput(
                f"{path}: {best.sign} and {rival.sign} both divide the header into {best.header} cells; say which with --delimiter",
                "PF106",
            )
    if len(best.counts) >= 2 and set(best.counts) == {1}:
        raise UnreadableInput(
            f"{path}: {best.sign} divides the header into {best.header} cells and none of the {len(best.counts)} records read; "
            f"if there is one column, put quotes around its name, else say with --delimiter what divides the records",
            "PF106",
        )


def _reason(trial: _Trial) -> str:
    if not trial.counts:
        return f"{trial.sign}: {trial.header} cells in the header"
    return f"{trial.sign}: {trial.header} cells in the header and in {trial.alike} of {len(trial.counts)} records"


def _trial(text: bytes, sign: str, start: int, *, final: bool) -> _Trial | None:
    """None where the sign makes no header of the text: because it is blank, or a quote in it stays open."""
    counts: list[int] = []
    try:
        for record in iter_records(text, sign.encode(), start=start, final=final):
            if not is_blank(record):
                counts.append(len(record.cells))
            if len(counts) > _SAMPLE:
                break
    except Unclosed:
        pass
    return _Trial(sign, counts[0], tuple(counts[1:])) if counts else None


def _refuse_other_shapes(text: bytes, path: str, start: int, trials: list[_Trial], *, final: bool) -> None:
    """A header of one cell: refuse where something else than a single column is evident. Raises UnreadableInput (PF106)."""
    for trial in trials:
        common, often = Counter(trial.counts).most_common(1)[0] if trial.counts else (1, 0)
        if common > 1 and often >= 2 and 2 * often >= len(trial.counts):
            raise UnreadableInput(
                f"{path}: the first record has one cell, but {trial.sign} makes {common} cells of {often} of the "
                f"{len(trial.counts)} read below it; if a title stands above the header, say where it is with --header-line, "
                f"else name another --delimiter",
                "PF106",
            )
    for sign, least in _UNUSUAL.items():
        other = _trial(text, sign, start, final=final)
        if other is not None and other.header >= least and other.counts and other.is_even:
            raise UnreadableInput(
                f"{path}: none of comma, semicolon, tab and pipe divides the header, but {other.sign} makes {other.header} "
                f"cells of it and of every record; if it is the delimiter, give --delimiter {_shell(sign)}, "
                "else --delimiter , for one column",
                "PF106",
            )


def _shell(sign: str) -> str:
    return f"'{sign}'" if sign.isprintable() else f"$'\\x{ord(sign):02x}'"


def _dialect(text: bytes, path: str, sign: str, reason: str, start: int, line: int, *, final: bool) -> Dialect | None:
    delimiter = sign.encode()
    if len(delimiter) != 1 or sign in '"\r\n':
        raise UnreadableInput(f'{path}: the delimiter "{sign}" is not one ASCII sign; give another with --delimiter', "PF106")
    blank: list[int] = []
    while start < len(text):
        record = _record(text, path, delimiter, start, line, final=final)
        if record is None:
            return None
        after = line + line_ends(text, record.start, record.after)
        if not is_blank(record):
            _refuse_stray(record, path, line, after)
            names = tuple(cell.text.decode() for cell in record.cells)
            return Dialect(delimiter, reason, names, record.after, after, line, tuple(blank), text[record.stop : record.after])
        blank.append(line)
        start, line = record.after, after
    if not final:
        return None
    raise UnreadableInput(f"{path} is empty: it has no header and no records", "PF002")


def _refuse_stray(record: CutRecord, path: str, line: int, after: int) -> None:
    """A quote out of place may belong to a name; where the header also runs over several lines, it has swallowed records."""
    if record.is_stray and after - line > 1:
        raise UnreadableInput(
            f"{path}: a quote in the header on line {line} is in the wrong place, and the header would run to line {after - 1}; "
            f"close or remove it",
            "PF104",
        )


def _record(text: bytes, path: str, delimiter: bytes, start: int, line: int, *, final: bool) -> CutRecord | None:
    try:
        record = cut_record(text, delimiter, start)
    except Unclosed as fault:
        if not final:
            return None
        opened = line + line_ends(text, start, fault.at)
        raise UnreadableInput(f"{path}: a quote that opens in the header on line {opened} never closes", "PF103") from fault
    return None if not final and record.after >= len(text) else record


def looks_like_data(header: tuple[str, ...]) -> bool:
    """Whether a header is rather a record: no cell is a name, or one is what no name can be (an e-mail address, a web address)."""
    cells = [cell.strip() for cell in header if cell.strip()]
    return any(_NEVER_A_NAME.fullmatch(cell) for cell in cells) or (bool(cells) and all(_DATA.fullmatch(cell) for cell in cells))
