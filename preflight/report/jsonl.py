"""The report as JSON lines: one finding a line, the summary last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from preflight.report.json import encode, finding_members, head_members

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.findings import Content

__all__ = ["render"]


def render(content: Content, /) -> Iterator[str]:
    """One object for each finding, with the path of its source first, or of its file where the source is several; the last line
    has the `summary`."""
    path = content.source.path
    for found in content.findings():
        yield f"{encode({'path': found.path or path, **finding_members(found)})}\n"
    last = {"path": path, **head_members(content), "summary": content.summary.to_json(), "truncated": content.truncated}
    yield f"{encode(last)}\n"
