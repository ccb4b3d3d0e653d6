"""The doorway to httpx: one call out, one outcome back, never an exception of httpx.

What went wrong is told by *what may have happened*, because that decides what may be done next. httpx's exceptions hold the request
with its headers; they end here, and what is raised later has no chain to them.
"""

from __future__ import annotations

import ipaddress
import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import httpx

from preflight.client.answers import one_line
from preflight.client.clock import Clock
from preflight.client.dialect import Call, Manner
from preflight.client.token import Secret
from preflight.client.upload import SourceFailed, Upload
from preflight.errors import UsageError

__all__ = ["DEFAULT_TIMEOUTS", "MAX_ERROR_BODY", "MAX_PAGE", "Address", "Answer", "Door", "Loss", "Lost", "Timeouts"]

_HOST = re.compile(r"[A-Za-z0-9._:-]+")

MAX_PAGE = 32 * 1024 * 1024
MAX_ERROR_BODY = 64 * 1024


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. `read` is the longest silence, `upload_read` that after an upload, since the server may validate before it
    answers; `answer` bounds a whole answer, so that a trickle of bytes cannot last for ever."""

    connect: float = 10.0
    write: float = 60.0
    read: float = 60.0
    upload_read: float = 600.0
    answer: float = 300.0


DEFAULT_TIMEOUTS = Timeouts()


class Loss(Enum):
    """Why there is no answer, by what may have happened."""

    NEVER_SENT = "no connection"
    CUT_SHORT = "the file did not arrive whole"
    NO_ANSWER = "sent, but not answered"
    BROKEN = "the answer broke off"
    TOO_LONG = "the answer is longer than any page may be"
    ENCODED = "the answer is compressed, although none was asked for"


@dataclass(frozen=True, slots=True)
class Lost:
    """No answer that can be used. `status` is known where the answer had begun."""

    loss: Loss
    reason: str
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. The body of an error is cut at MAX_ERROR_BODY."""

    status: int
    body: bytes = field(repr=False)
    content_type: str = ""
    retry_after: str | None = None
    location: str | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """The address of the API: https, or http on this machine alone."""

    url: str
    host: str
    is_loopback: bool

    @classmethod
    def parse(cls, text: str) -> Address:
        """Raises UsageError, which does not repeat an address that holds a password."""
        try:
            url = httpx.URL(text.strip())
        except (httpx.InvalidURL, ValueError):
            raise UsageError("the address of the API is not a URL; https://HOST was wanted") from None
        if url.userinfo or url.query or url.fragment:
            raise UsageError("the address of the API must not hold a user, a password, a query or a fragment")
        if url.scheme not in {"http", "https"} or _HOST.fullmatch(url.raw_host.decode("ascii")) is None:
            raise UsageError(f'"{one_line(text, 100)}" is no address of the API; https://HOST was wanted')
        loopback = _is_loopback(url.host)
        if url.scheme == "http" and not loopback:
            raise UsageError(f'"{url}" is not encrypted, and the token would be sent in the clear; use https')
        return cls(str(url).rstrip("/"), url.host, loopback)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Door:
    """Two connections' worth of httpx: a kept one for reads, a fresh one for each write, since a connection that went stale in the
    pool would make it doubtful. No redirect is followed; nothing of the environment is used for this machine."""

    def __init__(self, address: Address, clock: Clock, timeouts: Timeouts, transport: httpx.BaseTransport | None) -> None:
        self._address = address
        self._clock = clock
        self._timeouts = timeouts
        fault = ""
        try:
            tls = httpx.create_ssl_context(trust_env=not address.is_loopback) if transport is None else None
            self._reads = self._client(transport, tls, httpx.Limits(max_connections=8, max_keepalive_connections=4))
            self._writes = self._client(transport, tls, httpx.Limits(max_connections=8, max_keepalive_connections=0))
        except (ImportError, ValueError, OSError, httpx.InvalidURL) as error:
            fault = type(error).__name__  # no more than that: the address of a proxy may hold a password
        if fault:
            raise UsageError(
                f"the environment's settings of the network cannot be used ({fault}); look at HTTPS_PROXY, ALL_PROXY, SSL_CERT_FILE"
            )

    def _client(self, transport: httpx.BaseTransport | None, tls: ssl.SSLContext | None, limits: httpx.Limits) -> httpx.Client:
        return httpx.Client(
            transport=transport,
            verify=tls or True,
            limits=limits,
            trust_env=not self._address.is_loopback,
            follow_redirects=False,
            headers={"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "demandbase-preflight"},
        )

    def close(self) -> None:
        """Close every connection."""
        self._reads.close()
        self._writes.close()

    def send(self, call: Call, secret: Secret, upload: Upload | None = None) -> Answer | Lost:
        """Send one call. What the caller breaks off (Ctrl-C) passes, without the frames that hold the request."""
        request = self._request(call, upload)
        request.headers["Authorization"] = "Bearer " + secret.reveal()
        stopped: BaseException | None = None
        answer: httpx.Response | Lost | None = None
        try:
            answer = self._of(call).send(request, stream=True)
            return self._read(answer, secret)
        except httpx.HTTPError as error:
            status = answer.status_code if isinstance(answer, httpx.Response) else None
            return Lost(_loss(error, upload, status), _words(error), status)
        except SourceFailed as error:
            return Lost(Loss.CUT_SHORT, f"the file could not be read to its end: {error}")
        except BaseException as error:  # noqa: BLE001 - raised again below
            stopped = error
        finally:
            # The token leaves with the request: neither an exception nor a debugger finds it on an object that lives on.
            del request.headers["Authorization"]
            if isinstance(answer, httpx.Response):
                answer.close()
        stopped.__context__ = None
        raise stopped.with_traceback(None)

    def _of(self, call: Call) -> httpx.Client:
        return self._reads if call.manner is Manner.READ else self._writes

    def _request(self, call: Call, upload: Upload | None) -> httpx.Request:
        times = self._timeouts
        read = times.read if upload is None else times.upload_read
        options: dict[str, Any] = {
            "timeout": httpx.Timeout(connect=times.connect, pool=times.connect, write=times.write, read=read)
        }
        client = self._of(call)
        if upload is not None:
            headers = {"Content-Type": upload.content_type, "Content-Length": str(upload.content_length)}
            return client.build_request(call.method, self._address.url + call.path, content=upload, headers=headers, **options)
        if call.body is not None:
            options["json"] = call.body
        return client.build_request(call.method, self._address.url + call.path, params=dict(call.query) or None, **options)

    def _read(self, response: httpx.Response, secret: Secret) -> Answer | Lost:
        """The answer without the token, should the server send it back."""
        status = response.status_code
        good = 200 <= status < 300
        encoding = response.headers.get("content-encoding", "identity").strip().lower()
        body = b""
        if encoding not in {"", "identity"}:
            if good:
                return Lost(Loss.ENCODED, "compressed", status)
        else:
            found = self._body(response, MAX_PAGE if good else MAX_ERROR_BODY)
            if good and isinstance(found, Lost):
                return found
            body = found if isinstance(found, bytes) else b""
        said = {name: secret.hide_in(value) for name, value in response.headers.items()}
        kind, wait, location = said.get("content-type", ""), said.get("retry-after"), said.get("location")
        return Answer(status, secret.hide_in_bytes(body), kind, wait, location)

    def _body(self, response: httpx.Response, cap: int) -> bytes | Lost:
        """The body as it came; an error's is cut at the cap, a page's beyond the cap is Lost, as is one that trickles."""
        good = cap == MAX_PAGE
        latest = self._clock.monotonic() + self._timeouts.answer
        kept = bytearray()
        for piece in _pieces(response):
            kept += piece
            if len(kept) > cap:
                return Lost(Loss.TOO_LONG, f"more than {cap:,} bytes", response.status_code) if good else bytes(kept[:cap])
            if self._clock.monotonic() > latest:
                return Lost(Loss.BROKEN, f"not complete after {self._timeouts.answer:g} s", response.status_code)
        return bytes(kept)


def _pieces(response: httpx.Response) -> Iterator[bytes]:
    """The pieces of a body as they come; where the body of an error breaks off, what came is enough."""
    if response.is_stream_consumed:  # a transport that hands over whole answers
        yield response.content
        return
    try:
        yield from response.iter_raw()
    except httpx.HTTPError:
        if 200 <= response.status_code < 300:
            raise


_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.ProxyError)


def _loss(error: httpx.HTTPError, upload: Upload | None, status: int | None) -> Loss:
    if isinstance(error, _NEVER_SENT):
        return Loss.NEVER_SENT
    if upload is not None and upload.pulled < upload.length:
        return Loss.CUT_SHORT
    return Loss.NO_ANSWER if status is None else Loss.BROKEN


_WORDS: tuple[tuple[type[httpx.HTTPError], str], ...] = (
    (httpx.ConnectTimeout, "no connection in time"),
    (httpx.ConnectError, "no connection"),
    (httpx.PoolTimeout, "all connections are in use"),
    (httpx.WriteTimeout, "the server stopped reading"),
    (httpx.ReadTimeout, "no answer in time"),
    (httpx.RemoteProtocolError, "the answer is not HTTP, or the connection was closed"),
    (httpx.NetworkError, "the connection broke"),
    (httpx.ProxyError, "the proxy refused"),
)


def _words(error: httpx.HTTPError) -> str:
    words = next((words for kind, words in _WORDS if isinstance(error, kind)), type(error).__name__)
    # Why there is no connection (a name, a certificate, a refusal) is for the user to know, and was said before anything was sent.
    return f"{words}: {one_line(str(error), 120)}" if isinstance(error, httpx.ConnectError | httpx.ProxyError) else words
