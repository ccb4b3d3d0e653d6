"""preflight: know what the Demandbase Data Import API would reject before you send it.

The names below are resolved on first use, so that `import preflight` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from preflight.kernel.exports import announce

if TYPE_CHECKING:
    from preflight.api.files import check_csv as check_csv
    from preflight.api.files import write_csv as write_csv
    from preflight.api.merging import merge as merge
    from preflight.api.outcomes import Outcomes as Outcomes
    from preflight.api.outcomes import outcomes as outcomes
    from preflight.api.plan import Plan as Plan
    from preflight.api.plan import plan as plan
    from preflight.api.receipt import Receipt as Receipt
    from preflight.api.report import Report as Report
    from preflight.api.sandbox import sandbox as sandbox
    from preflight.api.spark import check_spark as check_spark
    from preflight.api.submission import Submission as Submission
    from preflight.api.submission import resume as resume
    from preflight.api.submission import submit as submit
    from preflight.client.client import Client as Client
    from preflight.errors import PlanError as PlanError
    from preflight.errors import PreflightError as PreflightError
    from preflight.errors import RejectedRows as RejectedRows
    from preflight.errors import UnreadableInput as UnreadableInput

__version__ = "0.1.0"

_NAMES = {
    "Client": "preflight.client.client",
    "Outcomes": "preflight.api.outcomes",
    "Plan": "preflight.api.plan",
    "PlanError": "preflight.errors",
    "PreflightError": "preflight.errors",
    "Receipt": "preflight.api.receipt",
    "RejectedRows": "preflight.errors",
    "Report": "preflight.api.report",
    "Submission": "preflight.api.submission",
    "UnreadableInput": "preflight.errors",
    "check_csv": "preflight.api.files",
    "check_spark": "preflight.api.spark",
    "merge": "preflight.api.merging",
    "outcomes": "preflight.api.outcomes",
    "plan": "preflight.api.plan",
    "resume": "preflight.api.submission",
    "sandbox": "preflight.api.sandbox",
    "submit": "preflight.api.submission",
    "write_csv": "preflight.api.files",
}

__all__ = ["__version__", *sorted(_NAMES)]


def __getattr__(name: str) -> Any:
    if name not in _NAMES:
        raise AttributeError(f"module 'preflight' has no attribute {name!r}")
    found = getattr(import_module(_NAMES[name]), name)
    return globals().setdefault(name, found)  # `sandbox` is a package too, which calling serves as well


def __dir__() -> list[str]:
    return sorted([*globals(), *_NAMES])


announce()  # an exported schema loads wherever preflight is imported
