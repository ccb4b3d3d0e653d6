"""The import API on this machine. `preflight.sandbox()` is this package called: the name is both, whichever was imported first."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from types import ModuleType
from typing import Any

from preflight.sandbox.server import Sandbox
from preflight.sandbox.start import sandbox

__all__: list[str] = []


class _Callable(ModuleType):
    def __call__(self, *faults: str, **switches: Any) -> AbstractContextManager[Sandbox]:
        return sandbox(*faults, **switches)


sys.modules[__name__].__class__ = _Callable
