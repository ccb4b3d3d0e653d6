"""What is made sure of before anything is created."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from preflight.contract.wire import FieldMappingRecord
from preflight.files.receipt import read_receipt
from preflight.submission.guard import FieldsMissing, check_fields, differences, tag_of

Send = Callable[..., Any]
NAME = FieldMappingRecord("account_name", "string", True, None, "accounts")
DOMAIN = FieldMappingRecord("domain", "string", True, None, "accounts")


class Host:
    """A host that lists these fields."""

    host = "host.example.com"

    def __init__(self, *fields: FieldMappingRecord) -> None:
        self.fields = list(fields)

    def list_field_mappings(self, _: str) -> list[FieldMappingRecord]:
        return self.fields


@pytest.mark.parametrize(
    ("fields", "warning"),
    [
        ([NAME, DOMAIN], None),
        ([replace(NAME, field_type="text"), replace(DOMAIN, entity_type=None)], None),
        ([NAME, DOMAIN, FieldMappingRecord("owner", "string", False)], None),
        ([NAME, DOMAIN, FieldMappingRecord("owner", "string", True, None, "people")], None),
        ([], "lists no field of accounts"),
        ([FieldMappingRecord(None, "string")], "lists no field of accounts"),
        ([NAME, replace(DOMAIN, field_type="integer")], 'the type of "domain" is integer there'),
        ([NAME, DOMAIN, FieldMappingRecord("owner", "string", True)], '"owner" is required there, and this run does not send it'),
    ],
)
def test_the_fields_of_the_host(send: Send, fields: list[FieldMappingRecord], warning: str | None) -> None:
    told: Any = check_fields(Host(*fields), read_receipt(send().folder))  # type: ignore[arg-type]
    assert [warning is not None and warning in one for one in told] == ([] if warning is None else [True])


def test_a_field_that_the_host_lacks_stops_the_run(send: Send) -> None:
    record = read_receipt(send().folder)
    with pytest.raises(FieldsMissing, match=r'host\.example\.com does not have the field "?domain"? of accounts'):
        check_fields(Host(NAME), record)  # type: ignore[arg-type]


def test_what_is_newly_required_is_no_matter_for_an_update(send: Send) -> None:
    record = replace(read_receipt(send().folder), operation="update")
    assert check_fields(Host(NAME, DOMAIN, FieldMappingRecord("owner", "string", True)), record) == ()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "after", "text", "breaks"),
    [
        (None, NAME, '"account_name" is new (string, required)', True),
        (None, replace(NAME, required=False), '"account_name" is new (string)', False),
        (NAME, None, '"account_name" is gone (string, required)', True),
        (NAME, replace(NAME, field_type="integer"), '"account_name": its type was string and is integer', True),
        (NAME, replace(NAME, required=False), '"account_name": it is no longer required', False),
        (replace(NAME, required=None), NAME, '"account_name": it is now required', True),
        (NAME, replace(NAME, field_type="odd"), '"account_name": its type was string and is odd', True),
    ],
)
def test_differences(before: FieldMappingRecord | None, after: FieldMappingRecord | None, text: str, breaks: bool) -> None:
    found = differences([one for one in [before] if one], [one for one in [after] if one])
    assert [(str(one), one.breaks) for one in found] == [(text, breaks)]


def test_another_word_or_description_is_no_difference() -> None:
    assert differences([NAME, DOMAIN], [DOMAIN, replace(NAME, field_type="Text", description="new words")]) == ()


def test_the_tag_begins_every_file_name() -> None:
    assert tag_of("0123456789abcdef" * 4) == "preflight-0123456789abcdef-"
