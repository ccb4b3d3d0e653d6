"""Where options come from: command line over plan file over settings over aliases."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
ROWS = "Company,Website,Sector,Note\nAcme,acme.com,Software,x\n"
SETTINGS = """\
entity = "accounts"

[[files]]
glob = "exports/*.csv"
operation = "upsert"
match_key = "domain"

[files.columns]
"Note" = false
"""


@pytest.fixture
def export(tmp_path: Path) -> Path:
    (tmp_path / "exports").mkdir()
    path = tmp_path / "exports" / "accounts.csv"
    path.write_text(ROWS)
    return path


def judged(out: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(out)
    return found


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("preflight.toml", SETTINGS),
        ("preflight.toml", "\ufeff" + SETTINGS),
        (
            "pyproject.toml",
            "[tool.preflight]\n"
            + SETTINGS.replace("[[files]]", "[[tool.preflight.files]]").replace("[files.", "[tool.preflight.files."),
        ),
    ],
)
@pytest.mark.usefixtures("export")
def test_with_settings_check_alone_works(run: Run, tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    made = run("check")
    assert made.code == 0
    assert made.out == (
        "exports/accounts.csv: 1 record = 1 good + 0 rejected (UTF-8, comma; accounts, upsert on domain; 3 of 4 columns sent)\n"
    )


@pytest.mark.usefixtures("export")
def test_preflight_toml_comes_before_pyproject(run: Run, tmp_path: Path) -> None:
    (tmp_path / "preflight.toml").write_text(SETTINGS)
    (tmp_path / "pyproject.toml").write_text('[tool.preflight]\nentity = "people"\n')
    assert run("check").code == 0


def test_a_pyproject_of_others_is_passed_over(run: Run, export: Path, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.other]\nentity = "people"\n')
    assert "the file alone was judged" in run("check", str(export)).out


@pytest.mark.usefixtures("export")
def test_a_source_that_no_glob_covers(run: Run, tmp_path: Path) -> None:
    (tmp_path / "preflight.toml").write_text(SETTINGS)
    (tmp_path / "other.csv").write_text(ROWS)
    made = run("check", "other.csv")
    assert (made.code, made.out) == (2, "")
    assert made.err == (
        "preflight: other.csv: no glob of preflight.toml covers it; add a [[files]] entry, state --entity, "
        "or judge the file alone with --file-only\n"
    )
    assert "the file alone was judged" in run("check", "other.csv", "--file-only").out
    assert "as insert" in run("check", "other.csv", "--entity", "accounts").out
    assert "the file alone was judged" in run("check", "exports/accounts.csv", "--file-only").out


@pytest.mark.usefixtures("export")
def test_of_several_sources_those_that_are_covered_are_judged(run: Run, tmp_path: Path) -> None:
    (tmp_path / "preflight.toml").write_text(SETTINGS)
    (tmp_path / "other.csv").write_text(ROWS)
    made = run("check", "other.csv", "exports/accounts.csv")
    assert made.code == 2
    assert made.err.startswith("preflight: other.csv: no glob of preflight.toml covers it")
    assert made.out.startswith("exports/accounts.csv: 1 record = 1 good")
    assert run("check", "other.csv", "another.csv").out == ""
    assert run("check", "other.csv", "exports/accounts.csv", "--file-only").code == 0


@pytest.mark.usefixtures("export")
def test_globs_without_a_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "preflight.toml").write_text(SETTINGS.replace("exports/", "imports/"))
    made = run("check")
    assert (made.code, made.err) == (2, "preflight: no file matches the globs of preflight.toml: imports/*.csv\n")


@pytest.mark.parametrize("glob", ["/etc/*.csv", "**a**/x", "../*.csv", "[", ""])
@pytest.mark.usefixtures("export")
def test_odd_globs(run: Run, tmp_path: Path, glob: str) -> None:
    (tmp_path / "preflight.toml").write_text(f'[[files]]\nglob = "{glob}"\nentity = "accounts"\n')
    made = run("check")
    assert made.code == 2
    assert made.err.startswith("preflight: ")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("entity = ", "preflight.toml, end of the file: invalid value"),
        ('entty = "accounts"', "did you mean entity?"),
        ('entity = "firms"', "wanted accounts, people, opportunities or activities"),
        ("entity = 3", "entity is"),
        ("files = 3", "[[files]]"),
        ("[[files]]\n", "it has no glob"),
        ('fail_on = "often"\nvalues = "all"', "fail_on"),
        ('entity = "accounts"\nselect = ["PF999"]', 'there is no code "PF999"'),
        ('entity = "accounts"\nencoding = "utf-99"', "utf-99"),
        ("a=" + "[" * 5_000, "preflight.toml"),
    ],
)
def test_settings_that_cannot_be_used(run: Run, export: Path, tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "preflight.toml").write_text(text)
    made = run("check", str(export))
    assert (made.code, made.out) == (2, "")
    assert said in made.err


def test_settings_that_are_no_text(run: Run, tmp_path: Path) -> None:
    (tmp_path / "preflight.toml").write_bytes(b"entity = \xff")
    assert run("check").err == "preflight: preflight.toml is not UTF-8; save it as UTF-8\n"


def test_settings_say_what_counts(run: Run, export: Path, tmp_path: Path) -> None:
    text = 'entity = "accounts"\nfail_on = "warning"\nvalues = "hide"\nmax_findings = 0\n'
    (tmp_path / "preflight.toml").write_text(text)
    made = run("check", "exports/accounts.csv", "--format", "json")
    assert (made.code, judged(made.out)["findings"], judged(made.out)["truncated"]) == (1, [], True)
    assert run("check", "exports/accounts.csv", "--fail-on", "error").code == 0
    (tmp_path / "preflight.toml").write_text('entity = "accounts"\nfail_on = "warning"\n[ignore_in]\nEmployees = ["PF302"]\n')
    export.write_text("Company,Website,Employees\nAcme,acme.com,many\n")
    assert run("check", "exports/accounts.csv").code == 0


def test_the_command_line_outranks_the_plan_file_and_that_the_settings(run: Run, export: Path, tmp_path: Path) -> None:
    export.write_text("Company,Website,Segment,Branch,Sector\nAcme,acme.com,a,b,c\n")
    (tmp_path / "preflight.toml").write_text('entity = "accounts"\noperation = "insert"\n[columns]\nSegment = "industry"\n')

    def operation(*options: str) -> str:
        return str(judged(run("check", "exports/accounts.csv", *options, "--format", "json").out)["plan"]["operation"])

    (tmp_path / "plan.toml").write_text(
        'entity = "accounts"\noperation = "upsert"\nmatch_key = "domain"\n[columns]\nBranch = "industry"\n'
    )
    assert operation() == "insert"
    assert operation("--plan", "plan.toml") == "upsert"
    assert operation("--plan", "plan.toml", "--operation", "update") == "update"
    out = run("write", "exports/accounts.csv", "--unmapped", "drop", "-o", "settings")
    assert (out.code, _industry(tmp_path / "settings")) == (0, "a")
    out = run("write", "exports/accounts.csv", "--plan", "plan.toml", "--unmapped", "drop", "-o", "plan")
    assert (out.code, _industry(tmp_path / "plan")) == (0, "b")
    line = ("--column", "Sector=industry", "--unmapped", "drop")
    out = run("write", "exports/accounts.csv", "--plan", "plan.toml", *line, "-o", "line")
    assert (out.code, _industry(tmp_path / "line")) == (0, "c")
    (tmp_path / "preflight.toml").unlink()
    out = run("write", "exports/accounts.csv", "--entity", "accounts", "--unmapped", "drop", "-o", "alias")
    assert (out.code, _industry(tmp_path / "alias")) == (0, "c")


def _industry(folder: Path) -> str:
    header, row = (folder / "part-0001.csv").read_text().splitlines()
    return dict(zip(header.split(","), row.split(","), strict=True))["industry"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("entity", "plan.toml, end of the file: expected"),
        ('entity = "accounts"\noperaton = "insert"', "did you mean operation?"),
        ('entity = "accounts"\n[columns]\nWebsite = "domane"', "domane"),
        ('entity = "accounts"\n[columns]\nWebb = "domain"', "Webb"),
        ('entity = "accounts"\noperation = "merge"\nduplicates = "middle"', "middle"),
        ("", "no entity is stated"),
        ('entity = "accounts"\nfields = "none.json"', "none.json cannot be read"),
        ('entity = "accounts"\nrules = "none.toml"', "none.toml cannot be read"),
    ],
)
def test_plans_that_cannot_be_used(run: Run, export: Path, tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "plan.toml").write_text(text)
    made = run("check", str(export), "--plan", "plan.toml", "--operation", "insert")
    assert (made.code, made.out) == (2, "")
    assert said in made.err


def test_a_plan_file_names_paths_from_its_own_folder(run: Run, export: Path, tmp_path: Path) -> None:
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "rules.toml").write_text("[fields.industry]\nmax_length = 3\n")
    (tmp_path / "plans" / "plan.toml").write_text('entity = "accounts"\nrules = "rules.toml"\n')
    made = run("check", str(export), "--plan", "plans/plan.toml", "--format", "json")
    assert [one["code"] for one in judged(made.out)["findings"]] == ["PF201", "PF403"]


def test_rules_and_fields_are_laid_over_the_bundled_ones(run: Run, export: Path, tmp_path: Path) -> None:
    fields = [
        {"entity_type": "accounts", "field_name": name, "field_type": "string", "required": False}
        for name in ("account_name", "domain", "note")
    ]
    (tmp_path / "fields.json").write_text(json.dumps({"mappings": fields}))
    (tmp_path / "rules.toml").write_text('[fields.note]\nmax_length = 0\n[fields.nothing]\ntype = "date"\n')
    made = run("check", str(export), "--entity", "accounts", "--fields", "fields.json", "--format", "json")
    assert [(one["code"], one["message"]) for one in judged(made.out)["findings"]] == [
        (
            "PF201",
            '1 column is mapped to no field: "Sector"; '
            'write refuses it until it is mapped, as with --column "Sector=FIELD", or left out with --unmapped drop',
        )
    ]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "3",
        "[3]",
        "[[]]",
        '{"mappings": 3}',
        '[{"field_name": 3}]',
        '[{"field_name": "\\u202e"}]',
        "[" * 100_000,
        '[{"entity_type": "accounts", "field_name": "' + "x" * 100_000 + '"}]',
        "\x00",
    ],
)
def test_hostile_fields(run: Run, export: Path, tmp_path: Path, content: str) -> None:
    (tmp_path / "fields.json").write_text(content)
    made = run("check", str(export), "--entity", "accounts", "--fields", "fields.json")
    assert made.code in (0, 1, 2)
    assert len(made.err) < 2_000
    assert "\u202e" not in made.err


@pytest.mark.usefixtures("export")
def test_faults_of_the_command_line_are_told_in_its_spelling(run: Run, tmp_path: Path) -> None:
    ran = run("check", "exports/accounts.csv", "--entity", "accounts", "--dates", "dd/mm", "--time-in-date", "noon")
    assert ran.err.splitlines()[0].startswith('preflight: --dates is "dd/mm"; wanted iso, mdy, dmy or auto')
    assert ran.err.splitlines()[1].startswith('preflight: --time-in-date is "noon"')
    (tmp_path / "plan.toml").write_text('entity = "accounts"\ndates = "dd/mm"\n')
    assert run("check", "exports/accounts.csv", "--plan", "plan.toml").err.startswith('preflight: dates is "dd/mm"')


@pytest.mark.usefixtures("export")
def test_a_plan_of_another_entity(run: Run, tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_text('entity = "people"\n[columns]\nMail = "email"\n')
    ran = run("check", "exports/accounts.csv", "--plan", "plan.toml", "--entity", "accounts")
    assert ran.err.startswith("preflight: plan.toml is a plan for people, and --entity says accounts; leave one of them out")
    (tmp_path / "plan.toml").write_text('entity = "people"\n[columns]\nWebsite = "account_domain"\n')
    assert "plan for" not in run("check", "exports/accounts.csv", "--plan", "plan.toml", "--entity", "opportunities").err


@pytest.mark.usefixtures("export")
def test_a_file_that_is_no_plan(run: Run) -> None:
    ran = run("check", "exports/accounts.csv", "--plan", "exports/accounts.csv")
    assert ran.err == "preflight: exports/accounts.csv is no plan file; write one with: preflight map SOURCE -o plan.toml\n"


@pytest.mark.usefixtures("export")
def test_a_plan_that_may_not_be_read(run: Run, tmp_path: Path) -> None:
    (tmp_path / "plan.toml").mkdir()
    ran = run("check", "exports/accounts.csv", "--plan", "plan.toml")
    assert ran.err == "preflight: the plan plan.toml cannot be read (Is a directory); give a file that may be read\n"


@pytest.mark.usefixtures("export")
@pytest.mark.parametrize("place", ["exports", "notes/2024"])
def test_in_a_repository_the_settings_are_found_from_any_folder(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    (tmp_path / "preflight.toml").write_text(SETTINGS)
    (tmp_path / place).mkdir(parents=True, exist_ok=True)
    up = "/".join(".." for _ in Path(place).parts)
    source = f"{up}/exports/accounts.csv"
    monkeypatch.chdir(tmp_path / place)
    assert "the file alone was judged" in run("check", source).out  # no repository: the folder alone
    (tmp_path / ".git").mkdir()
    assert "accounts, upsert on domain" in run("check", source).out
    assert run("check").out.startswith(f"{source}: 1 record = 1 good")
    (tmp_path / place / "preflight.toml").write_text('entity = "people"\n')
    assert "people, as insert" in run("check", source, "--unmapped", "drop").out


def test_faults_of_a_plan_file_are_told_with_all_others(run: Run, tmp_path: Path) -> None:
    (tmp_path / "accounts.csv").write_text(ROWS)
    (tmp_path / "plan.toml").write_text('entity = "accounts"\nduplicates = "zz"\nfoo = 2\n\n[columns]\nSector = "nope"\n')
    made = run("check", "accounts.csv", "--plan", "plan.toml", "--percent", "half")
    assert (made.code, made.out) == (2, "")
    assert [line.split(";")[0] for line in made.err.splitlines()] == [
        'preflight: plan.toml: unknown key "foo"',
        'preflight: the column "Sector": "nope" is no field of accounts',
        'preflight: --percent is "half"',
        'preflight: duplicates is "zz"',
    ]
