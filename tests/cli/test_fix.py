"""preflight check --fix: the bytes of the listed cells change, and nothing else."""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

Run = Callable[..., Any]
PLAN = ("--entity", "accounts")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"Company,Website\nAcme,ACME.com\n", b"Company,Website\nAcme,acme.com\n"),
        (b"Company,Website\r\nAcme,ACME.com\r\n", b"Company,Website\r\nAcme,acme.com\r\n"),
        (b"Company,Website\rAcme,ACME.com\r", b"Company,Website\rAcme,acme.com\r"),
        (b"Company,Website\nAcme,ACME.com", b"Company,Website\nAcme,acme.com"),
        (b"Company,Website\nAcme,ACME.com\n\n", b"Company,Website\nAcme,acme.com\n\n"),
        (b"Company;Website\nAcme;ACME.com\n", b"Company;Website\nAcme;acme.com\n"),
        (b"Company\tWebsite\nAcme\tACME.com\n", b"Company\tWebsite\nAcme\tacme.com\n"),
        (b"Company|Website\nAcme|ACME.com\n", b"Company|Website\nAcme|acme.com\n"),
        (b'"Company","Website"\n"Acme","ACME.com"\n', b'"Company","Website"\n"Acme","acme.com"\n'),
        (b'Company,Website\n"Acme",ACME.com\n', b'Company,Website\n"Acme",acme.com\n'),
        (b'Company,Website\n  Acme "A" Ltd ,acme.com\n', b'Company,Website\n  Acme "A" Ltd ,acme.com\n'),  # stray: in doubt
        (b'Company,Website\n" Acme ""A"" Ltd ",acme.com\n', b'Company,Website\n"Acme ""A"" Ltd",acme.com\n'),
        (b'Company,Website\n"Acme\nLtd",acme.com\n', b'Company,Website\n"Acme Ltd",acme.com\n'),
        (b"Company,Website,Q\nAcme,ACME.com, Left Alone \n", b"Company,Website,Q\nAcme,acme.com, Left Alone \n"),
        (b"Q,Website,Company\n  x,ACME.com,Acme\n", b"Q,Website,Company\n  x,acme.com,Acme\n"),
        (codecs.BOM_UTF8 + b"Company,Website\nAcme,ACME.com\n", codecs.BOM_UTF8 + b"Company,Website\nAcme,acme.com\n"),
        (
            b"Company,Website,Employees\nAcme,a.io,51-200\nBeta,B.io,2\n",
            b"Company,Website,Employees\nAcme,a.io,51-200\nBeta,b.io,2\n",
        ),
        (b"Company,Website,Employees\nAcme,A.io,51-200\n", b"Company,Website,Employees\nAcme,A.io,51-200\n"),  # a rejected row
        (b"Company,Website,Employees\nAcme,a.io,N/A\n", b"Company,Website,Employees\nAcme,a.io,\n"),
    ],
)
def test_only_the_cells_change(run: Run, tmp_path: Path, before: bytes, after: bytes) -> None:
    path = tmp_path / "accounts.csv"
    path.write_bytes(before)
    made = run("check", "accounts.csv", *PLAN, "--fix")
    assert path.read_bytes() == after
    assert ("fixed 1 cell" in made.err) == (before != after)
    run("check", "accounts.csv", *PLAN, "--fix")
    assert path.read_bytes() == after


@pytest.mark.parametrize(
    ("encoding", "mark", "options"),
    [
        ("utf-8", b"", ()),
        ("utf-8", codecs.BOM_UTF8, ()),
        ("utf-16-le", codecs.BOM_UTF16_LE, ()),
        ("utf-16-be", codecs.BOM_UTF16_BE, ()),
        ("utf-16-le", b"", ("--encoding", "utf-16-le")),
        ("cp1252", b"", ("--encoding", "cp1252")),
        ("latin-1", b"", ("--encoding", "latin-1")),
        ("utf-32-le", codecs.BOM_UTF32_LE, ()),
    ],
)
def test_the_encoding_and_its_mark_stay(run: Run, tmp_path: Path, encoding: str, mark: bytes, options: tuple[str, ...]) -> None:
    path = tmp_path / "accounts.csv"
    path.write_bytes(mark + 'Company;Website;Q\r\n" Café ";CAFÉ.fr;é\r\nÖl;oel.de;ß\r\n'.encode(encoding))
    made = run("check", "accounts.csv", *PLAN, *options, "--fix")
    assert made.code == 0
    assert path.read_bytes() == mark + 'Company;Website;Q\r\n"Café";xn--caf-dma.fr;é\r\nÖl;oel.de;ß\r\n'.encode(encoding)
    assert "fixed 2 cells" in made.err


def test_the_report_is_that_of_the_repaired_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "accounts.csv").write_text("Company,Website\nAcme,ACME.com\n")
    made = run("check", "accounts.csv", *PLAN, "--fix")
    assert made.err == "accounts.csv: fixed 1 cell\n"
    assert "would rewrite" not in made.out
    assert run("check", "accounts.csv", *PLAN, "--fix").err == "accounts.csv: nothing to fix\n"


@pytest.mark.parametrize(
    "content", [b"Company,Website\nAcme,ACME.com\nBeta,BETA.io,x\n", b'Company,Website\nAcme,ACME.com\nBeta "B",BETA.io\n']
)
@pytest.mark.parametrize("more", [(), ("--ignore", "PF1"), ("--engine", "stream")])
def test_a_file_in_doubt_is_not_fixed(run: Run, tmp_path: Path, content: bytes, more: tuple[str, ...]) -> None:
    path = tmp_path / "accounts.csv"
    path.write_bytes(content)
    made = run("check", "accounts.csv", *PLAN, *more, "--fix")
    assert made.err == "accounts.csv: not fixed, its structure is in doubt (see PF1)\n"
    assert path.read_bytes() == content


def test_nothing_is_fixed_without_a_plan_or_where_every_record_is_rejected(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "accounts.csv"
    path.write_text("Company,Website\nAcme,ACME.com\n")
    assert "no plan to fix it by" in run("check", "accounts.csv", "--fix").err
    path.write_text("Website\nACME.com\n")
    assert "every record is rejected" in run("check", "accounts.csv", *PLAN, "--fix").err
    assert path.read_text() == "Website\nACME.com\n"


def test_a_cell_that_is_sent_as_blank_stays_in_the_file(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "accounts.csv"
    path.write_text("Company,Website,Employees\nAcme,ACME.com,51-200\n")
    run("check", "accounts.csv", *PLAN, "--blank", "employees", "--fix")
    assert path.read_text() == "Company,Website,Employees\nAcme,acme.com,51-200\n"


def test_a_link_stays_a_link_and_the_mode_stays(run: Run, tmp_path: Path) -> None:
    path, link = tmp_path / "real.csv", tmp_path / "link.csv"
    path.write_text("Company,Website\nAcme,ACME.com\n")
    path.chmod(0o640)
    link.symlink_to("real.csv")
    run("check", "link.csv", *PLAN, "--fix")
    assert link.is_symlink()
    assert path.read_text() == "Company,Website\nAcme,acme.com\n"
    assert path.stat().st_mode & 0o777 == 0o640
    assert sorted(one.name for one in tmp_path.iterdir()) == ["link.csv", "real.csv"]


def test_what_cannot_be_fixed_in_place(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(_parquet())
    assert "is no CSV file" in run("check", "a.parquet", *PLAN, "--fix").err


def _parquet() -> bytes:
    sink = io.BytesIO()
    parquet.write_table(pa.table({"Company": ["Acme"], "Website": ["ACME.com"]}), sink)
    return sink.getvalue()


HIDDEN = b"Company,Website,Employees\nAcme,ACME.com,12\nBeta,b.io,51-200\nDelta,sales@delta.com,7\n"


@pytest.mark.parametrize(
    "hiding",
    [
        ("--ignore", "PF302,PF313"),
        ("--severity", "PF302=warning", "--severity", "PF313=info"),
        ("--select", "PF502"),
        ("--baseline", "known.json"),
    ],
)
def test_a_cell_whose_finding_is_hidden_is_neither_changed_nor_blank(run: Run, tmp_path: Path, hiding: tuple[str, ...]) -> None:
    path = tmp_path / "accounts.csv"
    path.write_bytes(HIDDEN)
    plan = (*PLAN, "--operation", "upsert", "--match-key", "domain")
    run("check", "accounts.csv", *plan, "--format", "json", "-o", "known.json")
    told = run("check", "accounts.csv", *plan, *hiding)
    assert "3 good + 0 rejected" in told.out
    assert "write would rewrite 1 cell: Website 1" in told.out
    assert "PF416" not in told.out
    made = run("check", "accounts.csv", *plan, *hiding, "--fix")
    assert path.read_bytes() == HIDDEN.replace(b"ACME", b"acme")
    assert made.err == "accounts.csv: fixed 1 cell\n"
