"""A scanned block in columns, whichever reader its records need."""

from __future__ import annotations

import pytest

from preflight.files.parse import Parsed, parse
from preflight.files.scan import scan


def parsed(data: bytes, width: int, delimiter: bytes = b",") -> Parsed:
    return parse(data, scan(data, delimiter, final=True), delimiter, width)


def rows(found: Parsed) -> list[list[str | None]]:
    return [list(row) for row in zip(*(column.to_pylist() for column in found.columns), strict=True)]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a,b\n", [["a", "b"]]),
        (b"a,b", [["a", "b"]]),
        (b",\x0c\n", [[None, "\x0c"]]),
        (b'"",b\n', [[None, "b"]]),
        (b"NA,null\n", [["NA", "null"]]),
        (b"007, x \n", [["007", " x "]]),
        (b'"a\r\nb",c\r\n', [["a\r\nb", "c"]]),
        (b"\xef\xbb\xbfa,b\n", [["\ufeffa", "b"]]),
        (b"a\0b,\xc2\x85\n", [["a\0b", "\x85"]]),
        (b"a\rb\r", [["a", None], ["b", None]]),
        (b'\\",x\n', [['\\"', "x"]]),
        (b"#a,'b\n", [["#a", "'b"]]),
    ],
)
def test_text_stays_as_it_is_written(data: bytes, expected: list[list[str | None]]) -> None:
    assert rows(parsed(data, 2)) == expected


@pytest.mark.parametrize("many", [1, 63, 64, 500])
def test_ragged_records_are_padded_and_cut_in_groups_and_singly(many: int) -> None:
    found = parsed(b'1,2,"3,"\n' * many + b"1,2\n" * many + b"1\n\n" * many + b'5" x,2,"3"4,5\n' * many, 2)
    expected = [["1", "2"]] * many + [["1", "2"]] * many + [["1", None]] * many + [['5" x', "2"]] * many
    assert rows(found) == expected
    assert found.cells is not None
    assert found.stray is not None
    assert found.cells.tolist() == [3] * many + [2] * many + [1] * many + [4] * many
    assert found.stray.tolist() == [False] * 3 * many + [True] * many


def test_stray_records_alone_have_no_other_counts() -> None:
    found = parsed(b'5" x,2\n3,4\n', 2)
    assert (found.cells, rows(found)) == (None, [['5" x', "2"], ["3", "4"]])


def test_one_column_and_nothing() -> None:
    assert rows(parsed(b'a\n\n""\n" "\nb\n', 1)) == [["a"], ["b"]]
    assert parsed(b"", 3).rows.size == 0
    assert len(parsed(b"\n\n", 3).columns) == 3


@pytest.mark.parametrize("data", [b"\xff,b\n", b"a,b,\xff\n", b'a,"x"\xff\n', b"\xff,b\n" * 100 + b"a\n" * 100])
def test_what_is_not_utf8_raises_in_every_way_of_reading(data: bytes) -> None:
    with pytest.raises(UnicodeDecodeError):
        parsed(data, 2)
