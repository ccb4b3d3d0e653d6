"""What became of every source row, from the folder alone."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as parquet
import pytest

import preflight as pf
from preflight.errors import NotAvailable, UsageError
from preflight.submission.journal import Journal
from preflight.submission.outcomes import read_outcomes
from preflight.submission.record import ERRORS, JobLine, JobState
from preflight.submission.showing import to_csv, to_json, to_parquet, to_text

CSV = """\
Company,Website
Acme,acme.com
Beta,beta.io
Gamma,not a domain
Delta,delta.org
Epsilon,epsilon.fr
Zeta,zeta.de
"""
JOB = JobLine(1, 1, 1, 5, JobState.SETTLED, "f", "j-1", "completed", 5, 5, 4, 1, ended=True)


def written(folder: Path, *, max_rows: int = 100) -> Path:
    source = folder / "accounts.csv"
    source.write_text(CSV, encoding="utf-8")
    plan = pf.plan("accounts", operation="upsert", match_key="domain")
    plan.write(source, folder / "out", max_rows=max_rows)
    return folder / "out"


def sent(folder: Path, jobs: list[JobLine], *errors: dict[str, Any]) -> Path:
    with Journal(folder, lambda: 0.0) as journal:
        journal.add([], jobs)
    lines = [json.dumps({"part": 1, "error_type": "exists", "message": "a record with this domain exists"} | one) for one in errors]
    (folder / ERRORS).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return folder


def error(number: int | None, value: str | None = None, job: str = "j-1", **more: Any) -> dict[str, Any]:
    return {"job_id": job, "row_number": number, "field": "domain", "value": value, **more}


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return sent(written(tmp_path), [JOB], error(4, "delta.org"))


def test_the_json_of_a_run(run: Path) -> None:
    found = json.loads("".join(to_json(read_outcomes(run))))
    assert found["summary"] == {"rows": 6, "rejected_here": 1, "not_sent": 0, "rejected_there": 1, "imported": 4, "unknown": 0}
    assert found["numbering"] == {"reading": "header1", "confirmed_by": 1, "of": 1}
    assert found["jobs"] == [{"job_id": "j-1", "part": 1, "status": "completed", "rows": 5}]
    assert found["undetermined"] == []
    assert [row["state"] for row in found["rows"]] == [
        "imported",
        "imported",
        "rejected_here",
        "rejected_there",
        "imported",
        "imported",
    ]
    assert found["rows"][3] == {
        "source_row": 3,
        "label": 3,
        "record": 4,
        "line": 5,
        "state": "rejected_there",
        "job_id": "j-1",
        "errors": [
            {
                "code": "PF901",
                "error_type": "exists",
                "row_number": 4,
                "field": "domain",
                "column": "Website",
                "value": "delta.org",
                "message": "a record with this domain exists",
            }
        ],
    }
    assert set(found) == {"summary", "numbering", "jobs", "rows", "undetermined"}


def test_the_text_of_a_run(run: Path) -> None:
    assert "".join(to_text(read_outcomes(run))) == (
        'accounts.csv:5: error PF901 Website: "delta.org": a record with this domain exists (exists, row_number 4)\n'
        "accounts.csv: 6 rows = 4 imported + 1 rejected there + 1 rejected here\n"
        "the server counts records with the header as row 1; confirmed by 1 of 1 errors\n"
    )


def test_csv_and_parquet_have_a_line_per_source_row(run: Path, tmp_path: Path) -> None:
    found = read_outcomes(run)
    lines = "".join(to_csv(found)).splitlines()
    assert lines[0] == "source_row,label,record,line,state,job_id,errors"
    assert lines[3] == "2,2,3,4,rejected_here,,"
    assert len(lines) == 7
    (tmp_path / "o.parquet").write_bytes(to_parquet(found))
    table = parquet.read_table(tmp_path / "o.parquet")
    assert table.num_rows == 6
    assert table["errors"][3].as_py()[0]["column"] == "Website"


def test_nothing_sent_is_not_sent(tmp_path: Path) -> None:
    found = pf.outcomes(written(tmp_path))
    assert found.summary == {"rows": 6, "rejected_here": 1, "not_sent": 5, "rejected_there": 0, "imported": 0, "unknown": 0}
    assert found.rows["job_id"].isna().all()


def test_pieces_after_a_413_and_a_fenced_attempt(tmp_path: Path) -> None:
    jobs = [
        replace(JOB, attempt=1, state=JobState.FENCED, status="cancelled", job_id="j-0", success_count=None, error_count=None),
        replace(JOB, attempt=2, state=JobState.TOO_LARGE, status=None, job_id="j-1", ended=False),
        JobLine(1, 3, 1, 2, JobState.SETTLED, "f", "j-2", "completed", 2, 2, 2, 0, ended=True),
        JobLine(1, 4, 3, 5, JobState.SETTLED, "f", "j-3", "completed", 3, 3, 2, 1, ended=True),
    ]
    folder = sent(written(tmp_path), jobs, error(3, "epsilon.fr", "j-3"))
    found = pf.outcomes(folder)
    assert found.rows["state"].tolist() == ["imported", "imported", "rejected_here", "imported", "rejected_there", "imported"]
    assert found.rows["job_id"].tolist()[3:] == ["j-3", "j-3", "j-3"]
    assert found.numbering["reading"] == "header1"


def test_several_parts_are_pooled_and_one_waits(tmp_path: Path) -> None:
    jobs = [
        JobLine(1, 1, 1, 2, JobState.SETTLED, "f", "j-1", "completed", 2, 2, 1, 1, ended=True),
        JobLine(2, 1, 1, 2, JobState.SETTLED, "f", "j-2", "completed", 2, 2, 1, 1, ended=True),
    ]
    folder = sent(written(tmp_path, max_rows=2), jobs, error(2, "beta.io"), error(1, None, "j-2"))
    found = pf.outcomes(folder)
    assert found.rows["state"].tolist() == ["imported", "rejected_there", "rejected_here", "rejected_there", "imported", "not_sent"]
    assert found.numbering == {"reading": "record1", "confirmed_by": 1, "of": 1}


def test_an_undetermined_error_makes_its_candidates_unknown(tmp_path: Path) -> None:
    found = pf.outcomes(sent(written(tmp_path), [JOB], error(2)))
    assert found.numbering == {"reading": None, "confirmed_by": 0, "of": 0}
    assert found.undetermined["candidates"].tolist() == [[0, 1, 3]]
    assert found.rows["state"].tolist() == ["unknown", "unknown", "rejected_here", "unknown", "imported", "imported"]
    assert "PF902" in str(found)


def test_a_table_tells_an_undetermined_error_on_each_of_its_candidates(tmp_path: Path) -> None:
    found = read_outcomes(sent(written(tmp_path), [JOB], error(2)))
    told = "a record with this domain exists; it fits no single row and may mean this one"
    lines = "".join(to_csv(found)).splitlines()
    assert [told in line for line in lines] == [False, True, True, False, True, False, False]
    assert f"unknown,j-1,PF902 domain: {told} (row_number 2)" in lines[1]
    (tmp_path / "o.parquet").write_bytes(to_parquet(found))
    errors = parquet.read_table(tmp_path / "o.parquet")["errors"].to_pylist()
    assert [len(one) for one in errors] == [1, 1, 0, 1, 0, 0]
    assert errors[0] == [
        {
            "code": "PF902",
            "error_type": None,
            "row_number": 2,
            "field": "domain",
            "column": None,
            "value": None,
            "message": told,
        }
    ]
    assert [row["errors"] for row in json.loads("".join(to_json(found)))["rows"]] == [[]] * 6


def test_counts_that_disagree_are_told(tmp_path: Path) -> None:
    found = pf.outcomes(sent(written(tmp_path), [replace(JOB, success_count=3, error_count=2)], error(4, "delta.org")))
    assert found.summary["unknown"] == 4
    assert "warning PF904" in str(found)


def test_doubles_are_one_error_and_several_stay_on_a_row(tmp_path: Path) -> None:
    folder = sent(written(tmp_path), [JOB], error(4, "delta.org"), error(4, "delta.org"), error(4, None, message="and more"))
    assert [one["message"] for one in pf.outcomes(folder).rows["errors"][3]] == ["a record with this domain exists", "and more"]


def test_errors_cut_off_by_a_crash_and_errors_of_strangers(tmp_path: Path) -> None:
    folder = sent(written(tmp_path), [replace(JOB, success_count=None, error_count=None)], error(4, "delta.org"), error(2, job="x"))
    with (folder / ERRORS).open("a", encoding="utf-8") as file:
        file.write('{"job_id": "j-1", "row_')
    found = pf.outcomes(folder)
    assert found.summary["rejected_there"] == 1
    assert found.summary["unknown"] == 4
    assert "PF904" in str(found)


def test_server_text_is_escaped_for_each_sink(tmp_path: Path) -> None:
    hostile = "<b>\x1b[31m\u202e\n::error::x"
    folder = sent(written(tmp_path), [JOB], error(4, "delta.org", message=hostile, error_type="=1+1"))
    found = pf.outcomes(folder)
    for text in (str(found), found._repr_html_(), "".join(to_json(read_outcomes(folder))), "".join(to_csv(read_outcomes(folder)))):
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert "\n::error" not in text
    assert "<b>\x1b" not in found._repr_html_()
    assert "&lt;b&gt;" in found._repr_html_()
    assert json.loads("".join(to_json(read_outcomes(folder))))["rows"][3]["errors"][0]["message"] == hostile


def test_a_frame_is_annotated_by_position(run: Path, tmp_path: Path) -> None:
    frame = pd.read_csv(tmp_path / "accounts.csv").set_index("Company")
    told = pf.outcomes(run).annotate(frame)
    assert told["preflight_state"].tolist()[2:4] == ["rejected_here", "rejected_there"]
    assert told["preflight_errors"].notna().tolist() == [False, False, True, True, False, False]
    assert told["preflight_errors"].iloc[2].startswith("PF313 Website:")
    assert list(frame.columns) == ["Website"]
    with pytest.raises(NotAvailable, match="5 rows"):
        pf.outcomes(run).annotate(frame.head(5))


def test_labels_are_numbers_where_all_are(tmp_path: Path) -> None:
    plan = pf.plan("accounts", operation="upsert", match_key="domain")
    frame = pd.DataFrame({"account_name": ["A", "B"], "domain": ["a.com", "b.com"]})
    plan.write(frame.set_index(pd.Index([10, 20])), tmp_path / "one")
    plan.write(frame.set_index(pd.Index(["x", "007"])), tmp_path / "two")
    assert pf.outcomes(tmp_path / "one").rows["label"].tolist() == [10, 20]
    assert pf.outcomes(tmp_path / "two").rows["label"].tolist() == ["x", "007"]


def test_the_repair_file_has_the_rejected_rows_as_they_were_sent(run: Path) -> None:
    path = pf.outcomes(run).repair()
    assert path == run / "rejected-there.csv"
    frame = pd.read_csv(path, dtype=str, encoding="utf-8-sig")
    assert list(frame.columns) == ["preflight_errors", "preflight_line", "preflight_row", "account_name", "domain"]
    assert frame.iloc[0].tolist()[1:] == ["5", pf.outcomes(run).found.account.table["row_key"][3].as_py(), "Delta", "delta.org"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_folder_without_a_run_or_with_a_changed_map_is_refused(tmp_path: Path, run: Path) -> None:
    with pytest.raises(UsageError, match="receipt"):
        pf.outcomes(tmp_path)
    table = parquet.read_table(run / "rows.parquet")
    parquet.write_table(table.slice(1), run / "rows.parquet")
    with pytest.raises(UsageError, match="receipt"):
        pf.outcomes(run)


def test_an_empty_run_balances(tmp_path: Path) -> None:
    plan = pf.plan("accounts", operation="upsert", match_key="domain")
    plan.write(pd.DataFrame({"account_name": [], "domain": []}, dtype=str), tmp_path / "out")
    found = pf.outcomes(tmp_path / "out")
    assert found.summary["rows"] == 0
    assert len(found.rows) == 0
    assert "0 rows = 0" in str(found)
