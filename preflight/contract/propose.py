"""Proposals: which column probably means which field, from its header and from what its values look like.

A proposal is never used by itself: it goes into a plan file that a person reads. Where two readings are about as good, there
is none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from preflight.contract.field import Contract, Field, FieldType
from preflight.contract.matching import Rank, is_own, match_header, names_of
from preflight.contract.names import fold, is_blank, is_near, quoted, words

__all__ = ["ColumnEvidence", "Proposal", "propose", "resembles"]

THRESHOLD = 60
MARGIN = 10
_SURE = 95  # a field name, label or alias: only a tie can shake it
_RANK_SCORES = {Rank.NAME: 100, Rank.LABEL: 98, Rank.ALIAS: _SURE}
_RANK_WORDS = {Rank.NAME: "the field name", Rank.LABEL: "the label", Rank.ALIAS: "the alias"}
_NEAR = 85
_MOST_BY_WORDS = 80
_HARDLY = 0.1
_TELLING = frozenset({FieldType.EMAIL, FieldType.DOMAIN, FieldType.URL, FieldType.DATE, FieldType.DATETIME})
"""Types whose values are so particular that a column almost without them does not mean the field, whatever its name."""
_LONGEST = 200  # a longer header is a sentence, or an attack
_WEAK_WORDS = frozenset({"id", "name", "date", "type", "number", "code", "time", "value", "is", "of", "the", "no", "key"})
_ID_WORDS = frozenset({"id", "unique", "record", "uid", "uuid", "guid", "external", "key", "identifier", "row"})
_OWN_IDS = {"accounts": "account_id", "people": "person_id", "opportunities": "opportunity_id", "activities": "activity_id"}


@dataclass(frozen=True, slots=True)
class ColumnEvidence:
    """What the values of a column look like: shares from 0 to 1 of its filled cells. `distinct` is the share of distinct values."""

    filled: int = 0
    distinct: float = 0.0
    email: float = 0.0
    domain: float = 0.0
    url: float = 0.0
    date: float = 0.0
    boolean: float = 0.0
    integer: float = 0.0
    number: float = 0.0


@dataclass(frozen=True, slots=True)
class Proposal:
    """A column and the field it probably means, None for a column that is better not sent. `score` is from 0 to 100."""

    column: str
    field: str | None
    score: int
    reason: str
    runner_up: str | None = None


@dataclass(frozen=True, slots=True)
class _Name:
    """A header, or a name of a field, taken apart once."""

    text: str
    folded: str
    words: frozenset[str]
    rank: Rank = Rank.NAME

    @classmethod
    def of(cls, text: str, rank: Rank = Rank.NAME) -> _Name:
        return cls(text, fold(text), frozenset(words(text)), rank)


@dataclass(frozen=True, slots=True)
class _Reading:
    score: int
    column: str
    field: str
    reason: str


_EVIDENCE: Mapping[FieldType, tuple[tuple[str, ...], str, int]] = {
    FieldType.EMAIL: (("email",), "e-mail addresses", 75),
    FieldType.DOMAIN: (("domain", "url"), "web domains", 70),
    FieldType.URL: (("url",), "web addresses", 50),
    FieldType.DATE: (("date",), "dates", 40),
    FieldType.DATETIME: (("date",), "dates", 40),
    FieldType.BOOLEAN: (("boolean",), "yes or no", 30),
    FieldType.INTEGER: (("integer",), "whole numbers", 20),
    FieldType.NUMBER: (("number",), "numbers", 20),
    FieldType.CURRENCY: (("number",), "numbers", 20),
    FieldType.PERCENT: (("number",), "numbers", 20),
}
"""For each type that values can speak for: the shares that count (the greatest), their name, and the score they reach alone."""


def propose(
    contract: Contract, header: Sequence[str], evidence: Mapping[int, ColumnEvidence] | None = None, /
) -> tuple[Proposal, ...]:
    """One proposal for each distinct header, in order; no field is proposed twice. `evidence` is by column number, maybe partial.

    Columns `preflight_*` are passed over. A header that occurs more than once cannot be told apart in a plan: no field.
    """
    counts = Counter(header)
    places = {text: column for column, text in reversed(tuple(enumerate(header))) if not is_own(text)}
    shown = evidence or {}
    fields = [(one, [_Name.of(*name) for name in names_of(one)]) for one in contract.fields]
    own = _OWN_IDS.get(contract.entity_type)
    readings = [
        reading
        for text, column in places.items()
        if counts[text] == 1 and not is_blank(text) and len(text) <= _LONGEST
        for name in (_Name.of(text),)
        for one, names in fields
        if (reading := _reading(name, one, names, shown.get(column), own=own == one.name)) is not None
    ]
    chosen, contested = _choose(readings)
    return tuple(
        _proposal(text, chosen.get(text), readings, contested, counts[text]) for text in dict.fromkeys(header) if text in places
    )


def _reading(header: _Name, one: Field, names: list[_Name], evidence: ColumnEvidence | None, *, own: bool) -> _Reading | None:
    """How well a column means a field, and why; None where nothing speaks for it. `own`: the field is the entity's identifier."""
    named, reason = _by_name(header, names)
    known = evidence if evidence is not None and evidence.filled else None
    score, share = named, None if known is None else _share(one, known)
    if share is not None:
        kind, alone = _EVIDENCE[one.type][1:]
        values = f"{round(share * 100)} % of the values are {kind}"
        if share < _HARDLY and not one.required and one.type in _TELLING:
            score, reason = min(named, THRESHOLD - 20), f"{reason}, but only {values}"
        elif share < 0.5:
            score, reason = named - 30 if named < _SURE else named - 20, f"{reason}, but only {values}"
        elif named:
            score, reason = max(named, min(_SURE - 1, named + round(15 * share))), f"{reason}, and {values}"
        else:
            score, reason = round(alone * share), values
    elif own and known is not None and known.distinct >= 0.99 and header.words <= _ID_WORDS:
        score, reason = max(score, 65), "the header says identifier, and the values are distinct"
    return _Reading(score, header.text, one.name, reason) if score > 0 else None


def _share(one: Field, evidence: ColumnEvidence) -> float | None:
    """How many of the values fit the type of the field; None where values say nothing about it."""
    if one.type not in _EVIDENCE:
        return None
    return max(float(getattr(evidence, name)) for name in _EVIDENCE[one.type][0])


def _by_name(header: _Name, names: list[_Name]) -> tuple[int, str]:
    """The score of the header alone, and why."""
    if not header.folded:
        return 0, "the header says nothing"
    scored = [(_name_score(header, name), name) for name in names if name.folded]
    (score, how), name = max(scored, key=lambda one: one[0][0], default=((0, ""), header))
    return (score, f"the header {how} {_RANK_WORDS[name.rank]} {quoted(name.text)}") if score else (0, "the header says nothing")


def _name_score(header: _Name, name: _Name) -> tuple[int, str]:
    """The score, and how the header stands to the name."""
    if header.folded == name.folded:
        return _RANK_SCORES[name.rank], "equals"
    if header.text.lower().endswith("__c") and header.folded[:-1] == name.folded:
        return _NEAR, "is, as a custom field,"
    if is_near(header.folded, name.folded):
        return _NEAR, "is close to"
    return _overlap(header.words, name.words), "shares words with"


def _overlap(mine: frozenset[str], theirs: frozenset[str]) -> int:
    """How much of two names is the same words, of which the common ones (id, name, date) count little."""
    shared = mine & theirs
    if not shared or _weight(shared) < 1:
        return 0
    return round(_MOST_BY_WORDS * _weight(shared) / _weight(mine | theirs))


def _weight(several: Iterable[str]) -> float:
    return sum(0.3 if one in _WEAK_WORDS else 1.0 for one in several)


def _choose(readings: list[_Reading]) -> tuple[dict[str, _Reading], dict[str, str]]:
    """One-to-one: the best readings first; a reading that does not beat the next by a margin is contested, and left to a person."""
    chosen: dict[str, _Reading] = {}
    contested: dict[str, str] = {}
    taken: set[str] = set()
    for one in sorted(readings, key=lambda reading: -reading.score):
        if one.score < THRESHOLD or one.column in chosen or one.column in contested or one.field in taken:
            continue
        rivals = [other for other in readings if _rivals(one, other) and other.field not in taken and other.column not in chosen]
        if not rivals:
            chosen[one.column] = one
            taken.add(one.field)
            continue
        contested[one.column] = f"{one.reason}, but {_rival_words(one, rivals[0])}"
        contested.update(
            (other.column, f"{other.reason}, but {_rival_words(other, one)}") for other in rivals if other.column != one.column
        )
        taken.update({one.field} if any(other.field == one.field for other in rivals) else ())
    return chosen, contested


def _rivals(one: _Reading, other: _Reading) -> bool:
    """Whether two readings of one column, or of one field, are about as good."""
    if (one.column == other.column) == (one.field == other.field):
        return False
    return other.score >= one.score if one.score >= _SURE else other.score > one.score - MARGIN


def _rival_words(one: _Reading, rival: _Reading) -> str:
    if one.column == rival.column:
        return f"{rival.field} fits about as well"
    return f"the column {quoted(rival.column)} fits {one.field} about as well"


def _proposal(text: str, chosen: _Reading | None, readings: list[_Reading], contested: Mapping[str, str], count: int) -> Proposal:
    mine = sorted((one for one in readings if one.column == text), key=lambda reading: -reading.score)
    if chosen is not None:
        second = next((one.field for one in mine if one.field != chosen.field), None)
        return Proposal(text, chosen.field, chosen.score, chosen.reason, second)
    best = mine[0] if mine else None
    if count > 1:
        reason = f"{count} columns have this header"
    elif best is None:
        reason = "no field is like it"
    elif text in contested:
        reason = contested[text]
    elif best.score >= THRESHOLD:
        reason = f"another column fits {best.field} better"
    else:
        reason = f"not sure enough for {best.field}: {best.reason}"
    return Proposal(text, None, best.score if best else 0, reason, best.field if best else None)


def resembles(header: Sequence[str], contracts: Iterable[Contract], /) -> tuple[str, int] | None:
    """The entity that a header resembles, and how many of its fields the header names; None where it is fewer than two or a tie.

    A column that several entities know says less about each; required fields that are there speak for the entity.
    """
    known = {one.entity_type: one for one in contracts}
    fed = {entity: match_header(one, (), tuple(header)).fed for entity, one in known.items()}
    knowing = Counter(column for matched in fed.values() for column, _ in matched.values())
    weights = {
        entity: sum(1 / knowing[column] for column, _ in matched.values()) + _share_required(known[entity], matched)
        for entity, matched in fed.items()
    }
    ranked = sorted(weights, key=lambda entity: -weights[entity])
    if not ranked or len(fed[ranked[0]]) < 2 or (len(ranked) > 1 and weights[ranked[0]] - weights[ranked[1]] < 1e-9):
        return None
    return ranked[0], len(fed[ranked[0]])


def _share_required(contract: Contract, matched: Mapping[str, object]) -> float:
    required = [one.name for one in contract.fields if one.required]
    return sum(name in matched for name in required) / len(required) if required else 0.0
