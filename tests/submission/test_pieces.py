"""Where records end, and pieces as files."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import preflight.submission.pieces as pieces
from preflight.submission.pieces import Piece, halves, record_ends

TEXT = b'name,note\nacme,one\nbeta,"two\nlines, ""quoted"""\ngamma,\xc3\xa9\n'


def test_records_end_at_line_feeds_outside_quotes(tmp_path: Path) -> None:
    path = tmp_path / "part.csv"
    path.write_bytes(TEXT)
    assert record_ends(path).tolist() == [10, 19, 48, 57]


@given(block=st.integers(1, 60))
def test_records_end_there_however_the_file_is_read(tmp_path_factory: pytest.TempPathFactory, block: int) -> None:
    path = tmp_path_factory.mktemp("part") / "part.csv"
    path.write_bytes(TEXT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "_BLOCK", block)
        assert record_ends(path).tolist() == [10, 19, 48, 57]


def test_a_piece_is_the_header_and_its_records(tmp_path: Path) -> None:
    path = tmp_path / "part.csv"
    path.write_bytes(TEXT)
    with Piece(path, record_ends(path), 2, 3) as piece:
        assert piece.size == 48
        assert piece.read() == TEXT[:10] + TEXT[19:]
        assert piece.read() == b""
        assert piece.seek(0, io.SEEK_END) == 48
        assert piece.seek(8) == 8
        assert piece.read(6) == TEXT[8:10] + TEXT[19:23]
        assert (piece.tell(), piece.readable(), piece.seekable()) == (14, True, True)


def test_halves_have_nearly_the_same_bytes() -> None:
    ends = np.array([10, 20, 30, 40, 50])
    assert halves(ends, 1, 4) == 2
    assert halves(ends, 3, 4) == 3
    assert halves(ends, 2, 2) is None


@pytest.mark.parametrize(("sizes", "middle"), [([90, 1, 1, 1], 1), ([1, 1, 1, 90], 3), ([1, 90], 1), ([90, 1], 1)])
def test_neither_half_is_ever_empty(sizes: list[int], middle: int) -> None:
    ends = np.cumsum([10, *sizes])
    assert halves(ends, 1, len(sizes)) == middle
