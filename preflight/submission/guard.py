"""What is made sure of before anything is created: the files are those that were written, the host knows the fields, and the same
content was not sent before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from preflight.client.client import Client
from preflight.client.errors import BadAnswer, NotFound, Refused
from preflight.contract.mappings import read_entity
from preflight.contract.names import listed
from preflight.contract.types import parse_type
from preflight.contract.wire import FieldMappingRecord, ImportJob
from preflight.errors import RunInTheWay, ServerError, UsageError
from preflight.files.receipt import PartLine, ReceiptRecord
from preflight.files.serialise import header_bytes

__all__ = [
    "Difference",
    "FieldsMissing",
    "check_fields",
    "content_digest",
    "differences",
    "find_sent",
    "refuse_sent",
    "tag_of",
    "verify_parts",
]

_PIECE = 1 << 20
_MOST_JOBS = 20_000


class FieldsMissing(ServerError):
    """The host does not list fields that the run sends, or lists no fields at all where it should."""


def verify_parts(folder: Path, parts: Iterable[PartLine]) -> None:
    """Raise UsageError unless each part has the bytes that the receipt says."""
    for part in parts:
        digest, size = hashlib.sha256(), 0
        for piece in _pieces(folder / part.name):
            digest.update(piece)
            size += len(piece)
        if (size, digest.hexdigest()) != (part.bytes, part.sha256):
            raise UsageError(
                f"{folder / part.name} is not the file that was written ({size:,} bytes instead of {part.bytes:,}, or changed "
                "within); nothing is sent. Repair rows with preflight merge, or write the run again"
            )


def _pieces(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}); write the run again into another folder") from error


def content_digest(folder: Path, record: ReceiptRecord, parts: Sequence[PartLine]) -> str:
    """A digest of what some parts would import: entity, operation, match key, fields and records, however they are split."""
    fields = [name for _, name in record.columns]
    what = json.dumps([record.entity_type, record.operation, record.match_key, fields], ensure_ascii=False)
    digest = hashlib.sha256(what.encode() + b"\n")
    header = len(header_bytes(tuple(name for name, _ in record.columns)))
    for part in parts:
        skip = header
        for piece in _pieces(folder / part.name):
            digest.update(piece[skip:])
            skip = max(0, skip - len(piece))
    return digest.hexdigest()


def tag_of(digest: str) -> str:
    """How the file names of all uploads with this content begin: the one thing that the API gives back."""
    return f"preflight-{digest[:16]}-"


def find_sent(client: Client, digest: str) -> ImportJob | None:
    """A job of the server that already got this content. Raises BadAnswer, NotFound or Refused where the list cannot be read."""
    tag = tag_of(digest)
    for job in client.iter_jobs(at_most=_MOST_JOBS):
        if (job.file_name or "").startswith(tag) and not (job.status == "cancelled" and not job.processed_rows):
            return job
    return None


def refuse_sent(client: Client, digest: str) -> str | None:
    """Raise RunInTheWay where the server has this content already. A text where nobody can know."""
    try:
        job = find_sent(client, digest)
    except (BadAnswer, NotFound, Refused) as error:
        return f"whether the same rows were sent before from elsewhere is not known: {error}"
    if job is not None:
        when = f", created {job.created_at}" if job.created_at else ""
        raise RunInTheWay(
            f"the same rows were sent to {client.host} before: job {job.id} ({job.status or 'no status'}{when}). "
            "Nothing is sent; --again sends them once more"
        )
    return None


@dataclass(frozen=True, slots=True)
class Difference:
    """How one field changed between two lists of FieldMappings. `before` or `after` is None where the field is new or gone."""

    name: str
    before: FieldMappingRecord | None
    after: FieldMappingRecord | None

    def __str__(self) -> str:
        if self.before is None or self.after is None:
            one = self.after or self.before
            need = ", required" if one is not None and one.required else ""
            kind = one.field_type or "no type" if one is not None else ""
            return f'"{self.name}" is {"new" if self.before is None else "gone"} ({kind}{need})'
        words = []
        if _type(self.before) != _type(self.after):
            words.append(f"its type was {self.before.field_type or 'not stated'} and is {self.after.field_type or 'not stated'}")
        if bool(self.before.required) != bool(self.after.required):
            words.append(f"it is {'now' if self.after.required else 'no longer'} required")
        return f'"{self.name}": {" and ".join(words)}'

    @property
    def breaks(self) -> bool:
        """Whether a plan that sends the field, or one that does not, may fail by it."""
        return self.after is None or bool(self.after.required and not (self.before and self.before.required)) or self.is_retyped

    @property
    def is_retyped(self) -> bool:
        """Whether the type means something else now; another word for the same type is no change."""
        return self.before is not None and self.after is not None and _type(self.before) != _type(self.after)


def _type(record: FieldMappingRecord) -> object:
    kind, known = parse_type(record.field_type)
    return kind if known else record.field_type


def differences(before: Iterable[FieldMappingRecord], after: Iterable[FieldMappingRecord]) -> tuple[Difference, ...]:
    """What changed, in the order of the first list and then of the second."""
    old = {one.field_name: one for one in before if one.field_name}
    new = {one.field_name: one for one in after if one.field_name}
    names = [name for name in dict.fromkeys([*old, *new]) if name is not None]
    found = (Difference(name, old.get(name), new.get(name)) for name in names)
    return tuple(
        one
        for one in found
        if one.before is None or one.after is None or one.is_retyped or bool(one.before.required) != bool(one.after.required)
    )


def check_fields(client: Client, record: ReceiptRecord) -> tuple[str, ...]:
    """Read the host's own fields and say what differs from the run's plan, in warnings.

    Raises FieldsMissing where the host has no such list (404), or has one without a field that the run sends.
    """
    try:
        listed_there = client.list_field_mappings(record.entity_type)
    except NotFound as error:
        raise FieldsMissing(
            f"{client.host} has no list of fields at this address (404), so it is not the API that was described; "
            "nothing was created"
        ) from error
    host = [one for one in listed_there if one.entity_type is None or read_entity(one.entity_type) == record.entity_type]
    if not any(one.field_name for one in host):
        return (f"{client.host} lists no field of {record.entity_type}, so nothing could be compared",)
    known = {one.field_name for one in host}
    missing = [name for _, name in record.columns if name not in known]
    if missing:
        raise FieldsMissing(
            f"{client.host} does not have the field{'s' if len(missing) > 1 else ''} {listed(missing)} of {record.entity_type} "
            "that this run sends; nothing was created. See what changed with: preflight fields diff"
        )
    return tuple(f"{client.host}: {words}" for words in _warnings(record, host))


def _warnings(record: ReceiptRecord, host: Sequence[FieldMappingRecord]) -> Iterator[str]:
    contract = record.definition.get("contract", {})
    planned = {one["name"]: one for one in contract.get("fields", ())}
    lenient = {name for group in contract.get("one_of", ()) for name in group}
    sent = {name for _, name in record.columns}
    for one in host:
        name = one.field_name or ""
        before = planned.get(name)
        if name in sent and before is not None and _type(one) != parse_type(before.get("stated_type"))[0]:
            yield f'the type of "{name}" is {one.field_type or "not stated"} there, {before.get("stated_type")} in the plan'
        if one.required and name not in sent and name not in lenient and record.operation != "update":
            yield f'"{name}" is required there, and this run does not send it'
        elif one.required and name in sent and before is not None and not before.get("required") and name not in lenient:
            yield f'"{name}" is required there; rows in which it is blank will be rejected'
