"""The report as SARIF 2.1.0: one run, one result for each (code, column), within what code scanning keeps."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from preflight.findings import Severity
from preflight.report.escape import shorten, uri, visible
from preflight.report.json import encode
from preflight.report.wording import by_occurrence, by_weight, extent, file_of, headline
from preflight.rules.codes import CODES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from preflight.findings import Content, Finding, Group

__all__ = ["render", "several"]

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_MOST_LOCATIONS = 100  # GitHub shows 100 locations of a result
_MOST_RESULTS = 25_000  # GitHub refuses a run with more
_MOST_LOCATIONS_OF_ALL = 100_000  # GitHub takes 10 MB when they are compressed
_MOST_VALUES = 10


def render(content: Content, /, *, help_base: str | None = None) -> Iterator[str]:
    """One log with one run. `help_base` is the address under which the pages of the codes stand, if they stand anywhere."""
    yield from several((content,), help_base=help_base)


def several(contents: Iterable[Content], /, *, help_base: str | None = None) -> Iterator[str]:
    """One log with one run over several sources. Reads findings only until every group has its locations.

    Of more than 25,000 groups the heaviest are told, and a notification says how many are left out.
    """
    judged = tuple(contents)
    kept, left_out = _heaviest([group for content in judged for group in content.groups])
    most = max(1, min(_MOST_LOCATIONS, _MOST_LOCATIONS_OF_ALL // max(1, len(kept))))
    rules: dict[str, Group] = {}
    lead = "\n  "
    yield f'{{"$schema": "{_SCHEMA}", "version": "2.1.0", "runs": [\n {{"columnKind": "unicodeCodePoints", "results": ['
    for content in judged:
        groups = [group for group in content.groups if id(group) in kept]
        located = {id(group): ones for group, ones in zip(groups, _located(content, groups, most), strict=True)}
        for group in by_occurrence(groups):
            rules.setdefault(group.code, group)
            index = list(rules).index(group.code)
            yield lead + encode(_result(content, group, index, located[id(group)]))
            lead = ",\n  "
    driver = {
        "name": "preflight",
        "version": judged[0].version if judged else "",
        "rules": [_rule(group, help_base) for group in rules.values()],
    }
    summaries = [{"path": content.source.path, **content.summary.to_json()} for content in judged]
    yield f'],\n  "tool": {encode({"driver": driver})},\n  "invocations": {encode([_invocation(left_out)])},\n'
    yield f'  "properties": {encode({"summaries": summaries})}}}]}}\n'


def _heaviest(groups: list[Group]) -> tuple[set[int], int]:
    """The identities of as many groups as a run may have, and how many are left out."""
    return {id(group) for group in by_weight(groups)[:_MOST_RESULTS]}, max(0, len(groups) - _MOST_RESULTS)


def _invocation(left_out: int) -> dict[str, Any]:
    invocation: dict[str, Any] = {"executionSuccessful": True}
    if left_out:
        said = f"{_MOST_RESULTS:,} kinds of findings are told, those that concern the most rows; {left_out:,} more are left out"
        invocation["toolExecutionNotifications"] = [{"level": "warning", "message": {"text": said}}]
    return invocation


def _located(content: Content, groups: list[Group], limit: int) -> list[list[Finding]]:
    """Up to `limit` findings of each group: its examples where they are all, otherwise from as short a pass as will do."""
    found = [list(group.examples[:limit]) for group in groups]
    most = [min(group.findings, limit) for group in groups]
    wanted = {(group.code, group.column): at for at, group in enumerate(groups) if len(found[at]) < most[at]}
    if not wanted:
        return found
    passed: list[list[Finding]] = [[] for _ in found]
    for one in content.findings():
        at = wanted.get((one.code, one.column))
        if at is None:
            continue
        passed[at].append(one)
        if len(passed[at]) == most[at]:
            del wanted[one.code, one.column]
            if not wanted:
                break
    return [max(pair, key=len) for pair in zip(passed, found, strict=True)]


def _result(content: Content, group: Group, index: int, located: list[Finding]) -> dict[str, Any]:
    named = f"{visible(shorten(group.column))}: " if group.column is not None else ""
    # `](` would make a link of what stands before it.
    text = f"{named}{headline(group)} ({extent(group)})".replace("](", "] (")
    return {
        "ruleId": group.code,
        "ruleIndex": index,
        "level": _LEVELS[group.severity],
        "message": {"text": text},
        "locations": [_location(content, group, one) for one in located] or [_location(content, group, None)],
        "occurrenceCount": max(1, group.findings),
        "partialFingerprints": {"preflightGroup/v1": _fingerprint(group)},
        "properties": {"column": group.column, "field": group.field, "rows": group.rows, "distinct": group.distinct},
    }


def _location(content: Content, group: Group, found: Finding | None) -> dict[str, Any]:
    name = group.column if group.column is not None else group.field
    location: dict[str, Any] = {}
    path = file_of(content, found)
    if path is not None:
        region = {"startLine": 1}
        if found is not None and found.line is not None:
            region["startLine"] = found.line
            if found.position is not None:
                region["startColumn"] = found.position
        location["physicalLocation"] = {"artifactLocation": {"uri": _address(path)}, "region": region}
    if name is not None:
        location["logicalLocations"] = [{"name": visible(shorten(name)), "kind": "member"}]
    if found is not None and found.source_row is not None:
        location["properties"] = {"source_row": found.source_row}
    return location or {"logicalLocations": [{"name": "DataFrame", "kind": "object"}]}


def _address(path: str) -> str:
    return "stdin" if path == "-" else uri(path)


def _fingerprint(group: Group) -> str:
    """The same for the same mistake in the same column, wherever the rows have moved."""
    values = sorted(value for value, _ in group.top_values[:_MOST_VALUES])
    told = json.dumps([group.code, group.column, values])  # not `encode`: what is shown may change, a fingerprint may not
    return hashlib.sha256(told.encode()).hexdigest()


def _rule(group: Group, help_base: str | None) -> dict[str, Any]:
    known = CODES.get(group.code)
    title = known.title if known else group.name
    rule: dict[str, Any] = {
        "id": group.code,
        "name": group.name,
        "shortDescription": {"text": title},
        "fullDescription": {"text": f"{title[:1].upper()}{title[1:]} ({group.name})."},
        "defaultConfiguration": {"level": _LEVELS[known.severity if known else group.severity]},
        "help": {"text": f"preflight explain {group.code}"},
    }
    return rule | {"helpUri": f"{help_base.rstrip('/')}/{group.code}"} if help_base else rule
