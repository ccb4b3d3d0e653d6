"""CSV text as a Source."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from preflight.errors import UnreadableInput
from preflight.files.blocks import Block, Cutting, ahead, iter_blocks
from preflight.files.dialect import Dialect, read_dialect
from preflight.files.encoding import Text, not_utf8
from preflight.files.locate import BlockLocator
from preflight.files.parse import Parsed, parse
from preflight.files.records import line_ends
from preflight.files.remarks import header_remarks, no_records, of_file
from preflight.findings import Finding, Scope, Severity, SourceLine
from preflight.rows import Chunk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from preflight.files.options import ReadOptions

__all__ = ["CsvSource", "open_csv"]

Array = Any  # pyarrow.Array; pyarrow ships no types

_SAMPLE_BYTES = 1 << 18


@dataclass(slots=True)
class _Pass:
    """What a pass has counted so far."""

    rows: int = 0
    lf: int = 0
    crlf: int = 0
    cr: int = 0
    nuls: int = 0
    first_nul: int | None = None

    def add(self, kinds: tuple[int, int, int]) -> None:
        """Count more line ends."""
        self.lf, self.crlf, self.cr = self.lf + kinds[0], self.crlf + kinds[1], self.cr + kinds[2]

    def add_nuls(self, block: Block) -> None:
        """Count the NUL bytes of a block, and note the line of the first."""
        if b"\0" not in block.data:  # much sooner known than their number
            return
        found = block.data.count(0, 0, block.found.consumed)
        if found and self.first_nul is None:
            self.first_nul = block.line + line_ends(block.data, 0, block.data.index(0))
        self.nuls += found


class CsvSource:
    """A Source over CSV text, whatever its encoding. Made by `open_csv`."""

    def __init__(self, text: Text, dialect: Dialect, options: ReadOptions) -> None:
        self._text = text
        self._dialect = dialect
        self._cutting = Cutting(text.origin.called, dialect.delimiter, options.block_bytes, options.record_bytes)
        self._done: _Pass | None = None

    @property
    def header(self) -> tuple[str, ...]:
        """The names of the columns, as found, without a byte order mark."""
        return self._dialect.header

    @property
    def path(self) -> str | None:
        """What the user called the file."""
        return self._text.origin.name

    @property
    def text(self) -> Text:
        """The text that cells are located in."""
        return self._text

    @property
    def delimiter(self) -> str:
        """The delimiter."""
        return self._dialect.delimiter.decode()

    def chunks(self) -> Iterator[Chunk]:
        """A fresh pass. A file of blank records alone yields one chunk without rows, which carries their lines. Raises
        UnreadableInput: PF001 where the file changed, PF003, PF103, PF107."""
        return self.narrowed(lambda: None)

    def narrowed(self, wanted: Callable[[], frozenset[int] | None]) -> Iterator[Chunk]:
        """The same, as NarrowSource promises."""
        nuls = sum(name.count("\0") for name in self.header)
        counted = _Pass(nuls=nuls, first_nul=self._dialect.header_line if nuls else None)
        with self._text.open() as source:
            source.seek(self._dialect.start, 1)
            blocks = iter_blocks(source, self._cutting, offset=self._dialect.start, line=self._dialect.line)
            if self._text.size - self._dialect.start > self._cutting.block_bytes:
                blocks = ahead(blocks)
            with closing(blocks):
                yield from self._chunks(blocks, counted, wanted)
        if self._text.spool is None:
            self._text.origin.confirm()
        self._done = counted

    def _chunks(self, blocks: Iterator[Block], counted: _Pass, wanted: Callable[[], frozenset[int] | None]) -> Iterator[Chunk]:
        held: Chunk | None = None
        waiting = np.array(self._dialect.blank_lines, dtype=np.int64)
        for block in blocks:
            counted.add(block.found.kinds)
            counted.add_nuls(block)
            parsed, blank = self._parsed(block, wanted()), _blank_lines(block)
            if not parsed.rows.size:
                waiting = np.append(waiting, blank)
                continue
            if held is not None:
                yield held
            last = block.line + int(block.found.breaks[parsed.rows[-1]])
            within = np.append(waiting, blank[blank < last])
            held, waiting = self._chunk(block, parsed, counted.rows, within), blank[blank > last]
            counted.rows += held.length
        yield from _with_last(held, waiting, len(self.header))

    def _parsed(self, block: Block, wanted: frozenset[int] | None) -> Parsed:
        try:
            return parse(block.data, block.found, self._dialect.delimiter, len(self.header), wanted)
        except UnicodeDecodeError:
            raise self._not_utf8(block) from None

    def _not_utf8(self, block: Block) -> UnreadableInput:
        try:
            block.data[: block.found.consumed].decode()
        except UnicodeDecodeError as fault:
            line = block.line + line_ends(block.data, 0, fault.start)
            return not_utf8(self._text, block.data[fault.start], block.offset + fault.start, line)
        raise AssertionError("a cell was not UTF-8 in a block that is")

    def _chunk(self, block: Block, parsed: Parsed, first_row: int, blank: Any) -> Chunk:
        found, rows = block.found, parsed.rows
        lines = block.line + found.breaks[rows]
        straight = int(lines[-1]) - int(lines[0]) == rows.size - 1
        return Chunk(
            columns=parsed.columns,
            first_row=first_row,
            length=rows.size,
            first_line=int(lines[0]),
            lines=None if straight else pa.array(lines),
            cells=None if parsed.cells is None else pa.array(parsed.cells),
            stray=None if parsed.stray is None else pa.array(parsed.stray),
            blank_lines=pa.array(blank) if blank.size else None,
            locate=BlockLocator(
                block.data,
                block.offset,
                found.starts[rows],
                found.stops[rows],
                self._dialect.delimiter,
                stray=parsed.stray is not None,
            ),
            share=(block.offset + found.consumed) / self._text.size,
        )

    def findings(self) -> tuple[Finding, ...]:
        """PF002 for a header alone, PF004 for another encoding, PF005 as a warning for NUL bytes in any column, PF006 for mixed
        line ends, PF207 for a header that is data."""
        encoding = self._text.encoding
        found: list[Finding] = []
        if self._done is not None and not self._done.rows:
            found.append(no_records())
        if not encoding.startswith(("utf-8", "ascii")):
            found.append(of_file("PF004", f"the file is {encoding}; it is read as such, and what is written is UTF-8"))
        if self._done is not None and self._done.nuls:
            found.append(_nuls(self._done))
        if self._done is not None and (ends := _mixed(self._done, self._dialect.end)):
            found.append(of_file("PF006", f"lines end in more than one way: {ends}"))
        return (*found, *header_remarks(self.header, self._dialect.header_line))

    def line(self) -> SourceLine:
        """What was read."""
        return SourceLine(
            path=self.path,
            records=self._done.rows if self._done else 0,
            encoding=self._text.encoding,
            delimiter=self._dialect.delimiter.decode(),
            reason=self._dialect.reason,
            columns=len(self.header),
        )


def _nuls(counted: _Pass) -> Finding:
    """A warning, because cells that are sent are judged one by one, and those of other columns do no harm."""
    what = "byte stands" if counted.nuls == 1 else "bytes stand"
    said = f"{counted.nuls:,} NUL {what} in the file, the first on line {counted.first_nul:,}; export it again without"
    return replace(of_file("PF005", said), severity=Severity.WARNING, scope=Scope.FILE)


def _blank_lines(block: Block) -> Any:
    found = block.found
    return block.line + found.breaks[found.blank] if found.blank is not None else np.empty(0, dtype=np.int64)


def _with_last(held: Chunk | None, waiting: Any, width: int) -> Iterator[Chunk]:
    """The last chunk, with the blank lines behind its last row; where no row came, one without rows if there are such lines."""
    if held is None:
        if waiting.size:
            nothing = tuple(pa.array([], type=pa.string()) for _ in range(width))
            yield Chunk(nothing, first_row=0, length=0, first_line=int(waiting[0]), blank_lines=pa.array(waiting))
        return
    if waiting.size:
        before = np.empty(0, dtype=np.int64) if held.blank_lines is None else np.asarray(held.blank_lines)
        held = replace(held, blank_lines=pa.array(np.append(before, waiting)))
    yield held


def _mixed(counted: _Pass, header_end: bytes) -> str:
    """The line ends and their counts, the header's included, where there is more than one kind."""
    counts = {"LF": counted.lf, "CRLF": counted.crlf, "CR": counted.cr}
    kind = {b"\n": "LF", b"\r\n": "CRLF", b"\r": "CR"}.get(header_end)
    if kind:
        counts[kind] += 1
    used = [f"{name} {count:,}" for name, count in counts.items() if count]
    return ", ".join(used) if len(used) > 1 else ""


def open_csv(text: Text, options: ReadOptions) -> CsvSource:
    """The table in a text. Raises UnreadableInput: PF002, PF003, PF103, PF106, PF107."""
    size = _SAMPLE_BYTES
    while True:
        sample = text.head(size)
        final = len(sample) < size
        if final:
            sample = sample.rstrip(b"\x1a")
        try:
            dialect = read_dialect(
                sample, text.origin.called, final=final, delimiter=options.delimiter, header_line=options.header_line
            )
        except UnicodeDecodeError:
            raise _header_not_utf8(text, sample) from None
        if dialect is not None:
            return CsvSource(text, dialect, options)
        if size > options.record_bytes:
            raise UnreadableInput(f"{text.origin.called}: no header ends within {options.record_bytes:,} bytes", "PF107")
        size *= 4


def _header_not_utf8(text: Text, sample: bytes) -> UnreadableInput:
    try:
        sample.decode()
    except UnicodeDecodeError as fault:
        return not_utf8(text, sample[fault.start], fault.start, line_ends(sample, 0, fault.start) + 1)
    raise AssertionError("the header was not UTF-8 in a text that is")
