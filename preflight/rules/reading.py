"""What a family of rules gives back, and the signature that all families share.

A family is a module of this package for one or several field types. It works on columns: `cells` is an Arrow array of type
string; nulls are blanks and pass. Every function is pure and depends on the single value only (with the answers settled), so
that the kernel may call it on the distinct values of a column and take the outcome back to the rows.

    read(cells, field, answers) -> Reading                  judge and normalise
    to_typed(text, field) -> Array                          canonical text to the Arrow type of the field; never fails on it
    advise(code, value, shown, field, answers) -> Advice    the words for one refused value

A family with questions of a column also has

    survey(cells, field, answers) -> Evidence               what the cells prove; Evidence has merge(other), associative
    settle(evidence, field, answers) -> Answers             the answers with what the evidence proves filled in
    ask(code, example, shown, count, field, answers) -> Advice    the words for the one question of the column

`cells` have been through `texts.tidy` before: no blanks at the edges, NFC, never the empty string.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Advice", "Fault", "Reading"]

Array = Any  # pyarrow.Array; pyarrow ships no types


@dataclass(frozen=True, slots=True)
class Fault:
    """A code and the cells it is about: a boolean mask as long as the column, without nulls.

    Where `questions` is true, the cells wait for an answer about their column: one finding for them all.
    """

    code: str
    mask: Array
    questions: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """A column after reading: canonical `text` (string; null where blank or refused) and its faults.

    A cell has at most one error among the faults; warnings leave the text in place.
    """

    text: Array
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Advice:
    """The words for one refused value. `message` starts with `shown` and has no full stop at its end; `suggestion` is a value to
    send instead, or an option to paste for a question of a column."""

    message: str
    suggestion: str | None = None
