"""Delimiter and header: recognised with a reason, asked where they are open."""

from __future__ import annotations

import pytest

from preflight.errors import UnreadableInput
from preflight.files.dialect import Dialect, looks_like_data, read_dialect


def recognised(text: bytes, *, delimiter: str | None = None, header_line: int | None = None) -> Dialect:
    found = read_dialect(text, "rows.csv", final=True, delimiter=delimiter, header_line=header_line)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "delimiter", "header"),
    [
        (b"a,b\n1,2\n", b",", ("a", "b")),
        (b"a;b\n1,5;2,5\n", b";", ("a", "b")),
        (b"a\tb, c\n1\t2\n", b"\t", ("a", "b, c")),
        (b"a|b\n1|2\n", b"|", ("a", "b")),
        (b"Name, first;Age\nDoe;5\nRoe;6\n", b";", ("Name, first", "Age")),
        (b"id;last, first;x\n1;Doe, J;y\n", b";", ("id", "last, first", "x")),
        (b'"a;b;c",d\n1,2\n', b",", ("a;b;c", "d")),
        (b"column1,column2!some,column3\nx,y!z,w\n", b",", ("column1", "column2!some", "column3")),
        (b"NAME\nAcme Corp No 1\nDelta Tools No 2\n", b",", ("NAME",)),
        (b"First Name\nAnna Lee\nBob Ray\n", b",", ("First Name",)),
        (b"a\n4.5\n", b",", ("a",)),
        (b"sep=;\na;b,c\n1;2\n", b";", ("a", "b,c")),
        (b'"sep=\t"\r\na\tb\r\n', b"\t", ("a", "b")),
        (b" Full Name,b\n1,2\n", b",", (" Full Name", "b")),
        (b'"a\nb",c\n1,2\n', b",", ("a\nb", "c")),
        (b"a,b,,\n1,2,3,4\n", b",", ("a", "b", "", "")),
        (b'5" pipe,b\n1,2\n', b",", ('5" pipe', "b")),
    ],
)
def test_the_header_decides(text: bytes, delimiter: bytes, header: tuple[str, ...]) -> None:
    found = recognised(text)
    assert (found.delimiter, found.header) == (delimiter, header)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"a;b;c\n1;2;3\n1;2\n", "semicolon: 3 cells in the header and in 1 of 2 records"),
        (b"a,b\n", "comma: 2 cells in the header"),
        (b"a\n1\n", "one column: nothing divides the header"),
        (b"sep=|\na|b\n", "stated by the first line"),
    ],
)
def test_the_reason_is_given(text: bytes, reason: str) -> None:
    assert recognised(text).reason == reason


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"A^B^C\n1^2^3\n", "caret makes 3 cells"),
        (b"A`B\n1`2\n", "--delimiter '`'"),
        (b"A~B\n1~2\n", '"~" makes 2 cells'),
        (b"A\x01B\n1\x012\n", "--delimiter $'\\x01'"),
        (b"a b c\n1 2 3\n4 5 6\n", "space makes 3 cells"),
        (b"a:b:c\n1:2:3\n", "colon makes 3 cells"),
        (b"My report\na;b\n1;2\n", "--header-line"),
        (b"My report\nof 2024\n\na,b\n1,2\n3,4\n", "--header-line"),
        (b"City, State\nBoston\nAustin\n", "put quotes around its name"),
        (b"a,b;c\n1,2;3\n", "comma and semicolon both divide"),
    ],
)
def test_what_stays_open_is_asked(text: bytes, words: str) -> None:
    with pytest.raises(UnreadableInput) as refused:
        recognised(text)
    assert refused.value.code == "PF106"
    assert words in str(refused.value)


def test_blank_lines_above_the_header_are_noted_and_counted() -> None:
    found = recognised(b"\n , \r\n\na,b\n1,2\n")
    assert (found.header, found.blank_lines, found.header_line, found.line, found.start) == (("a", "b"), (1, 2, 3), 4, 5, 11)


def test_a_header_on_several_lines_moves_the_records_down() -> None:
    found = recognised(b'"a\n\nb",c\r\n1,2\r\n')
    assert (found.header_line, found.line, found.end) == (1, 4, b"\r\n")


def test_a_stated_line_skips_what_stands_above() -> None:
    found = recognised(b'A "report\nof, 2024\na;b\n1;2\n', header_line=3)
    assert (found.header, found.line, found.delimiter) == (("a", "b"), 4, b";")


def test_a_stated_delimiter_is_taken() -> None:
    assert recognised(b"a^b,c\n1^2\n", delimiter="^").header == ("a", "b,c")
    assert recognised(b"a^b\n", delimiter=",").header == ("a^b",)


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        (b"", None, "PF002"),
        (b"\n\n", None, "PF002"),
        (b",,\n", None, "PF002"),
        (b"a,b\n1,2\n", 3, "PF002"),
        (b'"a,b\n1,2\n', None, "PF103"),
        (b'a"x,"b\n1,2"z\n3,4\n', None, "PF104"),
    ],
)
def test_no_header_is_a_refusal(text: bytes, line: int | None, code: str) -> None:
    with pytest.raises(UnreadableInput) as refused:
        recognised(text, header_line=line)
    assert refused.value.code == code


@pytest.mark.parametrize("text", [b"a,b", b'"a,b\n1', b"\n\n", b"a,b\r"])
def test_more_text_is_asked_for_where_the_header_may_go_on(text: bytes) -> None:
    assert read_dialect(text, "rows.csv", final=False, delimiter=",", header_line=None) is None


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (("1", "2", "3"), True),
        (("Acme", "info@acme.example"), True),
        (("Acme", "https://acme.example"), True),
        (("2024-01-05", "12.5", ""), True),
        (("Name", "2024"), False),
        (("a", "b"), False),
        (("", ""), False),
    ],
)
def test_a_header_that_is_data(header: tuple[str, ...], expected: bool) -> None:
    assert looks_like_data(header) is expected
