"""TOML as text: the small part that plan files need. Reading is `tomllib`'s."""

from __future__ import annotations

import re
import tomllib
from typing import Any

__all__ = ["fault_of_toml", "toml_key", "toml_value"]

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


def fault_of_toml(error: tomllib.TOMLDecodeError, name: str) -> str:
    """What the parser found, with the line first: ``preflight.toml, line 3: …``."""
    found = _PLACE.match(str(error))
    if found is None:
        return f"{name}: {error}"
    place = "end of the file" if found["end"] else f"line {found['line']}, column {found['column']}"
    what = found["what"]
    return f"{name}, {place}: {what[:1].lower()}{what[1:]}"
