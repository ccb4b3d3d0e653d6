"""The report as a workbook: what to do, and the rejected rows with each fault marked in its cell, ready to be repaired."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING, Any

from preflight.errors import NotAvailable
from preflight.report.escape import shorten, visible
from preflight.report.wording import (
    balance,
    by_weight,
    counts,
    distinct,
    headline,
    if_supplied,
    place,
    rewritten,
    source_name,
    verdict,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from preflight.findings import Content, Group

__all__ = ["RejectedRow", "render"]

RejectedRow = tuple[str, "Sequence[str | None]", "Mapping[str, str]"]
"""The row key, the cells as they stand in the source, and what is wrong by column; under ``""`` what is wrong with the row."""

_LONGEST_CELL = 32_767  # characters, and what a workbook holds in a cell
_MOST_CELLS = 1_000_000
_MOST_ROWS = 1_048_575
_MOST_NOTES = 5_000
_MOST_GROUPS = 1_000
_LONGEST_NOTE = 500
_LONGEST_SENTENCE = 1_000
_UNHOLDABLE = re.compile("[\ud800-\udfff\ufffe\uffff]")  # halves of pairs, and what is no character
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_MADE = datetime(2000, 1, 1)
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_UNHELD = "this row cannot be repaired here, because a workbook cannot hold one of its cells; take it from rejected.csv"
_LINE = 15.0  # points that a line of text is high
_MOST_LINES = 12
_ERRORS_WIDE = 60
_HEADINGS = ("Severity", "Code", "Column", "Findings", "Rows", "Share", "What is wrong", "Most frequent values", "First at")
_NUMBERS = ("Findings", "Rows", "Share")
_WIDTHS = (10, 30, 24, 10, 10, 9, 70, 50, 28)
_TINTS = {"error": "#FCE0DD", "warning": "#FCEBC8", "info": "#DDE9FB"}


def render(content: Content, rejected: Iterable[RejectedRow], /, header: Sequence[str]) -> bytes:
    """A workbook of two sheets. Every source cell is typed as text and stays as it is; the column `preflight_row` is hidden.

    About a million cells are taken, and the cap is printed. Raises NotAvailable without XlsxWriter.
    """
    try:
        import xlsxwriter
    except ImportError as missing:
        raise NotAvailable('a workbook needs XlsxWriter: pip install "demandbase-preflight[excel]"') from missing
    target = BytesIO()
    book = xlsxwriter.Workbook(target, _OPTIONS)
    book.set_properties({"title": "preflight", "created": _MADE})
    first, second = book.add_worksheet("What to do"), book.add_worksheet("Rejected rows")
    styles = _Styles.of(book)
    rows = _RejectedSheet(second, styles, tuple(header))
    rows.fill(rejected)
    _what_to_do(first, styles, content, rows.shown)
    for sheet in (first, second):
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
    second.repeat_rows(0)
    book.close()
    return target.getvalue()


@dataclass(frozen=True, slots=True)
class _Styles:
    title: Any
    head: Any
    number: Any
    wrap: Any
    plain: Any
    share: Any
    text: Any
    fault: Any
    severities: dict[str, Any]

    @classmethod
    def of(cls, book: Any) -> _Styles:
        top = {"valign": "top"}
        return cls(
            title=book.add_format({"bold": True, "font_size": 16}),
            head=book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
            number=book.add_format({"bold": True, "bottom": 1, "valign": "top", "align": "right"}),
            wrap=book.add_format(top | {"text_wrap": True, "indent": 1}),
            plain=book.add_format(top),
            share=book.add_format(top | {"num_format": "0.0%"}),
            text=book.add_format(top | {"num_format": "@"}),
            fault=book.add_format(top | {"num_format": "@", "bg_color": _TINTS["error"], "font_color": "#7A1A14"}),
            severities={word: book.add_format(top | {"bg_color": tint, "bold": True}) for word, tint in _TINTS.items()},
        )


def _what_to_do(sheet: Any, styles: _Styles, content: Content, shown: int) -> None:
    for at, wide in enumerate(_WIDTHS):
        sheet.set_column(at, at, wide)
    sheet.write_string(0, 0, verdict(content), styles.title)
    changed = rewritten(content)
    said = [
        f"{source_name(content)}: {balance(content)}",
        f"{counts(content)}.{f' write would rewrite {changed}' if changed else ''}",
    ]
    said += [more for more in (if_supplied(content), *content.hints) if more]
    if shown < content.summary.rejected:
        said.append(f"The sheet Rejected rows holds {shown:,} of {content.summary.rejected:,}; all of them stand in rejected.csv.")
    if shown:
        said.append("Repair the coloured cells of the sheet Rejected rows, save it, and give it to preflight merge.")
    for at, line in enumerate(said, start=1):
        sheet.write_string(at, 0, visible(line))
    top = len(said) + 2
    groups = by_weight(content.groups)
    for at, name in enumerate(_HEADINGS):
        sheet.write_string(top, at, name, styles.number if name in _NUMBERS else styles.head)
    for at, group in enumerate(groups[:_MOST_GROUPS], start=top + 1):
        _group(sheet, styles, content, group, at)
    if len(groups) > _MOST_GROUPS:
        sheet.write_string(top + _MOST_GROUPS + 1, 0, f"{_MOST_GROUPS:,} of {len(groups):,} kinds are shown.")
    sheet.autofilter(top, 0, top + max(1, min(len(groups), _MOST_GROUPS)), len(_HEADINGS) - 1)


def _group(sheet: Any, styles: _Styles, content: Content, group: Group, at: int) -> None:
    word, told, values = group.severity.value, shorten(headline(group), _LONGEST_SENTENCE), distinct(group)
    sheet.set_row(at, _high(max(_lines(told, _WIDTHS[6]), _lines(values, _WIDTHS[7]))))
    sheet.write_string(at, 0, word, styles.severities[word])
    sheet.write_string(at, 1, f"{group.code} {group.name}", styles.plain)
    sheet.write_string(at, 2, visible(shorten(group.column or "")), styles.plain)
    sheet.write_number(at, 3, group.findings, styles.plain)
    sheet.write_number(at, 4, group.rows, styles.plain)
    sheet.write_number(at, 5, group.share, styles.share)
    sheet.write_string(at, 6, told, styles.wrap)
    sheet.write_string(at, 7, values, styles.wrap)
    placed = group.examples and group.first_source_row is not None
    sheet.write_string(at, 8, place(content, group.examples[0]) if placed else "", styles.plain)


class _RejectedSheet:
    """The sheet of rejected rows. `shown` is how many it holds."""

    def __init__(self, sheet: Any, styles: _Styles, header: tuple[str, ...]) -> None:
        self.shown = 0
        self._notes = 0
        self._sheet = sheet
        self._styles = styles
        self._names = ("preflight_row", "preflight_errors", *header)
        self._places = {name: at for at, name in reversed(list(enumerate(header, start=2)))}

    def fill(self, rejected: Iterable[RejectedRow], /) -> None:
        """Writes the header, and as many rows as the caps allow."""
        sheet, last = self._sheet, len(self._names) - 1
        sheet.set_column(0, 0, 18, self._styles.text, {"hidden": True})
        sheet.set_column(1, 1, _ERRORS_WIDE, self._styles.wrap)
        if last > 1:
            sheet.set_column(2, last, 22, self._styles.text)
        sheet.freeze_panes(1, 2)
        for at, name in enumerate(self._names):
            sheet.write_string(0, at, _held(name), self._styles.head)
        most = min(_MOST_ROWS, max(1, _MOST_CELLS // len(self._names)))
        for key, cells, faults in islice(rejected, most):
            self.shown += 1
            self._write(key, cells, faults)
        sheet.autofilter(0, 0, max(1, self.shown), last)

    def _write(self, key: str, cells: Sequence[str | None], faults: Mapping[str, str]) -> None:
        """One row. A row that cannot be held whole gets no key, so that it cannot be merged damaged."""
        said = [f"{visible(shorten(name))}: {visible(text)}" if name else visible(text) for name, text in faults.items()]
        if all(cell is None or _fits(cell) for cell in cells):
            self._sheet.write_string(self.shown, 0, key, self._styles.text)
        else:
            said.append(_UNHELD)
        self._sheet.set_row(self.shown, _high(sum(_lines(line, _ERRORS_WIDE) for line in said)))
        self._sheet.write_string(self.shown, 1, shorten("\n".join(said), _LONGEST_CELL - 100), self._styles.wrap)
        faulty = {self._places[name]: text for name, text in faults.items() if name in self._places}
        for column, cell in enumerate(cells, start=2):
            style = self._styles.fault if column in faulty else self._styles.text
            if cell is not None and cell != "":
                self._sheet.write_string(self.shown, column, _held(cell), style)
            elif column in faulty:
                self._sheet.write_blank(self.shown, column, None, style)
        self._annotate(faulty)

    def _annotate(self, faulty: Mapping[int, str]) -> None:
        for column, text in faulty.items():
            if self._notes < _MOST_NOTES:
                self._sheet.write_comment(self.shown, column, visible(shorten(text, _LONGEST_NOTE)), {"x_scale": 2})
                self._notes += 1


def _lines(text: str, wide: int) -> int:
    """How many lines a text takes in a column of that width; a word is not cut, so the last tenth of a line may stay free."""
    return -(-len(text) * 10 // (wide * 9))


def _high(lines: int) -> float:
    """The height of a row: not every program finds it by itself when it opens a workbook."""
    return _LINE * max(1, min(lines, _MOST_LINES))


def _fits(cell: str) -> bool:
    """Whether a workbook can hold the cell as it is: it counts in halves of pairs."""
    if len(cell) > _LONGEST_CELL or _UNHOLDABLE.search(cell):
        return False
    return len(cell) * 2 <= _LONGEST_CELL or len(cell) + len(_ASTRAL.findall(cell)) <= _LONGEST_CELL


def _held(cell: str) -> str:
    return cell if _fits(cell) else visible(shorten(cell, 1_000))
