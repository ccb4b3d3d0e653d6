"""The one file of a form, streamed to disk."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preflight.sandbox.multipart import NotMultipart, save_file

KIND = "multipart/form-data; boundary=b"


class Slow:
    """A body that comes a few bytes at a time."""

    def __init__(self, body: bytes, size: int) -> None:
        self._body = io.BytesIO(body)
        self._size = size

    def read(self, size: int, /) -> bytes:
        return self._body.read(min(size, self._size))


def form(content: bytes, head: str = 'Content-Disposition: form-data; name="file"; filename="a.csv"') -> bytes:
    return b"--b\r\n" + head.encode() + b"\r\n\r\n" + content + b"\r\n--b--\r\n"


@settings(max_examples=60)
@given(content=st.binary(max_size=200) | st.text("\r\n-b", max_size=60).map(str.encode), size=st.integers(1, 40))
def test_every_byte_is_kept_however_it_comes(tmp_path_factory: pytest.TempPathFactory, content: bytes, size: int) -> None:
    path = tmp_path_factory.mktemp("form") / "file"
    if b"\r\n--b" not in b"\r\n" + content:
        assert save_file(KIND, Slow(form(content), size), path) == "a.csv"
        assert path.read_bytes() == content


@pytest.mark.parametrize("kind", [KIND, 'multipart/form-data; boundary="b"', "Multipart/Form-Data; charset=utf-8; boundary=b"])
def test_the_boundary_is_found(tmp_path: Path, kind: str) -> None:
    assert save_file(kind, io.BytesIO(form(b"x")), tmp_path / "file") == "a.csv"


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ('Content-Disposition: form-data; name="file"; filename="Zürich.csv"\r\nContent-Type: text/csv', "Zürich.csv"),
        ('content-disposition: form-data; filename="b.csv"; name="file"', "b.csv"),
        ('Content-Disposition: form-data; name="file"', None),
    ],
)
def test_the_name_of_the_file_is_read(tmp_path: Path, head: str, name: str | None) -> None:
    assert save_file(KIND, io.BytesIO(form(b"x", head)), tmp_path / "file") == name


def test_other_parts_and_a_preamble_are_passed_over(tmp_path: Path) -> None:
    other = b'preamble\r\n--b\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n'
    assert save_file(KIND, io.BytesIO(other + form(b"x")), tmp_path / "file") == "a.csv"
    assert (tmp_path / "file").read_bytes() == b"x"


@pytest.mark.parametrize(
    ("kind", "body", "reason"),
    [
        ("application/json", form(b"x"), "not multipart/form-data"),
        ("multipart/form-data", form(b"x"), "not multipart/form-data"),
        ("", form(b"x"), "not multipart/form-data"),
        (KIND, b"", "in the middle of a part"),
        (KIND, form(b"x")[:-12], "in the middle of a part"),
        (KIND, b"--b--\r\n", 'no part called "file"'),
        (KIND, form(b"x", 'Content-Disposition: form-data; name="other"'), 'no part called "file"'),
        (KIND, form(b"x", "X: y"), 'no part called "file"'),
        (KIND, b"--b\r\n" + b"x" * 100_000, "too long"),
        (KIND, b"--b\r\n" + b"X: y\r\n" * 50, "too many headers"),
    ],
)
def test_what_is_no_form_with_a_file_is_refused(tmp_path: Path, kind: str, body: bytes, reason: str) -> None:
    with pytest.raises(NotMultipart, match=reason):
        save_file(kind, io.BytesIO(body), tmp_path / "file")
