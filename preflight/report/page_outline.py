"""Where a block stands in the outline of the page: its names and the level of its headings."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Outline"]


@dataclass(frozen=True, slots=True)
class Outline:
    """One source of a page. With several sources, each has a prefix before its names and headings one level lower."""

    prefix: str = ""
    level: int = 2

    def name(self, of: str, /) -> str:
        """The name of an element, once on the page."""
        return f"{self.prefix}{of}"

    def section(self, of: str, text: str, /) -> str:
        """The opening of a section with its heading; `text` is HTML already."""
        name = self.name(of)
        return f'<section aria-labelledby="{name}"><h{self.level} class="section" id="{name}">{text}</h{self.level}>'

    def kind(self, of: str, text: str, /) -> str:
        """The heading of a block inside a section; `text` is HTML already."""
        level = self.level + 1
        return f'<h{level} class="kind" id="{self.name(of)}">{text}</h{level}>'
