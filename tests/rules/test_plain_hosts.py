"""The usual hosts, settled on the bytes of a column."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.rules.hosts import HOST, is_host, is_plain_host
from preflight.rules.plain_hosts import _Slots, may_be_among
from preflight.rules.suffixes import is_registrable, load_suffixes

LABELS = ["acme", "a", "-a", "a-", "a--b", "xn--abc", "Ab", "a_b", "", "1", "x" * 62, "é", " a", "www"]
ENDINGS = [
    "com",
    "de",
    "fr",
    "io",
    "co.uk",
    "com.au",
    "org",
    "kobe.jp",
    "city.kawasaki.jp",
    "ck",
    "www.ck",
    "za",
    "co.za",
    "ma.us",
    "k12.ma.us",
    "uk",
    "museum",
    "photography",
    "asso.fr",
    "huissier-justice.fr",
    "avoues.fr",
    "invalidtld",
    "xn--p1ai",
    "friuli-v-giulia.it",
]
HOSTS = st.lists(st.sampled_from(LABELS), max_size=3).flatmap(
    lambda labels: st.sampled_from(ENDINGS).map(lambda ending: ".".join([*labels, ending]))
)


@pytest.mark.parametrize(
    ("host", "plain"),
    [
        ("acme.com", True),
        ("acme.co.uk", True),
        ("www.acme.fr", True),
        ("huissier-justice.fr", False),
        ("a.huissier-justice.fr", False),  # a suffix too long for eight bytes: left to the closer look
        ("co.uk", False),
        ("com", False),
        ("acme.ck", False),
        ("acme.invalidtld", False),
        ("ac--me.com", False),
        ("-acme.com", False),
        ("acme-.com", False),
        ("acme..com", False),
        (".acme.com", False),
        ("acme.com.", False),
        ("Acme.com", False),
        ("", False),
        (None, False),
    ],
)
def test_plain_hosts(host: str | None, plain: bool) -> None:
    assert is_plain_host(pa.array([host], pa.string())).to_pylist() == [plain]
    assert is_plain_host(pa.array(["x.de", host, "y.io"], pa.string())).to_pylist() == [True, plain, True]


@given(st.lists(st.one_of(st.none(), HOSTS, st.text(alphabet="ab-.1é", max_size=8)), max_size=12), st.integers(0, 4))
def test_what_is_plain_is_a_host_below_a_public_suffix(hosts: list[str | None], skipped: int) -> None:
    column = pa.array(hosts, pa.string()).slice(skipped)
    for host, plain, below in zip(column.to_pylist(), is_plain_host(column), is_registrable(column), strict=True):
        if plain.as_py():
            assert host is not None
            assert re.fullmatch(HOST, host)
            assert below.as_py()
            assert len(host) <= 63


@given(st.lists(st.sampled_from(["gmial.com", "gmail.com", "a.b", "hotmial.com", "x" * 30]), min_size=1))
def test_a_name_that_is_among_them_is_never_denied(names: list[str]) -> None:
    data = np.frombuffer("".join(names).encode(), dtype=np.uint8)
    stops = np.cumsum([len(name) for name in names])
    starts = stops - np.array([len(name) for name in names])
    found = may_be_among(data, starts, stops, ("gmial.com", "hotmial.com", "x" * 30))
    for name, maybe in zip(names, found.tolist(), strict=True):
        assert maybe or name in ("gmail.com", "a.b")


@pytest.mark.parametrize("size", [1, 2_000, 30_000])
def test_a_set_of_any_size_holds_its_members_alone(size: int) -> None:
    keys = np.random.default_rng(size).choice(2**40, 2 * size, replace=False).astype(np.uint64) + np.uint64(1)
    some = _Slots.of(keys[:size])
    assert some.holds(keys).tolist() == [True] * size + [False] * size
    assert not some.holds(np.zeros(3, np.uint64)).any()


def test_no_ending_makes_a_host_plain_that_the_closer_look_refuses() -> None:
    known = load_suffixes()
    labels = [name.split(".") for name in known.rules | known.exceptions]
    endings = sorted({".".join(parts[at:]) for parts in labels for at in range(len(parts))})
    hosts = pa.array([before + ending for before in ("", "acme.", "b.acme.") for ending in endings])
    plain = np.array(is_plain_host(hosts))
    assert plain.mean() > 0.25
    assert hosts.filter(pa.array(plain & ~np.array(is_registrable(hosts)))).to_pylist() == []


@pytest.mark.parametrize("host", ["bo.nordland.no", "os.hedmark.no", "heroy.more-og-romsdal.no"])
def test_a_suffix_below_a_name_that_is_none_is_no_host(host: str) -> None:
    hosts = pa.array([host, f"acme.{host}"])
    assert is_plain_host(hosts).to_pylist()[0] is False
    assert is_host(hosts).to_pylist() == [False, True]
