"""Pages as one iterator, whatever the server makes of limit and offset."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.client.dialect import Page
from preflight.client.errors import BadAnswer
from preflight.client.pages import items


def read(fetch: Callable[[int, int], Page[int]], limit: int = 10, at_most: int = 1000) -> list[int]:
    return list(items(fetch, lambda one: one, operation="listThings", limit=limit, at_most=at_most))


@given(st.integers(0, 60), st.integers(1, 20), st.integers(1, 20), st.sampled_from(["true", "absent", "low", "high"]))
def test_every_item_comes_once_in_order(count: int, limit: int, cap: int, total: str) -> None:
    claimed = {"true": count, "absent": None, "low": count // 2, "high": count + 5}[total]

    def fetch(asked: int, offset: int) -> Page[int]:
        return Page(tuple(range(count))[offset : offset + min(asked, cap)], claimed)

    assert read(fetch, limit) == list(range(count))


@given(st.integers(1, 40), st.integers(2, 10))
def test_overlapping_pages_lose_nothing(count: int, size: int) -> None:
    def fetch(_: int, offset: int) -> Page[int]:
        start = max(offset - 1, 0)
        return Page(tuple(range(count))[start : start + size] if offset < count else (), count)

    found = read(fetch)
    assert found == sorted(set(found))


def test_an_offset_that_is_ignored_is_found_out() -> None:
    with pytest.raises(BadAnswer, match="the same page again at offset 3: 3 items were read, and 9 there are"):
        read(lambda limit, offset: Page((1, 2, 3), 9))


def test_an_offset_that_is_ignored_by_a_server_without_a_total_is_found_out() -> None:
    with pytest.raises(BadAnswer, match="nobody knows how many there are"):
        read(lambda limit, offset: Page((1, 2, 3), None))


def test_an_offset_that_is_ignored_does_no_harm_when_one_page_holds_all() -> None:
    assert read(lambda limit, offset: Page((1, 2, 3), 3)) == [1, 2, 3]


def test_items_that_were_read_are_given_before_the_error() -> None:
    found = items(lambda limit, offset: Page((1, 2), 9), lambda one: one, operation="listThings", limit=2, at_most=9)
    assert list(islice(found, 2)) == [1, 2]
    with pytest.raises(BadAnswer):
        next(found)


def test_pages_without_anything_new_end() -> None:
    pages = iter([(1, 2), (2, 1), (1, 2), (2, 1), (3,)])
    with pytest.raises(BadAnswer, match="3 pages with nothing new after 2 items"):
        read(lambda limit, offset: Page(next(pages), None))


def test_pages_that_never_end_are_bounded() -> None:
    with pytest.raises(BadAnswer, match="more than 50 items"):
        read(lambda limit, offset: Page(tuple(range(offset, offset + 10)), None), at_most=50)


def test_items_without_a_key_are_all_kept() -> None:
    found = items(
        lambda limit, offset: Page((7, 7), 2) if offset == 0 else Page((), 2),
        lambda one: None,
        operation="listThings",
        limit=5,
        at_most=9,
    )
    assert list(found) == [7, 7]


def test_nothing_is_asked_before_the_first_item() -> None:
    asked: list[int] = []

    def fetch(limit: int, offset: int) -> Page[int]:
        asked.append(offset)
        return Page((), 0)

    found = items(fetch, lambda one: one, operation="listThings", limit=5, at_most=9)
    assert asked == []
    assert list(found) == []
    assert asked == [0]
