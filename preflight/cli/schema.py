"""preflight schema."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import click

from preflight.cli.exits import Exit
from preflight.cli.loading import work
from preflight.cli.options import Sectioned, plan_options
from preflight.cli.output import write_out
from preflight.cli.settings import find_settings
from preflight.cli.setup import NO_ENTITY, job_for
from preflight.errors import NotAvailable, PlanError

__all__ = ["command"]


@click.command(name="schema", cls=Sectioned)
@plan_options
@click.option("--format", "form", type=click.Choice(["yaml", "json", "python"]), default="json", show_default=True)
@click.option("-o", "out", metavar="FILE", help="Where it goes; standard output without it.")
def command(plan: dict[str, Any], form: str, out: str | None) -> Exit:
    """Print the pandera schema of a plan.

    What is exported needs `import preflight` to load, because its checks are those of preflight.
    """
    job = job_for(("",), plan, {}, {}, find_settings(Path()) if not plan else None, alone=False)
    if job.plan is None:
        raise PlanError([f"{NO_ENTITY}, or --plan FILE.toml"])
    write_out([_exported(work("schema").schema_of(job.plan), form)], out)
    return Exit.CLEAN


def _exported(schema: Any, form: str) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if form == "json":
            return json.dumps(json.loads(schema.to_json()), indent=2, ensure_ascii=False) + "\n"
        if form == "yaml":
            try:
                return str(schema.to_yaml())
            except ImportError as error:
                raise NotAvailable("YAML needs PyYAML: pip install pyyaml; --format json needs nothing") from error
        return _as_python(schema)


def _as_python(schema: Any) -> str:
    text = json.dumps(json.loads(schema.to_json()), ensure_ascii=False)
    return (
        '"""The pandera schema of a preflight plan."""\n\n'
        "import preflight  # its checks are registered with pandera on import of the schema module\n"
        "import preflight.kernel.schema\n"
        "import pandera.pandas as pa\n\n"
        f"SCHEMA = pa.DataFrameSchema.from_json({text!r})\n"
    )
