"""From options, plan file and settings to what a command works with. The command line outranks the plan file, that the settings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from preflight.api.plan import Plan, plan_from
from preflight.api.policy import Choices, policy_of
from preflight.cli.baseline import read_baseline
from preflight.cli.options import severities_of
from preflight.contract.options import PlanOptions
from preflight.contract.options import read_options as read_plan_options
from preflight.contract.plan_toml import from_toml
from preflight.contract.policy import Policy
from preflight.contract.settings import FileOptions, Settings, ShowOptions, read_settings, settings_for
from preflight.errors import PlanError, SettingsError, UsageError
from preflight.files.options import ReadOptions

__all__ = ["Job", "find_settings", "job_for", "policy_for"]

Stated = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done with one source. `plan` is None where nothing states one: then the file alone is judged."""

    source: str
    plan: Plan | None
    read: ReadOptions
    show: ShowOptions


def find_settings(folder: Path) -> tuple[Settings, Path] | None:
    """The settings of a folder: `preflight.toml`, or `[tool.preflight]` of `pyproject.toml`; None where there are none."""
    for name in ("preflight.toml", "pyproject.toml"):
        path = folder / name
        if not path.is_file():
            continue
        try:
            found = read_settings(path.read_text(encoding="utf-8"), name=name)
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{name} cannot be read ({error}); it must be TOML in UTF-8") from error
        if found is not None:
            return found, folder
    return None


def job_for(source: str, plan: Stated, read: Stated, show: Stated, settings: tuple[Settings, Path] | None, *, alone: bool) -> Job:
    """The job for one source. `alone` judges the file without a plan where no setting covers it."""
    stated = _from_settings(source, settings, plan, alone=alone)
    plan_options = _stated_plan(plan, stated.plan)
    shown = _stated_show(show).over(stated.show)
    reading = ReadOptions(
        encoding=read.get("encoding", shown.encoding),
        delimiter=read.get("delimiter", shown.delimiter),
        header_line=read.get("header_line"),
        sheet=read.get("sheet"),
    )
    made = None if plan_options is None else plan_from(plan_options)
    return Job(source, made, reading, shown)


def _from_settings(source: str, settings: tuple[Settings, Path] | None, plan: Stated, *, alone: bool) -> FileOptions:
    if settings is None or alone:
        return FileOptions()
    found, folder = settings
    options = settings_for(found, _relative(source, folder))
    if options is None:
        if "entity" in plan or "plan_file" in plan:
            return found.defaults
        raise UsageError(
            f"{source}: no glob of {found.name} covers it; add a [[files]] entry, state --entity, "
            "or judge the file alone with --file-only"
        )
    return FileOptions(_with_paths(options.plan, folder), options.show)


def _relative(source: str, folder: Path) -> str:
    path = Path(source)
    try:
        return path.resolve().relative_to(folder.resolve()).as_posix()
    except ValueError:
        return path.as_posix()


def _with_paths(options: PlanOptions, folder: Path) -> PlanOptions:
    """Paths of a file as paths from here."""
    fields = None if options.fields is None else str(folder / options.fields)
    rules = None if options.rules is None else str(folder / options.rules)
    return replace(options, fields=fields, rules=rules)


def _stated_plan(plan: Stated, settings: PlanOptions) -> PlanOptions | None:
    """What is stated for the plan, the command line over the plan file over the settings; None where nothing names an entity."""
    given = {name: value for name, value in plan.items() if name != "plan_file"}
    words = {"constants": "set"}
    table = {words.get(name, name): list(value) if isinstance(value, tuple) else value for name, value in given.items()}
    stated, faults = read_plan_options(table)
    if faults:
        raise PlanError([f"--{fault.replace('_', '-', 1)}" for fault in faults])
    if "plan_file" in plan:
        stated = stated.over(_plan_file(Path(plan["plan_file"])))
    stated = stated.over(settings)
    if stated.entity is None:
        if stated != PlanOptions():
            raise PlanError(["no entity is stated; add --entity accounts, people, opportunities or activities"])
        return None
    return stated


def _plan_file(path: Path) -> PlanOptions:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        make = f"write one with: preflight map SOURCE -o {path}"
        raise PlanError([f"the plan {path} cannot be read ({error.strerror}); {make}"]) from error
    except UnicodeDecodeError as error:
        raise PlanError([f"the plan {path} is not UTF-8; it must be TOML as preflight map writes it"]) from error
    return _with_paths(from_toml(text, name=str(path)), path.parent)


def _stated_show(show: Stated) -> ShowOptions:
    stated = {name: show[name] for name in ("values", "fail_on", "max_findings") if name in show}
    pairs = tuple(severities_of(show.get("severities", ())).items())
    return replace(ShowOptions(), select=show.get("select", ()), ignore=show.get("ignore", ()), severities=pairs, **stated)


def policy_for(show: ShowOptions, baseline: str | None) -> Policy:
    """The policy that a job's options state."""
    choices = Choices(show.select, show.ignore, dict(show.ignore_in), dict(show.severities))
    policy = policy_of(choices)
    return policy if baseline is None else replace(policy, accepted=read_baseline(Path(baseline)))
