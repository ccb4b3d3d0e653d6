"""preflight explain."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterator

import click

from preflight.cli.exits import Exit
from preflight.cli.output import colour_wanted, write_out
from preflight.errors import UsageError
from preflight.rules.codes import CODES
from preflight.rules.explain import page_of

__all__ = ["command"]

_WIDEST = 100


@click.command(name="explain")
@click.argument("code", required=False)
@click.option("--all", "everything", is_flag=True, help="List all codes.")
def command(code: str | None, everything: bool) -> Exit:
    """Explain a code: what it means, why it matters, an example, and what to do instead.

    The page is Markdown; a terminal shows it with its headings in bold and its examples set in.
    """
    if everything:
        lines = (f"{one.code}  {one.severity.value:7}  {one.name:26}  {one.title}\n" for one in CODES.values())
        write_out(lines, None)
        return Exit.CLEAN
    if code is None:
        raise UsageError("give a code, for instance preflight explain PF302; preflight explain --all lists them")
    page = page_of(code)
    width = min(_WIDEST, shutil.get_terminal_size().columns)
    write_out(_for_terminal(page, width) if colour_wanted() else [page], None)
    return Exit.CLEAN


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
