"""The sandbox's own reading of a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from preflight.contract.wire import FieldMappingRecord
from preflight.sandbox.judge import Judged, RowFault, Unreadable, columns_of, count_rows, judge_rows, key_of, read_header

FIELDS = {
    "name": FieldMappingRecord("name", "string", True),
    "domain": FieldMappingRecord("domain", "string", False),
    "staff": FieldMappingRecord("staff", "Integer", False),
    "since": FieldMappingRecord("since", "date", False),
}
PAIRS = [("Name", "name"), ("Web", "domain"), ("Staff", "staff")]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "rows.csv"


def judged(path: Path, text: str) -> list[Judged]:
    path.write_bytes(text.encode())
    header = read_header(path)
    return list(judge_rows(path, columns_of(header, PAIRS, FIELDS, "insert", None), [], len(header)))


def test_records_and_lines_are_counted_apart(path: Path) -> None:
    rows = judged(path, '\ufeffName,Web,Staff\n"A\nB",a.com,1\n\nC,c.com,2\r\n"D\r\n\r\nE",d.com,3\nF,f.com,4')
    assert [(row.record, row.line) for row in rows] == [(0, 2), (1, 5), (2, 6), (3, 9)]
    assert [row.cells["name"] for row in rows] == ["A\nB", "C", "D\r\n\r\nE", "F"]
    assert count_rows(path) == 4


def test_what_is_wrong_with_a_row_is_said_cell_by_cell(path: Path) -> None:
    rows = judged(path, "Name,Web,Staff\n ,sales@a.com,51-200\nA,a.com\nB,,\n")
    assert rows[0].faults == (
        RowFault("missing_required", "name is required", "name", "Name", " "),
        RowFault("invalid_value", "domain must be a bare domain", "domain", "Web", "sales@a.com"),
        RowFault("invalid_value", "staff must be a whole number", "staff", "Staff", "51-200"),
    )
    assert rows[1].faults == (RowFault("wrong_number_of_cells", "2 cells where the header has 3"),)
    assert rows[2] == Judged(2, 4, {"name": "B"}, ())


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("integer", "0 -7 +5 00123", "1.0 1,234 1e3 x ١"),
        ("number", "0 -7.5 1e3 12", "1,5 nan inf . x"),
        ("currency", "1200 1200.50", "$12 12€"),
        ("boolean", "true false", "True yes 1"),
        ("date", "2026-11-24 2024-02-29", "2026-02-30 24.11.2026 20261124 2026-11-24T00:00:00Z"),
        ("datetime", "2026-11-24T10:00:00Z 2026-11-24T10:00:00+02:00", "2026-11-24T10:00:00 2026-11-24 now"),
        ("email", "ana@acme.com", "ana ana@ @acme.com ana@acme a,b@acme.com"),
        ("url", "https://acme.com http://a/b?c", "acme.com ftp://a mailto:a@b.c"),
        ("string", "anything 7", ""),
        ("hue", "anything 7", ""),
    ],
)
def test_each_type_has_a_simple_test(path: Path, kind: str, good: str, bad: str) -> None:
    fields = {"field": FieldMappingRecord("field", kind)}
    (column,) = columns_of(["field"], [], fields, "insert", None)
    assert [text for text in good.split() if column.test(text) is not None] == []
    assert [text for text in bad.split() if column.test(text) is None] == []


@pytest.mark.parametrize(
    ("header", "pairs", "operation", "key", "reason"),
    [
        (["Name"], PAIRS, "insert", None, 'no column "Web"; the file has no column "Staff"'),
        (["Name", "Name"], [("Name", "name")], "insert", None, 'no column "Name"'),
        (["A", "B"], [("A", "name"), ("B", "name")], "insert", None, 'two columns feed the field "name"'),
        (["A"], [("A", "colour")], "insert", None, 'there is no field "colour"'),
        (["A"], [], "insert", None, "no column of the file is mapped"),
        (["A"], [("A", "name")], "upsert", "domain", "upsert needs a match key that is mapped"),
        (["A"], [("A", "name")], "update", None, "update needs a match key that is mapped"),
    ],
)
def test_columns_that_cannot_be_imported_are_named(
    header: list[str], pairs: list[tuple[str, str]], operation: str, key: str | None, reason: str
) -> None:
    with pytest.raises(Unreadable, match=reason):
        columns_of(header, pairs, FIELDS, operation, key)


def test_required_fields_without_a_column_are_missing_in_every_row(path: Path) -> None:
    path.write_text("Web\na.com\n", encoding="utf-8")
    columns = columns_of(["Web"], [("Web", "domain")], FIELDS, "insert", None)
    (row,) = judge_rows(path, columns, ["name"], 1)
    assert row.faults == (RowFault("missing_required", "name is required and not in the file", "name"),)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"\n\n", "the file is empty"),
        ("Näme".encode("latin-1"), "not UTF-8"),
        (b'"a\n', "no CSV"),
        (b'a\n"b"c\n', "no CSV"),
    ],
)
def test_files_that_are_no_csv_are_refused(path: Path, content: bytes, reason: str) -> None:
    path.write_bytes(content)
    with pytest.raises(Unreadable, match=reason):
        list(zip(read_header(path), [count_rows(path)], strict=False))


@pytest.mark.parametrize(
    ("entity", "match_key", "cells", "key"),
    [
        ("accounts", "domain", {"domain": " ACME.com "}, ("domain", "acme.com")),
        ("accounts", None, {"domain": "acme.com", "account_id": "0A"}, ("account_id", "0A")),
        ("accounts", None, {"domain": "acme.com"}, ("domain", "acme.com")),
        ("accounts", "account_name", {"account_name": "Acme"}, ("account_name", "Acme")),
        ("accounts", "domain", {"account_id": "0A"}, None),
        ("activities", None, {"person_id": "1"}, None),
    ],
)
def test_a_row_is_recognised_by_its_key(
    entity: str, match_key: str | None, cells: dict[str, str], key: tuple[str, str] | None
) -> None:
    assert key_of(entity, match_key, cells) == key
