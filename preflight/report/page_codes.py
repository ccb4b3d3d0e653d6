"""The pages of the codes as HTML: in a report those of the codes that it names, by themselves all of them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from preflight.report.escape import html
from preflight.rules.codes import CODES
from preflight.rules.explain import page_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["explained", "link", "title"]


def title(code: str, name: str, /) -> str:
    """What a person calls the code; of one that this version does not know the name."""
    said = CODES[code].title if code in CODES else name
    return said[:1].upper() + said[1:]


def link(code: str, name: str, /, *, leads: bool = True) -> str:
    """The code and its name, leading to what they mean where that stands on the page and this version knows it."""
    said = f"{html(code)} {html(name)}"
    known = leads and code in CODES
    return f'<a class="code" href="#code-{html(code)}">{said}</a>' if known else f'<span class="code">{said}</span>'


def explained(codes: Iterable[str], level: int, /, *, opened: bool = False) -> Iterator[str]:
    """A block to be folded out for each code that this version knows, with headings from `level` on. A link into it opens it."""
    for code in codes:
        if code in CODES:
            known = CODES[code]
            yield f'<details class="card"{" open" if opened else ""}><summary><b>{html(title(code, known.name))}</b> '
            yield f'<span class="code">{html(code)} {html(known.name)}</span></summary>'
            yield f'<div class="page" id="code-{html(code)}">\n{_body(code, level)}</div></details>\n'


def _body(code: str, level: int) -> str:
    """The page without its title."""
    parser = _markdown()
    tokens = parser.parse(page_of(code))[3:]  # the title: its opening, its text, its end
    for token in tokens:
        if token.type.startswith("heading_"):
            token.tag = f"h{int(token.tag[1]) - 2 + level}"
    return str(parser.renderer.render(tokens, parser.options, {}))


@cache
def _markdown() -> Any:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False})
