"""One call, from sending it to its record or its error: token, tries, and the reading of the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import httpx

from preflight.client.answers import NotJson, decode, excerpt, one_line, server_message
from preflight.client.clock import Clock
from preflight.client.dialect import Call, Manner
from preflight.client.errors import (
    ApiError,
    BadAnswer,
    Conflict,
    Detail,
    Doubtful,
    NotAuthorised,
    NotFound,
    NotPermitted,
    RateLimited,
    Redirected,
    Refused,
    TooLarge,
    Unavailable,
    Unreachable,
)
from preflight.client.retry import Result, Retries, Waiting, pause, result_of, retry_after
from preflight.client.token import Secret, Token
from preflight.client.transport import Answer, Door, Loss, Lost
from preflight.client.upload import Upload

__all__ = ["Exchange"]

T = TypeVar("T")
Reader = Callable[[object], "T | None"]


@dataclass(frozen=True, slots=True)
class _Misread:
    """An answer with a good status and a body that is not as described."""

    answer: Answer
    reason: str


_BY_STATUS: dict[int, tuple[type[ApiError], str]] = {
    401: (NotAuthorised, "the token was refused"),
    403: (NotPermitted, "the token does not have the permission"),
    404: (NotFound, "there is no such thing there"),
    409: (Conflict, "the state of the job does not allow it"),
    413: (TooLarge, "the file is too large"),
    429: (RateLimited, "too many calls"),
}


class Exchange:
    """Sends calls until they are answered or may not be sent again."""

    def __init__(self, door: Door, token: Token, host: str, clock: Clock, retries: Retries) -> None:
        self._door = door
        self._token = token
        self._host = host
        self._clock = clock
        self._retries = retries

    def run(self, call: Call, read: Reader[T], upload: Upload | None = None) -> T:
        """The record in the answer. Raises the ApiError that says what to do next."""
        attempt, renewed = 1, False
        while True:
            secret = self._token.current()
            outcome = self._door.send(call, secret, upload)
            found = self._read(call, outcome, read)
            if not isinstance(found, _Misread | Lost | Answer):
                return found
            if isinstance(found, Answer) and found.status == 401 and not renewed and self._token.renew(secret):
                renewed = True
                if call.manner is not Manner.UPLOAD:
                    continue
            result = Result.NOT_UNDERSTOOD if isinstance(found, _Misread) else result_of(found)
            asked = retry_after(found.retry_after, self._clock.now()) if isinstance(found, Answer) else None
            seconds = pause(self._retries, call.manner, result, attempt, asked)
            if seconds is None:
                raise self._error(call, found, self._detail(call, found, upload, asked, attempt, renewed), secret)
            self._wait(Waiting(call.operation, seconds, result.value, attempt))
            attempt += 1

    def wait(self, operation: str, attempt: int, reason: str) -> None:
        """A pause of the usual length, for those who settle a doubt by reading."""
        seconds = pause(self._retries, Manner.READ, Result.DOUBTFUL, min(attempt, self._retries.most - 1), None) or 0.0
        self._wait(Waiting(operation, seconds, reason, attempt))

    def _wait(self, waiting: Waiting) -> None:
        if self._retries.on_wait is not None:
            self._retries.on_wait(waiting)
        self._clock.sleep(waiting.seconds)

    def _read(self, call: Call, outcome: Answer | Lost, read: Reader[T]) -> T | _Misread | Lost | Answer:
        if isinstance(outcome, Lost) or not 200 <= outcome.status < 300:
            return outcome
        if call.manner is Manner.CANCEL:  # the description gives the answer no body, so whatever stands there is not looked at
            found = read(None)
            return _Misread(outcome, "") if found is None else found
        try:
            found = read(decode(outcome.body))
        except NotJson as error:
            return _Misread(outcome, str(error))
        return _Misread(outcome, "it is not of the described shape") if found is None else found

    def _detail(
        self, call: Call, found: _Misread | Lost | Answer, upload: Upload | None, asked: float | None, attempt: int, renewed: bool
    ) -> Detail:
        answer = found.answer if isinstance(found, _Misread) else found
        said = server_message(answer.body, answer.content_type) if isinstance(answer, Answer) and answer is found else None
        return Detail(
            operation=call.operation,
            status=answer.status,
            server_message=said,
            retry_after=asked,
            pulled=None if upload is None else upload.pulled,
            declared=None if upload is None else upload.length,
            attempts=attempt,
            renewed=renewed,
        )

    def _error(self, call: Call, found: _Misread | Lost | Answer, detail: Detail, secret: Secret) -> ApiError:
        kind, what = self._judge(call, found)
        said = f': "{secret.hide_in(detail.server_message)}"' if detail.server_message else ""
        tries = f", after {detail.attempts} tries" if detail.attempts > 1 else ""
        return kind(f"{call.operation} at {self._host}: {what}{tries}{said}{_next_step(kind, detail)}", detail)

    def _judge(self, call: Call, found: _Misread | Lost | Answer) -> tuple[type[ApiError], str]:
        reads = call.manner is Manner.READ
        if isinstance(found, _Misread):
            return (
                BadAnswer if reads else Doubtful
            ), f"the answer ({found.answer.status}) cannot be used: {found.reason}{_seen(call, found.answer)}"
        if isinstance(found, Lost):
            return _judge_lost(found, reads)
        if found.status in _BY_STATUS:
            kind, what = _BY_STATUS[found.status]
            return kind, f"{what} ({found.status})"
        if 300 <= found.status < 400:
            return Redirected, f"the server points to {_target(found.location)} ({found.status}), which is not followed"
        if found.status >= 500 or found.status == 408 or found.status < 200:
            return (Unavailable if reads else Doubtful), f"the server failed ({found.status})"
        return Refused, f"refused ({found.status})"


def _judge_lost(lost: Lost, reads: bool) -> tuple[type[ApiError], str]:
    if lost.loss is Loss.NEVER_SENT:
        return Unreachable, lost.reason
    if not reads:
        return Doubtful, f"{lost.loss.value} ({lost.reason})"
    kind = BadAnswer if lost.loss in {Loss.TOO_LONG, Loss.ENCODED} else Unavailable
    return kind, f"{lost.loss.value} ({lost.reason})"


_STEPS: dict[type[ApiError], str] = {
    Unreachable: "nothing was sent; check the address and the network",
    NotPermitted: "ask for the permission; another token of the same user does not help",
    Redirected: "nothing was sent on; correct the address",
    Doubtful: "it may have happened; read the job before anything is sent again",
}


def _next_step(kind: type[ApiError], detail: Detail) -> str:
    if kind is Doubtful and detail.pulled is not None and detail.declared is not None:
        return f"; {detail.pulled:,} of {detail.declared:,} bytes were handed over; {_STEPS[kind]}"
    if kind is RateLimited and detail.retry_after is not None:
        return f"; the server asks to wait {detail.retry_after:g} s"
    return f"; {_STEPS[kind]}" if kind in _STEPS else ""


def _seen(call: Call, answer: Answer) -> str:
    """The beginning of what came. Of the row errors only markup is shown: anything else could be a customer's cells."""
    if not answer.body.strip() or (call.operation == "getImportErrors" and not answer.body.lstrip().startswith(b"<")):
        return ""
    return f'; it begins "{excerpt(answer.body)}"'


def _target(location: str | None) -> str:
    if not location:
        return "nowhere"
    try:
        url = httpx.URL(location)
    except (httpx.InvalidURL, ValueError):
        return "an address that is none"
    return f'"{one_line(f"{url.scheme}://{url.host}", 120)}"' if url.host else "another path of the same host"
