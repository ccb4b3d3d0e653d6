"""How pandera finds the checks of an exported schema once `import preflight` has run, without either import paying for the other.

pandera looks a check up by name in a dictionary of its class `Check`. That class must not be imported just because somebody imports
preflight, and it may be imported before or after; so the entries are made at once where pandera is there already, and otherwise
right after pandera has loaded the module that defines the class. The entries load our schema module on their first call.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

__all__ = ["announce"]

_MODULE = "pandera.api.checks"
_CHECKS = {"preflight": "column_check", "preflight_contract": "frame_check"}
"""The names in an exported schema, and the factories of `kernel/schema.py`."""


def announce() -> None:
    """Let pandera find our checks, now or when it is imported. Harmless to repeat."""
    loaded = sys.modules.get(_MODULE)
    if loaded is not None and hasattr(loaded, "Check"):
        _enter(loaded)
    elif not any(isinstance(finder, _Watcher) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Watcher())


def _enter(module: ModuleType) -> None:
    for name, factory in _CHECKS.items():
        module.Check.REGISTERED_CUSTOM_CHECKS[name] = _Late(factory)


class _Late:
    """A factory of checks that is imported when it is first called."""

    def __init__(self, factory: str) -> None:
        self._factory = factory

    def __call__(self, *args: Any, **statistics: Any) -> Any:
        return getattr(import_module("preflight.kernel.schema"), self._factory)(*args, **statistics)


class _Watcher(MetaPathFinder):
    """Finds the one module as it would be found without us, and is told when it has been loaded."""

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if fullname != _MODULE:
            return None
        sys.meta_path.remove(self)
        found = (finder.find_spec(fullname, path, target) for finder in sys.meta_path if hasattr(finder, "find_spec"))
        spec = next((one for one in found if one is not None), None)
        if spec is not None and spec.loader is not None:
            spec.loader = _Told(spec.loader)
        return spec


class _Told(Loader):
    """A loader that loads as the real one does, and then makes the entries."""

    def __init__(self, real: Loader) -> None:
        self._real = real

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._real.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        if module.__spec__ is not None:
            module.__spec__.loader = module.__loader__ = self._real
        self._real.exec_module(module)
        _enter(module)
