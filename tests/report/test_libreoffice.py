"""The workbook in the hands of a person: LibreOffice opens it, cells are repaired, LibreOffice saves it, and it comes back."""

from __future__ import annotations

import copy
import json
import shutil
import subprocess
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pyarrow.parquet as parquet
import pytest

from preflight.cli import main

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.libreoffice,
    pytest.mark.skipif(SOFFICE is None, reason="needs LibreOffice Calc"),
]

FIELDS = {
    "account_name": "string",
    "domain": "domain",
    "employees": "integer",
    "postal_code": "string",
    "long_id": "id",
    "founded": "date",
    "seen": "datetime",
    "active": "boolean",
    "score": "number",
    "notes": "string",
}
PLAN = ["--entity", "accounts", "--fields", "fields.json", "--operation", "upsert", "--match-key", "domain"]
SOURCE = """\
account_name,domain,employees,postal_code,long_id,founded,seen,active,score,notes
Acme,acme.com,250,01067,12345678901234567890,2001-02-03,2024-02-29T10:00:00Z,true,0.5,fine
Beta,beta.io,51-200,00501,00000000000000000123,2001-02-03,2024-02-29T10:00:00Z,true,1.25,=1+1
Gamma,cedar.de,12,10115,9007199254740993,30/31/2001,2024-02-29T10:00:00Z,false,-3,"line one
line two"
Delta,sales@delta.net,80,,1E5X,1899-12-31,,yes please,1e-7,'quoted
,granite.works,12,0123-4,0x10,,2024-02-29T10:00:00Z,,,@home
Zürich 東京 👩‍💻,iris optics.com,130,99999-0001,000,2024-02-29,2024-02-29T10:00:00Z,false,100,12:30
Zeta,zeta.com,12k,007,100,2000-01-01,,true,0.1,TRUE
"""
REPAIRED = (
    "Beta,beta.io,51,00501,00000000000000000123,2001-02-03,2024-02-29T10:00:00Z,true,1.25,=1+1",
    "Gamma,cedar.de,12,10115,9007199254740993,2001-12-30,2024-02-29T10:00:00Z,false,-3,line one line two",
    "Delta,delta.net,80,,1E5X,1899-12-31,,true,0.0000001,'quoted",
    "Granite,granite.works,12,0123-4,0x10,,2024-02-29T10:00:00Z,,,@home",
    "Zürich 東京 👩‍💻,iris-optics.com,130,99999-0001,000,2024-02-29,2024-02-29T10:00:00Z,false,100,12:30",
    "Zeta,zeta.com,12000,007,100,2000-01-01,,true,0.1,TRUE",
)
"""The next part: the rejected rows of the source in its order, with the repairs and everything else as it was."""

_NAMES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "number": "urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0",
    "of": "urn:oasis:names:tc:opendocument:xmlns:of:1.2",
    "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
}
_VALUES = {
    "float": "office:value",
    "date": "office:date-value",
    "stamp": "office:date-value",
    "boolean": "office:boolean-value",
}
"""The attribute that holds the value of a cell, by its type; a stamp is a date with a time of day."""
_STYLES = """<styles xmlns:style="{style}" xmlns:number="{number}">
<number:date-style style:name="a-date"><number:year number:style="long"/><number:text>-</number:text>
<number:month number:style="long"/><number:text>-</number:text><number:day number:style="long"/></number:date-style>
<number:date-style style:name="a-stamp"><number:year number:style="long"/><number:text>-</number:text>
<number:month number:style="long"/><number:text>-</number:text><number:day number:style="long"/><number:text> </number:text>
<number:hours number:style="long"/><number:text>:</number:text><number:minutes number:style="long"/></number:date-style>
<number:boolean-style style:name="a-boolean"><number:boolean/></number:boolean-style>
<style:style style:name="date" style:family="table-cell" style:data-style-name="a-date"/>
<style:style style:name="stamp" style:family="table-cell" style:data-style-name="a-stamp"/>
<style:style style:name="boolean" style:family="table-cell" style:data-style-name="a-boolean"/>
</styles>""".format(**_NAMES)


def _name(prefixed: str) -> str:
    prefix, name = prefixed.split(":")
    return f"{{{_NAMES[prefix]}}}{name}"


@dataclass(frozen=True)
class Office:
    """LibreOffice with a profile of its own."""

    profile: Path

    def convert(self, form: str, folder: Path, *files: Path) -> list[Path]:
        """Open the files and save them in a format."""
        command = [str(SOFFICE), "--headless", f"-env:UserInstallation={self.profile.as_uri()}", "--convert-to", form]
        command += ["--outdir", str(folder), *map(str, files)]
        done = subprocess.run(command, check=True, capture_output=True, timeout=120, text=True)
        found = [folder / f"{file.stem}.{form}" for file in files]
        assert all(file.exists() for file in found), done.stderr
        return found


class Sheet:
    """A sheet of a flat document, as a person edits it: cells are named by the first cell of their row and the header."""

    def __init__(self, file: Path, name: str) -> None:
        for prefix, namespace in _NAMES.items():
            ElementTree.register_namespace(prefix, namespace)
        self._file = file
        self._tree = ElementTree.parse(file)
        styles = next(self._tree.iter(_name("office:automatic-styles")))
        styles.extend(ElementTree.fromstring(_STYLES))
        self._table = next(one for one in self._tree.iter(_name("table:table")) if one.get(_name("table:name")) == name)
        self._rows = [row for row in self._table.iter(_name("table:table-row")) if self._texts(row)[0]]
        self._header = self._texts(self._rows[0])

    def put(self, row: str, column: str, kind: str, value: str) -> None:
        """Type a value into a cell: `kind` is string, float, date, stamp or boolean."""
        at = self._header.index(column)
        found = next(one for one in self._rows[1:] if row in self._texts(one))
        cell = self._spread(found)[at]
        cell.attrib.clear()
        cell[:] = []
        cell.set(_name("office:value-type"), "date" if kind == "stamp" else kind)
        cell.set(_name("calcext:value-type"), "date" if kind == "stamp" else kind)
        if kind in ("date", "stamp", "boolean"):
            cell.set(_name("table:style-name"), kind)
        if kind in _VALUES:
            cell.set(_name(_VALUES[kind]), value)
        ElementTree.SubElement(cell, _name("text:p")).text = value

    def turn(self) -> None:
        """Sort the rows the other way round."""
        places = [list(self._table).index(row) for row in self._rows[1:]]
        for place, row in zip(places, reversed(self._rows[1:]), strict=True):
            self._table[place] = row

    def save(self) -> None:
        """Write the document back."""
        self._tree.write(self._file, encoding="utf-8", xml_declaration=True)

    def _texts(self, row: ElementTree.Element) -> list[str]:
        return ["".join(one.findtext(_name("text:p"), "")) for one in self._spread(row)]

    def _spread(self, row: ElementTree.Element) -> list[ElementTree.Element]:
        """The cells of a row, those that stand for several written out."""
        for cell in list(row):
            times = int(cell.attrib.pop(_name("table:number-columns-repeated"), "1"))
            for _ in range(min(times, 20) - 1):
                row.insert(list(row).index(cell), copy.deepcopy(cell))
        return list(row)


def _run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    return int(left.value.code or 0)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A folder for each format: the repaired workbook `faulty`, the run `out` that waits for it, and the workbook `typed`."""
    folder = tmp_path_factory.mktemp("office")
    office = Office(folder / "profile")
    fields = [{"field_name": name, "field_type": kind, "required": name == "account_name"} for name, kind in FIELDS.items()]
    with chdir(folder):
        Path("fields.json").write_text(json.dumps(fields), encoding="utf-8")
        Path("typed.fods").write_text(_typed(), encoding="utf-8")
        Path("accounts.csv").write_text(SOURCE, encoding="utf-8")
        assert _run("write", "accounts.csv", *PLAN, "-o", "out") == 1
        assert _run("check", "accounts.csv", *PLAN, "--format", "xlsx", "-o", "faulty.xlsx") == 1
        (document,) = office.convert("fods", folder, Path("faulty.xlsx"))
        _repair(Sheet(document, "Rejected rows"))
        found = {}
        for form in ("xlsx", "ods", "xls"):
            found[form] = folder / form
            office.convert(form, found[form], document, Path("typed.fods"))
            shutil.copytree("out", found[form] / "out")
            shutil.copy("fields.json", found[form])
    return found


def _repair(sheet: Sheet) -> None:
    sheet.put("Beta", "employees", "float", "51")
    sheet.put("Gamma", "founded", "date", "2001-12-30")
    sheet.put("Delta", "domain", "string", "delta.net")
    sheet.put("Delta", "active", "boolean", "true")
    sheet.put("granite.works", "account_name", "string", "Granite")
    sheet.put("iris optics.com", "domain", "string", "iris-optics.com")
    sheet.put("Zeta", "employees", "float", "12000")
    sheet.turn()
    sheet.save()


def _typed() -> str:
    """Accounts in a sheet whose cells are numbers, dates, booleans, formulas and errors, as a spreadsheet keeps them."""
    lines = [
        _line(*(_cell("string", name) for name in FIELDS)),
        _line(
            _cell("string", "Acme"),
            _cell("string", "acme.com"),
            _cell("float", "250"),
            _cell("string", "01067"),
            _cell("float", "12345"),
            _cell("date", "2024-02-29"),
            _cell("string", "2024-02-29T10:00:00Z"),
            _cell("boolean", "true"),
            _cell("float", "0.1"),
            _cell("float", "42"),
        ),
        _line(
            _cell("string", "Beta"),
            _cell("string", "beta.io"),
            _cell("float", "3", 'table:formula="of:=1+2"'),
            _cell("string", ""),
            _cell("float", "999999999999999"),
            _cell("date", "1999-12-31"),
            _cell("string", "2024-02-29T10:00:00Z"),
            _cell("boolean", "false"),
            _cell("float", "-1234.5"),
            _cell("stamp", "2024-02-29T13:30:15"),
        ),
    ]
    lines += [_line(_cell("string", name), _cell("string", f"{name}.com"), *_ERROR) for name in ("one", "two")]
    long = (_cell("string", ""), _cell("string", ""), _cell("float", "9007199254740993"))
    lines.append(_line(_cell("string", "three"), _cell("string", "three.com"), *long))
    names = " ".join(f'xmlns:{prefix}="{namespace}"' for prefix, namespace in _NAMES.items())
    styles = _STYLES.split("\n", 1)[1].rsplit("\n", 1)[0]
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document {names} office:version="1.2" '
        f'office:mimetype="application/vnd.oasis.opendocument.spreadsheet">'
        f"<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>"
        f'<table:table table:name="Accounts">{"".join(lines)}</table:table></office:spreadsheet></office:body></office:document>'
    )


_ERROR = (
    '<table:table-cell table:formula="of:=1/0" office:value-type="string" calcext:value-type="error"><text:p>#DIV/0!</text:p>'
    "</table:table-cell>",
)


def _line(*cells: str) -> str:
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def _cell(kind: str, value: str, more: str = "") -> str:
    told = f' {_VALUES[kind]}="{value}"' if kind in _VALUES else ""
    style = f' table:style-name="{kind}"' if kind in ("date", "stamp", "boolean") else ""
    return (
        f'<table:table-cell{style} {more} office:value-type="{"date" if kind == "stamp" else kind}"{told}>'
        f"<text:p>{value}</text:p></table:table-cell>"
    )


FORMS = pytest.mark.parametrize("form", ["xlsx", "ods", "xls"])


@FORMS
def test_every_repaired_row_comes_home(saved: dict[str, Path], form: str) -> None:
    with chdir(saved[form]):
        assert _run("merge", "out", f"faulty.{form}") == 0
        part = Path("out/part-0002.csv").read_text(encoding="utf-8").splitlines()
        rows = parquet.read_table("out/rows.parquet").to_pylist()
    assert part == [",".join(FIELDS), *REPAIRED]
    assert [(row["source_row"], row["part"], row["part_record"]) for row in rows] == [
        (0, 1, 1),
        *((at, 2, at) for at in range(1, 7)),
    ]


@FORMS
def test_typed_cells_are_read_as_a_person_sees_them(saved: dict[str, Path], form: str) -> None:
    with chdir(saved[form]):
        assert _run("write", f"typed.{form}", *PLAN, "-o", "typed") == 1
        part = Path("typed/part-0001.csv").read_text(encoding="utf-8").splitlines()
        assert _run("check", f"typed.{form}", *PLAN, "--format", "json", "-o", "typed.json") == 1
        findings = json.loads(Path("typed.json").read_text(encoding="utf-8"))["findings"]
    assert part[1:] == [
        "Acme,acme.com,250,01067,12345,2024-02-29,2024-02-29T10:00:00Z,true,0.1,42",
        "Beta,beta.io,3,,999999999999999,1999-12-31,2024-02-29T10:00:00Z,false,-1234.5,2024-02-29T13:30:15",
    ]
    errors = [(one["line"], one["position"], one["value"]) for one in findings if one["severity"] == "error"]
    assert errors == [(4, 3, "#DIV/0!"), (5, 3, "#DIV/0!"), (6, 5, "9.00719925474099e+15")]
