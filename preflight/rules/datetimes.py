"""Dates with a time: to RFC 3339 with an offset, which stays as it was written; a time without one gets that of a stated zone.

The dates follow `dates`, with the same questions. Second 60 is read where a leap second was inserted (RFC 3339 appendix D), and is
typed as the second after it, as POSIX time counts. Fractions keep all digits in the text, and microseconds in the typed value.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from preflight.rules.calendar import DAY, EPOCH, NAIVE, Moments
from preflight.rules.dates import (
    Days,
    Evidence,
    ask_date,
    counted,
    date_text,
    faults_of,
    is_leap_second,
    settle,
    settle_days,
    survey,
    why_no_date,
)
from preflight.rules.moments import read_moments
from preflight.rules.reading import Advice, Reading
from preflight.rules.replacing import put
from preflight.rules.zones import UNKNOWN, local_offsets

if TYPE_CHECKING:
    from preflight.contract.field import Answers, Field

__all__ = ["RULE", "Evidence", "advise", "ask", "read", "settle", "survey", "to_typed"]

Array = Any  # pyarrow.Array; pyarrow ships no types
Numbers = npt.NDArray[Any]

RULE = "rfc3339-datetime"

_END = (dt.date.max.toordinal() - EPOCH + 1) * DAY


def read(cells: Array, field: Field, answers: Answers) -> Reading:
    """Canonical RFC 3339 text. PF306 for no date-time; PF309, PF318, PF319 and PF316 ask."""
    moments = read_moments(cells)
    days = settle_days(moments, answers)
    local = days.number * DAY + np.maximum(moments.clock, 0)
    offset = moments.offset.astype(np.int64) * 60
    naive = moments.offset == NAIVE
    waits = naive & days.known & (answers.timezone is None)
    lands = naive & days.known & (answers.timezone is not None)
    if answers.timezone is not None and lands.any():
        offset[lands] = local_offsets(local[lands], answers.timezone)
    certain = days.known & ~waits
    wrong = certain & _is_no_moment(moments, local, offset)
    written = certain & ~wrong
    refused = np.asarray(cells.is_valid()) & (~days.valid | wrong)
    return Reading(
        _text_of(cells, moments, days, offset // 60, written),
        faults_of(
            ("PF306", refused),
            ("PF309", days.order),
            ("PF318", days.century & ~days.order),
            ("PF319", days.serial),
            ("PF316", waits),
        ),
    )


def _is_no_moment(moments: Moments, local: Numbers, offset: Numbers) -> Numbers:
    """Skipped or doubled by the zone, an offset that RFC 3339 cannot write, after the year 9999 in UTC, or no leap second."""
    instant = local - offset
    found: Numbers = (offset == UNKNOWN) | (offset % 60 != 0) | (instant >= _END)
    if moments.leap.any():
        found |= moments.leap & ~is_leap_second(instant)
    return found


_CANONICAL = (
    r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?"
    r"(?:Z|[+-](?:0[1-9]|1\d|2\d):\d\d|[+-]00:(?:0[1-9]|[1-5]\d))$"
)


def _text_of(cells: Array, moments: Moments, days: Days, offset: Numbers, written: Numbers) -> Array:
    """The text where written, else null; a column that is canonical already is not written anew."""
    if not (written & ~np.asarray(pc.match_substring_regex(cells, _CANONICAL).fill_null(False))).any():
        return pc.if_else(pa.array(written), cells, pa.scalar(None, pa.string()))
    clock = pa.array(np.maximum(moments.clock, 0)).cast(pa.time32("s")).cast(pa.string())
    if moments.leap.any():
        clock = pc.if_else(pa.array(moments.leap), pc.replace_substring_regex(clock, "59$", "60"), clock)
    parts = [date_text(days.number, written), "T", clock]
    if moments.digits.any():
        parts.append(_fraction_text(moments))
    return pc.binary_join_element_wise(*parts, _offset_text(np.where(written, offset, 0)), "")


def _fraction_text(moments: Moments) -> Array:
    """A dot and as many digits as were written; empty where none were."""
    text = pa.nulls(len(moments.digits), pa.string()).fill_null("")
    for width in np.unique(moments.digits[moments.digits > 0]).tolist():
        chosen = moments.digits == width
        digits = pc.utf8_lpad(pa.array(moments.fraction[chosen]).cast(pa.string()), width, "0")
        dotted = pc.binary_join_element_wise(pa.scalar(""), digits, ".")
        text = dotted if chosen.all() else put(text, pa.array(chosen), dotted)
    return text


def _offset_text(minutes: Numbers) -> Array:
    distinct, which = np.unique(minutes, return_inverse=True)
    texts = pa.array([_one_offset(value) for value in distinct.tolist()], pa.string())
    return texts.take(pa.array(which))


def _one_offset(minutes: int) -> str:
    hour, minute = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hour:02d}:{minute:02d}" if minutes else "Z"


def to_typed(text: Array, field: Field) -> Array:
    """timestamp of microseconds in UTC; further digits are cut off."""
    moments = read_moments(text)
    days = settle_days(moments, field.answers)
    seconds = days.number * DAY + np.maximum(moments.clock, 0) + moments.leap - moments.offset.astype(np.int64) * 60
    digits = moments.digits.astype(np.int64)
    micros = moments.fraction * 10 ** np.maximum(6 - digits, 0) // 10 ** np.maximum(digits - 6, 0)
    return pa.array(seconds * 1_000_000 + micros, mask=np.asarray(text.is_null())).cast(pa.timestamp("us", tz="UTC"))


# --- words ----------------------------------------------------------------------------------------------------------------------

_WANTED = "write it as YYYY-MM-DDTHH:MM:SS with an offset, such as 2024-01-31T09:30:00Z"
_CLOCK = re.compile(r"(?<=\d)(?:[Tt]|,? |,? at )(?=\d{1,2}:|\d{1,2} ?[AaPp]\.?[Mm])")
_TIME = re.compile(
    r"(\d{1,2})(?::([0-5]\d)(?::([0-5]\d|60)(?:[.,]\d{1,9})?)?)? ?([AaPp](?:[Mm]|\.[Mm]\.))? ?"
    r"([Zz]|(?i:utc|gmt)|(?i:utc|gmt)?[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?)?"
)


def advise(code: str, value: str, shown: str, field: Field, answers: Answers) -> Advice:
    """The words for one cell that is no date with a time; they name no part of the value but `shown`."""
    if code != "PF306":
        return ask(code, None, shown, 1, field, answers)
    return Advice(f"{shown} {_why_no_moment(value, answers)}; {_WANTED}")


def _why_no_moment(value: str, answers: Answers) -> str:
    """What is wrong with the cell: its clock, its day in the zone, or its date."""
    halves = _CLOCK.split(value, maxsplit=1)
    if len(halves) == 2:
        time = _TIME.fullmatch(halves[1])
        if time is None or int(time[1]) > (12 if time[4] else 23):
            return "has a time of day or an offset that does not exist, or is not in a form that is certain"
        if time[3] == "60":
            return "has a second 60 at a moment without a leap second"
    why = why_no_date(halves[0], answers)
    if why.startswith("has something besides") and answers.timezone:
        return f"is a time that {answers.timezone} skips, has twice or gives no offset in whole minutes"
    return why


def ask(code: str, example: str | None, shown: str, count: int, field: Field, answers: Answers) -> Advice:
    """The words for one question of the column. `example` is None where values are hidden."""
    if code != "PF316":
        return ask_date(code, example, shown, count, answers)
    what = "is a time without a zone" if count == 1 else "are times without a zone"
    return Advice(
        f"{counted(count, shown)} {what}{_two_zones(example, field, answers)}; state the zone in which they were written, such as "
        "--timezone America/New_York or --timezone UTC",
        "--timezone UTC",
    )


def _two_zones(example: str | None, field: Field, answers: Answers) -> str:
    """One example under two zones, in words; empty where values are hidden."""
    if example is None:
        return ""
    one = pa.array([example], pa.string())
    east, west = (_in_utc(one, field, answers, zone) for zone in ("UTC", "-05:00"))
    return f": {east} if written in UTC, {west} in UTC if written five hours behind it" if east and west else ""


def _in_utc(cells: Array, field: Field, answers: Answers, zone: str) -> str | None:
    """The moment in UTC, without its seconds, if its time had been written in that zone."""
    text = read(cells, field, replace(answers, timezone=zone)).text
    moment = to_typed(text, field)[0].as_py()
    return None if moment is None else f"{moment:%Y-%m-%d %H:%M}"
