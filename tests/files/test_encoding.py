"""Text of any encoding becomes UTF-8; only a mark or the user decides which it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from preflight.errors import UnreadableInput
from preflight.files.encoding import open_text
from preflight.files.options import ReadOptions
from preflight.files.origin import find_origin

if TYPE_CHECKING:
    from pathlib import Path

WORDS = "name,city\nAmélie,Zürich 😀\n"


def read(folder: Path, content: bytes, encoding: str | None = None) -> tuple[str, bytes]:
    (folder / "rows.csv").write_bytes(content)
    text = open_text(find_origin(folder / "rows.csv"), ReadOptions(encoding=encoding).encoding)
    with text.open() as opened:
        found = opened.read()
    assert text.size == len(found)
    return text.encoding, found


@pytest.mark.parametrize(
    ("content", "named", "label"),
    [
        (WORDS.encode(), None, "utf-8"),
        (WORDS.encode(), "utf8", "utf-8"),
        (b"\xef\xbb\xbf" + WORDS.encode(), None, "utf-8 with BOM"),
        (b"\xef\xbb\xbf" + WORDS.encode(), "utf-8-sig", "utf-8 with BOM"),
        (b"\xff\xfe" + WORDS.encode("utf-16-le"), None, "utf-16-le"),
        (b"\xfe\xff" + WORDS.encode("utf-16-be"), None, "utf-16-be"),
        (b"\xff\xfe" + WORDS.encode("utf-16-le"), "utf-16", "utf-16-le"),
        (WORDS.encode("utf-16-le"), "utf-16-le", "utf-16-le"),
        (("plain,text\n" * 9 + WORDS).encode("utf-16-be"), "utf-16", "utf-16-be"),
        (b"\xff\xfe\x00\x00" + WORDS.encode("utf-32-le"), None, "utf-32-le"),
        (b"\x00\x00\xfe\xff" + WORDS.encode("utf-32-be"), None, "utf-32-be"),
    ],
)
def test_the_text_is_the_same_in_every_encoding(tmp_path: Path, content: bytes, named: str | None, label: str) -> None:
    found, text = read(tmp_path, content, named)
    assert found == label
    assert text.decode().endswith(WORDS)
    assert not text.startswith(b"\xef\xbb\xbf")


def test_line_ends_on_the_edge_of_a_block_stay(tmp_path: Path) -> None:
    words = "a" * ((1 << 20) - 1) + "\r\nb\r" + "c" * (1 << 20) + "\r"
    assert read(tmp_path, words.encode("cp1252"), "cp1252")[1] == words.encode()


@pytest.mark.parametrize(
    ("content", "named", "code", "words"),
    [
        ("name,city\nfoo,bar\n".encode("utf-16-le"), None, "PF003", "--encoding utf-16-le"),
        ("name,city\nfoo,bar\n".encode("utf-16-be"), None, "PF003", "--encoding utf-16-be"),
        ("name,city\nfoo,bar\n".encode("utf-32-le"), None, "PF003", "--encoding utf-32-le"),
        (b"a,b\n1,2\n", "utf-16", "PF003", "say --encoding utf-16-le or --encoding utf-16-be"),
        (b"\xef\xbb\xbfa,b\n", "cp1252", "PF003", "leave --encoding out"),
        (b"\xff\xfea\x00", "cp1252", "PF003", "byte order mark of utf-16-le"),
        (b"a,b\r\n1,2\r\n3,\x81\r\n", "cp1252", "PF003", "byte 0x81 at offset 12, on line 3,"),
        (b"a,b\n1,\xe9\n", "ascii", "PF003", "byte 0xE9 at offset 6, on line 2,"),
        (b"\xff\xfea\x00\n\x00\x00\xd8b\x00", None, "PF003", "at offset 6, on line 2,"),
        (b"\xff\xfea\x00\n\x00b", None, "PF003", "at offset 6, on line 2,"),
        (b"a,b\n" + bytes(200), None, "PF008", "full of null bytes"),
    ],
)
def test_what_is_no_text_is_refused(tmp_path: Path, content: bytes, named: str | None, code: str, words: str) -> None:
    with pytest.raises(UnreadableInput) as refused:
        read(tmp_path, content, named)
    assert refused.value.code == code
    assert words in str(refused.value)


def test_a_fault_far_into_the_file_has_its_place(tmp_path: Path) -> None:
    content = b"x,y\r\n" * 300_000 + b"\x81"
    with pytest.raises(UnreadableInput, match="at offset 1500000, on line 300001,"):
        read(tmp_path, content, "cp1252")


def test_a_few_null_bytes_are_left_to_the_cells(tmp_path: Path) -> None:
    assert read(tmp_path, b"a,b\n\0,2\n" + b"1,2\n" * 50)[1].count(0) == 1
