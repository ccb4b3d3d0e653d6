"""One run: order, threads, interruption, what is kept."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
import weakref
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import preflight as pf
from preflight.contract.policy import Policy
from preflight.engines.memory import FrameSource, frame_source
from preflight.engines.run import run
from preflight.findings import Severity

FIELDS = [{"field_name": "domain", "field_type": "domain", "required": True}, {"field_name": "size", "field_type": "integer"}]
PLAN = pf.plan("accounts", operation="upsert", match_key="domain", fields=FIELDS)
FRAME = pd.DataFrame({"domain": [f"company{row}.com" for row in range(100)], "size": ["x", "1", "2", "3"] * 25})


def source(rows: int = 7) -> FrameSource:
    return replace(frame_source(FRAME), rows_per_chunk=rows)


class Seen:
    """A sink that notes what comes."""

    def __init__(self) -> None:
        self.rows: list[int] = []
        self.alive: list[weakref.ref[Any]] = []

    def prepare(self, made: Any, verdict: Any, texts: Any) -> tuple[int, list[Any]]:
        return verdict.chunk.first_row, [column.to_pylist() for column in texts]

    def add(self, made: Any, verdict: Any, prepared: Any) -> None:
        assert prepared[0] == verdict.chunk.first_row
        self.rows.append(prepared[0])
        self.alive.append(weakref.ref(verdict.texts[0]))


def test_verdicts_reach_the_sink_in_source_order() -> None:
    sink = Seen()
    run(PLAN, source(), Policy(), keep=False, sink=sink, threads=4)
    assert sink.rows == list(range(0, 100, 7))


def test_a_sink_prepares_the_good_rows_of_the_fields_that_are_sent() -> None:
    prepared: list[Any] = []

    class Keeping(Seen):
        def add(self, made: Any, verdict: Any, prepared_rows: Any) -> None:
            prepared.append(prepared_rows)

    run(PLAN, source(4), Policy(), keep=False, sink=Keeping())
    assert prepared[0] == (0, [["company1.com", "company2.com", "company3.com"], ["1", "2", "3"]])
    prepared.clear()
    run(PLAN, source(4), Policy(severities=(("PF302", Severity.WARNING),)), keep=False, sink=Keeping())
    assert prepared[0] == (0, [["company0.com", "company1.com", "company2.com", "company3.com"], [None, "1", "2", "3"]])


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_an_interruption_stops_the_threads_and_leaves_nothing_half_written(
    error: type[BaseException], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from preflight.api.writing import WriteOptions, write_with_content

    monkeypatch.setattr("preflight.engines.run._KEPT_BYTES", 0)
    before = threading.active_count()

    class Broken(FrameSource):
        def chunks(self) -> Any:
            Broken.passes += 1
            for number, chunk in enumerate(super().chunks()):
                if Broken.passes == 2 and number == 5:
                    raise error
                yield chunk

        passes = 0

    whole = source()
    with pytest.raises(error):
        write_with_content(PLAN, Broken(whole.header, whole.columns, whole.length, 7), tmp_path / "out", WriteOptions())
    assert threading.active_count() == before
    assert list((tmp_path / "out").iterdir()) == []


def test_nothing_of_earlier_chunks_is_kept_unless_asked_for() -> None:
    sink = Seen()
    made = run(PLAN, source(), Policy(), keep=False, sink=sink)
    gc.collect()
    assert made.verdicts is None
    assert [one for one in sink.alive if one() is not None] == []


def test_a_fault_of_the_header_rejects_all_unless_the_policy_ignores_it() -> None:
    made = run(PLAN, frame_source(FRAME[["size"]]), Policy(), keep=True)
    assert made.rejects_all
    ignored = run(PLAN, frame_source(FRAME[["size"]]), Policy(ignore=("PF202", "PF505")), keep=True)
    assert not ignored.rejects_all
    assert ignored.tally.good == 75


class Counted(FrameSource):
    passes = 0

    def chunks(self) -> Any:
        Counted.passes += 1
        yield from super().chunks()


@pytest.mark.parametrize(("most", "passes"), [(1 << 20, 1), (600, 2), (0, 2)])
def test_a_small_source_is_read_once(most: int, passes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("preflight.engines.run._KEPT_BYTES", most)
    monkeypatch.setattr(Counted, "passes", 0)
    whole = source()
    run(PLAN, Counted(whole.header, whole.columns, whole.length, 7), Policy(), keep=False)
    assert Counted.passes == passes


@pytest.mark.parametrize(("kept", "readings"), [(0, 0), (0, 300), (0, 1 << 20), (700, 300)])
def test_what_is_said_does_not_depend_on_what_was_kept(
    kept: int, readings: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = FRAME.assign(
        domain=["WWW.A.com", "a.com/x", "", "no domain", *FRAME.domain[4:]], note=pd.Series([None] * 60 + ["x"] * 40, dtype="str")
    )
    frame.to_csv(tmp_path / "a.csv", index=False)
    plan = pf.plan(
        "accounts", operation="upsert", match_key="domain", fields=[*FIELDS, {"field_name": "note", "field_type": "text"}]
    )
    expected = plan.check(tmp_path / "a.csv", engine="memory")
    monkeypatch.setattr("preflight.engines.run._KEPT_BYTES", kept)
    monkeypatch.setattr("preflight.engines.run._READINGS_BYTES", readings)
    found = plan.check(tmp_path / "a.csv", engine="stream", block_bytes=200)
    assert found.summary == expected.summary
    pd.testing.assert_frame_equal(found.findings, expected.findings)


def test_pandas_and_pandera_load_while_the_first_rows_are_read() -> None:
    script = (
        "import sys; import preflight.api.planning, preflight.api.writing, preflight.cli.write, preflight.files.read\n"
        "print(sorted({'pandas', 'pandera'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
