"""From the words of a user to a policy, and what writing refuses to hide."""

from __future__ import annotations

from typing import Any

import pytest

from preflight.api.policy import Choices, policy_of, refuse_hidden
from preflight.contract.policy import Policy
from preflight.errors import UsageError
from preflight.findings import Severity


@pytest.mark.parametrize(
    ("choices", "policy"),
    [
        (Choices(), Policy()),
        (Choices(ignore="PF302, not-a-domain"), Policy(ignore=("PF302", "PF313"))),
        (Choices(select=["pf4"]), Policy(select=("PF4",))),
        (Choices(severity={"PF302": "Warning"}), Policy(severities=(("PF302", Severity.WARNING),))),
        (Choices(ignore_in={"Size": ["PF3"]}), Policy(ignore_in=(("Size", ("PF3",)),))),
    ],
)
def test_words_become_codes(choices: Choices, policy: Policy) -> None:
    assert policy_of(choices) == policy


@pytest.mark.parametrize(
    ("choices", "word"),
    [
        ({"ignore": "PF999"}, "PF999"),
        ({"select": "not-an-integr"}, "PF302|not-an-integer"),
        ({"severity": {"PF302": "x"}}, "severity"),
    ],
)
def test_unknown_words_are_refused_with_near_ones(choices: dict[str, Any], word: str) -> None:
    with pytest.raises(UsageError, match=word):
        policy_of(Choices(**choices))


@pytest.mark.parametrize(
    ("choices", "refused"),
    [
        (Choices(ignore="PF302"), True),
        (Choices(severity={"PF5": "warning"}), True),
        (Choices(ignore_in={"Size": ["PF3"]}), True),
        (Choices(select="PF4"), True),
        (Choices(ignore="PF404,PF409"), False),
        (Choices(), False),
    ],
)
def test_writing_refuses_to_hide_what_keeps_rows_from_being_read(choices: Choices, refused: bool) -> None:
    if refused:
        with pytest.raises(UsageError, match="write cannot hide or lower"):
            refuse_hidden(policy_of(choices), "write")
    else:
        refuse_hidden(policy_of(choices), "write")


@pytest.mark.parametrize(
    ("choices", "severity"),
    [
        (Choices(), None),
        (Choices(severity={"PF410": "warning"}), Severity.WARNING),
        (Choices(severity={"PF4": "warning"}), None),
        (Choices(severity={"PF410": "error"}, ignore=["PF410"]), None),
        (Choices(severity={"PF410": "error"}, select=["PF3"]), None),
        (Choices(select=["PF410"]), Severity.INFO),
    ],
)
def test_a_code_that_is_off_is_on_where_its_severity_is_stated(choices: Choices, severity: Severity | None) -> None:
    assert policy_of(choices).severity("PF410", Severity.INFO, default_on=False) is severity
