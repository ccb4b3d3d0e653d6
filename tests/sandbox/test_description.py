"""schemathesis against the sandbox: the description is the judge of all seven operations."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance, use_after_free

from preflight.testing import Sandbox, sandbox

pytestmark = pytest.mark.slow
load_all_checks()

TOKEN = "schemathesis-token"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
DESCRIPTION = Path(__file__).parents[2] / "schemas" / "import-api.yml"
SETTINGS = settings(
    max_examples=25,
    deadline=None,
    database=None,
    derandomize=True,
    stateful_step_count=6,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)

# What the description cannot be held to, with the reason.
LEFT_OUT = [
    # A cancelled job can still be read: the description has a status for it.
    use_after_free,
    # The reads declare no 400, so a query that is not allowed can only count as not given.
    negative_data_rejection,
]
OPERATIONS = (
    "GET /import/v1/jobs",
    "POST /import/v1/jobs",
    "GET /import/v1/jobs/{jobId}",
    "DELETE /import/v1/jobs/{jobId}",
    "POST /import/v1/jobs/{jobId}/upload",
    "GET /import/v1/jobs/{jobId}/errors",
    "GET /import/v1/mappings",
)


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with sandbox(token=TOKEN) as box:
        yield box


@pytest.fixture(scope="module")
def described(box: Sandbox) -> Any:
    schema = schemathesis.openapi.from_path(str(DESCRIPTION))
    schema.config.update(base_url=str(box))
    return schema


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("label", OPERATIONS)
def test_every_operation_is_as_described(described: Any, label: str, mode: GenerationMode) -> None:
    operation = next(one for one in (found.ok() for found in described.get_all_operations()) if one.label == label)

    @given(case=operation.as_strategy(generation_mode=mode))
    @SETTINGS
    def ask(case: Any) -> None:
        case.call_and_validate(headers=HEADERS, excluded_checks=LEFT_OUT if case.method == "GET" else [use_after_free])

    ask()


def test_jobs_that_are_followed_stay_as_described(described: Any) -> None:
    class Followed(described.as_state_machine()):  # type: ignore[misc]
        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            return {"headers": HEADERS}

        def validate_response(self, response: Any, case: Any, **_: Any) -> None:
            # A job takes one file: a second upload is refused, although the form is as described.
            case.validate_response(response, excluded_checks=[*LEFT_OUT, positive_data_acceptance])

    Followed.run(settings=SETTINGS)


def test_all_seven_operations_are_there(described: Any, box: Sandbox) -> None:
    assert {operation.ok().label for operation in described.get_all_operations()} == set(OPERATIONS)
    assert set(box.calls()) == {"list", "create", "get", "cancel", "upload", "errors", "mappings"}
