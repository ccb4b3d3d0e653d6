"""Dates with a time."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preflight.contract.field import Answers, Field, FieldType
from preflight.rules import datetimes

FIELD = Field("created_at", FieldType.DATETIME)
PARIS = "Europe/Paris"


def column(*cells):
    return pa.array(cells, pa.string())


def outcomes(reading):
    """The text or the code of each cell; a blank is None."""
    found = reading.text.to_pylist()
    for fault in reading.faults:
        for at, marked in enumerate(fault.mask.to_pylist()):
            if marked:
                assert found[at] is None
                found[at] = fault.code
    return found


def read(*cells, **answers):
    return outcomes(datetimes.read(column(*cells), FIELD, Answers(**answers)))


def typed(*cells, **answers):
    return datetimes.to_typed(datetimes.read(column(*cells), FIELD, Answers(**answers)).text, FIELD)


CERTAIN = [
    ("2024-01-05T10:00:00Z", "2024-01-05T10:00:00Z"),
    ("2024-01-05T10:00:00+02:00", "2024-01-05T10:00:00+02:00"),
    ("2024-01-05T10:00:00-11:30", "2024-01-05T10:00:00-11:30"),
    ("2024-01-05T10:00:00.1Z", "2024-01-05T10:00:00.1Z"),
    ("2024-01-05T10:00:00.120Z", "2024-01-05T10:00:00.120Z"),
    ("2024-01-05T10:00:00.000Z", "2024-01-05T10:00:00.000Z"),
    ("2024-01-05T10:00:00.0000001+05:30", "2024-01-05T10:00:00.0000001+05:30"),
    ("2024-01-05T10:00:00.123456789Z", "2024-01-05T10:00:00.123456789Z"),
    ("2024-01-05T10:00:00,5Z", "2024-01-05T10:00:00.5Z"),
    ("2024-01-05t10:00:00z", "2024-01-05T10:00:00Z"),
    ("2024-01-05 10:00:00Z", "2024-01-05T10:00:00Z"),
    ("2024-01-05 10:00:00 Z", "2024-01-05T10:00:00Z"),
    ("2024-01-05 10:00:00 UTC", "2024-01-05T10:00:00Z"),
    ("2024-01-05 10:00:00 utc", "2024-01-05T10:00:00Z"),
    ("2024-01-05 10:00:00 GMT", "2024-01-05T10:00:00Z"),
    ("2024-01-05T10:00:00+00:00", "2024-01-05T10:00:00Z"),
    ("2024-01-05T10:00:00-00:00", "2024-01-05T10:00:00Z"),
    ("2024-01-05T10:00:00-0000", "2024-01-05T10:00:00Z"),
    ("2024-01-05T10:00:00+0200", "2024-01-05T10:00:00+02:00"),
    ("2024-01-05T10:00:00+02", "2024-01-05T10:00:00+02:00"),
    ("2024-01-05 10:00:00 +0530", "2024-01-05T10:00:00+05:30"),
    ("2024-01-05T10:00:00+23:59", "2024-01-05T10:00:00+23:59"),
    ("2024-01-05T10:00:00-23:59", "2024-01-05T10:00:00-23:59"),
    ("2024-01-05T10:00Z", "2024-01-05T10:00:00Z"),
    ("2024-01-05 9:05 +01:00", "2024-01-05T09:05:00+01:00"),
    ("2024-01-05 10:30 PM Z", "2024-01-05T22:30:00Z"),
    ("2024-01-05 10:30:15pm UTC", "2024-01-05T22:30:15Z"),
    ("2024-01-05 12:00 AM Z", "2024-01-05T00:00:00Z"),
    ("2024-01-05 12:00 PM Z", "2024-01-05T12:00:00Z"),
    ("2024-01-05 1:00 a.m. Z", "2024-01-05T01:00:00Z"),
    ("2024-01-05 10 PM Z", "2024-01-05T22:00:00Z"),
    ("20240105T100000Z", "2024-01-05T10:00:00Z"),
    ("20240105T1000+0200", "2024-01-05T10:00:00+02:00"),
    ("20240105T100000.25Z", "2024-01-05T10:00:00.25Z"),
    ("2024/01/05 10:00:00Z", "2024-01-05T10:00:00Z"),
    ("2024-1-5T10:00:00Z", "2024-01-05T10:00:00Z"),
    ("5 Jan 2024 10:00 Z", "2024-01-05T10:00:00Z"),
    ("05 Jan 2024 10:00 Z", "2024-01-05T10:00:00Z"),
    ("Jan 5, 2024 10:00:00 AM GMT", "2024-01-05T10:00:00Z"),
    ("Jan 5, 2024, 10:00 AM +0000", "2024-01-05T10:00:00Z"),
    ("January 5, 2024 at 10:00 AM UTC", "2024-01-05T10:00:00Z"),
    ("Fri, 05 Jan 2024 10:00:00 GMT", "2024-01-05T10:00:00Z"),
    ("Fri, 05 Jan 2024 10:00:00 -0800", "2024-01-05T10:00:00-08:00"),
    ("Fri Jan 05 2024 10:00:00 GMT+0200", "2024-01-05T10:00:00+02:00"),
    ("Sat, 5 Oct 2024 10:00:00 GMT", "2024-10-05T10:00:00Z"),
    ("25/12/2024 10:00:00Z", "2024-12-25T10:00:00Z"),
    ("12/25/2024 10:00 PM Z", "2024-12-25T22:00:00Z"),
    ("1990-12-31T23:59:60Z", "1990-12-31T23:59:60Z"),
    ("2016-12-31T23:59:60.5Z", "2016-12-31T23:59:60.5Z"),
    ("1990-12-31T15:59:60-08:00", "1990-12-31T15:59:60-08:00"),
    ("2015-07-01T05:29:60+05:30", "2015-07-01T05:29:60+05:30"),
    ("20161231T235960Z", "2016-12-31T23:59:60Z"),
    ("1937-01-01T12:00:27.87+00:20", "1937-01-01T12:00:27.87+00:20"),
    ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
    ("1000-01-01T00:00:00Z", "1000-01-01T00:00:00Z"),
    ("2024-02-29T00:00:00.00Z", "2024-02-29T00:00:00.00Z"),
]

REFUSED = [
    "2023-02-29T10:00:00Z",
    "1990-02-31T15:59:59.123-08:00",
    "2024-13-01T10:00:00Z",
    "2024-00-01T10:00:00Z",
    "2024-01-05T24:00:00Z",
    "2024-01-05T24:00:00",
    "2024-01-05T25:00:00Z",
    "2024-01-05T10:60:00Z",
    "2024-01-05T10:00:61Z",
    "2024-01-05T10:00:60Z",
    "2024-01-05T23:59:60Z",
    "2017-12-31T23:59:60Z",
    "1998-12-31T23:58:60Z",
    "1998-12-31T22:59:60Z",
    "1998-12-31T23:59:60-08:00",
    "2024-01-05T10:00:00+24:00",
    "2024-01-05T10:00:00-24:00",
    "2024-01-05T10:00:00+01:60",
    "2024-01-05T10:00:00+1:00",
    "2024-01-05T10:00:00+2",
    "2024-01-05T10:00:00+02:",
    "2024-01-05T10:00:00+02:00:00",
    "2024-01-05T10:00:00+01:00Z",
    "2024-01-05T10:00:00ZZ",
    "2024-01-05T10:00:00EST",
    "2024-01-05T10:00:00 PST",
    "2024-01-05T10:00:00−02:00",
    "2024-01-05T10:00:00.Z",
    "2024-01-05T10:00:00.1234567890Z",
    "2024-01-05T10:00:00.12.3Z",
    "2024-01-05T10:00.5Z",
    "2024-01-05T10:00:00 .5Z",
    "2024-01-05T10Z",
    "2024-01-05T10",
    "2024-01-05T1:0:0Z",
    "2024-01-05T10:0Z",
    "2024-01-05T10:00:0Z",
    "2024-01-05T:00:00Z",
    "2024-01-05T",
    "2024-01-05TZ",
    "2024-01-05Z",
    "2024-01-05_10:00:00Z",
    "2024-01-05T10-00-00Z",
    "2024-01-05TT10:00:00Z",
    "2024-01-05 T10:00:00Z",
    "T10:00:00Z",
    "10:00:00Z",
    "10:30",
    "13:30 PM",
    "2024-01-05 13:30 PM Z",
    "2024-01-05 0:30 AM Z",
    "2024-01-05 1000Z",
    "2024-W03-2T10:00:00Z",
    "2024-013T10:00:00Z",
    "0024-01-05T10:00:00Z",
    "+2024-01-05T10:00:00Z",
    "12024-01-05T10:00:00Z",
    "9999-12-31T23:59:59-00:01",
    "2024-01-05T10:00:00Z[UTC]",
    "2024-01-05T10:00:00Z 2024-01-06T10:00:00Z",
    "1963-06-1৪T00:00:00Z",
    "1963-06-11T0৪:00:00Z",
    "２０２４-01-05T10:00:00Z",
    "Mon, 05 Jan 2024 10:00:00 GMT",
    "Feb 30, 2024 10:00 AM Z",
    "1704448800",
    "1704448800000",
    "now",
    "",
    "x" * 3000,
]


@pytest.mark.parametrize(("cell", "text"), CERTAIN)
@pytest.mark.parametrize("zone", [None, "America/New_York"])
def test_a_written_offset_is_kept_under_every_zone(cell, text, zone):
    assert read(cell, timezone=zone) == [text]


@pytest.mark.parametrize("cell", REFUSED)
@pytest.mark.parametrize("zone", [None, "UTC"])
def test_what_is_no_moment_is_refused(cell, zone):
    assert read("2024-01-05T10:00:00Z", cell, None, timezone=zone) == ["2024-01-05T10:00:00Z", "PF306", None]


@pytest.mark.parametrize(
    ("cell", "in_paris"),
    [
        ("2024-01-05T10:00:00", "2024-01-05T10:00:00+01:00"),
        ("2024-07-05 10:00:00", "2024-07-05T10:00:00+02:00"),
        ("2024-07-05 10:00", "2024-07-05T10:00:00+02:00"),
        ("2024-07-05 10:00:00.120", "2024-07-05T10:00:00.120+02:00"),
        ("2024-07-05", "2024-07-05T00:00:00+02:00"),
        ("5 Jul 2024", "2024-07-05T00:00:00+02:00"),
        ("Jul 5, 2024 10:30 PM", "2024-07-05T22:30:00+02:00"),
        ("25/12/2024 10:00", "2024-12-25T10:00:00+01:00"),
        ("2024-03-31 01:59:59", "2024-03-31T01:59:59+01:00"),
        ("2024-03-31 02:00:00", "PF306"),
        ("2024-03-31 02:59:59", "PF306"),
        ("2024-03-31 03:00:00", "2024-03-31T03:00:00+02:00"),
        ("2024-10-27 01:59:59", "2024-10-27T01:59:59+02:00"),
        ("2024-10-27 02:00:00", "PF306"),
        ("2024-10-27 02:59:59", "PF306"),
        ("2024-10-27 03:00:00", "2024-10-27T03:00:00+01:00"),
        ("2060-07-05 10:00", "2060-07-05T10:00:00+02:00"),
        ("1900-01-01", "PF306"),
        ("9999-12-31 23:59:59", "9999-12-31T23:59:59+01:00"),
        ("2016-12-31T23:59:60", "PF306"),
        ("2017-01-01 00:59:60", "2017-01-01T00:59:60+01:00"),
    ],
)
def test_a_time_without_offset_takes_that_of_the_zone(cell, in_paris):
    asked = "PF316"
    assert [read(cell), read(cell, timezone=PARIS)] == [[asked], [in_paris]]


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("UTC", "2024-07-05T10:00:00Z"),
        ("+02:00", "2024-07-05T10:00:00+02:00"),
        ("-00:00", "2024-07-05T10:00:00Z"),
        ("-09:30", "2024-07-05T10:00:00-09:30"),
        ("America/New_York", "2024-07-05T10:00:00-04:00"),
        ("Asia/Kathmandu", "2024-07-05T10:00:00+05:45"),
        ("Australia/Lord_Howe", "2024-07-05T10:00:00+10:30"),
    ],
)
def test_zones(zone, text):
    assert read("2024-07-05 10:00:00", timezone=zone) == [text]


def test_a_day_after_9999_in_utc_is_refused():
    assert read("9999-12-31 23:59:59", timezone="America/New_York") == ["PF306"]


@pytest.mark.parametrize(
    ("cell", "mdy", "dmy", "undecided"),
    [
        ("03/04/2024 10:00:00Z", "2024-03-04T10:00:00Z", "2024-04-03T10:00:00Z", "PF309"),
        ("3/4/2024 9:05 PM Z", "2024-03-04T21:05:00Z", "2024-04-03T21:05:00Z", "PF309"),
        ("3/4/2024 9:05 PM", "PF316", "PF316", "PF309"),
        ("5/5/2024 9:05 PM Z", "2024-05-05T21:05:00Z", "2024-05-05T21:05:00Z", "2024-05-05T21:05:00Z"),
        ("25.12.2024 10:00Z", "PF306", "2024-12-25T10:00:00Z", "2024-12-25T10:00:00Z"),
        ("3/4/24 10:00Z", "PF318", "PF318", "PF309"),
    ],
)
def test_order(cell, mdy, dmy, undecided):
    found = [read(cell, dates=order) for order in ("mdy", "dmy", "auto", "iso")]
    assert found == [[mdy], [dmy], [undecided], ["PF306"]]


def test_the_column_proves_the_order():
    cells = column("03/04/2024 10:00Z", "25/12/2024 10:00Z", None)
    answers = datetimes.settle(datetimes.survey(cells, FIELD, Answers()), FIELD, Answers())
    assert outcomes(datetimes.read(cells, FIELD, answers)) == ["2024-04-03T10:00:00Z", "2024-12-25T10:00:00Z", None]


def test_pivot():
    assert read("5-Jan-24 10:00Z", "5-Jan-99 10:00Z", pivot=50) == ["2024-01-05T10:00:00Z", "1999-01-05T10:00:00Z"]


@pytest.mark.parametrize(
    ("cell", "asked", "text"),
    [
        ("45000", "PF319", "2023-03-15T00:00:00Z"),
        ("45000.5", "PF319", "2023-03-15T12:00:00Z"),
        ("45000.416666667", "PF319", "2023-03-15T10:00:00Z"),
        ("45000.999999999", "PF319", "2023-03-16T00:00:00Z"),
        ("2024", "PF306", "PF306"),
        ("45000 10:00", "PF306", "PF306"),
    ],
)
def test_serials(cell, asked, text):
    assert [read(cell), read(cell, serials=1900, timezone="UTC")] == [[asked], [text]]


def test_a_serial_without_a_zone_waits_for_one():
    assert read("45000.5", serials=1904) == ["PF316"]


def moment(*parts, micro=0):
    return dt.datetime(*parts, micro, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("2024-01-05T10:00:00Z", moment(2024, 1, 5, 10, 0, 0)),
        ("2024-01-05T00:30:00+02:00", moment(2024, 1, 4, 22, 30, 0)),
        ("2024-01-05T23:30:00.5-02:00", moment(2024, 1, 6, 1, 30, 0, micro=500_000)),
        ("2024-01-05T10:00:00.123456789Z", moment(2024, 1, 5, 10, 0, 0, micro=123_456)),
        ("2024-01-05T10:00:00.000001Z", moment(2024, 1, 5, 10, 0, 0, micro=1)),
        ("1999-12-31T23:59:59.9999999Z", moment(1999, 12, 31, 23, 59, 59, micro=999_999)),
        ("1960-01-01T00:00:00.25Z", moment(1960, 1, 1, 0, 0, 0, micro=250_000)),
        ("2016-12-31T23:59:60Z", moment(2017, 1, 1, 0, 0, 0)),
        ("1990-12-31T15:59:60.5-08:00", moment(1991, 1, 1, 0, 0, 0, micro=500_000)),
        ("9999-12-31T23:59:59Z", moment(9999, 12, 31, 23, 59, 59)),
    ],
)
def test_typed_values(cell, value):
    found = typed(None, cell)
    assert found.type == pa.timestamp("us", tz="UTC")
    assert found.to_pylist() == [None, value]


@pytest.mark.parametrize("cells", [[], [None], [None, None]])
def test_blanks_pass(cells):
    reading = datetimes.read(column(*cells), FIELD, Answers(timezone="UTC"))
    assert (reading.text.to_pylist(), reading.faults) == (cells, ())
    assert datetimes.to_typed(reading.text, FIELD).to_pylist() == cells


def test_a_slice_reads_as_its_own_cells():
    cells = column("x", "2024-01-05T10:00:00Z", None, "Jan 5, 2024 10:00Z", "2024-01-05T10:00:00.5+01:00", "bad", "2024-01-05")
    for start in range(7):
        piece = cells.slice(start, 4)
        assert outcomes(datetimes.read(piece, FIELD, Answers())) == read(*piece.to_pylist())
        text = datetimes.read(cells, FIELD, Answers()).text
        assert datetimes.to_typed(text.slice(start, 4), FIELD).equals(datetimes.to_typed(text, FIELD).slice(start, 4))


def test_questions_are_questions_and_refusals_are_not():
    reading = datetimes.read(column("x", "3/4/2024", "5-Jan-24", "45000", "2024-01-05T10:00"), FIELD, Answers())
    assert [(fault.code, fault.questions) for fault in reading.faults] == [
        ("PF306", False), ("PF309", True), ("PF318", True), ("PF319", True), ("PF316", True),
    ]  # fmt: skip


OFFSETS = st.integers(-1439, 1439).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes)))
AWARE = st.datetimes(dt.datetime(1000, 1, 2), dt.datetime(9999, 12, 30), timezones=OFFSETS)


@settings(deadline=None, max_examples=40)
@given(AWARE)
def test_every_writing_of_a_moment_is_the_same_instant(value):
    clock = f"{value:%H:%M:%S}.{value.microsecond:06d}"
    offset = f"{value:%z}"[:5]
    colon = f"{offset[:3]}:{offset[3:]}"
    day = f"{value.year:04d}-{value.month:02d}-{value.day:02d}"
    month = value.strftime("%B")
    writings = [
        f"{day}T{clock}{colon}", f"{day} {clock}{offset}", f"{day.replace('-', '')}T{clock.replace(':', '')}{offset}",
        f"{value.day} {month} {value.year} {clock} {colon}", f"{month[:3]} {value.day}, {value.year}, {clock}{offset}",
        f"{day} {value:%I:%M:%S}.{value.microsecond:06d} {value:%p} {colon}",
    ]  # fmt: skip
    assert typed(*writings).to_pylist() == [value] * len(writings)
    assert typed(f"{value.month}/{value.day}/{value.year} {clock}{colon}", dates="mdy").to_pylist() == [value]


ZONES = [
    "America/New_York",
    "Europe/Paris",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Asia/Gaza",
    "Africa/Casablanca",
    "Asia/Kolkata",
]


@settings(deadline=None)
@given(st.sampled_from(ZONES), st.lists(st.datetimes(dt.datetime(1950, 1, 1), dt.datetime(2100, 1, 1)), max_size=8))
def test_offsets_are_those_of_the_zone(name, values):
    zone = ZoneInfo(name)
    for value, found in zip(
        values, typed(*[f"{value:%Y-%m-%dT%H:%M:%S}" for value in values], timezone=name).to_pylist(), strict=True
    ):
        early, late = (value.replace(microsecond=0, tzinfo=zone, fold=fold) for fold in (0, 1))
        assert found == (early if early.utcoffset() == late.utcoffset() else None)


CELLS = st.one_of(
    st.sampled_from([cell for cell, _ in CERTAIN] + REFUSED + ["3/4/2024 1:00", "45000.5", "2024-01-05", "2024-03-31 02:30"]),
    st.text(max_size=12).filter(bool),
    st.from_regex(
        r"20[0-9]{2}-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-6][0-9](:[0-6][0-9])?(\.[0-9]{1,10})?(Z|[+-][0-2][0-9]:?[0-9]{2})?",
        fullmatch=True,
    ),
    st.none(),
)  # fmt: skip
SETTINGS = st.builds(
    Answers,
    dates=st.sampled_from([None, "auto", "mdy", "dmy", "iso"]),
    serials=st.sampled_from([None, 1900, 1904]),
    timezone=st.sampled_from([None, "UTC", "+02:00", PARIS]),
)


@settings(deadline=None, max_examples=40)
@given(st.lists(CELLS, max_size=12), SETTINGS)
def test_once_settled_a_cell_is_read_by_itself(cells, answers):
    together = datetimes.read(column(*cells), FIELD, answers)
    assert outcomes(together) == [outcomes(datetimes.read(column(cell), FIELD, answers))[0] for cell in cells]
    again = datetimes.read(together.text, FIELD, answers)
    assert (again.text, again.faults) == (together.text, ())
    assert datetimes.to_typed(together.text, FIELD).null_count == together.text.null_count


@pytest.mark.parametrize(
    ("cell", "zone", "why"),
    [
        ("2024-02-30T10:00:00Z", None, "is a day that its month does not have"),
        ("2024-01-05T25:00:00Z", None, "has a time of day or an offset that does not exist, or is not in a form that is certain"),
        (
            "2024-01-05T10:00:00 EST",
            None,
            "has a time of day or an offset that does not exist, or is not in a form that is certain",
        ),
        ("2024-01-05T23:59:60Z", None, "has a second 60 at a moment without a leap second"),
        ("2024-03-31 02:30", PARIS, "is a time that Europe/Paris skips, has twice or gives no offset in whole minutes"),
        ("soon", None, "is not a date"),
        ("Q1 2024", None, "is a quarter, not a date"),
    ],
)
def test_advice(cell, zone, why):
    advice = datetimes.advise("PF306", cell, '"?"', FIELD, Answers(timezone=zone))
    assert advice.message == f'"?" {why}; write it as YYYY-MM-DDTHH:MM:SS with an offset, such as 2024-01-31T09:30:00Z'


def test_the_zone_is_asked_with_one_example_under_two():
    advice = datetimes.ask("PF316", "2024-01-05 22:00", '"2024-01-05 22:00"', 1200, FIELD, Answers())
    assert advice.message == (
        '1,200 cells such as "2024-01-05 22:00" are times without a zone: 2024-01-05 22:00 if written in UTC, 2024-01-06 03:00 in '
        "UTC if written five hours behind it; state the zone in which they were written, such as --timezone America/New_York or "
        "--timezone UTC"
    )
    assert advice.suggestion == "--timezone UTC"


@pytest.mark.parametrize("code", ["PF309", "PF316", "PF318", "PF319"])
def test_hidden_values_are_told_under_no_reading(code):
    message = datetimes.ask(code, None, "a value", 3, FIELD, Answers()).message
    assert message.startswith("3 cells such as a value ")
    assert not any(character.isdigit() for character in message.split(";")[0][1:])
    assert datetimes.advise(code, "2024-01-05 10:00", "a value", FIELD, Answers()).message.startswith("a value ")
