"""Tables of accounts to measure with, and what is wrong with them: the same bytes for the same shape and size, in bounded memory.

    python tests/benches/data.py FOLDER --shape faulty --rows 100000

Writes source.csv, fields.json, rules.toml and truth.npz. The truth is planted, never judged: which cells are broken is decided
before any cell is written.
"""

from __future__ import annotations

import argparse
import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from layout import COUNTRIES, INDUSTRIES, KEY, WAYS, Column, Shape, Way, shape_of, way_for

__all__ = ["BLOCK", "Faults", "iter_blocks", "plan_faults", "prepare"]

Array = Any
Ints = Any
BLOCK = 250_000
_SEED = 20_260_801

_SYLLABLES = (
    ("nor", "sil", "bri", "gran", "hel", "kes", "lum", "mar", "ost", "pel", "quin", "ros", "san", "tor", "ul", "ver", "wes", "yar"),
    ("da", "ve", "li", "mo", "nu", "ra", "sto", "ta", "vi", "zen", "cor", "be", "di", "fa", "gi", "ho", "ka", "lo"),
    ("wick", "ton", "berg", "dale", "field", "gate", "haven", "lund", "mark", "nova", "port", "ridge", "sen", "via", "worth", "ex"),
)  # fmt: skip
_WORDS = pa.array(["".join(parts) for parts in itertools.product(*_SYLLABLES)])
_TITLES = pc.utf8_title(_WORDS)
_KINDS = pa.array(["Systems", "Foods", "Logistics", "Energy", "Partners", "Textiles", "Optics", "Bank", "Motors", "Papier", "Labs"])
_FORMS = pa.array(["GmbH", "Ltd", "SA", "AB", "Oy", "BV", "plc", "& Co", "Group", "Corp"])
_FOREIGN = pa.array(["Müller", "Łódź", "Ærø", "Société", "Ñandú", "Žižkov", "東京", "Αθήνα", "Grün", "Çelik"])
_ENDINGS = pa.array(["com", "de", "io", "co.uk", "com.au", "fr", "net", "se"])
_FIRSTS = pa.array(
    ["anna", "bo", "carla", "dmitri", "elena", "farid", "greta", "hugo", "ines", "jonas", "kim", "lars", "maja", "nils"]
)
_CITIES = pa.array(
    ["Hamburg", "Lyon", "Malmö", "Kraków", "São Paulo", "Osaka", "Leeds", "Austin", "Zürich", "Gent", "Porto", "Turku"]
)
_OPENINGS = pa.array(
    ["Makes parts for", "Long a supplier of", "Sells to", "Advises", "Builds for", "Family firm near", "Ships for"]
)
_CLOSINGS = pa.array(
    ["since two generations", "in many other lands", "and its neighbours", "with great care", "by rail and road", "on demand"]
)


@dataclass(frozen=True, slots=True)
class Faults:
    """What is broken: the rows of each way, the rows whose key each of `copies` repeats (`copied`), and what must be found:
    `cells` are row * columns + column, ascending, with the `codes` beside them; `good` says which rows may be sent."""

    rows: dict[Way, Ints]
    copies: Ints
    copied: Ints
    cells: Ints
    codes: Any
    good: Any = field(repr=False)


def plan_faults(shape: Shape, rows: int, seed: int = _SEED) -> Faults:
    """Decide what is broken in a table."""
    nothing = np.zeros(0, dtype=np.int64)
    copies = copied = nothing
    if shape.breaks_all:
        broken = {way_for(column): np.arange(rows) for column in shape.columns}
    else:
        broken = _some_broken(shape, rows, np.random.default_rng([seed, 1]))
        rng = np.random.default_rng([seed, 2])
        copies = next((found for way, found in broken.items() if way.code == "PF502"), nothing)
        fine = np.ones(rows, dtype=bool)
        for found in broken.values():
            fine[found] = False
        copied = rng.choice(np.flatnonzero(fine), len(copies), replace=False)
    return _with_truth(shape, rows, broken, copies, copied)


def _some_broken(shape: Shape, rows: int, rng: Any) -> dict[Way, Ints]:
    """Some rows, each broken in one way or, three in ten, in two ways that concern different columns."""
    names = {column.name for column in shape.columns}
    ways = [way for way in WAYS if way.column in names]
    chosen = np.sort(rng.choice(rows, round(rows * shape.share), replace=False))
    first = rng.integers(0, len(ways), len(chosen))
    second = rng.integers(0, len(ways), len(chosen))
    column = np.array([[way.column for way in ways].index(way.column) for way in ways])
    twice = (rng.random(len(chosen)) < 0.3) & (column[first] != column[second])
    return {way: np.sort(np.append(chosen[first == at], chosen[twice & (second == at)])) for at, way in enumerate(ways)}


def _with_truth(shape: Shape, rows: int, broken: dict[Way, Ints], copies: Ints, copied: Ints) -> Faults:
    at = {column.name: number for number, column in enumerate(shape.columns)}
    told = [(way.code, at[way.column], found) for way, found in broken.items()]
    if len(copied):
        told.append(("PF502", at[KEY], copied))
    cells = np.concatenate([found * len(shape.columns) + number for _, number, found in told] or [np.zeros(0, dtype=np.int64)])
    codes = np.concatenate([np.full(len(found), int(code[2:]), dtype=np.int16) for code, _, found in told] or [cells])
    order = np.argsort(cells, kind="stable")
    good = np.ones(rows, dtype=bool)
    good[cells // len(shape.columns)] = False
    return Faults(broken, copies, copied, cells[order], codes[order], good)


def iter_blocks(shape: Shape, rows: int, faults: Faults, seed: int = _SEED) -> Iterator[tuple[list[Array], list[Array]]]:
    """Block by block the cells as they are written, and as they must be sent where they are good (null where blank)."""
    for start in range(0, rows, BLOCK):
        numbers = np.arange(start, min(rows, start + BLOCK))
        rng = np.random.default_rng([seed, 3, start])
        pairs = {column.name: _column(column, numbers, rng) for column in shape.columns}
        sent = [pairs[column.name][1] for column in shape.columns]
        cells = [_broken(column, pairs[column.name][0], numbers, faults) for column in shape.columns]
        yield cells, sent


def _broken(column: Column, cells: Array, numbers: Ints, faults: Faults) -> Array:
    """The cells with what is broken in them."""
    start, stop = int(numbers[0]), int(numbers[-1]) + 1
    for way, found in faults.rows.items():
        inside = found[np.searchsorted(found, start) : np.searchsorted(found, stop)]
        if way.column != column.name or not len(inside):
            continue
        if way.texts:
            texts = _texts(way, inside)
        else:
            texts = _domains(faults.copied[np.searchsorted(found, start) : np.searchsorted(found, stop)])
        mask = np.zeros(len(numbers), dtype=bool)
        mask[inside - start] = True
        cells = pc.replace_with_mask(cells, pa.array(mask), texts)
    return cells


def _texts(way: Way, rows: Ints) -> Array:
    which, numbers = rows % len(way.texts), pa.array(rows).cast("string")
    texts = []
    for text in way.texts:
        before, mark, after = text.partition("#")
        texts.append(_join(before, numbers, after) if mark else pa.repeat(text, len(rows)))
    return pc.choose(pa.array(which), *texts)


def _join(*parts: Any) -> Array:
    return pc.binary_join_element_wise(*parts, "")


def _mix(rng: Any, plain: Array, *variants: tuple[float, Array]) -> Array:
    """The plain cells, and with the given shares other writings of them."""
    drawn, below = rng.random(len(plain)), 0.0
    masks = []
    for share, _ in variants:
        masks.append(pa.array((drawn >= below) & (drawn < below + share)))
        below += share
    return pc.case_when(pc.make_struct(*masks), *(cells for _, cells in variants), plain)


def _some_blank(rng: Any, share: float, cells: Array, sent: Array) -> tuple[Array, Array]:
    blank = pa.array(rng.random(len(cells)) < share)
    return pc.if_else(blank, "", cells), pc.if_else(blank, pa.scalar(None, pa.string()), sent)


def _pick(rng: Any, pool: Array, length: int) -> Array:
    return pool.take(pa.array(rng.integers(0, len(pool), length)))


def _domains(numbers: Ints) -> Array:
    """The domain of each row, a function of its number alone, no two the same."""
    words = _WORDS.take(pa.array(numbers * 7_919 % len(_WORDS)))
    return _join(words, pa.array(numbers).cast("string"), ".", _ENDINGS.take(pa.array(numbers // 3 % len(_ENDINGS))))


def _column(column: Column, numbers: Ints, rng: Any) -> tuple[Array, Array]:
    if column.name in _MAKERS:
        return _MAKERS[column.name](numbers, rng)
    return _BY_TYPE[column.type](numbers, rng)


def _id(numbers: Ints, rng: Any) -> tuple[Array, Array]:
    sent = _join("A", pc.utf8_lpad(pa.array(numbers).cast("string"), 9, padding="0"))
    return sent, sent


def _name(numbers: Ints, rng: Any) -> tuple[Array, Array]:
    length = len(numbers)
    first, kind, form = _pick(rng, _TITLES, length), _pick(rng, _KINDS, length), _pick(rng, _FORMS, length)
    usual = _join(first, " ", kind, " ", form)
    sent = _mix(
        rng, usual, (0.06, _join(_pick(rng, _FOREIGN, length), " ", first, " ", form)), (0.05, _join(first, " ", kind, ", ", form))
    )
    spread = pc.replace_substring(sent, " ", "  ", max_replacements=1)
    return _mix(rng, sent, (0.05, _join("  ", sent, " ")), (0.03, spread)), sent


def _domain(numbers: Ints, rng: Any) -> tuple[Array, Array]:
    sent = _domains(numbers)
    return _mix(
        rng,
        sent,
        (0.25, _join("https://www.", sent, "/")),
        (0.15, _join("www.", sent)),
        (0.10, pc.utf8_upper(sent)),
        (0.08, _join("http://", sent, "/home")),
        (0.02, _join(" ", sent)),
    ), sent


def _email(numbers: Ints, rng: Any) -> tuple[Array, Array]:
    sent = _join(_pick(rng, _FIRSTS, len(numbers)), ".", _pick(rng, _WORDS, len(numbers)), "@", _domains(numbers))
    cells = _mix(rng, sent, (0.10, pc.utf8_title(sent)), (0.03, _join(sent, " ")))
    return _some_blank(rng, 0.05, cells, sent)


def _grouped(digits: Array) -> Array:
    """The digits in groups of three, by a comma."""
    for _ in range(3):
        digits = pc.replace_substring_regex(digits, r"^(\d+)(\d{3}(?:,\d{3})*(?:\.\d+)?)$", r"\1,\2")
    return digits


def _integer(numbers: Ints, rng: Any) -> tuple[Array, Array]:
    sent = pa.array((10 ** (rng.random(len(numbers)) * 5)).astype(np.int64)).cast("string")
    return _some_blank(rng, 0.05, _mix(rng, sent, (0.20, _grouped(sent)), (0.03, _join(" ", sent))), sent)


def _number(numbers: Ints, rng: Any) -> tuple[Array, Array]:
    whole = pa.array((10 ** (3 + rng.random(len(numbers)) * 5)).astype(np.int64)).cast("string")
    sent = _join(whole, ".", pa.array(rng.integers(10, 100, len(numbers))).cast("string"))
    cells = _mix(rng, sent, (0.15, _join("$", _grouped(sent))), (0.10, _grouped(sent)))
    return _some_blank(rng, 0.10, cells, sent)


def _boolean(numbers: Ints, rng: Any) -> tuple[Array, Array]:
    yes = pa.array(rng.random(len(numbers)) < 0.4)
    writings = (("true", "false"), ("Yes", "No"), ("TRUE", "FALSE"), ("1", "0"), ("y", "n"))
    chosen = pa.array(rng.integers(0, len(writings), len(numbers)))
    cells = pc.choose(chosen, *(pc.if_else(yes, *pair) for pair in writings))
    return _some_blank(rng, 0.05, cells, pc.if_else(yes, "true", "false"))


def _date(numbers: Ints, rng: Any) -> tuple[Array, Array]:
    days = pa.array(rng.integers(0, 20_000, len(numbers)).astype(np.int32), pa.date32())
    sent = days.cast("string")
    return _some_blank(rng, 0.05, _mix(rng, sent, (0.10, pc.replace_substring(sent, "-", "/"))), sent)


def _listed(pool: tuple[str, ...]) -> Any:
    values = pa.array(pool)

    def make(numbers: Ints, rng: Any) -> tuple[Array, Array]:
        sent = _pick(rng, values, len(numbers))
        cells = _mix(rng, sent, (0.06, pc.utf8_lower(sent)), (0.04, pc.utf8_upper(sent)), (0.03, _join(sent, " ")))
        return _some_blank(rng, 0.03, cells, sent)

    return make


def _city(numbers: Ints, rng: Any) -> tuple[Array, Array]:
    sent = _pick(rng, _CITIES, len(numbers))
    return _some_blank(rng, 0.05, _mix(rng, sent, (0.03, _join(sent, " "))), sent)


def _about(numbers: Ints, rng: Any) -> tuple[Array, Array]:
    length = len(numbers)
    opening, who, closing = _pick(rng, _OPENINGS, length), _pick(rng, _TITLES, length), _pick(rng, _CLOSINGS, length)
    plain = _join(opening, " ", who, " ", closing)
    sent = _mix(
        rng,
        plain,
        (0.03, _join(opening, " ", who, "\n", closing)),
        (0.03, _join(opening, ' "', who, '" ', closing)),
        (0.10, _join(opening, " ", who, ", ", closing)),
    )
    return _some_blank(rng, 0.10, _mix(rng, sent, (0.02, _join(" ", sent))), sent)


_MAKERS: dict[str, Any] = {
    "account_id": _id,
    "account_name": _name,
    "domain": _domain,
    "contact_email": _email,
    "industry": _listed(INDUSTRIES),
    "country": _listed(COUNTRIES),
    "city": _city,
    "about": _about,
}
_BY_TYPE: dict[str, Any] = {
    "string": _city,
    "integer": _integer,
    "number": _number,
    "date": _date,
    "boolean": _boolean,
    "picklist": _listed(INDUSTRIES),
}


def _csv(cells: list[Array]) -> bytes:
    """Records with quotes only where a cell needs them, lines ended by LF."""
    lines = pc.binary_join_element_wise(*(_quoted(column) for column in cells), ",")
    text = _join(lines, "\n")
    offsets = np.frombuffer(text.buffers()[1], dtype=np.int32)
    return bytes(memoryview(text.buffers()[2])[offsets[text.offset] : offsets[text.offset + len(text)]])


def _quoted(cells: Array) -> Array:
    needs = pc.match_substring_regex(cells, r'[",\r\n]')
    if not pc.any(needs).as_py():
        return cells
    return pc.if_else(needs, _join('"', pc.replace_substring(cells, '"', '""'), '"'), cells)


def _contract(shape: Shape) -> tuple[str, str]:
    """fields.json and rules.toml."""
    fields = [
        {
            "entity_type": "accounts",
            "field_name": one.name,
            "field_type": "string" if one.type in ("id", "domain", "email", "picklist") else one.type,
            "required": one.required,
        }
        for one in shape.columns
    ]
    lines = ['entity_type = "accounts"', "dated = 2026-11-24"]
    for one in shape.columns:
        lines += ["", f"[fields.{one.name}]", f'type = "{one.type}"', f'aliases = ["{one.header}"]', 'source = "the benches"']
        lines += [f"max_length = {one.max_length}"] * bool(one.max_length) + ["multiline = true"] * one.multiline
        lines += [f"values = {json.dumps(one.values)}"] * bool(one.values)
    return json.dumps(fields, indent=1) + "\n", "\n".join(lines) + "\n"


def prepare(folder: Path, shape: Shape, rows: int) -> None:
    """Write a table and its truth into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    faults = plan_faults(shape, rows)
    with (folder / "source.csv").open("wb") as stream:
        stream.write((",".join(column.header for column in shape.columns) + "\n").encode())
        for cells, _ in iter_blocks(shape, rows, faults):
            stream.write(_csv(cells))
    fields, rules = _contract(shape)
    (folder / "fields.json").write_text(fields, encoding="utf-8")
    (folder / "rules.toml").write_text(rules, encoding="utf-8")
    np.savez(folder / "truth.npz", cells=faults.cells, codes=faults.codes, good=faults.good)


def main() -> None:
    """Read the options and prepare one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--shape", default="faulty")
    parser.add_argument("--rows", type=int, default=100_000)
    chosen = parser.parse_args()
    prepare(chosen.folder, shape_of(chosen.shape), chosen.rows)


if __name__ == "__main__":
    main()
