"""What preflight offers to other people's tests."""

from __future__ import annotations

import io

import pytest

from preflight.client.client import Client
from preflight.client.errors import Doubtful
from preflight.contract.plan import ColumnMapping
from preflight.errors import UsageError
from preflight.testing import Clock, RowNumbers, sandbox


def test_a_clock_that_does_not_wait() -> None:
    clock = Clock(now=100.0)
    clock.sleep(3600)
    clock.sleep(0.5)
    assert (clock.now(), clock.monotonic(), clock.waits) == (3700.5, 3600.5, [3600, 0.5])


def test_the_sandbox_is_an_address_that_knows_what_it_holds() -> None:
    with sandbox("upload:reset-after@1", row_numbers="line", naming="column", reads_per_state=0) as box, Client(box) as client:
        job = client.create_job("accounts", "insert", columns=[ColumnMapping("N", "account_name"), ColumnMapping("D", "domain")])
        with pytest.raises(Doubtful):
            client.upload_file(str(job.id), io.BytesIO(b"N,D\nA,a.com\nB,b b\n"))
        assert client.get_job(str(job.id)).status == "completed"
        (error,) = client.iter_errors(str(job.id))
        assert (error.row_number, error.field) == (3, "D")
        assert box.holdings("accounts") == {"domain=a.com": 1}


@pytest.mark.parametrize("wrong", [{"row_numbers": "record7"}, {"naming": "label"}, {"speed": 9}])
def test_a_switch_that_does_not_exist_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises((ValueError, TypeError)), sandbox(**wrong):
        pass


def test_a_fault_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UsageError), sandbox("upload:explode"):
        pass


def test_row_numbers_can_be_given_as_words_or_members() -> None:
    with sandbox(row_numbers=RowNumbers.LINE) as box:
        assert box.calls() == {}
