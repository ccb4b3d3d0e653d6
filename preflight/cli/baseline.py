"""A baseline: a JSON report of an earlier check, whose findings are known and do not count again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from preflight.errors import UsageError

__all__ = ["read_baseline"]

Accepted = tuple[tuple[str, str | None, frozenset[str | None]], ...]

_MAKE = "make one with: preflight check … --format json -o"


def read_baseline(path: Path) -> Accepted:
    """What a report of `preflight check --format json` says, as (code, column, values). Raises UsageError.

    A finding of a cell is known again by its code, column and value, one of a column or the file by code and column.
    """
    try:
        parsed = json.loads(path.read_text(encoding="utf-8"))
        reports = parsed.get("reports", [parsed])
        found = [one for report in reports for one in report["findings"]]
        return _accepted(found)
    except OSError as error:
        raise UsageError(f"the baseline {path} cannot be read ({error.strerror}); {_MAKE} {path}") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UsageError(f"the baseline {path} is no report; {_MAKE} {path}") from error


def _accepted(found: list[dict[str, Any]]) -> Accepted:
    values: dict[tuple[str, str | None], set[str | None]] = {}
    for one in found:
        values.setdefault((str(one["code"]), one["column"]), set()).add(one["value"])
    return tuple((code, column, frozenset(known)) for (code, column), known in values.items())
