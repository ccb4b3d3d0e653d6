"""Escaping for each place that a report can end up in: terminal, log, Markdown, HTML, XML, JSON and workflow commands.

A cell, a header, a path or a server's word may hold anything. Each renderer passes every such text through one function of this
module, chosen by where the text goes; none of them decides by itself what is harmless.
"""

from __future__ import annotations

import html as _html
import re
from typing import TYPE_CHECKING
from urllib.parse import quote as _quote

if TYPE_CHECKING:
    from re import Match

__all__ = [
    "LONGEST_MESSAGE",
    "LONGEST_VALUE",
    "command",
    "html",
    "json_text",
    "line_start",
    "markdown",
    "property_of_command",
    "quoted",
    "shorten",
    "uri",
    "visible",
    "xml",
]

LONGEST_VALUE = 60
LONGEST_MESSAGE = 2000

_HIDDEN = (
    "\x00-\x1f\x7f-\x9f"  # control characters, the line breaks and the terminal's escapes among them
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"  # soft hyphen, joiners, fillers, selectors that show nothing
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0"  # zero width, line separators, direction marks
    "\ufff0-\ufffb\ufffe\uffff\ud800-\udfff"  # annotation anchors, no characters at all, halves of pairs
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"  # shorthand and music controls, tags
)
_UNSAFE = re.compile(f"[{_HIDDEN}]")
# Build servers obey `##[command]` and `##vso[command]` anywhere in a line of the log.
_UNSAFE_IN_LOG = re.compile(f"[{_HIDDEN}]|#(?=#[a-z]*\\[)")
_MARKDOWN = re.compile(r"[&<>|`*_\[\]\\~#@$!]|:(?=\S)|(?<=[wW]{3})\.")


def _code_point(found: Match[str]) -> str:
    return f"[U+{ord(found[0]):04X}]"


def visible(text: str, /) -> str:
    """The text on one line without any character that hides, moves or runs something: those stand as ``[U+202E]``."""
    return _UNSAFE_IN_LOG.sub(_code_point, text)


def shorten(text: str, /, limit: int = LONGEST_VALUE) -> str:
    """At most about `limit` characters: the middle is cut out and the full length stated."""
    if len(text) <= limit:
        return text
    ahead = (limit * 2) // 3
    return f"{text[:ahead]}…{text[len(text) - (limit - ahead) :]} ({len(text):,} characters)"


def quoted(value: str | None, /, limit: int = LONGEST_VALUE) -> str:
    """A value for reading: short, visible, in quotes; ``(blank)`` for none."""
    if value is None:
        return "(blank)"
    if len(value) <= limit:
        return f'"{visible(value)}"'
    ahead = (limit * 2) // 3
    return f'"{visible(value[:ahead])}…{visible(value[len(value) - (limit - ahead) :])}" ({len(value):,} characters)'


def line_start(path: str, /) -> str:
    """A path that may start a line of a log: a path that would be obeyed as a workflow command gets a ``./`` before it."""
    shown = visible(path)
    return f"./{shown}" if shown.lstrip().startswith("::") else shown


def html(text: str, /) -> str:
    """The text for HTML, in elements and in quoted attributes."""
    return _html.escape(visible(text), quote=True)


xml = html


def markdown(text: str, /) -> str:
    """The text for one cell or one sentence of Markdown: nothing in it is markup, link, mention, emoji or end of a cell."""
    return _MARKDOWN.sub(lambda found: f"&#{ord(found[0])};", visible(text))


def command(text: str, /) -> str:
    """The message of a workflow command. No character is left that could end it."""
    return visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def property_of_command(text: str, /) -> str:
    """The value of a property of a workflow command."""
    return command(text).replace(":", "%3A").replace(",", "%2C")


def json_text(document: str, /) -> str:
    """JSON that may be looked at in a terminal and encoded in UTF-8: hidden characters and halves of pairs become escapes.

    For encoded JSON on one line only, where such characters stand inside strings alone.
    """
    if document.isascii() and "\x7f" not in document and "##" not in document:
        return document  # the encoder has escaped the other control characters: nine documents in ten
    return _UNSAFE_IN_LOG.sub(_json_escape, document)


def _json_escape(found: Match[str]) -> str:
    number = ord(found[0])
    if number < 0x10000:
        return f"\\u{number:04x}"
    number -= 0x10000
    return f"\\u{0xD800 + (number >> 10):04x}\\u{0xDC00 + (number & 0x3FF):04x}"


def uri(path: str, /) -> str:
    """A path as the reference of a URI: relative stays relative, absolute becomes ``file:``."""
    slashed = path.replace("\\", "/")
    drive = re.match(r"[A-Za-z]:/", slashed)
    encoded = _quote(slashed.encode("utf-8", "surrogatepass"), safe="/")
    if drive:
        return f"file:///{slashed[0]}:{encoded[4:]}"
    if slashed.startswith("//"):
        return f"file:{encoded}"
    return f"file://{encoded}" if slashed.startswith("/") else encoded
