"""schemathesis against the sandbox: the description is the judge of all seven operations."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks
from schemathesis.core.failures import Failure
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance, use_after_free

from preflight.contract.field import ENTITIES
from preflight.contract.jobs import STATUSES
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

Excuse = Callable[[Any, Any], bool]


def narrowed(check: Any, excuse: Excuse) -> Any:
    """A check of schemathesis that takes one answer for right which it cannot know to be right, and no other."""

    @wraps(check)
    def checked(ctx: Any, response: Any, case: Any) -> Any:
        try:
            return check(ctx, response, case)
        except Failure:
            if not excuse(response, case):
                raise
        return None

    return checked


def job_of(case: Any) -> dict[str, Any]:
    """The job that a request is about, as it is now."""
    path = f"{case.operation.base_url}/import/v1/jobs/{case.path_parameters['jobId']}"
    found: dict[str, Any] = requests.get(path, headers=HEADERS, timeout=10).json()
    return found


def is_cancelled(response: Any, case: Any) -> bool:
    """DELETE cancels: a cancelled job is read as one, the description has a status for it."""
    return case.method == "GET" and job_of(case)["status"] == "cancelled"


def counts_as_not_given(response: Any, case: Any) -> bool:
    """The reads declare no 400, so a query that is not allowed can only count as not given: the answer is that without it."""
    known = {"limit": r"[0-9]{1,15}", "offset": r"[0-9]{1,15}", "status": "|".join(STATUSES), "entity_type": "|".join(ENTITIES)}
    found = parse_qs(urlsplit(response.request.url).query, keep_blank_values=True)
    given = {
        name: one[0] for name, one in found.items() if len(one) == 1 and re.fullmatch(known.get(name, "(?!)"), one[0], re.ASCII)
    }
    address = response.request.url.partition("?")[0]
    allowed = requests.get(address, params=given, headers=HEADERS, timeout=10)
    return case.method == "GET" and given != found and gist(allowed.json()) == gist(response.json())


def gist(answer: dict[str, Any]) -> Any:
    """What does not change between two reads of a page: statuses and counts do."""
    return [answer.get("total"), [one.get("id", one) for name in ("jobs", "errors", "mappings") for one in answer.get(name, [])]]


def has_its_file(response: Any, case: Any) -> bool:
    """A job takes one file: another upload is refused, although the form is as described."""
    return case.path == "/import/v1/jobs/{jobId}/upload" and response.status_code == 400 and job_of(case)["status"] != "pending"


NARROWED = {
    use_after_free: narrowed(use_after_free, is_cancelled),
    negative_data_rejection: narrowed(negative_data_rejection, counts_as_not_given),
    positive_data_acceptance: narrowed(positive_data_acceptance, has_its_file),
}
CHECKS: dict[str, Any] = {"excluded_checks": list(NARROWED), "additional_checks": list(NARROWED.values())}
OPERATIONS = {
    "GET /import/v1/jobs": "list",
    "POST /import/v1/jobs": "create",
    "GET /import/v1/jobs/{jobId}": "get",
    "DELETE /import/v1/jobs/{jobId}": "cancel",
    "POST /import/v1/jobs/{jobId}/upload": "upload",
    "GET /import/v1/jobs/{jobId}/errors": "errors",
    "GET /import/v1/mappings": "mappings",
}


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
def test_every_operation_is_as_described(described: Any, box: Sandbox, label: str, mode: GenerationMode) -> None:
    operation = next(one for one in (found.ok() for found in described.get_all_operations()) if one.label == label)

    @given(case=operation.as_strategy(generation_mode=mode))
    @SETTINGS
    def ask(case: Any) -> None:
        case.call_and_validate(headers=HEADERS, **CHECKS)

    before = box.calls().get(OPERATIONS[label], 0)
    ask()
    assert box.calls()[OPERATIONS[label]] > before


def test_jobs_that_are_followed_stay_as_described(described: Any) -> None:
    class Followed(described.as_state_machine()):  # type: ignore[misc]
        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            return {"headers": HEADERS}

        def validate_response(self, response: Any, case: Any, **_: Any) -> None:
            case.validate_response(response, headers=HEADERS, recorder=self.recorder, **CHECKS)

    Followed.run(settings=SETTINGS)


def test_all_seven_operations_are_there(described: Any) -> None:
    assert {operation.ok().label for operation in described.get_all_operations()} == set(OPERATIONS)
