"""Fixing in place: the listed cells change, every other byte stays."""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preflight.errors import UnreadableInput, UsageError
from preflight.files.csv_source import CsvSource
from preflight.files.fix import Fix, apply_fixes
from preflight.files.options import ReadOptions
from preflight.files.read import open_source


def opened(path: Path, **options: str) -> CsvSource:
    source = open_source(path, ReadOptions(**options))  # type: ignore[arg-type]  # texts alone
    assert isinstance(source, CsvSource)
    return source


def at(text: bytes, old: bytes, new: str) -> Fix:
    """The fix of a cell that stands once in a text."""
    start = text.index(old)
    return start, start + len(old), new


@pytest.mark.parametrize(
    ("before", "old", "new", "after"),
    [
        (b"a,b\n1,x\n", b"x", "y", b"a,b\n1,y\n"),
        (b"a,b\n1,x\n", b"x", "", b"a,b\n1,\n"),
        (b"a,b\n1,x\n", b"x", "p,q", b'a,b\n1,"p,q"\n'),
        (b"a;b\n1;x\n", b"x", "p,q", b"a;b\n1;p,q\n"),
        (b"a;b\n1;x\n", b"x", "p;q", b'a;b\n1;"p;q"\n'),
        (b"a,b\n1,x\n", b"x", 'p"q', b'a,b\n1,"p""q"\n'),
        (b"a,b\n1,x\n", b"x", "p\nq", b'a,b\n1,"p\nq"\n'),
        (b"a,b\n1,x\n", b"x", "p\rq", b'a,b\n1,"p\rq"\n'),
        (b'a,b\n1,"x"\n', b'"x"', "y", b'a,b\n1,"y"\n'),
        (b'a,b\n1,"x"\n', b'"x"', "", b'a,b\n1,""\n'),
        (b"a,b\r\n1,x\r\n", b"x", "\u00e9", b"a,b\r\n1,\xc3\xa9\r\n"),
        (b"a,b\n1,x", b"x", "y", b"a,b\n1,y"),
        (codecs.BOM_UTF8 + b"a,b\n1,x\n", b"x", "y", codecs.BOM_UTF8 + b"a,b\n1,y\n"),
    ],
)
def test_a_cell_in_the_writing_of_its_file(tmp_path: Path, before: bytes, old: bytes, new: str, after: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(before)
    assert apply_fixes(opened(path), [at(before.removeprefix(codecs.BOM_UTF8), old, new)]) == 1
    assert path.read_bytes() == after


def test_without_a_fix_nothing_changes(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n1,x\n")
    assert apply_fixes(opened(path), []) == 0
    assert path.read_bytes() == b"a,b\n1,x\n"


@pytest.mark.parametrize("size", [(1 << 20) - 1, (1 << 20) - 2, (1 << 20) - 3, 1 << 20])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_characters_are_whole_where_pieces_meet(tmp_path: Path, size: int, encoding: str) -> None:
    before = "a,b\n" + "x" * (size - 4) + "\U0001f600é" * 300_000 + ",old\n"
    path = tmp_path / "a.csv"
    path.write_bytes(before.encode(encoding))
    source = opened(path, encoding=encoding)
    apply_fixes(source, [at(before.encode(), b"old", "new")])
    assert path.read_bytes() == before.replace("old", "new").encode(encoding)


def test_an_encoding_that_lacks_the_character(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n1,\xe9\n")
    source = opened(path, encoding="latin-1")
    with pytest.raises(UsageError, match=r"iso8859-1|latin") as raised:
        apply_fixes(source, [at("a,b\n1,é\n".encode(), "é".encode(), "€")])
    assert "U+20AC" in str(raised.value)
    assert path.read_bytes() == b"a,b\n1,\xe9\n"
    assert [one.name for one in tmp_path.iterdir()] == ["a.csv"]


def test_an_encoding_with_several_writings_of_one_text_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    raw = b"a,b\n+AGE-,x\n"  # in UTF-7 the first cell is a plain letter that needs no such writing
    path.write_bytes(raw)
    with pytest.raises(UsageError, match="other cells would change too"):
        apply_fixes(opened(path, encoding="utf-7"), [at(b"a,b\na,x\n", b"x", "y")])
    assert path.read_bytes() == raw


def test_a_stateful_encoding_keeps_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("a,b\n日本,x\n".encode("iso2022_jp"))
    apply_fixes(opened(path, encoding="iso2022_jp"), [at("a,b\n日本,x\n".encode(), b"x", "y")])
    assert path.read_bytes() == "a,b\n日本,y\n".encode("iso2022_jp")


def test_standard_input_has_no_place() -> None:
    source = open_source("-", stdin=io.BytesIO(b"a,b\n1,x\n"))
    assert isinstance(source, CsvSource)
    with pytest.raises(UsageError, match="standard input cannot be fixed in place"):
        apply_fixes(source, [(6, 7, "y")])


def test_a_file_that_was_changed_in_between_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n1,x\n")
    source = opened(path)
    path.write_bytes(b"a,b\n1,xx\n")
    with pytest.raises(UnreadableInput, match="changed while it was read"):
        apply_fixes(source, [(6, 7, "y")])
    assert path.read_bytes() == b"a,b\n1,xx\n"
    assert [one.name for one in tmp_path.iterdir()] == ["a.csv"]


TEXTS = st.text(st.sampled_from('ab,;"\n\r é€\U0001f600'), max_size=6)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.tuples(TEXTS, TEXTS.map(lambda text: text + "x")), min_size=1, max_size=6),
    new=st.lists(TEXTS.map(lambda text: text + "y"), min_size=6, max_size=6),
    chosen=st.sets(st.integers(0, 5)),
    delimiter=st.sampled_from([",", ";"]),
    encoding=st.sampled_from(["utf-8", "utf-16-le"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_other_cells_keep_their_bytes_and_fixing_twice_is_fixing_once(  # one draw for each part of a file
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, str]],
    new: list[str],
    chosen: set[int],
    delimiter: str,
    encoding: str,
    quoting: int,
) -> None:
    path = tmp_path_factory.mktemp("fix") / "a.csv"
    sink = io.StringIO()
    csv.writer(sink, delimiter=delimiter, quoting=quoting, lineterminator="\r\n").writerows([("one", "two"), *rows])  # type: ignore[arg-type]
    path.write_bytes(sink.getvalue().encode(encoding))
    source = opened(path, encoding=encoding, delimiter=delimiter)
    chunk = next(iter(source.chunks()))
    assert chunk.locate is not None
    picked = sorted(one for one in chosen if one < len(rows))
    _, starts, stops = chunk.locate(picked, [1] * len(picked)) if picked else ((), (), ())
    fixes = [(int(start), int(stop), new[row]) for row, start, stop in zip(picked, starts, stops, strict=True)]
    text = sink.getvalue().encode()
    assert apply_fixes(source, fixes) == len(picked)
    once = path.read_bytes()
    kept = list(csv.reader(io.StringIO(once.decode(encoding), newline=""), delimiter=delimiter))
    assert kept == [["one", "two"], *([first, new[row] if row in picked else second] for row, (first, second) in enumerate(rows))]
    bounds = [0, *(bound for start, stop, _ in fixes for bound in (start, stop)), len(text)]
    result, place = once.decode(encoding).encode(), 0
    for start, stop in zip(bounds[::2], bounds[1::2], strict=True):  # what stands between the fixes, in order
        place = result.index(text[start:stop], place) + stop - start
    assert result.startswith(text[: bounds[1]])
    assert result.endswith(text[bounds[-2] :])
    again = opened(path, encoding=encoding, delimiter=delimiter)
    located = next(iter(again.chunks())).locate
    assert located is not None
    _, starts, stops = located(picked, [1] * len(picked)) if picked else ((), (), ())
    apply_fixes(again, [(int(start), int(stop), new[row]) for row, start, stop in zip(picked, starts, stops, strict=True)])
    assert path.read_bytes() == once
