"""Options are settled, or refused in words, before any file is opened."""

from __future__ import annotations

import pytest

from preflight.errors import UsageError
from preflight.files.options import ReadOptions


@pytest.mark.parametrize(
    ("given", "taken"),
    [(",", ","), ("tab", "\t"), ("\\t", "\t"), ("\t", "\t"), ("Semicolon", ";"), ("pipe", "|"), ("^", "^"), ("space", " ")],
)
def test_a_delimiter_is_a_sign_or_its_word(given: str, taken: str) -> None:
    assert ReadOptions(delimiter=given).delimiter == taken


@pytest.mark.parametrize("wrong", ["", "||", '"', "\n", "\r", "a", "7", "§", "\0"])
def test_what_cannot_divide_is_refused(wrong: str) -> None:
    with pytest.raises(UsageError, match="cannot be used"):
        ReadOptions(delimiter=wrong)


@pytest.mark.parametrize(
    ("given", "taken"), [("UTF8", "utf-8"), ("windows-1252", "cp1252"), ("latin1", "iso8859-1"), ("UTF-16LE", "utf-16-le")]
)
def test_an_encoding_is_known_by_its_names(given: str, taken: str) -> None:
    assert ReadOptions(encoding=given).encoding == taken


@pytest.mark.parametrize("wrong", ["nonsense", "rot13", "hex", "", "a\0b"])
def test_an_unknown_encoding_is_refused(wrong: str) -> None:
    with pytest.raises(UsageError, match="is not known"):
        ReadOptions(encoding=wrong)


@pytest.mark.parametrize("wrong", [{"header_line": 0}, {"block_bytes": 0}, {"record_bytes": -1}])
def test_numbers_count_from_one(wrong: dict[str, int]) -> None:
    with pytest.raises(UsageError, match="give a number from 1"):
        ReadOptions(**wrong)  # type: ignore[arg-type]
