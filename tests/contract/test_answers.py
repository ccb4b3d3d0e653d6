"""Answers of a column, read from words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.contract.answers import LOCALES, read_answers
from preflight.contract.field import Answers


@pytest.mark.parametrize(
    ("stated", "answers"),
    [
        ({"dates": "DMY"}, Answers(dates="dmy")),
        ({"percent": "0-1"}, Answers(scale="0-1")),
        ({"scale": "0-100"}, Answers(scale="0-100")),
        ({"locale": "de-DE"}, Answers(decimal=",")),
        ({"locale": "en_us"}, Answers(decimal=".")),
        ({"locale": "de-CH"}, Answers(decimal=".")),
        ({"locale": "de-DE", "decimal": "."}, Answers(decimal=".")),
        ({"decimal": ".", "locale": "de-DE"}, Answers(decimal=".")),
        ({"timezone": "Europe/Paris"}, Answers(timezone="Europe/Paris")),
        ({"timezone": "utc"}, Answers(timezone="UTC")),
        ({"timezone": "Z"}, Answers(timezone="UTC")),
        ({"timezone": "-05:30"}, Answers(timezone="-05:30")),
        ({"time_in_date": "written"}, Answers(time_in_date="written")),
        ({"pivot": 50, "serials": 1904}, Answers(pivot=50, serials=1904)),
        ({"dates": None, "entity": "accounts"}, Answers()),
    ],
)
def test_words_that_are_answers(stated: dict[str, object], answers: Answers) -> None:
    assert read_answers(stated) == (answers, [])


@pytest.mark.parametrize(
    ("stated", "fault"),
    [
        ({"dates": "usa"}, 'dates is "usa"; wanted iso, mdy, dmy or auto'),
        ({"dates": 3}, "dates is 3; wanted iso, mdy, dmy or auto"),
        ({"percent": "100"}, 'percent is "100"; wanted 0-1 or 0-100'),
        ({"locale": "tlh"}, 'locale is "tlh"; wanted'),
        ({"locale": ""}, 'locale is ""; wanted a locale'),
        ({"timezone": "+25:00"}, 'timezone is "+25:00"; wanted a zone'),
        ({"timezone": "../etc/passwd"}, 'timezone is "../etc/passwd"; wanted a zone'),
        ({"timezone": "Mars/Olympus"}, 'timezone is "Mars/Olympus"; wanted a zone'),
        ({"timezone": ""}, 'timezone is ""; wanted a zone'),
        ({"pivot": True}, "pivot is True; wanted a whole number from 0 to 100"),
        ({"pivot": 101}, "pivot is 101; wanted a whole number"),
        ({"serials": 1901}, "serials is 1901; wanted 1900 or 1904"),
        ({"decimal": ";"}, 'decimal is ";"; wanted . or ,'),
    ],
)
def test_words_that_are_none(stated: dict[str, object], fault: str) -> None:
    answers, faults = read_answers(stated)
    assert answers == Answers()
    assert len(faults) == 1
    assert faults[0].startswith(fault)


def test_faults_say_where_and_come_all_at_once() -> None:
    _, faults = read_answers({"dates": "x", "pivot": -1}, "plan: ")
    assert [fault.split(" is ")[0] for fault in faults] == ["plan: dates", "plan: pivot"]


def test_every_locale_has_a_mark() -> None:
    assert set(LOCALES.values()) == {".", ","}
    assert all(name == name.strip() for name in LOCALES)


@given(
    st.dictionaries(
        st.sampled_from(["dates", "timezone", "locale", "percent", "pivot", "serials"]), st.text() | st.integers() | st.none()
    )
)
def test_never_raises(stated: dict[str, object]) -> None:
    answers, faults = read_answers(stated)
    assert isinstance(answers, Answers)
    assert all(isinstance(fault, str) for fault in faults)
