"""Web domains: from what people paste into a website column to the bare host that the import matches on.

The host that `HTTPS://www.Acme.com/en/?a=1` means is certain. A page on somebody else's host, the address of a machine, an e-mail
address or two domains in one cell name no one company's domain and are refused.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from preflight.contract.field import Answers, Field
from preflight.rules.hosts import (
    PORT,
    is_host,
    is_plain_host,
    is_shared,
    listed,
    matches,
    name_host,
    only,
    repair_ending,
    rewrite,
    table,
    to_ascii,
)
from preflight.rules.plain_hosts import Beginnings
from preflight.rules.reading import Advice, Fault, Reading
from preflight.rules.replacing import cut, put
from preflight.rules.suffixes import is_registrable, suffix_of
from preflight.rules.tidying import bytes_of, cells_at

__all__ = ["RULE", "advise", "read", "site_path", "to_typed"]

Array = Any  # pyarrow.Array; pyarrow ships no types

RULE = "domain"

_SCHEME = r"^(?:[a-z][a-z0-9+-]*:)?//"
_USUAL = ("https://", "http://")
_WWW = "www."
_BLANK = r"[\s\pZ]"
_PAGE = r"^[^/?#]+[/?]+[^/?#]"  # something on the host is named
_SEVERAL = r"^[^?#]*[,;|](?:https?://|www\.)|^[^/?#]*/?[,;|]"  # looked for behind the scheme


def read(cells: Array, field: Field, answers: Answers) -> Reading:
    """Bare ASCII hosts. PF313 refuses what names no host of a company's own; PF414 warns of a personal mail provider."""
    lowered = pc.ascii_lower(cells)
    bare, doubtful = _bare(lowered)
    rest = pc.and_not(pc.is_valid(cells), pc.and_not(is_plain_host(bare), doubtful))
    some = lowered.filter(rest)
    text = put(bare, rest, _read_written(_without_scheme(some))) if len(some) else bare
    refused = pc.and_(rest, pc.is_null(text))
    personal = pc.is_in(text, value_set=listed("personal_mail", "domains"), skip_nulls=True)
    return Reading(
        text, tuple(Fault(code, mask) for code, mask in (("PF313", refused), ("PF414", personal)) if pc.any(mask).as_py())
    )


def to_typed(text: Array, field: Field) -> Array:
    """The text itself."""
    return text


def _bare(lowered: Array) -> tuple[Array, Array]:
    """The cells without one usual scheme, one `www.` and the slashes at the end, and where another `www.` follows."""
    data, bounds = bytes_of(lowered)
    starts, stops = bounds[:-1].astype(np.int64), bounds[1:].astype(np.int64)
    begins = Beginnings(data)
    starts += sum(begins.hold(starts, stops, scheme) * len(scheme) for scheme in _USUAL)
    while data.size and (slash := (stops > starts) & (data[np.maximum(stops, 1) - 1] == ord("/"))).any():
        stops -= slash
    starts += begins.hold(starts, stops, _WWW) * len(_WWW)
    return cut(lowered, starts, stops), pa.array(begins.hold(starts, stops, _WWW))


def site_path(cells: Array) -> Array:
    """The lower-case path of each cell, without query and closing slash; null where there is none beyond the slash."""
    deeper = _may_have_path(cells)
    found = pa.nulls(len(cells), pa.string())
    return put(found, deeper, _path_of(cells.filter(deeper))) if deeper.true_count else found


def _may_have_path(cells: Array) -> Array:
    """Where a slash is neither that of a scheme nor followed by another one or by the end."""
    data, bounds = bytes_of(cells)
    slash = data == ord("/")
    inner = slash.copy()
    inner[bounds[1:][bounds[1:] > bounds[:-1]] - 1] = False
    inner[:-1] &= ~slash[1:]
    inner[2:] &= ~(slash[1:-1] & (data[:-2] == ord(":")))
    return cells_at(bounds, np.flatnonzero(inner))


def _path_of(cells: Array) -> Array:
    rest = pc.replace_substring_regex(pc.ascii_lower(cells), _SCHEME, "")
    paths = pc.replace_substring_regex(rest, r"(?s)^[^/?#]*|[?#].*$", "")
    paths = pc.ascii_rtrim(paths, "/")
    return pc.if_else(pc.equal(paths, ""), pa.scalar(None, pa.string()), paths)


def _without_scheme(lowered: Array) -> Array:
    """The cells without one scheme: the usual ones by slices, for a pattern that rewrites costs ten times more."""
    text = lowered
    rest = pc.match_substring(lowered, "//")
    for scheme in _USUAL:
        where = pc.starts_with(lowered, scheme)
        text, rest = _cut(text, where, len(scheme)), pc.and_not(rest, where)
    return rewrite(text, rest, _SCHEME)


def _cut(text: Array, where: Array, width: int) -> Array:
    """The text without its first `width` characters where the mask holds; they are ASCII there."""
    if not pc.any(where).as_py():
        return text
    return pc.if_else(where, pc.binary_replace_slice(text, 0, width, ""), text)  # by bytes: what is cut through is not taken


def _read_written(written: Array) -> Array:
    """The hosts of lower-case cells of any form, the scheme being gone; null where there is none."""
    hosts = written
    for mark in "/?#":
        if pc.any(pc.match_substring(hosts, mark)).as_py():
            hosts = pc.list_element(pc.split_pattern(hosts, mark, max_splits=1), 0)
    hosts = to_ascii(rewrite(hosts, pc.match_substring(hosts, ":"), f":{PORT}$"))
    hosts = _without_www(rewrite(hosts, pc.ends_with(hosts, "."), r"\.$"))
    found = is_host(hosts)
    more = pc.and_(found, pc.greater(pc.binary_length(written), pc.add(pc.binary_length(hosts), 1)))
    return only(hosts, pc.and_not(found, _misleads(written, hosts, pc.fill_null(more, False))))


def _misleads(written: Array, hosts: Array, more: Array) -> Array:
    """Where what stands around the host says that it is not the company's, or not the only one."""
    texts = written.filter(more)
    if not len(texts):
        return more
    shared = is_shared(hosts.filter(more))
    elsewhere = pc.and_(shared, matches(texts, _PAGE)) if pc.any(shared).as_py() else shared
    return pc.replace_with_mask(more, more, pc.or_(matches(texts, f"{_BLANK}|{_SEVERAL}"), elsewhere))


def _without_www(hosts: Array) -> Array:
    """The hosts without leading labels `www`, as far as a host below a public suffix remains (`www.com` and `www.www.mm` stay)."""
    where = pc.fill_null(pc.starts_with(hosts, _WWW), False)
    some = hosts.filter(where)
    if not len(some):
        return hosts
    shorter = _cut(some, pc.starts_with(some, _WWW), len(_WWW))
    shorter = rewrite(shorter, pc.starts_with(shorter, _WWW), r"^(?:www\.)+")
    doubt = pc.invert(is_plain_host(shorter))
    if pc.any(doubt).as_py():
        shorter = put(shorter, doubt, _shortest(some.filter(doubt), shorter.filter(doubt)))
    return put(hosts, where, shorter)


def _shortest(hosts: Array, names: Array) -> Array:
    """The hosts with as few of their leading labels `www` as leave a host; `names` are the hosts without any."""
    found = hosts
    for kept in (_WWW * 2, _WWW, ""):
        candidate = pc.binary_join_element_wise(kept, names, "")
        better = pc.and_(pc.less(pc.binary_length(candidate), pc.binary_length(hosts)), is_registrable(candidate))
        found = pc.if_else(better, candidate, found)
    return found


_NUMBERS = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)(?:\.(?:0x[0-9a-f]*|[0-9]+)){0,3}\.?|\[.*\]?|[0-9a-f:.]*:[0-9a-f.]*:[0-9a-f:.%]*")
_HALF_SCHEME = r"https?:[/\\]?(?![/\\])|https?:\\\\|https?//"
_SECOND_SCHEME = r"[a-z][a-z0-9+-]*:/*//"
_WRAPPING = "<>()[]{}\"'\x00 "
_NEXT = "give the company's own domain"
_FORMS: tuple[tuple[str, str], ...] = (
    (r"_", "has an underscore, which no domain has"),
    (r"^$", "has no host"),
    (r"^\.|\.\.|\.$", "has an empty label between its dots"),
    (r"(?:^|\.)-|-(?:\.|$)", "has a label that starts or ends with a hyphen"),
    (r"[^.]{64}", "has a label of more than 63 characters"),
    (r"^.{254}", "has more than 253 characters"),
    (r":", "has something behind a colon that is no port"),
    (r"[^\x00-\x7f]|xn--", "has a label that is no valid international name (IDNA)"),
    (r"[^a-z0-9.-]", "has a character that no domain has"),
)


def advise(code: str, value: str, shown: str, field: Field, answers: Answers) -> Advice:
    """Why the value is no company's domain, and the domain that was probably meant."""
    if code == "PF414":
        return Advice(f"{shown} is the domain of a personal mail provider; {_NEXT}, or leave the cell blank")
    words, suggestion = _explain(value.strip().lower())
    return Advice(f"{shown} {words}{'' if suggestion or ';' in words else f'; {_NEXT}'}", suggestion)


def _explain(text: str) -> tuple[str, str | None]:
    rest = re.sub(_SCHEME, "", text)
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if "@" in authority:
        return _explain_at(text, authority)
    if re.search(r"[,;|]", authority) or re.search(_SEVERAL, rest):
        return "holds more than one domain; give one", None
    if re.search(r"\s", text):
        return "has a blank inside, a domain has none", _only_host(re.sub(r"\s*\.\s*", ".", text))
    if half := re.match(_HALF_SCHEME, text):
        return "lacks a slash behind its scheme", _only_host(text[half.end() :])
    if re.match(_SECOND_SCHEME, rest):
        return "has a second scheme", _only_host(rest)
    host = re.sub(f":{PORT}$", "", authority)
    if any(map(_NUMBERS.fullmatch, (host, authority))):
        return ("is an IP address, not a domain" if re.search(r"[.:]|0x", authority) else "is a number, not a domain"), None
    for pattern, words in _FORMS:
        if re.search(pattern, host.removesuffix(".")):
            return words, _only_host(re.sub(r"[\\:].*", "", host.strip(_WRAPPING)))
    return _explain_host(host.removesuffix("."))


def _explain_at(text: str, authority: str) -> tuple[str, str | None]:
    """The words for an at sign in the place of the host: an e-mail address, or a user's name before the host."""
    found = re.search(r"@([^\s@<>\"',;:]+)", authority)
    domain = name_host(found[1].strip(".")) if found and authority.count("@") == 1 else None
    if re.match(_SCHEME, text):
        return "holds a user's name before the host; give the host alone", domain
    return "is an e-mail address, not a domain", None if domain in table("personal_mail")["domains"] else domain


def _explain_host(host: str) -> tuple[str, str | None]:
    """The words for a host of the right form."""
    ending = suffix_of(host)
    if ending is None:
        words = "does not end in a public suffix" if "." in host else f"is a single name without a public suffix; {_NEXT}"
        return words, repair_ending(host)
    if ending == host:
        return f"is a public suffix, under which others register; {_NEXT}", None
    return f"is a page on a host that many share; {_NEXT}", None


def _only_host(text: str) -> str | None:
    """The host of a repaired text where that leaves no doubt, to be suggested."""
    if re.search(r"[\s,;|@]", text):
        return None
    authority = re.split(r"[/?#]", re.sub(_SCHEME, "", text), maxsplit=1)[0]
    return name_host(authority.removeprefix(_WWW))
