"""Patterns that both Python and RE2 read are taken; all others are refused when they are read."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from preflight.contract.patterns import fault_of_pattern

_TAKEN = [
    r"^[A-Z]{2}\d+$",
    r"(?:a|b)+",
    r"(?i)abc",
    r"(?i:abc)d",
    r"[^\]]+",
    r"[]a]",
    r"\(\?=",
    r"[(?=]",
    r"a{2,5}?",
    r"a{600}b{600}",
    r"(?i)(a{30}){30}",
    r"\x41\-\ \/",
    r"a+?b*?",
    r"(?P<year>\d{4})",
    r"\w\.\w",
    "é+",
]


@pytest.mark.parametrize("pattern", _TAKEN)
def test_what_is_taken_compiles_in_re2(pattern: str) -> None:
    assert fault_of_pattern(pattern) is None
    pc.match_substring_regex(pa.array(["x"]), pattern)


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        (r"a(?=b)", "look-ahead"),
        (r"a(?!b)", "look-ahead"),
        (r"(?<=a)b", "look-behind"),
        (r"(?<!a)b", "look-behind"),
        (r"(a)\1", "a reference to a group"),
        (r"(?P<x>a)(?P=x)", "a reference to a group"),
        (r"(a)?(?(1)b|c)", "a condition"),
        (r"(?>a)", "an atomic group"),
        (r"a++", "a possessive repeat"),
        (r"a{2}+", "a possessive repeat"),
        (r"(?x)a b", "the flags"),
        (r"(?#remark)a", "a comment"),
        (r"a\Z", "the escape"),
        (r"\u00e9", "the escape"),
        (r"[\b]", "the escape"),
        (r"[\1]", "the escape"),
        (r"\é", "the escape"),
        (r"a{,5}", "the repeat {,5} without its least number; write {0,5}"),
        (r"(a{100}){100}", "repeats more than 1,000 times in all"),
        (r"((?:a{40}b){40}c)+", "repeats more than 1,000 times in all"),
        (r"a{5000}", "repeats more than 1,000 times"),
        (r"(", "is no regular expression"),
        (r"[a", "is no regular expression"),
        (r"*", "is no regular expression"),
        ("a" * 1001, "has 1,001 characters"),
    ],
)
def test_what_is_refused(pattern: str, fault: str) -> None:
    found = fault_of_pattern(pattern)
    assert found is not None
    assert fault in found
