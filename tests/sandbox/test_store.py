"""What the sandbox remembers, and how jobs move on while they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from preflight.sandbox.faults import Naming, RowNumbers, Switches
from preflight.sandbox.fields import bundled_fields
from preflight.sandbox.judge import Unreadable
from preflight.sandbox.store import Store
from preflight.testing import Clock

PAIRS = [("Company", "account_name"), ("Website", "domain")]
Make = Callable[..., Store]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make(tmp_path: Path, clock: Clock) -> Iterator[Make]:
    made: list[Store] = []

    def start(**switches: Any) -> Store:
        made.append(Store(tmp_path, bundled_fields(), Switches(**{"reads_per_state": 0, **switches}), clock.now))
        return made[-1]

    yield start
    for store in made:
        store.close()


def run(store: Store, rows: str, operation: str = "insert", key: str | None = None) -> dict[str, Any]:
    """One job from its file to its end."""
    job = store.create("accounts", operation, key, PAIRS)
    path = store.folder / f"{job['id']}.csv"
    path.write_text("Company,Website\n" + rows, encoding="utf-8")
    store.accept(job["id"], path, "rows.csv")
    store.settle()
    return store.read(job["id"]) or {}


def told(store: Store, job: dict[str, Any]) -> list[tuple[Any, ...]]:
    errors, _ = store.errors(job["id"], 100, 0)
    return [(one["row_number"], one.get("field"), one.get("value"), one["error_type"]) for one in errors]


def test_records_are_remembered_between_jobs(make: Make) -> None:
    store = make()
    first = run(store, "Acme,acme.com\nDelta,delta.org\n")
    assert (first["status"], first["success_count"], first["error_count"]) == ("completed", 2, 0)
    again = run(store, "Acme,ACME.com\nZeta,zeta.io\n")
    assert told(store, again) == [(2, "domain", "ACME.com", "already_exists")]
    update = run(store, "Acme Inc,acme.com\nNobody,nobody.net\n", "update", "domain")
    assert told(store, update) == [(3, "domain", "nobody.net", "not_found")]
    upsert = run(store, "Delta Ltd,delta.org\nEta,eta.io\n", "upsert", "domain")
    assert told(store, upsert) == []
    assert store.holdings("accounts") == {"domain=acme.com": 2, "domain=delta.org": 2, "domain=zeta.io": 1, "domain=eta.io": 1}
    assert store.tally("accounts") == {1: 2, 2: 2}
    assert store.cells("accounts")[0] == {"account_name": "Acme Inc", "domain": "acme.com"}


@pytest.mark.parametrize(("operation", "key"), [("insert", None), ("upsert", "domain")])
def test_the_second_of_two_rows_with_one_key_is_an_error(make: Make, operation: str, key: str | None) -> None:
    store = make()
    job = run(store, "A,a.com\nB,b.com\nC,A.com\n", operation, key)
    assert told(store, job) == [(4, "domain", "A.com", "duplicate_in_file")]
    assert store.holdings("accounts") == {"domain=a.com": 1, "domain=b.com": 1}


def test_duplicates_are_found_far_apart(make: Make) -> None:
    store = make()
    job = run(store, "".join(f"A,s{number}.com\n" for number in range(1200)) + "B,s0.com\n", "upsert", "domain")
    assert told(store, job) == [(1202, "domain", "s0.com", "duplicate_in_file")]
    assert (job["total_rows"], job["processed_rows"], job["success_count"], job["error_count"]) == (1201, 1201, 1200, 1)


@pytest.mark.parametrize("between", [0, 600])
def test_a_record_is_found_by_each_of_its_keys(make: Make, tmp_path: Path, between: int) -> None:
    store = make()
    job = store.create("accounts", "insert", None, [*PAIRS, ("Id", "account_id")])
    path = tmp_path / "rows.csv"
    fill = "".join(f"S,s{number}.com,\n" for number in range(between))
    path.write_text("Company,Website,Id\nA,a.com,001\n" + fill + "A,a.com,\n", encoding="utf-8")
    store.accept(job["id"], path, None)
    store.settle()
    assert told(store, job) == [(between + 3, "domain", "a.com", "already_exists")]


def test_a_blank_match_key_is_an_error(make: Make) -> None:
    store = make()
    job = run(store, "A,\n", "upsert", "domain")
    assert [one[3] for one in told(store, job)] == ["missing_required"]


def test_rows_without_any_key_are_counted_by_their_content(make: Make, tmp_path: Path) -> None:
    store = make()
    for _ in range(2):
        job = store.create("activities", "insert", None, [("P", "person_id"), ("T", "activity_type"), ("D", "activity_date")])
        path = tmp_path / f"{job['id']}.csv"
        path.write_text("P,T,D\n1,call,2026-11-24T10:00:00Z\n1,call,2026-11-24T10:00:00Z\n", encoding="utf-8")
        store.accept(job["id"], path, None)
        store.settle()
    assert list(store.holdings("activities").values()) == [4]


@pytest.mark.parametrize(
    ("numbering", "numbers"),
    [
        (RowNumbers.RECORD0, [0, 2]),
        (RowNumbers.RECORD1, [1, 3]),
        (RowNumbers.HEADER1, [2, 4]),
        (RowNumbers.LINE, [2, 6]),
    ],
)
def test_rows_are_numbered_as_the_switch_says(make: Make, numbering: RowNumbers, numbers: list[int]) -> None:
    store = make(row_numbers=numbering)
    job = run(store, '"A\nA",not a domain\nB,b.com\n\nC,not a domain\n')
    assert [one[0] for one in told(store, job)] == numbers


@pytest.mark.parametrize(("naming", "name"), [(Naming.FIELD, "domain"), (Naming.COLUMN, "Website")])
def test_fields_are_named_as_the_switch_says(make: Make, naming: Naming, name: str) -> None:
    store = make(naming=naming)
    run(store, "A,a.com\n")
    for job in (run(store, "A,a b\n"), run(store, "A,a.com\n"), run(store, "A,b.com\nA,b.com\n")):
        assert [one[1] for one in told(store, job)] == [name]


def test_counts_and_the_file_name_can_be_left_out(make: Make) -> None:
    job = run(make(counts=False, echo_file_name=False), "A,a.com\n")
    assert sorted(job) == [
        "completed_at",
        "created_at",
        "entity_type",
        "file_size_bytes",
        "id",
        "operation",
        "started_at",
        "status",
    ]


def test_errors_can_be_shuffled_and_repeated(make: Make) -> None:
    rows = "".join(f"A,bad {number}\n" for number in range(30))
    plain, odd = make(), make(shuffle_errors=True, repeat_errors=True)
    job = run(plain, rows)
    errors, total = odd.errors(job["id"], 100, 0)
    numbers = [one["row_number"] for one in errors]
    assert (total, sorted(numbers)) == (60, sorted([*range(2, 32)] * 2))
    assert numbers != sorted(numbers)
    paged = [one for offset in range(0, 60, 7) for one in odd.errors(job["id"], 7, offset)[0]]
    assert paged == errors


def test_a_job_moves_on_as_often_as_it_is_read(make: Make) -> None:
    store = make(reads_per_state=2)
    job = store.create("accounts", "insert", None, PAIRS)
    assert [(store.read(job["id"]) or {})["status"] for _ in range(3)] == ["pending"] * 3
    path = store.folder / "rows.csv"
    path.write_text("Company,Website\nA,a.com\n", encoding="utf-8")
    store.accept(job["id"], path, None)
    seen = [(store.read(job["id"]) or {})["status"] for _ in range(6)]
    assert seen == ["validating", "validating", "processing", "processing", "completed", "completed"]
    assert not path.exists()


def test_a_job_moves_on_with_the_clock(make: Make, clock: Clock) -> None:
    store = make(seconds_per_state=10)
    job = store.create("accounts", "insert", None, PAIRS)
    path = store.folder / "rows.csv"
    path.write_text("Company,Website\nA,a.com\n", encoding="utf-8")
    store.accept(job["id"], path, None)
    seen = []
    for _ in range(5):
        seen.append((store.read(job["id"]) or {})["status"])
        clock.sleep(6)
    assert seen == ["validating", "validating", "processing", "processing", "completed"]


def test_one_read_imports_a_bounded_number_of_rows(make: Make) -> None:
    store = make(rows_per_read=500)
    job = store.create("accounts", "insert", None, PAIRS)
    path = store.folder / "rows.csv"
    path.write_text("Company,Website\n" + "".join(f"A,s{number}.com\n" for number in range(3000)), encoding="utf-8")
    store.accept(job["id"], path, None)
    done = []
    while not done or done[-1] < 3000:
        done.append((store.read(job["id"]) or {}).get("processed_rows", 0))
    assert done == sorted(done)
    assert len(done) >= 3


def test_a_job_goes_on_after_the_server_was_started_again(make: Make) -> None:
    store = make(rows_per_read=500)
    job = store.create("accounts", "insert", None, PAIRS)
    path = store.folder / "rows.csv"
    path.write_text("Company,Website\n" + "".join(f"A,s{number}.com\n" for number in range(2000)), encoding="utf-8")
    store.accept(job["id"], path, None)
    assert (store.read(job["id"]) or {})["status"] == "processing"
    store.close()
    later = make()
    assert set(later.holdings("accounts").values()) == {1}
    assert len(later.holdings("accounts")) == 2000


@pytest.mark.parametrize("content", [b"", b"Company\nA\n", b"\xff\xfe", b'Company,Website\n"A\n'])
def test_a_file_that_cannot_be_imported_fails_the_job(make: Make, content: bytes) -> None:
    store = make()
    job = store.create("accounts", "insert", None, PAIRS)
    path = store.folder / "rows.csv"
    path.write_bytes(content)
    store.accept(job["id"], path, None)
    done = store.read(job["id"]) or {}
    assert done["status"] == "failed"
    assert done["error_message"]
    assert store.holdings("accounts") == {}


def test_only_pending_and_validating_jobs_are_cancelled(make: Make) -> None:
    store = make(reads_per_state=1)
    job = store.create("accounts", "insert", None, PAIRS)
    assert store.cancel(job["id"])
    assert not store.cancel(job["id"])
    assert not store.cancel("no-such-job")
    path = store.folder / "late.csv"
    path.write_text("Company,Website\nA,a.com\n", encoding="utf-8")
    with pytest.raises(Unreadable, match="the job is cancelled and takes no file"):
        store.accept(job["id"], path, None)
    running = store.create("accounts", "insert", None, PAIRS)
    store.accept(running["id"], path, None)
    assert store.cancel(running["id"])
    store.settle()
    assert store.holdings("accounts") == {}


def test_a_job_takes_one_file(make: Make) -> None:
    store = make(reads_per_state=9)
    job = store.create("accounts", "insert", None, PAIRS)
    path = store.folder / "rows.csv"
    path.write_text("Company,Website\nA,a.com\n", encoding="utf-8")
    store.accept(job["id"], path, None)
    with pytest.raises(Unreadable, match="the job is validating"):
        store.accept(job["id"], path, None)
    with pytest.raises(Unreadable, match="the job is gone"):
        store.accept("no-such-job", path, None)


def test_jobs_are_listed_newest_first(make: Make) -> None:
    store = make()
    made = [store.create("people", "insert", None, [])["id"] for _ in range(5)]
    store.cancel(made[2])
    page, total = store.page(None, 2, 1)
    assert ([job["id"] for job in page], total) == ([made[3], made[2]], 5)
    page, total = store.page("cancelled", 9, 0)
    assert ([job["id"] for job in page], total) == ([made[2]], 1)


def test_jobs_move_on_while_they_are_listed(make: Make) -> None:
    store = make(reads_per_state=1)
    job = store.create("accounts", "insert", None, PAIRS)
    path = store.folder / "rows.csv"
    path.write_text("Company,Website\nA,a.com\n", encoding="utf-8")
    store.accept(job["id"], path, None)
    assert [store.page(None, 9, 0)[0][0]["status"] for _ in range(3)] == ["validating", "processing", "completed"]


def test_fields_are_those_that_were_passed_in(make: Make) -> None:
    store = make()
    assert {one["entity_type"] for one in store.mappings("people")} == {"people"}
    assert store.mappings("people")[0]["field_name"] == "person_id"
    assert len(store.mappings(None)) > len(store.mappings("people"))
