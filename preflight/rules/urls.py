"""Web addresses: kept as they are written, for paths and queries may mean anything to their server.

An address has the scheme http or https and a public host: a name that ends in a public suffix, or an IP address. A name may have an
underscore in front of its last two labels, as many hosts of customers do.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from preflight.contract.field import Answers, Field
from preflight.rules.hosts import LABEL, PORT, fits, matches, name_host, only, repair_ending, rewrite, simple_endings, to_ascii
from preflight.rules.reading import Advice, Fault, Reading
from preflight.rules.suffixes import has_suffix, suffix_of

__all__ = ["RULE", "advise", "read", "to_typed"]

Array = Any  # pyarrow.Array; pyarrow ships no types

RULE = "url"

_LOOSE = "[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?"
_NAME = rf"(?:{_LOOSE}\.)*{LABEL}\."
_REST = rf"(?::{PORT})?(?:[/?#][^\s\pZ\pC\"<>\\]*)?$"
_BYTE = "(?:25[0-5]|2[0-4][0-9]|1?[0-9]{1,2}|1[0-9]{2})"
_IPV4 = rf"^(?:{_BYTE}\.){{3}}{_BYTE}$"
_SECOND = r"[,;|]\s*https?://"
_LONGEST = 2048
_SHORT = 63  # as a whole: then no label can be too long


def read(cells: Array, field: Field, answers: Answers) -> Reading:
    """The addresses as written; PF314 refuses what no browser would open on the open web."""
    lowered = pc.ascii_lower(cells)
    rest = pc.and_not(pc.is_valid(cells), _is_plain(lowered))
    some = lowered.filter(rest)
    if not len(some):
        return Reading(cells)
    refused = pc.replace_with_mask(rest, rest, pc.invert(_is_address(some)))
    if not pc.any(refused).as_py():
        return Reading(cells)
    return Reading(only(cells, pc.invert(refused)), (Fault("PF314", refused),))


def to_typed(text: Array, field: Field) -> Array:
    """The text itself."""
    return text


def _is_plain(lowered: Array) -> Array:
    """Where one pattern settles that it is an address: the usual case."""
    found = matches(lowered, rf"^https?://{_NAME}(?:{simple_endings()})\.?{_REST}")
    doubts = [pc.match_substring(lowered, "xn--"), pc.match_substring_regex(lowered, _SECOND)]
    if pc.any(pc.greater(pc.binary_length(lowered), _SHORT)).as_py():
        doubts += [
            pc.match_substring_regex(lowered, rf"^https?://[^/?#]{{{_SHORT + 1}}}"),
            pc.greater(pc.binary_length(lowered), _LONGEST),
        ]
    for doubt in doubts:
        found = pc.and_not(found, pc.fill_null(doubt, False))
    return found


def _is_address(lowered: Array) -> Array:
    """Whether lower-case cells of any form are addresses."""
    found = matches(lowered, rf"^https?://[^/?#@\s]+?{_REST}")
    found = pc.and_not(pc.and_(found, pc.less_equal(pc.utf8_length(lowered), _LONGEST)), matches(lowered, _SECOND))
    some = lowered.filter(found)
    return pc.replace_with_mask(found, found, _is_public(_hosts(some))) if len(some) else found


def _hosts(lowered: Array) -> Array:
    """The hosts of addresses of the right form, without port and final dot."""
    hosts = pc.list_element(pc.split_pattern(lowered, "//", max_splits=1), 1)
    for mark in "/?#":
        hosts = pc.list_element(pc.split_pattern(hosts, mark, max_splits=1), 0)
    return rewrite(rewrite(hosts, pc.match_substring(hosts, ":"), f":{PORT}$"), pc.ends_with(hosts, "."), r"\.$")


def _is_public(hosts: Array) -> Array:
    """Where the host is a name below a public suffix, that suffix, or an IP address."""
    names = to_ascii(hosts)
    named = pc.and_(pc.and_(matches(names, rf"^{_NAME}{LABEL}$"), has_suffix(names)), fits(names))
    return pc.or_(pc.or_(named, matches(hosts, _IPV4)), _is_ipv6(hosts))


def _is_ipv6(hosts: Array) -> Array:
    brackets = pc.fill_null(pc.starts_with(hosts, "["), False)
    if not pc.any(brackets).as_py():
        return brackets
    distinct = hosts.filter(brackets).dictionary_encode()
    valid = pa.array([_parses_as_ipv6(host) for host in distinct.dictionary.to_pylist()], pa.bool_())
    return pc.replace_with_mask(brackets, brackets, valid.take(distinct.indices))


def _parses_as_ipv6(host: str) -> bool:
    if not host.endswith("]") or "%" in host:  # a zone names an interface of one machine
        return False
    try:
        ipaddress.IPv6Address(host[1:-1])
    except ValueError:
        return False
    return True


_WANTED = "; give the whole address, such as https://example.com/page"
_FORMS: tuple[tuple[str, str], ...] = (
    (r"^https?://[^/?#]*@", "holds a user's name before the host; give the address without it"),
    (_SECOND, "holds more than one address; give one"),
    (r"\s", "has a blank inside, a web address has none"),
    ("[\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]", "has a control character or an invisible one inside"),
    (r"[\"<>\\]", "has a character that no web address has"),
    (r"^[^/?#@]*@[^/?#@]*$", "is an e-mail address, not a web address"),
    (r"^https?://(?:[/?#:]|$)", "has no host behind the scheme"),
    (r"^(?!https?:)[a-z][a-z0-9+-]*:(?!\d)", "has another scheme than http or https"),
    (r"^https?:(?!//)", "lacks the two slashes behind the scheme"),
)


def advise(code: str, value: str, shown: str, field: Field, answers: Answers) -> Advice:
    """Why the value is no web address, and the one that was probably meant."""
    text = value.strip()
    words, suggestion = _explain(text)
    return Advice(f"{shown} {words}{'' if suggestion or ';' in words else _WANTED}", suggestion)


def _explain(text: str) -> tuple[str, str | None]:
    lowered = text.lower()
    if len(text) > _LONGEST:
        return f"has more than {_LONGEST} characters", None
    for pattern, words in _FORMS:
        if re.search(pattern, lowered):
            return words, None
    if not re.match("https?://", lowered):
        meant = f"https://{text.lstrip('/')}"
        return "has no scheme; a web address starts with https:// or http://", meant if name_host(_host(meant)) else None
    return _explain_host(text, _host(text))


def _explain_host(text: str, host: str) -> tuple[str, str | None]:
    if ":" in host and not host.startswith("["):
        return "has something behind a colon that is no port", None
    if not re.fullmatch(rf"(?:{_LOOSE}\.)*{LABEL}", host):
        return "has no valid host behind the scheme", None
    repaired = repair_ending(host)
    suggestion = text[: text.lower().index(host)] + repaired + text[text.lower().index(host) + len(host) :] if repaired else None
    if suffix_of(host) is None:
        return "has a host that does not end in a public suffix", suggestion
    return "has no valid host behind the scheme", suggestion


def _host(text: str) -> str:
    authority = re.split(r"[/?#]", text.lower().partition("//")[2], maxsplit=1)[0]
    return re.sub(f":{PORT}$", "", authority).removesuffix(".")
