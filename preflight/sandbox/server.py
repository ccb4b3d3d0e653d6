"""The sandbox on a socket of this machine, with the faults that only a socket can have. It stops when its context ends."""

from __future__ import annotations

import re
import socket
import struct
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from preflight.contract.wire import FieldMappingRecord
from preflight.sandbox.app import App, Reply, Request, operation_of
from preflight.sandbox.faults import Fault, Striker, Switches
from preflight.sandbox.fields import bundled_fields
from preflight.sandbox.mangle import mangled
from preflight.sandbox.multipart import Readable
from preflight.sandbox.store import Store

__all__ = ["Sandbox", "serve"]

DEFAULTS = Switches()
_PIECE = 64 * 1024
_GOODBYE = 2.0
"""Seconds that an unfinished answer has when the sandbox stops."""
_LOCAL = re.compile(r"(127\.0\.0\.1|localhost)(:[0-9]{1,5})?")
_PAGING = frozenset({"endless", "overlap", "repeat"})


class Sandbox(str):
    """The address of a running sandbox, which also says what the sandbox holds."""

    _store: Store
    _striker: Striker

    @classmethod
    def at(cls, url: str, store: Store, striker: Striker) -> Sandbox:
        """The sandbox that answers at an address."""
        box = cls(url)
        box._store = store
        box._striker = striker
        return box

    @property
    def url(self) -> str:
        """The address as a plain text."""
        return str(self)

    def holdings(self, entity_type: str) -> dict[str, int]:
        """Each record's key, as ``field=value``, and how often it was imported. Running jobs are brought to their end first."""
        return self._store.holdings(entity_type)

    def tally(self, entity_type: str) -> dict[int, int]:
        """How many records were imported how often: ``{1: 999_998, 2: 2}``."""
        return self._store.tally(entity_type)

    def cells(self, entity_type: str) -> list[dict[str, str]]:
        """The cells of the records, by field."""
        return self._store.cells(entity_type)

    def calls(self) -> dict[str, int]:
        """How often each operation was called."""
        return self._striker.calls()


@contextmanager
def serve(
    switches: Switches = DEFAULTS,
    *,
    port: int = 0,
    fields: Mapping[str, Sequence[FieldMappingRecord]] | None = None,
    folder: Path | None = None,
    now: Callable[[], float] = time.time,
) -> Iterator[Sandbox]:
    """Serve the API on 127.0.0.1 until the context ends. `fields` are the FieldMappings by entity, by default the bundled ones;
    `folder` keeps the records for another day, by default they are forgotten."""
    with tempfile.TemporaryDirectory(prefix="preflight-sandbox-", ignore_cleanup_errors=True) as passing:
        store = Store(folder or Path(passing), fields if fields is not None else bundled_fields(), switches, now)
        striker = Striker(switches.faults)
        server = _Server(("127.0.0.1", port), store, striker, switches)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield Sandbox.at(f"http://127.0.0.1:{server.server_address[1]}", store, striker)
        finally:
            server.stopping.set()
            server.shutdown()
            server.server_close()
            server.hang_up()
            thread.join()
            store.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 32

    def __init__(self, address: tuple[str, int], store: Store, striker: Striker, switches: Switches) -> None:
        self.store = store
        self.striker = striker
        self.switches = switches
        self.app = App(store, switches)
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._workers: set[threading.Thread] = set()
        super().__init__(address, _Handler)

    def get_request(self) -> tuple[socket.socket, Any]:
        """A connection, remembered for the end."""
        connection, address = super().get_request()
        self._open.add(connection)
        return connection, address

    def process_request(self, request: Any, client_address: Any) -> None:
        """A thread for each connection, remembered for the end."""
        worker = threading.Thread(target=self._work, args=(request, client_address), daemon=True)
        self._workers.add(worker)
        worker.start()

    def _work(self, request: Any, client_address: Any) -> None:
        try:
            self.process_request_thread(request, client_address)
        finally:
            self._workers.discard(threading.current_thread())

    def shutdown_request(self, request: Any) -> None:
        """The end of a connection."""
        self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End the connections that clients keep for later, since a sandbox that has stopped answers nobody; and let what is still
        at work with the files come to its end."""
        for connection in tuple(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for worker in tuple(self._workers):
            worker.join(_GOODBYE)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no event; nothing of a request is ever printed."""


class _Body:
    """The body of a request: as many bytes as were declared, and no more."""

    def __init__(self, file: Readable, length: int) -> None:
        self._file = file
        self.left = length

    def read(self, size: int, /) -> bytes:
        piece = self._file.read(min(size, self.left))
        self.left -= len(piece)
        return piece

    def drain(self, most: int) -> None:
        """Read and forget up to so many bytes."""
        while most > 0 and (piece := self.read(min(_PIECE, most))):
            most -= len(piece)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "preflight-sandbox"
    sys_version = ""
    timeout = 60
    disable_nagle_algorithm = True
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is logged: a request line or a header may hold what nobody should keep."""

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        if parts.path.startswith("/sandbox/"):
            self._show(parts.path, parts.query)
            return
        length = self._length()
        if length is None:
            self._send(Reply(411, {"message": "a Content-Length is needed"}))
            self.close_connection = True
            return
        body = _Body(self.rfile, length)
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, parts.path, parts.query, headers, body, length)
        operation, _, _ = operation_of(request.method, request.path)
        fault = None if operation is None else self.server.striker.strike(operation)
        if fault is not None and fault.is_before:
            self._refuse(fault, request, body)
        else:
            self._answer(request, body, fault)

    def __getattr__(self, name: str) -> Callable[[], None]:
        """Every method is answered, those that the description does not have with 405; the base class would say 501 in HTML."""
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def _length(self) -> int | None:
        text = self.headers.get("content-length")
        if text is None:
            return None if self.headers.get("transfer-encoding") else 0
        return int(text) if text.isdecimal() and len(text) < 15 else None

    def _answer(self, request: Request, body: _Body, fault: Fault | None) -> None:
        paging = fault.kind if fault is not None and fault.kind in _PAGING else None
        reply = self.server.app.answer(request, paging)
        if reply.status == 413 and body.left:
            self._send_early(reply, body)
            return
        body.drain(body.left)
        if fault is None or fault.kind in _PAGING:
            self._send(reply)
        elif fault.kind in {"reset-after", "close-after"}:
            self._hang_up(reset=fault.kind == "reset-after")
        elif fault.kind == "slow":
            self.server.stopping.wait(self.server.switches.slow_seconds)
            self._send(reply)
        elif fault.status is not None:
            self._send_status(fault.status)
        else:
            self._raw(mangled(fault.kind, reply))

    def _refuse(self, fault: Fault, request: Request, body: _Body) -> None:
        """A fault that strikes before the server acts."""
        if fault.kind in {"reset-before", "close-before"}:
            self._hang_up(reset=fault.kind == "reset-before")
        elif fault.kind == "reset-mid":
            body.drain(body.left // 2)
            self._hang_up(reset=True)
        elif fault.kind == "late":
            self._act_late(request, body)
        elif fault.kind == "redirect":
            body.drain(body.left)
            target = self.server.switches.redirect_to + self.path
            self._send(Reply(307, {"message": "elsewhere"}, (("Location", target),)))
        elif fault.kind == "huge":
            body.drain(body.left)
            self._send_huge()
        elif fault.status is not None:
            body.drain(body.left)
            self._send_status(fault.status)
        else:
            body.drain(body.left)
            self._raw(mangled(fault.kind, Reply(200, {})))

    def _send(self, reply: Reply) -> None:
        body = reply.body()
        self.send_response(reply.status)
        if reply.value is not None:
            self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in reply.headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _send_status(self, status: int) -> None:
        wait = (("Retry-After", f"{self.server.switches.retry_after:g}"),) if status in {429, 503} else ()
        self._send(Reply(status, {"message": f"the sandbox was told to answer {status}"}, wait))

    def _send_early(self, reply: Reply, body: _Body) -> None:
        """An answer before the body was read: sent at once, then what still comes is read for a while, so that it is not lost."""
        self.close_connection = True
        self._send(reply)
        self.connection.shutdown(socket.SHUT_WR)
        self.connection.settimeout(2)
        body.drain(body.left)

    def _send_huge(self) -> None:
        self.close_connection = True
        self.send_response(500)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<html><head><title>All is lost</title></head><body>")
        for _ in range(1024):
            self.wfile.write(b"x" * _PIECE)

    def _raw(self, answer: bytes) -> None:
        self.close_connection = True
        self.wfile.write(answer)

    def _hang_up(self, *, reset: bool) -> None:
        self.close_connection = True
        if reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.rfile.close()
        self.connection.close()

    def _act_late(self, request: Request, body: _Body) -> None:
        """Like a gateway that has taken the whole body: the client is gone when it is delivered."""
        with tempfile.TemporaryFile() as held:
            while piece := body.read(_PIECE):
                held.write(piece)
            held.seek(0)
            self._hang_up(reset=True)
            if not self.server.stopping.wait(self.server.switches.slow_seconds):
                self.server.app.answer(replace(request, body=_Body(held, request.length)))

    def _show(self, path: str, query: str) -> None:
        """What the description does not have: the records held, and the calls counted. Asked by the address of this machine
        alone: no web page may read it under a name of its own."""
        if not _LOCAL.fullmatch(self.headers.get("host", "")):
            self._send(Reply(403, {"message": "ask 127.0.0.1"}))
        elif path == "/sandbox/records":
            self._send(Reply(200, self.server.store.holdings(_entity(query))))
        elif path == "/sandbox/tally":
            self._send(Reply(200, self.server.store.tally(_entity(query))))
        elif path == "/sandbox/calls":
            self._send(Reply(200, self.server.striker.calls()))
        else:
            self._send(Reply(404, {"message": "there are /sandbox/records, /sandbox/tally and /sandbox/calls"}))


def _entity(query: str) -> str:
    return parse_qs(query).get("entity_type", ["accounts"])[0]
