"""The match keys of repaired rows: none may be that of a row that is written already, nor of another repaired row."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from preflight.contract.plan import Plan
from preflight.kernel.survey import comparable
from preflight.submission.account import Account
from preflight.submission.repair import cells_of_rows

__all__ = ["key_faults"]

Array = Any


def key_faults(account: Account, plan: Plan, rows: Any, keys: Array) -> dict[int, str]:
    """What is wrong with the keys (canonical text) of repaired rows, by position; `rows` are their places in the row map.

    Rows that are still rejected and were not given do not count: they are not sent. Among the repaired rows the plan's policy of
    duplicates holds; a row that is written already comes before them all.
    """
    assert plan.match_key is not None
    field = plan.contract.field(plan.match_key)
    assert field is not None
    keys = comparable(keys, field)
    found = dict(_doubles(account, plan, rows, keys))
    written, places = _written_keys(account, plan.match_key, rows)
    written = comparable(written, field)
    taken = pc.index_in(keys, value_set=written, skip_nulls=True) if len(written) else pa.nulls(len(keys), pa.int32())
    for at, other in enumerate(taken.to_pylist()):
        if other is not None:
            found[at] = _words(plan.match_key, f"{_named(account, int(places[other]))}, which is written")
    return found


def _doubles(account: Account, plan: Plan, rows: Any, keys: Array) -> list[tuple[int, str]]:
    codes = keys.dictionary_encode().indices.fill_null(-1).to_numpy(zero_copy_only=False)
    order = np.lexsort((rows, codes))
    order = order[codes[order] >= 0]
    found = []
    for group in np.split(order, np.flatnonzero(np.diff(codes[order])) + 1):
        if len(group) < 2:
            continue
        kept = {"first": group[0], "last": group[-1]}.get(plan.duplicates)
        for at in group.tolist():
            if at != kept:
                other = int(rows[group[0] if at != group[0] else group[1]])
                found.append((at, _words(plan.match_key, _named(account, other))))
    return found


def _written_keys(account: Account, match_key: str, rows: Any) -> tuple[Array, Any]:
    """The match keys of the rows that are written and not among those repaired, and their places."""
    column = next((at for at, (_, field) in enumerate(account.receipt.columns) if field == match_key), None)
    left = account.parts > 0
    left[rows] = False
    found, places = [pa.array([], pa.string())], [np.zeros(0, dtype=np.int64)]
    for part in account.receipt.parts if column is not None else ():
        some = np.flatnonzero(left & (account.parts == part.part))
        if len(some):
            found += cells_of_rows(account, some, [column])
            places.append(some)
    return pa.concat_arrays(found), np.concatenate(places)


def _named(account: Account, row: int) -> str:
    source_row, line = account.table["source_row"][row].as_py(), account.table["line"][row].as_py()
    return f"source row {source_row}" if line is None else f"line {line}"


def _words(field: str | None, whose: str) -> str:
    return f"PF502 {field}: this row has the match key of {whose}; give it another, or leave the row out"
