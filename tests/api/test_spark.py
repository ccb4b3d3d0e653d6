"""What `check_spark` says where there is no Spark."""

from __future__ import annotations

import sys

import pytest

import preflight as pf


def test_without_pyspark_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    for name in [name for name in sys.modules if name.startswith(("pyspark.", "preflight.engines.spark"))]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(
        pf.PreflightError, match=r'Spark needs pyspark; install it with: pip install "demandbase-preflight\[spark\]"'
    ):
        pf.check_spark(object(), pf.plan("accounts"), row_id="id")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"values": "all"}, "values is 'all'; wanted show, mask or hide"),
        ({"engine": "memory"}, "unknown option 'engine'"),
        ({"ignore": "PF999"}, 'there is no code "PF999"'),
    ],
)
def test_options_are_read_before_spark_is_loaded(options: dict[str, str], words: str) -> None:
    with pytest.raises(pf.PreflightError, match=words):
        pf.check_spark(object(), pf.plan("accounts"), row_id="id", **options)
