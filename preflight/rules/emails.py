"""E-mail addresses: one mailbox per cell, in the form that mail systems deliver to.

Addresses follow the dot-atom form of RFC 5321 in ASCII: quoted local parts and IP literals are legal there and refused here, for no
import or mailing takes them. The domain is a host below a public suffix; one with other letters is written in ASCII (IDNA).
Letter case carries no meaning and goes. A misspelt provider is a suggestion only.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from preflight.contract.field import Answers, Field
from preflight.rules.hosts import (
    LABEL,
    is_host,
    listed,
    matches,
    name_host,
    only,
    repair_ending,
    rewrite,
    table,
    to_ascii,
)
from preflight.rules.plain_hosts import are_plain, classes_of, may_be_among
from preflight.rules.reading import Advice, Fault, Reading
from preflight.rules.replacing import put
from preflight.rules.suffixes import suffix_of
from preflight.rules.tidying import bytes_of

__all__ = ["RULE", "advise", "read", "to_typed"]

Array = Any  # pyarrow.Array; pyarrow ships no types
Numbers = npt.NDArray[Any]

RULE = "email"

_ATOM = "[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = rf"{_ATOM}(?:\.{_ATOM})*"
_ATOM_BYTE, _DOT, _SIGN = 1, 2, 3
_LONGEST_LOCAL, _LONGEST = 64, 254
_SHORT = 63  # as a whole: then no part can be too long
_NAMED = r"^(?P<name>[^<>]*)<(?P<inner>[^<>]*)>$"
_EDGES = " \t\"'"


def _classes() -> Numbers:
    found = np.zeros(256, dtype=np.uint8)
    found[list(b"abcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+/=?^_`{|}~-")] = _ATOM_BYTE
    found[ord(".")], found[ord("@")] = _DOT, _SIGN
    return found


_CLASS = _classes().tobytes()


def read(cells: Array, field: Field, answers: Answers) -> Reading:
    """Lower-case addresses in ASCII, without `mailto:`, a name before angle brackets, or a separator at the end. Else PF307."""
    lowered = pc.ascii_lower(cells)
    rest = pc.and_not(pc.is_valid(cells), _is_plain(lowered))
    some = lowered.filter(rest)
    if not len(some):
        return Reading(lowered)
    text = put(lowered, rest, _read_written(some))
    refused = pc.and_(rest, pc.is_null(text))
    return Reading(text, (Fault("PF307", refused),) if pc.any(refused).as_py() else ())


def to_typed(text: Array, field: Field) -> Array:
    """The text itself."""
    return text


def _is_plain(lowered: Array) -> Array:
    """Where a look at the bytes settles that it is an address in canonical form: the usual case."""
    data, bounds = bytes_of(lowered)
    starts, stops = bounds[:-1].astype(np.int64), bounds[1:].astype(np.int64)
    signs = np.flatnonzero(data == ord("@"))
    if not len(signs):
        return pa.array(np.zeros(len(lowered), dtype=bool))
    first = np.searchsorted(signs, starts)
    found = (np.searchsorted(signs, stops) - first == 1) & (stops - starts <= _SHORT)
    sign = np.where(found, signs[np.minimum(first, len(signs) - 1)], starts)
    hosts = np.where(found, sign + 1, stops)
    found &= _is_local(classes_of(data, _CLASS), starts, sign) & are_plain(data, hosts, stops)
    found &= ~may_be_among(data, hosts, stops, _misspelt())
    return pa.array(found & lowered.is_valid().to_numpy(zero_copy_only=False) if lowered.null_count else found)


def _is_local(classes: Numbers, starts: Numbers, stops: Numbers) -> Numbers:
    """Where the part before the at sign is a dot-atom. Every dot stands between two characters of an atom, all over the column."""
    dots = np.flatnonzero(classes == _DOT)
    last = len(classes) - 1
    lonely = (classes[np.maximum(dots - 1, 0)] != _ATOM_BYTE) | (classes[np.minimum(dots + 1, last)] != _ATOM_BYTE)
    found: Numbers = (stops > starts) & (classes[np.minimum(starts, last)] == _ATOM_BYTE)
    for bad in (np.flatnonzero(classes == 0), dots[lonely]):
        if len(bad):
            found &= np.searchsorted(bad, starts) == np.searchsorted(bad, stops)
    return found


@cache
def _misspelt() -> tuple[str, ...]:
    """The misspelt providers."""
    return tuple(table("mail_typos")["domains"])


def _read_written(lowered: Array) -> Array:
    """The addresses in lower-case cells of any form; null where there is none."""
    bare = rewrite(lowered, pc.or_(pc.ends_with(lowered, ";"), pc.ends_with(lowered, ",")), r"\s*[;,]$")
    bare = _unwrap(bare)
    bare = rewrite(bare, pc.starts_with(bare, "mailto:"), "^mailto:")
    parts = pc.split_pattern(only(bare, pc.equal(pc.count_substring(bare, "@"), 1)), "@")
    local, domain = pc.list_element(parts, 0), to_ascii(pc.list_element(parts, 1))
    text = pc.binary_join_element_wise(local, domain, "@")
    found = pc.and_(matches(local, f"^{_LOCAL}$"), is_host(domain))
    found = pc.and_not(found, pc.is_in(domain, value_set=listed("mail_typos", "domains"), skip_nulls=True))
    for part, longest in ((local, _LONGEST_LOCAL), (text, _LONGEST)):
        found = pc.and_(found, pc.fill_null(pc.less_equal(pc.binary_length(part), longest), False))
    return only(text, found)


def _unwrap(text: Array) -> Array:
    """What stands between angle brackets, where the words before them are a name, or the same address again."""
    where = pc.fill_null(pc.ends_with(text, ">"), False)
    some = text.filter(where)
    if not len(some):
        return text
    parts = pc.extract_regex(some, _NAMED)
    name, inner = (pc.ascii_trim(pc.struct_field(parts, part), _EDGES) for part in ("name", "inner"))
    sure = pc.or_(pc.invert(pc.match_substring(name, "@")), pc.equal(name, inner))
    return put(text, where, pc.if_else(pc.fill_null(pc.and_(parts.is_valid(), sure), False), inner, some))


_WRAPPING = " \t<>;,.'\"`()[]"
_OPENING = "<([\"'"
_ADDRESS = re.compile(r"[^\s@,;:<>()\"]+@[^\s@,;:<>()\"]+")
_WANTED = "; give one address, such as name@example.com"
_FORMS: tuple[tuple[str, str], ...] = (
    (r"^[^@]*$", "has no at sign, an e-mail address has one"),
    (r"^@", "has nothing before the at sign"),
    (r"^\".*\"@", "has a quoted name before the at sign, which no import takes"),
    (r"@\[", "has an IP address in place of a domain"),
    (r"@.*@", "has more than one at sign"),
    (r"@$", "has nothing behind the at sign"),
    (r"\s", "has a blank inside, an e-mail address has none"),
    (r"[^\x00-\x7f].*@", "has a letter before the at sign that is not ASCII"),
    (r"^\.|\.@", "has a dot at the start or end of the part before the at sign"),
    (r"\.\.", "has two dots in a row"),
    (rf"^[^@]{{{_LONGEST_LOCAL + 1}}}", f"has more than {_LONGEST_LOCAL} characters before the at sign"),
    (rf"^.{{{_LONGEST + 1}}}", f"has more than {_LONGEST} characters"),
    (r"[\x00-\x1f\x7f]", "has a control character inside"),
    (rf"^(?!{_LOCAL}@)", "has a character before the at sign that no address has"),
)


def advise(code: str, value: str, shown: str, field: Field, answers: Answers) -> Advice:
    """Why the value is no address, and the one that was probably meant."""
    lowered = re.sub("[A-Z]+", lambda letters: letters[0].lower(), value.strip())  # as `read`: ASCII alone
    words, suggestion = _explain(lowered.removeprefix("mailto:"))
    return Advice(f"{shown} {words}{'' if suggestion or ';' in words else _WANTED}", suggestion)


def _explain(text: str) -> tuple[str, str | None]:
    found = _ADDRESS.findall(text)
    if len(found) > 1:
        return "holds more than one address; give one", None
    if not found and name_host(text):
        return "is a domain, not an e-mail address", None
    bare = text.strip("<>;, \t")
    _, _, domain = bare.partition("@")
    for pattern, words in _FORMS:
        if re.search(pattern, bare, re.DOTALL):
            return words, _address(found[0]) if found and bare.lstrip(_OPENING).startswith(found[0]) else None
    if domain in table("mail_typos")["domains"]:
        return "has a misspelt mail provider", _address(bare)
    well_formed = re.fullmatch(rf"(?:{LABEL}\.)*{LABEL}", domain)
    words = (
        "does not end in a public suffix" if well_formed and suffix_of(domain) is None else "has no valid domain behind the at sign"
    )
    return words, _address(bare)


def _address(text: str) -> str | None:
    """The address that was probably meant, to be suggested; None where that leaves a doubt."""
    local, _, written = text.lstrip(_OPENING).partition("@")
    host = repair_ending(written) or name_host(written.split("?")[0].rstrip(_WRAPPING))
    domain = table("mail_typos")["domains"].get(host, host)
    address = f"{local}@{domain}"
    fits = len(local) <= _LONGEST_LOCAL and len(address) <= _LONGEST
    return address if domain and fits and re.fullmatch(_LOCAL, local) else None
