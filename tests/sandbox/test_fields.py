"""The FieldMappings that ship with preflight."""

from __future__ import annotations

from preflight.sandbox.fields import bundled_fields


def test_every_entity_has_its_fields() -> None:
    found = bundled_fields()
    assert set(found) == {"accounts", "people", "opportunities", "activities"}
    assert [one.field_name for one in found["accounts"] if one.required] == ["account_name", "domain"]
    assert all(one.odd == () and one.entity_type == entity for entity, records in found.items() for one in records)
