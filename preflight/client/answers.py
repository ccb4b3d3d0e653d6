"""Bodies of answers: JSON with its tricks refused, and whatever an error says as one line.

The description gives errors no body (`assumptions.py`: responses.errors). Server text is hostile: control and direction characters
are shown as code points, lengths are bounded.
"""

from __future__ import annotations

import html
import json
import math
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import NoReturn

__all__ = ["NotJson", "decode", "excerpt", "one_line", "server_message"]

_LONGEST = 300
_DIGITS = 18


class NotJson(ValueError):
    """The body is not JSON that can be trusted. The text says why and holds nothing of the body."""


def decode(body: bytes) -> object:
    """The JSON value of a body. Raises NotJson, also for NaN and infinities, for numbers of more than 18 digits, and for
    nesting that exhausts the stack."""
    fault = ""
    try:
        return json.loads(body.decode("utf-8-sig"), parse_constant=_refuse, parse_int=_integer, parse_float=_float)
    except NotJson as error:
        fault = str(error)
    except UnicodeDecodeError:
        fault = "it is not UTF-8"
    except RecursionError:
        fault = "it is nested too deeply"
    except ValueError:
        fault = "it is not JSON" if body.strip() else "it is empty"
    raise NotJson(fault)


def _refuse(word: str) -> NoReturn:
    raise NotJson(f"it holds {word}, which is not JSON")


def _integer(digits: str) -> int:
    if len(digits.lstrip("-")) > _DIGITS:
        raise NotJson(f"it holds a number of {len(digits)} digits")
    return int(digits)


def _float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise NotJson("it holds a number beyond all bounds")
    return number


def one_line(text: str, longest: int = _LONGEST) -> str:
    """The text on one line: blanks collapsed, control and direction characters as code points, shortened with an ellipsis."""
    collapsed = " ".join(text[: longest * 8].split())
    shown = "".join(f"U+{ord(one):04X}" if _is_hidden(one) else one for one in collapsed[: longest + 1])
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


def _is_hidden(one: str) -> bool:
    return unicodedata.category(one) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def excerpt(body: bytes, longest: int = 80) -> str:
    """The beginning of a body that was not understood."""
    return one_line(body[: longest * 8].decode("utf-8", "replace"), longest)


def server_message(body: bytes, content_type: str = "") -> str | None:
    """What an error body says, in one line: one of the shapes of this API's family, HTML, or plain text; None when it says nothing.

    The shapes are ``{message}``, ``{status}``, ``{errorCode, errorMessage, diagnosticCode}``, ``{error: {code, message,
    diagnosticCode}}`` and ``{error, code}``; ``{title, detail}`` is what gateways say.
    """
    if not body.strip():
        return None
    try:
        found = decode(body)
    except NotJson:
        return _of_text(body, content_type) or None
    if isinstance(found, str):
        return one_line(found) or None
    said = list(_said(found)) if isinstance(found, Mapping) else []
    return one_line("; ".join(dict.fromkeys(said))) or None


_SAYING = ("message", "errorMessage", "error", "detail", "title", "status", "error_description")
_NAMING = ("code", "errorCode", "diagnosticCode")


def _said(found: Mapping[object, object]) -> Iterator[str]:
    inner = found.get("error")
    if isinstance(inner, Mapping):
        yield from _texts(inner, _SAYING)
        yield from _codes(inner)
    yield from _texts(found, _SAYING)
    yield from _codes(found)


def _texts(found: Mapping[object, object], names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        value = found.get(name)
        if isinstance(value, str) and value.strip():
            yield value.strip()


def _codes(found: Mapping[object, object]) -> Iterator[str]:
    for name in _NAMING:
        value = found.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            yield f"{name} {str(value).strip()}"


_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{1,500})", re.IGNORECASE)
_UNSEEN = re.compile(r"<(script|style)\b.{0,20000}?</\1\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]{0,1000}>")


def _of_text(body: bytes, content_type: str) -> str:
    text = body[:20_000].decode("utf-8", "replace")
    if "html" not in content_type.lower() and not text.lstrip().startswith("<"):
        return one_line(text)
    title = _TITLE.search(text)
    shown = title.group(1) if title else _TAG.sub(" ", _UNSEEN.sub(" ", text))
    return one_line(html.unescape(shown))
