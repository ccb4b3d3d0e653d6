"""The pages that explain the codes: what, why, an example, and what to do instead. One file per code, shipped with the package."""

from __future__ import annotations

from importlib.resources import files

from preflight.contract.names import nearest
from preflight.errors import UsageError
from preflight.rules.codes import CODES, code_of

__all__ = ["all_pages", "page_of"]


def page_of(code: str) -> str:
    """The page of a code, as Markdown; ``PF302``, ``pf302`` and ``not-an-integer`` all name one.

    Raises UsageError, naming codes that may be meant, where there is no such code.
    """
    known = code_of(code)
    if known is None:
        raise UsageError(f'there is no code "{code.strip()[:40]}"; {_meant(code)}')
    return files("preflight.rules").joinpath("pages", f"{known.code}.md").read_text(encoding="utf-8")


def all_pages() -> tuple[str, ...]:
    """The pages of all codes, in the order of the table."""
    return tuple(page_of(code) for code in CODES)


def _meant(code: str) -> str:
    """Codes of the same family by their number, names by what they hold."""
    wanted = code.strip().upper()
    digits = wanted.removeprefix("PF")
    if digits.isascii() and digits.isdigit():
        number = int(digits[:6])
        near = sorted(CODES, key=lambda one: (abs(int(one[2:]) - number), one))[:3]
        return "near ones are " + ", ".join(f"{one} {CODES[one].name}" for one in near)
    names = {one.name: one.code for one in CODES.values()}
    close = nearest(code.strip().lower()[:80], names)
    if not close:
        return "preflight explain --all shows them all"
    return "did you mean " + " or ".join(f"{names[name]} {name}" for name in close) + "?"
