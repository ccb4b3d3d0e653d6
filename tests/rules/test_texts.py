"""Text: what is done to every cell, what no type can hold, and what text is warned of."""

from __future__ import annotations

import unicodedata
from functools import reduce
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.contract.field import Answers, Field, FieldType
from preflight.rules import texts

ONE_LINE = Field("industry")
MULTILINE = Field("description", multiline=True)
NAME = Field("account_name")


def column(*cells: str | None) -> Any:
    return pa.array(cells, pa.string())


def marked(faults: tuple[Any, ...], cells: Any) -> dict[str, list[str]]:
    for fault in faults:
        assert fault.mask.type == pa.bool_()
        assert fault.mask.null_count == 0
        assert len(fault.mask) == len(cells)
    return {fault.code: cells.filter(fault.mask).to_pylist() for fault in faults}


def judged(*cells: str | None, field: Field = ONE_LINE) -> dict[str, list[str]]:
    written = column(*cells)
    reading = texts.read(written, field, Answers())
    assert reading.text is written, "text is never rewritten or refused by its family"
    return marked(reading.faults, written)


# Blanks, joins and look-alikes that a text of random code points would rarely hit.
ODD = " \t\n\r\v\f\x85\xa0\u1680\u2003\u2028\u2029\u202f\u3000\ufeff\u200b\u2060\u200d\u0301\u0323e\u212b=\u0338\x00\x1fßÃ©#"
CELLS = st.lists(st.none() | st.text(st.sampled_from(ODD), max_size=8) | st.text(max_size=12), max_size=12)
FIELDS = st.sampled_from([ONE_LINE, MULTILINE])


class TestTidy:
    @pytest.mark.parametrize(
        ("written", "expected"),
        [
            ("Acme", "Acme"),
            ("  Acme ", "Acme"),
            ("\u3000\u00a0Acme\u2003\t", "Acme"),
            ("Acme  Inc", "Acme Inc"),
            ("Acme\u00a0Inc", "Acme Inc"),
            ("Acme \u00a0\t Inc", "Acme Inc"),
            ("1\u202f234", "1 234"),
            ("Acme\r\nInc", "Acme Inc"),
            ("Acme\n\n\rInc", "Acme Inc"),
            ("Acme\u2028Inc\u2029", "Acme Inc"),
            ("\ufeffAc\u200bme\u2060", "Acme"),
            ("e\u0301", "é"),
            ("e\u200b\u0301", "é"),  # what is invisible may keep two characters apart that compose
            ("\u212b", "Å"),
            ("می\u200cخواهم", "می\u200cخواهم"),
            ("Wait\x85", "Wait\x85"),  # an ellipsis of cp1252: refused later, never lost
            ("a\x00b", "a\x00b"),
            ("", None),
            (" \t\u3000 ", None),
            ("\ufeff", None),
            (None, None),
        ],
    )
    def test_text_of_one_line(self, written: str | None, expected: str | None) -> None:
        assert texts.tidy(column(written), ONE_LINE).to_pylist() == [expected]
        assert texts.tidy(column("Müller  ", written, "x"), ONE_LINE).to_pylist() == ["Müller", expected, "x"]

    @pytest.mark.parametrize(
        ("written", "expected"),
        [
            ("first\r\n  second\n", "first\r\n  second"),
            ("\u2028a\u2029b", "a\u2029b"),
            ("a \u00a0 b", "a \u00a0 b"),
            ("e\u0301\n\ufeffx", "é\nx"),
            (" \n ", None),
        ],
    )
    def test_text_of_several_lines_keeps_them(self, written: str, expected: str | None) -> None:
        assert texts.tidy(column(written), MULTILINE).to_pylist() == [expected]

    @pytest.mark.parametrize(
        "cells", [column("a", "b c", None), column(), column(None, None), column("Müller", "Łódź", "株式会社")]
    )
    def test_nothing_to_do_gives_the_same_object(self, cells: Any) -> None:
        assert texts.tidy(cells, ONE_LINE) is cells

    def test_a_slice_is_looked_at_as_a_slice(self) -> None:
        cells = column("  a", "b", "c d", "  e  f ", None, "")
        clean = cells.slice(1, 2)
        assert texts.tidy(clean, ONE_LINE) is clean
        assert texts.tidy(cells.slice(2), ONE_LINE).to_pylist() == ["c d", "e f", None, None]

    def test_endless_combining_marks_are_left_as_they_are(self) -> None:
        hostile = "a" + "\u0301\u0323" * 40_000  # ordering these would take minutes
        assert texts.tidy(column(hostile, "e\u0301"), ONE_LINE).to_pylist() == [hostile, "é"]

    @given(CELLS, FIELDS)
    def test_equals_the_steps_in_order(self, cells: list[str | None], field: Field) -> None:
        written = column(*cells)
        stepped = reduce(lambda found, step: step.apply(found), texts.steps_for(field), written)
        assert texts.tidy(written, field).to_pylist() == stepped.to_pylist()

    @given(CELLS, FIELDS)
    def test_twice_equals_once(self, cells: list[str | None], field: Field) -> None:
        once = texts.tidy(column(*cells), field)
        once.validate(full=True)
        assert texts.tidy(once, field).to_pylist() == once.to_pylist()

    @given(CELLS, FIELDS, st.integers(0, 5))
    def test_a_slice_equals_its_own_cells(self, cells: list[str | None], field: Field, start: int) -> None:
        part = column(*cells).slice(min(start, len(cells)))
        assert texts.tidy(part, field).to_pylist() == texts.tidy(column(*cells[start:]), field).to_pylist()

    @given(CELLS)
    def test_each_cell_stands_alone(self, cells: list[str | None]) -> None:
        together = texts.tidy(column(*cells), ONE_LINE).to_pylist()
        assert together == [texts.tidy(column(cell), ONE_LINE)[0].as_py() for cell in cells]

    @given(CELLS)
    def test_what_is_promised_of_the_outcome(self, cells: list[str | None]) -> None:
        for text in texts.tidy(column(*cells), ONE_LINE).to_pylist():
            assert text != ""
            if text is not None:
                assert unicodedata.is_normalized("NFC", text)
                assert text == text.strip(" \t\r\n\xa0\u3000\u2003")
                assert not set(text) & set("\n\r\t\xa0\u3000\ufeff\u200b\u2060\u2028\u2029")
                assert "  " not in text


class TestSteps:
    def test_names_for_the_log_of_changes(self) -> None:
        assert [step.name for step in texts.steps_for(ONE_LINE)] == [
            "invisible-removed",
            "unicode-nfc",
            "line-breaks-joined",
            "trimmed",
            "blanks-collapsed",
            "empty-to-blank",
        ]
        assert [step.name for step in texts.steps_for(MULTILINE)] == [
            "invisible-removed",
            "unicode-nfc",
            "trimmed",
            "empty-to-blank",
        ]

    @pytest.mark.parametrize("step", texts.STEPS, ids=lambda step: step.name)
    def test_a_step_without_work_gives_the_same_object(self, step: texts.Step) -> None:
        cells = column("a b", None, "Zürich")
        assert step.apply(cells) is cells


class TestRefused:
    @pytest.mark.parametrize("bad", ["a\x00b", "\x1b[31m", "a\x7f", "Wait\x85", "it\x92s", "a\vb", "a\tb", "a\nb"])
    def test_control_characters_in_every_type(self, bad: str) -> None:
        for kind in FieldType:
            cells = column("ok", None, bad, "größer")
            assert marked(texts.refused(cells, Field("any", kind)), cells) == {"PF005": [bad]}

    def test_several_lines_may_hold_line_breaks_and_tabs(self) -> None:
        cells = column("a\r\n\tb", "a\x0bb", "c\x00")
        assert marked(texts.refused(cells, MULTILINE), cells) == {"PF005": ["a\x0bb", "c\x00"]}

    @pytest.mark.parametrize("mark", ["\u200c", "\u200d", "\u202e", "\u2066", "\u200e", "\u00ad"])
    def test_marks_of_display_are_kept_in_text_and_refused_elsewhere(self, mark: str) -> None:
        cells = column(f"acme{mark}.com", "acme.com")
        assert texts.refused(cells, ONE_LINE) == ()
        assert texts.refused(cells, Field("stage", FieldType.PICKLIST)) == ()
        assert marked(texts.refused(cells, Field("domain", FieldType.DOMAIN)), cells) == {"PF005": [f"acme{mark}.com"]}

    @pytest.mark.parametrize(
        "error", ["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#SPILL!", "#NV", "#BEZUG!", "#¡REF!", "#NÚM!", "#n/a"]
    )
    def test_spreadsheet_errors_in_every_type(self, error: str) -> None:
        for kind in FieldType:
            cells = column("ok", None, error, "#1 in Ohio", "No #N/A")
            assert marked(texts.refused(cells, Field("any", kind)), cells) == {"PF311": [error]}

    def test_a_column_too_narrow_is_damage_outside_text(self) -> None:
        cells = column("########", "C#", "#")
        assert marked(texts.refused(cells, Field("close_date", FieldType.DATE)), cells) == {"PF311": ["########"]}
        assert texts.refused(cells, ONE_LINE) == ()

    @pytest.mark.parametrize("cells", [column(), column(None), column("fine", "Zürich", None)])
    def test_nothing_to_refuse(self, cells: Any) -> None:
        assert texts.refused(cells, ONE_LINE) == ()

    @given(CELLS)
    def test_no_cell_is_refused_twice(self, cells: list[str | None]) -> None:
        faults = marked(texts.refused(column(*cells), Field("domain", FieldType.DOMAIN)), column(*cells))
        assert not set(faults.get("PF005", [])) & set(faults.get("PF311", []))


class TestNullWords:
    @pytest.mark.parametrize(
        "word", ["N/A", "n.a.", "NA", "-", "--", "null", "NULL", "None", "nil", "NaN", "(blank)", "\\N", "<NA>", "NaT"]
    )
    def test_blanks_where_the_type_cannot_hold_them(self, word: str) -> None:
        cells = column(word, None, "acme.com", "n/a acme")
        assert texts.is_null_word(cells).to_pylist() == [True, False, False, False]
        assert texts.is_null_word(cells, Field("domain", FieldType.DOMAIN)).to_pylist() == [True, False, False, False]
        assert texts.is_null_word(cells, ONE_LINE).to_pylist() == [False] * 4

    @pytest.mark.parametrize("word", ["#N/A", "?", "unknown", "0", "no", "nope"])
    def test_other_words_are_not(self, word: str) -> None:
        assert texts.is_null_word(column(word)).to_pylist() == [False]

    @pytest.mark.parametrize("kind", [FieldType.NUMBER, FieldType.CURRENCY, FieldType.PERCENT])
    def test_numbers_with_decimals_refuse_nan_themselves(self, kind: FieldType) -> None:
        assert texts.is_null_word(column("NaN", "n/a", None), Field("amount", kind)).to_pylist() == [False, True, False]

    def test_a_picklist_keeps_what_it_names(self) -> None:
        cells = column("None", "n/a", "NA", "-")
        named = Field("stage", FieldType.PICKLIST, values=("None", "Open"), synonyms=(("N/A", "Open"),))
        assert texts.is_null_word(cells, named).to_pylist() == [False, False, True, True]
        assert texts.is_null_word(cells, Field("country", FieldType.PICKLIST)).to_pylist() == [False, True, False, True]


class TestRead:
    @pytest.mark.parametrize("word", ["N/A", "n/a", "-", "null", "NULL", "none", "nan", "(blank)"])
    def test_null_words_are_kept_and_warned_of(self, word: str) -> None:
        assert judged(word, "Software", None)["PF413"] == [word]

    @pytest.mark.parametrize("data", ["NA", "Null", "None", "Nan", "Nat"])
    def test_writings_that_may_be_data_are_not(self, data: str) -> None:
        assert judged(data, field=NAME) == {}

    @pytest.mark.parametrize("word", ["self", "Test", "ASDF", "xxx", "Unknown", "[not provided]", "John Doe"])
    def test_placeholders_in_fields_of_names(self, word: str) -> None:
        assert judged(word, "Test Equity Ltd", None, field=NAME) == {"PF409": [word]}
        assert judged(word, field=ONE_LINE) == {}

    @pytest.mark.parametrize("start", ["=1+1", '=HYPERLINK("x")', "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3+cmd", "- a bullet"])
    def test_formula_starts(self, start: str) -> None:
        assert judged(start, "a=b", None)["PF410"] == [start]

    @pytest.mark.parametrize(
        "text", ["+1 (415) 555-0100", "+49 30 1234-0", "-5", "+1,234.50", "-12.5 %", "-1e-5", "+1 415 555 0100 ext. 12"]
    )
    def test_numbers_and_phones_are_no_formulas(self, text: str) -> None:
        assert judged(text) == {}

    @pytest.mark.parametrize(
        ("text", "meant"),
        [
            ("CafÃ©", "Café"),
            ("MÃ¼ller", "Müller"),
            ("donâ€™t", "don’t"),
            ("â€œquotedâ€\x9d", "“quoted”"),
            ("5 â‚¬", "5 €"),
            ("Å\x81Ã³dÅº", "Łódź"),
            ("ÐœÐ¾Ñ\x81ÐºÐ²Ð°", "Москва"),
            ("Ã…se", "Åse"),
            ("100Â°", "100°"),
            ("AcmeÂ Inc", "Acme Inc"),
            ("ðŸ˜€", "😀"),
            ("voilÃ tout", None),
            ("caf\ufffd", None),
            ("CafÃ© «déjà»", None),
        ],
    )
    def test_mojibake_and_what_was_meant(self, text: str, meant: str | None) -> None:
        found = texts.advise("PF412", text, f'"{text}"', ONE_LINE, Answers())
        assert judged(text)["PF412"] == [text]
        assert found.suggestion == meant

    @pytest.mark.parametrize(
        "text",
        ["São Paulo", "SÃO", "Ângela", "“Å”", "«été»…", "Ñandú", "Ærø", "株式会社", "naïve café", "IKEA®", "Ð", "Łódź", "MÃE"],
    )
    def test_real_text_is_no_mojibake(self, text: str) -> None:
        assert judged(text) == {}

    @given(st.text(st.characters(min_codepoint=0xC0, max_codepoint=0x24F, categories=["L"]), min_size=2, max_size=8))
    def test_repairing_gives_what_was_encoded(self, text: str) -> None:
        wrong = "".join(
            bytes([byte]).decode("cp1252" if byte not in b"\x81\x8d\x8f\x90\x9d" else "latin-1") for byte in text.encode()
        )
        assert texts.advise("PF412", wrong, "x", ONE_LINE, Answers()).suggestion == text

    @pytest.mark.parametrize("cells", [column(), column(None, None), column("=", None).slice(1)])
    def test_nothing_to_say(self, cells: Any) -> None:
        assert texts.read(cells, NAME, Answers()).faults == ()

    def test_a_slice_is_read_as_a_slice(self) -> None:
        cells = column("=1", "test", "é", "n/a", "=2").slice(1)
        assert marked(texts.read(cells, NAME, Answers()).faults, cells) == {"PF413": ["n/a"], "PF409": ["test"], "PF410": ["=2"]}

    def test_typed_text_is_the_text(self) -> None:
        cells = column("a", None)
        assert texts.to_typed(cells, ONE_LINE) is cells


class TestAdvise:
    @pytest.mark.parametrize("code", ["PF005", "PF311", "PF409", "PF410", "PF412", "PF413"])
    def test_starts_with_the_value_and_ends_without_a_stop(self, code: str) -> None:
        advice = texts.advise(code, "a\x00", '"a"', ONE_LINE, Answers())
        assert advice.message.startswith('"a" ')
        assert not advice.message.endswith(".")

    @pytest.mark.parametrize(
        ("value", "kind", "points", "suggestion"),
        [
            ("a\x00b", FieldType.STRING, "(U+0000)", "ab"),
            ("it\x92s", FieldType.STRING, "(U+0092)", "it’s"),
            ("\u202eacme.com", FieldType.DOMAIN, "(U+202E)", "acme.com"),
            ("\x00\x01\x02\x03", FieldType.STRING, "(U+0000, U+0001, U+0002)", None),
        ],
    )
    def test_control_characters_are_named_and_taken_out(
        self, value: str, kind: FieldType, points: str, suggestion: str | None
    ) -> None:
        advice = texts.advise("PF005", value, '"x"', Field("any", kind), Answers())
        assert points in advice.message
        assert advice.suggestion == suggestion
