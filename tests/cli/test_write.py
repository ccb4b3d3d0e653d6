"""preflight write: what lies in the folder, and what it leaves with."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as parquet
import pytest

Run = Callable[..., Any]
Plan = tuple[str, ...]
pytestmark = pytest.mark.usefixtures("accounts")

PART = """\
account_name,domain,employees,industry,owner
Acme Corp,acme.com,250,Software,kim@acme.example
Gamma SA,gamma.fr,1200,Energy,kim@acme.example
Epsilon,epsilon.co.uk,12,Food,kim@acme.example
"""


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def many(path: Path, rows: int, bad: int = 0) -> Path:
    lines = [f"Firm {row},f{row}.com,{'many' if row < bad else row}" for row in range(rows)]
    path.write_text("Company,Website,Employees\n" + "\n".join(lines) + "\n")
    return path


def test_parts_rejected_rows_map_and_receipt(run: Run, upsert: Plan, tmp_path: Path) -> None:
    made = run("write", "accounts.csv", *upsert, "-o", "out")
    out = tmp_path / "out"
    assert made.code == 1
    assert made.out.startswith("accounts.csv:3:35: error PF302 Employees")
    assert made.err == f"out/part-0001.csv: 3 rows, {len(PART)} bytes\nout/rejected.csv: 2 rows to repair, each with its reasons\n"
    assert names(out) == ["part-0001.csv", "receipt.json", "rejected.csv", "rows.parquet"]
    assert sorted((out / "part-0001.csv").read_text().splitlines()[0].split(",")) == sorted(PART.splitlines()[0].split(","))
    assert {one.stat().st_mode & 0o777 for one in out.iterdir()} == {0o600}
    receipt = json.loads((out / "receipt.json").read_text())
    assert (receipt["operation"], receipt["match_key"], receipt["rejected"]) == ("upsert", "domain", 2)
    assert receipt["summary"]["records"] == 5


def test_rejected_rows_are_for_people(run: Run, upsert: Plan, tmp_path: Path) -> None:
    run("write", "accounts.csv", *upsert, "-o", "out")
    raw = (tmp_path / "out" / "rejected.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfpreflight_errors,preflight_line,preflight_row,Company,Website,")
    rows = list(csv.DictReader(raw.decode("utf-8-sig").splitlines()))
    assert [(one["preflight_line"], one["Company"], one["Employees"]) for one in rows] == [
        ("3", "Beta Ltd", "51-200"),
        ("5", "Delta Tools", "80"),
    ]
    assert [one["preflight_row"].split("-")[1] for one in rows] == ["1", "3"]
    kept = parquet.read_table(tmp_path / "out" / "rows.parquet").to_pylist()
    assert [one["state"] for one in kept] == ["written", "rejected", "written", "rejected", "written"]
    assert [one["part_line"] for one in kept] == [2, None, 3, None, 4]


def test_rejected_rows_are_read_back_without_their_own_columns(run: Run, upsert: Plan, tmp_path: Path) -> None:
    run("write", "accounts.csv", *upsert, "-o", "out")
    made = run("check", "out/rejected.csv", *upsert)
    assert "2 records = 0 good + 2 rejected" in made.out
    assert "preflight_" not in made.out


def test_all_good_is_0(run: Run, tmp_path: Path) -> None:
    many(tmp_path / "good.csv", 3)
    made = run("write", "good.csv", "--entity", "accounts", "-o", "out")
    assert (made.code, names(tmp_path / "out")) == (0, ["part-0001.csv", "receipt.json", "rows.parquet"])


def test_unmapped_columns_are_refused_until_the_plan_settles_them(run: Run, tmp_path: Path) -> None:
    (tmp_path / "more.csv").write_text("Company,Website,Note,Internal\nAcme,acme.com,a,b\n")
    plan = ("--entity", "accounts")
    made = run("write", "more.csv", *plan, "-o", "out")
    assert (made.code, made.out) == (2, "")
    assert made.err.startswith('preflight: 2 columns feed no field: "Note", "Internal".')
    assert not (tmp_path / "out" / "receipt.json").exists()
    assert run("write", "more.csv", *plan, "--unmapped", "drop", "-o", "a").code == 0
    assert run("write", "more.csv", *plan, "--column", "Note=", "-o", "b").code == 2
    assert run("write", "more.csv", *plan, "--column", "Note=", "--column", "Internal=", "-o", "c").code == 0
    assert (tmp_path / "a" / "part-0001.csv").read_bytes() == (tmp_path / "c" / "part-0001.csv").read_bytes()


@pytest.mark.parametrize(
    "options",
    [
        ("--ignore", "PF302"),
        ("--ignore", "PF3"),
        ("--ignore", "PF1"),
        ("--ignore", "PF401"),
        ("--ignore", "PF5"),
        ("--ignore", "PF005"),
        ("--select", "PF4"),
        ("--severity", "PF302=warning"),
        ("--severity", "PF5=info"),
    ],
)
def test_codes_that_keep_a_row_from_being_read_cannot_be_hidden(run: Run, upsert: Plan, tmp_path: Path, options: Plan) -> None:
    made = run("write", "accounts.csv", *upsert, *options, "-o", "out")
    assert made.code == 2
    assert "write cannot hide or lower" in made.err
    assert not (tmp_path / "out").exists()


def test_a_baseline_is_refused(run: Run, upsert: Plan) -> None:
    run("check", "accounts.csv", *upsert, "--format", "json", "-o", "known.json")
    made = run("write", "accounts.csv", *upsert, "--baseline", "known.json", "-o", "out")
    assert made.code == 2
    assert "write takes no --baseline" in made.err


def test_fail_on(run: Run, upsert: Plan) -> None:
    assert run("write", "accounts.csv", *upsert, "--fail-on", "never", "-o", "out").code == 0


@pytest.mark.parametrize(
    ("limit", "code", "left"),
    [
        ("2", 0, True),
        ("1", 1, False),
        ("0", 1, False),
        ("40%", 0, True),
        ("39%", 1, False),
        ("100%", 0, True),
    ],
)
def test_max_rejected(run: Run, upsert: Plan, tmp_path: Path, limit: str, code: int, left: bool) -> None:
    made = run("write", "accounts.csv", *upsert, "--max-rejected", limit, "-o", "out")
    assert made.code == code
    files = ["part-0001.csv", "receipt.json", "rejected.csv", "rows.parquet"] if left else ["rejected.csv"]
    assert names(tmp_path / "out") == files


@pytest.mark.parametrize("limit", ["-1", "x", "5 %%", "%", ""])
def test_what_max_rejected_cannot_be(run: Run, upsert: Plan, limit: str) -> None:
    assert run("write", "accounts.csv", *upsert, "--max-rejected", limit, "-o", "out").code == 2


@pytest.mark.parametrize("engine", ["memory", "stream"])
@pytest.mark.parametrize(("most", "sizes"), [(1, [1] * 7), (2, [2, 2, 2, 1]), (3, [3, 3, 1]), (7, [7]), (8, [7])])
def test_max_rows_cuts_exactly(run: Run, tmp_path: Path, most: int, sizes: list[int], engine: str) -> None:
    many(tmp_path / "good.csv", 7)
    run("write", "good.csv", "--entity", "accounts", "--max-rows", str(most), "--engine", engine, "-o", "out")
    parts = sorted((tmp_path / "out").glob("part-*.csv"))
    texts = [one.read_text().splitlines() for one in parts]
    assert [len(lines) - 1 for lines in texts] == sizes
    assert {lines[0] for lines in texts} == {"account_name,domain,employees"}
    assert [line for lines in texts for line in lines[1:]] == [f"Firm {row},f{row}.com,{row}" for row in range(7)]


def test_max_bytes_cuts_exactly(run: Run, tmp_path: Path) -> None:
    many(tmp_path / "good.csv", 10)
    header, record = len("account_name,domain,employees\n"), len("Firm 0,f0.com,0\n")
    for most, sizes in ((header + record, [1] * 10), (header + 3 * record, [3, 3, 3, 1]), (header + 3 * record - 1, [2] * 5)):
        run("write", "good.csv", "--entity", "accounts", "--max-bytes", str(most), "-o", "out")
        parts = sorted((tmp_path / "out").glob("part-*.csv"))
        assert [len(one.read_text().splitlines()) - 1 for one in parts] == sizes
        assert max(one.stat().st_size for one in parts) <= most
    made = run("write", "good.csv", "--entity", "accounts", "--max-bytes", str(header + record - 1), "-o", "out")
    assert made.code == 2
    assert made.err == (
        f"preflight: one record with the header takes 46 bytes, more than the {header + record - 1} of a part; "
        "give more with --max-bytes\n"
    )
    assert len(list((tmp_path / "out").glob("part-*.csv"))) == 5  # the run before stays


def test_more_parts_than_files_can_be_open(run: Run, tmp_path: Path) -> None:
    many(tmp_path / "good.csv", 1_100)
    assert run("write", "good.csv", "--entity", "accounts", "--max-rows", "1", "-o", "out").code == 0
    assert len(list((tmp_path / "out").glob("part-*.csv"))) == 1_100


def test_headers_labels(run: Run, upsert: Plan, tmp_path: Path) -> None:
    run("write", "accounts.csv", *upsert, "--headers", "labels", "-o", "out")
    header = (tmp_path / "out" / "part-0001.csv").read_text().splitlines()[0]
    receipt = json.loads((tmp_path / "out" / "receipt.json").read_text())
    assert "Account Domain" in header.split(",")
    assert ["Account Domain", "domain"] in receipt["columns"]
    assert [pair[0] for pair in receipt["columns"]] == header.split(",")


def test_a_run_of_which_nothing_was_sent_is_replaced_without_a_stale_part(run: Run, tmp_path: Path) -> None:
    many(tmp_path / "good.csv", 5, bad=2)
    (tmp_path / "out").mkdir()
    for name in ("part-list.csv", "rejected-by-hand.csv", "notes.txt"):
        (tmp_path / "out" / name).write_text("mine")
    run("write", "good.csv", "--entity", "accounts", "--max-rows", "1", "-o", "out")
    (tmp_path / "out" / "part-0009.csv.writing").write_text("left by a crash")
    many(tmp_path / "good.csv", 1)
    run("write", "good.csv", "--entity", "accounts", "-o", "out")
    kept = ["notes.txt", "part-0001.csv", "part-list.csv", "receipt.json", "rejected-by-hand.csv", "rows.parquet"]
    assert names(tmp_path / "out") == kept


def test_a_run_of_which_something_was_sent_is_in_the_way(run: Run, upsert: Plan, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    sqlite3.connect(tmp_path / "out" / "journal.sqlite").close()
    made = run("write", "accounts.csv", *upsert, "-o", "out")
    assert made.code == 2
    assert "preflight resume out" in made.err
    assert "preflight merge out" in made.err
    assert names(tmp_path / "out") == ["journal.sqlite"]


@pytest.mark.parametrize("name", ["rejected.csv", "part-0001.csv"])
def test_a_run_is_never_written_over_its_own_source(run: Run, upsert: Plan, tmp_path: Path, name: str) -> None:
    run("write", "accounts.csv", *upsert, "-o", "out")
    before = {one.name: one.read_bytes() for one in (tmp_path / "out").iterdir()}
    made = run("write", f"out/{name}", *upsert, "-o", "./out/")
    assert made.code == 2
    assert f"preflight merge ./out/ out/{name}" in made.err
    assert {one.name: one.read_bytes() for one in (tmp_path / "out").iterdir()} == before


def test_a_folder_that_is_a_file(run: Run, upsert: Plan, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x")
    made = run("write", "accounts.csv", *upsert, "-o", "out")
    assert (made.code, made.err) == (2, "preflight: out is a file; give a folder to write into\n")
    made = run("write", "accounts.csv", *upsert, "-o", "out/deeper")
    assert made.code == 2
    assert made.err.startswith("preflight: out/deeper cannot be written to")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "add for instance -o out"),
        (("-o", "out", "--max-rows", "0"), "--max-rows"),
        (("-o", "out", "--max-bytes", "0"), "--max-bytes"),
        (("-o", "out", "--headers", "names"), "--headers"),
        (("-o", "out", "--engine", "fast"), "--engine"),
        (("-o", "out", "--format", "json"), "--format"),
    ],
)
def test_what_an_option_cannot_be(run: Run, upsert: Plan, tmp_path: Path, options: Plan, said: str) -> None:
    made = run("write", "accounts.csv", *upsert, *options)
    assert made.code == 2
    assert said in made.err
    assert not (tmp_path / "out").exists()


def test_without_a_plan(run: Run) -> None:
    made = run("write", "accounts.csv", "-o", "out")
    assert made.code == 2
    assert made.err.startswith("preflight: nothing can be written without a plan: no entity is stated; add --entity accounts")


def test_a_source_that_cannot_be_read_leaves_nothing(run: Run, upsert: Plan, tmp_path: Path) -> None:
    (tmp_path / "open.csv").write_text('Company,Website\nAcme,acme.com\n"Beta,beta.io\n')
    made = run("write", "open.csv", *upsert, "-o", "out", "--unmapped", "drop")
    assert made.code == 2
    assert "a quote that opens on line 3 never closes" in made.err
    assert names(tmp_path / "out") == []


@pytest.mark.parametrize("rows", ["", "Acme,ftp\n"])
def test_no_good_row_at_all(run: Run, tmp_path: Path, rows: str) -> None:
    (tmp_path / "none.csv").write_text("Company,Website\n" + rows)
    made = run("write", "none.csv", "--entity", "accounts", "-o", "out")
    assert made.code == 1
    assert ("PF002" in made.out) == (not rows)
    receipt = json.loads((tmp_path / "out" / "receipt.json").read_text())
    assert receipt["parts"] == []


def test_a_run_without_an_operation_says_that_it_cannot_be_sent(run: Run, accounts: Path) -> None:
    made = run("write", "accounts.csv", "--entity", "accounts", "--unmapped", "drop", "-o", "out")
    assert made.err.splitlines()[-1].startswith("No operation is stated, so this run cannot be submitted")


def test_a_limit_that_is_none_is_told_as_its_option(run: Run, accounts: Path) -> None:
    made = run("write", "accounts.csv", "--entity", "accounts", "--max-rejected", "lots", "-o", "out")
    assert made.err.startswith('preflight: --max-rejected is "lots"; wanted a number of rows')
