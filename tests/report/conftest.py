"""Hand-made contents of reports: a large file with hostile cells, a small one, a clean one, a DataFrame, a file without a plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import pytest

from preflight.findings import Change, ColumnLine, Content, Finding, Group, PlanLine, Scope, Severity, SourceLine, Summary

E, W, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

HOSTILE = (
    "<script>alert('x')</script>",
    "=cmd|' /C calc'!A0",
    "\x1b[31mred\x1b[0m\x9b2J",
    "safe\u202egnp.exe",
    "::set-output name=x::y",
    "##[add-path]/tmp",
    "two\r\n::error::lines\u2028three",
    "a|b`c`[d](http://e.example)<img src=x onerror=alert(1)>",
    "</script><!--",
    "zero\u200bwidth\ufeff\U000e0041",
    "half\ud800pair",
    "%0A,:%",
    "long" * 250_000,
    "東京 – Zürich – 👩‍💻",
)
HOSTILE_HEADER = "Site | `web` <b>\u202e\n::error::"


def group_findings(findings: Iterable[Finding], records: int, examples: int = 5) -> tuple[Group, ...]:
    """Groups as the kernel makes them."""
    found: dict[tuple[str, str | None], list[Finding]] = {}
    for one in findings:
        found.setdefault((one.code, one.column), []).append(one)
    groups = []
    for (code, column), ones in found.items():
        values = Counter(one.value for one in ones if one.value is not None)
        rows = sum(one.rows for one in ones)
        groups.append(
            Group(
                code=code,
                name=ones[0].name,
                severity=ones[0].severity,
                scope=ones[0].scope,
                column=column,
                field=ones[0].field,
                findings=len(ones),
                rows=rows,
                share=rows / records if records else 0.0,
                distinct=len(values),
                top_values=tuple(values.most_common(10)),
                first_source_row=ones[0].source_row,
                fixable=sum(one.fixable for one in ones),
                examples=tuple(ones[:examples]),
            )
        )
    return tuple(groups)


def cell(row: int, code: str, name: str, column: str, value: str, message: str, **more: object) -> Finding:
    """A finding of a cell in a file whose record i stands on line i + 2."""
    found = Finding(
        code, name, E, Scope.CELL, message, row, row, row + 1, row + 2, 35, column, column.lower(), value, None, False, 1, ()
    )
    return replace(found, **more)  # type: ignore[arg-type]


def make(
    findings: list[Finding],
    *,
    source: SourceLine,
    plan: PlanLine | None,
    good: int,
    columns: tuple[ColumnLine, ...] = (),
    changes: tuple[Change, ...] = (),
    good_if_supplied: int | None = None,
    missing: tuple[str, ...] = (),
    **more: object,
) -> Content:
    """A content whose groups and summary agree with its findings."""
    counts = Counter(one.severity for one in findings)
    summary = Summary(
        records=source.records,
        good=good,
        rejected=source.records - good,
        changed_cells=len(changes),
        errors=counts[E],
        warnings=counts[W],
        by_code=dict(sorted(Counter(one.code for one in findings).items())),
        good_if_supplied=good_if_supplied,
        missing=missing,
    )
    return Content(
        version="0.1.0",
        source=source,
        plan=plan,
        summary=summary,
        groups=group_findings(findings, source.records),
        columns=columns,
        findings=lambda: iter(findings),
        changes=lambda: iter(changes),
        **more,  # type: ignore[arg-type]
    )


PLAN = PlanLine("accounts", "upsert", "domain", "3f" * 32)
SAMPLE_COLUMNS = (
    ColumnLine("Company", "account_name", "alias", "string", True, 5, 5, 0, 0),
    ColumnLine("Website", "domain", "alias", "domain", True, 5, 5, 2, 1),
    ColumnLine("Employees", "employees", "exact", "integer", False, 4, 4, 1, 1),
    ColumnLine("Industry", "industry", "exact", "picklist", False, 5, 2, 0, 0),
    ColumnLine("Country", "country", "exact", "string", False, 5, 3, 0, 0),
)


def change(row: int, column: str, before: str | None, after: str | None, *rules: str, safe: bool = True) -> Change:
    """A change of a cell in a file whose record i stands on line i + 2."""
    return Change(row, row, column, before, after, rules, safe, column.lower(), row + 1, row + 2, 13)


SAMPLE_CHANGES = (
    change(0, "Website", "https://www.acme.com/", "acme.com", "bare-domain"),
    change(0, "Employees", "1,200", "1200", "grouping"),
    change(2, "Website", "WWW.Globex.com", "globex.com", "bare-domain", "lower-case"),
)


def sample() -> Content:
    """The five records of the design's text sample."""
    band = '"51-200" is a band, not a whole number; give one number or leave the cell blank'
    mail = '"sales@deltatools.com" is an e-mail address, not a domain'
    findings = [
        cell(1, "PF302", "not-an-integer", "Employees", "51-200", band),
        cell(
            3,
            "PF313",
            "not-a-domain",
            "Website",
            "sales@deltatools.com",
            mail,
            suggestion="deltatools.com",
            position=13,
            fixable=True,
        ),
    ]
    source = SourceLine("accounts.csv", 5, "utf-8", ",", "a comma in every line", None, 5)
    return make(findings, source=source, plan=PLAN, good=3, columns=SAMPLE_COLUMNS, changes=SAMPLE_CHANGES)


def clean() -> Content:
    """Nothing to say."""
    columns = tuple(replace(line, changed=0, findings=0) for line in SAMPLE_COLUMNS)
    return make([], source=SourceLine("clean.csv", 5, "utf-8", ",", None, None, 5), plan=PLAN, good=5, columns=columns)


def frame() -> Content:
    """A DataFrame whose index is odd, and a required column that is missing."""
    band = '"51-200" is a band, not a whole number'
    findings = [
        Finding(
            "PF202",
            "missing-required-column",
            E,
            Scope.COLUMN,
            'no column feeds the required field "Account Domain"; name it with --column "CSV column=domain"',
            field="domain",
            rows=12,
        ),
        cell(2, "PF302", "not-an-integer", "Employees", "51-200", band, label=20, record=None, line=None, position=None),
        cell(3, "PF302", "not-an-integer", "Employees", "5+", band, label=("a", 1.5), record=None, line=None, position=None),
        cell(4, "PF302", "not-an-integer", "Employees", "5+", band, label=float("nan"), record=None, line=None, position=None),
    ]
    changes = (Change(0, 10, "Employees", "1,200", "1200", ("grouping",), True, "employees"),)
    return make(
        findings,
        source=SourceLine(None, 12, columns=1),
        plan=PlanLine("accounts", None, None, "ab" * 32),
        good=0,
        columns=(ColumnLine("Employees", "employees", "exact", "integer", False, 12, 9, 1, 3),),
        changes=changes,
        good_if_supplied=9,
        missing=("Account Domain",),
    )


HOSTILE_PATH = "b\u202e\n::error::<b>|`|.csv"


def joined() -> Content:
    """Three files as one table, one with a hostile name and one without lines, and a finding that is about all of them."""
    band = '"51-200" is a band, not a whole number'
    files = (
        SourceLine("a.csv", 2, "utf-8", ",", None, None, 5),
        SourceLine(HOSTILE_PATH, 2, "utf-16-le", ",", None, None, 5),
        SourceLine("c.parquet", 1, columns=5),
    )
    findings = [
        Finding("PF004", "byte-order-mark", Severity.INFO, Scope.FILE, "the file is utf-16-le", rows=0, path=HOSTILE_PATH),
        Finding("PF206", "unknown-header", W, Scope.COLUMN, "no column feeds it", column="Site", rows=5),
        cell(1, "PF302", "not-an-integer", "Employees", "51-200", band, path="a.csv"),
        cell(3, "PF302", "not-an-integer", "Employees", "51-200", band, line=3, path=HOSTILE_PATH),
        cell(4, "PF302", "not-an-integer", "Employees", "5+", band, record=None, line=None, position=None, path="c.parquet"),
    ]
    source = SourceLine("a.csv and 2 more files", 5, columns=5, files=files)
    changes = (replace(change(2, "Website", "ACME.com", "acme.com", "bare-domain"), line=2, path=HOSTILE_PATH),)
    return make(findings, source=source, plan=PLAN, good=2, columns=SAMPLE_COLUMNS, changes=changes)


def bare() -> Content:
    """A file judged without a plan."""
    findings = [Finding("PF006", "mixed-line-ends", W, Scope.FILE, "lines end in LF (4) and in CR LF (1)", rows=5)]
    source = SourceLine("my accounts.csv", 5, "utf-8-sig", ";", "4 in every line", None, 5)
    return make(findings, source=source, plan=None, good=5, resembles="accounts")


def _large_findings(bands: int = 300, sites: int = 42, longest: int = 1_000_000) -> list[Finding]:
    legacy = f'no field takes 2 columns: "Legacy Id", "{HOSTILE_HEADER}"'
    question = '"03/04/2024" is 3 April (dmy) or March 4 (mdy); add --dates dmy or --dates mdy'
    findings = [
        Finding("PF006", "mixed-line-ends", W, Scope.FILE, "lines end in LF (11,990) and in CR LF (10)", rows=12_000),
        Finding("PF201", "unmapped-column", W, Scope.COLUMN, legacy, column="Legacy Id", rows=12_000),
        Finding(
            "PF309",
            "ambiguous-date",
            E,
            Scope.COLUMN,
            question,
            column="Founded",
            field="founded",
            value="03/04/2024",
            suggestion="--dates dmy",
            rows=3,
        ),
    ]
    cells = []
    for at in range(bands):
        value = "5000+" if at % 3 == 2 else "51-200"
        cells.append(cell(20 + at * 37, "PF302", "not-an-integer", "Employees", value, f'"{value}" is a band, not a whole number'))
    for at in range(sites):
        value = HOSTILE[at % len(HOSTILE)][:longest]
        message = f'"{value[:80]}" is not a domain'
        hint = f"fix.example/{value[:90]}" if at % 2 else None
        cells.append(
            cell(5 + at * 11, "PF313", "not-a-domain", HOSTILE_HEADER, value, message, suggestion=hint, fixable=at % 4 == 1)
        )
    cells.extend(
        cell(7_000 + at, "PF502", "match-key-duplicate", "Domain", "acme.com", '"acme.com" stands in 12 rows', related=(7_000,))
        for at in range(12)
    )
    cells = [replace(one, scope=Scope.ROW) if one.code == "PF502" else one for one in cells]
    cells.extend(
        cell(
            9_000 + at, "PF412", "mojibake", "Company", "ZÃ¼rich", '"ZÃ¼rich" was decoded wrongly', severity=W, suggestion="Zürich"
        )
        for at in range(3)
    )
    cells.append(cell(9_500, "PF410", "formula-start", "Company", "=1+1", '"=1+1" starts like a formula', severity=INFO))
    return findings + sorted(cells, key=lambda one: one.source_row or 0)


def large(findings: list[Finding] | None = None) -> Content:
    """12,000 records, every scope and severity, and cells that try to break each format."""
    columns = (
        ColumnLine("Company", "account_name", "alias", "string", True, 12_000, 11_000, 0, 4),
        ColumnLine("Domain", "domain", "exact", "domain", True, 11_990, 11_900, 3, 12),
        ColumnLine(HOSTILE_HEADER, "website", "stated", "domain", False, 9_000, 8_000, 2, 42),
        ColumnLine("Employees", "employees", "exact", "integer", False, 11_000, 40, 1, 300),
        ColumnLine("Founded", "founded", "exact", "date", False, 3, 3, 0, 1, evaluated=False),
        ColumnLine("Legacy Id", None, "not sent", None, False, 12_000, 12_000, 0, 1),
        ColumnLine(None, "source", "set", "string", False, 12_000, 1, 0, 0),
    )
    changes = (
        change(0, "Domain", "https://www.acme.com/", "acme.com", "bare-domain"),
        change(1, "Domain", "Globex.COM", "globex.com", "lower-case"),
        change(2, "Domain", "x" * 400 + "A", "x" * 400 + "a", "lower-case"),
        change(3, HOSTILE_HEADER, "\u202e<b>\n", "<b>", "edges"),
        change(4, HOSTILE_HEADER, "bad", None, "sent-as-blank", safe=False),
        change(6, "Employees", "1,200", "1200", "grouping"),
    )
    source = SourceLine("exports/acc|<i>\u202e,:.csv", 12_000, "cp1252", ";", "7 in every line", None, 6)
    return make(
        _large_findings() if findings is None else findings,
        source=source,
        plan=PLAN,
        good=11_640,
        columns=columns,
        changes=changes,
        hints=("Repair the 360 rejected rows and run preflight merge",),
    )


def golden() -> Content:
    """The large one with fewer findings, for the golden files."""
    return large(_large_findings(bands=5, sites=len(HOSTILE), longest=200))


CONTENTS = {"sample": sample, "clean": clean, "frame": frame, "bare": bare, "joined": joined, "large": large}


@pytest.fixture(params=list(CONTENTS))
def content(request: pytest.FixtureRequest, contents: dict[str, Content]) -> Content:
    """Each of the contents in turn."""
    return contents[request.param]


@pytest.fixture(scope="session")
def contents() -> dict[str, Content]:
    """All contents by name."""
    return {name: build() for name, build in CONTENTS.items()}


@pytest.fixture
def golden_content() -> Content:
    """The content of the golden files."""
    return golden()


@pytest.fixture
def never() -> object:
    """A pass that must not be started."""

    def refuse() -> None:
        raise AssertionError("the complete list was read")

    return refuse
