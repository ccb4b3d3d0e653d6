"""The bytes of a part, or of some of its records: where records end, and a piece as a file that can be uploaded."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["Piece", "halves", "record_ends"]

_BLOCK = 16 << 20


def record_ends(path: Path) -> Any:
    """Where each record of a CSV ends, the header first (int64): line feeds outside quotes."""
    found = []
    quotes = offset = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            view = np.frombuffer(block, dtype=np.uint8)
            quoted = np.flatnonzero(view == 0x22)
            breaks = np.flatnonzero(view == 0x0A)
            outside = (np.searchsorted(quoted, breaks) + quotes) % 2 == 0
            found.append(breaks[outside].astype(np.int64) + (offset + 1))
            quotes += len(quoted)
            offset += len(block)
    return np.concatenate(found) if found else np.zeros(0, dtype=np.int64)


def halves(ends: Any, first: int, last: int) -> int | None:
    """The last record of the first half of `first` to `last`, so that both have nearly the same bytes; None for one record."""
    if first == last:
        return None
    middle = (int(ends[first - 1]) + int(ends[last])) // 2
    return max(first, min(int(np.searchsorted(ends, middle, side="right")) - 1, last - 1))


class Piece(io.RawIOBase):
    """Some records of a part under its header, as a file that can seek. A context manager."""

    def __init__(self, path: Path, ends: Any, first: int, last: int) -> None:
        super().__init__()
        self._file = path.open("rb")
        self._head = int(ends[0])
        self._start = int(ends[first - 1])
        self.size = self._head + int(ends[last]) - self._start
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self.size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def read(self, size: int | None = -1, /) -> bytes:
        wanted = self.size - self._at if size is None or size < 0 else min(size, self.size - self._at)
        kept = b""
        while wanted > 0:
            in_head = self._at < self._head
            self._file.seek(self._at if in_head else self._start + self._at - self._head)
            piece = self._file.read(min(wanted, self._head - self._at) if in_head else wanted)
            if not piece:
                break
            kept += piece
            self._at += len(piece)
            wanted -= len(piece)
        return kept

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()
