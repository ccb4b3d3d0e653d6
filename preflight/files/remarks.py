"""What is said about a file as a whole, in the same words whatever its format."""

from __future__ import annotations

from preflight.files.dialect import looks_like_data
from preflight.findings import Finding
from preflight.rules.codes import CODES

__all__ = ["header_remarks", "no_records", "of_file"]


def of_file(code: str, message: str, *, line: int | None = None) -> Finding:
    """A finding about the file."""
    rule = CODES[code]
    return Finding(code, rule.name, rule.severity, rule.scope, message, line=line)


def no_records() -> Finding:
    """PF002 for a header alone."""
    return of_file("PF002", "there is a header and no record; export it again, and look whether a filter excludes every record")


def header_remarks(header: tuple[str, ...], line: int) -> list[Finding]:
    """PF207 for a header that is data."""
    if not looks_like_data(header):
        return []
    said = "the header looks like a record; put the names of the columns above it, or say where it is with --header-line"
    return [of_file("PF207", said, line=line)]
