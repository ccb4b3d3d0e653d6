"""What the e-mail, domain and URL families share: the grammar of a host, its ASCII form, and the dated lists of hosts.

A host follows RFC 1123 (labels of letters, digits and inner hyphens, 63 at most, 253 together), IDNA 2008 with the mapping of UTS
46 where it is not ASCII, and has a public suffix. Hosts are lower-case text without a dot at either end.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Any

import idna
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from preflight.rules.plain_hosts import are_plain
from preflight.rules.replacing import put
from preflight.rules.suffixes import is_registrable, load_suffixes, suffix_of
from preflight.rules.tidying import bytes_of

__all__ = [
    "HOST",
    "LABEL",
    "PORT",
    "fits",
    "is_host",
    "is_plain_host",
    "is_shared",
    "listed",
    "matches",
    "name_host",
    "only",
    "repair_ending",
    "rewrite",
    "simple_endings",
    "table",
    "to_ascii",
]

Array = Any  # pyarrow.Array; pyarrow ships no types

LABEL = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
HOST = rf"(?:{LABEL}\.)+{LABEL}"
PORT = "0*(?:[0-9]{0,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"

_FREQUENT = frozenset(
    ("com", "net", "org", "info", "biz", "de", "eu", "ch", "nl", "dk", "lu", "li", "app", "dev", "shop", "tech", "cloud")
)

_HOST = re.compile(HOST)
_LONGEST_LABEL, _LONGEST_HOST = 63, 253


def matches(cells: Array, pattern: str, /) -> Array:
    """Where the pattern (RE2) is found; False for null."""
    return pc.fill_null(pc.match_substring_regex(cells, pattern), False)


@cache
def simple_endings() -> str:
    """A pattern of the frequent top-level names that have no public suffix below them; all 1,200 take longer to compile than a
    chunk takes to read."""
    return "|".join(sorted(_FREQUENT & load_suffixes().simple))


def is_plain_host(hosts: Array, /) -> Array:
    """Where a look at the bytes settles that it is a host in canonical form: the usual case. False asks for a closer look."""
    data, bounds = bytes_of(hosts)
    found = are_plain(data, bounds[:-1].astype(np.int64), bounds[1:].astype(np.int64))
    if hosts.null_count:
        found &= hosts.is_valid().to_numpy(zero_copy_only=False)
    return pa.array(found)


def is_host(hosts: Array, /) -> Array:
    """Where the text is a host below a public suffix; names with `xn--` are taken as they are. False for null."""
    found = is_plain_host(hosts)
    rest = pc.invert(found)
    others = hosts.filter(rest)
    if not len(others):
        return found
    return pc.replace_with_mask(found, rest, pc.and_(pc.and_(matches(others, f"^{HOST}$"), fits(others)), is_registrable(others)))


def only(texts: Array, where: Array, /) -> Array:
    """The texts where the mask holds, null elsewhere."""
    return pc.if_else(where, texts, pa.scalar(None, pa.string()))


def rewrite(texts: Array, where: Array, pattern: str, replacement: str = "", /) -> Array:
    """The texts with the pattern replaced, looked for only where a cheap mask says that it may be."""
    where = pc.fill_null(where, False)
    some = texts.filter(where)
    return put(texts, where, pc.replace_substring_regex(some, pattern, replacement)) if len(some) else texts


def fits(hosts: Array, /) -> Array:
    """Where neither the host nor a label is too long; False for null."""
    short = pc.fill_null(pc.less_equal(pc.binary_length(hosts), _LONGEST_LABEL), False)
    if pc.all(short).as_py():
        return short
    longer = pc.and_not(pc.fill_null(pc.less_equal(pc.binary_length(hosts), _LONGEST_HOST), False), short)
    return pc.or_(short, pc.and_not(longer, matches(hosts, rf"[^.]{{{_LONGEST_LABEL + 1}}}")))


def to_ascii(hosts: Array, /) -> Array:
    """The hosts with every name in ASCII; null where IDNA refuses one. Text in ASCII without `xn--` is passed through."""
    foreign = pc.fill_null(pc.or_(pc.invert(pc.string_is_ascii(hosts)), pc.match_substring(hosts, "xn--")), False)
    if not pc.any(foreign).as_py():
        return hosts
    distinct = hosts.filter(foreign).dictionary_encode()
    encoded = pa.array([_encode(host) for host in distinct.dictionary.to_pylist()], pa.string())
    return put(hosts, foreign, encoded.take(distinct.indices))


def is_shared(hosts: Array, /) -> Array:
    """Where a path on the host would name somebody who does not own the host."""
    return matches(hosts, _shared())


@cache
def _shared() -> str:
    pages, builders = ("|".join(map(re.escape, table("shared_hosts")[kind])) for kind in ("pages", "builders"))
    return rf"(?:^|\.)(?:{pages})$|^(?:{builders})$"


@cache
def table(name: str, /) -> dict[str, Any]:
    """A dated table of this package."""
    return tomllib.loads((resources.files("preflight.rules") / "tables" / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def listed(name: str, key: str, /) -> Array:
    """The names under one key of a dated table, as a set to look up."""
    return pa.array(list(table(name)[key]), pa.string())


def name_host(text: str, /) -> str | None:
    """The canonical host that a single bare host means, where words are made; None where it is none."""
    host = text.lower() if text.isascii() and "xn--" not in text.lower() else _encode(text)
    if host is None or len(host) > _LONGEST_HOST or not _HOST.fullmatch(host):
        return None
    ending = suffix_of(host)
    below = ending is not None and ending != host and max(map(len, host.split("."))) <= _LONGEST_LABEL
    return host if below else None


def repair_ending(host: str, /) -> str | None:
    """The host with a misspelt ending (`.con`) put right; None where the ending is on no list or the outcome is no host."""
    name, _, ending = host.rpartition(".")
    meant = table("mail_typos")["endings"].get(ending)
    return name_host(f"{name}.{meant}") if meant else None


def _encode(host: str) -> str | None:
    """The host in ASCII by IDNA 2008 and UTS 46; None where it is refused."""
    if len(host) > _LONGEST_HOST + 1:
        return None
    try:
        return idna.encode(host, uts46=True, std3_rules=True).decode("ascii")
    except UnicodeError:  # idna.IDNAError is one
        return None
