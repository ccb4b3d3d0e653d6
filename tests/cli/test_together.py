"""Several files as one table: check --together, write, submit, outcomes and merge, and every place that names a file."""

from __future__ import annotations

import csv
import io
import json
import shlex
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from preflight.testing import sandbox

from .conftest import UPSERT, Run

JAN = """\
Company,Website,Account Owner,Employees,Industry
Acme Corp,https://www.acme.com/about,kim@acme.example,250,Software
Beta Ltd,beta.io,lee@acme.example,51-200,Retail
"""
FEB = """\
Website,Company,Account Owner,Industry,Employees

GAMMA.fr,Gamma SA,kim@acme.example,Energy,"1,200"
sales@deltatools.com,Delta Tools,lee@acme.example,Manufacturing,80
beta.io,Beta again,kim@acme.example,Food,12
"""
BOTH = ("jan.csv", "feb.csv")
KEY = '"beta.io" is also the match key of record'
FIRST = "none of the 2 is sent, --duplicates first would send 1"


@pytest.fixture(autouse=True)
def files(tmp_path: Path) -> None:
    (tmp_path / "jan.csv").write_text(JAN)
    (tmp_path / "feb.csv").write_text(FEB)


def check(run: Run, form: str, *more: str) -> Any:
    ran = run("check", *BOTH, "--together", *UPSERT, "--format", form, *more)
    assert (ran.code, ran.err) == (1, "")
    return ran.out


def table(path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(Path(path).read_text(encoding="utf-8-sig"))))


def test_the_text_names_the_file_of_each_finding(run: Run) -> None:
    assert check(run, "text") == (
        "feb.csv:2:1: warning PF105 no value in any cell; the record is skipped\n"
        f"jan.csv:3:10: error PF502 Website: {KEY} 5 (feb.csv); {FIRST}\n"
        f"feb.csv:5:1: error PF502 Website: {KEY} 2 (jan.csv); {FIRST}\n"
        'jan.csv:3:35: error PF302 Employees: "51-200" is a band, not a whole number; give one number or leave the cell blank\n'
        'feb.csv:4:1: error PF313 Website: "sales@deltatools.com" is an e-mail address, not a domain; '
        'did you mean "deltatools.com"?\n'
        "\n"
        "jan.csv and feb.csv: 5 records = 2 good + 3 rejected (UTF-8, comma; accounts, upsert on domain; 5 of 5 columns sent)\n"
        "4 errors, 1 warning. write would rewrite 3 cells: Website 2, Employees 1 (--diff shows them)\n"
    )


@pytest.mark.parametrize("engine", ["memory", "stream"])
def test_the_json_is_one_document(run: Run, engine: str) -> None:
    document = json.loads(check(run, "json", "--engine", engine))
    assert document["source"] == {
        "path": "jan.csv and feb.csv",
        "records": 5,
        "encoding": "utf-8",
        "delimiter": ",",
        "files": [
            {"path": "jan.csv", "records": 2, "encoding": "utf-8", "delimiter": ","},
            {"path": "feb.csv", "records": 3, "encoding": "utf-8", "delimiter": ","},
        ],
    }
    names = ("path", "code", "source_row", "label", "record", "line", "position", "column", "related")
    assert [tuple(one[name] for name in names) for one in document["findings"]] == [
        ("jan.csv", "PF302", 1, 1, 2, 3, 35, "Employees", []),
        ("jan.csv", "PF502", 1, 1, 2, 3, 10, "Website", [4]),
        ("feb.csv", "PF105", None, None, None, 2, 1, None, []),
        ("feb.csv", "PF313", 3, 3, 4, 4, 1, "Website", []),
        ("feb.csv", "PF502", 4, 4, 5, 5, 1, "Website", [1]),
    ]


def test_what_is_about_all_files_has_no_path_in_json(run: Run) -> None:
    ran = run(
        "check",
        *BOTH,
        "--together",
        "--entity",
        "accounts",
        "--operation",
        "upsert",
        "--match-key",
        "account_id",
        "--format",
        "json",
    )
    (found,) = [one for one in json.loads(ran.out)["findings"] if one["code"] == "PF505"]
    assert found["path"] is None


def test_one_file_has_no_path_in_json_even_together(run: Run) -> None:
    ran = run("check", "jan.csv", "--together", *UPSERT, "--format", "json")
    assert ran.out == run("check", "jan.csv", *UPSERT, "--format", "json").out
    assert "path" not in json.loads(ran.out)["findings"][0]
    assert "files" not in json.loads(ran.out)["source"]


def test_json_lines_begin_with_the_file(run: Run) -> None:
    lines = [json.loads(line) for line in check(run, "jsonl").splitlines()]
    assert [next(iter(line.items())) for line in lines] == [
        *(("path", name) for name in ("jan.csv", "jan.csv", "feb.csv", "feb.csv", "feb.csv")),
        ("path", "jan.csv and feb.csv"),
    ]


def test_sarif_and_github_point_into_the_file(run: Run) -> None:
    results = json.loads(check(run, "sarif"))["runs"][0]["results"]
    places = {one["ruleId"]: [place["physicalLocation"] for place in one["locations"]] for one in results}
    assert [(one["artifactLocation"]["uri"], one["region"]["startLine"]) for one in places["PF502"]] == [
        ("jan.csv", 3),
        ("feb.csv", 5),
    ]
    lines = check(run, "github").splitlines()
    assert [line.partition(",title")[0] for line in lines[:4]] == [
        "::error file=jan.csv,line=3,col=10",
        "::error file=jan.csv,line=3,col=35",
        "::error file=feb.csv,line=4,col=1",
        "::warning file=feb.csv,line=2,col=1",
    ]


def test_what_is_about_a_column_points_at_the_first_file(run: Run) -> None:
    options = ("--entity", "accounts", "--operation", "upsert", "--match-key", "account_id")
    ran = run("check", *BOTH, "--together", *options, "--format", "github")
    assert "::error file=jan.csv,title=PF505" in ran.out
    results = json.loads(run("check", *BOTH, "--together", *options, "--format", "sarif").out)["runs"][0]["results"]
    (place,) = next(one for one in results if one["ruleId"] == "PF505")["locations"]
    assert place["physicalLocation"]["artifactLocation"] == {"uri": "jan.csv"}


def test_the_page_and_the_other_formats_name_the_file(run: Run) -> None:
    page = check(run, "html")
    assert "<dt>Files</dt><dd>jan.csv: 2 records<br>feb.csv: 3 records</dd>" in page
    assert 'class="place">feb.csv, line 4, position 1<' in page
    assert "feb.csv:4:1: the value is an e-mail address" in check(run, "junit")
    assert "| jan.csv&#58;3&#58;35 |" in check(run, "md")
    assert run("check", *BOTH, "--together", *UPSERT, "--format", "xlsx", "-o", "report.xlsx").code == 1
    assert Path("report.xlsx").stat().st_size > 5_000


def test_the_differences_name_the_file(run: Run) -> None:
    ran = run("check", *BOTH, "--together", *UPSERT, "--diff")
    assert ran.out.splitlines()[1] == 'feb.csv:3: Website: "GAMMA.fr" -> "gamma.fr"  (domain)'
    assert ran.out.endswith("jan.csv and feb.csv: 3 cells would be rewritten: Website 2, Employees 1\n")


def test_file_names_are_no_cell_values(run: Run) -> None:
    assert f"the value is also the match key of record 5 (feb.csv); {FIRST}" in check(run, "text", "--values", "hide")


def test_without_together_each_is_judged_by_itself(run: Run) -> None:
    ran = run("check", *BOTH, *UPSERT)
    assert "PF502" not in ran.out
    assert "jan.csv: 2 records = 1 good + 1 rejected" in ran.out
    assert "feb.csv: 3 records = 2 good + 1 rejected" in ran.out


def test_commands_that_are_proposed_can_be_pasted(run: Run) -> None:
    for old, new in (("jan.csv", "jan '26.csv"), ("feb.csv", "-feb.csv")):
        Path(old).rename(new)
    ran = run("check", "--together", "--", "jan '26.csv", "-feb.csv")
    proposed = ran.out.splitlines()[-1].partition(": ")[2]
    assert shlex.split(proposed) == ["preflight", "check", "jan '26.csv", "./-feb.csv", "--together", "--entity", "accounts"]
    assert run(*shlex.split(proposed)[1:]).code == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("check", *BOTH, "--together", "--fix", *UPSERT), "--fix repairs one file at a time, and --together makes them one"),
        (("check", "jan.csv", "./jan.csv", "--together", *UPSERT), "jan.csv and ./jan.csv are the same file"),
        (("check", "-", "-", "--together", *UPSERT), "standard input (-) is given more than once"),
        (("write", "jan.csv", "jan.csv", "-o", "out", *UPSERT), "jan.csv is given more than once"),
        (("write", "jan.csv", "other.csv", "-o", "out", *UPSERT), 'other.csv lacks "Industry" and has "Sector" besides'),
        (("write", "jan.csv", "none.csv", "-o", "out", *UPSERT), "none.csv does not exist"),
        (("write", "-o", "out", *UPSERT), "Missing argument 'SOURCE...'"),
        (("submit", "jan.csv", "none.csv", "--sandbox", *UPSERT), "none.csv does not exist"),
        (("submit", "jan.csv", "folder", "--sandbox", *UPSERT), "folder is a folder, and a written run is sent by itself"),
        (("submit", "folder", "jan.csv", "--sandbox", *UPSERT), "folder is a folder, and a written run is sent by itself"),
    ],
)
def test_what_is_refused(run: Run, arguments: tuple[str, ...], words: str) -> None:
    Path("other.csv").write_text(JAN.replace("Industry", "Sector"))
    Path("folder").mkdir()
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert words in ran.err
    assert not Path("out").exists() or not list(Path("out").iterdir())


def test_the_file_alone_is_judged_together_too(run: Run) -> None:
    ran = run("check", *BOTH, "--together", "--file-only")
    assert ran.code == 0
    assert ran.out.startswith("feb.csv:2:1: warning PF105 ")
    assert (
        "jan.csv and feb.csv: 5 records = 5 good + 0 rejected (UTF-8, comma; the file alone was judged, without a plan)" in ran.out
    )


def test_a_quote_that_never_closes_names_the_second_file(run: Run) -> None:
    Path("feb.csv").write_text(JAN + 'Eta,"eta.it,x,1,Food\n')
    ran = run("check", *BOTH, "--together", *UPSERT)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("preflight: feb.csv: a quote that opens on line 4")


def test_one_run_is_written(run: Run) -> None:
    ran = run("write", *BOTH, "-o", "out", *UPSERT)
    assert ran.code == 1
    assert Path("out/part-0001.csv").read_text() == (
        "account_name,domain,owner,employees,industry\n"
        "Acme Corp,acme.com,kim@acme.example,250,Software\n"
        "Gamma SA,gamma.fr,kim@acme.example,1200,Energy\n"
    )
    rows = table("out/rejected.csv")
    assert list(rows[0])[:5] == ["preflight_errors", "preflight_line", "preflight_file", "preflight_row", "Company"]
    assert [(one["preflight_file"], one["preflight_line"], one["preflight_row"][8:], one["Company"]) for one in rows] == [
        ("jan.csv", "3", "-1", "Beta Ltd"),
        ("feb.csv", "4", "-3", "Delta Tools"),
        ("feb.csv", "5", "-4", "Beta again"),
    ]
    assert rows[2]["preflight_errors"] == f"PF502 Website: {KEY} 2 (jan.csv); {FIRST}"
    mapped = pq.read_table("out/rows.parquet")
    assert mapped.column_names[-1] == "path"
    names = ("source_row", "record", "line", "path", "part_line")
    assert list(zip(*(mapped[name].to_pylist() for name in names), strict=True)) == [
        (0, 1, 2, "jan.csv", 2),
        (1, 2, 3, "jan.csv", None),
        (2, 3, 3, "feb.csv", 3),
        (3, 4, 4, "feb.csv", None),
        (4, 5, 5, "feb.csv", None),
    ]
    source = json.loads(Path("out/receipt.json").read_text())["source"]
    assert (source["path"], source["records"]) == ("jan.csv and feb.csv", 5)
    assert [(one["path"], one["records"], one["encoding"]) for one in source["files"]] == [
        ("jan.csv", 2, "utf-8"),
        ("feb.csv", 3, "utf-8"),
    ]


def test_one_file_is_written_as_ever(run: Run) -> None:
    run("write", "jan.csv", "-o", "out", *UPSERT)
    assert list(table("out/rejected.csv")[0])[:4] == ["preflight_errors", "preflight_line", "preflight_row", "Company"]
    assert pq.read_schema("out/rows.parquet").names[-1] == "row_key"
    assert json.loads(Path("out/receipt.json").read_text())["source"]["files"] == []


def test_a_source_in_its_own_folder_is_refused_wherever_it_stands(run: Run) -> None:
    run("write", "jan.csv", "-o", "out", *UPSERT)
    before = Path("out/rejected.csv").read_bytes()
    ran = run("write", "jan.csv", "out/rejected.csv", "-o", "out", *UPSERT)
    assert ran.code == 2
    assert "out/rejected.csv lies in the folder that the run would replace" in ran.err
    assert Path("out/rejected.csv").read_bytes() == before


def test_sent_and_told_by_file(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with sandbox(reads_per_state=0) as url:
        monkeypatch.setenv("DEMANDBASE_URL", url)
        monkeypatch.setenv("DEMANDBASE_TOKEN", "tok-5ecret-do-not-show-0123456789")
        Path("feb.csv").write_text(FEB.replace("beta.io", "eta.it"))
        options = ("--entity", "accounts", "--operation", "insert", "--yes")
        assert run("submit", "jan.csv", *options, "-o", "before").code == 1
        Path("mar.csv").write_text(JAN.replace("acme.com", "zeta.it"))
        ran = run("submit", "feb.csv", "jan.csv", "mar.csv", *options)
    assert ran.code == 1
    assert ran.err.startswith("Writing into feb.preflight\n")
    lines = ran.out.splitlines()
    assert any(line.startswith("jan.csv:2: error PF901 ") for line in lines)
    assert "feb.csv and 2 more files: 7 rows = 3 imported + 1 rejected there + 3 rejected here" in lines
    document = json.loads(run("outcomes", "feb.preflight", "--format", "json").out)
    assert list(document["rows"][0])[:6] == ["source_row", "label", "record", "line", "path", "state"]
    assert [(one["path"], one["line"], one["state"]) for one in document["rows"]] == [
        ("feb.csv", 3, "imported"),
        ("feb.csv", 4, "rejected_here"),
        ("feb.csv", 5, "imported"),
        ("jan.csv", 2, "rejected_there"),
        ("jan.csv", 3, "rejected_here"),
        ("mar.csv", 2, "imported"),
        ("mar.csv", 3, "rejected_here"),
    ]
    told = list(csv.DictReader(io.StringIO(run("outcomes", "feb.preflight", "--format", "csv", "--repair", "there.csv").out)))
    assert (told[3]["path"], told[3]["line"]) == ("jan.csv", "2")
    for form in ("xlsx", "parquet"):
        assert run("outcomes", "feb.preflight", "--format", form, "-o", f"told.{form}").code == 1
    assert pq.read_table("told.parquet")["path"].to_pylist()[2:4] == ["feb.csv", "jan.csv"]
    (repair,) = table("there.csv")
    assert (repair["preflight_file"], repair["preflight_line"]) == ("jan.csv", "2")
    Path("there.csv").write_text(Path("there.csv").read_text(encoding="utf-8").replace("acme.com", "theta.it"))
    assert run("merge", "feb.preflight", "there.csv").code == 0


def test_files_of_one_name_are_told_apart_in_outcomes(run: Run) -> None:
    for folder in ("25", "26"):
        Path(folder).mkdir()
        Path(folder, "jan.csv").write_text(JAN.replace("acme", f"acme{folder}").replace("beta", f"beta{folder}"))
    ran = run("submit", "25/jan.csv", "26/jan.csv", "--sandbox", "--yes", *UPSERT)
    assert "25/jan.csv and 26/jan.csv: 4 rows = 2 imported + 2 rejected here\n" in ran.out


def test_repaired_rows_keep_their_file(run: Run) -> None:
    run("write", *BOTH, "-o", "out", *UPSERT)
    text = Path("out/rejected.csv").read_text(encoding="utf-8-sig")
    Path("fixed.csv").write_text(text.replace("sales@deltatools.com", "deltatools.com").replace(",12,", ",a few,"))
    assert run("merge", "out", "fixed.csv").code == 1
    assert [(one["preflight_file"], one["preflight_line"]) for one in table("out/rejected-2.csv")] == [
        ("jan.csv", "3"),
        ("feb.csv", "5"),
    ]
    mapped = pq.read_table("out/rows.parquet")
    assert mapped["path"].to_pylist() == ["jan.csv", "jan.csv", "feb.csv", "feb.csv", "feb.csv"]
    assert mapped["part"].to_pylist() == [1, None, 1, 2, None]


SETTINGS = """\
[[files]]
glob = "jan.csv"
entity = "accounts"
operation = "upsert"
match_key = "domain"

[[files]]
glob = "feb.csv"
entity = "accounts"
operation = "insert"
"""


def test_settings_must_agree(run: Run) -> None:
    Path("preflight.toml").write_text(SETTINGS)
    said = (
        "preflight: preflight.toml gives jan.csv and feb.csv different options, and as one table they have one plan; "
        "state --entity or --plan, or write them one by one\n"
    )
    for command in (("write", *BOTH, "-o", "out"), ("check", *BOTH, "--together")):
        ran = run(*command)
        assert (ran.code, ran.err) == (2, said)
    assert "gives jan.csv and feb.csv different options" in run("check", "--together").err
    assert run("write", *BOTH, "-o", "out", *UPSERT).code == 1
    Path("preflight.toml").write_text(SETTINGS.replace('"insert"', '"upsert"\nmatch_key = "domain"'))
    ran = run("check", *BOTH, "--together")
    assert "jan.csv and feb.csv: 5 records = 2 good + 3 rejected (UTF-8, comma; accounts, upsert on domain; " in ran.out


def test_a_file_that_no_glob_covers_is_named(run: Run) -> None:
    Path("preflight.toml").write_text(SETTINGS.partition("\n\n")[0])
    ran = run("write", *BOTH, "-o", "out")
    assert ran.code == 2
    assert ran.err.startswith("preflight: feb.csv: no glob of preflight.toml covers it; ")
