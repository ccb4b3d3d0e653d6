"""The bundled `schemas/` folder: in an installed wheel `<package>/schemas`, in a checkout the top-level `schemas/`."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from preflight.contract.field import ENTITIES, Contract
from preflight.contract.overlay import contract_of
from preflight.errors import PlanError

__all__ = ["bundled_contract", "bundled_fields", "bundled_rules", "bundled_text", "schemas_folder"]


def schemas_folder() -> Path:
    """The folder that holds `import-api.yml`, `fields/` and `rules/`."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "schemas"
    return inside if inside.is_dir() else package.parent / "schemas"


@lru_cache
def bundled_text(name: str, /) -> str:
    """The text of one bundled file, such as ``fields/accounts.json``. Raises FileNotFoundError for a name that is not there."""
    return (schemas_folder() / name).read_text(encoding="utf-8")


def bundled_fields(entity: str, /) -> object:
    """The bundled FieldMapping list of an entity, parsed. Raises PlanError for an unknown entity."""
    return json.loads(bundled_text(f"fields/{_known(entity)}.json"))


def bundled_rules(entity: str, /) -> object:
    """The bundled rules overlay of an entity, parsed. Raises PlanError for an unknown entity."""
    return tomllib.loads(bundled_text(f"rules/{_known(entity)}.toml"))


def bundled_contract(entity: str, /, mappings: object = None, *, rules: Sequence[object] = ()) -> Contract:
    """The contract of an entity: `mappings` (parsed JSON; None for the bundled list), the bundled rules and a user's rules over it.

    Raises PlanError with every fault.
    """
    fields = bundled_fields(entity) if mappings is None else mappings
    return contract_of(entity, fields, (bundled_rules(entity),), rules=rules)


def _known(entity: str) -> str:
    if entity not in ENTITIES:
        raise PlanError([f'the entity is "{entity[:60]}"; wanted {", ".join(ENTITIES[:-1])} or {ENTITIES[-1]}'])
    return entity
