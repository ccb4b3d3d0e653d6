"""Writing a run, streamed from a source or from a report that is in memory."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from preflight.api.binding import bind_source
from preflight.api.policy import refuse_hidden
from preflight.api.receipt import Receipt
from preflight.api.version import VERSION
from preflight.contract.names import is_blank
from preflight.contract.plan import Plan
from preflight.contract.policy import Policy
from preflight.engines.content import content_of
from preflight.engines.progress import Watch
from preflight.engines.run import Run, first_chunks, run, texts_of
from preflight.engines.writing import RunWriter, written_header
from preflight.errors import RejectedRows, UsageError
from preflight.files.receipt import PartLine, ReceiptRecord
from preflight.files.write import Folder, Limits
from preflight.findings import Content

if TYPE_CHECKING:
    from preflight.rows import Chunk, Source

__all__ = ["WriteOptions", "Written", "write_run", "write_source", "write_with_content"]


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """How a run is written. `max_rejected` is a number of rows or a share such as ``5%``; beyond it only rejected.csv is left."""

    max_bytes: int = Limits().max_bytes
    max_rows: int = Limits().max_rows
    headers: str = "fields"
    max_rejected: int | str | None = None

    def __post_init__(self) -> None:
        if self.headers not in ("fields", "labels"):
            raise UsageError(f"headers is {self.headers!r}; wanted fields or labels")
        self.allows(0, 1)

    @property
    def limits(self) -> Limits:
        """The size of a part."""
        return Limits(self.max_bytes, self.max_rows)

    def allows(self, rejected: int, records: int) -> bool:
        """Whether so many rejected rows are within the limit. Raises UsageError for a limit that is neither number nor share."""
        if self.max_rejected is None:
            return True
        text = str(self.max_rejected).strip()
        try:
            limit = float(text[:-1]) / 100 * records if text.endswith("%") else int(text)
        except ValueError:
            limit = -1
        if limit < 0:
            raise UsageError(f'max_rejected is "{text[:40]}"; wanted a number of rows such as 100, or a share such as 5%')
        return rejected <= limit


@dataclass(frozen=True, slots=True)
class Written:
    """What writing gave: the content for a report and, unless too many rows were rejected, the receipt."""

    content: Content
    receipt: Receipt | None


def write_source(
    plan: Plan, source: Source, out: Path, options: WriteOptions, *, labels: Any = None, watch: Watch | None = None
) -> Receipt:
    """Judge a source and write it in one pass. Raises RejectedRows where more rows are rejected than `max_rejected` allows."""
    return _or_raise(write_with_content(plan, source, out, options, labels=labels, watch=watch), options)


def write_run(made: Run, out: str | Path, *, labels: Any = None, **options: Any) -> Receipt:
    """Write a run that is in memory."""
    taken = WriteOptions(**options)
    refuse_hidden(made.policy, "write")
    refuse_unmapped(made)
    with Folder(Path(out)) as folder:
        writer = RunWriter(folder, taken.limits, taken.headers, _labels(labels))
        head, _ = first_chunks(verdict.chunk for verdict in made.again())
        writer.begin(made, head)
        for verdict in made.again():
            writer.add(made, verdict, writer.prepare(made, verdict, texts_of(made, verdict, verdict.good)))
        return _or_raise(_finished(made, writer, folder, taken), taken)


def write_with_content(  # noqa: PLR0913  # one keyword for each thing that callers differ in
    plan: Plan,
    source: Source,
    out: Path,
    options: WriteOptions,
    *,
    labels: Any = None,
    whole: bool = False,
    values: str = "show",
    policy: Policy | None = None,
    watch: Watch | None = None,
) -> Written:
    """The same, for callers that show the report too. `whole` has the source in memory, so that it is read once; `watch` is
    told how far it is."""
    with Folder(out) as folder:
        writer = RunWriter(folder, options.limits, options.headers, _labels(labels))

        def begin(made: Run, head: list[Chunk]) -> None:
            refuse_unmapped(made)
            writer.begin(made, head)

        binding = bind_source(plan, source)
        made = run(
            plan,
            source,
            policy or Policy(),
            keep=False,
            whole=whole,
            values=values,
            binding=binding,
            sink=writer,
            start=begin,
            watch=watch,
        )
        return _finished(made, writer, folder, options)


def refuse_unmapped(made: Run) -> None:
    """Raise UsageError where columns feed no field and the plan does not say that they are dropped."""
    if made.plan.unmapped == "drop" or not made.binding.unmapped:
        return
    stated = {one.column for one in made.plan.columns if one.field is None}
    names = [made.binding.header[number] for number in made.binding.unmapped]
    left = [name for name in names if name not in stated and not is_blank(name)]  # no field is made of a header that is not there
    if left:
        shown = ", ".join(f'"{name[:40]}"' for name in left[:10]) + (f" and {len(left) - 10} more" if len(left) > 10 else "")
        raise UsageError(
            f"{len(left)} column{'s feed' if len(left) > 1 else ' feeds'} no field: {shown}. The live product makes a new field of "
            f'an unknown header, so nothing is written. Give --column "{left[0][:40]}=FIELD", or leave them out with '
            "--unmapped drop"
        )


def _labels(index: Any) -> Any:
    return None if index is None else lambda row: index[row]


def _finished(made: Run, writer: RunWriter, folder: Folder, options: WriteOptions) -> Written:
    assert writer.parts is not None
    parts = writer.close()
    content = content_of(made, VERSION, labels=writer.labels)
    summary = content.summary
    if not options.allows(summary.rejected, summary.records):
        for name in [*(part.name for part in parts), "rows.parquet"]:
            folder.drop(name)
        folder.finish(None)
        return Written(content, None)
    record = _record(made, writer, content, options)
    folder.finish(record.to_json())
    return Written(content, Receipt(folder.path, record))


def _record(made: Run, writer: RunWriter, content: Content, options: WriteOptions) -> ReceiptRecord:
    assert writer.parts is not None
    assert writer.rejected is not None
    parts, rejected = tuple(writer.parts.parts), writer.rejected.rows
    return record_of(made, content.summary.to_json(), options, run=writer.run, parts=parts, rejected=rejected)


def record_of(
    made: Run, summary: dict[str, Any], options: WriteOptions, *, run: str, parts: tuple[PartLine, ...], rejected: int
) -> ReceiptRecord:
    """The content of the receipt of a run, whichever engine wrote it."""
    header = written_header(made, options.headers)
    feeds = [made.binding.feeds[number] for number in made.sent]
    plan = made.plan
    return ReceiptRecord(
        preflight=VERSION,
        run=run,
        entity_type=plan.contract.entity_type,
        operation=plan.operation.value if plan.operation else None,
        match_key=plan.match_key,
        plan_digest=plan.digest,
        source=asdict(made.source.line()),
        summary=summary,
        columns=tuple((name, feed.field.name) for name, feed in zip(header, feeds, strict=True)),
        headers=options.headers,
        parts=parts,
        rejected=rejected,
        left_out=tuple(made.binding.feeds[number].field.name for number in sorted(made.facts.left_out)),
        definition=asdict(plan),
        sources=tuple((feed.field.name, None if feed.column is None else made.binding.header[feed.column]) for feed in feeds),
        answers={feed.field.name: asdict(made.facts.answers[number]) for number, feed in zip(made.sent, feeds, strict=True)},
    )


def _or_raise(written: Written, options: WriteOptions) -> Receipt:
    if written.receipt is None:
        summary = written.content.summary
        raise RejectedRows(
            f"{summary.rejected:,} of {summary.records:,} rows are rejected, more than max_rejected ({options.max_rejected}) "
            "allows; only rejected.csv was written"
        )
    return written.receipt
