"""Constants of a plan (--set) judged before any data is read: a value that would reject every row is a fault of the plan."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from preflight.contract.plan import Plan
from preflight.findings import Severity
from preflight.kernel.families import FAMILIES
from preflight.kernel.normalise import read_values
from preflight.rules.codes import CODES

__all__ = ["constant_faults"]


def constant_faults(plan: Plan) -> Iterator[str]:
    """One sentence for each constant that its field cannot take."""
    for name, value in plan.constants:
        field = plan.contract.field(name)
        if field is None:
            continue
        reading = read_values(pa.array([value], pa.string()), field, plan.answers_for(field))
        codes = [fault.code for fault in reading.faults if CODES[fault.code].severity is Severity.ERROR]
        if codes:
            family = FAMILIES[field.type]
            words = CODES[codes[0]].title
            yield f'the value for every row of {name} (set) is "{value[:60]}": {words}; give {_wanted(family.__name__)}'
        elif reading.text.null_count:
            yield f'the value for every row of {name} (set) is "{value[:60]}", which stands for nothing; give a value'


def _wanted(family: str) -> str:
    return {
        "dates": "a day such as 2026-11-24",
        "datetimes": "a moment such as 2026-11-24T10:00:00Z",
        "booleans": "true or false",
        "integers": "a whole number",
        "domains": "a bare domain such as acme.com",
        "emails": "one e-mail address",
    }.get(family.rpartition(".")[2], "another value")
