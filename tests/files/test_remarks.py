"""What is said of a file as a whole."""

from __future__ import annotations

from preflight.files.remarks import header_remarks, no_records, of_file
from preflight.findings import Scope, Severity


def test_a_remark_is_of_the_file_and_has_the_severity_of_its_code() -> None:
    found = of_file("PF006", "rows.csv: LF 2, CR 1")
    assert (found.name, found.severity, found.scope) == ("mixed-line-ends", Severity.WARNING, Scope.FILE)
    assert (found.source_row, found.record, found.line) == (None, None, None)


def test_no_records_is_an_error() -> None:
    assert (no_records().code, no_records().severity) == ("PF002", Severity.ERROR)


def test_a_header_that_is_data_is_named_with_its_line() -> None:
    (found,) = header_remarks(("1", "2"), 3)
    assert (found.code, found.line) == ("PF207", 3)
    assert header_remarks(("a", "2"), 3) == []
