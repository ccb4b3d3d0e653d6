"""The receipt that a user holds after writing."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from preflight.files.receipt import ROWS, ReceiptRecord, read_receipt

__all__ = ["Receipt"]


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
        """Where every source row went: all coordinates, one line per source row."""
        return pd.read_parquet(self.folder / ROWS)

    def __repr__(self) -> str:
        good, rejected = self.summary["good"], self.summary["rejected"]
        return f"<Receipt {self.folder}: {good:,} rows in {len(self.parts)} part(s), {rejected:,} rejected>"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(part.name)}</td><td>{part.rows:,}</td><td>{part.bytes:,}</td></tr>" for part in self.record.parts
        )
        counts = self.summary
        balance = f"{counts['records']:,} records = {counts['good']:,} written + {counts['rejected']:,} rejected"
        head = "<tr><th>part</th><th>rows</th><th>bytes</th></tr>"
        return f"<p><b>{balance}</b> in {escape(str(self.folder))}</p><table>{head}{rows}</table>"
