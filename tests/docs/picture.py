"""Draw the README's first command as a terminal shows it: `python tests/docs/picture.py` writes first-check.svg beside this file.

The command is run for real, under a pseudo-terminal, on the CSV of the README; what it prints, colours and all, is what is drawn.
"""

from __future__ import annotations

import html
import os
import pty
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PICTURE = Path(__file__).with_name("first-check.svg")
WIDTH = 100
"""Characters of a line; longer ones go on below, cut between words."""

_SIZE, _ADVANCE, _LEADING, _EDGE, _BAR = 14, 8.43, 21, 22, 40
_SGR = re.compile(r"\x1b\[([\d;]*)m")
_STYLES = {"1;31": "error", "33": "warning", "36": "note", "1": "bold", "0": "", "": ""}
_STYLE = f"""
text {{ font: {_SIZE}px ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace;
  fill: #d5d9e0; white-space: pre; }}
.prompt {{ fill: #6cc58b; font-weight: 700; }}
.typed {{ fill: #ffffff; font-weight: 600; }}
.error {{ fill: #ff7b72; font-weight: 700; }}
.warning {{ fill: #e3b341; }}
.note {{ fill: #79c0ff; }}
.bold {{ font-weight: 700; }}
.title {{ fill: #8b949e; text-anchor: middle; }}
"""

Run = tuple[str, str]  # a style and the text that has it


def readme_example() -> tuple[str, str]:
    """The CSV of the README, and the first command that is run on it."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    table = re.search(r"```csv\n(.*?)```", text, re.DOTALL)
    command = re.search(r"^\$ (preflight check .*)$", text, re.MULTILINE)
    assert table is not None
    assert command is not None
    return table[1], command[1]


def played(table: str, command: str) -> str:
    """What the command prints on a terminal."""
    program = [sys.executable, "-m", "preflight.cli", *shlex.split(command)[1:]]
    kept = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "accounts.csv").write_text(table, encoding="utf-8")
        ours, theirs = pty.openpty()
        path = os.pathsep.join([str(ROOT), *filter(None, [kept.get("PYTHONPATH")])])
        with subprocess.Popen(
            program, cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs, env={**kept, "PYTHONPATH": path}
        ) as running:
            os.close(theirs)
            pieces = list(_read(ours))
        os.close(ours)
    assert running.returncode == 1
    return b"".join(pieces).decode("utf-8").replace("\r\n", "\n")


def _read(terminal: int) -> Iterator[bytes]:
    while True:
        try:
            piece = os.read(terminal, 1 << 16)
        except OSError:  # the way in which Linux says that nobody writes any more
            return
        if not piece:
            return
        yield piece


def styled(line: str) -> list[Run]:
    """A line as runs of text of one style."""
    style, start, found = "", 0, []
    for code in _SGR.finditer(line):
        found.append((style, line[start : code.start()]))
        style, start = _STYLES[code[1]], code.end()
    return [run for run in [*found, (style, line[start:])] if run[1]]


def wrapped(runs: list[Run]) -> Iterator[list[Run]]:
    """The line in pieces of at most WIDTH characters, cut between words; each word keeps its style."""
    row: list[Run] = []
    width = 0
    for style, text in runs:
        for word in re.findall(r"\S+\s*|\s+", text):
            if row and width + len(word.rstrip()) > WIDTH:
                yield [*row[:-1], (row[-1][0], row[-1][1].rstrip())]
                row, width = [], 0
            row.append((style, word))
            width += len(word)
    yield row


def drawn(rows: list[list[Run]], title: str) -> str:
    """The picture: a window with these rows."""
    width, height = round(WIDTH * _ADVANCE + 2 * _EDGE), _BAR + len(rows) * _LEADING + _EDGE
    dots = "".join(f'<circle cx="{20 + 20 * at}" cy="20" r="6" fill="{fill}"/>' for at, fill in enumerate(_DOTS))
    lines = "\n".join(_row(at, row) for at, row in enumerate(rows) if row)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{html.escape(title)}">\n<style>{_STYLE}</style>\n'
        f'<rect x=".5" y=".5" width="{width - 1}" height="{height - 1}" rx="10" fill="#14171d" stroke="#39404c"/>\n'
        f'{dots}<text class="title" x="{width / 2}" y="25">{html.escape(title)}</text>\n{lines}\n</svg>\n'
    )


_DOTS = ("#ff5f57", "#febc2e", "#28c840")


def _row(at: int, row: list[Run]) -> str:
    y = _BAR + (at + 1) * _LEADING - 4
    length = round(sum(len(text) for _, text in row) * _ADVANCE, 1)
    spans = "".join(_span(style, "".join(text for _, text in runs)) for style, runs in groupby(row, key=itemgetter(0)))
    return f'<text x="{_EDGE}" y="{y}" textLength="{length}" xml:space="preserve">{spans}</text>'


def _span(style: str, text: str) -> str:
    plain = html.escape(text, quote=False)
    return f'<tspan class="{style}">{plain}</tspan>' if style else plain


def picture() -> str:
    """The picture as it must be now."""
    table, command = readme_example()
    rows = list(wrapped([("prompt", "$ "), ("typed", command)]))
    for line in played(table, command).rstrip("\n").split("\n"):
        rows += wrapped(styled(line))
    return drawn(rows, "preflight check")


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
