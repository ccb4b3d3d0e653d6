"""The report as one JSON document, in pieces: complete, however many findings there are."""

from __future__ import annotations

import json as _json
from collections import Counter
from datetime import date, datetime, time
from itertools import islice
from typing import TYPE_CHECKING, Any

from preflight.report.escape import json_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from preflight.findings import Content, Finding

__all__ = ["encode", "finding_members", "head_members", "label_of", "render", "several"]

_ENCODER = _json.JSONEncoder(ensure_ascii=False, allow_nan=False, check_circular=False)
_AT_ONCE = 200
_NUMBERS = ("records", "good", "rejected", "changed_cells", "errors", "warnings")


def render(content: Content, /) -> Iterator[str]:
    """One document with all findings, one a line. Never holds more than a few hundred of them."""
    head = encode(head_members(content))
    yield f'{head[:-1]},\n "summary": {encode(content.summary.to_json())},\n "findings": ['
    is_joined = bool(content.source.files)
    found = (encode(finding_members(one, is_joined=is_joined)) for one in content.findings())
    lead = "\n  "
    while some := list(islice(found, _AT_ONCE)):
        yield lead + ",\n  ".join(some)
        lead = ",\n  "
    yield f'],\n "truncated": {encode(content.truncated)}}}\n'


def several(contents: Iterable[Content], /) -> Iterator[str]:
    """One document for several sources: the sums, and each source's own document. Each source is forgotten when it is written."""
    version: str | None = None
    totals, codes = Counter[str](), Counter[str]()
    lead = '{"reports": [\n'
    for content in contents:
        yield lead
        lead = ",\n"
        version = content.version
        totals.update({name: getattr(content.summary, name) for name in _NUMBERS})
        codes.update(content.summary.by_code)
        yield from render(content)
    if version is None:
        yield lead
    summary = {**{name: totals[name] for name in _NUMBERS}, "by_code": dict(sorted(codes.items()))}
    yield f'],\n "preflight": {encode(version)},\n "summary": {encode(summary)}}}\n'


def head_members(content: Content, /) -> dict[str, Any]:
    """What was read and what it was judged against."""
    source, plan = content.source, content.plan
    read: dict[str, Any] = {
        "path": source.path,
        "records": source.records,
        "encoding": source.encoding,
        "delimiter": source.delimiter,
    }
    if source.sheet is not None:
        read["sheet"] = source.sheet
    if source.files:
        read["files"] = [
            {name: getattr(one, name) for name in ("path", "records", "encoding", "delimiter")} for one in source.files
        ]
    against = plan and {
        "entity_type": plan.entity_type,
        "operation": plan.operation,
        "match_key": plan.match_key,
        "digest": plan.digest,
    }
    return {"preflight": content.version, "source": read, "plan": against}


def finding_members(found: Finding, /, *, is_joined: bool = False) -> dict[str, Any]:
    """A finding as the members of a JSON object, in the order in which the documents show them; with the `path` of its file where
    the source is several."""
    return {
        **({"path": found.path} if is_joined else {}),
        "code": found.code,
        "name": found.name,
        "severity": found.severity.value,
        "scope": found.scope.value,
        "source_row": found.source_row,
        "label": label_of(found.label),
        "record": found.record,
        "line": found.line,
        "position": found.position,
        "column": found.column,
        "field": found.field,
        "value": found.value,
        "message": found.message,
        "suggestion": found.suggestion,
        "fixable": found.fixable,
        "rows": found.rows,
        "related": found.related,
        "origin": found.origin,
    }


def encode(value: Any, /) -> str:
    """One JSON value on one line, safe to look at in a terminal."""
    return json_text(_ENCODER.encode(value))


def label_of(label: Any, /) -> Any:
    """A label of a DataFrame's index as JSON has it: numbers and texts as they are, times as ISO text, tuples as lists, what is
    missing or not a number as null, anything else as its text."""
    if label is None or type(label) in (int, str, bool):
        return label
    if isinstance(label, (tuple, list)):
        return [label_of(part) for part in label]
    if _is_missing(label):
        return None
    if isinstance(label, (datetime, date, time)):
        return label.isoformat()
    if isinstance(label, float):
        return float(label) if abs(float(label)) != float("inf") else str(float(label))
    if isinstance(label, (int, str)):
        return int(label) if isinstance(label, int) else str(label)
    plain = label.item() if type(label).__module__ == "numpy" and hasattr(label, "item") else None
    return str(label) if plain is None or type(plain) is type(label) else label_of(plain)


def _is_missing(label: Any) -> bool:
    """Whether it is NaN, NaT or pandas.NA: the values that do not equal themselves, or refuse to say."""
    try:
        return bool(label != label)
    except (TypeError, ValueError, ArithmeticError):
        return True
