"""preflight merge."""

from __future__ import annotations

from pathlib import Path

import click

from preflight.cli.exits import Exit
from preflight.cli.loading import work
from preflight.cli.output import say, write_out

__all__ = ["command"]


@click.command(name="merge")
@click.argument("folder", metavar="DIR")
@click.argument("fixed")
def command(folder: str, fixed: str) -> Exit:
    """Take repaired rows back into their run: joined by row key, judged under the run's plan, written as the next part.

    FIXED is rejected.csv or rejected-there.csv after repair, or a workbook, with its column preflight_row. Rows that were imported
    already, or may have been, are refused. `preflight submit DIR` then sends the new part.

    Exit codes: 0 all rows good, 1 rows rejected again, 2 nothing was merged.
    """
    merged = work("merge").merge_run(Path(folder), fixed)
    name = folder.rstrip("/") or folder
    write_out([f"{name}: {work('telling').balance(merged.summary)}\n"], None)
    for part in merged.parts:
        say(f"{name}/{part.name}: written; send it with: preflight submit {name}")
    if merged.rejected_file is not None:
        count = merged.rejected
        say(f"{name}/{merged.rejected_file.name}: {count:,} row{'' if count == 1 else 's'} to repair")
    return Exit.CLEAN if merged.ok else Exit.REJECTED
