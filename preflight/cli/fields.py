"""preflight fields: pull, show, diff."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from preflight.cli.connection import client_for, connection_options
from preflight.cli.exits import Exit
from preflight.cli.loading import work
from preflight.cli.output import say, write_out
from preflight.contract.field import ENTITIES
from preflight.contract.mappings import read_entity
from preflight.contract.plan_toml import from_toml
from preflight.contract.wire import FieldMappingRecord
from preflight.errors import PlanError, UsageError
from preflight.files.bundled import bundled_fields
from preflight.report.escape import visible

if TYPE_CHECKING:
    from preflight.contract.options import PlanOptions
    from preflight.submission.guard import Difference

__all__ = ["command"]

_NAMES = ("field_name", "field_type", "required", "description")
_entity = click.option("--entity", metavar="ENTITY", help="accounts, people, opportunities or activities.")
_saved = click.option("--fields", "saved", metavar="FILE", help="FieldMappings as JSON, as pull saves them.")


@click.group(name="fields")
def command() -> None:
    """The fields that the host lets import: pull, show, diff."""


@command.command(name="pull")
@_entity
@click.option("-o", "out", metavar="FILE", help="Write into a file, for --fields.")
@connection_options
def pull(entity: str | None, out: str | None, at: dict[str, Any]) -> Exit:
    """Save the host's FieldMappings, as the option --fields of other commands takes them."""
    records = _of_host(at, _stated(entity))
    names = ("entity_type", *_NAMES)
    found = [{name: value for name in names if (value := getattr(one, name)) is not None} for one in records]
    write_out([json.dumps({"mappings": found}, ensure_ascii=False, indent=1) + "\n"], out)
    say(f"{len(found):,} fields{'' if out is None else f' in {out}'}")
    return Exit.CLEAN


@command.command(name="show")
@_entity
@_saved
@click.option("--bundled", is_flag=True, help="The fields that preflight ships; needs no host and no token.")
@connection_options
def show(entity: str | None, saved: str | None, bundled: bool, at: dict[str, Any]) -> Exit:
    """Print the fields of the host, of a file with --fields, or those that preflight ships with --bundled."""
    if saved is not None and at:
        raise UsageError("--fields shows a file, which has no address; leave out --url and --token-file")
    if bundled and (at or saved is not None):
        raise UsageError("--bundled shows what preflight ships; leave out --fields, --url and --token-file")
    wanted = _stated(entity)
    if bundled:
        records = [one for each in ([wanted] if wanted else ENTITIES) for one in _bundled(each)]
    else:
        records = _of_host(at, wanted) if saved is None else _of_file(Path(saved), wanted)
    write_out(_lines(records), None)
    return Exit.CLEAN


@command.command(name="diff")
@_entity
@_saved
@click.option("--plan", "plans", multiple=True, metavar="FILE.toml", help="A plan that may break; repeatable.")
@connection_options
def diff(entity: str | None, saved: str | None, plans: tuple[str, ...], at: dict[str, Any]) -> Exit:
    """Print what changed between saved fields (without --fields the bundled ones) and the host's, and which plans break.

    Exit codes: 0 nothing that breaks a plan, 1 a field is gone, retyped or newly required, or a given plan breaks.
    """
    stated = _stated(entity)
    options = {name: _plan(Path(name)) for name in plans}
    entities = {read_entity(one.entity or "") for one in options.values()}
    wanted = stated or (next(iter(entities)) if len(entities) == 1 else None)
    if wanted is None:
        raise UsageError("fields diff needs one entity; add --entity accounts, people, opportunities or activities")
    before = _bundled(wanted) if saved is None else _of_file(Path(saved), wanted)
    found = work("guard").differences(before, _of_host(at, wanted))
    broken = {name: words for name, one in options.items() if (words := _breaks(one, wanted, found))}
    write_out(_told(found, broken, tuple(options)), None)
    return Exit.REJECTED if broken or (not options and any(one.breaks for one in found)) else Exit.CLEAN


def _stated(entity: str | None) -> str | None:
    if entity is None:
        return None
    found = read_entity(entity)
    if found is None:
        raise UsageError(f'--entity is "{entity}"; wanted accounts, people, opportunities or activities')
    return found


def _of_host(at: dict[str, Any], entity: str | None) -> list[FieldMappingRecord]:
    with client_for(at) as client:
        return [one for one in client.list_field_mappings(entity) if _is_of(one, entity)]


def _is_of(record: FieldMappingRecord, entity: str | None) -> bool:
    return entity is None or record.entity_type is None or read_entity(record.entity_type) == entity


def _of_file(path: Path, entity: str | None) -> list[FieldMappingRecord]:
    try:
        parsed = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read ({error.strerror}); save the fields with: preflight fields pull -o {path}"
        ) from error
    except ValueError as error:
        raise UsageError(f"{path} is not JSON ({error}); save the fields with: preflight fields pull -o {path}") from error
    return _records(parsed, str(path), entity)


def _records(parsed: object, name: str, entity: str | None) -> list[FieldMappingRecord]:
    items = parsed.get("mappings") if isinstance(parsed, dict) else parsed
    if not isinstance(items, list):
        raise UsageError(f'{name} holds no list of FieldMapping objects and no {{"mappings": [...]}}')
    return [one for one in map(FieldMappingRecord.from_json, items) if _is_of(one, entity)]


def _bundled(entity: str) -> list[FieldMappingRecord]:
    return _records(bundled_fields(entity), "the bundled fields", entity)


def _lines(records: Sequence[FieldMappingRecord]) -> Iterator[str]:
    names = [visible(f"{one.entity_type or '-'}.{one.field_name or '-'}") for one in records]
    width = max((len(name) for name in names), default=0)
    for name, one in zip(names, records, strict=True):
        kind, need = visible(one.field_type or "-"), "required" if one.required else " " * 8
        yield f"{name.ljust(width)}  {kind.ljust(10)}  {need}  {visible(one.description or '')}".rstrip() + "\n"


def _plan(path: Path) -> PlanOptions:
    try:
        return from_toml(path.read_text(encoding="utf-8"), name=str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise PlanError([f"the plan {path} cannot be read ({error}); give a TOML file"]) from error


def _breaks(plan: PlanOptions, entity: str, found: Sequence[Difference]) -> list[str]:
    """Why a plan no longer holds."""
    if read_entity(plan.entity or "") != entity:
        return []
    used = {one.field for one in plan.columns} | {name for name, _ in plan.constants} | {plan.match_key}
    words = [str(one) for one in found if one.name in used and (one.after is None or one.is_retyped)]
    if plan.operation != "update":
        new = [one for one in found if one.breaks and one.after is not None and one.after.required and one.name not in used]
        words += [f"{one}, and the plan does not state it" for one in new]
    return words


def _told(found: Sequence[Difference], broken: dict[str, list[str]], plans: tuple[str, ...]) -> Iterator[str]:
    yield from (visible(str(one)) + "\n" for one in found)
    if not found:
        yield "no difference\n"
    for name in plans:
        yield f"{name}: " + ("; ".join(visible(words) for words in broken[name]) if name in broken else "holds") + "\n"
