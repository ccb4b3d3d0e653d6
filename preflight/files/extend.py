"""Adding to the folder of a run that was written, and perhaps sent: new files and a new row map, and only then the receipt.

The order of the names is the promise: whatever of them a crash leaves, the old receipt still describes parts that are whole, and a
row map of which a reader can tell what the receipt does not know yet.
"""

from __future__ import annotations

from pathlib import Path

from preflight.errors import UsageError
from preflight.files.receipt import RECEIPT
from preflight.files.write import TEMPORARY, Folder

__all__ = ["GrowingFolder"]


class GrowingFolder(Folder):
    """The folder of a written run while rows are added to it. Nothing in it is removed. A context manager."""

    def __init__(self, path: Path) -> None:
        if not (path / RECEIPT).exists():
            raise UsageError(f"{path} holds no receipt.json, so no finished run to add rows to")
        super().__init__(path)

    def __enter__(self) -> GrowingFolder:
        try:
            self._lock = self._locked()
        except OSError as error:
            raise UsageError(f"{self.path} cannot be written to ({error.strerror})") from error
        for left in self.path.glob(f"*{TEMPORARY}"):
            left.unlink()
        return self

    def finish(self, receipt: str | None) -> None:
        """Bring everything to disk, then to its name in the order in which it was opened, the receipt last."""
        if receipt is not None:
            self.open(RECEIPT).write(receipt.encode())
        self._settle_all()
        for name in list(self._open):
            (self.path / (name + TEMPORARY)).replace(self.path / name)
            self._sync()
        self._open.clear()
