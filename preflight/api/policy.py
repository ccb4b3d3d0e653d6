"""From the words of a user to a policy: select, ignore, severities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from preflight.contract.names import nearest
from preflight.contract.policy import Policy
from preflight.errors import UsageError
from preflight.findings import Severity
from preflight.rules.codes import CODES, KEEPS_ROWS, code_of

__all__ = ["Choices", "policy_of", "refuse_hidden"]


@dataclass(frozen=True, slots=True)
class Choices:
    """What a user states about findings; `severity` maps codes to error, warning or info."""

    select: Iterable[str] = ()
    ignore: Iterable[str] = ()
    ignore_in: Mapping[str, Iterable[str]] | None = None
    severity: Mapping[str, str] | None = None

    @classmethod
    def taken_from(cls, options: dict[str, Any]) -> Choices:
        """The choices among keyword options; they are taken out of `options`."""
        return cls(**{one.name: options.pop(one.name) for one in fields(cls) if one.name in options})


def policy_of(choices: Choices) -> Policy:
    """The policy. Raises UsageError for a code that does not exist, naming near ones."""
    return Policy(
        select=_codes(choices.select),
        ignore=_codes(choices.ignore),
        ignore_in=tuple((column, _codes(codes)) for column, codes in (choices.ignore_in or {}).items()),
        severities=tuple((_code(code), _level(level)) for code, level in (choices.severity or {}).items()),
    )


def refuse_hidden(policy: Policy, command: str) -> None:
    """Raise UsageError where a policy would let rows pass that cannot be read or matched."""
    for code in CODES.values():
        if not code.code.startswith(KEEPS_ROWS) or code.severity is not Severity.ERROR:
            continue
        if policy.severity(code.code, code.severity) is not Severity.ERROR or _ignored_somewhere(policy, code.code):
            raise UsageError(
                f"{command} cannot hide or lower {code.code} {code.name}: such rows cannot be read or matched by the server. "
                "Do so in check alone, or send the cells as blank with --blank FIELD"
            )


def _ignored_somewhere(policy: Policy, code: str) -> bool:
    return any(code.startswith(one) for _, codes in policy.ignore_in for one in codes)


def _codes(given: Iterable[str]) -> tuple[str, ...]:
    texts = [given] if isinstance(given, str) else list(given)
    return tuple(_code(part) for text in texts for part in text.replace(",", " ").split())


def _code(text: str) -> str:
    """A code, its name, or a prefix of codes such as ``PF4``."""
    found = code_of(text)
    if found is not None:
        return found.code
    prefix = text.strip().upper()
    if prefix.startswith("PF") and any(code.startswith(prefix) for code in CODES):
        return prefix
    near = nearest(text, [*CODES, *(code.name for code in CODES.values())], count=1)
    hint = f"did you mean {near[0]}? All" if near else "all"
    raise UsageError(f'there is no code "{text[:40]}"; {hint} codes: preflight explain --all')


def _level(text: str) -> Severity:
    try:
        return Severity(text.lower())
    except ValueError:
        raise UsageError(f'the severity is "{text[:40]}"; wanted error, warning or info') from None
