"""The vectorised scan finds the records that the exact reader finds, one by one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preflight.files.records import Unclosed, is_blank, iter_records, line_ends
from preflight.files.scan import scan

TEXTS = st.lists(
    st.sampled_from([b'"', b",", b"\n", b"\r", b"\r\n", b"a", b" ", b'""', b'",', b',"', b'"\n', b'\n"', b"x,y\n"]), max_size=50
).map(b"".join)


@given(data=TEXTS, final=st.booleans())
@settings(max_examples=400, deadline=None)
def test_records_lines_and_marks_are_those_of_the_exact_reader(data: bytes, final: bool) -> None:
    try:
        expected = list(iter_records(data, b",", final=final))
    except Unclosed as open_quote:
        opened = open_quote.at
        with pytest.raises(Unclosed, match=f"^{opened}$"):
            scan(data, b",", final=True)
        return
    found = scan(data, b",", final=final)
    assert found.starts.tolist() == [record.start for record in expected]
    assert found.stops.tolist() == [record.stop for record in expected]
    assert found.ends.tolist() == [record.after for record in expected]
    assert found.breaks.tolist() == [line_ends(data, 0, record.start) for record in expected]
    assert (found.blank.tolist() if found.blank is not None else [False] * len(expected)) == [is_blank(one) for one in expected]
    assert (found.stray.tolist() if found.stray is not None else [False] * len(expected)) == [one.is_stray for one in expected]
    assert found.consumed == (expected[-1].after if expected else 0)
    assert found.lines == line_ends(data, 0, found.consumed)
    assert sum(found.kinds) == sum(record.after > record.stop for record in expected)
    assert found.inner == sum(line_ends(data, record.start, record.stop) for record in expected)


def test_the_kinds_of_line_ends_outside_of_cells() -> None:
    assert scan(b'a\nb\r\nc\r"\r\n"\nd', b",", final=True).kinds == (2, 1, 1)


@pytest.mark.parametrize(("data", "at"), [(b'a\n"b', 2), (b'"a""', 0), (b'x"y\n"a""b', 4), (b'"a"\n"b""""', 4)])
def test_an_open_quote_is_named_where_its_cell_begins(data: bytes, at: int) -> None:
    with pytest.raises(Unclosed) as found:
        scan(data, b",", final=True)
    assert found.value.at == at


def test_nothing_is_found_in_nothing() -> None:
    found = scan(b"", b",", final=True)
    assert (found.starts.size, found.consumed, found.lines, found.blank, found.stray) == (0, 0, 0, None, None)
