"""Repaired rows back into their run."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import preflight as pf
from preflight.errors import UsageError
from preflight.submission.journal import Journal
from preflight.submission.record import ERRORS, JobLine, JobState

CSV = """\
Company,Website,Phone
Acme,acme.com,
Beta,beta.io,
Gamma,not a domain,
Delta,delta.org,
Epsilon,nowhere,
Zeta,zeta.de,
"""


def plan_of(**options: Any) -> pf.Plan:
    columns = {"Company": "account_name", "Website": "domain", "Phone": None}
    return pf.plan("accounts", operation="upsert", match_key="domain", columns=columns, **options)


def written(folder: Path, text: str = CSV, plan: pf.Plan | None = None) -> Path:
    (folder / "accounts.csv").write_text(text, encoding="utf-8")
    (plan or plan_of()).write(folder / "accounts.csv", folder / "out")
    return folder / "out"


def rejected(folder: Path, name: str = "rejected.csv") -> pd.DataFrame:
    return pd.read_csv(folder / name, dtype=str, encoding="utf-8-sig", keep_default_na=False)


def sent(folder: Path, *errors: tuple[int, str], part: int = 1, rows: int = 4, status: str = "completed", **more: Any) -> None:
    job_id = f"j-{part}"
    done = {"total_rows": rows, "processed_rows": rows, "success_count": rows - len(errors), "error_count": len(errors)}
    job = JobLine(part, 1, 1, rows, JobState.SETTLED, "f", job_id, status, **(done | more), ended=True)  # type: ignore[arg-type]
    with Journal(folder, lambda: 0.0) as journal:
        journal.add([], [job])
    with (folder / ERRORS).open("a", encoding="utf-8") as file:
        for number, value in errors:
            one = {"job_id": job_id, "part": part, "row_number": number, "field": "domain", "value": value, "message": "no"}
            file.write(json.dumps(one) + "\n")


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_good_rows_become_the_next_part_and_the_others_a_new_file(tmp_path: Path) -> None:
    folder = written(tmp_path)
    fixed = rejected(folder)
    fixed["Website"] = ["https://www.gamma.net/x", "still wrong"]
    merged = pf.merge(folder, fixed)
    assert (merged.written, merged.rejected, merged.ok) == (1, 1, False)
    assert (folder / "part-0002.csv").read_text() == "account_name,domain\nGamma,gamma.net\n"
    again = rejected(folder, "rejected-2.csv")
    assert list(again.columns) == list(fixed.columns)
    assert again["preflight_line"].tolist() == ["6"]
    assert again["preflight_errors"][0].startswith("PF313 Website:")
    assert merged.summary == {"rows": 6, "rejected_here": 1, "not_sent": 5, "rejected_there": 0, "imported": 0, "unknown": 0}
    assert merged.receipt.summary["good"] == 5
    rows = merged.receipt.rows
    assert rows.loc[2, ["state", "part", "part_record", "part_line"]].tolist() == ["written", 2, 1, 2]
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_a_second_merge_counts_on(tmp_path: Path) -> None:
    folder = written(tmp_path)
    fixed = rejected(folder)
    fixed["Website"] = ["gamma.net", "still wrong"]
    pf.merge(folder, fixed)
    again = rejected(folder, "rejected-2.csv")
    again["Website"] = "epsilon.fr"
    again.to_csv(tmp_path / "fixed.csv", index=False)
    merged = pf.merge(folder, tmp_path / "fixed.csv")
    assert [path.name for path in merged.parts] == ["part-0003.csv"]
    assert merged.rejected_file is None
    assert merged.summary["not_sent"] == 6


def test_the_file_that_is_read_is_never_written_over(tmp_path: Path) -> None:
    folder = written(tmp_path)
    fixed = rejected(folder)
    fixed.to_csv(folder / "rejected-2.csv", index=False)
    merged = pf.merge(folder, folder / "rejected-2.csv")
    assert merged.rejected_file == folder / "rejected-3.csv"


def test_a_row_that_the_server_rejected_is_sent_again_and_keeps_its_history(tmp_path: Path) -> None:
    folder = written(tmp_path)
    sent(folder, (3, "beta.io"))
    pf.outcomes(folder).repair()
    fixed = rejected(folder, "rejected-there.csv")
    fixed["domain"] = "beta.com"
    fixed.to_csv(tmp_path / "fixed.csv", index=False)
    merged = pf.merge(folder, tmp_path / "fixed.csv")
    assert (folder / "part-0002.csv").read_text() == "account_name,domain\nBeta,beta.com\n"
    assert merged.summary == {"rows": 6, "rejected_here": 2, "not_sent": 1, "rejected_there": 0, "imported": 3, "unknown": 0}
    sent(folder, (2, "beta.com"), part=2, rows=1)
    found = pf.outcomes(folder)
    assert found.rows["state"].tolist()[:2] == ["imported", "rejected_there"]
    assert [one["value"] for one in found.rows["errors"][1]] == ["beta.com"]
    assert found.numbering == {"reading": "header1", "confirmed_by": 2, "of": 2}
    pf.merge(folder, found.repair())
    assert pf.outcomes(folder).summary["not_sent"] == 1


def test_a_row_of_a_job_that_failed_before_it_began_may_be_merged(tmp_path: Path) -> None:
    folder = written(tmp_path)
    sent(folder, status="failed", processed_rows=0, left_validating=False)
    keys = pf.outcomes(folder).found.account.table["row_key"].to_pylist()
    fixed = pd.DataFrame({"preflight_row": [keys[0]], "account_name": ["Acme"], "domain": ["acme.com"]})
    assert pf.merge(folder, fixed).written == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(lambda one: one.drop(columns="preflight_row"), "no column preflight_row", id="no keys"),
        pytest.param(lambda one: one.assign(preflight_row=["", ""]), "2 rows without a key", id="blank keys"),
        pytest.param(lambda one: one.assign(preflight_row="00000000-2"), "2 rows of another run", id="another run"),
        pytest.param(lambda one: one.assign(preflight_row="something"), "2 rows with a key that no row", id="no key at all"),
        pytest.param(lambda one: pd.concat([one, one]), "4 rows whose key stands more than once", id="doubles"),
        pytest.param(lambda one: one.drop(columns="Company"), "columns Company are missing", id="a column is missing"),
        pytest.param(lambda one: one.assign(Extra="x"), "columns Extra are not in the run", id="a column too many"),
    ],
)
def test_what_cannot_be_rows_of_the_run_is_refused_and_nothing_changes(tmp_path: Path, change: Any, message: str) -> None:
    folder = written(tmp_path)
    before = content(folder)
    with pytest.raises(UsageError) as refused:
        pf.merge(folder, change(rejected(folder)))
    assert message.replace('"', "") in str(refused.value).replace('"', "")
    assert "Gamma" not in str(refused.value)
    assert content(folder) == before


def test_rows_that_were_or_may_have_been_imported_are_refused(tmp_path: Path) -> None:
    folder = written(tmp_path)
    keys = pf.outcomes(folder).found.account.table["row_key"].to_pylist()
    fixed = pd.DataFrame({"preflight_row": keys[:2], "Company": "A", "Website": ["new.com", "newer.com"], "Phone": ""})
    with pytest.raises(UsageError, match="2 rows written already and waiting to be sent"):
        pf.merge(folder, fixed)
    sent(folder, (3, "beta.io"))
    with pytest.raises(UsageError, match=r"1 row imported already \(row 0\)"):
        pf.merge(folder, fixed)
    shutil.rmtree(folder)
    written(tmp_path)
    sent(folder, success_count=3, error_count=1)
    with pytest.raises(UsageError, match="2 rows that may have been imported"):
        pf.merge(folder, fixed)


def test_keys_are_compared_with_the_written_rows_and_each_other(tmp_path: Path) -> None:
    folder = written(tmp_path)
    fixed = rejected(folder)
    fixed["Website"] = ["ACME.com", "acme.com"]
    merged = pf.merge(folder, fixed)
    assert merged.written == 0
    errors = rejected(folder, "rejected-2.csv")["preflight_errors"].tolist()
    assert all("PF502 domain: this row has the match key of line 2, which is written" in one for one in errors)
    fixed["Website"] = ["new.com", "new.com"]
    assert pf.merge(folder, fixed).written == 0
    fixed["Website"] = ["new.com", "newer.com"]
    assert pf.merge(folder, fixed).written == 2


def test_of_repaired_duplicates_the_first_is_kept_where_the_plan_says_so(tmp_path: Path) -> None:
    folder = written(tmp_path, plan=plan_of(duplicates="first"))
    fixed = rejected(folder).iloc[::-1]
    fixed["Website"] = "new.com"
    merged = pf.merge(folder, fixed)
    assert (merged.written, merged.rejected) == (1, 1)
    assert "Gamma" in (folder / "part-0002.csv").read_text()


def test_a_run_without_a_part_takes_a_column_that_was_missing(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Company\nAcme\nBeta\n", encoding="utf-8")
    plan = pf.plan("accounts", operation="upsert", match_key="domain")
    folder = plan.write(tmp_path / "a.csv", tmp_path / "out").folder
    merged = pf.merge(folder, rejected(folder).assign(Website=["acme.com", "beta.io"]))
    assert merged.written == 2
    assert (folder / "part-0001.csv").read_text() == "account_name,domain\nAcme,acme.com\nBeta,beta.io\n"
    assert merged.receipt.record.columns == (("account_name", "account_name"), ("domain", "domain"))


def test_what_the_run_settled_holds_for_the_repaired_rows(tmp_path: Path) -> None:
    """One row alone proves no order of day and month: the whole column did."""
    fields = [
        {"field_name": "name", "field_type": "string", "required": True},
        {"field_name": "key", "field_type": "id"},
        {"field_name": "founded", "field_type": "date"},
        {"field_name": "share", "field_type": "percent"},
    ]
    plan = pf.plan("accounts", operation="upsert", match_key="key", fields=fields, dates="auto", percent="0-1", blank=())
    frame = pd.DataFrame(
        {
            "name": ["a", "b", ""],
            "key": ["k1", "k2", "k3"],
            "founded": ["31/12/2020", "02/01/2021", "03/04/2021"],
            "share": ["0.5", "0.25", "0.1"],
        }
    )
    folder = plan.write(frame, tmp_path / "out").folder
    pf.merge(folder, rejected(folder).assign(name="c"))
    assert (folder / "part-0002.csv").read_text() == "name,key,founded,share\nc,k3,2021-04-03,10\n"


def test_cells_as_they_were_sent_are_not_rewritten_twice(tmp_path: Path) -> None:
    """The column of the source has the name of the field, and its percents are from 0 to 1: the repair file says which they are."""
    fields = [{"field_name": "key", "field_type": "id"}, {"field_name": "share", "field_type": "percent"}]
    plan = pf.plan("accounts", operation="upsert", match_key="key", fields=fields, percent="0-1")
    folder = plan.write(pd.DataFrame({"key": ["k1", "k2"], "share": ["0.5", "0.25"]}), tmp_path / "out").folder
    job = JobLine(1, 1, 1, 2, JobState.SETTLED, "f", "j", "completed", ended=True)
    with Journal(folder, lambda: 0.0) as journal:
        journal.add([], [job])
    one = {"job_id": "j", "row_number": 3, "field": "key", "value": "k2", "message": "no"}
    (folder / ERRORS).write_text(json.dumps(one) + "\n")
    fixed = rejected(folder, str(pf.outcomes(folder).repair().name))
    assert fixed["share"].tolist() == ["25"]
    pf.merge(folder, fixed.assign(key="k3"))
    assert (folder / "part-0002.csv").read_text() == "key,share\nk3,25\n"


def test_constants_labels_and_workbooks(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    plan = pf.plan("accounts", operation="upsert", match_key="domain", set={"industry": "Software"})
    frame = pd.DataFrame({"Account Name": ["A", "B", "C"], "Website": ["a.com", "b.com", "c c"]})
    plan.write(frame, folder, headers="labels")
    header = (folder / "part-0001.csv").read_text().splitlines()[0]
    rejected(folder).assign(Website="c.com").to_excel(tmp_path / "fixed.xlsx", index=False, engine="xlsxwriter")
    merged = pf.merge(folder, tmp_path / "fixed.xlsx")
    assert (folder / "part-0002.csv").read_text() == f"{header}\nC,c.com,Software\n"
    sent(folder, (3, "b.com"), rows=2)
    fixed = rejected(folder, str(pf.outcomes(folder).repair().name))
    assert list(fixed.columns)[3:] == header.split(",")
    website = header.split(",")[1]
    assert pf.merge(folder, fixed.assign(**{website: "new.com"})).written == 1
    assert (folder / "part-0003.csv").read_text() == f"{header}\nB,new.com,Software\n"
    assert merged.rejected == 0


ORDER = ("part-0002.csv", "rejected-2.csv", "moved.parquet", "rows.parquet", "receipt.json")


@pytest.mark.parametrize("names", range(len(ORDER)))
def test_a_crash_between_any_two_names_leaves_the_run_as_it_was(tmp_path: Path, names: int) -> None:
    folder = written(tmp_path)
    sent(folder, (3, "beta.io"))
    crashed = shutil.copytree(folder, tmp_path / "crashed")
    keys = pf.outcomes(folder).found.account.table["row_key"].to_pylist()
    columns = {"account_name": ["B", "G", "E"], "domain": ["beta.com", "gamma.net", "still wrong"]}
    fixed = pd.DataFrame({"preflight_row": [keys[1], keys[2], keys[4]], **columns})
    before = pf.outcomes(crashed).rows
    pf.merge(folder, fixed)
    for name in ORDER[:names]:
        shutil.copy(folder / name, crashed / name)
    (crashed / "receipt.json.writing").write_text("half")
    pd.testing.assert_frame_equal(pf.outcomes(crashed).rows, before)
    again = pf.merge(crashed, fixed)
    assert again.summary == pf.outcomes(folder).summary
    assert content(crashed).keys() == content(folder).keys()
    assert (crashed / "part-0002.csv").read_bytes() == (folder / "part-0002.csv").read_bytes()
    pd.testing.assert_frame_equal(pf.outcomes(crashed).rows, pf.outcomes(folder).rows)


def test_keys_that_are_numbers_are_compared_by_value(tmp_path: Path) -> None:
    fields = [{"field_name": "number", "field_type": "number", "required": True}, {"field_name": "name", "field_type": "string"}]
    (tmp_path / "a.csv").write_text("number,name\n1000.0,a\nx,b\ny,c\n", encoding="utf-8")
    pf.plan("accounts", operation="upsert", match_key="number", fields=fields).write(tmp_path / "a.csv", tmp_path / "out")
    fixed = rejected(tmp_path / "out")
    fixed["number"] = ["1000", "7.50"]
    merged = pf.merge(tmp_path / "out", fixed)
    assert (merged.written, merged.rejected) == (1, 1)
    assert "the match key of line 2, which is written" in rejected(tmp_path / "out", "rejected-2.csv")["preflight_errors"][0]
