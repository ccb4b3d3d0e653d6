"""Bodies of answers: JSON without tricks, and errors as one line."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preflight.client.answers import NotJson, decode, excerpt, one_line, server_message


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"{}", {}),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (b'{"a": 123456789012345678}', {"a": 123456789012345678}),
        (b"[1.5, null, true]", [1.5, None, True]),
        (b'{"a": 1, "a": 2}', {"a": 2}),
    ],
)
def test_json_is_read(body: bytes, value: object) -> None:
    assert decode(body) == value


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "it is empty"),
        (b" \n", "it is empty"),
        (b"<html>", "it is not JSON"),
        (b'{"a": 1', "it is not JSON"),
        (b'{"a": NaN}', "it holds NaN, which is not JSON"),
        (b"[Infinity]", "it holds Infinity, which is not JSON"),
        (b"[-Infinity]", "it holds -Infinity, which is not JSON"),
        (b"[1e999]", "it holds a number beyond all bounds"),
        (b"[" + b"9" * 19 + b"]", "it holds a number of 19 digits"),
        (b"[-" + b"9" * 5000 + b"]", "it holds a number of 5001 digits"),
        (b"[" * 100_000 + b"]" * 100_000, "it is nested too deeply"),
        (b'{"a":' * 100_000, "it is nested too deeply"),
        (b'"\xff"', "it is not UTF-8"),
        ('{"a": 1}'.encode("utf-16"), "it is not UTF-8"),
    ],
)
def test_tricks_are_refused(body: bytes, reason: str) -> None:
    with pytest.raises(NotJson) as caught:
        decode(body)
    assert str(caught.value) == reason
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"message": "No such job"}, "No such job"),
        ({"status": "FORBIDDEN"}, "FORBIDDEN"),
        (
            {"errorCode": 17, "errorMessage": "Bad header", "diagnosticCode": "d-1"},
            "Bad header; errorCode 17; diagnosticCode d-1",
        ),
        (
            {"error": {"code": "E7", "message": "Bad value", "diagnosticCode": "d-2"}},
            "Bad value; code E7; diagnosticCode d-2",
        ),
        ({"error": "Unauthorized", "code": 401}, "Unauthorized; code 401"),
        ({"title": "Too large", "detail": "At most 1 MB", "status": 413}, "At most 1 MB; Too large"),
        ({"error": {"message": "inner"}, "message": "outer"}, "inner; outer"),
        ({"error": "said", "message": "said"}, "said"),
        ({"message": "", "error": None, "code": True}, None),
        ({"message": ["a", "b"]}, None),
        ({}, None),
        ([], None),
        ("plain", "plain"),
        (None, None),
    ],
)
def test_the_shapes_of_this_family_are_read(body: object, message: str | None) -> None:
    assert server_message(json.dumps(body).encode(), "application/json") == message


@pytest.mark.parametrize(
    ("body", "kind", "message"),
    [
        (b"", "", None),
        (b"  \r\n", "text/html", None),
        (b"<html><head><title>413 Request\nEntity Too Large</title></head></html>", "text/html", "413 Request Entity Too Large"),
        (b"<h1>Bad &amp; worse</h1><p>Go <b>away</b></p>", "", "Bad & worse Go away"),
        (b"<style>p{}</style><script>alert(1)</script>Down", "text/html", "Down"),
        (b"<html></html>", "text/html", None),
        (b"upstream gone", "text/plain", "upstream gone"),
        (b"\xff\xfe", "text/plain", "\ufffd\ufffd"),
    ],
)
def test_html_and_text_are_read(body: bytes, kind: str, message: str | None) -> None:
    assert server_message(body, kind) == message


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\tb\r\nc", "a b c"),
        ("a\x1b[31mb", "aU+001B[31mb"),
        ("a\u202eb", "aU+202Eb"),
        ("a\u200bb\u2066", "aU+200BbU+2066"),
        ("\x00", "U+0000"),
        ("a\ud800b", "aU+D800b"),
        ("naïve 東京", "naïve 東京"),
        ("", ""),
    ],
)
def test_hidden_characters_are_shown(text: str, shown: str) -> None:
    assert one_line(text) == shown


def test_long_text_is_shortened() -> None:
    assert one_line("x" * 301) == "x" * 299 + "…"
    assert one_line("x" * 300) == "x" * 300
    assert len(one_line("\x00" * 100_000)) == 300


@given(st.binary(max_size=500), st.sampled_from(["", "text/html", "application/json"]))
def test_a_message_is_one_printable_line_whatever_came(body: bytes, kind: str) -> None:
    message = server_message(body, kind)
    assert message is None or (message.isprintable() and 0 < len(message) <= 300)


@settings(max_examples=30)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_any_json_gives_a_message_or_none(value: object) -> None:
    message = server_message(json.dumps(value).encode(), "application/json")
    assert message is None or (message.isprintable() and 0 < len(message) <= 300)


def test_an_excerpt_is_short_and_printable() -> None:
    assert excerpt(b"\x00<html>\n" * 100).isprintable()
    assert len(excerpt(b"x" * 10_000)) == 80
