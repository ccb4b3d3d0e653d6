"""The cells of the parts that row errors speak of: read from the bytes that were sent, only the columns that are named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

__all__ = ["Naming", "PartCells", "last_line", "read_cells"]

Array = Any
_BLOCK = 16 << 20


class Naming:
    """What a server may call a column of the parts: its field, or its header. Letter case is no difference."""

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        self.pairs = tuple(pairs)
        self._fields = _unambiguous([field for _, field in pairs])
        self._headers = _unambiguous([header for header, _ in pairs])

    def column(self, name: str | None) -> int | None:
        """The number of the column; None where the name is unknown, or where it is the field of one and the header of another."""
        if name is None:
            return None
        found = {known[one] for known in (self._fields, self._headers) for one in (name, _plain(name)) if one in known}
        return found.pop() if len(found) == 1 else None

    def kind(self, name: str | None) -> str | None:
        """Whether the name is a ``field`` or a ``column``; None where it is unknown or both."""
        if self.column(name) is None or name is None:
            return None
        as_field, as_header = (any(one in known for one in (name, _plain(name))) for known in (self._fields, self._headers))
        return None if as_field and as_header else "field" if as_field else "column"


def _plain(name: str) -> str:
    return name.strip().casefold()


def _unambiguous(names: Sequence[str]) -> dict[str, int]:
    """The numbers of names as written, and of those that stay distinct without letter case."""
    known: dict[str, int] = {}
    for form in ([_plain(name) for name in names], list(names)):
        for at, name in enumerate(form):
            if form.count(name) == 1:
                known[name] = at
    return known


@dataclass(frozen=True, slots=True)
class PartCells:
    """Some columns of a part as text, record 0 being the header."""

    columns: Mapping[int, Any]

    def take(self, column: int, records: Any) -> Array:
        """The cells of some records (numpy int64, negative: none, which gives null)."""
        return self.columns[column].take(pa.array(np.where(records < 0, 0, records), mask=records < 0))

    def occurrences(self, column: int, values: Array) -> Any:
        """How often each value stands in the column, edges and case apart: numpy int64."""
        counted = pc.value_counts(levelled(self.columns[column].slice(1)))
        at = pc.index_in(levelled(values), value_set=counted.field("values"))
        return pc.fill_null(counted.field("counts").take(at), 0).to_numpy(zero_copy_only=False)


def levelled(texts: Array) -> Array:
    """Texts as they are compared at first: without blank edges and without letter case."""
    return pc.utf8_lower(pc.utf8_upper(pc.utf8_trim_whitespace(texts)))


def read_cells(path: Path, width: int, columns: Sequence[int]) -> PartCells:
    """Some columns of a part of `width` columns. Raises OSError or pyarrow's ArrowException where that cannot be done."""
    names = [str(number) for number in range(width)]
    try:
        table = _read(path, names, columns, _BLOCK)
    except pa.ArrowInvalid:  # a record larger than a block
        table = _read(path, names, columns, path.stat().st_size + 1)
    return PartCells({number: table[str(number)].combine_chunks() for number in columns})


def _read(path: Path, names: list[str], columns: Sequence[int], block: int) -> Any:
    return csv.read_csv(
        path,
        read_options=csv.ReadOptions(column_names=names, block_size=max(1024, min(block, path.stat().st_size + 1))),
        parse_options=csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=csv.ConvertOptions(
            include_columns=[str(number) for number in columns],
            column_types={name: pa.large_string() for name in names},
            strings_can_be_null=False,
        ),
    )


def last_line(path: Path) -> int | None:
    """The number of the last physical line of a part, None where it cannot be read."""
    count = 0
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                count += block.count(b"\n")
    except OSError:
        return None
    return count
