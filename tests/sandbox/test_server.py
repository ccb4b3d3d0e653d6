"""The sandbox on its socket."""

from __future__ import annotations

import json
import socket
import threading
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from preflight.sandbox.faults import Fault, Switches
from preflight.sandbox.server import Sandbox, serve


def get(url: str, path: str) -> object:
    with urlopen(Request(url + path, headers={"Authorization": "Bearer some-token"})) as answer:
        return json.load(answer)


def raw(box: Sandbox, request: bytes) -> bytes:
    """What comes back for these bytes, until the server hangs up or says nothing more."""
    with socket.create_connection(("127.0.0.1", int(box.rsplit(":", 1)[1])), timeout=5) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        try:
            while piece := connection.recv(65536):
                answer += piece
        except (TimeoutError, ConnectionResetError):
            pass
        return answer


def test_it_serves_this_machine_alone_and_stops() -> None:
    before = threading.active_count()
    with serve() as box:
        assert box.startswith("http://127.0.0.1:")
        assert box.url == str(box)
        assert get(box, "/import/v1/jobs") == {"jobs": [], "total": 0}
        assert box.calls() == {"list": 1}
    with pytest.raises(OSError, match="refused"):
        urlopen(box)
    assert threading.active_count() <= before + 1


def test_a_connection_that_is_kept_is_ended_with_it() -> None:
    request = b"GET /import/v1/mappings HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\n\r\n"
    with serve(fields={}) as box:
        connection = socket.create_connection(("127.0.0.1", int(box.rsplit(":", 1)[1])), timeout=5)
        connection.sendall(request)
        answer = b""
        while b'"mappings"' not in answer:
            answer += connection.recv(65536)
    with connection:
        assert connection.recv(65536) == b""


def test_it_stops_although_an_answer_is_slow() -> None:
    asked = threading.Event()
    with serve(Switches(faults=(Fault("list", "slow"),), slow_seconds=600)) as box:
        thread = threading.Thread(target=lambda: (asked.set(), raw(box, b"GET /import/v1/jobs HTTP/1.1\r\nHost: x\r\n\r\n")))
        thread.start()
        asked.wait(5)
        while not box.calls():
            pass
    thread.join(5)
    assert not thread.is_alive()


def test_records_can_be_read_over_the_socket() -> None:
    with serve() as box:
        assert get(box, "/sandbox/records?entity_type=accounts") == {}
        assert get(box, "/sandbox/tally") == {}
        assert get(box, "/sandbox/calls") == {}
        assert (box.holdings("accounts"), box.tally("accounts"), box.cells("accounts")) == ({}, {}, [])
        with pytest.raises(HTTPError, match="404") as caught:
            get(box, "/sandbox/other")
        caught.value.close()


def test_records_are_not_shown_under_another_name() -> None:
    with serve() as box:
        assert b" 403 " in raw(box, b"GET /sandbox/records HTTP/1.1\r\nHost: evil.example\r\n\r\n")
        assert b" 200 " in raw(box, b"GET /sandbox/records HTTP/1.1\r\nHost: localhost:80\r\n\r\n")


def test_an_upload_that_breaks_off_leaves_nothing_behind(tmp_path: Path) -> None:
    head = b"Authorization: Bearer x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 999\r\n\r\n"
    part = b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nhalf'
    with serve(folder=tmp_path) as box:
        create = b'{"entity_type": "people", "operation": "insert"}'
        request = Request(box + "/import/v1/jobs", create, {"Authorization": "Bearer x", "Content-Type": "application/json"})
        with urlopen(request) as answer:
            job_id = json.load(answer)["id"]
        raw(box, f"POST /import/v1/jobs/{job_id}/upload HTTP/1.1\r\nHost: x\r\n".encode() + head + part)
        assert list(tmp_path.glob("*.csv")) == []
        assert "pending" in str(get(box, f"/import/v1/jobs/{job_id}"))


def test_records_can_be_kept_for_another_day(tmp_path: Path) -> None:
    with serve(folder=tmp_path) as box:
        body = b'{"entity_type": "people", "operation": "insert"}'
        request = Request(box + "/import/v1/jobs", body, {"Authorization": "Bearer x", "Content-Type": "application/json"})
        with urlopen(request) as answer:
            assert answer.status == 202
    with serve(folder=tmp_path) as box:
        assert "'total': 1" in str(get(box, "/import/v1/jobs"))


@pytest.mark.parametrize(
    ("request_head", "status"),
    [
        ("GET /import/v1/jobs HTTP/1.1\r\nHost: x\r\n\r\n", b"401"),
        ("POST /import/v1/jobs HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"411"),
        ("POST /import/v1/jobs HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", b"411"),
        ("POST /import/v1/jobs HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999\r\n\r\n", b"411"),
        ("QUERY /import/v1/jobs HTTP/1.1\r\nHost: x\r\n\r\n", b"405"),
        ("HEAD /import/v1/jobs HTTP/1.1\r\nHost: x\r\n\r\n", b"405"),
        ("GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n", b"404"),
    ],
)
def test_odd_requests_are_answered(request_head: str, status: bytes) -> None:
    with serve() as box:
        answer = raw(box, request_head.encode())
        assert answer.split(b" ")[1] == status
        if request_head.startswith("HEAD"):
            assert answer.endswith(b"\r\n\r\n")


def test_garbage_does_not_stop_it() -> None:
    with serve() as box:
        for garbage in (
            b"",
            b"\x00\x01\x02\r\n\r\n",
            b"GET\r\n\r\n",
            b"GET / HTTP/9.9\r\n\r\n",
            b"POST /import/v1/jobs HTTP/1.1\r\nContent-Length: 9\r\n\r\n{",
        ):
            raw(box, garbage)
        assert get(box, "/import/v1/jobs") == {"jobs": [], "total": 0}


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    with serve() as box:
        get(box, "/import/v1/jobs")
        raw(box, b"GET /import/v1/jobs HTTP/1.1\r\nAuthorization: Bearer seen-token\r\n\r\n")
        raw(box, b"rubbish\r\n\r\n")
    assert capfd.readouterr() == ("", "")


def test_two_sandboxes_do_not_know_each_other() -> None:
    with serve() as one, serve() as other:
        get(one, "/import/v1/jobs")
        assert (one.calls(), other.calls()) == ({"list": 1}, {})
