"""Percents: percent fields, sent in the scale 0 to 100."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from preflight.contract.field import Answers, Field
from preflight.rules import decimals, numbers
from preflight.rules.decimals import BLANKS, is_ambiguous, read_number, shift, survey_marks, true_where
from preflight.rules.misreadings import is_band, is_seen, plain_or_none
from preflight.rules.reading import Advice, Fault, Reading
from preflight.rules.replacing import put

__all__ = ["RULE", "Evidence", "advise", "ask", "read", "settle", "survey", "to_typed"]

Array = Any  # pyarrow.Array; pyarrow ships no types

RULE = "plain-percent"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a column of percents proves: its decimal marks, and among the cells without a percent sign whether, read with a dot or
    with a comma, some are above 1 or strictly between 0 and 1 (in absolute terms)."""

    marks: decimals.Evidence = decimals.Evidence()
    above_dot: bool = False
    above_comma: bool = False
    between_dot: bool = False
    between_comma: bool = False

    def merge(self, other: Evidence) -> Evidence:
        """What both prove together."""
        return Evidence(
            self.marks.merge(other.marks),
            self.above_dot or other.above_dot,
            self.above_comma or other.above_comma,
            self.between_dot or other.between_dot,
            self.between_comma or other.between_comma,
        )

    def scale(self, mark: str | None, /) -> str | None:
        """0-100 where, read under the mark, a value is above 1 and none between 0 and 1; with None under both."""
        dot = self.above_dot and not self.between_dot
        comma = self.above_comma and not self.between_comma
        proven = {".": dot, ",": comma, None: dot and comma}[mark]
        return "0-100" if proven else None


def read(cells: Array, field: Field, answers: Answers, /) -> Reading:
    """Percents as plain numbers from 0 to 100. Faults as of numbers, and PF315 where the scale of the column is not known.

    A cell with a percent sign needs no scale, and zero is the same in both.
    """
    bare, signed = _split(cells)
    plain = read_number(bare, mark=answers.decimal)
    text, unsure = plain.text, None
    if answers.decimal is None and (unsure := is_ambiguous(bare)).true_count:
        text = pc.if_else(unsure, pa.scalar(None, pa.string()), text)
    faults = numbers.faults_of(bare, text, plain.huge, unsure)
    if answers.scale == "0-100":
        return Reading(text, faults)
    scaled = pc.and_(pc.and_not(text.is_valid(), signed), true_where(pc.match_substring_regex(text, "[1-9]")))
    if not scaled.true_count:
        return Reading(text, faults)
    if answers.scale == "0-1":
        return _hundredfold(text, scaled, faults)
    return Reading(pc.if_else(scaled, pa.scalar(None, pa.string()), text), (*faults, Fault("PF315", scaled, questions=True)))


def to_typed(text: Array, field: Field, /) -> Array:
    """float64."""
    return pc.cast(text, pa.float64())


def survey(cells: Array, field: Field, answers: Answers, /) -> Evidence:
    """Which decimal marks the cells prove, and where their values lie."""
    bare, signed = _split(cells)
    unsigned = bare.filter(pc.and_not(bare.is_valid(), signed))
    found = []
    either = is_ambiguous(unsigned)
    certain = _sizes(read_number(unsigned.filter(pc.invert(either)), mark=None).text)
    for mark in ".,":
        unclear = _sizes(read_number(unsigned.filter(either), mark=mark).text)
        found.append((certain[0] or unclear[0], certain[1] or unclear[1]))
    (above_dot, between_dot), (above_comma, between_comma) = found
    return Evidence(survey_marks(bare), above_dot, above_comma, between_dot, between_comma)


def settle(evidence: Evidence, field: Field, answers: Answers, /) -> Answers:
    """The answers with the decimal mark and the scale: as stated, else as proven."""
    mark = answers.decimal or evidence.marks.mark
    return replace(answers, decimal=mark, scale=answers.scale or evidence.scale(mark))


def advise(code: str, value: str, shown: str, field: Field, answers: Answers, /) -> Advice:
    """The words for a value that is no percent."""
    if code != "PF303":
        return numbers.advise(code, value, shown, field, answers)
    bare = value[:-1].rstrip(BLANKS) if value.endswith("%") else value
    if "%" in bare and not is_band(value):
        return Advice(f"{shown} is not a percent; write one number with at most one percent sign after it")
    return numbers.advise_refused(bare, shown, wanted="a percent", mark=answers.decimal)


def ask(code: str, example: str | None, shown: str, count: int, field: Field, answers: Answers, /) -> Advice:
    """The words for the question of the decimal mark, or of the scale. `example` is None where it is not to be seen."""
    example = example or ""
    if code == "PF312":
        return numbers.ask_mark(example.rstrip("%" + BLANKS), shown, count, seen=is_seen(example, shown))
    number = plain_or_none(example, answers.decimal, money=False) if is_seen(example, shown) else None
    first, second = (
        ("taken as it stands", "times 100") if number is None else (f"{number} percent", f"{_times_100(number)} percent")
    )
    cells = "1 cell needs" if count == 1 else f"{count:,} cells need"
    message = f"{shown} is {first} if the column is written from 0 to 100 and {second} if from 0 to 1"
    return Advice(f"{message}; {cells} the answer, so state it with --percent 0-100 or --percent 0-1", "--percent 0-100")


def _split(cells: Array) -> tuple[Array, Array]:
    """The cells without their percent sign, and the mask of those that had one."""
    signed = true_where(pc.ends_with(cells, "%"))
    if not signed.true_count:
        return cells, signed
    bare = pc.utf8_rtrim(pc.utf8_slice_codeunits(cells.filter(signed), 0, -1), BLANKS)
    return put(cells, signed, bare), signed


def _hundredfold(text: Array, scaled: Array, faults: tuple[Fault, ...]) -> Reading:
    moved = shift(text.filter(scaled), 2)
    over = pc.is_inf(pc.cast(moved, pa.float64()))
    if not over.true_count:
        return Reading(put(text, scaled, moved), faults)
    beyond = put(pa.array(np.zeros(len(text), bool)), scaled, over)
    rest = tuple(fault for fault in faults if fault.code != "PF308")
    known = next((fault.mask for fault in faults if fault.code == "PF308"), beyond)
    moved = pc.if_else(over, pa.scalar(None, pa.string()), moved)
    return Reading(put(text, scaled, moved), (*rest, Fault("PF308", pc.or_(known, beyond))))


def _times_100(number: str) -> str:
    moved: str = shift(pa.array([number]), 2)[0].as_py()
    return moved


def _sizes(text: Array) -> tuple[bool, bool]:
    """Whether a value is above 1, and whether one lies strictly between 0 and 1."""
    size = pc.abs(pc.cast(text, pa.float64()))
    above = true_where(pc.greater(size, 1.0)).true_count > 0
    between = true_where(pc.and_(pc.greater(size, 0.0), pc.less(size, 1.0))).true_count > 0
    return above, between
