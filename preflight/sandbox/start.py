"""The sandbox by words: switches and faults as people write them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from preflight.errors import UsageError
from preflight.sandbox.faults import Fault, Naming, RowNumbers, Switches
from preflight.sandbox.server import Sandbox, serve

__all__ = ["sandbox"]


@contextmanager
def sandbox(*faults: str, port: int = 0, **switches: Any) -> Iterator[Sandbox]:
    """The import API on this machine until the context ends; yields its address, for which no token is needed.

    Faults are written ``upload:reset-after@1``; the switches are those of `preflight.sandbox.faults.Switches`, such as
    ``row_numbers="line"``. Raises UsageError for a switch or a fault that does not exist.
    """
    with serve(_switches(faults, switches), port=port) as box:
        yield box


def _switches(faults: tuple[str, ...], given: dict[str, Any]) -> Switches:
    stated = dict(given)
    try:
        if "row_numbers" in stated:
            stated["row_numbers"] = RowNumbers(stated["row_numbers"])
        if "naming" in stated:
            stated["naming"] = Naming(stated["naming"])
        return Switches(faults=tuple(Fault.parse(one) for one in faults), **stated)
    except (ValueError, TypeError) as error:
        raise UsageError(f"the sandbox has no such switch: {error}") from None
