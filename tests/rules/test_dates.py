"""Dates."""

from __future__ import annotations

import datetime as dt
import pickle

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preflight.contract.field import Answers, Field, FieldType
from preflight.rules import dates
from preflight.rules.reading import Reading

FIELD = Field("close_date", FieldType.DATE)
DAYS = st.dates(dt.date(1000, 1, 1))
ORDERS = {"mdy": "{0.month:02d}/{0.day:02d}/{0.year:04d}", "dmy": "{0.day}.{0.month}.{0.year:04d}"}


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
    return outcomes(dates.read(column(*cells), FIELD, Answers(**answers)))


def read_column(*cells, **answers):
    """With what the cells prove among themselves."""
    stated = Answers(**answers)
    settled = dates.settle(dates.survey(column(*cells), FIELD, stated), FIELD, stated)
    return outcomes(dates.read(column(*cells), FIELD, settled))


CERTAIN = [
    ("2026-11-24", "2026-11-24"),
    ("2026/11/24", "2026-11-24"),
    ("2026.11.24", "2026-11-24"),
    ("20261124", "2026-11-24"),
    ("2026-1-5", "2026-01-05"),
    ("2026/1/05", "2026-01-05"),
    ("2026.01.5", "2026-01-05"),
    ("1000-01-01", "1000-01-01"),
    ("9999-12-31", "9999-12-31"),
    ("2024-02-29", "2024-02-29"),
    ("2000-02-29", "2000-02-29"),
    ("5 Jan 2024", "2024-01-05"),
    ("05 Jan 2024", "2024-01-05"),
    ("5 JAN 2024", "2024-01-05"),
    ("5 jan. 2024", "2024-01-05"),
    ("5 January 2024", "2024-01-05"),
    ("5th January 2024", "2024-01-05"),
    ("1st of March 2024", "2024-03-01"),
    ("22nd Sept. 2024", "2024-09-22"),
    ("5-Jan-2024", "2024-01-05"),
    ("5/Jan/2024", "2024-01-05"),
    ("05JAN2024", "2024-01-05"),
    ("5.Jan.2024", "2024-01-05"),
    ("Jan 5, 2024", "2024-01-05"),
    ("Jan. 5, 2024", "2024-01-05"),
    ("Jan 5 2024", "2024-01-05"),
    ("January 5 2024", "2024-01-05"),
    ("JANUARY 5TH, 2024", "2024-01-05"),
    ("Jan 5,2024", "2024-01-05"),
    ("May 1, 2024", "2024-05-01"),
    ("Jan-05-2024", "2024-01-05"),
    ("2024-Jan-05", "2024-01-05"),
    ("2024 January 5", "2024-01-05"),
    ("Fri, 5 Jan 2024", "2024-01-05"),
    ("Friday, January 5, 2024", "2024-01-05"),
    ("Fri 5 Jan 2024", "2024-01-05"),
    ("Thurs, 4 Jan 2024", "2024-01-04"),
    ("2024-01-05T00:00:00", "2024-01-05"),
    ("2024-01-05 00:00", "2024-01-05"),
    ("2024-01-05 00:00:00.000", "2024-01-05"),
    ("2024-01-05 12:00:00 AM", "2024-01-05"),
    ("2024-01-05 12:00 am", "2024-01-05"),
    ("5 Jan 2024 00:00", "2024-01-05"),
    ("05 Jan 2024 00:00", "2024-01-05"),
    ("20240105T000000", "2024-01-05"),
    ("2024-01-05 at 0:00", "2024-01-05"),
]

NUMERIC = [
    ("31/12/1999 0:00", "1999-12-31"),
    ("05/05/2024", "2024-05-05"),
    ("25/12/2024", "2024-12-25"),
    ("12-25-2024", "2024-12-25"),
    ("25.12.2024", "2024-12-25"),
]

REFUSED = [
    "2024-02-30",
    "2023-02-29",
    "1900-02-29",
    "2024-04-31",
    "2024-13-01",
    "2024-00-10",
    "2024-01-00",
    "2024-01-32",
    "20240230",
    "20241301",
    "12312024",
    "0000-01-01",
    "0024-01-05",
    "0999-12-31",
    "10000-01-01",
    "+2024-01-05",
    "-2024-01-05",
    "01/05/0024",
    "31/04/2024",
    "31/13/2024",
    "00/05/2024",
    "2024-W03-2",
    "2024W032",
    "2024-W03",
    "2024-013",
    "2024013",
    "2024",
    "2024-01",
    "01/2024",
    "Jan 2024",
    "January",
    "5 Jan",
    "5 January",
    "2005 4",
    "Q1 2024",
    "2024-Q1",
    "4.5",
    "0",
    "1",
    "12",
    "123",
    "99999",
    "10000",
    "123456",
    "0045000",
    "1e5",
    "yesterday",
    "soon",
    "TBD",
    "-",
    "",
    "2024-01/05",
    "2024/01-05",
    "3/4-2024",
    "3/4.2024",
    "2024-1-",
    "2024--01-05",
    "2024-01-05-",
    "2024-001-05",
    "2024-01-005",
    "3/4/024",
    "003/4/2024",
    "3/4/2024/5",
    "2024 - 01 - 05",
    "30 Feb 2024",
    "Feb 30, 2024",
    "31st June 2024",
    "5 Janu 2024",
    "5 Januar 2024",
    "5 Mai 2024",
    "Mon, 5 Jan 2024",
    "Xyz, 5 Jan 2024",
    "5 Jan 024",
    "5 Jan '24",
    "2024-01-05T24:00:00",
    "2024-01-05T25:00:00",
    "2024-01-05 10:60",
    "2024-01-05 13:00 PM",
    "2024-01-05 0:30 AM",
    "2024-01-05T",
    "2024-01-05 at",
    "2024-01-05T10",
    "2024-01-05T10:00:00+24:00",
    "2024-01-05T10:00:00+01:60",
    "2024-01-05T10:00:00 EST",
    "2024-01-05T10:00:00ZZ",
    "2024-01-05T10:00:00+01:00Z",
    "2024-01-05T10:00:00.",
    "2024-01-05T10:00:00.1234567890",
    "2024-01-05T10:30:60",
    "2024-02-30T00:00:00",
    "45000 10:00",
    "10:30",
    "2024-01-05, 2024-01-06",
    "2024-01-05\n",
    "2024-01-0５",
    "２０２４-01-05",
    "2024−01−05",
    "2024–01–05",
    "٢٠٢٤-٠١-٠٥",
    "2024-01-05" + "0" * 500,
    "5" * 10_000,
]


@pytest.mark.parametrize(("cell", "text"), CERTAIN + NUMERIC)
@pytest.mark.parametrize("order", [None, "auto"])
def test_certain_dates_are_read(cell, text, order):
    assert read(cell, dates=order) == [text]


@pytest.mark.parametrize("cell", REFUSED)
@pytest.mark.parametrize("order", [None, "mdy", "dmy", "iso"])
def test_what_is_no_date_is_refused(cell, order):
    assert read("2024-01-05", cell, None, dates=order) == ["2024-01-05", "PF305", None]


@pytest.mark.parametrize(("cell", "text"), CERTAIN)
@pytest.mark.parametrize("order", ["iso", "mdy", "dmy"])
def test_year_first_and_names_are_read_under_every_order(cell, text, order):
    assert read(cell, dates=order) == [text]


@pytest.mark.parametrize(
    ("cell", "mdy", "dmy", "undecided"),
    [
        ("03/04/2024", "2024-03-04", "2024-04-03", "PF309"),
        ("3/4/2024", "2024-03-04", "2024-04-03", "PF309"),
        ("3-4-2024", "2024-03-04", "2024-04-03", "PF309"),
        ("3.4.2024", "2024-03-04", "2024-04-03", "PF309"),
        ("12/12/2024", "2024-12-12", "2024-12-12", "2024-12-12"),
        ("13/12/2024", "PF305", "2024-12-13", "2024-12-13"),
        ("12/13/2024", "2024-12-13", "PF305", "2024-12-13"),
        ("29/02/2024", "PF305", "2024-02-29", "2024-02-29"),
        ("29/02/2023", "PF305", "PF305", "PF305"),
        ("02/30/2024", "PF305", "PF305", "PF305"),
        ("3/4/2024 0:00", "2024-03-04", "2024-04-03", "PF309"),
        ("3/4/2024 10:00", "PF317", "PF317", "PF309"),
        ("3/4/24", "PF318", "PF318", "PF309"),
        ("05/05/24", "PF318", "PF318", "PF318"),
        ("25/12/24", "PF305", "PF318", "PF318"),
    ],
)
def test_order(cell, mdy, dmy, undecided):
    found = [read(cell, dates=order) for order in ("mdy", "dmy", None, "iso")]
    assert found == [[mdy], [dmy], [undecided], ["PF305"]]


def test_a_cell_that_fits_one_order_proves_it_for_the_column():
    assert read_column("03/04/2024", "25/12/2024") == ["2024-04-03", "2024-12-25"]
    assert read_column("03/04/2024", "12/25/2024") == ["2024-03-04", "2024-12-25"]


def test_a_stated_order_is_not_overruled():
    assert read_column("03/04/2024", "25/12/2024", dates="mdy") == ["2024-03-04", "PF305"]


def test_contradiction_leaves_only_the_cells_that_differ():
    assert read_column("03/04/2024", "25/12/2024", "12/25/2024", "5/5/2024", None) == [
        "PF309", "2024-12-25", "2024-12-25", "2024-05-05", None,
    ]  # fmt: skip


@pytest.mark.parametrize("cell", ["31/02/2024", "13/13/2024", "25:12:2024", "25/12/2024 99:00", "2024-12-25", "25 Dec 2024", None])
def test_no_proof(cell):
    assert dates.survey(column("03/04/2024", cell), FIELD, Answers()) == dates.Evidence()


@pytest.mark.parametrize("cell", ["25/12/2024", "25-12-24", "25.12.2024 10:00", "29/2/2024", "29/2/24"])
def test_proof_of_day_first(cell):
    assert dates.survey(column(None, cell), FIELD, Answers(dates="auto")) == dates.Evidence(dmy=True)


def test_a_stated_order_costs_no_survey():
    assert dates.survey(column("25/12/2024"), FIELD, Answers(dates="mdy")) == dates.Evidence()


EVIDENCE = st.builds(dates.Evidence, mdy=st.booleans(), dmy=st.booleans())


@settings(deadline=None)
@given(EVIDENCE, EVIDENCE, EVIDENCE)
def test_evidence_merges_in_any_way(one, two, three):
    assert one.merge(two).merge(three) == one.merge(two.merge(three))
    assert one.merge(two) == two.merge(one)
    assert pickle.loads(pickle.dumps(one)) == one


@pytest.mark.parametrize(
    ("cell", "asked", "written", "zone"),
    [
        ("2024-01-05T23:30:00", "PF317", "2024-01-05", "2024-01-05"),
        ("2024-01-05T23:30:00Z", "PF317", "2024-01-05", "2024-01-06"),
        ("2024-01-05T00:00:00Z", "PF317", "2024-01-05", "2024-01-05"),
        ("2024-01-05T00:00:00+02:00", "PF317", "2024-01-05", "2024-01-04"),
        ("2024-01-05T00:00:00.001", "PF317", "2024-01-05", "2024-01-05"),
        ("2024-01-05 10:30 PM", "PF317", "2024-01-05", "2024-01-05"),
        ("Fri, 05 Jan 2024 23:30:00 GMT", "PF317", "2024-01-05", "2024-01-06"),
        ("20240105T233000Z", "PF317", "2024-01-05", "2024-01-06"),
        ("2016-12-31T23:59:60Z", "PF317", "2016-12-31", "2017-01-01"),
        ("2024-07-05T22:30:00Z", "PF317", "2024-07-05", "2024-07-06"),
        ("9999-12-31T23:30:00Z", "PF317", "9999-12-31", "PF305"),
        ("1000-01-01T00:00:00+02:00", "PF317", "1000-01-01", "PF305"),
        ("2024-01-05", "2024-01-05", "2024-01-05", "2024-01-05"),
        ("2024-01-05 00:00", "2024-01-05", "2024-01-05", "2024-01-05"),
    ],
)
def test_time_of_day(cell, asked, written, zone):
    found = [read(cell), read(cell, time_in_date="written"), read(cell, time_in_date="zone", timezone="Europe/Paris")]
    assert found == [[asked], [written], [zone]]


def test_the_day_in_a_zone_is_that_of_utc_where_none_is_stated():
    assert read("2024-01-05T23:30:00-02:00", "2024-01-05T23:30:00", time_in_date="zone") == ["2024-01-06", "2024-01-05"]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("3/4/24", "2024-03-04"),
        ("3/4/69", "2069-03-04"),
        ("3/4/70", "1970-03-04"),
        ("3/4/00", "2000-03-04"),
        ("29-Feb-00", "2000-02-29"),
        ("2/29/71", "PF305"),
        ("5-Jan-24", "2024-01-05"),
        ("Jan 5, 99", "1999-01-05"),
        ("Fri, 5 Jan 24", "2024-01-05"),
        ("Mon, 5 Jan 24", "PF305"),
    ],
)
def test_two_digit_years_with_a_pivot(cell, text):
    assert read(cell, dates="mdy", pivot=70) == [text]


@pytest.mark.parametrize("cell", ["5-Jan-24", "Jan 5, 24", "5 January 99", "Mon, 5 Jan 24"])
def test_two_digit_years_ask(cell):
    assert read(cell) == ["PF318"]


@pytest.mark.parametrize(
    ("cell", "asked", "in_1900", "in_1904"),
    [
        ("45000", "PF319", "2023-03-15", "2027-03-16"),
        ("45000.0", "PF319", "2023-03-15", "2027-03-16"),
        ("45000.25", "PF319", "PF317", "PF317"),
        ("20000", "PF319", "1954-10-03", "1958-10-04"),
        ("65380", "PF319", "2078-12-31", "2083-01-01"),
        ("19999", "PF305", "1954-10-02", "1958-10-03"),
        ("65381", "PF305", "2079-01-01", "2083-01-02"),
        ("61", "PF305", "1900-03-01", "1904-03-02"),
        ("60", "PF305", "PF305", "PF305"),
        ("2024", "PF305", "PF305", "PF305"),
        ("20140102", "2014-01-02", "2014-01-02", "2014-01-02"),
        ("201401", "PF305", "PF305", "PF305"),
        ("4.5", "PF305", "PF305", "PF305"),
    ],
)
def test_serials(cell, asked, in_1900, in_1904):
    assert [read(cell), read(cell, serials=1900), read(cell, serials=1904)] == [[asked], [in_1900], [in_1904]]


def test_questions_are_questions_and_refusals_are_not():
    reading = dates.read(column("x", "3/4/2024", "5-Jan-24", "45000", "2024-01-05T10:00"), FIELD, Answers())
    assert [(fault.code, fault.questions) for fault in reading.faults] == [
        ("PF305", False), ("PF309", True), ("PF318", True), ("PF319", True), ("PF317", True),
    ]  # fmt: skip


@pytest.mark.parametrize("cells", [[], [None], [None, None]])
def test_blanks_pass(cells):
    reading = dates.read(column(*cells), FIELD, Answers())
    assert (reading.text.to_pylist(), reading.faults) == (cells, ())
    assert dates.to_typed(reading.text, FIELD).type == pa.date32()


def test_a_slice_reads_as_its_own_cells():
    cells = column("x", "2024-01-05", None, "Jan 5, 2024", "3/4/2024 10:00", "03/04/2024", "bad")
    for start in range(7):
        piece = cells.slice(start, 4)
        assert outcomes(dates.read(piece, FIELD, Answers())) == read(*piece.to_pylist())


def test_text_under_a_null_does_not_count():
    cells = pa.Array.from_buffers(
        pa.string(),
        2,
        [pa.py_buffer(b"\x02"), pa.array([0, 10, 20], pa.int32()).buffers()[1], pa.py_buffer(b"2024-01-052024-01-06")],
    )
    assert outcomes(dates.read(cells, FIELD, Answers())) == [None, "2024-01-06"]


@settings(deadline=None, max_examples=40)
@given(DAYS)
def test_every_day_returns_from_every_writing(day):
    iso = f"{day.year:04d}-{day.month:02d}-{day.day:02d}"
    month = dates.MONTHS[day.month - 1]
    writings = [
        iso, iso.replace("-", "/"), iso.replace("-", ""), f"{day.year}-{day.month}-{day.day}", f"{day.day} {month} {day.year}",
        f"{month[:3]} {day.day}, {day.year}", f"{day.day}-{month[:3].upper()}-{day.year}", f"{iso}T00:00:00",
    ]  # fmt: skip
    assert read(*writings) == [iso] * len(writings)
    for order, form in ORDERS.items():
        reading = dates.read(column(form.format(day)), FIELD, Answers(dates=order))
        assert dates.to_typed(reading.text, FIELD).to_pylist() == [day]


@settings(deadline=None, max_examples=40)
@given(st.integers(1000, 9999), st.integers(0, 14), st.integers(0, 33))
def test_refused_exactly_where_python_has_no_such_day(year, month, day):
    try:
        expected = dt.date(year, month, day).isoformat()
    except ValueError:
        expected = "PF305"
    assert read(f"{year}-{month:02d}-{day:02d}", f"{year}{month:02d}{day:02d}") == [expected] * 2
    assert read(f"{month}/{day}/{year}", dates="mdy") == [expected]
    assert read(f"{day:02d}.{month:02d}.{year}", dates="dmy") == [expected]


CELLS = st.one_of(
    st.sampled_from(
        [cell for cell, _ in CERTAIN + NUMERIC] + REFUSED + ["3/4/2024", "3/4/24", "45000", "45000.5", "2024-01-05T10:00:00Z"]
    ),
    st.text(max_size=12).filter(bool),
    st.from_regex(r"[0-9]{1,4}[-/. ][0-9]{1,2}[-/. ][0-9]{1,4}([T ][0-9]{1,2}:[0-9]{2})?", fullmatch=True),
    st.none(),
)
SETTINGS = st.builds(
    Answers,
    dates=st.sampled_from([None, "auto", "mdy", "dmy", "iso"]),
    pivot=st.sampled_from([None, 70]),
    serials=st.sampled_from([None, 1900, 1904]),
    time_in_date=st.sampled_from([None, "written", "zone"]),
    timezone=st.sampled_from([None, "America/New_York"]),
)


@settings(deadline=None, max_examples=40)
@given(st.lists(CELLS, max_size=12), SETTINGS)
def test_once_settled_a_cell_is_read_by_itself(cells, answers):
    together = dates.read(column(*cells), FIELD, answers)
    assert outcomes(together) == [outcomes(dates.read(column(cell), FIELD, answers))[0] for cell in cells]
    again = dates.read(together.text, FIELD, answers)
    assert (again.text, again.faults) == (together.text, ())
    assert dates.to_typed(together.text, FIELD).null_count == together.text.null_count


@settings(deadline=None, max_examples=40)
@given(st.lists(CELLS, max_size=8), st.integers(0, 8))
def test_a_survey_of_the_parts_is_that_of_the_whole(cells, cut):
    whole = dates.survey(column(*cells), FIELD, Answers())
    parts = (dates.survey(column(*part), FIELD, Answers()) for part in (cells[:cut], cells[cut:]))
    assert next(parts).merge(next(parts)) == whole


@pytest.mark.parametrize(
    ("cell", "order", "why"),
    [
        ("2024-02-30", None, "is a day that its month does not have"),
        ("2024-13-01", None, "has a month that does not exist"),
        ("0024-01-05", None, "has a year before 1000"),
        ("25/12/2024", "mdy", "has a month that does not exist, read month first like the other dates of the column"),
        ("25/12/2024", "iso", "is not written year first, as the dates of this column are stated to be"),
        ("31/02/2024", None, "is no day of the calendar, neither month first nor day first"),
        ("2024-W03-2", None, "is a week of the ISO calendar, not a date"),
        ("2024-013", None, "is a year and the number of a day in it, not a date"),
        ("2024", None, "is a year without month and day"),
        ("Q1 2024", None, "is a quarter, not a date"),
        ("Jan 2024", None, "lacks a day, or is a quarter"),
        ("Mon, 5 Jan 2024", None, "does not fall on the weekday it names, or is no day of the calendar"),
        ("4.5", None, "is a number, not a date"),
        ("soon", None, "is not a date"),
        ("x1", None, "is not a date in a form that is certain"),
    ],
)
def test_advice(cell, order, why):
    advice = dates.advise("PF305", cell, '"?"', FIELD, Answers(dates=order))
    assert advice.message == f'"?" {why}; write the date as YYYY-MM-DD, such as 2024-01-31'


@settings(deadline=None)
@given(st.text(max_size=20), SETTINGS)
def test_advice_for_any_text(cell, answers):
    assert dates.advise("PF305", cell, "#", FIELD, answers).message.startswith("# ")


def test_the_order_is_asked_with_one_example_under_each_reading():
    advice = dates.ask("PF309", "03/04/2024", '"03/04/2024"', 1200, FIELD, Answers())
    assert advice.message == (
        '1,200 cells such as "03/04/2024" are 4 March (month first) or 3 April (day first), and nothing in the column proves '
        "which; state --dates mdy or --dates dmy"
    )
    assert advice.suggestion == "--dates mdy"


@pytest.mark.parametrize(
    ("code", "example", "parts"),
    [
        ("PF317", "2024-01-05T23:30:00-02:00", ("5 January 2024 as written", "6 January 2024 in UTC", "--time-in-date written")),
        ("PF318", "5-Jan-24", ("5 January 1924 or 5 January 2024", "pivot")),
        ("PF319", "45000", ("15 March 2023 in the 1900 system", "16 March 2027 in the 1904 system", "serials = 1900")),
    ],
)
def test_other_questions(code, example, parts):
    message = dates.ask(code, example, f'"{example}"', 2, FIELD, Answers()).message
    assert message.startswith(f'2 cells such as "{example}" ')
    assert [part for part in parts if part not in message] == []


@pytest.mark.parametrize("code", ["PF309", "PF317", "PF318", "PF319"])
def test_hidden_values_are_told_under_no_reading(code):
    for count in (1, 3):
        message = dates.ask(code, None, "a value", count, FIELD, Answers()).message
        assert "a value" in message
        assert not any(month in message for month in dates.MONTHS)
    assert dates.advise(code, "03/04/2024", "a value", FIELD, Answers()).message.startswith("a value ")


def test_a_reading_has_arrow_masks_as_long_as_the_column():
    reading = dates.read(column("x", None), FIELD, Answers())
    assert isinstance(reading, Reading)
    assert reading.faults[0].mask.type == pa.bool_()
    assert (len(reading.text), len(reading.faults[0].mask), reading.faults[0].mask.null_count) == (2, 2, 0)
