"""Which column feeds which field: a plan bound to a header."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from preflight.contract.field import Field, FieldType, Operation
from preflight.contract.matching import Matching, Rank, match_header, names_of
from preflight.contract.names import distance, fold, is_near, listed, quoted
from preflight.contract.plan import Plan
from preflight.errors import PlanError
from preflight.findings import Severity

__all__ = ["Binding", "Feed", "How", "Note", "bind", "option_for"]


class How(StrEnum):
    """How a column came to its field."""

    EXACT = "exact"
    ALIAS = "alias"
    STATED = "stated"
    SET = "set"
    NOT_SENT = "not sent"


@dataclass(frozen=True, slots=True)
class Feed:
    """A field and what feeds it: the column number, or a constant."""

    field: Field
    how: How
    column: int | None = None
    constant: str | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """What is to be said about the header. Where `rejects` is true, it rejects every record."""

    code: str
    severity: Severity
    message: str
    column: str | None = None
    field: str | None = None
    suggestion: str | None = None
    rejects: bool = False


@dataclass(frozen=True, slots=True)
class Binding:
    """A plan's fields bound to a header: `feeds` in contract order, the numbers of `unmapped` columns, and the notes."""

    header: tuple[str, ...]
    feeds: tuple[Feed, ...]
    unmapped: tuple[int, ...]
    notes: tuple[Note, ...]


_HOW = {Rank.STATED: How.STATED, Rank.NAME: How.EXACT, Rank.LABEL: How.ALIAS, Rank.ALIAS: How.ALIAS}


def bind(plan: Plan, header: tuple[str, ...], /) -> Binding:
    """The plan bound to a header; columns `preflight_*` are passed over.

    Raises PlanError, with all faults, where the plan states what this header cannot give: a column that is not there, two columns
    for one field, a constant for a field that a column feeds. Whatever else is odd about the header is a note, never an exception.
    """
    made = match_header(plan.contract, plan.columns, header)
    constants = dict(plan.constants)
    faults = [*made.faults, *_constant_faults(constants, made)]
    if faults:
        raise PlanError(faults)
    feeds = tuple(feed for one in plan.contract.fields if (feed := _feed(one, made, constants)) is not None)
    fed = {feed.field.name for feed in feeds}
    near = dict(_near_columns(plan, made, fed))
    notes = (
        *(Note(code, Severity.WARNING, message, field=name) for code, name, message in plan.contract.notes),
        *_missing(plan, fed, made, near),
        *_near_notes(made, near),
        *_tied_notes(plan, made),
        *_duplicate_notes(made),
        *_blank_notes(made),
        *_unmapped_notes(made, near, drops=plan.unmapped == "drop"),
    )
    return Binding(header, feeds, made.unmapped, notes)


def option_for(column: str, field: str) -> str:
    """The option that maps a column to a field, ready to paste into a shell."""
    text = f"{column}={field}"
    bare = not any(one in text for one in "\"$`\\!'")
    return f'--column "{text}"' if bare else "--column '" + text.replace("'", "'\\''") + "'"


def _constant_faults(constants: dict[str, str], made: Matching) -> Iterator[str]:
    for name in constants:
        columns = (made.fed[name][0],) if name in made.fed else made.tied.get(name, ())
        if columns:
            texts = listed([made.header[column] for column in columns])
            which = f"the column {texts} means" if len(columns) == 1 else f"the columns {texts} mean"
            yield (
                f"{name} has a value for every row (--set), but {which} {name} too; "
                f'take the value away, or leave the column out with --column "{made.header[columns[0]]}="'
            )


def _feed(one: Field, made: Matching, constants: dict[str, str]) -> Feed | None:
    if one.name in made.fed:
        column, rank = made.fed[one.name]
        return Feed(one, _HOW[rank], column=column)
    return Feed(one, How.SET, constant=constants[one.name]) if one.name in constants else None


def _near_columns(plan: Plan, made: Matching, fed: set[str]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The columns whose header is close to the name of a field that nothing feeds, with that field, or several as close."""
    wanted: dict[str, list[tuple[str, str]]] = {}  # by their first letter, which near names share
    for one in plan.contract.fields:
        if one.name not in fed and one.name not in made.tied:
            for name, _ in names_of(one):
                wanted.setdefault(fold(name)[:1], []).append((fold(name), one.name))
    passed = {*made.lost, *made.blank, *made.unclear, *(column for several in made.tied.values() for column in several)}
    for column in made.unmapped:
        if column in passed:
            continue
        folded = fold(made.header[column])
        candidates = wanted.get(folded[:1], ()) if folded else ()
        close = [(apart, name) for one, name in candidates if (apart := _apart(made.header[column], folded, one)) is not None]
        if close:
            best = min(close)[0]
            yield column, tuple(dict.fromkeys(name for apart, name in close if apart == best))


def _apart(text: str, folded: str, name: str) -> int | None:
    """How far a header is from a name that it seems to mean; None where it does not. A custom field's ``__c`` is no difference."""
    if text.lower().endswith("__c") and folded[:-1] == name:
        return 0
    return distance(folded, name, 2) if is_near(folded, name) else None


def _missing(plan: Plan, fed: set[str], made: Matching, near: dict[int, tuple[str, ...]]) -> Iterator[Note]:
    """PF202 for each required field or group that nothing feeds, and PF505 for the match key: each rejects every record."""
    contract = plan.contract
    if plan.operation is not Operation.UPDATE:
        for one in contract.fields:
            if plan.is_required(one) and one.name not in fed and one.name not in made.tied:
                yield _missing_note("PF202", one, "which is required", made, near, constant=not _tells_rows_apart(plan, one))
        for group in plan.one_of:
            if not fed.intersection(group) and not any(name in made.tied for name in group):
                names = listed(group, last="or")
                message = f'no column feeds {names}, of which one is required; name a column with --column "X={group[0]}"'
                yield Note("PF202", Severity.ERROR, message, rejects=True)
    key = contract.field(plan.match_key or "")
    if (
        key is not None
        and key.name not in fed
        and key.name not in made.tied
        and plan.operation in (Operation.UPDATE, Operation.UPSERT)
    ):
        yield _missing_note("PF505", key, f"the match key of this {plan.operation}", made, near, constant=False)


def _tells_rows_apart(plan: Plan, one: Field) -> bool:
    """Whether one value in every row would make no sense: of the match key, of ids and addresses, of the domain of accounts."""
    kinds = (FieldType.ID, FieldType.EMAIL, *([FieldType.DOMAIN] if plan.contract.entity_type == "accounts" else []))
    return one.name == plan.match_key or one.type in kinds


def _missing_note(code: str, one: Field, why: str, made: Matching, near: dict[int, tuple[str, ...]], *, constant: bool) -> Note:
    label = f" ({quoted(one.label)})" if one.label else ""
    known = listed(tuple(dict.fromkeys(name for name, _ in names_of(one)))[:4], last="or")
    close = next((made.header[column] for column, names in near.items() if names == (one.name,)), None)
    option = option_for(close, one.name) if close else None
    value = f", or give all rows one value with --set {one.name}=VALUE" if constant else ""
    message = (
        f"no column feeds {one.name}{label}, {why}; headers such as {known} are recognised; "
        f"name a column with {option or option_for('X', one.name)}{value}"
    )
    return Note(code, Severity.ERROR, message, field=one.name, suggestion=option, rejects=True)


def _near_notes(made: Matching, near: dict[int, tuple[str, ...]]) -> Iterator[Note]:
    for column, fields in sorted((near | made.unclear).items()):
        text = made.header[column]
        options = [option_for(text, name) for name in fields]
        if len(fields) == 1:
            message = f"the header {quoted(text)} is close to {fields[0]}, which no column feeds; map it with {options[0]}"
        else:
            message = f"the header {quoted(text)} may mean {listed(fields, last='or')}; map it with {' or '.join(options)}"
        only = len(fields) == 1
        yield Note(
            "PF205",
            Severity.ERROR,
            f"{message}, or leave it out with {option_for(text, '')}",
            column=text,
            field=fields[0] if only else None,
            suggestion=options[0] if only else None,
        )


def _tied_notes(plan: Plan, made: Matching) -> Iterator[Note]:
    """PF203 where columns with one header would feed a field, PF206 where columns with different headers would. None feeds it."""
    for name, columns in made.tied.items():
        one = plan.contract.field(name)
        texts = [made.header[column] for column in columns]
        if len(set(texts)) == 1:
            message = f"{len(texts)} columns have the header {quoted(texts[0])}, and all mean {name}; rename or remove all but one"
            yield Note("PF203", Severity.ERROR, message, column=texts[0], field=name, rejects=True)
            continue
        option = option_for(texts[0], name)
        message = f"the columns {listed(texts)} all mean {name}, and none is sent; choose one, for instance with {option}"
        needed = one is not None and _is_needed(plan, one)
        yield Note("PF206", Severity.ERROR, message, column=texts[0], field=name, suggestion=option, rejects=needed)


def _is_needed(plan: Plan, one: Field) -> bool:
    """Whether a record cannot be sent without the field."""
    if one.name == plan.match_key:
        return True
    return plan.operation is not Operation.UPDATE and (plan.is_required(one) or any(one.name in group for group in plan.one_of))


def _duplicate_notes(made: Matching) -> Iterator[Note]:
    """PF203 as a warning: columns with one header of which none feeds a field."""
    told = {column for several in made.tied.values() for column in several} | set(made.blank)
    counts = Counter(made.header[column] for column in made.unmapped if column not in told)
    for text, count in counts.items():
        if count > 1:
            message = f"{count} columns have the header {quoted(text)}; no field takes them"
            yield Note("PF203", Severity.WARNING, message, column=text)


def _blank_notes(made: Matching) -> Iterator[Note]:
    if made.blank:
        shown = ", ".join(str(column + 1) for column in made.blank[:10]) + (" …" if len(made.blank) > 10 else "")
        what, it = ("column has", "it") if len(made.blank) == 1 else ("columns have", "them")
        yield Note(
            "PF204",
            Severity.WARNING,
            f"{len(made.blank):,} {what} no header (number {shown}), so no field takes {it}; give {it} one, or delete {it}",
        )


def _unmapped_notes(made: Matching, near: dict[int, tuple[str, ...]], *, drops: bool) -> Iterator[Note]:
    tied = {column for several in made.tied.values() for column in several}
    rest = [column for column in made.unmapped if column not in tied and column not in near and column not in made.unclear]
    texts = list(dict.fromkeys(made.header[column] for column in rest if column not in made.blank))
    if not texts:
        return
    what = "column is" if len(texts) == 1 else "columns are"
    message = f"{len(texts):,} {what} mapped to no field: {listed(texts, most=20)}"
    better = [
        f"{quoted(made.header[column])} means {name}, which {_feeder(made, name)} feeds" for column, name in made.lost.items()
    ]
    them, each = ("it", "it") if len(texts) == 1 else ("them", "each")
    option = option_for(texts[0], "FIELD")
    refused = f"write refuses {them} until {each} is mapped, as with {option}, or left out with --unmapped drop"
    yield Note("PF201", Severity.WARNING, "; ".join([message, *better[:5], *([] if drops else [refused])]))


def _feeder(made: Matching, name: str) -> str:
    return quoted(made.header[made.fed[name][0]]) if name in made.fed else "another column"
