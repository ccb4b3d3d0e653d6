"""Which columns mean which fields: stated before exact field names before labels before aliases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from preflight.contract.field import Contract, Field
from preflight.contract.names import fold, is_blank, listed, nearest, quoted
from preflight.contract.options import ColumnMapping

__all__ = ["Matching", "Rank", "is_own", "match_header", "meanings", "names_of"]

_OWN = "preflight_"


class Rank(IntEnum):
    """How sure it is that a column means a field; the lowest number wins."""

    STATED = 0
    NAME = 1
    LABEL = 2
    ALIAS = 3


@dataclass(slots=True)
class Matching:
    """What became of each column of a header.

    `fed`: field name to (column, rank). `tied`: field name to the columns that mean it equally, none of which feeds it. `lost`:
    column to the field that a better column feeds. `unclear`: column to the fields between which its header does not choose.
    `unsent` are stated as not sent, `own` are preflight's own, `blank` have no header. `absent` are
    stated and not in the header. `faults` are sentences.
    """

    header: tuple[str, ...]
    fed: dict[str, tuple[int, Rank]] = field(default_factory=dict)
    tied: dict[str, tuple[int, ...]] = field(default_factory=dict)
    lost: dict[int, str] = field(default_factory=dict)
    unclear: dict[int, tuple[str, ...]] = field(default_factory=dict)
    unsent: set[int] = field(default_factory=set)
    own: set[int] = field(default_factory=set)
    blank: list[int] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def unmapped(self) -> tuple[int, ...]:
        """The columns that no field takes and that are neither preflight's own nor stated as not sent."""
        taken = {column for column, _ in self.fed.values()} | self.unsent | self.own
        return tuple(column for column in range(len(self.header)) if column not in taken)


def is_own(header: str) -> bool:
    """Whether a column is one that preflight itself adds to files, such as ``preflight_errors``."""
    return header.strip().casefold().startswith(_OWN)


def names_of(one: Field) -> tuple[tuple[str, Rank], ...]:
    """All names of a field with their rank: its own, its label, its aliases."""
    label = ((one.label, Rank.LABEL),) if one.label else ()
    return ((one.name, Rank.NAME), *label, *((alias, Rank.ALIAS) for alias in one.aliases))


def meanings(contract: Contract) -> Mapping[str, Mapping[str, Rank]]:
    """For each folded name the fields that it means, with the best rank of each."""
    found: dict[str, dict[str, Rank]] = {}
    for one in contract.fields:
        for name, rank in names_of(one):
            ranks = found.setdefault(fold(name), {})
            ranks[one.name] = min(rank, ranks.get(one.name, rank))
    found.pop("", None)
    return found


def match_header(contract: Contract, columns: Iterable[ColumnMapping], header: tuple[str, ...], /) -> Matching:
    """Every column of a header matched to the fields; `columns` are stated. Never raises: what cannot be is among the faults."""
    made = Matching(header)
    claims: dict[str, list[tuple[Rank, int]]] = {}
    stated = _match_stated(contract, columns, made, claims)
    known = meanings(contract)
    for column, text in enumerate(header):
        if column in stated:
            continue
        if is_own(text):
            made.own.add(column)
        elif is_blank(text):
            made.blank.append(column)
        else:
            _match_one(contract, known, column, text, made, claims)
    for name in contract.names:
        _settle(name, sorted(claims.get(name, ())), made)
    return made


def _match_stated(
    contract: Contract, columns: Iterable[ColumnMapping], made: Matching, claims: dict[str, list[tuple[Rank, int]]]
) -> set[int]:
    """Places the stated pairs; the columns that they name."""
    stated: set[int] = set()
    fields: dict[str, str] = {}
    for pair in columns:
        named = _columns_named(pair.column, made)
        if stated.intersection(named):
            made.faults.append(f"the column {quoted(pair.column)} is stated twice; state it once")
            continue
        stated.update(named)
        if pair.field is None:
            made.unsent.update(named)
        elif contract.field(pair.field) is None:
            made.faults.append(f"{quoted(pair.field)} is no field of {contract.entity_type}")
        elif pair.field in fields:
            both = listed((fields[pair.field], pair.column))
            made.faults.append(f"the columns {both} are both stated for the field {pair.field}; state one of them")
        else:
            fields[pair.field] = pair.column
            claims[pair.field] = [(Rank.STATED, column) for column in named]
    if made.absent:
        which = "column {} is" if len(made.absent) == 1 else "columns {} are"
        made.faults.append(
            f"the stated {which.format(listed(made.absent))} not in the header; the header has {listed(made.header)}"
        )
    return stated


def _columns_named(stated: str, made: Matching) -> tuple[int, ...]:
    """The columns with exactly this header, else the one column whose header folds to the same."""
    exact = tuple(column for column, text in enumerate(made.header) if text == stated)
    if exact:
        return exact
    folded = fold(stated)
    alike = tuple(column for column, text in enumerate(made.header) if folded and fold(text) == folded)
    if len(alike) == 1:
        return alike
    if alike:
        several = listed([made.header[column] for column in alike])
        made.faults.append(f"the stated column {quoted(stated)} may be {several}; state it exactly")
        return ()
    close = nearest(stated, made.header)
    if close:
        made.faults.append(f"the stated column {quoted(stated)} is not in the header; did you mean {listed(close, last='or')}?")
    else:
        made.absent.append(stated)
    return ()


def _match_one(
    contract: Contract,
    known: Mapping[str, Mapping[str, Rank]],
    column: int,
    text: str,
    made: Matching,
    claims: dict[str, list[tuple[Rank, int]]],
) -> None:
    ranks = known.get(fold(text))
    if not ranks:
        return
    best = min(ranks.values())
    fields = [name for name, rank in ranks.items() if rank == best]
    if len(fields) > 1 and contract.field(text) is not None:
        fields = [text]
    if len(fields) == 1:
        claims.setdefault(fields[0], []).append((best, column))
    else:
        made.unclear[column] = tuple(fields)


def _settle(name: str, claims: Iterable[tuple[Rank, int]], made: Matching) -> None:
    """One field and the columns that mean it: the best feeds it, the others have lost; where two are best, none feeds it."""
    ranked = list(claims)
    best = [column for rank, column in ranked if rank == ranked[0][0]]
    if len(best) == 1:
        made.fed[name] = (best[0], ranked[0][0])
    elif best:
        made.tied[name] = tuple(best)
    made.lost.update((column, name) for _, column in ranked if column not in best)
