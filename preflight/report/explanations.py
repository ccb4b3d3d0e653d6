"""The pages of codes as one HTML file: nothing from elsewhere, no script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from preflight.report.escape import html
from preflight.report.page_blocks import badge
from preflight.report.page_codes import explained, link, title
from preflight.report.page_head import head
from preflight.report.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from preflight.rules.codes import Code

__all__ = ["render"]


def render(codes: Sequence[Code], version: str, /) -> Iterator[str]:
    """The file: a page for each code, and a table of them where there are several."""
    several = len(codes) > 1
    said = counted(len(codes), "code") if several else html(f"{codes[0].code} {codes[0].name}")
    yield from head(f"preflight: {said}", version, skip="Skip to the pages")
    yield f'<header>\n<h1>preflight {html(version)}</h1>\n<p class="verdict">{said}</p>\n'
    if several:
        yield from _table(codes)
    yield '</header>\n<main id="main">\n'
    yield from explained([one.code for one in codes], 2, opened=not several)
    yield f"</main>\n<footer>Made by preflight {html(version)}.</footer>\n</body>\n</html>\n"


def _table(codes: Sequence[Code]) -> Iterator[str]:
    yield '<div class="card"><table class="stack"><caption>Each code leads to its page</caption><thead><tr>'
    yield '<th scope="col">What is wrong</th><th scope="col">Code</th><th scope="col">Severity</th></tr></thead><tbody>\n'
    for one in codes:
        word = one.severity.value
        yield f'<tr><th scope="row">{html(title(one.code, one.name))}</th><td>{link(one.code, one.name)}</td>'
        yield f"<td>{badge(word)}</td></tr>\n"
    yield "</tbody></table></div>\n"
