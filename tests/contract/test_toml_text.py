"""TOML is written so that `tomllib` reads the same, and its faults say where."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.contract.toml_text import parse_toml, toml_key, toml_value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", '"a"'),
        ('"\\', '"\\"\\\\"'),
        ("\t\n\r\x00\x7f", '"\\t\\n\\r\\u0000\\u007F"'),
        (True, "true"),
        (7, "7"),
        (["a", "b"], '["a", "b"]'),
        ((), "[]"),
    ],
)
def test_values(value: Any, text: str) -> None:
    assert toml_value(value) == text


@pytest.mark.parametrize(("key", "text"), [("a-b_1", "a-b_1"), ("a b", '"a b"'), ("", '""'), ("é", '"é"')])
def test_keys(key: str, text: str) -> None:
    assert toml_key(key) == text


@given(st.text(alphabet=st.characters(codec="utf-8")), st.text(alphabet=st.characters(codec="utf-8")))
def test_any_text_survives(key: str, value: str) -> None:
    assert tomllib.loads(f"{toml_key(key)} = {toml_value(value)}") == {key: value}


def test_a_byte_order_mark_and_windows_line_ends_are_read() -> None:
    assert parse_toml("\ufeffa = 1\r\nb = 2\r\n", "x.toml") == {"a": 1, "b": 2}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a = 1\nb = \n", "x.toml, line 2, column 5: invalid value"),
        ("a = [1", "x.toml, end of the file: unclosed array"),
        ("a = 1\na = 2", "x.toml, end of the file: cannot overwrite a value"),
        ("a = " + "1" * 5000, "x.toml: Exceeds the limit (4300 digits)"),
        ("a = " + "[" * 5000, "x.toml: tables or lists are nested too deep"),
    ],
)
def test_faults_say_where(text: str, sentence: str) -> None:
    with pytest.raises(ValueError) as caught:
        parse_toml(text, "x.toml")
    assert str(caught.value).startswith(sentence)
