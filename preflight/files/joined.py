"""Several files as one Source: their rows one after the other, under the header of the first."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from preflight.contract.names import listed
from preflight.errors import UsageError
from preflight.files.read import open_source
from preflight.findings import Finding, Severity, SourceLine
from preflight.rows import Chunk, FileName, Locator, NarrowSource, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import BinaryIO

    from preflight.files.options import ReadOptions

    Wanted = Callable[[], frozenset[int] | None]

__all__ = ["JoinedSource", "open_sources"]

Array = Any  # pyarrow.Array; pyarrow ships no types

_ADVICE = "several files are one table only with the same columns"


@dataclass(frozen=True, slots=True)
class _MovedLocator:
    """The Locator of a file whose columns stand in another order: `order` has for each column of the table its number there."""

    locate: Locator
    order: tuple[int, ...]

    def __call__(self, rows: Array, columns: Array) -> tuple[Array, Array, Array]:
        numbers = np.array(self.order, dtype=np.int64)[np.asarray(columns, dtype=np.int64)]
        return self.locate(rows, pa.array(numbers))


@dataclass(frozen=True, slots=True)
class _Member:
    """One of the files. `order` has for each column of the table its number in this file; None where it is the same. `size` is in
    bytes, and says how large a share of the table it is."""

    source: Source
    path: str
    order: tuple[int, ...] | None = None
    size: int = 1

    def chunks(self, wanted: Wanted) -> Iterator[Chunk]:
        """The chunks of the file with the columns of the table, its rows counted from 0."""
        source = self.source
        found = source.narrowed(lambda: self._here(wanted())) if isinstance(source, NarrowSource) else source.chunks()
        return map(self._moved, found)

    def _here(self, wanted: frozenset[int] | None) -> frozenset[int] | None:
        return wanted if wanted is None or self.order is None else frozenset(self.order[number] for number in wanted)

    def _moved(self, chunk: Chunk) -> Chunk:
        if self.order is None:
            return replace(chunk, path=self.path)
        there = {number: at for at, number in enumerate(self.order)}
        return replace(
            chunk,
            columns=tuple(chunk.columns[number] for number in self.order),
            objects=tuple((there[number], mask) for number, mask in chunk.objects),
            locate=None if chunk.locate is None else _MovedLocator(chunk.locate, self.order),
            path=self.path,
        )


class JoinedSource:
    """A Source over several files, read one after the other, one open at a time. Made by `open_sources`."""

    def __init__(self, members: tuple[_Member, ...]) -> None:
        self._members = members
        self._starts: list[int] = []

    @property
    def header(self) -> tuple[str, ...]:
        """The names of the columns, in the order of the first file."""
        return self._members[0].source.header

    @property
    def path(self) -> str:
        """What the files are called together: ``a.csv and b.csv``, ``a.csv and 11 more files``."""
        first, *more = (one.path for one in self._members)
        return f"{first} and {more[0]}" if len(more) == 1 else f"{first} and {len(more):,} more files"

    @property
    def label_of(self) -> Callable[[int], FileName]:
        """The file in which a row stands. Asked after a pass over the chunks."""
        return self._file_of

    def _file_of(self, row: int) -> FileName:
        return FileName(self._members[max(bisect_right(self._starts, row) - 1, 0)].path)

    def chunks(self) -> Iterator[Chunk]:
        """A fresh pass over all files. A file of blank records alone yields one chunk without rows, which carries their lines.
        Raises UnreadableInput, which names the file."""
        return self.narrowed(lambda: None)

    def narrowed(self, wanted: Wanted) -> Iterator[Chunk]:
        """The same, as NarrowSource promises."""
        rows = done = 0
        starts = []
        whole = sum(member.size for member in self._members)
        for member in self._members:
            starts.append(rows)
            for chunk in member.chunks(wanted):
                rows = starts[-1] + chunk.first_row + chunk.length
                share = None if chunk.share is None else (done + chunk.share * member.size) / whole
                yield replace(chunk, first_row=starts[-1] + chunk.first_row, share=share)
            done += member.size
        self._starts = starts

    def findings(self) -> tuple[Finding, ...]:
        """What is to be said about each file. That one has no record is a warning where others have some."""
        has_rows = any(one.source.line().records for one in self._members)
        return tuple(_of_one(found, one.path, has_rows) for one in self._members for found in one.source.findings())

    def line(self) -> SourceLine:
        """What was read, together and file by file."""
        lines = tuple(one.source.line() for one in self._members)
        return SourceLine(
            path=self.path,
            records=sum(one.records for one in lines),
            encoding=_agreed([one.encoding for one in lines]),
            delimiter=_agreed([one.delimiter for one in lines]),
            sheet=_agreed([one.sheet for one in lines]),
            columns=len(self.header),
            files=lines,
        )


def _of_one(found: Finding, path: str, has_rows: bool) -> Finding:
    severity = Severity.WARNING if found.code == "PF002" and has_rows else found.severity
    return replace(found, path=path, severity=severity)


def _agreed(values: list[str | None]) -> str | None:
    return values[0] if len(set(values)) == 1 else None


def open_sources(paths: Sequence[str | Path], options: ReadOptions | None = None, *, stdin: BinaryIO | None = None) -> Source:
    """Several files as one table, rows in the order given; a single one as `open_source` has it. The options apply to each.

    Raises what `open_source` raises, and UsageError where no file is named, where one is named twice, and where their columns are
    not the same; their order may differ where no name stands twice.
    """
    if not paths:
        raise UsageError("no file is named; give at least one")
    _refuse_twice(paths)
    sources = [open_source(path, options, stdin=stdin) for path in paths]
    if len(sources) == 1:
        return sources[0]
    first = sources[0]
    return JoinedSource(
        tuple(_Member(one, str(path), _order(one, first), _size(path)) for one, path in zip(sources, paths, strict=True))
    )


def _size(path: str | Path) -> int:
    """About how many bytes a file has, at least 1: standard input and pipes do not say."""
    with suppress(OSError):
        return max(Path(path).stat().st_size, 1)
    return 1


def _refuse_twice(paths: Sequence[str | Path]) -> None:
    """Raise UsageError where a file is named twice, by whatever name: its rows would be sent twice."""
    known: dict[object, str] = {}
    for name in map(str, paths):
        seen: object = name
        with suppress(OSError, ValueError):  # what is not there, opening will tell
            found = Path(name).stat() if name != "-" else None
            seen = name if found is None else (found.st_dev, found.st_ino)
        other = known.get(seen)
        if other == "-":
            raise UsageError("standard input (-) is given more than once, and can be read but once")
        if other is not None:
            same = f"{name} is given more than once" if name == other else f"{other} and {name} are the same file"
            raise UsageError(f"{same}, and its rows would be counted twice; leave one of them out")
        known[seen] = name


def _order(source: Source, first: Source) -> tuple[int, ...] | None:
    """For each column of the first file its number in this one; None where they are the same. Raises UsageError."""
    header, wanted = source.header, first.header
    if header == wanted:
        return None
    lacking, besides = Counter(wanted) - Counter(header), Counter(header) - Counter(wanted)
    if lacking or besides:
        told = [f"lacks {listed(list(lacking.elements()))}"] if lacking else []
        told += [f"has {listed(list(besides.elements()))} besides"] if besides else []
        raise UsageError(
            f"{_called(source)} {' and '.join(told)}, compared with {_called(first)}; {_ADVICE}: rename them, or write it by itself"
        )
    doubled = [name for name, count in Counter(wanted).items() if count > 1]
    if doubled:
        raise UsageError(
            f"{_called(source)} has the columns of {_called(first)} in another order, and {listed(doubled)} more than once, which "
            f"cannot be told apart; {_ADVICE}: put them in one order, or give each its own name"
        )
    return tuple(header.index(name) for name in wanted)


def _called(source: Source) -> str:
    return "standard input" if source.path == "-" else str(source.path)
