"""Pages as one iterator, whatever the server makes of `limit` and `offset`.

The offset advances by the items received, since a server may give fewer than were asked for; only an empty page is the end, since
`total` is optional and may lie (`assumptions.py`: paging.order). Duplicates are dropped: what moved between pages while they were
read comes twice.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import TypeVar

from preflight.client.dialect import Page
from preflight.client.errors import BadAnswer, Detail

__all__ = ["items"]

T = TypeVar("T")

_MOST_STALE = 3


def items(
    fetch: Callable[[int, int], Page[T]], key: Callable[[T], Hashable], *, operation: str, limit: int, at_most: int
) -> Iterator[T]:
    """All items of all pages in the server's order, each once; `fetch` takes limit and offset. An item whose key is None is kept.

    Raises BadAnswer after the items received so far: when a page repeats the one before while more is claimed (the server ignores
    the offset), when three pages in a row bring nothing new, and beyond `at_most` items.
    """
    seen: set[Hashable] = set()
    received = kept = stale = 0
    before: tuple[T, ...] = ()
    while True:
        page = fetch(limit, received)
        if not page.items:
            return
        fresh = [one for one in page.items if _is_new(key(one), seen)]
        received += len(page.items)
        kept += len(fresh)
        if kept > at_most or received > at_most + _MOST_STALE * limit:
            raise BadAnswer(f"{operation} gave more than {at_most:,} items; that cannot be right", Detail(operation))
        yield from fresh
        stale = 0 if fresh else stale + 1
        if not fresh and page.total is not None and kept >= page.total:
            return
        if page.items == before:
            raise BadAnswer(
                f"{operation} gives the same page again at offset {received - len(page.items)}: {kept:,} items were read, and "
                f"{'nobody knows how many' if page.total is None else f'{page.total:,}'} there are",
                Detail(operation),
            )
        if stale >= _MOST_STALE:
            raise BadAnswer(f"{operation} gave {stale} pages with nothing new after {kept:,} items", Detail(operation))
        before = page.items


def _is_new(key: Hashable, seen: set[Hashable]) -> bool:
    if key is None:
        return True
    if key in seen:
        return False
    seen.add(key)
    return True
