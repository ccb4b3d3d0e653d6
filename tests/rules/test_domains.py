"""Domains: a literal table of what is accepted and how it is written, of what is refused, and the promises behind both."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preflight.contract.field import Answers, Field, FieldType
from preflight.rules import domains
from preflight.rules.hosts import name_host

FIELD = Field("domain", type=FieldType.DOMAIN)
L63, L64 = "a" * 63, "a" * 64
H253 = ".".join(["a" * 62, "b" * 62, "c" * 61, "d" * 61, "com"])


def read(*cells: str | None) -> tuple[list[str | None], dict[str, list[bool]]]:
    found = domains.read(pa.array(cells, pa.string()), FIELD, Answers())
    return found.text.to_pylist(), {fault.code: fault.mask.to_pylist() for fault in found.faults}


ACCEPTED = [
    ("acme.com", "acme.com"),
    ("ACME.COM", "acme.com"),
    ("Acme.Com", "acme.com"),
    ("http://acme.com", "acme.com"),
    ("https://acme.com", "acme.com"),
    ("HTTPS://ACME.COM", "acme.com"),
    ("HtTp://acme.com/", "acme.com"),
    ("ftp://acme.com", "acme.com"),
    ("git+ssh://acme.com/x", "acme.com"),
    ("//acme.com", "acme.com"),
    ("//www.acme.com/x", "acme.com"),
    ("www.acme.com", "acme.com"),
    ("WWW.acme.com", "acme.com"),
    ("https://www.acme.com", "acme.com"),
    ("http://www.acme.com", "acme.com"),
    ("https://www.acme.com/", "acme.com"),
    ("https://www.acme.com//", "acme.com"),
    ("https://www.acme.com/en/index.html", "acme.com"),
    ("https://www.acme.com/en/?a=1#top", "acme.com"),
    ("acme.com?utm_source=x", "acme.com"),
    ("acme.com?mail=a@b.com", "acme.com"),
    ("acme.com#top", "acme.com"),
    ("acme.com/#/route", "acme.com"),
    ("acme.com/@team", "acme.com"),
    ("acme.com/a,b", "acme.com"),
    ("acme.com/a;v=1", "acme.com"),
    ("acme.com/x?next=https://beta.com", "acme.com"),
    ("acme.com/web/https://beta.com", "acme.com"),
    ("acme.com:80", "acme.com"),
    ("acme.com:8080/x", "acme.com"),
    ("acme.com:65535", "acme.com"),
    ("acme.com:00080", "acme.com"),
    ("acme.com:", "acme.com"),
    ("https://www.acme.com:443/", "acme.com"),
    ("acme.com.", "acme.com"),
    ("www.acme.com.", "acme.com"),
    ("acme.com.:80/x", "acme.com"),
    ("acme.com./", "acme.com"),
    ("www.com", "www.com"),
    ("https://www.com/", "www.com"),
    ("www.co.uk", "www.co.uk"),
    ("www.gov.uk", "www.gov.uk"),
    ("www.ck", "www.ck"),
    ("www.www.acme.com", "acme.com"),
    ("www.www.com", "www.com"),
    ("www.www.mm", "www.www.mm"),
    ("https://www.www.www.acme.co.uk/x", "acme.co.uk"),
    ("www2.acme.com", "www2.acme.com"),
    ("wwwacme.com", "wwwacme.com"),
    ("www-acme.com", "www-acme.com"),
    ("shop.acme.com", "shop.acme.com"),
    ("a.b.c.d.e.acme.com", "a.b.c.d.e.acme.com"),
    ("acme.co.uk", "acme.co.uk"),
    ("www.acme.co.uk", "acme.co.uk"),
    ("acme.uk", "acme.uk"),
    ("acme.com.au", "acme.com.au"),
    ("acme.co.za", "acme.co.za"),
    ("acme.co.jp", "acme.co.jp"),
    ("city.kobe.jp", "city.kobe.jp"),
    ("acme.x.kobe.jp", "acme.x.kobe.jp"),
    ("acme.com.mm", "acme.com.mm"),
    ("acme.k12.ma.us", "acme.k12.ma.us"),
    ("acme.io", "acme.io"),
    ("acme.technology", "acme.technology"),
    ("acme.xn--p1ai", "acme.xn--p1ai"),
    ("github.io", "github.io"),
    ("acme.github.io", "acme.github.io"),
    ("blogspot.com", "blogspot.com"),
    ("acme.blogspot.com/2024/01", "acme.blogspot.com"),
    ("1.com", "1.com"),
    ("123.com", "123.com"),
    ("3m.com", "3m.com"),
    ("x.com", "x.com"),
    ("a--b.com", "a--b.com"),
    ("r3---sn.acme.com", "r3---sn.acme.com"),
    (f"{L63}.com", f"{L63}.com"),
    (H253, H253),
    ("linkedin.com", "linkedin.com"),
    ("https://www.linkedin.com/", "linkedin.com"),
    ("https://github.com#x", "github.com"),
    ("about.linkedin.com", "about.linkedin.com"),
    ("notlinkedin.com/company", "notlinkedin.com"),
    ("acme.wixsite.com/home", "acme.wixsite.com"),
    ("acme.myshopify.com/pages/us", "acme.myshopify.com"),
    ("acme.github.io/docs", "acme.github.io"),
    ("netflix.com/x.com", "netflix.com"),
    ("bücher.de", "xn--bcher-kva.de"),
    ("BÜCHER.DE", "xn--bcher-kva.de"),
    ("https://www.bücher.de/ü", "xn--bcher-kva.de"),
    ("bücher.de:80", "xn--bcher-kva.de"),
    ("straße.de", "xn--strae-oqa.de"),
    ("xn--bcher-kva.de", "xn--bcher-kva.de"),
    ("XN--BCHER-KVA.de", "xn--bcher-kva.de"),
    ("www.xn--bcher-kva.de", "xn--bcher-kva.de"),
    ("ａｃｍｅ．ｃｏｍ", "acme.com"),
    ("www．acme。com", "acme.com"),
    ("acme.com。", "acme.com"),
    ("例子.中国", "xn--fsqu00a.xn--fiqs8s"),
    ("пример.рф", "xn--e1afmkfd.xn--p1ai"),
    ("παράδειγμα.gr", "xn--hxajbheg2az3al.gr"),
]

REFUSED = [
    ("acme", "is a single name without a public suffix; give the company's own domain", None),
    ("localhost", "is a single name without a public suffix; give the company's own domain", None),
    ("Acme Inc", "has a blank inside, a domain has none", None),
    ("acme.invalidtld", "does not end in a public suffix", None),
    ("server.internal", "does not end in a public suffix", None),
    ("acme.local", "does not end in a public suffix", None),
    ("acme.za", "does not end in a public suffix", None),
    ("acme.con", "does not end in a public suffix", "acme.com"),
    ("https://www.acme.ogr/x", "does not end in a public suffix", "www.acme.org"),
    ("com", "is a public suffix, under which others register; give the company's own domain", None),
    ("co.uk", "is a public suffix, under which others register; give the company's own domain", None),
    ("https://co.uk/x", "is a public suffix, under which others register; give the company's own domain", None),
    ("gov.uk", "is a public suffix, under which others register; give the company's own domain", None),
    ("com.mm", "is a public suffix, under which others register; give the company's own domain", None),
    ("kobe.jp", "is a public suffix, under which others register; give the company's own domain", None),
    ("x.kobe.jp", "is a public suffix, under which others register; give the company's own domain", None),
    ("10.0.0.1", "is an IP address, not a domain", None),
    ("http://10.0.0.1:8080/x", "is an IP address, not a domain", None),
    ("10.1", "is an IP address, not a domain", None),
    ("0x7f.0.0.1", "is an IP address, not a domain", None),
    ("0x7f000001", "is an IP address, not a domain", None),
    ("0177.0.0.01", "is an IP address, not a domain", None),
    ("256.256.256.256", "is an IP address, not a domain", None),
    ("2130706433", "is a number, not a domain", None),
    ("::1", "is an IP address, not a domain", None),
    ("[::1]", "is an IP address, not a domain", None),
    ("http://[2001:db8::1]:80/", "is an IP address, not a domain", None),
    ("2001:db8::1", "is an IP address, not a domain", None),
    ("sales@deltatools.com", "is an e-mail address, not a domain", "deltatools.com"),
    ("mailto:sales@deltatools.com", "is an e-mail address, not a domain", "deltatools.com"),
    ("Sales <sales@deltatools.com>", "is an e-mail address, not a domain", "deltatools.com"),
    ("bob@gmail.com", "is an e-mail address, not a domain", None),
    ("bob@acme", "is an e-mail address, not a domain", None),
    ("@acme", "is an e-mail address, not a domain", None),
    ("https://user:pw@acme.com/", "holds a user's name before the host; give the host alone", "acme.com"),
    ("https://acme.com@evil.com", "holds a user's name before the host; give the host alone", "evil.com"),
    ("acme .com", "has a blank inside, a domain has none", "acme.com"),
    ("acme. com", "has a blank inside, a domain has none", "acme.com"),
    ("acme.com (old)", "has a blank inside, a domain has none", None),
    ("acme.com beta.com", "has a blank inside, a domain has none", None),
    ("acme.com / beta.com", "has a blank inside, a domain has none", None),
    ("https://acme.com/a b", "has a blank inside, a domain has none", None),
    ("acme\u00a0.com", "has a blank inside, a domain has none", "acme.com"),
    ("https://acme.com/a\u3000b", "has a blank inside, a domain has none", None),
    ("a.com, b.com", "holds more than one domain; give one", None),
    ("a.com,b.com", "holds more than one domain; give one", None),
    ("a.com;b.com", "holds more than one domain; give one", None),
    ("a.com|b.com", "holds more than one domain; give one", None),
    ("https://a.com/,b.com/", "holds more than one domain; give one", None),
    ("https://a.com/x,https://b.com/y", "holds more than one domain; give one", None),
    ("a.com/x;www.b.com", "holds more than one domain; give one", None),
    ("acme_x.com", "has an underscore, which no domain has", None),
    ("_dmarc.acme.com", "has an underscore, which no domain has", None),
    ("acme..com", "has an empty label between its dots", None),
    (".acme.com", "has an empty label between its dots", None),
    ("acme.com..", "has an empty label between its dots", None),
    ("-acme.com", "has a label that starts or ends with a hyphen", None),
    ("acme-.com", "has a label that starts or ends with a hyphen", None),
    ("a.-b.com", "has a label that starts or ends with a hyphen", None),
    (f"{L64}.com", "has a label of more than 63 characters", None),
    (f"a{H253}", "has more than 253 characters", None),
    ("acme.com:99999", "has something behind a colon that is no port", "acme.com"),
    ("acme.com:80abc", "has something behind a colon that is no port", "acme.com"),
    ("acme.com:-1", "has something behind a colon that is no port", "acme.com"),
    ("http:acme.com", "lacks a slash behind its scheme", "acme.com"),
    ("http:/acme.com", "lacks a slash behind its scheme", "acme.com"),
    ("https//www.acme.com/x", "lacks a slash behind its scheme", "acme.com"),
    ("https://https://acme.com", "has a second scheme", "acme.com"),
    ("http://http//acme.com", "is a single name without a public suffix; give the company's own domain", None),
    ("acme.com\\x", "has a character that no domain has", "acme.com"),
    ("http:\\\\acme.com", "lacks a slash behind its scheme", "acme.com"),
    ("*.acme.com", "has a character that no domain has", None),
    ("acme!.com", "has a character that no domain has", None),
    ("acme%2ecom", "has a character that no domain has", None),
    ("<acme.com>", "has a character that no domain has", "acme.com"),
    ('"acme.com"', "has a character that no domain has", "acme.com"),
    ("(acme.com)", "has a character that no domain has", "acme.com"),
    ("acme.com)", "has a character that no domain has", "acme.com"),
    ("xn--a.com", "has a label that is no valid international name (IDNA)", None),
    ("xn--.com", "has a label that starts or ends with a hyphen", None),
    ("xn--zzzzzz99999.com", "has a label that is no valid international name (IDNA)", None),
    ("i❤.ws", "has a label that is no valid international name (IDNA)", None),
    ("a\u200db.com", "has a label that is no valid international name (IDNA)", None),
    ("אa.com", "has a label that is no valid international name (IDNA)", None),
    ("acme.com／x", "has a label that is no valid international name (IDNA)", None),
    ("a＠b.com", "has a label that is no valid international name (IDNA)", None),
    ("linkedin.com/company/acme", "is a page on a host that many share; give the company's own domain", None),
    ("https://www.linkedin.com/company/acme/", "is a page on a host that many share; give the company's own domain", None),
    ("de.linkedin.com/company/acme", "is a page on a host that many share; give the company's own domain", None),
    ("https://m.facebook.com/acme", "is a page on a host that many share; give the company's own domain", None),
    ("maps.google.com/?cid=1", "is a page on a host that many share; give the company's own domain", None),
    ("https://x.com/acme", "is a page on a host that many share; give the company's own domain", None),
    ("https://bit.ly/3abc", "is a page on a host that many share; give the company's own domain", None),
    ("https://sites.google.com/view/acme", "is a page on a host that many share; give the company's own domain", None),
    ("wixsite.com/acme", "is a page on a host that many share; give the company's own domain", None),
    ("https://medium.com/@acme", "is a page on a host that many share; give the company's own domain", None),
    ("https://github.com/acme", "is a page on a host that many share; give the company's own domain", None),
    ("http://", "has no host", None),
    ("https://www.", "is a single name without a public suffix; give the company's own domain", None),
    ("/", "has no host", None),
    (".", "has no host", None),
    ("?a=1", "has no host", None),
    ("http:///acme.com", "has no host", None),
    ("mailto:", "is a single name without a public suffix; give the company's own domain", None),
    ("N/A", "is a single name without a public suffix; give the company's own domain", None),
    ("acme.com\x00", "has a character that no domain has", "acme.com"),
    ("\ufffd.com", "has a label that is no valid international name (IDNA)", None),
]


@pytest.mark.parametrize(("cell", "canonical"), ACCEPTED)
def test_host_is_read_and_written_bare(cell: str, canonical: str) -> None:
    assert read(cell) == ([canonical], {})
    assert read(canonical) == ([canonical], {})
    assert name_host(canonical) == canonical


@pytest.mark.parametrize(("cell", "words", "suggestion"), REFUSED)
def test_refusal_says_what_was_found_and_what_was_meant(cell: str, words: str, suggestion: str | None) -> None:
    assert read(cell) == ([None], {"PF313": [True]})
    advice = domains.advise("PF313", cell, f'"{cell}"', FIELD, Answers())
    wanted = "" if suggestion or ";" in words else "; give the company's own domain"
    assert (advice.message, advice.suggestion) == (f'"{cell}" {words}{wanted}', suggestion)


def test_cells_are_judged_each_by_itself() -> None:
    cells: list[str | None] = [None]
    expected: list[str | None] = [None]
    for (cell, canonical), (bad, _, _) in zip(ACCEPTED, REFUSED, strict=False):
        cells += [cell, bad, None]
        expected += [canonical, None, None]
    array = pa.array(cells, pa.string())
    refused = [cell is not None and text is None for cell, text in zip(cells, expected, strict=True)]
    for start in (0, 1, 2, 5):
        found = domains.read(array.slice(start), FIELD, Answers())
        assert found.text.to_pylist() == expected[start:]
        assert [(fault.code, fault.mask.to_pylist()) for fault in found.faults] == [("PF313", refused[start:])]


@pytest.mark.parametrize("cells", [[], [None], [None, None, None]])
def test_nothing_is_said_of_blanks(cells: list[None]) -> None:
    assert read(*cells) == (cells, {})


@pytest.mark.parametrize("cell", ["gmail.com", "https://www.Gmail.com/", "qq.com", "yahoo.co.uk"])
def test_personal_mail_domain_is_kept_with_a_warning(cell: str) -> None:
    texts, faults = read("acme.com", cell, None, "nothing")
    assert texts[1] is not None
    assert cell.lower().endswith((texts[1], f"{texts[1]}/"))
    assert faults == {"PF313": [False, False, False, True], "PF414": [False, True, False, False]}
    message = domains.advise("PF414", cell, "<it>", FIELD, Answers()).message
    assert message == "<it> is the domain of a personal mail provider; give the company's own domain, or leave the cell blank"


@pytest.mark.parametrize(
    ("cell", "path"),
    [
        (None, None),
        ("bank.fr", None),
        ("bank.fr/", None),
        ("https://bank.fr//", None),
        ("bank.fr/A", "/a"),
        ("https://www.bank.fr/a/b/?x=/y", "/a/b"),
        ("//bank.fr/a#b", "/a"),
        ("bank.fr?x=/a", None),
        ("bank.fr#/a", None),
        ("bank.fr:80/a", "/a"),
        ("HTTPS://BANK.FR/É", "/É"),
    ],
)
def test_site_path_is_the_path_beyond_the_slash(cell: str | None, path: str | None) -> None:
    assert domains.site_path(pa.array(["x", cell], pa.string()).slice(1)).to_pylist() == [path]


def test_typed_text_is_the_text() -> None:
    text = pa.array(["acme.com", None])
    assert domains.to_typed(text, FIELD).equals(text)


pieces = st.sampled_from(
    [
        "www.",
        "acme",
        "co.uk",
        ".com",
        "com",
        ".",
        "/",
        "//",
        "http:",
        "https://",
        "@",
        ":",
        "80",
        "-",
        "xn--",
        "ü",
        "mm",
        "?",
        "#",
        " ",
        ",",
    ]
)


@settings(deadline=None)
@given(st.lists(st.one_of(pieces, st.text(max_size=3)), max_size=9).map("".join))
def test_reading_twice_equals_reading_once(cell: str) -> None:
    (once,), faults = read(cell)
    assert (once is None) == ("PF313" in faults)
    if once is None:
        suggestion = domains.advise("PF313", cell, "<it>", FIELD, Answers()).suggestion
        assert suggestion is None or read(suggestion)[0] != [None]
    else:
        assert read(once)[0] == [once]
        assert once.isascii()
        assert once == once.lower()


@settings(deadline=None, max_examples=40)
@given(st.lists(st.one_of(st.none(), st.text(max_size=30), st.lists(pieces, max_size=6).map("".join)), max_size=6))
def test_a_column_is_read_like_its_cells(cells: list[str | None]) -> None:
    assert read(*cells)[0] == [read(cell)[0][0] for cell in cells]


labels = st.from_regex(r"[a-z0-9](?:[a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True).filter(
    lambda label: label[2:4] != "--" and label != "www"
)


@settings(deadline=None)
@given(
    labels,
    st.sampled_from(["com", "co.uk", "de", "com.au", "co.za", "x.kobe.jp"]),
    st.sampled_from(["", "https://", "HTTP://www."]),
)
def test_any_label_below_a_suffix_is_a_host(label: str, suffix: str, prefix: str) -> None:
    texts, faults = read(f"{prefix}{label}.{suffix}")
    assert (texts, "PF313" in faults) == ([f"{label}.{suffix}"], False)


@settings(deadline=None)
@given(st.text())
def test_advice_never_raises(value: str) -> None:
    assert domains.advise("PF313", value, "<it>", FIELD, Answers()).message.startswith("<it> ")
