"""Parquet in chunks of text."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from preflight.errors import UnreadableInput
from preflight.files.options import ReadOptions
from preflight.files.origin import find_origin
from preflight.files.parquet_source import ParquetSource, open_parquet

if TYPE_CHECKING:
    from pathlib import Path


def stored(folder: Path, table: Any, **options: Any) -> ParquetSource:
    pq.write_table(table, folder / "rows.parquet")
    return open_parquet(find_origin(folder / "rows.parquet"), ReadOptions(**options))


def test_every_row_counts_and_none_has_a_line(tmp_path: Path) -> None:
    source = stored(tmp_path, pa.table({"a": [1.0, None, 3.0], "b": ["x", None, ""]}))
    (chunk,) = source.chunks()
    assert source.header == ("a", "b")
    assert [column.to_pylist() for column in chunk.columns] == [["1", None, "3"], ["x", None, None]]
    assert (chunk.first_row, chunk.length, chunk.first_line, chunk.lines, chunk.locate) == (0, 3, None, None, None)
    assert (source.line().records, source.line().columns, source.line().encoding) == (3, 2, None)
    assert source.findings() == ()


def test_rows_are_cut_into_chunks_and_read_again(tmp_path: Path) -> None:
    source = stored(tmp_path, pa.table({"n": list(range(3000))}), block_bytes=1)
    for _ in range(2):
        chunks = list(source.chunks())
        assert [chunk.first_row for chunk in chunks] == [0, 1024, 2048]
        assert [text for chunk in chunks for text in chunk.columns[0].to_pylist()] == [str(n) for n in range(3000)]


def test_nested_cells_are_objects_and_a_stored_index_is_left_out(tmp_path: Path) -> None:
    source = stored(tmp_path, pa.table({"__index_level_0__": [1, 2], "a": [[1], None], "b": ["x", "y"]}))
    (chunk,) = source.chunks()
    assert source.header == ("a", "b")
    assert [(column, mask.to_pylist()) for column, mask in chunk.objects] == [(0, [True, False])]


def test_no_rows_is_a_finding_and_no_columns_a_refusal(tmp_path: Path) -> None:
    source = stored(tmp_path, pa.table({"a": pa.array([], pa.string())}))
    assert list(source.chunks()) == []
    assert [finding.code for finding in source.findings()] == ["PF002"]
    with pytest.raises(UnreadableInput, match="no columns"):
        stored(tmp_path, pa.table({}))


def test_a_damaged_or_changed_file_is_refused(tmp_path: Path) -> None:
    source = stored(tmp_path, pa.table({"a": ["x"]}))
    os.utime(tmp_path / "rows.parquet", ns=(1, 1))
    with pytest.raises(UnreadableInput, match="changed"):
        list(source.chunks())
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 and no more than that")
    with pytest.raises(UnreadableInput, match="damaged") as refused:
        open_parquet(find_origin(tmp_path / "bad.parquet"), ReadOptions())
    assert refused.value.code == "PF001"
