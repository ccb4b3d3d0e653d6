"""TOML as text: the small part that plan files need, and faults with their place."""

from __future__ import annotations

import re
import tomllib
from typing import Any

__all__ = ["parse_toml", "toml_key", "toml_value"]

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
_PLACE = re.compile(r"^(?P<what>.*?)\s*\(at (?:line (?P<line>\d+), column (?P<column>\d+)|(?P<end>end of document))\)$", re.DOTALL)


def toml_key(text: str) -> str:
    """A key, quoted where it has to be."""
    return text if _BARE.fullmatch(text) else toml_value(text)


def toml_value(value: Any) -> str:
    """Text, a truth value, a number or a list of these as TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml_value(one) for one in value) + "]"
    return '"' + "".join(_escaped(one) for one in str(value)) + '"'


def _escaped(one: str) -> str:
    if one in _ESCAPES:
        return _ESCAPES[one]
    return f"\\u{ord(one):04X}" if ord(one) < 0x20 or ord(one) == 0x7F else one


def parse_toml(text: str, name: str) -> dict[str, Any]:
    """The document. Raises ValueError with one sentence, the place first: ``preflight.toml, line 3, column 7: …``."""
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except ValueError as error:  # TOMLDecodeError, and what int() says of a number with thousands of digits
        raise ValueError(_sentence(str(error), name)) from error
    except RecursionError as error:
        raise ValueError(f"{name}: tables or lists are nested too deep") from error


def _sentence(fault: str, name: str) -> str:
    found = _PLACE.match(fault)
    if found is None:
        return f"{name}: {fault}"
    place = "end of the file" if found["end"] else f"line {found['line']}, column {found['column']}"
    what = found["what"]
    return f"{name}, {place}: {what[:1].lower()}{what[1:]}"
