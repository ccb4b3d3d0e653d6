"""Which findings count, and how much: select, ignore and severities."""

from __future__ import annotations

from dataclasses import dataclass

from preflight.findings import Severity

__all__ = ["Policy"]


@dataclass(frozen=True, slots=True)
class Policy:
    """What a user has decided about findings. Codes are given whole or as a prefix, such as ``PF4``.

    `select` names the codes that count; where it is empty, those that are on by default and those whose severity is stated count.
    `ignore` names those that do not, `ignore_in` the same for single columns or fields. The longest match wins in `severities`.
    `accepted` is a baseline: (code, column, values) that are known already and do not count.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    ignore_in: tuple[tuple[str, tuple[str, ...]], ...] = ()
    severities: tuple[tuple[str, Severity], ...] = ()
    accepted: tuple[tuple[str, str | None, frozenset[str | None]], ...] = ()

    def severity(
        self, code: str, default: Severity, *, default_on: bool = True, column: str | None = None, field: str | None = None
    ) -> Severity | None:
        """The severity that a finding gets; None where it does not count."""
        stated = [(len(one), severity) for one, severity in self.severities if code.startswith(one)]
        asked = any(length == len(code) for length, _ in stated)  # who states how bad a code is wants to see it
        chosen = any(code.startswith(one) for one in self.select) if self.select else default_on or asked
        if not chosen or any(code.startswith(one) for one in self.ignore):
            return None
        for where, codes in self.ignore_in:
            if where in (column, field) and any(code.startswith(one) for one in codes):
                return None
        return max(stated, key=lambda pair: pair[0])[1] if stated else default

    def accepted_values(self, code: str, column: str | None) -> frozenset[str | None]:
        """The values of a column that the baseline accepts for a code."""
        return next((values for one, name, values in self.accepted if (one, name) == (code, column)), frozenset())

    def accepts(self, code: str, column: str | None) -> bool:
        """Whether the baseline holds a finding of the code about the whole column or file."""
        return None in self.accepted_values(code, column)

    @property
    def is_default(self) -> bool:
        """Whether nothing was decided."""
        return self == Policy()
