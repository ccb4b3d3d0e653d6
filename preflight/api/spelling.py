"""Advice as Python writes it. Rules, readers and submissions advise in the spelling of the command line, ``--dates mdy``; whoever
typed Python is told ``dates="mdy"``. The advice is the same, and quoted names and cells are never touched."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import ParamSpec, TypeVar

from preflight.errors import PlanError, PreflightError
from preflight.findings import Content, Finding
from preflight.kernel.words import shown

__all__ = ["content_in_python", "finding_in_python", "in_python", "speaks_python"]

P = ParamSpec("P")
T = TypeVar("T")

_VALUES = {
    "blank": r"[A-Za-z]\w*",
    "dates": r"iso|mdy|dmy|auto",
    "delimiter": r"""'[^']+'|"[^"]+"|[^\s\w'".;](?=\s|$)""",
    "duplicates": r"reject|first|last",
    "encoding": r"[a-z]+[-_]?\d[\w-]*",
    "fields": None,
    "header-line": r"\d+",
    "locale": r"[a-z]{2}[-_][A-Z]{2}",
    "match-key": None,
    "max-bytes": None,
    "max-rejected": None,
    "max-rows": None,
    "operation": r"insert|update|upsert",
    "percent": r"0-100|0-1",
    "rules": None,
    "sheet": None,
    "time-in-date": r"written|zone",
    "timezone": r"UTC|[A-Z]\w+/\w+",
    "unmapped": r"refuse|drop",
}
"""The options that advice names, with what a value looks like where the advice gives one."""


def _option(said: str) -> str:
    """``--dates mdy`` and ``--dates`` as ``dates="mdy"`` and ``dates=``."""
    name, _, value = said.removeprefix("--").partition(" ")
    if name == "header-line" and value:
        return f"header_line={value}"
    return f"{name.replace('-', '_')}={_text(value.strip(chr(39) + chr(34))) if value else ''}"


def _column(said: str) -> str:
    """``--column "Web=domain"`` as ``columns={"Web": "domain"}``; a column that is left out has None."""
    pair = said.removeprefix("--column ")
    name, _, field = (pair[1:-1].replace("'\\''", "'") if pair[0] in "\"'" else pair).rpartition("=")
    return f"columns={{{_text(name)}: {_text(field) if field else None}}}"


def _constant(said: str) -> str:
    """``--set domain=VALUE`` as ``set={"domain": "VALUE"}``."""
    name, _, value = said.removeprefix("--set").strip().partition("=")
    return f"set={{{_text(name)}: {_text(value)}}}" if name else "set="


def _command(said: str) -> str:
    """``preflight merge out FIXED`` as ``preflight.merge("out", fixed)``; ``…`` where no folder is named."""
    _, verb, *words = said.split()
    folder = _text(words[0]) if words else "…"
    return f"preflight.{verb}({folder}{', fixed' if len(words) > 1 else ''})"


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


_SPELLINGS: dict[str, tuple[str, Callable[[str], str]]] = {
    "column": (r"""--column (?:"[^"]*"|'(?:[^']|'\\'')*')""", _column),
    "constant": (r"--set(?: \w+=\w+)?(?![\w-])", _constant),
    "option": (
        "|".join(f"--{name}(?: (?:{value}))?(?![\\w-])" if value else f"--{name}(?![\\w-])" for name, value in _VALUES.items()),
        _option,
    ),
    "again": (r"--again(?![\w-])", lambda _: "again=True"),
    "answer": (r"\b(?:pivot|serials) = \d+", lambda said: said.replace(" ", "")),
    "plan": (r"\bthe plan file\b", lambda _: "preflight.plan"),
    "write": (r"\bpreflight write SOURCE -o [^\s;,]+", lambda said: f"plan.write(source, {_text(said.rpartition(' ')[2])})"),
    "command": (r"\bpreflight (?:merge|outcomes|resume|submit)\b(?: [^\s;,]+(?: FIXED)?)?", _command),
    "out": (r" with -o\b", lambda _: ""),
    "quoted": (r'"[^"]*"', lambda said: said),
}
"""What is found in advice, and how Python writes it. The first that fits is taken; what stands in quotes is passed over."""

_FOUND = re.compile("|".join(f"(?P<{name}>{pattern})" for name, (pattern, _) in _SPELLINGS.items()))


def in_python(text: str, keep: str = "") -> str:
    """The advice with options as keyword arguments and commands as calls. `keep` is a cell that it quotes, left as it is."""
    if keep and keep in text:
        return keep.join(in_python(part) for part in text.split(keep))
    return _FOUND.sub(lambda found: _SPELLINGS[str(found.lastgroup)][1](found[0]), text)


def finding_in_python(found: Finding) -> Finding:
    """The finding with its advice as Python writes it. The suggestion for a cell is a value, that for a column an option."""
    message = in_python(found.message, "" if found.value is None else shown(found.value))
    suggestion = found.suggestion
    if suggestion is not None and found.source_row is None:
        suggestion = in_python(suggestion)
    return (
        found
        if (message, suggestion) == (found.message, found.suggestion)
        else replace(found, message=message, suggestion=suggestion)
    )


def content_in_python(content: Content) -> Content:
    """The content of a report with all its advice as Python writes it."""
    findings = content.findings
    groups = tuple(replace(group, examples=tuple(map(finding_in_python, group.examples))) for group in content.groups)
    return replace(content, groups=groups, findings=lambda: map(finding_in_python, findings()))


def speaks_python(verb: Callable[P, T]) -> Callable[P, T]:
    """A verb whose errors advise as Python writes it."""

    @functools.wraps(verb)
    def spoken(*args: P.args, **options: P.kwargs) -> T:
        try:
            return verb(*args, **options)
        except PreflightError as error:
            error.args = tuple(in_python(one) if isinstance(one, str) else one for one in error.args)
            if isinstance(error, PlanError):
                error.faults = tuple(map(in_python, error.faults))
            raise

    return spoken
