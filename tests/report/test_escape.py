"""Nothing that a cell can hold gets through to the place where it would do something."""

import html
import json
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.report import escape

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain, “quoted” – Zürich 東京", "plain, “quoted” – Zürich 東京"),
        ("a\nb", "a[U+000A]b"),
        ("\x1b[31m", "[U+001B][31m"),
        ("\x9b2J", "[U+009B]2J"),
        ("safe\u202egnp", "safe[U+202E]gnp"),
        ("a\u200bb\ufeff", "a[U+200B]b[U+FEFF]"),
        ("\ud800", "[U+D800]"),
        ("\U000e0041", "[U+E0041]"),
        ("##[add-path]", "[U+0023]#[add-path]"),
        ("##vso[task]", "[U+0023]#vso[task]"),
        ("# 1 ##", "# 1 ##"),
    ],
)
def test_hidden_characters_are_shown_as_code_points(text: str, expected: str) -> None:
    assert escape.visible(text) == expected


@given(ANY_TEXT)
def test_what_is_visible_has_no_control_format_or_half_character(text: str) -> None:
    for character in escape.visible(text):
        category = unicodedata.category(character)
        assert category not in {"Cc", "Cs", "Zl", "Zp"}
        # Signs of Arabic, Syriac, Kaithi and Egyptian script are of category Cf but are drawn.
        drawn = re.match("[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd\U00013430-\U0001343f]", character)
        assert category != "Cf" or drawn


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "(blank)"),
        ("", '""'),
        ("51-200", '"51-200"'),
        ("x" * 60, '"' + "x" * 60 + '"'),
        ("a" * 40 + "b" * 999_960, '"' + "a" * 40 + "…" + "b" * 20 + '" (1,000,000 characters)'),
        ("\x00" * 3, '"[U+0000][U+0000][U+0000]"'),
    ],
)
def test_a_value_is_short_and_in_quotes(value: str | None, expected: str) -> None:
    assert escape.quoted(value) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [("a.csv", "a.csv"), ("::error::.csv", "./::error::.csv"), (" ::error::", "./ ::error::"), ("-", "-")],
)
def test_no_path_starts_a_line_as_a_command(path: str, expected: str) -> None:
    assert escape.line_start(path) == expected


@given(ANY_TEXT)
def test_html_is_text_alone(text: str) -> None:
    escaped = escape.html(text)
    assert not re.search("[<>\"']", escaped)
    assert html.unescape(escaped) == escape.visible(text)


@given(ANY_TEXT)
def test_markdown_has_no_markup_left(text: str) -> None:
    escaped = escape.markdown(text)
    assert not re.search(r"[<>|`*_\[\]\\~@$!]|:\S", escaped)
    assert html.unescape(escaped) == escape.visible(text)


def test_markdown_makes_no_link_of_a_name() -> None:
    assert escape.markdown("www.evil.example https://x a: b") == "www&#46;evil.example https&#58;//x a: b"


@pytest.mark.parametrize(
    ("text", "message", "value"),
    [
        ("100%", "100%25", "100%25"),
        ("a:b,c", "a:b,c", "a%3Ab%2Cc"),
        ("a\nb", "a[U+000A]b", "a[U+000A]b"),
    ],
)
def test_a_workflow_command_cannot_be_ended(text: str, message: str, value: str) -> None:
    assert escape.command(text) == message
    assert escape.property_of_command(text) == value


@given(st.recursive(ANY_TEXT, lambda inner: st.lists(inner) | st.dictionaries(ANY_TEXT, inner), max_leaves=5))
def test_json_says_the_same_and_encodes(value: object) -> None:
    written = escape.json_text(json.dumps(value, ensure_ascii=False))
    assert json.loads(written) == json.loads(json.dumps(value))
    assert escape.visible(written.encode("utf-8").decode()) == written


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("exports/a b.csv", "exports/a%20b.csv"),
        ("exports\\ü.csv", "exports/%C3%BC.csv"),
        ("/tmp/a.csv", "file:///tmp/a.csv"),
        ("C:\\x\\a.csv", "file:///C:/x/a.csv"),
        ("//host/share/a.csv", "file://host/share/a.csv"),
        ("a:b.csv", "a%3Ab.csv"),
        ("\ud800.csv", "%ED%A0%80.csv"),
    ],
)
def test_a_path_is_a_uri(path: str, expected: str) -> None:
    assert escape.uri(path) == expected
