"""The options that commands share, under the names of DESIGN.md §5, and what becomes of them."""

from __future__ import annotations

import functools
import shlex
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from preflight.errors import UsageError

__all__ = [
    "Sectioned",
    "as_typed",
    "engine_option",
    "gathering",
    "parts_options",
    "plan_options",
    "read_options",
    "severities_of",
    "show_options",
]

F = TypeVar("F", bound=Callable[..., Any])


class Sectioned(click.Command):
    """A command whose help lists its options in sections, those of its own first."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the sections."""
        records = [
            (str(one.name), found)
            for one in self.get_params(ctx)
            if isinstance(one, click.Option) and (found := one.get_help_record(ctx)) is not None
        ]
        known = {name for _, names in _SECTIONS for name in names}
        for title, names in (("Options", tuple(name for name, _ in records if name not in known)), *_SECTIONS):
            rows = [found for name, found in records if name in names]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)


_PLAN = (
    click.option("--entity", metavar="ENTITY", help="accounts, people, opportunities or activities."),
    click.option("--operation", metavar="OPERATION", help="insert, update or upsert."),
    click.option("--match-key", metavar="FIELD", help="The field that update and upsert match on, such as domain."),
    click.option("--fields", metavar="FILE", help="FieldMappings as JSON, the API's own answer included."),
    click.option("--rules", metavar="FILE", help="Rules as TOML, laid over the bundled ones."),
    click.option("--column", "columns", multiple=True, metavar='"CSV column=field"', help="Feed a field; repeatable."),
    click.option("--set", "constants", multiple=True, metavar="FIELD=VALUE", help="One value in every row; repeatable."),
    click.option("--plan", "plan_file", metavar="FILE.toml", help="A saved plan."),
    click.option("--unmapped", metavar="refuse|drop", help="What becomes of columns that feed no field; refuse by default."),
    click.option("--dates", metavar="iso|mdy|dmy|auto", help="The order of day and month; by default auto, what a column proves."),
    click.option("--timezone", metavar="ZONE", help="The zone of times without one, such as Europe/Paris."),
    click.option("--locale", metavar="LOCALE", help="How numbers are written, such as en-US or de-DE."),
    click.option("--percent", metavar="0-1|0-100", help="How percents are written."),
    click.option("--time-in-date", metavar="written|zone", help="What a time of day in a date means."),
    click.option("--blank", multiple=True, metavar="FIELD", help="Send unrepairable cells of an optional field as blank."),
    click.option(
        "--duplicates", metavar="reject|first|last", help="What becomes of rows with the same match key; reject by default."
    ),
)
_ENGINE = click.option(
    "--engine", type=click.Choice(["auto", "memory", "stream"]), default="auto", show_default=True, help="How rows are fed."
)
_READ = (
    click.option("--encoding", metavar="NAME", help="The encoding, where the file does not show it."),
    click.option("--delimiter", metavar="C", help="The delimiter, where it cannot be told."),
    click.option("--header-line", type=click.IntRange(min=1), metavar="N", help="The line of the header."),
    click.option("--sheet", metavar="NAME", help="The sheet of a workbook."),
)
_SHOW = (
    click.option("--select", multiple=True, metavar="CODES", help="Count these codes alone."),
    click.option("--ignore", multiple=True, metavar="CODES", help="Do not count these codes."),
    click.option("--severity", "severities", multiple=True, metavar="CODE=LEVEL", help="error, warning or info; repeatable."),
    click.option(
        "--fail-on", type=click.Choice(["error", "warning", "never"]), help="What makes the exit code 1; error by default."
    ),
    click.option("--max-findings", type=click.IntRange(min=0), metavar="N", help="List at most so many findings."),
    click.option("--values", type=click.Choice(["show", "mask", "hide"]), help="Whether cell values are shown."),
    click.option("--baseline", metavar="FILE", help="A JSON report whose findings are known and do not count."),
)
_PARTS = (
    click.option("--max-bytes", type=click.IntRange(min=1), metavar="N", help="The largest part, in bytes."),
    click.option("--max-rows", type=click.IntRange(min=1), metavar="N", help="The largest part, in rows."),
    click.option("--headers", type=click.Choice(["fields", "labels"]), help="The header: field names, or the vendor's labels."),
    click.option("--max-rejected", metavar="N|P%", help="Write nothing but rejected.csv beyond so many rejected rows."),
)

_PLAN_NAMES = (
    "entity",
    "operation",
    "match_key",
    "fields",
    "rules",
    "columns",
    "constants",
    "plan_file",
    "unmapped",
    "dates",
    "timezone",
    "locale",
    "percent",
    "time_in_date",
    "blank",
    "duplicates",
)
_READ_NAMES = ("encoding", "delimiter", "header_line", "sheet")
_SHOW_NAMES = ("select", "ignore", "severities", "fail_on", "max_findings", "values", "baseline")
_PARTS_NAMES = ("max_bytes", "max_rows", "headers", "max_rejected")
_SECTIONS = (
    ("Plan (what is sent, and how it is judged)", _PLAN_NAMES),
    ("Reading the source", _READ_NAMES),
    ("Findings", _SHOW_NAMES),
    ("Parts (the files for the API)", _PARTS_NAMES),
)


def gathering(options: tuple[Callable[[F], F], ...], names: tuple[str, ...], into: str) -> Callable[[F], F]:
    """A decorator that adds options to a command and hands them over as one dictionary, without those not given."""

    def decorate(function: F) -> F:
        @functools.wraps(function)
        def gathered(*args: Any, **given: Any) -> Any:
            stated = {name: given.pop(name) for name in names}
            return function(*args, **{into: {name: value for name, value in stated.items() if value not in (None, ())}}, **given)

        wrapped: Any = gathered
        for option in reversed(options):
            wrapped = option(wrapped)
        found: F = wrapped
        return found

    return decorate


plan_options = gathering(_PLAN, _PLAN_NAMES, "plan")
read_options = gathering(_READ, _READ_NAMES, "read")
show_options = gathering(_SHOW, _SHOW_NAMES, "show")
parts_options = gathering(_PARTS, _PARTS_NAMES, "parts")
engine_option = _ENGINE


_TYPED = {"columns": "column", "constants": "set", "plan_file": "plan"}
"""Options whose value has another name here than on the command line."""


def as_typed(stated: Mapping[str, Any]) -> str:
    """The options of a plan and of reading as they may be typed again."""
    words: list[str] = []
    for name, value in stated.items():
        for one in value if isinstance(value, tuple) else (value,):
            words += [f"--{_TYPED.get(name, name).replace('_', '-')}", str(one)]
    return shlex.join(words)


def severities_of(pairs: tuple[str, ...]) -> Mapping[str, str]:
    """``PF412=error`` texts as a table."""
    found: dict[str, str] = {}
    for pair in pairs:
        code, sign, level = pair.partition("=")
        if not sign:
            raise UsageError(f'--severity is "{pair}"; wanted CODE=LEVEL, such as PF412=error')
        found[code.strip()] = level.strip()
    return found
