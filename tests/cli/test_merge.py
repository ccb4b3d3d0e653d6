"""preflight merge: what is said, and the exit codes."""

from __future__ import annotations

from pathlib import Path

from .conftest import ACCOUNTS, Run


def repaired(run: Run, *changes: tuple[str, str]) -> str:
    Path("a.csv").write_text(ACCOUNTS, encoding="utf-8")
    options = ("--entity", "accounts", "--operation", "upsert", "--match-key", "domain", "--unmapped", "drop")
    run("write", "a.csv", "-o", "out", *options)
    text = Path("out/rejected.csv").read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(f",{before},", f",{after},")
    Path("fixed.csv").write_text(text, encoding="utf-8")
    return "fixed.csv"


def test_all_good_is_0_and_says_how_to_go_on(run: Run) -> None:
    fixed = repaired(run, ("51-200", "51"), ("sales@deltatools.com", "deltatools.com"))
    ran = run("merge", "out", fixed)
    assert ran.code == 0
    assert ran.out == "out: 5 rows = 5 not sent\n"
    assert ran.err == "out/part-0002.csv: written; send it with: preflight submit out\n"


def test_rows_rejected_again_are_1(run: Run) -> None:
    ran = run("merge", "out", repaired(run, ("51-200", "51")))
    assert ran.code == 1
    assert ran.out == "out: 5 rows = 1 rejected here + 4 not sent\n"
    assert "out/rejected-2.csv: 1 row to repair" in ran.err


def test_what_is_refused_is_2_and_one_line(run: Run) -> None:
    fixed = repaired(run, ("51-200", "51"))
    run("merge", "out", fixed)
    ran = run("merge", "out", fixed)
    assert ran.code == 2
    assert ran.err.startswith("preflight: 1 row written already and waiting to be sent (line 2)")
    assert len(ran.err.splitlines()) == 1
    assert run("merge", "nowhere", fixed).code == 2
    assert run("merge", "out", "nothing.csv").code == 2
