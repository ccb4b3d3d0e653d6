"""Errors typed by what to do next."""

from __future__ import annotations

import copy
import pickle

import pytest

from preflight.client import errors
from preflight.client.errors import ApiError, Detail, Doubtful
from preflight.errors import ServerError

KINDS = [getattr(errors, name) for name in errors.__all__ if name != "Detail"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_survives_another_process(kind: type[ApiError]) -> None:
    error = kind("it failed", Detail("getImportJob", 503, "try later", 7.0, 3, 9, 5, True))
    for copied in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(copied) is kind
        assert (str(copied), copied.detail) == ("it failed", error.detail)
    assert (error.operation, error.status, error.server_message) == ("getImportJob", 503, "try later")
    assert isinstance(error, ServerError)


@pytest.mark.parametrize(("pulled", "declared", "incomplete"), [(3, 9, True), (9, 9, False), (None, None, False), (0, 0, False)])
def test_fewer_bytes_than_declared_prove_that_a_file_is_incomplete(
    pulled: int | None, declared: int | None, incomplete: bool
) -> None:
    assert Doubtful("?", Detail(pulled=pulled, declared=declared)).is_incomplete == incomplete


def test_an_error_without_detail_knows_nothing() -> None:
    error = errors.RateLimited("too many")
    assert (error.operation, error.status, error.server_message, error.retry_after) == ("", None, None, None)
    assert not errors.NotAuthorised("no").renewed
