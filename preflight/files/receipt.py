"""The receipt of a run: what was written, from what, under which plan, and what each part holds."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from preflight.errors import UsageError

__all__ = ["MOVED", "RECEIPT", "ROWS", "PartLine", "ReceiptRecord", "read_receipt"]

RECEIPT = "receipt.json"
ROWS = "rows.parquet"
MOVED = "moved.parquet"
"""Where rows stood that were sent, refused and written again by `merge`: source_row, part, part_record, part_line."""


@dataclass(frozen=True, slots=True)
class PartLine:
    """One written CSV: its name in the folder, the number of records without the header, its exact bytes and their SHA-256."""

    part: int
    name: str
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ReceiptRecord:
    """The content of `receipt.json`.

    `run` is the 8 hexadecimal digits that row keys begin with; `columns` pairs each header of the parts with its field, in order;
    `definition` is the whole plan, so that a run can be taken up without anything else; `sources` pairs each field that is sent
    with its column of the source (None for a constant), and `answers` has what was settled for each of these columns; `merges`
    counts how often repaired rows were added.
    """

    preflight: str
    run: str
    entity_type: str
    operation: str | None
    match_key: str | None
    plan_digest: str
    source: dict[str, Any]
    summary: dict[str, Any]
    columns: tuple[tuple[str, str], ...]
    headers: str
    parts: tuple[PartLine, ...]
    rejected: int
    left_out: tuple[str, ...] = ()
    definition: dict[str, Any] = field(default_factory=dict)
    sources: tuple[tuple[str, str | None], ...] = ()
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    merges: int = 0

    def to_json(self) -> str:
        """The text of `receipt.json`."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n"


def read_receipt(folder: Path) -> ReceiptRecord:
    """The receipt of a folder. Raises UsageError where there is none, or one that cannot be understood."""
    path = folder / RECEIPT
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        parts = tuple(PartLine(**part) for part in found.pop("parts"))
        columns = tuple((pair[0], pair[1]) for pair in found.pop("columns"))
        found["sources"] = tuple((pair[0], pair[1]) for pair in found.get("sources", ()))
        known = {one.name for one in fields(ReceiptRecord)}
        found["left_out"] = tuple(found.get("left_out", ()))
        return ReceiptRecord(parts=parts, columns=columns, **{name: value for name, value in found.items() if name in known})
    except NotADirectoryError:
        raise UsageError(f"{folder} is a file; give the folder of the run") from None
    except FileNotFoundError:
        words = f"{folder} holds no receipt.json, so no finished run; write one with: preflight write SOURCE -o {folder}"
        raise UsageError(words) from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}); check its permissions") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        words = f"{path} cannot be understood ({type(error).__name__}); write the run again into another folder"
        raise UsageError(words) from error
