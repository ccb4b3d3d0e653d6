"""Columns are matched to fields by rank; nothing is guessed between equals."""

from __future__ import annotations

from preflight.contract.field import Contract, Field
from preflight.contract.matching import Rank, is_own, match_header, meanings, names_of
from preflight.contract.options import ColumnMapping

CONTRACT = Contract(
    "accounts", (Field("domain", label="Account Domain", aliases=("Website", "Domain")), Field("url", aliases=("Website",)))
)


def test_names_of_a_field() -> None:
    assert names_of(CONTRACT.fields[0]) == (
        ("domain", Rank.NAME),
        ("Account Domain", Rank.LABEL),
        ("Website", Rank.ALIAS),
        ("Domain", Rank.ALIAS),
    )


def test_meanings_keep_the_best_rank() -> None:
    assert meanings(CONTRACT) == {
        "domain": {"domain": Rank.NAME},
        "accountdomain": {"domain": Rank.LABEL},
        "website": {"domain": Rank.ALIAS, "url": Rank.ALIAS},
        "url": {"url": Rank.NAME},
    }


def test_a_name_of_punctuation_means_nothing() -> None:
    contract = Contract("accounts", (Field("—", aliases=("#",)),))
    assert meanings(contract) == {}
    assert match_header(contract, (), ("#", "—")).unmapped == (0, 1)


def test_what_becomes_of_each_column() -> None:
    made = match_header(
        CONTRACT,
        (ColumnMapping("u", "url"), ColumnMapping("n", None)),
        ("u", "n", "Domain", "account domain", "Website", "", "preflight_x"),
    )
    assert made.fed == {"domain": (2, Rank.NAME), "url": (0, Rank.STATED)}
    assert made.lost == {3: "domain"}
    assert made.unclear == {4: ("domain", "url")}
    assert (made.unsent, made.blank, made.own, made.faults) == ({1}, [5], {6}, [])
    assert made.unmapped == (3, 4, 5)


def test_is_own() -> None:
    assert is_own(" Preflight_Row")
    assert not is_own("preflight")
