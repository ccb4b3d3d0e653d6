"""How often each code was found: count, code, whether it can be fixed, name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from preflight.report.text import closing
from preflight.report.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.findings import Content

__all__ = ["render"]


@dataclass(slots=True)
class _Row:
    code: str
    name: str
    findings: int = 0
    fixable: int = 0

    @property
    def mark(self) -> str:
        return "[ ]" if not self.fixable else "[*]" if self.fixable == self.findings else "[-]"


def render(content: Content, /) -> Iterator[str]:
    """One line for each code, the most frequent first: ``[*]`` all can be fixed, ``[-]`` some, ``[ ]`` none. Then the balance."""
    rows: dict[str, _Row] = {}
    for group in content.groups:
        row = rows.setdefault(group.code, _Row(group.code, group.name))
        row.findings += group.findings
        row.fixable += group.fixable
    ordered = sorted(rows.values(), key=lambda row: (-row.findings, row.code))
    width = max((len(f"{row.findings:,}") for row in ordered), default=0)
    for row in ordered:
        yield f"{row.findings:>{width},}\t{row.code}\t{row.mark} {row.name}\n"
    if ordered:
        yield "\n"
    yield from closing(content)
    fixable = sum(row.fixable for row in ordered)
    if fixable:
        yield f"[*] {counted(fixable, 'finding')} fixable with --fix\n"
