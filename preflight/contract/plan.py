"""The plan: everything that is decided before any data is read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from preflight.contract.answers import read_answers
from preflight.contract.field import Answers, Contract, Field, FieldType, Operation
from preflight.contract.matching import names_of
from preflight.contract.names import fold, is_blank, listed, nearest, quoted
from preflight.contract.options import ColumnMapping, PlanOptions, read_options
from preflight.errors import PlanError

__all__ = ["DUPLICATES", "UNMAPPED", "ColumnMapping", "Plan", "make_plan", "plan_of"]

DUPLICATES = ("reject", "first", "last")
UNMAPPED = ("refuse", "drop")


@dataclass(frozen=True)
class Plan:
    """Contract, operation, match key and column mappings, with the answers and policies of a run.

    Frozen and picklable. `columns` are the stated pairs; headers that they do not name are matched by field name, label and
    alias. `constants` are (field, value) pairs for fields that no column feeds. `blank` names optional fields whose unrepairable
    cells are sent as blank, or is ("optional",). `unmapped` is refuse or drop, `duplicates` reject, first or last.
    """

    contract: Contract
    operation: Operation | None = None
    match_key: str | None = None
    columns: tuple[ColumnMapping, ...] = ()
    constants: tuple[tuple[str, str], ...] = ()
    answers: Answers = Answers()
    blank: tuple[str, ...] = ()
    duplicates: str = "reject"
    unmapped: str = "refuse"

    @property
    def digest(self) -> str:
        """The SHA-256 of everything in the plan, as hexadecimal digits: equal plans have equal digests."""
        text = json.dumps(_plain(self), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def answers_for(self, field: Field) -> Answers:
        """The answers for one column: the field's own over those of the plan."""
        return field.answers.over(self.answers)

    def with_operation(self, operation: Operation) -> Plan:
        """The same plan for another operation."""
        return replace(self, operation=operation)

    @property
    def one_of(self) -> tuple[tuple[str, ...], ...]:
        """The groups of fields of which each row needs one, as far as the operation asks for them: none on update."""
        return () if self.operation is Operation.UPDATE else self.contract.one_of

    def is_required(self, field: Field) -> bool:
        """Whether a row without this field is rejected, the column being mapped. A field of a `one_of` group is not by itself."""
        return field.required and not any(field.name in group for group in self.contract.one_of)

    def may_blank(self, field: Field) -> bool:
        """Whether an unrepairable cell of the field is sent as blank: never the match key, never a required field."""
        if field.name == self.match_key or self.is_required(field) or any(field.name in group for group in self.contract.one_of):
            return False
        return field.name in self.blank or "optional" in self.blank


def _plain(value: object) -> object:
    return asdict(value) if hasattr(value, "__dataclass_fields__") else value  # type: ignore[call-overload]


_NEVER_A_KEY = {"activities": ("person_id",)}
"""Fields that many rows of one file share: a person has many activities (`assumptions.py`: match_key.activities)."""

_KEY_TYPES = (FieldType.ID, FieldType.DOMAIN, FieldType.EMAIL)


def make_plan(  # noqa: PLR0913  # one keyword for each thing that a plan decides; `plan_of` takes them as one value
    contract: Contract,
    /,
    *,
    operation: str | None = None,
    match_key: str | None = None,
    columns: Mapping[str, str | None] | Iterable[ColumnMapping] = (),
    set: Mapping[str, object] | None = None,
    answers: Answers | Mapping[str, object] | None = None,
    blank: str | Iterable[str] = (),
    duplicates: str | None = None,
    unmapped: str | None = None,
) -> Plan:
    """The plan for a contract. `answers` may be given as the words of the options: dates, timezone, locale, percent, time_in_date.

    Raises PlanError with every fault: an unknown operation; a match key that is unknown, missing or not asked for; fields that the
    contract lacks; two columns for one field; words that are no answers; a blank policy for a field that must not be blank.
    """
    mappings = () if isinstance(columns, Mapping) else tuple(columns)
    pairs = columns if isinstance(columns, Mapping) else {one.column: one.field for one in mappings}
    words = asdict(answers) if isinstance(answers, Answers) else dict(answers or {})
    if "scale" in words:
        words["percent"] = words.pop("scale")
    stated = {
        "operation": operation,
        "match_key": match_key,
        "columns": pairs,
        "set": dict(set or {}),
        "blank": blank if isinstance(blank, str) else tuple(blank),
        "duplicates": duplicates,
        "unmapped": unmapped,
    }
    options, faults = read_options(stated | {key: value for key, value in words.items() if value is not None})
    return _made(contract, options, [*_twice(mappings), *faults])


def plan_of(contract: Contract, options: PlanOptions, /, faults: Iterable[str] = ()) -> Plan:
    """The plan that options state. Raises PlanError with the given faults of the options and every further one."""
    return _made(contract, options, list(faults))


def _twice(columns: Sequence[ColumnMapping]) -> Iterator[str]:
    names = [one.column for one in columns]
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        yield f"the column {quoted(name)} is stated {names.count(name)} times; state it once"


def _made(contract: Contract, options: PlanOptions, faults: list[str]) -> Plan:
    answers, wrong = read_answers(dict(options.answers))
    operation = _operation(options.operation)
    if options.operation is not None and operation is None:
        faults.append(f"the operation is {quoted(options.operation)}; wanted insert, update or upsert")
    else:
        faults += _key_use_faults(contract, operation, options.match_key)
    faults += _key_faults(contract, options.match_key)
    faults += [*_column_faults(contract, options), *_constant_faults(contract, options), *wrong]
    faults += _zone_faults(contract, answers)
    faults += _word_faults("duplicates", options.duplicates, DUPLICATES)
    faults += _word_faults("unmapped", options.unmapped, UNMAPPED)
    plan = Plan(
        contract=contract,
        operation=operation,
        match_key=options.match_key,
        columns=options.columns,
        constants=options.constants,
        answers=answers,
        blank=options.blank,
        duplicates=(options.duplicates or DUPLICATES[0]).lower(),
        unmapped=(options.unmapped or UNMAPPED[0]).lower(),
    )
    faults += _blank_faults(plan)
    if faults:
        raise PlanError(tuple(dict.fromkeys(faults)))
    return plan


def _operation(word: str | None) -> Operation | None:
    return next((one for one in Operation if word is not None and one.value == word.strip().lower()), None)


def _key_use_faults(contract: Contract, operation: Operation | None, key: str | None) -> Iterator[str]:
    """Whether the operation asks for a match key."""
    if key is None and operation in (Operation.UPDATE, Operation.UPSERT):
        usual = listed(_usual_keys(contract)[:3], last="or")
        yield f"an {operation} needs a match key, and none is given; wanted a field such as {usual}"
    elif key is not None and operation is Operation.INSERT:
        yield f"an insert takes no match key, but {quoted(key)} is given; leave it out, or choose update or upsert"
    elif key is not None and operation is None:
        yield f"the match key {quoted(key)} is given without an operation; wanted update or upsert beside it"


def _key_faults(contract: Contract, key: str | None) -> Iterator[str]:
    if key is not None and contract.field(key) is None:
        yield f"the match key {_unknown(contract, key)}"
    elif key in _NEVER_A_KEY.get(contract.entity_type, ()):
        usual = listed(_usual_keys(contract), last="or")
        yield f"{key} is no match key for {contract.entity_type}: many rows share one; wanted {usual}"


def _usual_keys(contract: Contract) -> list[str]:
    never = _NEVER_A_KEY.get(contract.entity_type, ())
    return [one.name for one in contract.fields if one.type in _KEY_TYPES and one.name not in never]


def _unknown(contract: Contract, name: str) -> str:
    """The sentence, after what it is about, for a name that is no field; with the field that it labels, or near ones."""
    folded = fold(name)
    owners = {known: one.name for one in contract.fields for known, _ in names_of(one)}
    meant = [owner for known, owner in owners.items() if folded and fold(known) == folded]
    near_names = nearest(name, contract.names) or tuple(owners[known] for known in nearest(name, owners, count=1))
    close = tuple(dict.fromkeys(meant))[:1] or near_names
    near = f"did you mean {listed(close, last='or')}?" if close else f"the fields are {', '.join(contract.names[:20])}"
    return f"{quoted(name)} is no field of {contract.entity_type}; {near}"


def _column_faults(contract: Contract, options: PlanOptions) -> Iterator[str]:
    feeders: dict[str, str] = {}
    for one in options.columns:
        if one.field is None:
            continue
        if contract.field(one.field) is None:
            yield f"the column {quoted(one.column)}: {_unknown(contract, one.field)}"
        elif one.field in feeders:
            both = listed((feeders[one.field], one.column))
            yield f"the columns {both} are both stated for the field {one.field}; state one of them"
        else:
            feeders[one.field] = one.column


def _constant_faults(contract: Contract, options: PlanOptions) -> Iterator[str]:
    fed = {one.field: one.column for one in options.columns if one.field is not None}
    names = [name for name, _ in options.constants]
    for name, value in options.constants:
        if contract.field(name) is None:
            yield f"the value for every row (set): {_unknown(contract, name)}"
        elif name in fed:
            yield f"{name} has both a value for every row (set) and the column {quoted(fed[name])}; state one of them"
        elif is_blank(value):
            yield f"the value for every row of {name} (set) is blank; wanted a value"
        elif names.count(name) > 1:
            yield f"{name} has {names.count(name)} values for every row (set); state one of them"


def _zone_faults(contract: Contract, answers: Answers) -> Iterator[str]:
    if answers.time_in_date == "zone" and not any(one.answers.over(answers).timezone for one in contract.fields):
        yield 'time_in_date is "zone", which means the day in a time zone, but timezone is not given; give it too'


def _word_faults(name: str, word: str | None, words: tuple[str, ...]) -> Iterator[str]:
    if word is not None and word.lower() not in words:
        yield f"{name} is {quoted(word)}; wanted {', '.join(words[:-1])} or {words[-1]}"


def _blank_faults(plan: Plan) -> Iterator[str]:
    for name in plan.blank:
        one = plan.contract.field(name)
        if one is None:
            if name != "optional":
                yield f"blank: {_unknown(plan.contract, name)}"
        elif not plan.may_blank(one):
            yield f"blank: {name} is {_why_kept(plan, one)} and is never sent as blank; take it off the list"


def _why_kept(plan: Plan, one: Field) -> str:
    return "the match key" if one.name == plan.match_key else "required"
