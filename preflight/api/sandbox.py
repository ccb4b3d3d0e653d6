"""The local server for notebooks and tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from preflight.contract.wire import FieldMappingRecord
from preflight.errors import UsageError
from preflight.files.receipt import ReceiptRecord
from preflight.sandbox.faults import Fault, Naming, RowNumbers, Switches
from preflight.sandbox.server import Sandbox, serve

__all__ = ["fields_of_run", "sandbox", "switches_from"]


@contextmanager
def sandbox(*faults: str, port: int = 0, **switches: Any) -> Iterator[Sandbox]:
    """The import API on this machine until the context ends; yields its address, for which no token is needed.

    Faults are written ``upload:reset-after@1``; the switches are those of `preflight.sandbox.faults.Switches`, such as
    ``row_numbers="line"``. Raises UsageError for a switch or a fault that does not exist.
    """
    with serve(switches_from(faults, switches), port=port) as box:
        yield box


def switches_from(faults: tuple[str, ...], given: dict[str, Any]) -> Switches:
    """The switches that words state. Raises UsageError."""
    stated = dict(given)
    try:
        if "row_numbers" in stated:
            stated["row_numbers"] = RowNumbers(stated["row_numbers"])
        if "naming" in stated:
            stated["naming"] = Naming(stated["naming"])
        return Switches(faults=tuple(Fault.parse(one) for one in faults), **stated)
    except (ValueError, TypeError) as error:
        raise UsageError(f"the sandbox has no such switch: {error}") from None


def fields_of_run(record: ReceiptRecord) -> dict[str, tuple[FieldMappingRecord, ...]]:
    """The FieldMappings that a run was planned with, for a sandbox that takes what the plan says."""
    fields = record.definition.get("contract", {}).get("fields", ())
    return {
        record.entity_type: tuple(
            FieldMappingRecord(
                one["name"], one.get("stated_type"), bool(one.get("required")), one.get("description"), record.entity_type
            )
            for one in fields
        )
    }
