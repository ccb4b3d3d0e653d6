"""A file as the body of a request."""

from __future__ import annotations

import io
import os
from email import message_from_bytes
from email.policy import HTTP
from pathlib import Path
from typing import Any, cast

import pytest

from preflight.client.upload import SourceFailed, Upload, opened
from preflight.errors import UsageError


def test_the_body_is_a_form_with_one_csv_file() -> None:
    upload = Upload(io.BytesIO(b"a,b\n1,2\n"), 8, "part-1.csv")
    body = b"".join(upload)
    parsed = message_from_bytes(b"Content-Type: " + upload.content_type.encode() + b"\r\n\r\n" + body, policy=HTTP)
    (part,) = cast(Any, parsed).iter_parts()
    assert part.get_content_type() == "text/csv"
    assert part.get_param("name", header="content-disposition") == "file"
    assert part.get_filename() == "part-1.csv"
    assert part.get_payload(decode=True) == b"a,b\n1,2\n"
    assert len(body) == upload.content_length


def test_no_two_bodies_have_the_same_boundary() -> None:
    assert Upload(io.BytesIO(), 0, "a").content_type != Upload(io.BytesIO(), 0, "a").content_type


def test_bytes_are_counted_when_the_next_are_asked_for() -> None:
    seen: list[tuple[int, int]] = []
    upload = Upload(io.BytesIO(b"x" * 150_000), 150_000, "a", lambda done, whole: seen.append((done, whole)))
    pieces = iter(upload)
    counts = []
    for _ in range(4):
        next(pieces)
        counts.append(upload.pulled)
    assert counts == [0, 0, 65_536, 131_072]
    list(pieces)
    assert upload.pulled == 150_000
    assert seen == [(65_536, 150_000), (131_072, 150_000), (150_000, 150_000)]


def test_an_empty_file_is_a_part_of_no_bytes() -> None:
    upload = Upload(io.BytesIO(), 0, "a")
    assert len(b"".join(upload)) == upload.content_length


def test_a_file_that_shrank_does_not_end_quietly() -> None:
    with pytest.raises(SourceFailed, match="shorter than it was"):
        list(Upload(io.BytesIO(b"abc"), 9, "a"))


def test_a_file_that_grew_is_sent_as_long_as_it_was() -> None:
    upload = Upload(io.BytesIO(b"abcdef"), 3, "a")
    assert b"abc\r\n--" in b"".join(upload)


def test_a_file_that_was_closed_does_not_end_quietly() -> None:
    file = io.BytesIO(b"abc")
    file.close()
    with pytest.raises(SourceFailed, match="ValueError"):
        list(Upload(file, 3, "a"))


@pytest.mark.parametrize(
    ("name", "written"),
    [("Q1 export.csv", b'"Q1 export.csv"'), ('a"b.csv', b'"a%22b.csv"'), ("Zürich.csv", '"Zürich.csv"'.encode())],
)
def test_names_are_written_as_browsers_do(name: str, written: bytes) -> None:
    assert b"filename=" + written in b"".join(Upload(io.BytesIO(), 0, name))


def test_a_path_is_sent_under_its_own_name(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(b"a\n1\n")
    with opened(path, None) as (file, length, name):
        assert (file.read(), length, name) == (b"a\n1\n", 4, "rows.csv")
    assert file.closed
    with opened(os.fspath(path), "tag.csv") as (_, _, name):
        assert name == "tag.csv"


def test_a_file_is_sent_from_where_it_stands_and_left_open() -> None:
    given = io.BytesIO(b"skipped,rest")
    given.seek(8)
    with opened(given, None) as (file, length, name):
        assert (file.read(), length, name) == (b"rest", 4, "upload.csv")
    assert not given.closed


@pytest.mark.parametrize("name", ["a/b.csv", "a\\b.csv", "a\r\nX: y.csv", "a\x00b", "x" * 256, "\ud800.csv"])
def test_names_that_cannot_be_sent_are_refused(name: str) -> None:
    with pytest.raises(UsageError, match="file name cannot be sent"), opened(io.BytesIO(), name):
        pass


def test_a_missing_path_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"absent\.csv.*cannot be read: No such file"), opened(tmp_path / "absent.csv", None):
        pass


def test_a_folder_cannot_be_sent(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"), opened(tmp_path, None):
        pass


def test_text_is_refused() -> None:
    with pytest.raises(UsageError, match="binary mode"), opened(cast(Any, io.StringIO("a")), None):
        pass


def test_a_pipe_is_refused() -> None:
    reading, writing = os.pipe()
    with open(reading, "rb") as pipe, pytest.raises(UsageError, match="cannot seek"), opened(pipe, None):  # noqa: PTH123
        pass
    os.close(writing)


def test_what_is_no_file_is_refused() -> None:
    with pytest.raises(UsageError, match="cannot seek"), opened(cast(Any, b"rows"), None):
        pass
