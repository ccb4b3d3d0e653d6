"""Public suffixes: literal hosts, and the same answers as the package whose list we read."""

from __future__ import annotations

from functools import cache

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from publicsuffixlist import PublicSuffixList

from preflight.rules import suffixes

HOSTS = [
    ("acme.com", "com", True),
    ("a.acme.com", "com", True),
    ("com", "com", False),
    ("acme.co.uk", "co.uk", True),
    ("co.uk", "co.uk", False),
    ("acme.uk", "uk", True),
    ("uk", "uk", False),
    ("acme.sch.uk", "acme.sch.uk", False),
    ("x.acme.sch.uk", "acme.sch.uk", True),
    ("sch.uk", "sch.uk", False),
    ("kobe.jp", "kobe.jp", False),
    ("x.kobe.jp", "x.kobe.jp", False),
    ("a.x.kobe.jp", "x.kobe.jp", True),
    ("city.kobe.jp", "kobe.jp", True),
    ("a.city.kobe.jp", "kobe.jp", True),
    ("ck", "ck", False),
    ("x.ck", "x.ck", False),
    ("a.x.ck", "x.ck", True),
    ("www.ck", "ck", True),
    ("a.www.ck", "ck", True),
    ("za", None, False),
    ("acme.za", None, False),
    ("co.za", "co.za", False),
    ("acme.co.za", "co.za", True),
    ("a.b.acme.co.za", "co.za", True),
    ("k12.ma.us", "k12.ma.us", False),
    ("pvt.k12.ma.us", "pvt.k12.ma.us", False),
    ("acme.pvt.k12.ma.us", "pvt.k12.ma.us", True),
    ("github.io", "io", True),
    ("acme.github.io", "io", True),
    ("xn--p1ai", "xn--p1ai", False),
    ("acme.xn--p1ai", "xn--p1ai", True),
    ("acme.invalid", None, False),
    ("localhost", None, False),
    ("", None, False),
]


@pytest.mark.parametrize(("host", "suffix", "registrable"), HOSTS)
def test_suffix_of_a_host(host: str, suffix: str | None, registrable: bool) -> None:
    assert suffixes.suffix_of(host) == suffix
    hosts = pa.array(["x.de", host, None]).slice(1)
    assert suffixes.has_suffix(hosts).to_pylist() == [suffix is not None, False]
    assert suffixes.is_registrable(hosts).to_pylist() == [registrable, False]


def test_columns_are_looked_up_host_by_host() -> None:
    hosts = pa.array([host for host, _, _ in HOSTS] + [None])
    for start in (0, 3, len(HOSTS), len(HOSTS) + 1):
        found = suffixes.has_suffix(hosts.slice(start)).to_pylist()
        assert found == [suffix is not None for _, suffix, _ in HOSTS][start:] + [False][: len(hosts) - start]
        found = suffixes.is_registrable(hosts.slice(start)).to_pylist()
        assert found == [registrable for _, _, registrable in HOSTS][start:] + [False][: len(hosts) - start]


@pytest.mark.parametrize(
    ("labels", "expected"),
    [(1, ["c", "b", "a", "", None]), (2, ["b.c", "a.b", "a", "", None]), (3, ["a.b.c", "a.b", "a", "", None])],
)
def test_tail_takes_the_last_labels(labels: int, expected: list[str | None]) -> None:
    assert suffixes.tail(pa.array(["x", "a.b.c", "a.b", "a", "", None]).slice(1), labels).to_pylist() == expected
    assert suffixes.tail(pa.array([None], pa.string()), labels).to_pylist() == [None]
    assert suffixes.tail(pa.array([], pa.string()), labels).to_pylist() == []


def test_simple_names_have_no_rule_below_them() -> None:
    known = suffixes.load_suffixes()
    assert {"com", "de", "net", "org"} <= known.simple
    assert not {"uk", "jp", "ck", "za", "io"} & known.simple
    assert known.simple < known.tops < known.rules
    assert not any("." in name for name in known.tops)
    assert all(rule.isascii() for rule in known.rules)


@cache
def peer() -> PublicSuffixList:
    """The package's own look-up, restricted to the same section."""
    return PublicSuffixList(only_icann=True, accept_unknown=False)


RULES = sorted(suffixes.load_suffixes().rules | suffixes.load_suffixes().wild | suffixes.load_suffixes().exceptions)


def test_every_rule_is_answered_as_the_package_does() -> None:
    hosts = [f"{before}{rule}" for rule in RULES for before in ("", "a.", "b.a.", "c.b.a.")]
    column = pa.array(hosts)
    assert suffixes.has_suffix(column).to_pylist() == [peer().publicsuffix(host) is not None for host in hosts]
    assert suffixes.is_registrable(column).to_pylist() == [peer().privatesuffix(host) is not None for host in hosts]
    assert [suffixes.suffix_of(host) for host in hosts] == [peer().publicsuffix(host) for host in hosts]


label = st.one_of(st.from_regex(r"[a-z0-9]{1,4}", fullmatch=True), st.sampled_from(["www", "city", "kobe", "co", "com", "k12"]))


@settings(deadline=None)
@given(st.lists(st.tuples(st.lists(label, max_size=4), st.one_of(label, st.sampled_from(RULES))), max_size=20))
def test_random_hosts_are_answered_as_the_package_does(parts: list[tuple[list[str], str]]) -> None:
    hosts = [".".join([*labels, ending]) for labels, ending in parts]
    column = pa.array(hosts, pa.string())
    assert suffixes.has_suffix(column).to_pylist() == [peer().publicsuffix(host) is not None for host in hosts]
    assert suffixes.is_registrable(column).to_pylist() == [peer().privatesuffix(host) is not None for host in hosts]
    assert [suffixes.suffix_of(host) for host in hosts] == [peer().publicsuffix(host) for host in hosts]
