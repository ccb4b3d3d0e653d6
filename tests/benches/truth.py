"""What a contender left in its folder, compared with what was planted.

    python tests/benches/truth.py FOLDER OUT --shape faulty --rows 100000 --kind peer

Prints one JSON object: cells `missed` and `wrong`, rows wrongly `kept` and wrongly `lost`, `rejected` rows too many or too few, and
`altered` cells of good rows. All zero is what must be. `kind` says how to read the folder: `peer` (good.csv, rejected.csv and
findings.csv), `preflight` (parts and rejected.csv of a run) or `json` (findings.jsonl of `check`, codes compared as well).
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from data import iter_blocks, plan_faults
from layout import KEY, Shape, shape_of
from pyarrow import csv
from pyarrow import json as arrow_json

__all__ = ["Difference", "compare"]

Array = Any
Ints = Any
_BIG = 1 << 26


@dataclass(frozen=True, slots=True)
class Difference:
    """How far an outcome is from the truth; an example of each kind for people. Each number is 0 where all is right."""

    missed: int = 0
    wrong: int = 0
    codes: int = 0
    kept: int = 0
    lost: int = 0
    rejected: int = 0
    altered: int = 0
    examples: tuple[str, ...] = ()


def compare(folder: Path, out: Path, shape: Shape, rows: int, kind: str) -> Difference:
    """Compare one outcome with the truth of its table."""
    with np.load(folder / "truth.npz") as planted:
        cells, codes, good = planted["cells"], planted["codes"], planted["good"]
    if kind == "json":
        found, said = _of_json(out / "findings.jsonl", shape)
        return _found(shape, cells, found, codes, said)
    found = _of_run(out / "rejected.csv", shape) if kind == "preflight" else _of_peer(out / "findings.csv", shape)
    told = _found(shape, cells, found)
    parts = sorted(out.glob("part-*.csv")) if kind == "preflight" else [out / "good.csv"]
    sent = pa.concat_tables([_read(part) for part in parts]) if parts and parts[0].exists() else None
    kept = _row_numbers(sent, "account_id", rows)
    rejected = _count(out / "rejected.csv")
    wanted = np.flatnonzero(good)
    extra, lost = np.setdiff1d(kept, wanted), np.setdiff1d(wanted, kept)
    altered, examples = (0, ()) if extra.size or lost.size or sent is None else _altered(shape, rows, sent, good)
    return Difference(
        told.missed, told.wrong, 0, extra.size, lost.size, rejected - int((~good).sum()), altered, told.examples + examples
    )


def _found(shape: Shape, cells: Ints, found: Ints, codes: Ints | None = None, said: Ints | None = None) -> Difference:
    order = np.argsort(found, kind="stable")
    found = found[order]
    missed, wrong = np.setdiff1d(cells, found), np.setdiff1d(found, cells)
    wrong_count = wrong.size + len(found) - len(np.unique(found))
    other = np.zeros(0, dtype=np.int64)
    if said is not None and codes is not None and not missed.size and not wrong_count:
        other = cells[said[order] != codes]
    examples = tuple(
        f"{name} row {cell // len(shape.columns)} {shape.columns[cell % len(shape.columns)].name}"
        for name, some in (("missed", missed), ("wrong", wrong), ("code", other))
        for cell in some[:3].tolist()
    )
    return Difference(missed.size, int(wrong_count), other.size, examples=examples)


def _read(path: Path, columns: list[str] | None = None) -> pa.Table:
    """A CSV as text, blank cells null."""
    with path.open("rb") as stream:
        line = stream.readline().decode("utf-8-sig").rstrip("\r\n")
    names = [name.strip('"') for name in line.split(",")]
    return csv.read_csv(
        path,
        parse_options=csv.ParseOptions(newlines_in_values=True),
        read_options=csv.ReadOptions(block_size=_BIG),
        convert_options=csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            include_columns=columns,
            strings_can_be_null=True,
            null_values=[""],
            quoted_strings_can_be_null=True,
        ),
    )


def _count(path: Path) -> int:
    return _read(path).num_rows if path.exists() and path.stat().st_size else 0


def _row_numbers(table: pa.Table | None, name: str, rows: int) -> Ints:
    """The source rows of good rows, ascending, by their account_id."""
    if table is None or not table.num_rows:
        return np.zeros(0, dtype=np.int64)
    return np.sort(pc.utf8_slice_codeunits(table[name], 1).cast("int64").to_numpy())


def _of_peer(path: Path, shape: Shape) -> Ints:
    """The cells that a peer found, from lines of row and field."""
    table = _read(path)
    if not table.num_rows:
        return np.zeros(0, dtype=np.int64)
    names = pa.array([column.name for column in shape.columns])
    at = pc.index_in(table["field"], value_set=names).to_numpy()
    return table["row"].cast("int64").to_numpy() * len(shape.columns) + at.astype(np.int64)


def _of_run(path: Path, shape: Shape) -> Ints:
    """The cells that rejected.csv blames, from the codes and columns in its first column."""
    if not path.exists():
        return np.zeros(0, dtype=np.int64)
    table = _read(path, ["preflight_errors", "preflight_row"])
    numbers = pc.replace_substring_regex(table["preflight_row"], "^.*-", "").cast("int64").to_numpy()
    found = []
    for at, column in enumerate(shape.columns):
        pattern = rf"(?:^|; )PF\d{{3}} {column.header}: "
        if column.name == KEY:
            pattern += "|(?:^|; )PF502 "
        found.append(numbers[pc.match_substring_regex(table["preflight_errors"], pattern).to_numpy()] * len(shape.columns) + at)
    return np.concatenate(found)


def _of_json(path: Path, shape: Shape) -> tuple[Ints, Ints]:
    """The cells and codes that `check` found, errors of rows and cells alone."""
    if not path.stat().st_size:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int16)
    table = arrow_json.read_json(path, read_options=arrow_json.ReadOptions(block_size=_BIG))
    table = table.filter(pc.and_(pc.equal(table["severity"], "error"), pc.is_in(table["scope"], pa.array(["cell", "row"]))))
    at = pc.index_in(table["field"], value_set=pa.array([column.name for column in shape.columns])).to_numpy()
    codes = pc.utf8_slice_codeunits(table["code"], 2).cast("int16").to_numpy()
    return table["source_row"].cast("int64").to_numpy() * len(shape.columns) + at.astype(np.int64), codes


def _altered(shape: Shape, rows: int, sent: pa.Table, good: Any) -> tuple[int, tuple[str, ...]]:
    """How many cells of the good rows are not what the source says in its one form; numbers are compared as numbers."""
    count, examples, start, at = 0, [], 0, 0
    if not pc.all(pc.greater(sent["account_id"][1:], sent["account_id"][:-1])).as_py():
        sent = sent.sort_by("account_id")
    for _, wanted in iter_blocks(shape, rows, plan_faults(shape, rows)):
        mask = good[start : start + len(wanted[0])]
        size = int(mask.sum())
        for column, cells in zip(shape.columns, wanted, strict=True):
            has = sent[column.name].slice(at, size).combine_chunks()
            cells = cells.filter(pa.array(mask))
            if column.type in ("number", "integer"):
                has, cells = has.cast("float64"), cells.cast("float64")
            same = pc.or_(pc.fill_null(pc.equal(has, cells), False), pc.and_(has.is_null(), cells.is_null()))
            bad = np.flatnonzero(~same.to_numpy(zero_copy_only=False))
            count += bad.size
            examples += [f"altered {column.name}: {cells[one].as_py()!r} as {has[one].as_py()!r}" for one in bad[:1].tolist()]
        start, at = start + len(mask), at + size
    return count, tuple(examples[:6])


def main() -> None:
    """Compare one folder and print the outcome."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--shape", default="faulty")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--kind", choices=("peer", "preflight", "json"), default="peer")
    chosen = parser.parse_args()
    print(json.dumps(asdict(compare(chosen.folder, chosen.out, shape_of(chosen.shape), chosen.rows, chosen.kind))))


if __name__ == "__main__":
    main()
