"""What to do next after a check."""

from __future__ import annotations

from pathlib import Path

import pytest

import preflight as pf
from preflight.cli.hints import hints_for
from preflight.cli.options import as_typed
from preflight.findings import Content


def content(path: Path, text: str, **plan: str) -> Content:
    path.write_text(text)
    return pf.plan("accounts", **plan).check(path).content  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "plan", "said"),
    [
        ("Company,Website\nAcme,acme.com\n", {}, ["Add --operation upsert --match-key domain to"]),
        ("Company,Website\nAcme,ACME.com\n", {}, ["Add --fix", "Add --operation upsert"]),
        ("Company,Website\nAcme,nope\n", {}, ["What a code means: preflight explain PF313", "Add --operation upsert"]),
        (
            "Company\nAcme\n",
            {},
            [
                "What a code means: preflight explain PF202",
                "Let columns be proposed: preflight map",
                "Add --operation upsert --match-key FIELD",
            ],
        ),
        ("Company,Website\nAcme,acme.com\n", {"operation": "upsert", "match_key": "domain"}, ["Next: preflight write"]),
    ],
)
def test_the_next_steps(tmp_path: Path, text: str, plan: dict[str, str], said: list[str]) -> None:
    found = hints_for(content(tmp_path / "a b.csv", text, **plan))
    assert [hint.startswith(words) for hint, words in zip(found, said, strict=True)] == [True] * len(said)
    assert all(f"'{tmp_path / 'a b.csv'}'" in hint for hint in found if hint.startswith(("Next", "Let")))


def test_the_next_step_may_be_pasted(tmp_path: Path) -> None:
    judged = content(tmp_path / "a.csv", "Company,Website,Remark\nAcme,acme.com,x\n", operation="upsert", match_key="domain")
    typed = as_typed({"entity": "accounts", "columns": ("Web site=domain",), "plan_file": "a b.toml", "constants": ("x=1",)})
    assert typed == "--entity accounts --column 'Web site=domain' --plan 'a b.toml' --set x=1"
    path = tmp_path / "a.csv"
    assert hints_for(judged, typed) == (f"Next: preflight write {path} {typed} --unmapped drop -o out  (1 good row)",)
    assert hints_for(judged, typed, drops=True) == (f"Next: preflight write {path} {typed} -o out  (1 good row)",)
