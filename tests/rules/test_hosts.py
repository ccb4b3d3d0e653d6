"""The grammar of hosts and the dated lists that three families share."""

from __future__ import annotations

import datetime

import pyarrow as pa
import pytest

from preflight.rules import hosts


@pytest.mark.parametrize(
    ("host", "valid"),
    [
        ("acme.com", True),
        ("acme.co.uk", True),
        ("a-b.acme.technology", True),
        (f"{'a' * 63}.com", True),
        (f"{'a' * 64}.com", False),
        (f"x.{'a' * 64}.co.uk", False),
        ("co.uk", False),
        ("acme", False),
        ("acme.invalid", False),
        ("Acme.com", False),
        ("acme.com.", False),
        ("-acme.com", False),
        ("ac_me.com", False),
        ("", False),
    ],
)
def test_column_and_single_host_agree(host: str, valid: bool) -> None:
    assert hosts.is_host(pa.array(["x", host, None]).slice(1)).to_pylist() == [valid, False]
    assert (hosts.name_host(host) == host) is valid


def test_names_are_encoded_where_idna_allows_them() -> None:
    column = pa.array([None, "acme.com", "bücher.de", "xn--a.com", "bücher.de", "i❤.ws", "ac_me.com"])
    assert hosts.to_ascii(column).to_pylist() == [None, "acme.com", "xn--bcher-kva.de", None, "xn--bcher-kva.de", None, "ac_me.com"]


def test_pages_reach_below_their_host_and_builders_do_not() -> None:
    column = pa.array(
        ["linkedin.com", "de.linkedin.com", "notlinkedin.com", "wixsite.com", "acme.wixsite.com", "sites.google.com", None]
    )
    assert hosts.is_shared(column).to_pylist() == [True, True, False, True, False, True, False]


@pytest.mark.parametrize(
    ("host", "repaired"), [("acme.con", "acme.com"), ("acme.com", None), (".con", None), ("con", None), ("", None)]
)
def test_misspelt_endings_are_repaired(host: str, repaired: str | None) -> None:
    assert hosts.repair_ending(host) == repaired


@pytest.mark.parametrize("name", ["shared_hosts", "personal_mail", "mail_typos"])
def test_tables_are_dated_and_say_where_they_come_from(name: str) -> None:
    assert hosts.table(name)["dated"] == datetime.date(2026, 11, 24)
    assert hosts.table(name)["source"]


@pytest.mark.parametrize(
    ("name", "key"),
    [("shared_hosts", "pages"), ("shared_hosts", "builders"), ("personal_mail", "domains"), ("mail_typos", "domains")],
)
def test_every_listed_host_is_a_host_and_stands_once(name: str, key: str) -> None:
    listed = hosts.listed(name, key).to_pylist()
    assert [hosts.name_host(host) for host in listed] == listed
    assert len(set(listed)) == len(listed)


def test_misspellings_are_no_providers_and_mean_one() -> None:
    typos, providers = hosts.table("mail_typos")["domains"], set(hosts.table("personal_mail")["domains"])
    assert not set(typos) & providers
    assert set(typos.values()) <= providers
    assert all(hosts.name_host(f"acme.{ending}") is None for ending in hosts.table("mail_typos")["endings"])
    assert all(hosts.name_host(f"acme.{meant}") for meant in hosts.table("mail_typos")["endings"].values())
