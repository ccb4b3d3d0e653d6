"""preflight explain."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterator

import click

from preflight.api.version import VERSION
from preflight.cli.exits import Exit
from preflight.cli.output import colour_wanted, write_out
from preflight.errors import UsageError
from preflight.report import explanations
from preflight.report.escape import visible
from preflight.rules.codes import CODES, code_of
from preflight.rules.explain import page_of

__all__ = ["command"]

_WIDEST = 100


@click.command(name="explain")
@click.argument("code", required=False)
@click.option("--all", "everything", is_flag=True, help="List all codes.")
@click.option("--format", "form", type=click.Choice(["text", "html"]), default="text", show_default=True, help="How it is written.")
@click.option("-o", "out", metavar="FILE", help="Where it goes; standard output without it.")
def command(code: str | None, everything: bool, form: str, out: str | None) -> Exit:
    """Explain a code: what it means, why it matters, an example, and what to do instead.

    The page is Markdown; a terminal shows it with its headings in bold and its examples set in. As HTML it is a file for a browser,
    with --all one file of all pages.
    """
    if code is None and not everything:
        raise UsageError("give a code, for instance preflight explain PF302; preflight explain --all lists them")
    if code is not None and everything:
        raise UsageError(f"--all explains every code, and {visible(code[:40])} is one; leave one of them out")
    write_out(_page(code, form, colour=colour_wanted() and out is None), out)
    return Exit.CLEAN


def _page(code: str | None, form: str, *, colour: bool) -> Iterator[str]:
    """The page of a code, or of all; of all as text a line each."""
    page, known = ("", None) if code is None else (page_of(code), code_of(code))
    if form == "html":
        return explanations.render([known] if known else list(CODES.values()), VERSION)
    if known is None:
        return (f"{one.code}  {one.severity.value:7}  {one.name:26}  {one.title}\n" for one in CODES.values())
    return _for_terminal(page, min(_WIDEST, shutil.get_terminal_size().columns)) if colour else iter([page])


def _for_terminal(page: str, width: int) -> Iterator[str]:
    """The page for reading: headings in bold, paragraphs as wide as the terminal, examples set in and without their fences."""
    inside = False
    paragraph: list[str] = []
    for line in [*page.splitlines(), ""]:
        fence = line.startswith("```")
        if paragraph and (fence or inside or not line or line.startswith("#")):
            yield textwrap.fill(" ".join(paragraph), width, break_long_words=False, break_on_hyphens=False) + "\n"
            paragraph = []
        if fence:
            inside = not inside
        elif inside:
            yield f"    {line}".rstrip() + "\n"
        elif line.startswith("#"):
            yield click.style(line.lstrip("# "), bold=True) + "\n"
        elif line:
            paragraph.append(line)
        else:
            yield "\n"
