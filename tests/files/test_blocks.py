"""Blocks hold whole records, whatever their size, and are made one ahead."""

from __future__ import annotations

import io
import threading
from typing import TYPE_CHECKING

import pytest

from preflight.errors import UnreadableInput
from preflight.files.blocks import Block, Cutting, ahead, iter_blocks

if TYPE_CHECKING:
    from collections.abc import Iterator


def cut(text: bytes, size: int, limit: int = 1000) -> list[Block]:
    return list(iter_blocks(io.BytesIO(text), Cutting("rows.csv", b",", size, limit), offset=10, line=5))


@pytest.mark.parametrize("size", range(1, 20))
def test_blocks_of_any_size_hold_the_same_records(size: int) -> None:
    text = b'a,b\r\n"c\r\nd",e\r\r\nf,"g"'
    blocks = cut(text, size)
    bounds = [(block, *bound) for block in blocks for bound in zip(block.found.starts, block.found.stops, strict=True)]
    records = [block.data[start:stop] for block, start, stop in bounds]
    assert records == [b"a,b", b'"c\r\nd",e', b"", b'f,"g"']
    assert [block.line + line for block in blocks for line in block.found.breaks.tolist()] == [5, 6, 8, 9]
    assert [block.offset + start for block in blocks for start in block.found.starts.tolist()] == [10, 15, 24, 26]


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_control_z_at_the_end_is_no_text(size: int) -> None:
    texts = [block.data[: block.found.consumed] for block in cut(b"a\x1a\nb\n\x1a\x1a\x1a", size)]
    assert b"".join(texts) == b"a\x1a\nb\n"


@pytest.mark.parametrize("size", [1, 10, 10_000])
def test_a_limit_is_for_one_record_and_not_for_a_block(size: int) -> None:
    assert sum(block.found.starts.size for block in cut(b"abc\n" * 1000, size, limit=3)) == 1000


def test_a_quote_that_is_open_beyond_the_limit_is_named() -> None:
    with pytest.raises(UnreadableInput, match=r"opens on line 6 has not closed after 50 bytes") as refused:
        cut(b'a\nb,"' + b"x" * 500, 10, limit=50)
    assert refused.value.code == "PF103"


def test_items_are_made_ahead_on_another_thread_in_order() -> None:
    made: list[str] = []

    def items() -> Iterator[int]:
        for number in range(5):
            made.append(threading.current_thread().name)
            yield number

    assert list(ahead(items())) == [0, 1, 2, 3, 4]
    assert all(name.startswith("preflight-read") for name in made)


def test_a_fault_ahead_comes_in_its_turn() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise UnreadableInput("no more")

    seen: list[int] = []
    with pytest.raises(UnreadableInput):
        seen.extend(ahead(items()))
    coming = ahead(items())
    assert next(coming) == 1
    with pytest.raises(UnreadableInput):
        next(coming)


def test_no_thread_is_left_when_the_rest_is_not_wanted() -> None:
    before = threading.active_count()
    coming = ahead(iter(range(100)))
    next(coming)
    coming.close()  # type: ignore[attr-defined]
    assert threading.active_count() == before
