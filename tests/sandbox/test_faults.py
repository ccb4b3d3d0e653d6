"""Faults as they are written, and which call they strike."""

from __future__ import annotations

import pytest

from preflight.errors import UsageError
from preflight.sandbox.faults import KINDS, OPERATIONS, Fault, Striker, Switches


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("upload:reset-after", Fault("upload", "reset-after")),
        ("upload:reset-after@1", Fault("upload", "reset-after", 1)),
        ("*:500", Fault("*", "500")),
        ("create:504-after@12", Fault("create", "504-after", 12)),
        ("errors:endless", Fault("errors", "endless")),
    ],
)
def test_faults_are_read_and_written(text: str, fault: Fault) -> None:
    assert Fault.parse(text) == fault
    assert str(fault) == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("upload", "not of the form"),
        ("upload:", "not of the form"),
        ("upload:html@0", "not of the form"),
        ("upload:html@x", "not of the form"),
        ("UPLOAD:html", "not of the form"),
        ("delete:html", "names no operation; there are list, create, get"),
        ("upload:explode", "of no known kind; there are reset-before"),
        ("upload:418", "of no known kind"),
        ("upload:html-after", "of no known kind"),
    ],
)
def test_what_is_no_fault_is_refused_with_what_is_possible(text: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        Fault.parse(text)


@pytest.mark.parametrize("operation", [*OPERATIONS, "*"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_goes_with_every_operation(operation: str, kind: str) -> None:
    assert Fault.parse(f"{operation}:{kind}").kind == kind


@pytest.mark.parametrize(
    ("kind", "before", "status"),
    [
        ("reset-before", True, None),
        ("reset-after", False, None),
        ("500", True, 500),
        ("500-after", False, 500),
        ("html", False, None),
    ],
)
def test_a_fault_strikes_before_or_after_the_server_acts(kind: str, before: bool, status: int | None) -> None:
    fault = Fault("upload", kind)
    assert (fault.is_before, fault.status) == (before, status)


def test_the_nth_call_of_an_operation_is_struck() -> None:
    striker = Striker([Fault.parse("get:500@2"), Fault.parse("*:html@3"), Fault.parse("list:cut")])
    struck = [str(striker.strike("get")) for _ in range(4)]
    assert struck == ["None", "get:500@2", "*:html@3", "None"]
    assert [str(striker.strike("list")) for _ in range(2)] == ["list:cut", "list:cut"]
    assert striker.calls() == {"get": 4, "list": 2}


def test_switches_do_not_show_their_token() -> None:
    assert "hidden-token" not in repr(Switches(token="hidden-token"))
