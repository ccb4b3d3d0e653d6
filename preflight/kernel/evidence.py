"""What the values of a column look like, for `map`: shares of a sample that read as each type."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from preflight.contract.field import Answers, Field, FieldType
from preflight.contract.propose import ColumnEvidence
from preflight.kernel.families import FAMILIES
from preflight.kernel.normalise import prepared
from preflight.rows import Chunk

__all__ = ["column_evidence"]

Array = Any
_SAMPLE = 5_000
_TYPES = {
    "email": FieldType.EMAIL,
    "domain": FieldType.DOMAIN,
    "url": FieldType.URL,
    "date": FieldType.DATE,
    "boolean": FieldType.BOOLEAN,
    "integer": FieldType.INTEGER,
    "number": FieldType.NUMBER,
}


def column_evidence(chunk: Chunk) -> dict[int, ColumnEvidence]:
    """The evidence of each column of a chunk, from its first 5,000 rows."""
    return {number: _evidence_of(column.slice(0, _SAMPLE)) for number, column in enumerate(chunk.columns)}


def _evidence_of(cells: Array) -> ColumnEvidence:
    filled = cells.drop_null()
    if not len(filled):
        return ColumnEvidence()
    distinct = pc.count_distinct(filled).as_py() / len(filled)
    shares = {name: _share(filled, Field(name, kind)) for name, kind in _TYPES.items()}
    return ColumnEvidence(len(filled), distinct, **shares)


def _share(cells: Array, field: Field) -> float:
    """How many of the cells the type can hold; those that only wait for an answer count."""
    tidied, _ = prepared(cells, field)
    reading = FAMILIES[field.type].read(tidied, field, Answers())
    read = reading.text.is_valid()
    for fault in reading.faults:
        if fault.questions:
            read = pc.or_(read, fault.mask)
    return float(pc.sum(read.cast(pa.int64())).as_py() or 0) / len(cells)
