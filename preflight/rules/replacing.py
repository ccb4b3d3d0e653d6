"""Some cells of a column replaced by others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["put"]

Array = Any  # pyarrow.Array; pyarrow ships no types


def put(column: Array, mask: Array, values: Array, /) -> Array:
    """The column with the values, in order, where the null-free mask is true; as many values as that."""
    if not pa.types.is_string(column.type):
        return pc.replace_with_mask(column, mask, values)
    # Texts are taken from the column and the values together, which takes less than half the time of replacing one by one.
    length = len(column)
    rows = np.flatnonzero(mask.to_numpy(zero_copy_only=False))
    taken = np.arange(length, dtype=np.int32)
    taken[rows] = np.arange(length, length + len(rows), dtype=np.int32)
    return pa.concat_arrays([column, values]).take(pa.array(taken))
