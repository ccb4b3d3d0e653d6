"""How fast and how large, compared with the floor and with peers that do the same work: one table for each shape and size.

    python tests/benches/bench.py --rows 100000 1000000 --shapes clean faulty all-faulty --runs 3

Every contender is a process of its own, from CSV to good CSV, rejected CSV and one line per finding; what it left is compared with
the planted truth. Runs are interleaved, figures are medians. Trust the ratios of one run, not seconds.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import math
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from formats import FORMATS, format_command
from layout import KEY, SHAPES, shape_of
from page import PAGE, measure_page
from running import Cost, machine, run

__all__ = ["CONTENDERS", "Contender", "Line", "main", "preflight_plan"]

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Contender:
    """Something that is measured. `needs` (modules) and `programs` must be installed; `engine` is preflight's on the command line,
    `module` a program beside this one, which leaves what preflight leaves (`ours`) or what a peer does; above `most` rows it runs
    only when it is named."""

    name: str
    module: str | None = None
    needs: tuple[str, ...] = ()
    engine: str | None = None
    most: int | None = None
    ours: bool = False
    programs: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """What it needs and is not installed."""
        modules = tuple(name for name in self.needs if importlib.util.find_spec(name) is None)
        return modules + tuple(name for name in self.programs if shutil.which(name) is None)

    def command(self, table: Path, out: Path, shape: str) -> list[str]:
        """The command that does the work."""
        if self.engine is not None:
            plan = preflight_plan(table)
            return [
                sys.executable,
                "-m",
                "preflight",
                "write",
                str(table / "source.csv"),
                "-o",
                str(out),
                *plan,
                "--engine",
                self.engine,
            ]
        return [sys.executable, "-m", f"contenders.{self.module}", str(table / "source.csv"), str(out), shape]


CONTENDERS = (
    Contender("floor", "floor", ("pyarrow",)),
    Contender("preflight-memory", engine="memory"),
    Contender("preflight-stream", engine="stream"),
    Contender("preflight-spark", "preflight_spark", ("pyspark",), ours=True, programs=("java",)),
    Contender("polars", "polars_plain", ("polars",)),
    Contender("polars-tuned", "polars_tuned", ("polars",)),
    Contender("duckdb", "duckdb_sql", ("duckdb",)),
    Contender("dataframely", "dataframely_filter", ("dataframely",)),
    Contender("pointblank", "pointblank_validate", ("pointblank", "polars")),
    Contender("pandera", "pandera_pandas", ("pandera",)),
    Contender("great-expectations", "great_expectations_suite", ("great_expectations",), most=200_000),
    Contender("frictionless", "frictionless_validate", ("frictionless",), most=200_000),
)


def preflight_plan(table: Path) -> list[str]:
    """The PLAN options for a table."""
    contract = ["--fields", str(table / "fields.json"), "--rules", str(table / "rules.toml")]
    return ["--entity", "accounts", "--operation", "upsert", "--match-key", KEY, *contract]


@dataclass(slots=True)
class Line:
    """What one contender cost on one table, run by run, and how far its outcome is from the truth (None where not compared)."""

    name: str
    costs: list[Cost] = field(default_factory=list)
    truth: dict[str, Any] | None = None
    remark: str = ""

    @property
    def wall(self) -> float | None:
        """The median of the seconds."""
        return self._median("wall")

    def _median(self, name: str) -> float | None:
        return statistics.median(getattr(cost, name) for cost in self.costs) if self.costs and not self.remark else None

    def to_json(self) -> dict[str, Any]:
        """The figures for a machine to read."""
        figures = {name: self._median(name) for name in ("wall", "processor", "peak")}
        return {"name": self.name, **figures, "runs": len(self.costs), "truth": self.truth, "remark": self.remark}

    def cells(self, floor: float | None, growth: float | None) -> list[str]:
        """The line as cells of the table."""
        if self.wall is None:
            return [self.name, "", "", "", "", "", self.remark]
        ratio = f"{self.wall / floor:.2f}" if floor else ""
        processor, peak = self._median("processor"), self._median("peak")
        return [
            self.name,
            f"{self.wall:.2f}",
            ratio,
            f"{processor:.2f}",
            f"{peak:,.0f}",
            "" if growth is None else f"{growth:.2f}",
            _checked(self.truth),
        ]


_HEADER = ("contender", "wall s", "ratio to floor", "processor s", "peak MiB", "growth exponent", "compared with the truth")


def _checked(truth: dict[str, Any] | None) -> str:
    if truth is None:
        return "judges nothing"
    wrong = [f"{value:,} {name}" for name, value in truth.items() if name != "examples" and value]
    return "WRONG: " + ", ".join(wrong) if wrong else "exact"


def table_for(folder: Path, shape: str, rows: int) -> Path:
    """The folder of a table, which is made unless it is there."""
    table = folder / f"{shape}-{rows}"
    if not (table / "truth.npz").exists():
        command = [sys.executable, str(_HERE / "data.py"), str(table), "--shape", shape, "--rows", str(rows)]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return table


def compared(table: Path, out: Path, shape: str, rows: int, kind: str) -> dict[str, Any]:
    """How far what was left in a folder is from the truth."""
    command = [sys.executable, str(_HERE / "truth.py"), str(table), str(out), "--shape", shape, "--rows", str(rows), "--kind", kind]
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode:
        return {"unreadable": 1, "examples": [done.stderr.strip()[-300:]]}
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def measure(chosen: Sequence[Contender], table: Path, shape: str, rows: int, options: argparse.Namespace) -> list[Line]:
    """Run the contenders in turn, as often as asked for."""
    lines = {contender.name: Line(contender.name, remark=_reason(contender, rows, options)) for contender in chosen}
    for number in range(options.runs):
        for contender in chosen:
            line = lines[contender.name]
            if line.remark:
                continue
            _say(f"{shape} {rows:,}: {contender.name} ({number + 1} of {options.runs})")
            out = table / "out"
            shutil.rmtree(out, ignore_errors=True)
            ends = (0, 1) if contender.engine else (0,)
            cost = run(contender.command(table, out, shape), table, limit=options.limit, ends=ends)
            line.costs.append(cost)
            line.remark = cost.failed or ""
            if number == 0 and not line.remark and contender.name != "floor":
                line.truth = compared(table, out, shape, rows, "preflight" if contender.engine or contender.ours else "peer")
            shutil.rmtree(out, ignore_errors=True)
    return list(lines.values())


def _reason(contender: Contender, rows: int, options: argparse.Namespace) -> str:
    if contender.missing:
        return f"not installed ({', '.join(contender.missing)})"
    if contender.most is not None and rows > contender.most and not options.all:
        return f"not run above {contender.most:,} rows without --all"
    return ""


def measure_formats(folder: Path, rows: int, options: argparse.Namespace) -> list[list[str]]:
    """`check` in each report format, every cell faulty against clean."""
    tables = {shape: table_for(folder, shape, rows) for shape in ("clean", "all-faulty")}
    costs: dict[tuple[str, str], list[Cost]] = {(name, shape): [] for name in FORMATS for shape in tables}
    for _ in range(options.runs):
        for (name, shape), found in costs.items():
            _say(f"check --format {name}: {shape} {rows:,}")
            command = format_command(name, tables[shape], preflight_plan(tables[shape]))
            found.append(run(command, tables[shape], limit=options.limit, ends=(0, 1)))
    return [_format_line(name, costs) for name in FORMATS]


def _format_line(name: str, costs: dict[tuple[str, str], list[Cost]]) -> list[str]:
    failed = [one.failed for shape in ("clean", "all-faulty") for one in costs[name, shape] if one.failed]
    if failed:
        return [name, "", "", "", "", failed[0]]
    walls = {shape: statistics.median(one.wall for one in costs[name, shape]) for shape in ("clean", "all-faulty")}
    peaks = {shape: statistics.median(one.peak for one in costs[name, shape]) for shape in ("clean", "all-faulty")}
    ratio = walls["all-faulty"] / walls["clean"]
    return [name, *(f"{wall:.2f}" for wall in walls.values()), f"{ratio:.2f}", *(f"{peak:,.0f}" for peak in peaks.values())]


_FORMAT_HEADER = ("check --format", "clean s", "every cell faulty s", "ratio", "clean MiB", "every cell faulty MiB")


def markdown(header: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A table."""
    rows = [header, ["---"] * len(header), *(["" if one is None else one.replace("\n", " ") for one in line] for line in lines)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


def growth_of(line: Line, rows: int, before: dict[str, tuple[int, float]]) -> float | None:
    """The exponent between the smallest size so far and this one."""
    if line.wall is None:
        return None
    first, wall = before.setdefault(line.name, (rows, line.wall))
    return None if first == rows else math.log(line.wall / wall) / math.log(rows / first)


def tables_of(options: argparse.Namespace, folder: Path) -> list[dict[str, Any]]:
    """Measure and print every table that was asked for; the figures."""
    chosen = [one for one in CONTENDERS if not options.only or one.name in (*options.only, "floor")]
    found = []
    for shape in options.shapes:
        before: dict[str, tuple[int, float]] = {}
        for rows in sorted(options.rows):
            table = table_for(folder, shape, rows)
            lines = measure(chosen, table, shape, rows, options)
            floor = next((line.wall for line in lines if line.name == "floor"), None)
            size = (table / "source.csv").stat().st_size
            columns = len(shape_of(shape).columns)
            print(f"\n### {shape}: {rows:,} rows x {columns} columns, {size / rows:.0f} bytes a row ({machine()})\n")
            print(markdown(_HEADER, [line.cells(floor, growth_of(line, rows, before)) for line in lines]), flush=True)
            found.append({"shape": shape, "rows": rows, "bytes": size, "lines": [line.to_json() for line in lines]})
    return found


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = [one.name for one in CONTENDERS]
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000], help="sizes; two or more give the growth exponent")
    parser.add_argument("--shapes", nargs="+", choices=list(SHAPES), default=["faulty"])
    parser.add_argument("--runs", type=int, default=3, help="how often each is run, in turn; figures are medians")
    parser.add_argument("--only", nargs="+", choices=names, help="these contenders, and the floor")
    parser.add_argument("--all", action="store_true", help="the slowest peers at every size")
    parser.add_argument("--limit", type=float, default=1800, help="seconds after which a contender is killed")
    parser.add_argument("--formats", type=int, metavar="ROWS", help="then the report formats at so many rows")
    parser.add_argument("--page", action="store_true", help="then Chromium opening an HTML report of 100,000 findings")
    parser.add_argument("--json", type=Path, metavar="FILE", help="the figures as JSON as well")
    parser.add_argument("--folder", type=Path, help="where tables are made and kept (default: a folder that is removed)")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what was asked for and print it as Markdown."""
    options = parsed(arguments)
    with tempfile.TemporaryDirectory(prefix="preflight-bench-") as temporary:
        folder = (options.folder or Path(temporary)).resolve()
        print(f"{machine()}; {options.runs} interleaved runs, medians")
        found = tables_of(options, folder)
        if options.formats:
            lines = measure_formats(folder, options.formats, options)
            print(f"\n### Report formats: {options.formats:,} rows ({machine()})\n")
            print(markdown(_FORMAT_HEADER, lines), flush=True)
        if options.page:
            print("\n### An HTML report of 100,000 findings in Chromium\n")
            table = table_for(folder, "all-faulty", PAGE.rows)
            print(markdown(PAGE.header, [measure_page(table, preflight_plan(table), options.limit)]), flush=True)
        if options.json:
            options.json.write_text(json.dumps({"machine": machine(), "tables": found}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
