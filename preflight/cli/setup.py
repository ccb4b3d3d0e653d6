"""From options, plan file and settings to what a command works with. The command line outranks the plan file, that the settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from preflight.api.policy import Choices, policy_of
from preflight.cli.baseline import read_baseline
from preflight.cli.loading import work
from preflight.cli.options import severities_of
from preflight.contract.mappings import read_entity
from preflight.contract.options import PlanOptions
from preflight.contract.options import read_options as read_plan_options
from preflight.contract.plan import plan_of
from preflight.contract.plan_toml import read_plan
from preflight.contract.policy import Policy
from preflight.contract.settings import FileOptions, Settings, ShowOptions, settings_for
from preflight.errors import CallerError, PlanError, UsageError
from preflight.files.bundled import bundled_contract
from preflight.files.options import ReadOptions

if TYPE_CHECKING:
    from preflight.contract.plan import Plan

__all__ = ["NO_ENTITY", "Job", "job_for", "jobs_for", "plan_for"]

Stated = dict[str, Any]

NO_ENTITY = "no entity is stated; add --entity accounts, people, opportunities or activities"


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done with one source, or with several files as one. Where nothing states a plan, it and its options are None:
    the file alone is judged."""

    sources: tuple[str, ...]
    plan: Plan | None
    options: PlanOptions | None
    read: ReadOptions
    show: ShowOptions
    policy: Policy


def jobs_for(
    sources: Sequence[str], plan: Stated, read: Stated, show: Stated, settings: tuple[Settings, Path] | None, *, alone: bool
) -> tuple[list[Job], list[str]]:
    """The jobs for several sources, and a sentence for each that no glob covers: the others are judged all the same.

    Raises with the faults of all of them; a source that stands alone and is not covered is such a fault.
    """
    jobs: list[Job] = []
    left: list[str] = []
    with _gathering() as faults:
        for source in sources:
            sentence = None if alone else _uncovered(source, settings, plan)
            if sentence is not None and len(sources) > 1:
                left.append(sentence)
                continue
            with faults():
                jobs.append(job_for((source,), plan, read, show, settings, alone=alone))
    return jobs, left


def job_for(
    sources: Sequence[str], plan: Stated, read: Stated, show: Stated, settings: tuple[Settings, Path] | None, *, alone: bool
) -> Job:
    """The job for one source, or for several files as one. `alone` judges the file without a plan, whatever settings say.

    Raises a CallerError with every fault of the options, the plan file and the settings, before anything is loaded that works;
    UsageError where settings say one thing of one file and another of the next, and no option decides.
    """
    stated = _agreed(sources, settings, plan, alone=alone)
    with _gathering() as faults:
        with faults():
            shown = _stated_show(show).over(stated.show)
            policy = policy_for(shown, show.get("baseline"))
        with faults():
            reading = _reading(read, stated.show)
        with faults():
            options = plan_for(plan, stated.plan)
    return Job(tuple(sources), None if options is None else work("plan").plan_from(options), options, reading, shown, policy)


@contextmanager
def _gathering() -> Iterator[Callable[[], Any]]:
    """Gathers the errors of several blocks: one is raised as it is, several as one with all their sentences."""
    found: list[CallerError] = []

    @contextmanager
    def kept() -> Iterator[None]:
        try:
            yield
        except CallerError as error:
            found.append(error)

    yield kept
    sentences = dict.fromkeys(line for error in found for line in str(error).splitlines())
    if len(found) == 1 or (found and len(sentences) == 1):
        raise found[0]
    if found:
        raise PlanError(tuple(sentences))


def _reading(read: Stated, settings: ShowOptions) -> ReadOptions:
    return ReadOptions(
        encoding=read.get("encoding", settings.encoding),
        delimiter=read.get("delimiter", settings.delimiter),
        header_line=read.get("header_line"),
        sheet=read.get("sheet"),
    )


def _from_settings(source: str, settings: tuple[Settings, Path] | None, plan: Stated, *, alone: bool) -> FileOptions:
    if settings is None or alone:
        return FileOptions()
    sentence = _uncovered(source, settings, plan)
    if sentence is not None:
        raise UsageError(sentence)
    found, folder = settings
    options = settings_for(found, _relative(source, folder)) or found.defaults
    return FileOptions(_with_paths(options.plan, folder), options.show)


def _agreed(sources: Sequence[str], settings: tuple[Settings, Path] | None, plan: Stated, *, alone: bool) -> FileOptions:
    """What the settings say of the first file; of the others it must be the same, unless the command line states the plan."""
    first, *others = sources
    stated = _from_settings(first, settings, plan, alone=alone)
    for other in () if settings is None or "entity" in plan or "plan_file" in plan else others:
        if _from_settings(other, settings, plan, alone=alone) != stated:
            assert settings is not None
            raise UsageError(
                f"{settings[0].name} gives {first} and {other} different options, and as one table they have one plan; "
                "state --entity or --plan, or write them one by one"
            )
    return stated


def _uncovered(source: str, settings: tuple[Settings, Path] | None, plan: Stated) -> str | None:
    """The sentence for a source that neither a glob nor an option gives a plan to; None for any other."""
    if settings is None or "entity" in plan or "plan_file" in plan:
        return None
    found, folder = settings
    if settings_for(found, _relative(source, folder)) is not None:
        return None
    return (
        f"{source}: no glob of {found.name} covers it; add a [[files]] entry, state --entity, "
        "or judge the file alone with --file-only"
    )


def _relative(source: str, folder: Path) -> str:
    path = Path(source)
    try:
        return path.resolve().relative_to(folder.resolve()).as_posix()
    except (ValueError, OSError):
        return path.as_posix()


def _with_paths(options: PlanOptions, folder: Path) -> PlanOptions:
    """Paths of a file as paths from here."""
    fields = None if options.fields is None else str(folder / options.fields)
    rules = None if options.rules is None else str(folder / options.rules)
    return replace(options, fields=fields, rules=rules)


def plan_for(plan: Stated, settings: PlanOptions) -> PlanOptions | None:
    """What is stated for the plan, the command line over the plan file over the settings; None where nothing names an entity.

    Raises PlanError with every fault that shows before a row or a file of fields is read.
    """
    stated, faults = _of_command_line(plan)
    clash: list[str] = []
    if "plan_file" in plan:
        saved, wrong = _plan_file(Path(plan["plan_file"]))
        faults += wrong
        clash = _other_entity(stated, saved, plan["plan_file"])
        stated = stated.over(saved)
    stated = stated.over(settings)
    if stated.entity is None:
        if faults or stated != PlanOptions():
            raise PlanError([*faults, NO_ENTITY])
        return None
    if stated.fields is None and stated.rules is None:
        with _in_options(plan, clash):
            plan_of(bundled_contract(read_entity(stated.entity) or stated.entity), stated, faults)
    elif faults:
        raise PlanError(faults)
    return stated


def _other_entity(stated: PlanOptions, saved: PlanOptions, name: str) -> list[str]:
    """That the plan file is for another entity than the command line: its columns feed fields which that one lacks."""
    mine, other = (read_entity(one.entity or "") for one in (stated, saved))
    return (
        [f"{name} is a plan for {other}, and --entity says {mine}; leave one of them out"]
        if mine and other and mine != other
        else []
    )


@contextmanager
def _in_options(plan: Stated, clash: list[str]) -> Iterator[None]:
    """Faults that begin with the key of something stated on the command line begin with its option; a clash may be their reason."""
    try:
        yield
    except PlanError as error:
        keys = {_KEYS.get(name, name) for name in plan}
        raise PlanError([*clash, *(_of_option(one) if one.partition(" ")[0] in keys else one for one in error.faults)]) from error


_KEYS = {"constants": "set"}
_OPTIONS = {"columns": "--column", "match_key": "--match-key", "time_in_date": "--time-in-date"}
"""Keys of a plan where the option is called otherwise."""


def _of_command_line(plan: Stated) -> tuple[PlanOptions, list[str]]:
    given = {name: value for name, value in plan.items() if name != "plan_file"}
    table = {_KEYS.get(name, name): list(value) if isinstance(value, tuple) else value for name, value in given.items()}
    stated, faults = read_plan_options(table)
    return stated, [_of_option(fault) for fault in faults]


def _of_option(fault: str) -> str:
    """The sentence about a key as one about its option."""
    key, _, rest = fault.partition(" ")
    return f"{_OPTIONS.get(key, '--' + key)} {rest}"


def _plan_file(path: Path) -> tuple[PlanOptions, list[str]]:
    """What a plan file states, and its faults. Raises PlanError where it is none."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        advice = f"write one with: preflight map SOURCE -o {path}" if missing else "give a file that may be read"
        raise PlanError([f"the plan {path} cannot be read ({error.strerror}); {advice}"]) from error
    except ValueError as error:
        raise PlanError([f"the plan {path} is not UTF-8; it must be TOML as preflight map writes it"]) from error
    try:
        options, faults = read_plan(text, name=str(path))
    except PlanError as error:
        if "[columns]" in text or path.suffix == ".toml":
            raise
        raise PlanError([f"{path} is no plan file; write one with: preflight map SOURCE -o plan.toml"]) from error
    return _with_paths(options, path.parent), faults


def _stated_show(show: Stated) -> ShowOptions:
    stated = {name: show[name] for name in ("values", "fail_on", "max_findings") if name in show}
    pairs = tuple(severities_of(show.get("severities", ())).items())
    return replace(ShowOptions(), select=show.get("select", ()), ignore=show.get("ignore", ()), severities=pairs, **stated)


def policy_for(show: ShowOptions, baseline: str | None) -> Policy:
    """The policy that a job's options state. Raises UsageError."""
    choices = Choices(show.select, show.ignore, dict(show.ignore_in), dict(show.severities))
    policy = policy_of(choices)
    return policy if baseline is None else replace(policy, accepted=read_baseline(Path(baseline)))
