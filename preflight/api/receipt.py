"""The receipt that a user holds after writing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as parquet

import preflight.report.notebook_runs as notebook
from preflight.files.receipt import ROWS, ReceiptRecord, read_receipt
from preflight.report.wording import counted

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Receipt"]

_COUNTED = ("source_row", "record", "line", "part", "part_record", "part_line")


class Receipt:
    """What was written into a folder. `preflight.submit(receipt)` sends it; the folder alone is enough to go on another day."""

    def __init__(self, folder: str | Path, record: ReceiptRecord | None = None) -> None:
        self.folder = Path(folder)
        self.record = record or read_receipt(self.folder)

    @property
    def parts(self) -> tuple[Path, ...]:
        """The CSV parts, in order."""
        return tuple(self.folder / part.name for part in self.record.parts)

    @property
    def rejected(self) -> Path | None:
        """The file of rejected rows, None where there are none."""
        return self.folder / "rejected.csv" if self.record.rejected else None

    @property
    def summary(self) -> dict[str, Any]:
        """The counts of the run."""
        return self.record.summary

    @property
    def rows(self) -> pd.DataFrame:
        """Where every source row went: all coordinates, one line per source row; numbers are missing where there is none."""
        found: pd.DataFrame = parquet.read_table(self.folder / ROWS).to_pandas()
        return found.astype(dict.fromkeys(_COUNTED, "Int64"))

    def __repr__(self) -> str:
        good, rejected = self.summary["good"], self.summary["rejected"]
        return f"<Receipt {self.folder}: {counted(good, 'row')} in {counted(len(self.parts), 'part')}, {rejected:,} rejected>"

    def _repr_html_(self) -> str:
        return "".join(notebook.render_receipt(self.record, str(self.folder)))
