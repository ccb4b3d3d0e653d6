"""What commands work with, loaded by name when one works: help and faults of options cost neither pandas nor Arrow."""

from __future__ import annotations

from importlib import import_module
from typing import Any

__all__ = ["work"]

_WORK = {
    "client": "preflight.client.client",
    "file_only": "preflight.api.file_only",
    "evidence": "preflight.kernel.evidence",
    "guard": "preflight.submission.guard",
    "joined": "preflight.files.joined",
    "journal": "preflight.submission.journal",
    "judging": "preflight.cli.judging",
    "merge": "preflight.api.merging",
    "orphans": "preflight.submission.orphans",
    "outcomes": "preflight.submission.outcomes",
    "plan": "preflight.api.planning",
    "progress": "preflight.api.progress",
    "read": "preflight.files.read",
    "receipt": "preflight.files.receipt",
    "sandbox": "preflight.sandbox.start",
    "sending": "preflight.cli.sending",
    "schema": "preflight.kernel.schema",
    "repair": "preflight.submission.repair",
    "showing": "preflight.cli.showing",
    "telling": "preflight.submission.showing",
    "write": "preflight.api.writing",
}


def work(name: str) -> Any:
    """The module that does a piece of work."""
    return import_module(_WORK[name])
