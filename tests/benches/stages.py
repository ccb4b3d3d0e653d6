"""Where the time of `preflight write` goes: seconds of processor time by stage, measured in this process on one thread.

    python tests/benches/stages.py --rows 100000 --shape faulty

Each stage is timed where the engine calls it, without the stages inside it, so the sum is the whole run; what no stage covers is
`the rest`. Reading and writing of the floor stand below for comparison. Processor time, since a busy machine hardly changes it.
(Not called profile, since the standard library has a module of that name.)
"""

from __future__ import annotations

import argparse
import functools
import importlib
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from data import prepare
from layout import KEY, shape_of
from running import machine

__all__ = ["STAGES", "Clock"]

STAGES: tuple[tuple[str, str, str], ...] = (
    ("read: scan", "preflight.files.blocks", "scan"),
    ("read: parse", "preflight.files.csv_source", "parse"),
    ("survey", "preflight.engines.run", "survey"),
    ("survey: keys", "preflight.kernel.survey", "_key_part"),
    ("keys: find duplicates", "preflight.kernel.survey", "find_duplicates"),
    ("keys: compare duplicate rows", "preflight.engines.run", "digests_of"),
    ("judge: the rest", "preflight.engines.run", "judge"),
    ("judge: distinct values", "preflight.kernel.normalise", "distinct_of"),
    ("judge: tidy", "preflight.rules.texts", "tidy"),
    ("judge: refused in every type", "preflight.rules.texts", "refused"),
    ("judge: null words", "preflight.rules.texts", "is_null_word"),
    ("judge: value rules", "preflight.kernel.normalise", "_value_faults"),
    ("judge: changed cells", "preflight.kernel.judge", "differs"),
    ("judge: pick good rows", "preflight.engines.run", "texts_of"),
    ("gate: typed columns", "preflight.engines.run", "_typed"),
    ("gate: pandera", "preflight.kernel.schema", "gate"),
    ("tally: count values", "preflight.kernel.tally", "Tally.counts_of"),
    ("tally: add", "preflight.kernel.tally", "Tally.add"),
    ("serialise", "preflight.engines.writing", "serialise"),
    ("write: parts", "preflight.files.write", "PartWriter.put"),
    ("write: words of rejected rows", "preflight.engines.writing", "RunWriter._errors"),
    ("write: rejected rows", "preflight.files.write", "RejectedWriter.put"),
    ("map: rows", "preflight.engines.writing", "RunWriter._mapped"),
    ("map: coordinates", "preflight.engines.writing", "_coordinates"),
    ("map: write", "preflight.files.write", "RowMapWriter.add"),
    ("report: content", "preflight.api.writing", "content_of"),
)
"""A name, and the module and the function where the engine calls it; the families are added to them."""


@dataclass(slots=True)
class Clock:
    """Seconds by stage. Stages nest; the time of the inner one is not the outer one's."""

    seconds: dict[str, float] = field(default_factory=dict)
    calls: dict[str, int] = field(default_factory=dict)
    _inner: list[float] = field(default_factory=list)

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, timed under a name."""

        @functools.wraps(function)
        def measured(*args: Any, **given: Any) -> Any:
            began = time.process_time()
            self._inner.append(0.0)
            try:
                return function(*args, **given)
            finally:
                whole = time.process_time() - began
                self.seconds[name] = self.seconds.get(name, 0.0) + whole - self._inner.pop()
                self.calls[name] = self.calls.get(name, 0) + 1
                if self._inner:
                    self._inner[-1] += whole

        return measured

    def watch(self, name: str, module: str, path: str) -> bool:
        """Time a function where it is called; False where the engine no longer has it."""
        owner: Any = importlib.import_module(module)
        *parents, last = path.split(".")
        for parent in parents:
            owner = getattr(owner, parent, None)
        if getattr(owner, last, None) is None:
            return False
        setattr(owner, last, self.timed(name, getattr(owner, last)))
        return True


class _Inline:
    """An executor that works at once, on the thread of the caller."""

    def __init__(self, *_: Any, **__: Any) -> None: ...

    def __enter__(self) -> _Inline:
        return self

    def __exit__(self, *_: Any) -> None: ...

    def shutdown(self, *_: Any, **__: Any) -> None:
        """Nothing runs."""

    def map(self, function: Callable[[Any], Any], items: Any) -> list[Any]:
        """The outcomes, worked now."""
        return [function(one) for one in items]

    def submit(self, function: Callable[..., Any], *args: Any, **given: Any) -> _Done:
        """The outcome, worked now."""
        return _Done(function(*args, **given))


@dataclass(frozen=True, slots=True)
class _Done:
    value: Any

    def result(self, timeout: float | None = None) -> Any:
        """What came out."""
        return self.value

    def cancel(self) -> bool:
        """Too late."""
        return False

    def done(self) -> bool:
        """Always."""
        return True


def on_one_thread() -> None:
    """Let every engine work on the caller's thread, and pyarrow on one."""
    import pyarrow as pa

    pa.set_cpu_count(1)
    for name, module in sorted(sys.modules.items()):
        if name.startswith("preflight") and hasattr(module, "ThreadPoolExecutor"):
            module.ThreadPoolExecutor = _Inline  # type: ignore[attr-defined]


def watched(clock: Clock) -> list[str]:
    """Watch all stages; those that are not there any more are returned."""
    families: dict[Any, ModuleType] = importlib.import_module("preflight.kernel.families").FAMILIES
    gone = [name for name, module, path in STAGES if not clock.watch(name, module, path)]
    for module in dict.fromkeys(families.values()):
        short = module.__name__.rpartition(".")[2]
        clock.watch(f"judge: {short}", module.__name__, "read")
        clock.watch(f"survey: {short}", module.__name__, "survey")
        clock.watch(f"gate: {short} to typed", module.__name__, "to_typed")
    return gone


def written(table: Path, out: Path) -> None:
    """Write a table with the stream engine, as the command line does."""
    from preflight.api.planning import plan_from
    from preflight.api.writing import WriteOptions, write_with_content
    from preflight.contract.options import PlanOptions
    from preflight.files.options import ReadOptions
    from preflight.files.read import open_source

    fields, rules = str(table / "fields.json"), str(table / "rules.toml")
    plan = plan_from(PlanOptions(entity="accounts", operation="upsert", match_key=KEY, fields=fields, rules=rules))
    write_with_content(plan, open_source(str(table / "source.csv"), ReadOptions()), out, WriteOptions())


def floor_of(table: Path, out: Path, headers: list[str]) -> Iterator[tuple[str, float]]:
    """The seconds that pyarrow takes to read and to write the same file as text, on one thread."""
    from pyarrow import csv

    began = time.process_time()
    read = csv.read_csv(
        table / "source.csv",
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(column_types=dict.fromkeys(headers, "string")),
    )
    yield "floor: read", time.process_time() - began
    began = time.process_time()
    csv.write_csv(read, out / "floor.csv")
    yield "floor: write", time.process_time() - began


def main() -> None:
    """Prepare a table, write it under the clock, and print the stages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--shape", default="faulty")
    chosen = parser.parse_args()
    began = time.process_time()
    for name in ("preflight.cli.write", "preflight.engines.run", "preflight.files.csv_source", "pandera.pandas"):
        importlib.import_module(name)
    imports = time.process_time() - began
    shape, clock = shape_of(chosen.shape), Clock()
    with tempfile.TemporaryDirectory(prefix="preflight-bench-") as temporary:
        table = Path(temporary)
        prepare(table, shape, chosen.rows)
        gone = watched(clock)
        on_one_thread()
        floor = list(floor_of(table, table, [column.header for column in shape.columns]))
        clock.timed("the rest", written)(table, table / "out")
    _print(clock, imports, floor, chosen.rows, gone)


def _print(clock: Clock, imports: float, floor: list[tuple[str, float]], rows: int, gone: list[str]) -> None:
    total = sum(clock.seconds.values())
    print(f"{machine()}; {rows:,} rows, one thread, imports ({imports:.2f} s) not counted\n")
    print("| stage | seconds | share | seconds per million rows | calls |\n| --- | --- | --- | --- | --- |")
    for name, seconds in sorted(clock.seconds.items(), key=lambda pair: -pair[1]):
        if seconds >= total / 1000:
            print(f"| {name} | {seconds:.3f} | {seconds / total:.1%} | {seconds / rows * 1e6:.2f} | {clock.calls[name]:,} |")
    print(f"| **all stages** | {total:.3f} | | {total / rows * 1e6:.2f} | |")
    for name, seconds in floor:
        print(f"| {name} | {seconds:.3f} | | {seconds / rows * 1e6:.2f} | |")
    if gone:
        print(f"\nNot in the engine any more, so within what calls them: {', '.join(gone)}")


if __name__ == "__main__":
    main()
