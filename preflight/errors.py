"""Every exception that preflight raises on purpose.

    PreflightError
    ├── CallerError            the caller's mistake: options, plans, settings            exit 2
    │   ├── PlanError          every fault of a plan, gathered
    │   ├── SettingsError      preflight.toml or [tool.preflight]
    │   ├── UsageError         an option or argument of one command
    │   ├── NotAvailable       something this report or this install cannot give
    │   └── RunInTheWay        the output folder holds a run that must not be replaced
    ├── DataError              the data
    │   ├── UnreadableInput    the source cannot be read as a table                      exit 2
    │   ├── RejectedRows       the strict form: rows were rejected                       exit 1
    │   └── Disagreement       schema and kernel differ: a fault of preflight itself     exit 2
    └── ServerError            the import API: unreachable, refusing, or not understood  exit 3

No message carries a cell value or a token. Each says which thing, what was found, what was wanted, what to do next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "CallerError",
    "DataError",
    "Disagreement",
    "NotAvailable",
    "PlanError",
    "PreflightError",
    "RejectedRows",
    "RunInTheWay",
    "ServerError",
    "SettingsError",
    "UnreadableInput",
    "UsageError",
]


class PreflightError(Exception):
    """The base of them all."""


class CallerError(PreflightError):
    """The caller's mistake."""


class PlanError(CallerError):
    """A plan that cannot hold. `faults` has one sentence for each fault; all are found before it is raised."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))

    def __reduce__(self) -> tuple[type[PlanError], tuple[tuple[str, ...]]]:
        return type(self), (self.faults,)


class SettingsError(CallerError):
    """A settings file that cannot be used."""


class UsageError(CallerError):
    """An option or an argument that cannot be used."""


class NotAvailable(CallerError):
    """Asked of something that does not have it; the message names the way that works."""


class RunInTheWay(CallerError):
    """The output folder holds a run that must not be replaced."""


class DataError(PreflightError):
    """The data."""


class UnreadableInput(DataError):
    """The source is no table that preflight can read. `code` is the finding's code, such as ``PF001``."""

    def __init__(self, message: str, code: str = "PF001") -> None:
        self.code = code
        super().__init__(message)

    def __reduce__(self) -> tuple[type[UnreadableInput], tuple[str, str]]:
        return type(self), (str(self), self.code)


class RejectedRows(DataError):
    """Rows were rejected. `report` is the whole report and `findings` its DataFrame; the text holds counts and codes only."""

    def __init__(self, message: str, report: object = None) -> None:
        self.report = report
        super().__init__(message)

    def __reduce__(self) -> tuple[type[RejectedRows], tuple[str, object]]:
        return type(self), (str(self), self.report)

    @property
    def findings(self) -> object:
        """The findings as a DataFrame, or None when raised without a report."""
        return getattr(self.report, "findings", None)


class Disagreement(DataError):
    """The pandera schema refused rows that the kernel calls good. A fault of preflight: nothing was written."""


class ServerError(PreflightError):
    """The import API did not do what was asked. `client/errors` refines it by what to do next."""
