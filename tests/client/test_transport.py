"""The doorway to httpx: addresses, caps, and what a call carries."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import httpx
import pytest

from preflight.client.dialect import DEMANDBASE
from preflight.client.token import Secret
from preflight.client.transport import MAX_ERROR_BODY, MAX_PAGE, Address, Answer, Door, Loss, Lost, Timeouts
from preflight.client.upload import Upload
from preflight.errors import UsageError
from preflight.testing import Clock

Handler = Callable[[httpx.Request], httpx.Response]


def door(handler: Handler, clock: Clock | None = None, timeouts: Timeouts | None = None) -> Door:
    return Door(
        Address.parse("https://api.example.com/gate/"), clock or Clock(), timeouts or Timeouts(), httpx.MockTransport(handler)
    )


def send(handler: Handler, upload: Upload | None = None) -> Answer | Lost:
    call = DEMANDBASE.list_field_mappings(None) if upload is None else DEMANDBASE.upload_file("j")
    return door(handler).send(call, Secret("a-secret-token"), upload)


class Stream(httpx.SyncByteStream):
    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.given = 0
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self.given += len(piece)
            yield piece


@pytest.mark.parametrize(
    ("text", "url", "loopback"),
    [
        ("https://api.demandbase.com", "https://api.demandbase.com", False),
        ("https://api.demandbase.com/", "https://api.demandbase.com", False),
        (" https://gate.example/x/y/ ", "https://gate.example/x/y", False),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080", True),
        ("http://127.9.9.9", "http://127.9.9.9", True),
        ("http://localhost:1", "http://localhost:1", True),
        ("http://[::1]:80/", "http://[::1]", True),
        ("https://127.0.0.1", "https://127.0.0.1", True),
    ],
)
def test_addresses_are_https_or_this_machine(text: str, url: str, loopback: bool) -> None:
    address = Address.parse(text)
    assert (address.url, address.is_loopback) == (url, loopback)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("http://api.demandbase.com", "not encrypted"),
        ("http://127.0.0.1.evil.example", "not encrypted"),
        ("http://localhost.evil.example", "not encrypted"),
        ("http://10.0.0.1", "not encrypted"),
        ("http://0.0.0.0", "not encrypted"),
        ("ftp://api.demandbase.com", "no address"),
        ("file:///etc/passwd", "no address"),
        ("api.demandbase.com", "no address"),
        ("https://", "no address"),
        ("", "no address"),
        ("https://user:pass@api.demandbase.com", "must not hold a user"),
        ("https://api.demandbase.com?token=1", "must not hold"),
        ("https://api.demandbase.com#x", "must not hold"),
        ("http://[::1", "not a URL"),
        ("https://a b", "no address"),
    ],
)
def test_other_addresses_are_refused(text: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason) as caught:
        Address.parse(text)
    assert "pass@" not in str(caught.value)


def test_a_call_carries_the_token_and_asks_for_plain_json() -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        assert request.headers["authorization"] == "Bearer a-secret-token"
        return httpx.Response(200, json={})

    answer = send(handler)
    assert answer == Answer(200, b"{}", "application/json")
    (request,) = seen
    assert str(request.url) == "https://api.example.com/gate/import/v1/mappings"
    assert (request.headers["accept"], request.headers["accept-encoding"]) == ("application/json", "identity")
    assert "authorization" not in request.headers  # it left with the request


def test_an_upload_has_a_known_length() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        assert "transfer-encoding" not in request.headers
        assert int(request.headers["content-length"]) == len(request.read())
        return httpx.Response(200, json={})

    assert isinstance(send(handler, Upload(io.BytesIO(b"a\n1\n"), 4, "a.csv")), Answer)


def test_uploads_have_their_own_patience() -> None:
    seen: list[dict[str, float]] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request.extensions["timeout"])
        return httpx.Response(200, json={})

    send(handler)
    send(handler, Upload(io.BytesIO(), 0, "a"))
    assert seen == [
        {"connect": 10.0, "read": 60.0, "write": 60.0, "pool": 10.0},
        {"connect": 10.0, "read": 600.0, "write": 60.0, "pool": 10.0},
    ]


def test_a_page_has_a_largest_size() -> None:
    stream = Stream(b"x" * 65_536 for _ in range(10_000))
    assert send(lambda _: httpx.Response(200, stream=stream)) == Lost(Loss.TOO_LONG, "more than 33,554,432 bytes", 200)
    assert stream.given <= MAX_PAGE + 65_536


def test_an_error_is_cut_and_the_rest_is_not_read() -> None:
    stream = Stream(b"x" * 65_536 for _ in range(10_000))
    answer = send(lambda _: httpx.Response(500, stream=stream))
    assert isinstance(answer, Answer)
    assert (answer.status, len(answer.body)) == (500, MAX_ERROR_BODY)
    assert stream.given <= 2 * MAX_ERROR_BODY


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "zstd", "gzip, gzip", "GZIP"])
def test_a_compressed_answer_is_refused_unread(encoding: str) -> None:
    stream = Stream(b"\x1f\x8b" for _ in range(10))
    answer = send(lambda _: httpx.Response(200, headers={"content-encoding": encoding}, stream=stream))
    assert answer == Lost(Loss.ENCODED, "compressed", 200)
    assert stream.given == 0


def test_a_compressed_error_keeps_its_status() -> None:
    stream = Stream(b"\x1f\x8b" for _ in range(10))
    answer = send(lambda _: httpx.Response(403, headers={"content-encoding": "gzip"}, stream=stream))
    assert answer == Answer(403, b"")


def test_identity_is_no_compression() -> None:
    assert send(lambda _: httpx.Response(200, headers={"content-encoding": "identity"}, content=b"{}")) == Answer(200, b"{}")


def test_an_answer_that_trickles_is_given_up() -> None:
    clock = Clock()

    def pieces() -> Iterator[bytes]:
        while True:
            clock.sleep(50)
            yield b"x"

    answer = door(lambda _: httpx.Response(200, stream=Stream(pieces())), clock).send(
        DEMANDBASE.list_field_mappings(None), Secret("a-secret-token")
    )
    assert answer == Lost(Loss.BROKEN, "not complete after 300 s", 200)


@pytest.mark.parametrize(
    ("error", "loss"),
    [
        (httpx.ConnectError("x"), Loss.NEVER_SENT),
        (httpx.ConnectTimeout("x"), Loss.NEVER_SENT),
        (httpx.PoolTimeout("x"), Loss.NEVER_SENT),
        (httpx.ProxyError("x"), Loss.NEVER_SENT),
        (httpx.UnsupportedProtocol("x"), Loss.NEVER_SENT),
        (httpx.ReadError("x"), Loss.NO_ANSWER),
        (httpx.ReadTimeout("x"), Loss.NO_ANSWER),
        (httpx.WriteError("x"), Loss.NO_ANSWER),
        (httpx.WriteTimeout("x"), Loss.NO_ANSWER),
        (httpx.RemoteProtocolError("x"), Loss.NO_ANSWER),
        (httpx.LocalProtocolError("x"), Loss.NO_ANSWER),
    ],
)
def test_what_went_wrong_is_told_by_what_may_have_happened(error: httpx.HTTPError, loss: Loss) -> None:
    def handler(_: httpx.Request) -> httpx.Response:
        raise error

    found = send(handler)
    assert isinstance(found, Lost)
    assert found.loss is loss
    assert found.reason.endswith(": x") == isinstance(error, httpx.ConnectError | httpx.ProxyError)


def test_an_upload_of_which_not_all_was_pulled_was_cut_short() -> None:
    def handler(_: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("reset")

    class Unread(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            raise httpx.WriteError("reset")

    unread = Door(Address.parse("https://api.example.com"), Clock(), Timeouts(), Unread())
    found = unread.send(DEMANDBASE.upload_file("j"), Secret("a-secret-token"), Upload(io.BytesIO(b"abc"), 3, "a"))
    assert isinstance(found, Lost)
    assert found.loss is Loss.CUT_SHORT
    whole = send(handler, Upload(io.BytesIO(b"abc"), 3, "a"))
    assert isinstance(whole, Lost)
    assert whole.loss is Loss.NO_ANSWER


def test_an_answer_that_breaks_off_is_broken() -> None:
    def pieces() -> Iterator[bytes]:
        yield b'{"jobs": ['
        raise httpx.ReadError("reset")

    broken = send(lambda _: httpx.Response(200, stream=Stream(pieces())))
    assert broken == Lost(Loss.BROKEN, "the connection broke", 200)
    cut = send(lambda _: httpx.Response(500, stream=Stream(pieces())))
    assert cut == Answer(500, b'{"jobs": [')


def test_an_interrupt_passes_without_the_frames_of_the_request() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        send(handler)
    frames = []
    trace = caught.value.__traceback__
    while trace is not None:
        frames.append(trace.tb_frame.f_code.co_filename)
        trace = trace.tb_next
    assert not [one for one in frames if "httpx" in one or "httpcore" in one]


def test_this_machine_is_reached_without_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    inside = Door(Address.parse("http://127.0.0.1:1"), Clock(), Timeouts(), None)
    outside = Door(Address.parse("https://api.example.com"), Clock(), Timeouts(), None)
    assert [client._mounts for client in (inside._reads, inside._writes)] == [{}, {}]
    assert outside._reads._mounts
    inside.close()
    outside.close()


@pytest.mark.parametrize(
    ("name", "value"),
    [("HTTPS_PROXY", "gopher://user:pass@proxy"), ("ALL_PROXY", "socks5://user:pass@proxy:1"), ("SSL_CERT_FILE", "/no/such/file")],
)
def test_settings_of_the_network_that_cannot_be_used_are_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(UsageError, match=name) as caught:
        Door(Address.parse("https://api.example.com"), Clock(), Timeouts(), None)
    assert "pass@" not in str(caught.value)
    Door(Address.parse("http://127.0.0.1:9"), Clock(), Timeouts(), None).close()


def test_writes_leave_no_connection_behind() -> None:
    opened = Door(Address.parse("http://127.0.0.1:1"), Clock(), Timeouts(), None)
    pools = [client._transport._pool._max_keepalive_connections for client in (opened._reads, opened._writes)]  # type: ignore[attr-defined]
    assert pools == [4, 0]
    opened.close()
