"""The outcomes that a user holds: what became of every source row, on any day, from the folder alone."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

import preflight.report.notebook_runs as notebook
from preflight.api.reasons import reasons_here
from preflight.api.spelling import in_python, speaks_python
from preflight.errors import NotAvailable
from preflight.submission.outcomes import Outcomes as Found
from preflight.submission.outcomes import read_outcomes
from preflight.submission.repair import REPAIR, write_repair
from preflight.submission.showing import balance, error_text, numbering_words, to_text
from preflight.submission.verdicts import State

__all__ = ["Outcomes", "outcomes"]

_COUNTED = ("source_row", "record", "line")
UNDETERMINED = ("job_id", "row_number", "field", "value", "message", "candidates")


class Outcomes:
    """What became of every source row: rejected_here, not_sent, rejected_there, imported or unknown.

    Made by `preflight.outcomes`; it shows itself in a notebook.
    """

    def __init__(self, folder: str | Path, found: Found | None = None) -> None:
        self.folder = Path(folder)
        self.found = found or read_outcomes(self.folder)

    @property
    def summary(self) -> dict[str, int]:
        """The balance: `rows` is the sum of the five states."""
        return self.found.summary

    @property
    def numbering(self) -> dict[str, Any]:
        """How the server counts rows: reading (None where that is not settled), confirmed_by, of."""
        known = self.found.numbering
        return {"reading": known.reading, "confirmed_by": known.confirmed_by, "of": known.of}

    @cached_property
    def rows(self) -> pd.DataFrame:
        """One line per source row: source_row, label, record, line, state, job_id, errors (a tuple of dictionaries); after the line
        the path, where the source was several files."""
        found = self.found
        words = pd.Categorical.from_codes(found.states, pd.Index([state.word for state in State]))
        ids = pa.array([job.job_id for job in found.jobs] + [None], pa.string()).take(
            pa.array(found.row_jobs % (len(found.jobs) + 1))
        )
        errors: list[tuple[dict[str, Any], ...]] = [()] * found.account.length
        for at, row in zip(found.with_row.tolist(), found.error_rows[found.with_row].tolist(), strict=True):
            errors[row] = (*errors[row], found.error(at))
        columns: dict[str, Any] = {name: found.account.table[name].to_pandas().astype("Int64") for name in _COUNTED}
        columns["label"] = found.labels.to_pandas()
        columns["state"] = words
        columns["job_id"] = ids.to_pandas()
        columns["errors"] = pd.Series(errors, dtype=object)
        columns |= {name: found.account.table[name].to_pandas() for name in found.account.files}
        return pd.DataFrame({name: columns[name] for name in found.names})

    @cached_property
    def undetermined(self) -> pd.DataFrame:
        """The errors that fit no single row, with the source rows that they may mean."""
        return pd.DataFrame(list(self.found.undetermined()), columns=list(UNDETERMINED)).astype({"row_number": "Int64"})

    def annotate(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The frame with `preflight_state` and `preflight_errors`, joined by position: the server's words, and for rows that were
        rejected here those of rejected.csv, as long as that file is there.

        Raises NotAvailable where the frame has another number of rows than the source.
        """
        if len(frame) != self.found.account.length:
            raise NotAvailable(
                f"the frame has {len(frame):,} rows, the source of the run {self.found.account.length:,}; give the same rows"
            )
        texts = ["; ".join(error_text(one) for one in errors) or None for errors in self.rows["errors"]]
        for row, said in reasons_here(self.found.account).items():
            if self.found.states[row] == State.REJECTED_HERE:
                texts[row] = in_python(said)
        states = self.rows["state"].astype("str").array
        return frame.assign(preflight_state=states, preflight_errors=pd.array(texts, dtype="str"))

    def repair(self, path: str | Path | None = None) -> Path | None:
        """Write the rows that were rejected there, as they were sent, for repair and `preflight.merge`; None where there is none.

        By default into rejected-there.csv in the folder.
        """
        target = self.folder / REPAIR if path is None else Path(path)
        return target if write_repair(self.found, target) else None

    def __repr__(self) -> str:
        return f"<Outcomes {self.folder}: {balance(self.summary)}>"

    def __str__(self) -> str:
        return "".join(to_text(self.found)).rstrip("\n")

    def _repr_html_(self) -> str:
        counted = numbering_words(self.found.numbering)
        notes = ([counted] if counted else []) + [f"{one.code} {one.message}" for one in self.found.notices]
        rows = (
            (str(row["source_row"]), str(row["label"]), row["state"], "; ".join(error_text(one) for one in row["errors"]))
            for row in self.found.rows_with_errors()
        )
        return "".join(notebook.render_outcomes(str(self.folder), self.summary, balance(self.summary), notes=notes, rows=rows))


@speaks_python
def outcomes(folder: str | Path, /) -> Outcomes:
    """What became of every source row of a run. Needs the folder alone: no frame, no token, no address.

    Raises UsageError where the folder holds no run that can be read.
    """
    return Outcomes(folder)
