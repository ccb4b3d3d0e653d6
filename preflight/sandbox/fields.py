"""The FieldMappings that ship with preflight, as the sandbox's own list of fields."""

from __future__ import annotations

import json
from pathlib import Path

from preflight.contract.field import ENTITIES
from preflight.contract.wire import FieldMappingRecord

__all__ = ["bundled_fields"]


def bundled_fields() -> dict[str, tuple[FieldMappingRecord, ...]]:
    """The fields of every entity, from the wheel or from the checkout."""
    package = Path(__file__).parent.parent
    folder = next(one for one in (package / "schemas", package.parent / "schemas") if one.is_dir()) / "fields"
    found = {}
    for entity in ENTITIES:
        listed = json.loads((folder / f"{entity}.json").read_text(encoding="utf-8"))
        found[entity] = tuple(FieldMappingRecord.from_json(one) for one in listed)
    return found
