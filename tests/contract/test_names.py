"""Names are compared without what does not matter, and near names are told from other words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.contract.names import distance, fold, is_blank, is_near, listed, nearest, quoted, words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Account Name", "accountname"),
        ("  account_name ", "accountname"),
        ("ACCOUNT-NAME", "accountname"),
        ("\ufeffDomain", "domain"),
        ("do\u200bmain", "domain"),
        ("Ｄｏｍａｉｎ", "domain"),
        ("Straße", "strasse"),
        ("Socie\u0301te\u0301", "société"),
        ("# Employees", "employees"),
        ("Probability (%)", "probability"),
        ("OWNER:User-username", "owneruserusername"),
        ("—", ""),
        ("", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_equals_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="Aa é_-.ß"), st.sampled_from([" ", "_", "-", ".", "\u200b"]))
def test_separators_do_not_count(text: str, mark: str) -> None:
    assert fold(mark.join(text)) == fold(text) or "e\u0301" in text


@pytest.mark.parametrize(("text", "blank"), [("", True), (" \t", True), ("\ufeff\u200b", True), ("a", False), ("_", False)])
def test_is_blank(text: str, blank: bool) -> None:
    assert is_blank(text) is blank


@pytest.mark.parametrize("text", ["Account Name", "account_name", "AccountName", "ACCOUNT.NAME", "account-name"])
def test_words_of_any_writing(text: str) -> None:
    assert words(text) == ("account", "name")


@pytest.mark.parametrize(
    ("left", "right", "limit", "apart"),
    [
        ("abc", "abc", 1, 0),
        ("abc", "acb", 1, 1),
        ("abc", "abd", 1, 1),
        ("abc", "ab", 1, 1),
        ("abc", "xyz", 2, None),
        ("", "", 0, 0),
    ],
)
def test_distance(left: str, right: str, limit: int, apart: int | None) -> None:
    assert distance(left, right, limit) == apart


@pytest.mark.parametrize(
    ("left", "right", "near"),
    [
        ("industy", "industry", True),
        ("indsutry", "industry", True),
        ("emial", "email", True),
        ("emails", "email", True),
        ("annualrevenu", "annualrevenue", True),
        ("accuontnmae", "accountname", True),
        ("state", "stage", False),  # both are fields
        ("name", "nmae", False),  # too short
        ("role", "rolle", True),
        ("power", "owner", False),
        ("amount", "account", False),
        ("domain", "domain", False),  # equal, not near
        ("main", "domain", False),
        ("industrygroup", "industry", False),
    ],
)
def test_is_near(left: str, right: str, near: bool) -> None:
    assert is_near(left, right) is near
    assert is_near(right, left) is near


def test_nearest_puts_the_best_first() -> None:
    assert nearest("domian", ["owner", "domain", "domains"]) == ("domain", "domains")
    assert nearest("xyz", ["owner"]) == ()
    assert nearest("", ["owner"]) == ()
    assert nearest("website", ["Company Website", "zip"]) == ("Company Website",)


def test_quoted_is_one_short_line() -> None:
    assert quoted("a\nb") == '"a b"'
    assert quoted("x" * 100) == '"' + "x" * 59 + '…"'


def test_listed_caps_and_counts() -> None:
    assert listed([]) == "none"
    assert listed(["a"]) == '"a"'
    assert listed(["a", "b"], last="or") == '"a" or "b"'
    assert listed([str(n) for n in range(1234)], most=1) == '"0" and 1,233 more'
