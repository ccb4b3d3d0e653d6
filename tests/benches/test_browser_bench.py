"""The bench of the page runs where there is a Chromium. No timing."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_MISSING = [name for name in ("chromium", "chromedriver") if shutil.which(name) is None]


@pytest.mark.slow
@pytest.mark.chromium
@pytest.mark.skipif(bool(_MISSING), reason=f"needs {' and '.join(_MISSING)}")
def test_prints_a_line_for_each_page_cold_and_warm() -> None:
    command = [sys.executable, str(Path(__file__).parent / "browser.py"), "--findings", "1200", "--runs", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    lines = [line.split("|")[1].strip() for line in done.stdout.splitlines() if line.startswith("|")]
    assert lines == ["page", "---", "empty, cold", "empty, warm", "1,200 findings, cold", "1,200 findings, warm"]
