"""The workbook of a run: its rejected rows with the faults of each cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from preflight.contract.matching import is_own
from preflight.engines.content import findings_in
from preflight.engines.run import Run, first_chunks
from preflight.engines.writing import run_of
from preflight.findings import Content, Severity
from preflight.kernel.judge import Verdict
from preflight.report import xlsx

__all__ = ["workbook_of"]


def workbook_of(made: Run, content: Content) -> bytes:
    """The workbook. Raises NotAvailable without the extra `excel`."""
    header = [name for name in made.binding.header if not is_own(name)]
    return xlsx.render(content, _rejected(made), header)


def _rejected(made: Run) -> Iterator[tuple[str, Sequence[str | None], Mapping[str, str]]]:
    kept = [number for number, name in enumerate(made.binding.header) if not is_own(name)]
    head, _ = first_chunks(verdict.chunk for verdict in made.again())
    run = run_of(made, head)
    for verdict in made.again():
        chunk = verdict.chunk
        for row, told in _told(made, verdict).items():
            yield f"{run}-{row + chunk.first_row}", [chunk.columns[number][row].as_py() for number in kept], told


def _told(made: Run, verdict: Verdict) -> dict[int, dict[str, str]]:
    """For each rejected row of a chunk what is wrong, by column; under an empty name what is wrong with the record."""
    chunk = verdict.chunk
    everywhere = "; ".join(note.message for note in made.rejecting)
    rows = np.arange(chunk.length) if everywhere else np.flatnonzero(~verdict.good.to_numpy(zero_copy_only=False))
    told: dict[int, dict[str, str]] = {int(row): {"": everywhere} if everywhere else {} for row in rows}
    for one in findings_in(made, verdict):
        row = (one.source_row or 0) - chunk.first_row
        if one.severity is Severity.ERROR and row in told:
            before = told[row].get(one.column or "")
            told[row][one.column or ""] = f"{before}; {one.message}" if before else one.message
    return told
