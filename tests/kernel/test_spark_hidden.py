"""pandera is imported as if pyspark were not there. A stand-in for pyspark says when it is imported, so that no Spark is needed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from preflight.kernel.spark_hidden import spark_hidden


@pytest.fixture
def loud(tmp_path: Path) -> dict[str, str]:
    """An environment in which pyspark is installed and cannot be imported quietly."""
    package = tmp_path / "pyspark"
    (package / "pandas").mkdir(parents=True)
    (package / "__init__.py").write_text("import sys; sys.stderr.write('pyspark is imported\\n')\n")
    (package / "pandas" / "__init__.py").write_text("import sys; sys.stderr.write('pyspark.pandas is imported\\n')\n")
    kept = {name: value for name, value in os.environ.items() if name not in ("SPARK_LOCAL_IP", "PYARROW_IGNORE_TIMEZONE")}
    return {**kept, "PYTHONPATH": str(tmp_path)}


def _run(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, text=True, check=False)


def test_the_command_line_neither_pays_for_pyspark_nor_shows_it(loud: dict[str, str], tmp_path: Path) -> None:
    source = tmp_path / "accounts.csv"
    source.write_text("account_name,domain\nAcme,acme.com\n")
    done = _run(loud, "-m", "preflight", "check", str(source), "--entity", "accounts")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_stand_in_is_loud_without_us(loud: dict[str, str]) -> None:
    assert "pyspark.pandas is imported" in _run(loud, "-c", "import pandera.pandas").stderr


def test_where_pyspark_is_loaded_already_only_its_pandas_is_hidden(loud: dict[str, str]) -> None:
    code = (
        "import os, pyspark, preflight.kernel.schema; from pandera import pandas; import pyspark as again; assert again is pyspark;"
        "print(sorted(one for one in os.environ if one in ('SPARK_LOCAL_IP', 'PYARROW_IGNORE_TIMEZONE')))"
    )
    done = _run(loud, "-c", code)
    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "pyspark is imported\n")


def test_pyspark_can_be_imported_afterwards(loud: dict[str, str]) -> None:
    done = _run(loud, "-c", "import preflight.kernel.schema, sys; print('pyspark' in sys.modules); import pyspark.pandas")
    assert (done.stdout, done.stderr) == ("False\n", "pyspark is imported\npyspark.pandas is imported\n")


def test_a_stated_address_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPARK_LOCAL_IP", "10.0.0.7")
    monkeypatch.delenv("PYARROW_IGNORE_TIMEZONE", raising=False)
    with spark_hidden():
        os.environ["SPARK_LOCAL_IP"], os.environ["PYARROW_IGNORE_TIMEZONE"] = "127.0.0.1", "1"
    assert (os.environ["SPARK_LOCAL_IP"], os.environ.get("PYARROW_IGNORE_TIMEZONE")) == ("10.0.0.7", None)
