"""Why rows were rejected here."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import preflight as pf

FRAME = pd.DataFrame({"Company": ["A", "B", "C"], "Website": ["a.com", "no host", "b@c.com"]})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    plan = pf.plan("accounts", operation="upsert", match_key="domain")
    return plan.write(FRAME, tmp_path / "out").folder


def told(folder: Path) -> list[object]:
    found = pf.outcomes(folder).annotate(FRAME)["preflight_errors"]
    return found.astype("object").where(found.notna(), None).tolist()


def test_reasons_are_those_of_the_file_of_rejected_rows(folder: Path) -> None:
    nothing, blank, mail = told(folder)
    assert nothing is None
    assert str(blank).startswith('PF313 Website: "no host"')
    assert str(mail).startswith('PF313 Website: "b@c.com" is an e-mail address')


def test_the_file_of_a_later_merge_outranks_it(folder: Path) -> None:
    fixed = pd.read_csv(folder / "rejected.csv", dtype="str", encoding="utf-8-sig")
    fixed["Website"] = ["b.com", "10.0.0.1"]
    pf.merge(folder, fixed)
    good, blank, mail = told(folder)
    assert (good, blank) == (None, None)
    assert '"10.0.0.1"' in str(mail)


@pytest.mark.parametrize("content", [None, b"", b"a;b\n1;2\n", b"\xff\xfe\xfa", b"preflight_errors,preflight_row\nPF1,zzz\n"])
def test_a_file_that_people_took_or_changed_has_nothing_to_say(folder: Path, content: bytes | None) -> None:
    path = folder / "rejected.csv"
    path.unlink() if content is None else path.write_bytes(content)
    assert told(folder) == [None, None, None]
