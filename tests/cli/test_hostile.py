"""Odd and hostile input: findings or one clear sentence, the right exit code, and nothing that a terminal or a log would obey."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from preflight.files.read import open_source

Run = Callable[..., Any]
PLAN = ("--entity", "accounts")
HEAD = b"Company,Website\n"
OBEYED = ("\x1b", "\u202e", "\u2028", "\x00", "\r")


def balanced(out: str) -> bool:
    summary = json.loads(out)["summary"]
    return bool(summary["records"] == summary["good"] + summary["rejected"])


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (b"", 2, "odd.csv is empty: it has no header and no records"),
        (b"\n\n\n", 2, "odd.csv is empty"),
        (b"\xef\xbb\xbf", 2, "odd.csv is empty"),
        (HEAD, 1, "PF002 there is a header and no record"),
        (HEAD + b"Ac\x00me,acme.com\n", 1, "Ac[U+0000]me"),
        (HEAD + b'"Acme,acme.com\n', 2, "a quote that opens on line 2 never closes"),
        (b'"', 2, "odd.csv"),
        (HEAD + b"\xff,acme.com\n", 2, "byte 0xFF at offset 16, on line 2, is not UTF-8"),
        (HEAD + b"\xed\xa0\x80,acme.com\n", 2, "is not UTF-8"),
        (b"Company,Company,Website\nA,B,a.com\n", 1, "PF203 Company"),
        (b'"Com\x1b[31mpany","Web\xe2\x80\xaesite","a\nb",Company\n1,2,3,4\n', 1, "Com[U+001B][31mpany"),
        (HEAD + b"::set-output name=x::y,::error::boom\n", 1, "PF313 Website"),
        (HEAD + b"<script>alert(1)</script>,<script>\n", 1, "PF313 Website"),
        (HEAD + b"##vso[task.complete],##[error]x\n", 1, "PF313 Website"),
        (HEAD + b"A," + b"x" * 100_000 + b"\n", 1, "PF313 Website"),
        (HEAD + b"A\xe2\x80\xa8B,\xe2\x80\xae.com\n", 1, "Website"),
        (b"PK\x03\x04" + b"x" * 100, 2, "is a zip archive, not text"),
        (b"%PDF-1.7\n", 2, "is a PDF document"),
        (b"a^b^c\n1^2^3\n", 2, "--delimiter '^'"),
        (HEAD + b"A,a.com\n\x1a", 0, "1 record = 1 good"),
    ],
)
@pytest.mark.parametrize("form", ["text", "github", "md", "json"])
def test_odd_files(run: Run, tmp_path: Path, content: bytes, code: int, said: str, form: str) -> None:
    (tmp_path / "odd.csv").write_bytes(content)
    made = run("check", "odd.csv", *PLAN, "--format", form, "--values", "show")
    assert made.code == code
    if form == "text" or code == 2:
        assert said in made.out + made.err
    assert len(made.err.splitlines()) == (code == 2)
    assert not any(sign in made.out + made.err for sign in OBEYED)
    if form != "json":
        obeyed = [line for line in made.out.splitlines() if line.lstrip().startswith("::")]
        assert all(line.startswith(("::error file=", "::error title=", "::warning ", "::notice ")) for line in obeyed)
    elif code != 2:
        assert balanced(made.out)


def test_a_cell_of_20_megabytes(run: Run, tmp_path: Path) -> None:
    (tmp_path / "big.csv").write_bytes(HEAD + b'"' + b"A" * (20 << 20) + b'",nope\nB,b.com\n')
    made = run("check", "big.csv", *PLAN, "--format", "json")
    assert (made.code, balanced(made.out)) == (1, True)
    assert len(run("check", "big.csv", *PLAN).out) < 1_000


def test_5000_columns(run: Run, tmp_path: Path) -> None:
    names = ",".join(f"c{number}" for number in range(5_000))
    (tmp_path / "wide.csv").write_text(f"Company,Website,{names}\nAcme,acme.com,{names}\n")
    made = run("check", "wide.csv", *PLAN)
    assert made.code == 0
    assert "2 of 5,002 columns sent" in made.out
    assert len(made.out) < 1_000


@pytest.mark.parametrize(
    "name",
    [
        "a b.csv",
        "q'uo\"te.csv",
        "new\nline.csv",
        "::error::x.csv",
        "é\u202e.csv",
        "x" * 200 + ".csv",
        "[x]*.csv",
        "~.csv",
        "%n.csv",
    ],
)
def test_odd_names(run: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(HEAD + b"Acme,nope\n")
    for form in ("text", "json", "github", "html", "sarif", "junit", "md"):
        made = run("check", name, *PLAN, "--format", form)
        assert (made.code, made.err) == (1, "")
        assert not any(sign in made.out for sign in ("\u202e", "\n::error::x", "\nline.csv"))
    made = run("check", name + ".gone", *PLAN)
    assert made.code == 2
    assert len(made.err.splitlines()) == 1
    assert run("write", name, *PLAN, "-o", "out").code == 1


def test_a_name_that_looks_like_an_option(run: Run, tmp_path: Path) -> None:
    (tmp_path / "-x.csv").write_bytes(HEAD + b"Acme,acme.com\n")
    assert run("check", "-x.csv").code == 2
    assert run("check", *PLAN, "--", "-x.csv").code == 0
    assert run("check", *PLAN, "./-x.csv").code == 0


def test_places_that_are_no_files(run: Run, tmp_path: Path) -> None:
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    (tmp_path / "real.csv").write_bytes(HEAD + b"Acme,acme.com\n")
    (tmp_path / "link.csv").symlink_to("real.csv")
    for name, said in (
        (".", ". is a folder; name a file in it"),
        ("loop.csv", "loop.csv cannot be read"),
        ("no/a.csv", "does not exist"),
    ):
        made = run("check", name, *PLAN)
        assert made.code == 2
        assert said in made.err
    assert "/dev/null is empty" in run("check", "/dev/null", *PLAN).err
    assert run("check", "link.csv", *PLAN).code == 0


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read and write everything")
def test_places_without_permission(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(HEAD + b"Acme,ACME.com\n")
    (tmp_path / "a.csv").chmod(0)
    assert "may not be read by this user" in run("check", "a.csv", *PLAN).err
    (tmp_path / "a.csv").chmod(0o400)
    (tmp_path / "locked").mkdir(mode=0o500)
    assert "cannot be written to" in run("write", "a.csv", *PLAN, "-o", "locked").err
    assert "cannot be written" in run("check", "a.csv", *PLAN, "-o", "locked/report").err


def test_a_pipe_is_copied_first(run: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    writer = threading.Thread(target=lambda: (tmp_path / "pipe.csv").write_bytes(HEAD + b"Acme,acme.com\n"))
    writer.start()
    made = run("check", "pipe.csv", *PLAN)
    writer.join()
    assert made.code == 0


@pytest.mark.parametrize("what", ["changed", "gone"])
@pytest.mark.parametrize("command", ["check", "write"])
def test_a_file_that_changes_between_two_passes(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str, command: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(HEAD + b"Acme,acme.com\n")

    def opened(*arguments: Any, **options: Any) -> Any:
        source = open_source(*arguments, **options)
        if what == "gone":
            path.unlink()
        else:
            path.write_bytes(HEAD + b"Acme,acme.com\nBeta,beta.io\n")
        return source

    monkeypatch.setattr("preflight.files.joined.open_source", opened)
    made = run(command, "a.csv", *PLAN, "--engine", "stream", *(("-o", "out") if command == "write" else ()))
    assert (made.code, made.out) == (2, "")
    assert ("changed while it was read" if what == "changed" else "does not exist") in made.err
    assert command == "check" or list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("out", ["/dev/null", "pipe"])
def test_output_to_what_is_no_file_stays_what_it_is(run: Run, tmp_path: Path, out: str) -> None:
    (tmp_path / "a.csv").write_bytes(HEAD + b"Acme,acme.com\n")
    read: list[str] = []
    if out == "pipe":
        os.mkfifo(tmp_path / out)
        reader = threading.Thread(target=lambda: read.append((tmp_path / out).read_text()))
        reader.start()
    assert run("check", "a.csv", *PLAN, "-o", out).code == 0
    if out == "pipe":
        reader.join()
        assert read[0].startswith("a.csv: 1 record")
    assert not Path(tmp_path / out).is_file()


def test_output_through_a_link_and_an_output_that_fails(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(HEAD + b"Acme,acme.com\n")
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to("real.txt")
    assert run("check", "a.csv", *PLAN, "-o", "link.txt").code == 0
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real.txt").read_text().startswith("a.csv: 1 record")
    assert run("check", "gone.csv", *PLAN, "-o", "real.txt").code == 2
    assert (tmp_path / "real.txt").read_text().startswith("a.csv: 1 record")
    assert "Is a directory" in run("check", "a.csv", *PLAN, "-o", ".").err
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.csv", "link.txt", "real.txt"]
