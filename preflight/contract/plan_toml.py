"""Plan files: what is stated for a plan, as TOML. A plan file that is written and read states the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from preflight.contract.options import ANSWER_OPTIONS, PlanOptions, read_options
from preflight.contract.plan import Plan
from preflight.contract.toml_text import parse_toml, toml_key, toml_value
from preflight.errors import PlanError

__all__ = ["from_toml", "options_of", "read_plan", "to_toml"]


def options_of(plan: Plan, /, *, fields: str | None = None, rules: str | None = None) -> PlanOptions:
    """The options that state a plan. `fields` and `rules` are the paths of what its contract was made of, where not the bundled."""
    answers = asdict(plan.answers)
    answers["percent"] = answers.pop("scale")
    return PlanOptions(
        entity=plan.contract.entity_type,
        operation=plan.operation.value if plan.operation else None,
        match_key=plan.match_key,
        fields=fields,
        rules=rules,
        columns=plan.columns,
        constants=plan.constants,
        answers=tuple((name, answers[name]) for name in ANSWER_OPTIONS if answers.get(name) is not None),
        blank=plan.blank,
        duplicates=plan.duplicates,
        unmapped=plan.unmapped,
    )


def to_toml(stated: PlanOptions | Plan, /, *, reasons: Mapping[str, str] | None = None) -> str:
    """The plan file. `reasons` are remarks on columns, by their header, written behind the pair as a comment."""
    options = options_of(stated) if isinstance(stated, Plan) else stated
    top: list[tuple[str, object]] = [
        ("entity", options.entity),
        ("operation", options.operation),
        ("match_key", options.match_key),
        ("fields", options.fields),
        ("rules", options.rules),
        *options.answers,
        ("blank", options.blank or None),
        ("duplicates", options.duplicates),
        ("unmapped", options.unmapped),
    ]
    lines = [f"{name} = {toml_value(value)}" for name, value in top if value is not None]
    if options.columns:
        lines += ["", "[columns]"]
        for one in options.columns:
            pair = f"{toml_key(one.column)} = {toml_value(False if one.field is None else one.field)}"
            lines.append(pair + _remark((reasons or {}).get(one.column)))
    if options.constants:
        lines += ["", "[set]", *(f"{toml_key(name)} = {toml_value(value)}" for name, value in options.constants)]
    return "\n".join(lines) + "\n"


def _remark(reason: str | None) -> str:
    return "  # " + "".join(one if one.isprintable() else " " for one in reason) if reason else ""


def from_toml(text: str, /, *, name: str = "plan") -> PlanOptions:
    """What a plan file states; `name` is what the file is called in messages.

    Raises PlanError with every fault: broken TOML, unknown keys, values of a wrong type. Words are judged by `plan_of`.
    """
    options, faults = read_plan(text, name=name)
    if faults:
        raise PlanError(faults)
    return options


def read_plan(text: str, /, *, name: str = "plan") -> tuple[PlanOptions, list[str]]:
    """The same, and a sentence for each fault, to be told with those of other places. Raises PlanError for broken TOML."""
    try:
        return read_options(parse_toml(text, name), f"{name}: ")
    except ValueError as error:
        raise PlanError([str(error)]) from error
