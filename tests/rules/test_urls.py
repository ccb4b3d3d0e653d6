"""Web addresses: a literal table of what is accepted as written, of what is refused, and the promises behind both."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preflight.contract.field import Answers, Field, FieldType
from preflight.rules import urls

FIELD = Field("website", type=FieldType.URL)
L63, L64 = "a" * 63, "a" * 64


def read(*cells: str | None) -> tuple[list[str | None], dict[str, list[bool]]]:
    found = urls.read(pa.array(cells, pa.string()), FIELD, Answers())
    return found.text.to_pylist(), {fault.code: fault.mask.to_pylist() for fault in found.faults}


ACCEPTED = [
    "https://acme.com",
    "http://acme.com",
    "HTTPS://Acme.COM/Path?Query#Fragment",
    "https://www.acme.com/",
    "https://acme.co.uk/x",
    "https://acme.technology",
    "https://acme.com:8080/x",
    "https://acme.com:65535",
    "https://acme.com:/",
    "https://acme.com./x",
    "https://acme.com?x=1",
    "https://acme.com#top",
    "https://acme.com/a//b/../c",
    "https://acme.com/%zz%20",
    "https://acme.com/a,b;c=(d)'e'*f!$&+[x]{y}|z^`~",
    "https://acme.com/@team",
    "https://acme.com/?mail=a@b.com",
    "https://web.archive.org/web/2020/https://acme.com/",
    "https://linkedin.com/company/acme",
    "https://gov.uk/",
    "https://my_shop.acme.com/",
    "https://_x.a_.acme.com",
    "https://a--b.com",
    "https://1.2.3.4",
    "http://1.2.3.4:80/x",
    "http://255.255.255.255/",
    "http://[::1]/",
    "http://[2001:db8::1]:8080/x",
    "https://bücher.de/ü?ü#ü",
    "https://xn--bcher-kva.de/",
    "https://例子.中国/路径",
    f"https://{L63}.com/",
    f"https://{L63}.{L63}.co.uk:8080/?x",
    f"https://acme.com/{'x' * 2031}",
    f"https://acme.com/{'ü' * 2031}",
]

REFUSED = [
    ("acme.com", "has no scheme; a web address starts with https:// or http://", "https://acme.com"),
    ("acme.com/X?y", "has no scheme; a web address starts with https:// or http://", "https://acme.com/X?y"),
    ("www.acme.com", "has no scheme; a web address starts with https:// or http://", "https://www.acme.com"),
    ("//acme.com/x", "has no scheme; a web address starts with https:// or http://", "https://acme.com/x"),
    ("acme.com:8080/x", "has no scheme; a web address starts with https:// or http://", "https://acme.com:8080/x"),
    ("acme", "has no scheme; a web address starts with https:// or http://", None),
    ("n/a", "has no scheme; a web address starts with https:// or http://", None),
    ("/x/y", "has no scheme; a web address starts with https:// or http://", None),
    ("localhost:8080", "has no scheme; a web address starts with https:// or http://", None),
    ("ftp://acme.com", "has another scheme than http or https", None),
    ("javascript:alert(1)", "has another scheme than http or https", None),
    ("file:///x", "has another scheme than http or https", None),
    ("htp://acme.com", "has another scheme than http or https", None),
    ("http:acme.com", "lacks the two slashes behind the scheme", None),
    ("http:/acme.com", "lacks the two slashes behind the scheme", None),
    ("http://", "has no host behind the scheme", None),
    ("https:///acme.com", "has no host behind the scheme", None),
    ("https://?x", "has no host behind the scheme", None),
    ("https://:80/", "has no host behind the scheme", None),
    ("https://localhost/", "has a host that does not end in a public suffix", None),
    ("https://intranet", "has a host that does not end in a public suffix", None),
    ("https://acme.internal/", "has a host that does not end in a public suffix", None),
    ("https://Acme.con/X", "has a host that does not end in a public suffix", "https://acme.com/X"),
    ("https://com/", "has no valid host behind the scheme", None),
    ("https://256.1.1.1", "has a host that does not end in a public suffix", None),
    ("https://1.2.3", "has a host that does not end in a public suffix", None),
    ("https://[::g]/", "has no valid host behind the scheme", None),
    ("https://[::1/", "has no valid host behind the scheme", None),
    ("https://[fe80::1%25eth0]/", "has no valid host behind the scheme", None),
    ("https://ac_me.com", "has no valid host behind the scheme", None),
    ("https://-acme.com", "has no valid host behind the scheme", None),
    ("https://acme-.com", "has no valid host behind the scheme", None),
    ("https://acme..com", "has no valid host behind the scheme", None),
    ("https://.acme.com", "has no valid host behind the scheme", None),
    ("https://acme.com..", "has no valid host behind the scheme", None),
    ("https://acme%2ecom/", "has no valid host behind the scheme", None),
    ("https://xn--a.com/", "has no valid host behind the scheme", None),
    ("https://i❤.ws/", "has no valid host behind the scheme", None),
    (f"https://{L64}.com/", "has no valid host behind the scheme", None),
    ("https://acme.com:65536", "has something behind a colon that is no port", None),
    ("https://acme.com:80a/", "has something behind a colon that is no port", None),
    ("https://user@acme.com", "holds a user's name before the host; give the address without it", None),
    ("https://user:pw@acme.com/", "holds a user's name before the host; give the address without it", None),
    ("a@acme.com", "is an e-mail address, not a web address", None),
    ("mailto:a@acme.com", "is an e-mail address, not a web address", None),
    ("https://acme.com/a b", "has a blank inside, a web address has none", None),
    ("https://acme .com", "has a blank inside, a web address has none", None),
    ("https://acme.com/a\u00a0b", "has a blank inside, a web address has none", None),
    ("https://acme.com/a\nb", "has a blank inside, a web address has none", None),
    ("acme.com beta.com", "has a blank inside, a web address has none", None),
    ("https://acme.com/\x00", "has a control character or an invisible one inside", None),
    ("https://acme.com/\u202ex", "has a control character or an invisible one inside", None),
    ("https://acme.com/<id>", "has a character that no web address has", None),
    ('"https://acme.com"', "has a character that no web address has", None),
    ("https://acme.com\\x", "has a character that no web address has", None),
    ("https://a.com,https://b.com", "holds more than one address; give one", None),
    ("https://a.com/;https://b.com/", "holds more than one address; give one", None),
    ("https://a.com/, HTTP://b.com/", "holds more than one address; give one", None),
    (f"https://acme.com/{'x' * 2032}", "has more than 2048 characters", None),
]


@pytest.mark.parametrize("cell", ACCEPTED)
def test_address_is_kept_as_written(cell: str) -> None:
    assert read(cell) == ([cell], {})


@pytest.mark.parametrize(("cell", "words", "suggestion"), REFUSED)
def test_refusal_says_what_was_found_and_what_was_meant(cell: str, words: str, suggestion: str | None) -> None:
    assert read(cell) == ([None], {"PF314": [True]})
    advice = urls.advise("PF314", cell, "<it>", FIELD, Answers())
    wanted = "" if suggestion or ";" in words else "; give the whole address, such as https://example.com/page"
    assert (advice.message, advice.suggestion) == (f"<it> {words}{wanted}", suggestion)


def test_cells_are_judged_each_by_itself() -> None:
    cells: list[str | None] = [None]
    expected: list[str | None] = [None]
    for good, (bad, _, _) in zip(ACCEPTED, REFUSED, strict=False):
        cells += [good, bad, None]
        expected += [good, None, None]
    array = pa.array(cells, pa.string())
    refused = [cell is not None and text is None for cell, text in zip(cells, expected, strict=True)]
    for start in (0, 1, 2, 5):
        found = urls.read(array.slice(start), FIELD, Answers())
        assert found.text.to_pylist() == expected[start:]
        assert [(fault.code, fault.mask.to_pylist()) for fault in found.faults] == [("PF314", refused[start:])]


@pytest.mark.parametrize("cells", [[], [None], [None, None, None]])
def test_nothing_is_said_of_blanks(cells: list[None]) -> None:
    assert read(*cells) == (cells, {})


def test_typed_text_is_the_text() -> None:
    text = pa.array(["https://acme.com", None])
    assert urls.to_typed(text, FIELD).equals(text)


pieces = st.sampled_from(
    [
        "http://",
        "HTTPS://",
        "//",
        "acme",
        ".com",
        ".con",
        ".",
        "/",
        ":",
        "80",
        "@",
        "?",
        "#",
        " ",
        "_",
        "-",
        "[",
        "::1",
        "]",
        "1.2.3.4",
        "ü",
        "xn--",
    ]
)


@settings(deadline=None)
@given(st.lists(st.one_of(pieces, st.text(max_size=3)), max_size=9).map("".join))
def test_text_is_kept_or_refused_and_suggestions_are_addresses(cell: str) -> None:
    texts, faults = read(cell)
    assert (texts, faults) in [([cell], {}), ([None], {"PF314": [True]})]
    if faults:
        suggestion = urls.advise("PF314", cell, "<it>", FIELD, Answers()).suggestion
        assert suggestion is None or read(suggestion) == ([suggestion], {})


@settings(deadline=None, max_examples=40)
@given(st.lists(st.one_of(st.none(), st.text(max_size=30), st.lists(pieces, max_size=6).map("".join)), max_size=6))
def test_a_column_is_read_like_its_cells(cells: list[str | None]) -> None:
    assert read(*cells)[0] == [read(cell)[0][0] for cell in cells]


@settings(deadline=None)
@given(st.text())
def test_advice_never_raises(value: str) -> None:
    assert urls.advise("PF314", value, "<it>", FIELD, Answers()).message.startswith("<it> ")
