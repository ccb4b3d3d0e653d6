"""The local server for notebooks and tests, and what it needs to know of a run."""

from __future__ import annotations

from preflight.contract.wire import FieldMappingRecord
from preflight.files.receipt import ReceiptRecord
from preflight.sandbox.start import sandbox

__all__ = ["fields_of_run", "sandbox"]


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
