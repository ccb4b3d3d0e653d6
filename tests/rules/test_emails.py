"""E-mail addresses: a literal table of what is accepted and how it is written, of what is refused, and the promises behind both."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preflight.contract.field import Answers, Field, FieldType
from preflight.rules import emails

FIELD = Field("email", type=FieldType.EMAIL)
L63, L64 = "a" * 63, "a" * 64
H253 = ".".join(["a" * 62, "b" * 62, "c" * 61, "d" * 61, "com"])
H189 = H253[64:]


def read(*cells: str | None) -> tuple[list[str | None], dict[str, list[bool]]]:
    found = emails.read(pa.array(cells, pa.string()), FIELD, Answers())
    return found.text.to_pylist(), {fault.code: fault.mask.to_pylist() for fault in found.faults}


ACCEPTED = [
    ("a@acme.com", "a@acme.com"),
    ("A@ACME.COM", "a@acme.com"),
    ("Jane.Doe@Acme.Com", "jane.doe@acme.com"),
    ("jane.doe+news@acme.com", "jane.doe+news@acme.com"),
    ("o'neil@acme.com", "o'neil@acme.com"),
    ("'a@acme.com", "'a@acme.com"),
    ("!#$%&'*+-/=?^_`{|}~@acme.com", "!#$%&'*+-/=?^_`{|}~@acme.com"),
    ("_@acme.com", "_@acme.com"),
    ("-@acme.com", "-@acme.com"),
    ("--a--@acme.com", "--a--@acme.com"),
    ("1@acme.com", "1@acme.com"),
    ("0123456789@acme.com", "0123456789@acme.com"),
    ("a.b.c.d@acme.com", "a.b.c.d@acme.com"),
    ("a/b=c@acme.com", "a/b=c@acme.com"),
    ("user%beta.com@acme.com", "user%beta.com@acme.com"),
    ("a@a.b.c.acme.com", "a@a.b.c.acme.com"),
    ("a@acme.co.uk", "a@acme.co.uk"),
    ("a@acme.uk", "a@acme.uk"),
    ("a@acme.com.au", "a@acme.com.au"),
    ("a@acme.co.za", "a@acme.co.za"),
    ("a@acme.co.jp", "a@acme.co.jp"),
    ("a@acme.museum", "a@acme.museum"),
    ("a@acme.technology", "a@acme.technology"),
    ("a@1.com", "a@1.com"),
    ("a@123.com", "a@123.com"),
    ("a@3m.com", "a@3m.com"),
    ("a@a-b.com", "a@a-b.com"),
    ("a@a--b.com", "a@a--b.com"),
    ("a@www.acme.com", "a@www.acme.com"),
    ("a@www.com", "a@www.com"),
    ("a@github.io", "a@github.io"),
    ("a@acme.github.io", "a@acme.github.io"),
    ("a@gmail.com", "a@gmail.com"),
    ("a@gmail.co", "a@gmail.co"),
    ("a@mail.com", "a@mail.com"),
    ("a@ymail.com", "a@ymail.com"),
    ("a@linkedin.com", "a@linkedin.com"),
    ("mailto:a@acme.com", "a@acme.com"),
    ("MAILTO:A@acme.com", "a@acme.com"),
    ("<a@acme.com>", "a@acme.com"),
    ("< a@acme.com >", "a@acme.com"),
    ("<mailto:a@acme.com>", "a@acme.com"),
    ("Jane <a@acme.com>", "a@acme.com"),
    ("Jane<a@acme.com>", "a@acme.com"),
    ("Doe, Jane <a@acme.com>", "a@acme.com"),
    ('"Doe, Jane" <A@acme.com>', "a@acme.com"),
    ("Jäne Dö <a@acme.com>", "a@acme.com"),
    ("a@acme.com <a@acme.com>", "a@acme.com"),
    ("'A@acme.com' <a@acme.com>", "a@acme.com"),
    ("a@acme.com;", "a@acme.com"),
    ("a@acme.com,", "a@acme.com"),
    ("a@acme.com ;", "a@acme.com"),
    ("Jane <a@acme.com>;", "a@acme.com"),
    ("Jane <a@acme.co.uk>,", "a@acme.co.uk"),
    ("a@bücher.de", "a@xn--bcher-kva.de"),
    ("A@BÜCHER.DE", "a@xn--bcher-kva.de"),
    ("a@straße.de", "a@xn--strae-oqa.de"),
    ("a@xn--bcher-kva.de", "a@xn--bcher-kva.de"),
    ("a@例子.中国", "a@xn--fsqu00a.xn--fiqs8s"),
    ("a@ａｃｍｅ．ｃｏｍ", "a@acme.com"),
    (f"{L64}@acme.com", f"{L64}@acme.com"),
    (f"a@{L63}.com", f"a@{L63}.com"),
    (f"{L64}@{H189}", f"{L64}@{H189}"),
]

REFUSED = [
    ("a", "has no at sign, an e-mail address has one", None),
    ("Jane Doe", "has no at sign, an e-mail address has one", None),
    ("n/a", "has no at sign, an e-mail address has one", None),
    ("acme.com", "is a domain, not an e-mail address", None),
    ("a.acme.com", "is a domain, not an e-mail address", None),
    ("a(at)acme.com", "has no at sign, an e-mail address has one", None),
    ("@", "has nothing before the at sign", None),
    ("@acme.com", "has nothing before the at sign", None),
    ("a@", "has nothing behind the at sign", None),
    ("a@@acme.com", "has more than one at sign", None),
    ("a@b@acme.com", "has more than one at sign", None),
    ("a@acme.com@", "has more than one at sign", "a@acme.com"),
    ("a@acme", "does not end in a public suffix", None),
    ("a@localhost", "does not end in a public suffix", None),
    ("a@acme.invalidtld", "does not end in a public suffix", None),
    ("a@acme.local", "does not end in a public suffix", None),
    ("a@acme.con", "does not end in a public suffix", "a@acme.com"),
    ("a@acme.cmo", "does not end in a public suffix", "a@acme.com"),
    ("a@gmail.con", "does not end in a public suffix", "a@gmail.com"),
    ("a@gmial.con", "does not end in a public suffix", "a@gmail.com"),
    ("a@gmial.com", "has a misspelt mail provider", "a@gmail.com"),
    ("Jane.Doe@GMIAL.com", "has a misspelt mail provider", "jane.doe@gmail.com"),
    ("a@yahooo.com", "has a misspelt mail provider", "a@yahoo.com"),
    ("a@hotmial.com", "has a misspelt mail provider", "a@hotmail.com"),
    ("a@outlok.com", "has a misspelt mail provider", "a@outlook.com"),
    ("a@com", "has no valid domain behind the at sign", None),
    ("a@co.uk", "has no valid domain behind the at sign", None),
    ("a@x.kobe.jp", "has no valid domain behind the at sign", None),
    ("a@1.2.3.4", "does not end in a public suffix", None),
    ("a@[1.2.3.4]", "has an IP address in place of a domain", None),
    ("a@[IPv6:::1]", "has an IP address in place of a domain", None),
    ("a@[acme.com]", "has an IP address in place of a domain", None),
    (".a@acme.com", "has a dot at the start or end of the part before the at sign", None),
    ("a.@acme.com", "has a dot at the start or end of the part before the at sign", None),
    ("a..b@acme.com", "has two dots in a row", None),
    ("a@acme..com", "has two dots in a row", None),
    ("a@.acme.com", "has no valid domain behind the at sign", None),
    ("a@acme.com.", "has no valid domain behind the at sign", "a@acme.com"),
    ("a@-acme.com", "has no valid domain behind the at sign", None),
    ("a@acme-.com", "has no valid domain behind the at sign", None),
    ("a@ac_me.com", "has no valid domain behind the at sign", None),
    ("a@acme!.com", "has no valid domain behind the at sign", None),
    ("a@acme.com:25", "has no valid domain behind the at sign", None),
    ("a@acme.com/x", "has no valid domain behind the at sign", None),
    ("a@acme.com?subject=x", "has no valid domain behind the at sign", "a@acme.com"),
    ("mailto:a@acme.com?subject=x", "has no valid domain behind the at sign", "a@acme.com"),
    ("a@acme.com>", "has no valid domain behind the at sign", "a@acme.com"),
    ("<a@acme.com", "has no valid domain behind the at sign", "a@acme.com"),
    ("'a@acme.com'", "has no valid domain behind the at sign", "a@acme.com"),
    ('"a@acme.com"', "has a character before the at sign that no address has", "a@acme.com"),
    ("a@acme.com;;", "has no valid domain behind the at sign", "a@acme.com"),
    ('"a b"@acme.com', "has a quoted name before the at sign, which no import takes", None),
    ('"a"@acme.com', "has a quoted name before the at sign, which no import takes", None),
    ('"a@b"@acme.com', "has a quoted name before the at sign, which no import takes", None),
    ("a b@acme.com", "has a blank inside, an e-mail address has none", None),
    ("a @acme.com", "has a blank inside, an e-mail address has none", None),
    ("a@ acme.com", "has a blank inside, an e-mail address has none", None),
    ("a@acme .com", "has a blank inside, an e-mail address has none", None),
    ("a@acme.com (work)", "has a blank inside, an e-mail address has none", "a@acme.com"),
    ("a@acme.com\u00a0x", "has a blank inside, an e-mail address has none", "a@acme.com"),
    ("(work)a@acme.com", "has a character before the at sign that no address has", None),
    ("a(b)@acme.com", "has a character before the at sign that no address has", None),
    ("a:b@acme.com", "has a character before the at sign that no address has", None),
    ("a\\b@acme.com", "has a character before the at sign that no address has", None),
    ("a,b@acme.com", "has a character before the at sign that no address has", None),
    ("a\x00b@acme.com", "has a control character inside", None),
    ("ü@acme.com", "has a letter before the at sign that is not ASCII", None),
    ("jäne@acme.com", "has a letter before the at sign that is not ASCII", None),
    ("\u212a@acme.com", "has a letter before the at sign that is not ASCII", None),
    ("a＠acme.com", "has no at sign, an e-mail address has one", None),
    ("a@xn--a.com", "has no valid domain behind the at sign", None),
    ("a@i❤.ws", "has no valid domain behind the at sign", None),
    (f"{L64}a@acme.com", "has more than 64 characters before the at sign", None),
    (f"a@{L64}.com", "has no valid domain behind the at sign", None),
    (f"{L64}@a{H189}", "has more than 254 characters", None),
    (f"a@{H253}", "has more than 254 characters", None),
    ("a@acme.com;b@acme.com", "holds more than one address; give one", None),
    ("a@acme.com, b@acme.com", "holds more than one address; give one", None),
    ("a@acme.com b@acme.com", "holds more than one address; give one", None),
    ("a@acme.com / b@acme.com", "holds more than one address; give one", None),
    ("a@acme.com; a@acme.com", "holds more than one address; give one", None),
    ("b@beta.com <a@acme.com>", "holds more than one address; give one", None),
    ("A <a@acme.com>, B <b@acme.com>", "holds more than one address; give one", None),
    ("mailto:mailto:a@acme.com", "has a character before the at sign that no address has", None),
]


@pytest.mark.parametrize(("cell", "canonical"), ACCEPTED)
def test_address_is_read_and_written_bare(cell: str, canonical: str) -> None:
    assert read(cell) == ([canonical], {})
    assert read(canonical) == ([canonical], {})


@pytest.mark.parametrize(("cell", "words", "suggestion"), REFUSED)
def test_refusal_says_what_was_found_and_what_was_meant(cell: str, words: str, suggestion: str | None) -> None:
    assert read(cell) == ([None], {"PF307": [True]})
    advice = emails.advise("PF307", cell, f'"{cell}"', FIELD, Answers())
    wanted = "" if suggestion or ";" in words else "; give one address, such as name@example.com"
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
        found = emails.read(array.slice(start), FIELD, Answers())
        assert found.text.to_pylist() == expected[start:]
        assert [(fault.code, fault.mask.to_pylist()) for fault in found.faults] == [("PF307", refused[start:])]


@pytest.mark.parametrize("cells", [[], [None], [None, None, None]])
def test_nothing_is_said_of_blanks(cells: list[None]) -> None:
    assert read(*cells) == (cells, {})


def test_typed_text_is_the_text() -> None:
    text = pa.array(["a@acme.com", None])
    assert emails.to_typed(text, FIELD).equals(text)


pieces = st.sampled_from(
    [
        "mailto:",
        "a",
        "B",
        "@",
        "acme",
        ".com",
        ".con",
        "co.uk",
        "gmial.com",
        ".",
        "<",
        ">",
        ";",
        ",",
        " ",
        '"',
        "'",
        "ü",
        "xn--",
        "-",
        "?",
    ]
)


@settings(deadline=None)
@given(st.lists(st.one_of(pieces, st.text(max_size=3)), max_size=9).map("".join))
def test_reading_twice_equals_reading_once(cell: str) -> None:
    (once,), faults = read(cell)
    assert (once is None) == ("PF307" in faults)
    if once is None:
        suggestion = emails.advise("PF307", cell, "<it>", FIELD, Answers()).suggestion
        assert suggestion is None or read(suggestion) == ([suggestion], {})
    else:
        assert read(once) == ([once], {})
        assert once.isascii()
        assert once == once.lower()


@settings(deadline=None, max_examples=40)
@given(st.lists(st.one_of(st.none(), st.text(max_size=30), st.lists(pieces, max_size=6).map("".join)), max_size=6))
def test_a_column_is_read_like_its_cells(cells: list[str | None]) -> None:
    assert read(*cells)[0] == [read(cell)[0][0] for cell in cells]


@settings(deadline=None)
@given(st.emails(domains=st.sampled_from(["acme.com", "acme.co.uk", "a.acme.de"])).filter(lambda text: '"' not in text))
def test_addresses_of_the_dot_atom_form_are_accepted(address: str) -> None:
    assert read(address) == ([address.lower()], {})


@settings(deadline=None)
@given(st.text())
def test_advice_never_raises(value: str) -> None:
    assert emails.advise("PF307", value, "<it>", FIELD, Answers()).message.startswith("<it> ")
