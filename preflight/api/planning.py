"""The plan that options state: their files read, the bundled contract laid under them, every fault told at once.

It needs neither pandas nor pandera, so that a command has its first rows in hand while they load.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

from preflight.contract.mappings import read_entity
from preflight.contract.options import PlanOptions
from preflight.contract.plan import Plan, plan_of
from preflight.contract.toml_text import parse_toml
from preflight.errors import PlanError
from preflight.files.bundled import bundled_contract
from preflight.kernel.constants import constant_faults

__all__ = ["plan_from"]


def plan_from(
    options: PlanOptions, /, *, base: Path | None = None, faults: Iterable[str] = (), fields: Any = None, rules: Any = None
) -> Plan:
    """The plan that options state. Paths in them are relative to `base`. Raises PlanError with every fault."""
    if options.entity is None:
        raise PlanError([*faults, "no entity is given; wanted accounts, people, opportunities or activities"])
    folder = base or Path()
    mappings = _mappings(fields if fields is not None else options.fields and folder / options.fields)
    overlays = _overlays(rules if rules is not None else options.rules and folder / options.rules)
    contract = bundled_contract(_entity(options.entity), mappings, rules=overlays)
    made = plan_of(contract, options, faults)
    wrong = tuple(constant_faults(made))
    if wrong:
        raise PlanError(wrong)
    return made


def _entity(text: str) -> str:
    return read_entity(text) or text


def _mappings(given: Any) -> Any:
    """FieldMapping objects as parsed JSON: from a path, a list of records, or as they are."""
    if given is None or given == "":
        return None
    if isinstance(given, (str, Path)):
        return _parsed_json(Path(given))
    if isinstance(given, Mapping):
        return given
    if isinstance(given, Iterable):
        return [asdict(one) if is_dataclass(one) and not isinstance(one, type) else one for one in given]
    return given


def _parsed_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise PlanError([f"the field mappings {path} cannot be read ({error.strerror}); give a JSON file with --fields"]) from error
    except (ValueError, RecursionError) as error:
        raise PlanError([f"the field mappings {path} are not JSON ({error}); wanted a list of FieldMapping objects"]) from error


def _overlays(given: Any) -> tuple[Any, ...]:
    if given is None or given == "":
        return ()
    if not isinstance(given, (str, Path)):
        return (given,)
    path = Path(given)
    try:
        return (parse_toml(path.read_text(encoding="utf-8"), str(path)),)
    except OSError as error:
        raise PlanError([f"the rules {path} cannot be read ({error.strerror}); give a TOML file with --rules"]) from error
    except ValueError as error:
        raise PlanError([str(error)]) from error
