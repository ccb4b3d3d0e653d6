"""Every notebook runs from top to bottom in an empty folder, warnings being errors, and shows what its prose says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

pytestmark = [
    pytest.mark.slow,
    # of the kernel's client, not of ours
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::PendingDeprecationWarning", "ignore::ResourceWarning"),
]

FOLDER = Path(__file__).parents[2] / "notebooks"

FACTS: dict[str, dict[str, str]] = {
    "01-prepare-accounts": {
        "plan": "accounts, upsert on domain",
        "check": "10 records = 5 good + 5 rejected",
        "findings": "is an e-mail address, not a domain",
        "changes": "nordwind-logistik.de",
        "repair": "9 records = 9 good + 0 rejected",
        "schema": "DataFrameSchema",
        "strict": "5 of 10 rows are rejected (PF302 1, PF303 1, PF313 2, PF502 2)",
        "write": "9 rows written into 1 part",
        "part": "Calder Foods Ltd,calderfoods.co.uk,jonas@tidewaterops.com,,1200,9800000.50,Food",
    },
    "02-people-with-duplicates": {
        "check": "9 records = 2 good + 7 rejected",
        "partners": "MARA.LINDQVIST@CALDERFOODS.CO.UK",
        "policy": "sends the last of the 2 alone",
        "index": "Senior Buyer",
        "repair": "9 records = 7 good + 2 rejected",
        "write": "tobias.null@nordwind-logistik.de",
    },
    "03-opportunities-and-dates": {
        "check": "5 would be good if the questions of Close Date and Probability were answered",
        "questions": "4 March (month first) or 3 April (day first)",
        "answer": "6 records = 5 good + 1 rejected",
        "amounts": "1234.0",
        "proof": "2026-02-13",
        "rules": "Negotiation",
        "repair": "date32[day][pyarrow]",
    },
    "04-submit-and-repair": {
        "seed": "5 of 5 rows imported",
        "receipt": "4 rows written into 1 part",
        "submit": "5 rows = 3 imported + 1 rejected there + 1 rejected here",
        "annotate": "there is no record with this domain",
        "numbering": "confirmed by 1 of 1 errors",
        "merge-again": "5 rows = 3 imported + 2 not sent",
        "again": "5 of 5 rows imported",
        "rows": "A-1002",
        "twice": "RunInTheWay",
    },
    "05-large-files": {
        "check": "200,000 records = 199,100 good + 900 rejected",
        "streamed": "report.good needs all rows in memory",
        "write": "199,100 rows written into 3 parts",
        "rejected": "51-200",
        "typed": "12500000.5",
    },
}


def shown(cell: Any) -> str:
    """All that a cell printed and displayed, as HTML and as text."""
    found: list[str] = []
    for output in cell.outputs:
        found += [output.text] if "text" in output else [text for text in output.get("data", {}).values() if isinstance(text, str)]
    return "\n".join(found)


def test_every_notebook_is_known_here() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.ipynb")) == sorted(FACTS)


@pytest.mark.parametrize("name", FACTS)
def test_it_stands_as_it_should_be_committed(name: str) -> None:
    text = (FOLDER / f"{name}.ipynb").read_text(encoding="utf-8")
    book = json.loads(text)
    nbformat.validate(book)
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
    assert book["metadata"]["kernelspec"]["name"] == "python3"
    ids = [cell["id"] for cell in book["cells"]]
    assert len(set(ids)) == len(ids)
    code = [cell for cell in book["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    assert text == json.dumps(book, indent=1, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("name", FACTS)
def test_it_runs_and_shows_what_it_says(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # PendingDeprecationWarning: the kernel's own, while it shuts down
    monkeypatch.setenv("PYTHONWARNINGS", "error,ignore::PendingDeprecationWarning")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / ".ipython"))
    for variable in ("DEMANDBASE_URL", "DEMANDBASE_TOKEN"):
        monkeypatch.delenv(variable, raising=False)
    book = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    work = tmp_path / "work"
    work.mkdir()
    told = _judged_by_the_description(tmp_path)
    NotebookClient(book, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(work)}}).execute()
    cells = {cell.id: shown(cell) for cell in book.cells if cell.cell_type == "code"}
    assert FACTS[name].keys() <= cells.keys()
    missing = {cell: fact for cell, fact in FACTS[name].items() if fact not in cells[cell]}
    assert not missing
    assert not [cell for cell, text in cells.items() if "Warning" in text]
    exchanges = told.read_text().splitlines() if told.exists() else []
    assert [one for one in exchanges if not one.startswith("as described: ")] == []
    assert bool(exchanges) is any("sandbox(" in cell.source for cell in book.cells)


def _judged_by_the_description(place: Path) -> Path:
    """Have the kernel judge each exchange with a sandbox when it starts; the file in which it tells them."""
    startup, told = place / ".ipython" / "profile_default" / "startup", place / "exchanges.txt"
    startup.mkdir(parents=True)
    (startup / "judge.py").write_text(JUDGE.format(conftest=str(Path(__file__).parents[1] / "conftest.py"), told=str(told)))
    return told


JUDGE = """
import importlib.util
spec = importlib.util.spec_from_file_location("judging", {conftest!r})
judging = importlib.util.module_from_spec(spec)
spec.loader.exec_module(judging)
told = open({told!r}, "a", buffering=1)
class Told(list):
    def append(self, one):
        print("as described: " + one, file=told)
description = judging.Description()
description.judged = Told()
judging.judge_every_exchange(description, lambda one: print(one, file=told))
del importlib, spec
"""
