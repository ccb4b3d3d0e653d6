"""Open whatever holds a table."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from preflight.errors import UnreadableInput
from preflight.files.csv_source import open_csv
from preflight.files.encoding import open_text
from preflight.files.options import ReadOptions
from preflight.files.origin import find_origin, kind_of

if TYPE_CHECKING:
    from typing import BinaryIO

    from preflight.rows import Source

__all__ = ["ReadOptions", "open_source"]

_HEAD = 4096


def open_source(path: str | Path, options: ReadOptions | None = None, *, stdin: BinaryIO | None = None) -> Source:
    """A file as a Source; ``-`` is standard input, copied to a temporary file first.

    Raises UnreadableInput.
    """
    chosen = options or ReadOptions()
    origin = find_origin(path, stdin or sys.stdin.buffer)
    kind = kind_of(origin.head(_HEAD))
    if kind is not None:
        raise UnreadableInput(f"{origin.name} is {kind}, not text; export it as CSV in UTF-8", "PF008")
    return open_csv(open_text(origin, chosen.encoding), chosen)
