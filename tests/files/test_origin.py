"""The file behind a source is found, or its absence explained."""

from __future__ import annotations

import gc
import io
import os
import threading
from typing import TYPE_CHECKING

import pytest

from preflight.errors import UnreadableInput
from preflight.files.origin import find_origin, kind_of

if TYPE_CHECKING:
    from pathlib import Path


def test_standard_input_is_copied_and_the_copy_goes(tmp_path: Path) -> None:
    origin = find_origin("-", io.BytesIO(b"a,b\n"))
    copy = origin.path
    assert (origin.name, origin.size, origin.head(99)) == ("-", 4, b"a,b\n")
    assert copy.stat().st_mode & 0o077 == 0
    del origin
    gc.collect()
    assert not copy.exists()


def test_a_pipe_is_copied(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(b"a,b\n1,2\n",))
    writer.start()
    origin = find_origin(pipe)
    writer.join()
    assert (origin.head(99), origin.name) == (b"a,b\n1,2\n", str(pipe))
    assert origin.head(99) == b"a,b\n1,2\n"


def test_a_folder_and_a_missing_file_are_named(tmp_path: Path) -> None:
    for path, words in ((tmp_path, "is a folder"), (tmp_path / "none.csv", "does not exist"), ("a\0b", "cannot be read")):
        with pytest.raises(UnreadableInput, match=words) as refused:
            find_origin(path)
        assert refused.value.code == "PF001"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_named(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").touch(mode=0o000)
    with pytest.raises(UnreadableInput, match="may not be read"):
        find_origin(tmp_path / "rows.csv")


def test_a_broken_input_is_named() -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise BrokenPipeError(32, "Broken pipe")

    with pytest.raises(UnreadableInput, match="standard input cannot be read: Broken pipe"):
        find_origin("-", Broken())


def test_a_file_that_changed_or_went_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_bytes(b"a")
    origin = find_origin(tmp_path / "rows.csv")
    (tmp_path / "rows.csv").write_bytes(b"ab")
    with pytest.raises(UnreadableInput, match="changed"):
        origin.open()
    (tmp_path / "rows.csv").unlink()
    with pytest.raises(UnreadableInput, match="does not exist"):
        origin.confirm()


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"PAR1....", "parquet"),
        (b"PK\x03\x04....", "a zip archive"),
        (b"\x1f\x8b....", "a gzip archive"),
        (b"%PDF-1.7", "a PDF document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file"),
        (b"\xef\xbb\xbf \n<!DOCTYPE html>", "a web page"),
        (b"<HTML>", "a web page"),
        (b'<?xml version="1.0"?>', "an XML document"),
        (b'[{"a": 1}]', "a JSON document"),
        (b"a,b\n", None),
        (b"<name>,b\n", None),
        (b"", None),
    ],
)
def test_content_is_known_by_its_first_bytes(head: bytes, kind: str | None) -> None:
    assert kind_of(head) == kind
