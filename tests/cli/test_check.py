"""preflight check: what is printed, and what it leaves with."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest

TEXT = """\
accounts.csv:3:35: error PF302 Employees: "51-200" is a band, not a whole number; give one number or leave the cell blank
accounts.csv:5:13: error PF313 Website: "sales@deltatools.com" is an e-mail address, not a domain; did you mean "deltatools.com"?

accounts.csv: 5 records = 3 good + 2 rejected (UTF-8, comma; accounts, upsert on domain; 5 of 5 columns sent)
2 errors, 0 warnings. write would rewrite 3 cells: Website 2, Employees 1 (--diff shows them)
"""
CLEAN = "Company,Website\nAcme,acme.com\n"
WARNED = "Company,Website,Owner's note\nAcme,acme.com,x\n"
BALANCE = "accounts.csv: 5 records = 3 good + 2 rejected (UTF-8, comma; accounts, upsert on domain; 5 of 5 columns sent)\n"

Run = Callable[..., Any]
Plan = tuple[str, ...]
pytestmark = pytest.mark.usefixtures("accounts")


def findings(out: str) -> list[tuple[str, str | None, int | None]]:
    return [(one["code"], one["column"], one["line"]) for one in json.loads(out)["findings"]]


def test_the_text_of_the_design(run: Run, upsert: Plan) -> None:
    made = run("check", "accounts.csv", *upsert)
    assert (made.out, made.err, made.code) == (TEXT, "", 1)


@pytest.mark.parametrize("engine", ["auto", "memory", "stream"])
def test_every_engine_says_the_same(run: Run, upsert: Plan, engine: str) -> None:
    assert run("check", "accounts.csv", *upsert, "--engine", engine).out == TEXT


def test_clean_is_one_line_and_0(run: Run, tmp_path: Path) -> None:
    (tmp_path / "clean.csv").write_text(CLEAN)
    made = run("check", "clean.csv", "--entity", "accounts")
    assert made.code == 0
    plan = "accounts, as insert; no match key was judged"
    assert made.out == f"clean.csv: 1 record = 1 good + 0 rejected (UTF-8, comma; {plan}; 2 of 2 columns sent)\n"


def test_json_has_the_shape_of_the_design(run: Run, upsert: Plan) -> None:
    made = run("check", "accounts.csv", *upsert, "--format", "json")
    report = json.loads(made.out)
    assert made.code == 1
    assert report["source"] | {"path": "accounts.csv", "records": 5, "encoding": "utf-8", "delimiter": ","} == report["source"]
    assert report["plan"]["entity_type"] == "accounts"
    assert report["summary"] == {
        "records": 5,
        "good": 3,
        "rejected": 2,
        "changed_cells": 3,
        "errors": 2,
        "warnings": 0,
        "by_code": {"PF302": 1, "PF313": 1},
    }
    assert report["truncated"] is False
    assert report["findings"][0] == {
        "code": "PF302",
        "name": "not-an-integer",
        "severity": "error",
        "scope": "cell",
        "source_row": 1,
        "label": 1,
        "record": 2,
        "line": 3,
        "position": 35,
        "column": "Employees",
        "field": "employees",
        "value": "51-200",
        "message": '"51-200" is a band, not a whole number; give one number or leave the cell blank',
        "suggestion": None,
        "fixable": False,
        "rows": 1,
        "related": [],
        "origin": "here",
    }


@pytest.mark.parametrize("form", ["text", "json", "jsonl", "sarif", "github", "html", "junit", "md"])
def test_every_format_goes_to_a_file_and_leaves_the_same_code(run: Run, upsert: Plan, tmp_path: Path, form: str) -> None:
    shown = run("check", "accounts.csv", *upsert, "--format", form)
    made = run("check", "accounts.csv", *upsert, "--format", form, "-o", "report")
    assert (made.code, made.out, made.err) == (1, "", "")
    assert (tmp_path / "report").read_text(encoding="utf-8") == shown.out
    assert (tmp_path / "report").stat().st_mode & 0o777 == 0o600


def test_a_workbook_wants_one_source_and_a_file(run: Run, upsert: Plan, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdout.isatty", lambda: True)
        assert "-o report.xlsx" in run("check", "accounts.csv", *upsert, "--format", "xlsx").err
    assert "--together" in run("check", "accounts.csv", "accounts.csv", *upsert, "--format", "xlsx", "-o", "r.xlsx").err
    assert run("check", "accounts.csv", *upsert, "--format", "xlsx", "-o", "r.xlsx").code == 1
    assert (tmp_path / "r.xlsx").read_bytes().startswith(b"PK")


@pytest.mark.parametrize("form", ["sarif", "github", "junit", "md"])
def test_formats_for_logs_hide_values(run: Run, upsert: Plan, form: str) -> None:
    assert "51-200" not in run("check", "accounts.csv", *upsert, "--format", form).out
    assert "51-200" in run("check", "accounts.csv", *upsert, "--format", form, "--values", "show").out


@pytest.mark.parametrize(("mode", "shown"), [("show", True), ("mask", False), ("hide", False)])
def test_values_governs_messages_and_suggestions(run: Run, upsert: Plan, mode: str, shown: bool) -> None:
    for more in ((), ("--format", "json"), ("--diff",), ("--format", "html")):
        out = run("check", "accounts.csv", *upsert, "--values", mode, *more).out
        assert ("deltatools" in out or "gamma.fr" in out) is shown


def test_diff_lists_changes_and_leaves_1(run: Run, upsert: Plan, tmp_path: Path) -> None:
    made = run("check", "accounts.csv", *upsert, "--diff")
    assert made.code == 1
    assert made.out == (
        'accounts.csv:2: Website: "https://www.acme.com/about" -> "acme.com"  (domain)\n'
        'accounts.csv:4: Website: "GAMMA.fr" -> "gamma.fr"  (domain)\n'
        'accounts.csv:4: Employees: "1,200" -> "1200"  (plain-integer)\n\n'
        "accounts.csv: 3 cells would be rewritten: Website 2, Employees 1\n"
    )
    (tmp_path / "upper.csv").write_text("Company,Website\nAcme,ACME.com\n")
    assert run("check", "upper.csv", "--entity", "accounts").code == 0
    assert run("check", "upper.csv", "--entity", "accounts", "--diff").code == 1
    (tmp_path / "clean.csv").write_text(CLEAN)
    assert run("check", "clean.csv", "--entity", "accounts", "--diff").code == 0


def test_statistics_counts_by_code(run: Run, upsert: Plan) -> None:
    made = run("check", "accounts.csv", *upsert, "--statistics")
    assert made.code == 1
    assert "PF302" in made.out
    assert "PF313" in made.out
    assert "51-200" not in made.out.splitlines()[0]


@pytest.mark.parametrize(
    ("options", "left", "code"),
    [
        (("--select", "PF302"), ["PF302"], 1),
        (("--select", "PF302,PF313"), ["PF302", "PF313"], 1),
        (("--select", "PF302", "--select", "not-a-domain"), ["PF302", "PF313"], 1),
        (("--select", "PF4"), [], 0),
        (("--ignore", "PF302"), ["PF313"], 1),
        (("--ignore", "PF3"), [], 0),
        (("--ignore", "PF302 PF313"), [], 0),
        (("--severity", "PF3=warning"), ["PF302", "PF313"], 0),
        (("--severity", "PF3=warning", "--fail-on", "warning"), ["PF302", "PF313"], 1),
        (("--severity", "PF302=info", "--severity", "PF313=warning"), ["PF302", "PF313"], 0),
        (("--fail-on", "never"), ["PF302", "PF313"], 0),
        (("--fail-on", "error"), ["PF302", "PF313"], 1),
    ],
)
def test_what_counts(run: Run, options: Plan, left: list[str], code: int) -> None:
    made = run("check", "accounts.csv", "--entity", "accounts", "--format", "json", *options)
    report = json.loads(made.out)
    assert [one["code"] for one in report["findings"]] == left
    assert report["summary"]["records"] == report["summary"]["good"] + report["summary"]["rejected"] == 5
    assert made.code == code


def test_fail_on_warning(run: Run, tmp_path: Path) -> None:
    (tmp_path / "warned.csv").write_text(WARNED)
    assert run("check", "warned.csv", "--entity", "accounts").code == 0
    assert run("check", "warned.csv", "--entity", "accounts", "--fail-on", "warning").code == 1


@pytest.mark.parametrize(("most", "listed"), [(0, 0), (1, 1), (2, 2), (9, 2)])
def test_max_findings_caps_the_list_and_says_so(run: Run, upsert: Plan, most: int, listed: int) -> None:
    made = run("check", "accounts.csv", *upsert, "--format", "json", "--max-findings", str(most))
    report = json.loads(made.out)
    assert (len(report["findings"]), report["truncated"], report["summary"]["errors"]) == (listed, most < 2, 2)
    text = run("check", "accounts.csv", *upsert, "--max-findings", str(most)).out
    assert sum(line.startswith(("accounts.csv:3:", "accounts.csv:5:")) for line in text.splitlines()) == listed
    assert BALANCE in text


def test_a_baseline_makes_known_findings_silent(run: Run, accounts: Path) -> None:
    plan = ("--entity", "accounts")
    run("check", "accounts.csv", *plan, "--format", "json", "-o", "known.json")
    made = run("check", "accounts.csv", *plan, "--baseline", "known.json")
    assert made.code == 0
    assert "PF302" not in made.out
    accounts.write_text(accounts.read_text().replace("51-200", "1k"))
    made = run("check", "accounts.csv", *plan, "--baseline", "known.json", "--format", "json")
    assert (made.code, [(one[0], one[2]) for one in findings(made.out)]) == (1, [("PF302", 3)])


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"findings": 3}', '{"findings": [{}]}', "[" * 100_000, '{"findings": [[]]}'])
def test_what_is_no_baseline_is_refused(run: Run, upsert: Plan, tmp_path: Path, content: str) -> None:
    (tmp_path / "known.json").write_text(content)
    made = run("check", "accounts.csv", *upsert, "--baseline", "known.json")
    assert made.code == 2
    assert made.err == (
        "preflight: the baseline known.json is no report; make one with: preflight check … --format json -o known.json\n"
    )


def test_the_file_alone_is_judged_without_a_plan(run: Run) -> None:
    made = run("check", "accounts.csv")
    assert made.code == 0
    assert made.out == (
        "accounts.csv: 5 records = 5 good + 0 rejected (UTF-8, comma; the file alone was judged, without a plan)\n"
        "The header resembles accounts: preflight check accounts.csv --entity accounts\n"
    )
    assert json.loads(run("check", "accounts.csv", "--format", "json").out)["plan"] is None


@pytest.mark.parametrize(
    ("content", "codes", "code"),
    [
        (b"a,b\n1,2,3\n", ["PF101"], 1),
        (b"a,b\n1\n", ["PF102"], 1),
        (b'a,b\n"1"x,2\n', ["PF104"], 1),
        (b"a,b\n\x00,2\n", ["PF005"], 1),
        (b"a\x00,b\n1,2\n", ["PF005"], 1),
        (b"a,a\n1,2\n", ["PF203"], 0),
        (b"a,\n1,2\n", ["PF204"], 0),
        (b"a,b\n1,2\r\n", ["PF006"], 0),
        (b"a,b\n", ["PF002"], 1),
        (b"a,b\n1,2\n\n3,4\n", ["PF105"], 0),
    ],
)
def test_what_a_file_alone_shows(run: Run, tmp_path: Path, content: bytes, codes: list[str], code: int) -> None:
    (tmp_path / "odd.csv").write_bytes(content)
    made = run("check", "odd.csv", "--format", "json")
    assert ([one[0] for one in findings(made.out)], made.code) == (codes, code)


def test_nul_bytes_of_columns_that_are_not_sent_are_a_warning(run: Run, tmp_path: Path) -> None:
    (tmp_path / "odd.csv").write_bytes(b"Company,Website,Q\nAcme,acme.com,\x00\n")
    made = run("check", "odd.csv", "--entity", "accounts")
    assert made.code == 0
    assert "warning PF005 1 NUL byte stands in the file, the first on line 2" in made.out
    assert "1 good" in made.out


def test_standard_input(run: Run, upsert: Plan, accounts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(accounts.read_bytes())))
    made = run("check", "-", *upsert, "--format", "json")
    assert made.code == 1
    assert json.loads(made.out)["source"]["path"] == "-"
    assert json.loads(made.out)["summary"]["good"] == 3


def test_standard_input_twice_is_refused(run: Run) -> None:
    assert run("check", "-", "-").code == 2


def test_several_sources_one_unreadable(run: Run, upsert: Plan, tmp_path: Path) -> None:
    (tmp_path / "clean.csv").write_text(CLEAN)
    made = run("check", "clean.csv", "gone.csv", "accounts.csv", *upsert)
    assert made.code == 2
    assert made.err == "preflight: gone.csv does not exist; check the path\n"
    assert made.out.startswith("clean.csv: 1 record = 1 good")
    assert made.out.endswith(TEXT)


@pytest.mark.parametrize("sources", [("accounts.csv", "clean.csv"), ("accounts.csv", "gone.csv"), ("gone.csv", "missing.csv")])
def test_several_sources_are_one_document(run: Run, upsert: Plan, tmp_path: Path, sources: Plan) -> None:
    (tmp_path / "clean.csv").write_text(CLEAN)
    there = [name for name in sources if (tmp_path / name).exists()]
    report = json.loads(run("check", *sources, *upsert, "--format", "json").out)
    assert [one["source"]["path"] for one in report["reports"]] == there
    assert report["summary"]["records"] == {"accounts.csv": 5, "gone.csv": 0}[sources[0]] + ("clean.csv" in there)
    sarif = json.loads(run("check", *sources, *upsert, "--format", "sarif").out)
    assert len(sarif["runs"]) == 1
    junit = run("check", *sources, *upsert, "--format", "junit").out
    assert (junit.count("<?xml"), junit.count("<testsuite ")) == (1, len(there))
    assert run("check", *sources, *upsert, "--format", "html").out.count("<!DOCTYPE") == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--fix", "--diff"), "--fix and --diff exclude each other"),
        (("--diff", "--statistics"), "--diff and --statistics exclude each other"),
        (("--diff", "--format", "json"), "--diff is text, and --format is json"),
        (("--statistics", "--format", "html"), "--statistics is text, and --format is html"),
        (("--file-only",), "--file-only judges without a plan, but --entity is given"),
        (("--engine", "fast"), "--engine"),
        (("--format", "pdf"), "--format"),
        (("--max-findings", "-1"), "--max-findings"),
        (("--header-line", "0"), "--header-line"),
        (("--values", "all"), "--values"),
        (("--fail-on", "sometimes"), "--fail-on"),
        (("--select", "PF999"), 'there is no code "PF999"'),
        (("--ignore", "not-an-integr"), "did you mean not-an-integer?"),
        (("--severity", "PF302"), "wanted CODE=LEVEL"),
        (("--severity", "PF302=bad"), "wanted error, warning or info"),
        (("--baseline", "none.json"), "the baseline none.json cannot be read"),
        (("--delimiter", '"'), "delimiter"),
        (("--delimiter", "ab"), "delimiter"),
        (("--encoding", "utf-99"), "utf-99"),
        (("--sheet", "x"), "--sheet cannot apply"),
        (("--plan", "none.toml"), "the plan none.toml cannot be read"),
        (("--fields", "none.json"), "none.json cannot be read"),
        (("--rules", "none.toml"), "none.toml cannot be read"),
        (("--column", "Website"), "--column"),
        (("--column", "Website=domane"), 'did you mean "domain"?'),
        (("--column", "Web=domain"), "Web"),
        (("--set", "industry"), "--set"),
        (("--set", "industri=Software"), "industri"),
        (("--set", "employees=many"), "employees"),
        (("--dates", "ymd"), "dates"),
        (("--timezone", "Mars/Base"), "Mars/Base"),
        (("--percent", "0-10"), "percent"),
        (("--time-in-date", "zone"), "timezone"),
        (("--blank", "domain"), "domain is the match key"),
        (("--duplicates", "middle"), "wanted reject, first or last"),
        (("--unmapped", "keep"), "wanted refuse or drop"),
        (("--operation", "merge"), "wanted insert, update or upsert"),
        (("--match-key", "name"), "name"),
        (("--entity", "companies"), "wanted accounts, people, opportunities or activities"),
    ],
)
def test_what_an_option_cannot_be(run: Run, upsert: Plan, options: Plan, said: str) -> None:
    made = run("check", "accounts.csv", *upsert, *options)
    assert made.code == 2
    assert said in made.err
    assert made.out == ""


def test_all_faults_of_the_options_at_once(run: Run) -> None:
    made = run(
        *("check", "accounts.csv", "--entity", "accounts", "--operation", "merge", "--duplicates", "middle", "--column", "x"),
        *("--select", "PF999", "--delimiter", "ab"),
    )
    assert made.code == 2
    for said in ("merge", "middle", "--column", "PF999", "ab"):
        assert said in made.err
    assert all(line.startswith("preflight: ") for line in made.err.splitlines())


def test_a_plan_option_without_an_entity(run: Run) -> None:
    made = run("check", "accounts.csv", "--operation", "upsert", "--match-key", "domain")
    assert (made.code, made.err) == (
        2,
        "preflight: no entity is stated; add --entity accounts, people, opportunities or activities\n",
    )


def test_nothing_to_check(run: Run) -> None:
    made = run("check")
    assert made.code == 2
    assert made.err.startswith("preflight: no source is given and no preflight.toml names files")
