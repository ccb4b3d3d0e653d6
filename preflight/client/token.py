"""The token: where it comes from, and what keeps it out of every text.

A `Secret` shows itself nowhere: not in a repr, not in a format, not in a pickle. Only the transport reveals it, into the one header
that carries it. How a token is had and how long it lives is the caller's affair (`assumptions.py`: token.renewal).
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn

from preflight.errors import UsageError

__all__ = ["Secret", "Token", "TokenSource", "token_from", "token_in"]

TokenSource = Callable[[], "str | Secret"]

_WORDS = re.compile(r"[\x21-\x7e]{1,16384}")
_HIDDEN = "[token]"
_SHORTEST = 8


class Secret:
    """A text that is never shown."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    @classmethod
    def parse(cls, given: object, origin: str) -> Secret:
        """The secret in a text, without blanks around it and a leading ``Bearer``. Raises UsageError, which names only `origin`."""
        kind = type(given).__name__
        secret = given if isinstance(given, Secret) else cls(given) if isinstance(given, str) else None
        del given  # no frame of what is raised from here on holds the text
        if secret is None:
            raise UsageError(f"the token from {origin} is a {kind}; a text was wanted")
        found = _bare(secret._text)
        if isinstance(found, str):
            raise UsageError(f"the token from {origin} cannot be used: {found}")
        return found

    def reveal(self) -> str:
        """The text itself: for the header that carries it."""
        return self._text

    def hide_in(self, text: str) -> str:
        """The same text without the token, should a server echo it. One too short to be a token is left: it could be any word."""
        return text.replace(self._text, _HIDDEN) if len(self._text) >= _SHORTEST else text

    def hide_in_bytes(self, body: bytes) -> bytes:
        """The same bytes without the token, should a server echo it."""
        return body.replace(self._text.encode(), _HIDDEN.encode()) if len(self._text) >= _SHORTEST else body

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        return "Secret(…)"

    def __format__(self, _: str, /) -> str:
        return repr(self)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a token is not pickled; give the other process its own source of the token")


def _bare(text: str) -> Secret | str:
    """The secret, or what is wrong with it."""
    kept = text.strip()
    if kept == "Bearer" or kept.startswith(("Bearer ", "Bearer\t")):
        kept = kept.removeprefix("Bearer").strip()
    if not kept:
        return "it is empty"
    if _WORDS.fullmatch(kept) is None:
        return "it holds blanks, control or non-ASCII characters, or is longer than 16 KiB"
    return Secret(kept)


class Token:
    """The token in use, read from its source on first use and again when the server refused it. Safe between threads."""

    __slots__ = ("_current", "_lock", "_origin", "_source")

    def __init__(self, source: TokenSource | None, origin: str, current: Secret | None = None) -> None:
        self._source = source
        self._origin = origin
        self._current = current
        self._lock = threading.Lock()

    def current(self) -> Secret:
        """The token to send. Raises UsageError when the source gives none."""
        with self._lock:
            if self._current is None:
                self._current = self._read()
            return self._current

    def renew(self, refused: Secret) -> bool:
        """Read the source again after the server refused a token. False when there is no other to be had."""
        with self._lock:
            if self._current is not None and self._current != refused:
                return True
            if self._source is None:
                return False
            self._current = self._read()
            return self._current != refused

    def _read(self) -> Secret:
        assert self._source is not None
        fault = ""
        given: object = None
        try:
            given = _hidden(self._source())
        except Exception as error:  # noqa: BLE001 - whatever a caller's own provider raises; its text could hold the token
            fault = type(error).__name__
        if fault:  # raised out here, so that the provider's exception and its frames are not in the chain
            raise UsageError(f"the token could not be had from {self._origin}: it raised {fault}")
        return Secret.parse(given, self._origin)

    def __repr__(self) -> str:
        return f"Token(from {self._origin})"


def _hidden(given: object) -> object:
    return Secret(given) if isinstance(given, str) else given


def token_in(environ: Mapping[str, str]) -> Secret | None:
    """The value of DEMANDBASE_TOKEN, not judged yet."""
    return Secret(environ["DEMANDBASE_TOKEN"]) if "DEMANDBASE_TOKEN" in environ else None


def token_from(given: Secret | Token | TokenSource | None, file: str | Path | None, variable: Secret | None) -> Token | None:
    """The token from what was given, else from a file, else from DEMANDBASE_TOKEN; None when there is none at all.

    Raises UsageError when both a token and a file were given, or when a text cannot be a token.
    """
    if given is not None and file is not None:
        raise UsageError("a token and a token file were both given; give one of them")
    if isinstance(given, Token):
        return given
    if isinstance(given, Secret):
        return Token(None, "the argument", Secret.parse(given, "the argument"))
    if given is not None:
        return Token(given, "the provider")
    if file is not None:
        path = Path(file)
        return Token(lambda: path.read_text(encoding="utf-8"), f'the file "{path}"')
    return None if variable is None else Token(None, "DEMANDBASE_TOKEN", Secret.parse(variable, "DEMANDBASE_TOKEN"))
