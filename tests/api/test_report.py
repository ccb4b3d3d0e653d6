"""The report that a user holds."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import preflight as pf
from preflight.api.tables import CHANGES, COLUMNS, FINDINGS, GROUPS
from preflight.errors import NotAvailable, UnreadableInput, UsageError

FIELDS = [
    {"field_name": "name", "field_type": "string", "required": True},
    {"field_name": "domain", "field_type": "domain", "required": True},
    {"field_name": "created", "field_type": "date"},
]
PLAN = pf.plan("accounts", operation="upsert", match_key="domain", fields=FIELDS)
FRAME = pd.DataFrame(
    {"name": ["Abc AG", None, "Cde AG"], "domain": ["https://a.com/", "b.com", "nonsense"], "created": [None, "2024-01-05", "x"]},
    index=[20, 20, 30],
)


def test_the_parts_of_a_report() -> None:
    report = PLAN.check(FRAME)
    assert not report.ok
    assert report.is_good.to_dict() == {20: False, 30: False} | {20: False}
    assert report.is_good.tolist() == [True, False, False]
    assert report.good.index.tolist() == [20]
    assert report.good.to_dict("list") == {"name": ["Abc AG"], "domain": ["a.com"], "created": [None]}
    pd.testing.assert_frame_equal(report.rejected, FRAME[[False, True, True]])
    assert report.findings[["source_row", "label", "code"]].dropna().to_numpy().tolist() == [
        [1, 20, "PF401"],
        [2, 30, "PF313"],
        [2, 30, "PF305"],
    ]
    assert report.columns[["column", "distinct"]].to_numpy().tolist() == [["name", 2], ["domain", 3], ["created", 2]]


@pytest.mark.parametrize("frame", [FRAME, FRAME.iloc[:0], FRAME[["name"]]], ids=["some", "no rows", "no key"])
def test_tables_always_have_the_same_columns(frame: pd.DataFrame) -> None:
    report = PLAN.check(frame)
    assert tuple(report.findings.columns) == FINDINGS
    assert tuple(report.changes.columns) == CHANGES
    assert tuple(report.groups.columns) == GROUPS
    assert tuple(report.columns.columns) == COLUMNS
    assert report.findings.source_row.dtype == "Int64"
    assert report.findings.severity.cat.ordered
    assert isinstance(report.findings.index, pd.RangeIndex)


def test_when_all_rows_are_rejected_nothing_is_changed() -> None:
    report = PLAN.check(FRAME[["name", "created"]])
    assert (report.summary["good"], report.summary["changed_cells"], len(report.changes), len(report.good)) == (0, 0, 0, 0)
    assert report.summary["missing"] == ["domain"]


def test_annotate_tells_every_rejected_row_why() -> None:
    frame = pd.DataFrame(
        {"name": ["Abc AG", "Bcd AG"], "domain": ["a.com", "b.com"], "created": ["01/02/2024", None]}, index=[5, 5]
    )
    told = PLAN.check(frame).annotate(frame)
    assert told.preflight_state.tolist() == ["rejected", "good"]
    assert told.preflight_errors.tolist()[0] == "PF309 created: a column of dates that proves no order of day and month"
    assert pd.isna(told.preflight_errors.tolist()[1])
    with pytest.raises(NotAvailable, match="1 rows"):
        PLAN.check(frame).annotate(frame.iloc[:1])


def test_the_frame_may_change_after_the_check() -> None:
    frame = FRAME.reset_index(drop=True)
    report = PLAN.check(frame)
    frame.loc[2, "name"] = "changed"
    assert report.rejected.loc[2, "name"] == "Cde AG"


def test_a_streamed_file_has_findings_and_names_the_way_that_works(tmp_path: Path) -> None:
    FRAME.to_csv(tmp_path / "a.csv", index=False)
    report = PLAN.check(tmp_path / "a.csv", engine="stream")
    assert report.summary["records"] == 3
    assert len(report.findings) == PLAN.check(FRAME).findings.shape[0]
    for name in ("good", "rejected", "is_good"):
        with pytest.raises(NotAvailable, match=r"plan\.write"):
            getattr(report, name)


@pytest.mark.parametrize("from_file", [False, True])
def test_reports_and_the_strict_error_can_be_pickled(from_file: bool, tmp_path: Path) -> None:
    FRAME.to_csv(tmp_path / "a.csv", index=False)
    with pytest.raises(pf.RejectedRows) as rejected:
        PLAN.validate(tmp_path / "a.csv" if from_file else FRAME)
    assert "nonsense" not in str(rejected.value)
    again = pickle.loads(pickle.dumps(rejected.value))
    assert str(again) == str(rejected.value)
    pd.testing.assert_frame_equal(again.findings, rejected.value.findings)


def test_hostile_names_are_escaped_in_notebooks(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>"
    plan = pf.plan("accounts", fields=[{"field_name": evil, "field_type": "string"}], unmapped="drop")
    frame = pd.DataFrame({evil: ["\x07"], f"{evil}2": ["x"]})
    shown: list[Any] = [plan, plan.check(frame), plan.write(frame, tmp_path / "<script>")]
    for one in shown:
        assert "<script>" not in one._repr_html_()


@pytest.mark.parametrize("mode", ["hide", "mask"])
def test_values_reach_everything_that_is_told(mode: str) -> None:
    frame = pd.DataFrame({"name": ["Secret AG"] * 2, "domain": ["https://Secret.com/x", "secret.com/y"], "created": ["secret"] * 2})
    report = PLAN.check(pd.concat([frame, frame.assign(domain=["1secret.com/", "2secret.com"], created=None)]), values=mode)
    for told in (report.findings, report.changes, report.groups, report.columns):
        assert "secret" not in told.to_csv().lower()
    assert "secret" not in repr(report).lower()
    assert "secret" not in report._repr_html_().lower()


def test_a_report_is_neither_true_nor_false() -> None:
    with pytest.raises(TypeError, match=r"report\.ok"):
        bool(PLAN.check(FRAME))


def test_labels_of_a_frame_stand_in_the_row_map_of_what_is_written(tmp_path: Path) -> None:
    frame = FRAME.set_axis(["a", "b", "c"])
    written = PLAN.check(frame).write(tmp_path / "out")
    assert written.rows["label"].tolist() == ["a", "b", "c"]
    assert written.rows.dtypes[["source_row", "record", "line", "part", "part_record", "part_line"]].tolist() == ["Int64"] * 6


def two_files(folder: Path) -> list[Path]:
    """Three rows in two files, with a match key in both."""
    first, second = folder / "a.csv", folder / "b.csv"
    first.write_text("name,domain,created\nAbc AG,a.com,\n")
    second.write_bytes(b"\xef\xbb\xbfdomain,name,created\nb.com,,\nA.com,Cde AG,2024-01-05\n")
    return [first, second]


@pytest.mark.parametrize("engine", ["auto", "stream"])
def test_files_as_one_table(tmp_path: Path, engine: str) -> None:
    first, second = two_files(tmp_path)
    report = PLAN.check((first, str(second)), engine=engine)
    assert report.findings[["source_row", "label", "record", "line", "code"]].to_numpy().tolist()[:3] == [
        [0, 0, 1, 2, "PF502"],
        [1, 1, 2, 2, "PF401"],
        [2, 2, 3, 3, "PF502"],
    ]
    assert f"record 3 ({second})" in report.findings.message[0]
    assert tuple(report.findings.columns) == FINDINGS
    assert tuple(report.changes.columns) == CHANGES
    assert report.files.to_dict("list") == {
        "path": [str(first), str(second)],
        "first_source_row": [0, 1],
        "records": [1, 2],
        "encoding": ["utf-8", "utf-8 with BOM"],
        "delimiter": [",", ","],
    }
    assert repr(report).splitlines()[-2].startswith(f"{first} and {second}: 3 records = 0 good + 3 rejected (comma; ")


def test_files_stay_as_they_are_after_pickling(tmp_path: Path) -> None:
    report = PLAN.check(two_files(tmp_path))
    again = pickle.loads(pickle.dumps(report))
    pd.testing.assert_frame_equal(again.findings, report.findings)
    assert again.is_good.index.tolist() == [0, 1, 2]
    assert again.rejected["name"].isna().tolist() == [False, True, False]


def test_files_of_one_file_and_of_none(tmp_path: Path) -> None:
    first, _ = two_files(tmp_path)
    one, none = PLAN.check(first).files, PLAN.check(FRAME).files
    assert one.to_dict("list") == {
        "path": [str(first)],
        "first_source_row": [0],
        "records": [1],
        "encoding": ["utf-8"],
        "delimiter": [","],
    }
    assert (len(none), list(none.columns), list(none.dtypes)) == (0, list(one.columns), list(one.dtypes))
    assert (none.first_source_row.dtype, none.records.dtype) == ("Int64", "int64")


def test_a_file_without_records_has_no_first_row(tmp_path: Path) -> None:
    first, _ = two_files(tmp_path)
    (tmp_path / "c.csv").write_text("name,domain,created\n")
    assert PLAN.check([tmp_path / "c.csv", first]).files.first_source_row.tolist() == [pd.NA, 0]


def test_files_are_written_as_one_run(tmp_path: Path) -> None:
    paths = two_files(tmp_path)
    receipt = pf.write_csv(paths, PLAN, tmp_path / "out")
    assert receipt.rows["path"].tolist() == [str(paths[0]), str(paths[1]), str(paths[1])]
    assert pf.check_csv(paths, PLAN).summary["records"] == 3
    assert PLAN.check(paths).write(tmp_path / "again").rows["path"].tolist() == receipt.rows["path"].tolist()
    rows = pf.outcomes(tmp_path / "out").rows
    assert list(rows.columns) == ["source_row", "label", "record", "line", "path", "state", "job_id", "errors"]
    assert rows["path"].tolist() == receipt.rows["path"].tolist()
    with pytest.raises(UsageError, match=r"^merge takes the rows of one file at a time; give it each by itself$"):
        pf.merge(tmp_path / "out", paths)


def test_a_list_must_be_of_paths(tmp_path: Path) -> None:
    first, _ = two_files(tmp_path)
    for verb in (PLAN.check, lambda source: PLAN.write(source, tmp_path / "out")):
        with pytest.raises(UsageError, match=r"^an empty list names no source; give at least one path$"):
            verb([])
        with pytest.raises(
            UnreadableInput, match=r"^a tuple with a DataFrame cannot be read; give a DataFrame, a path, a list of paths,"
        ):
            verb((first, FRAME))
    with pytest.raises(
        UnreadableInput, match=r"^int cannot be read; give a DataFrame, a path, a list of paths, or what has an Arrow"
    ):
        PLAN.check(7)
