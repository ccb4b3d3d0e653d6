"""Numbers and amounts of money: number and currency fields."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from preflight.contract.field import Answers, Field
from preflight.rules.decimals import Evidence, is_ambiguous, read_number, survey_marks, true_where
from preflight.rules.misreadings import advise_number, advise_range, both_readings, in_words, is_seen, plain_or_none
from preflight.rules.reading import Advice, Fault, Reading

__all__ = ["RULE", "Evidence", "advise", "advise_refused", "ask", "ask_mark", "faults_of", "read", "settle", "survey", "to_typed"]

Array = Any  # pyarrow.Array; pyarrow ships no types

RULE = "plain-number"
_NON_FINITE = r"(?i)^[-+]?(?:nan|inf|infinity)$"


def read(cells: Array, field: Field, answers: Answers, /) -> Reading:
    """Numbers as plain text, their decimals as written. PF303 no number, PF308 beyond float64, PF310 not finite.

    Without a decimal mark in the answers each cell is read by the mark it proves, and those that read both ways are PF312.
    """
    plain = read_number(cells, mark=answers.decimal, money=True)
    text, unsure = plain.text, None
    if answers.decimal is None and (unsure := is_ambiguous(cells, money=True)).true_count:
        text = pc.if_else(unsure, pa.scalar(None, pa.string()), text)
    return Reading(text, faults_of(cells, text, plain.huge, unsure))


def faults_of(cells: Array, text: Array, huge: Array, unsure: Array | None, /) -> tuple[Fault, ...]:
    """The faults of cells that gave no text: each cell has one, and those in `unsure` are a question about the decimal mark."""
    if text.null_count == cells.null_count:
        return ()
    left = pc.and_not(pc.and_(cells.is_valid(), text.is_null()), huge)
    left = left if unsure is None else pc.and_not(left, unsure)
    odd = pc.and_(left, true_where(pc.match_substring_regex(cells, _NON_FINITE)))
    found = [Fault("PF303", pc.and_not(left, odd)), Fault("PF308", huge), Fault("PF310", odd)]
    if unsure is not None:
        found.append(Fault("PF312", unsure, questions=True))
    return tuple(fault for fault in found if fault.mask.true_count)


def to_typed(text: Array, field: Field, /) -> Array:
    """float64."""
    return pc.cast(text, pa.float64())


def survey(cells: Array, field: Field, answers: Answers, /) -> Evidence:
    """Which decimal marks the cells prove."""
    return survey_marks(cells, money=True)


def settle(evidence: Evidence, field: Field, answers: Answers, /) -> Answers:
    """The answers with the decimal mark: as stated, else as proven; left open where both are proven."""
    return answers if answers.decimal is not None else replace(answers, decimal=evidence.mark)


def advise(code: str, value: str, shown: str, field: Field, answers: Answers, /) -> Advice:
    """The words for a value that is no number, or none that can be represented."""
    if code == "PF308":
        return advise_range(shown, value, limits="that a 64-bit decimal number can hold")
    if code == "PF310":
        return Advice(f"{shown} is not a finite number; give a number or leave the cell blank")
    return advise_refused(value, shown, wanted="a number", mark=answers.decimal)


def advise_refused(value: str, shown: str, /, *, wanted: str, mark: str | None) -> Advice:
    """The words for a value that is no number under the mark, the other mark being one reason."""
    other_mark = "," if mark == "." else "."
    number = None if mark is None or plain_or_none(value, mark) is not None else plain_or_none(value, other_mark)
    if mark is not None and number is not None:
        other = in_words(other_mark)
        message = f"{shown} has a decimal {other} or broken grouping, where the decimal mark of the column is the {in_words(mark)}"
        return Advice(f"{message}; write it with that", number if mark == "." else number.replace(".", ","))
    return advise_number(value, shown, wanted=wanted, mark=mark)


def ask(code: str, example: str | None, shown: str, count: int, field: Field, answers: Answers, /) -> Advice:
    """The words for the question of the decimal mark. `example` is None where it is not to be seen."""
    return ask_mark(example or "", shown, count, seen=is_seen(example or "", shown))


def ask_mark(number: str, shown: str, count: int, /, *, seen: bool) -> Advice:
    """The words for the question of the decimal mark, with both readings of the number where it may be seen."""
    cells = "1 cell reads" if count == 1 else f"{count:,} cells read"
    message = f"{shown} {both_readings(number, seen=seen)}, and the column proves both; {cells} either way"
    return Advice(f"{message}, so state the mark with --locale en_US or --locale de_DE", "--locale en_US")
