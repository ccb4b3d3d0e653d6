"""pandera without what it does for Spark when it is imported.

Where pyspark is installed, `import pandera.pandas` imports pyspark.pandas too: a second of work, warnings on standard
error, then nothing, for it cannot be imported beside pandas 3. It also sets SPARK_LOCAL_IP to the loopback address, which would cut
off the driver of a cluster whose session begins later.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["spark_hidden"]

_SET_BY_PANDERA = ("SPARK_LOCAL_IP", "PYARROW_IGNORE_TIMEZONE")


@contextmanager
def spark_hidden() -> Iterator[None]:
    """Let pandera be imported as if pyspark.pandas were not installed; the environment stays as it was.

    Where pyspark is loaded already, the rest of it stays in sight. pandera's own support for Spark SQL is not touched.
    """
    name = "pyspark.pandas" if "pyspark" in sys.modules else "pyspark"
    before = {one: os.environ.get(one) for one in _SET_BY_PANDERA}
    hides = name not in sys.modules
    if hides:
        sys.modules[name] = None  # type: ignore[assignment]  # the import system's own way to say "not there"
    try:
        yield
    finally:
        if hides:
            del sys.modules[name]
        for one, value in before.items():
            if value is None:
                os.environ.pop(one, None)
            else:
                os.environ[one] = value
