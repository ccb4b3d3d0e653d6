"""Public suffixes: which names end a host, and which hosts stand below one.

The list is the data file of the package `publicsuffixlist`, read by ourselves and looked up on columns: its own call takes a single
value. Only the ICANN section decides, for the private section names companies whose customers sit below their host. A host whose
last label is on no list has no public suffix. All hosts here are canonical: ASCII, lower-case, no dot at either end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["Suffixes", "has_suffix", "is_registrable", "load_suffixes", "suffix_of", "tail"]

Array = Any  # pyarrow.Array; pyarrow ships no types

_DEEPEST = 4  # labels of the longest rules (k12.ma.us has three, pvt.k12.ma.us four)


@dataclass(frozen=True, slots=True)
class Suffixes:
    """The ICANN rules, sorted by what a look-up needs.

    `simple` are top-level names with no rule below them, so that one label settles a host; `tops` are all top-level names that
    are a rule, `deep` those that only have rules below them (`co.za`, but no `za`); `rules` are all plain rules and the names of
    `wild`, as the list's own linter wants it. `wild` are the names under which every label is a suffix (`*.ck`) and `exceptions`
    the hosts that are excepted from that (`!www.ck`).
    """

    simple: frozenset[str]
    tops: frozenset[str]
    deep: frozenset[str]
    rules: frozenset[str]
    wild: frozenset[str]
    exceptions: frozenset[str]


@cache
def load_suffixes() -> Suffixes:
    """The rules of the installed list, names in ASCII."""
    text = (resources.files("publicsuffixlist") / "public_suffix_list.dat").read_text(encoding="utf-8")
    icann, _, _ = text.partition("// ===END ICANN DOMAINS===")
    lines = (line.split()[0] for line in icann.splitlines() if line.strip() and not line.startswith("//"))
    written = [line if line.isascii() else line.encode("idna").decode("ascii") for line in lines]
    wild = frozenset(rule[2:] for rule in written if rule.startswith("*."))
    rules = wild | {rule for rule in written if rule[0] not in "*!"}
    below = {rule.rpartition(".")[2] for rule in written if "." in rule}
    tops = frozenset(rule for rule in rules if "." not in rule)
    return Suffixes(
        simple=tops - below,
        tops=tops,
        deep=frozenset(below - tops),
        rules=rules,
        wild=wild,
        exceptions=frozenset(rule[1:] for rule in written if rule.startswith("!")),
    )


def has_suffix(hosts: Array, /) -> Array:
    """Where the host ends in a public suffix or is one; False for null."""
    last = tail(hosts, 1)
    found, deep = _in(last, "tops"), _in(last, "deep")
    others = hosts.filter(deep)
    return pc.replace_with_mask(found, deep, _has_deep_suffix(others)) if len(others) else found


def is_registrable(hosts: Array, /) -> Array:
    """Where the host has a public suffix and at least one label before it; False for null."""
    found = has_suffix(hosts)
    if not pc.any(found).as_py():
        return found
    wild = pc.and_not(pc.fill_null(pc.match_substring_regex(hosts, _wild()), False), _in(hosts, "exceptions"))
    return pc.and_not(found, pc.or_(_in(hosts, "rules"), wild))


def suffix_of(host: str, /) -> str | None:
    """The public suffix of a single host, where words are made; None where it has none."""
    known = load_suffixes()
    rest = host
    while rest:
        _, _, parent = rest.partition(".")
        if rest in known.exceptions:
            return parent
        if rest in known.rules or parent in known.wild:
            return rest
        rest = parent
    return None


def tail(hosts: Array, labels: int, /) -> Array:
    """The last labels of each host, joined by dots; the host itself where it has no more; null for null."""
    parts = pc.split_pattern(hosts, ".", max_splits=labels, reverse=True)
    if labels == 1:
        return _last(parts)
    longer = pc.greater(pc.list_value_length(parts), labels)
    joined = pc.binary_join(pc.list_slice(parts, 1, None), ".")
    return pc.if_else(longer, joined, hosts)


def _last(parts: Array) -> Array:
    """The last element of each list of one or two."""
    ends = pc.cast(parts.offsets[1:], pa.int64())
    return parts.values.take(pc.if_else(parts.is_valid(), pc.subtract(ends, 1), None))


@cache
def _wild() -> str:
    """A pattern of the hosts one label below a wildcard rule."""
    return r"^[^.]*\.(?:" + "|".join(map(re.escape, sorted(load_suffixes().wild))) + ")$"


def _has_deep_suffix(hosts: Array) -> Array:
    """Whether a rule of several labels covers hosts whose last label is no rule."""
    found = _in(tail(hosts, 2), "rules")
    for labels in range(3, _DEEPEST + 1):
        found = pc.or_(found, _in(tail(hosts, labels), "rules"))
    return found


@cache
def _value_set(kind: str) -> Array:
    return pa.array(sorted(getattr(load_suffixes(), kind)), pa.string())


def _in(hosts: Array, kind: str) -> Array:
    return pc.is_in(hosts, value_set=_value_set(kind), skip_nulls=True)
