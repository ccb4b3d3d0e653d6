"""A text cut into blocks of whole records, scanned, one block ahead of whoever uses them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, TypeVar

from preflight.errors import UnreadableInput
from preflight.files.records import Unclosed, cut_record, line_ends
from preflight.files.scan import Scan, scan

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

__all__ = ["Block", "Cutting", "ahead", "iter_blocks"]

T = TypeVar("T")

_END_OF_OLD_FILES = b"\x1a"


@dataclass(frozen=True, slots=True)
class Block:
    """Whole records: their bytes, which start at byte `offset` of the text on physical line `line`, and what the scan found."""

    data: bytes
    offset: int
    line: int
    found: Scan


@dataclass(frozen=True, slots=True)
class Cutting:
    """How a text is cut: the name of the file for messages, the delimiter, the size of blocks, and the longest record."""

    path: str
    delimiter: bytes
    block_bytes: int
    record_bytes: int


def iter_blocks(source: IO[bytes], cutting: Cutting, *, offset: int, line: int) -> Generator[Block]:
    """The blocks of the text from byte `offset` on, where `source` stands, on physical line `line`.

    A block grows until it holds a whole record. A control-Z at the very end, as old systems wrote it, is no text. Raises
    UnreadableInput: PF103 for a quote that never closes, PF107 for a record that is too long.
    """
    rest, want = b"", cutting.block_bytes
    while True:
        fresh = source.read(want)
        final = len(fresh) < want
        data = rest + fresh
        if final:
            data = data.rstrip(_END_OF_OLD_FILES)
        try:
            found = scan(data, cutting.delimiter, final=final)
        except Unclosed as fault:
            yield from _before(data, fault.at, cutting, offset, line)
            raise _unclosed(cutting.path, line + line_ends(data, 0, fault.at)) from fault
        if found.starts.size:
            yield Block(data, offset, line, found)
        if final:
            return
        rest, offset, line = data[found.consumed :], offset + found.consumed, line + found.lines
        want = max(cutting.block_bytes, len(rest))
        if len(rest) > cutting.record_bytes:
            _refuse_long(rest, cutting, line)


def _before(data: bytes, opened: int, cutting: Cutting, offset: int, line: int) -> Iterator[Block]:
    """The records before the one whose quote never closes: they are sound, and come first however the text is cut."""
    found = scan(data[:opened], cutting.delimiter, final=False)
    if found.starts.size:
        yield Block(data, offset, line, found)


def _unclosed(path: str, line: int) -> UnreadableInput:
    return UnreadableInput(
        f"{path}: a quote that opens on line {line} never closes, so nothing after it can be trusted; close or remove it", "PF103"
    )


def _refuse_long(rest: bytes, cutting: Cutting, line: int) -> None:
    """Raises UnreadableInput where the first record of `rest` does not end within the limit."""
    limit = f"{cutting.record_bytes:,} bytes"
    try:
        record = cut_record(rest, cutting.delimiter)
    except Unclosed as fault:
        opened = line + line_ends(rest, 0, fault.at)
        raise UnreadableInput(
            f"{cutting.path}: a quote that opens on line {opened} has not closed after {limit}; close or remove it", "PF103"
        ) from fault
    if record.stop > cutting.record_bytes:
        raise UnreadableInput(f"{cutting.path}: the record on line {line} is longer than {limit}; is it a CSV file?", "PF107")


def ahead(items: Iterator[T]) -> Generator[T]:
    """The same items, the next being made on a thread while one is used."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="preflight-read") as pool:
        end = object()
        coming = pool.submit(next, items, end)
        while (item := coming.result()) is not end:
            coming = pool.submit(next, items, end)
            yield item  # type: ignore[misc]  # the sentinel never comes here
