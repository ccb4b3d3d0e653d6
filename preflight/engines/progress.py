"""How far a run is: told chunk by chunk, shown by whoever called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from preflight.rows import Chunk

__all__ = ["Step", "Watch", "watched"]


@dataclass(frozen=True, slots=True)
class Step:
    """Pass `number` of `passes` over the source has taken `rows` rows, which are `share` of it (0 to 1; None: not known)."""

    number: int
    passes: int
    rows: int
    share: float | None


Watch = Callable[[Step], None]


def watched(chunks: Iterable[Chunk], watch: Watch | None, number: int, passes: int) -> Iterator[Chunk]:
    """The same chunks; each is told when the next is asked for."""
    rows = 0
    for chunk in chunks:
        yield chunk
        if watch is not None:
            rows += chunk.length
            watch(Step(number, passes, rows, chunk.share))
