"""The tables of the benches: their columns, and the ways in which a cell is broken.

Standard library alone, so that it costs no contender anything.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["BOOLEANS", "COUNTRIES", "INDUSTRIES", "KEY", "SHAPES", "WAYS", "Column", "Shape", "Way", "shape_of"]

KEY = "domain"
INDUSTRIES = (
    "Software", "Retail", "Banking", "Insurance", "Energy", "Mining", "Logistics", "Healthcare", "Education", "Telecommunications",
    "Manufacturing", "Hospitality", "Agriculture", "Construction", "Media",
)  # fmt: skip
COUNTRIES = (
    "Germany", "France", "Spain", "Italy", "Poland", "Sweden", "Norway", "Denmark", "Austria", "Belgium", "Portugal", "Ireland",
    "United Kingdom", "United States", "Canada", "Mexico", "Brazil", "Argentina", "Japan", "Australia", "India", "Singapore",
    "Netherlands", "Switzerland", "Czechia", "Finland",
)  # fmt: skip
BOOLEANS = {
    "true": "true", "yes": "true", "y": "true", "1": "true",
    "false": "false", "no": "false", "n": "false", "0": "false",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the CSV and the field that it feeds. `type` is a field type of the contract."""

    name: str
    header: str
    type: str
    required: bool = False
    max_length: int | None = None
    values: tuple[str, ...] = ()
    multiline: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """A way to break the cells of a column: the code that must be found, and texts to choose from; `#` is the row's number."""

    name: str
    column: str
    code: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """A table: its columns, and which share of its rows is broken; a share of 1 breaks every cell."""

    name: str
    columns: tuple[Column, ...]
    share: float

    @property
    def breaks_all(self) -> bool:
        """Whether every cell is faulty."""
        return self.share >= 1


_ACCOUNTS = (
    Column("account_id", "Account Key", "id", required=True),
    Column("account_name", "Company", "string", required=True),
    Column("domain", "Website", "domain", required=True),
    Column("contact_email", "Contact E-Mail", "email"),
    Column("employees", "Employees", "integer"),
    Column("annual_revenue", "Annual Revenue", "number"),
    Column("is_customer", "Is Customer", "boolean"),
    Column("founded", "Founded", "date"),
    Column("industry", "Industry", "picklist", values=INDUSTRIES),
    Column("country", "Country", "picklist", values=COUNTRIES),
    Column("city", "City", "string", max_length=40),
    Column("about", "About", "string", max_length=80, multiline=True),
)
_EXTRA_TYPES = ("string", "integer", "number", "date", "boolean", "picklist")


def _extra(number: int) -> Column:
    kind = _EXTRA_TYPES[number % len(_EXTRA_TYPES)]
    values = INDUSTRIES if kind == "picklist" else ()
    length = 40 if kind == "string" else None
    return Column(f"custom_{number:02d}", f"Custom {number:02d}", kind, max_length=length, values=values)


_NARROW = tuple(column for column in _ACCOUNTS if column.name in ("account_id", "account_name", "domain", "employees"))
_WIDE = _ACCOUNTS + tuple(_extra(number) for number in range(48))

SHAPES = {
    shape.name: shape
    for shape in (
        Shape("clean", _ACCOUNTS, 0.0),
        Shape("faulty", _ACCOUNTS, 0.03),
        Shape("all-faulty", _ACCOUNTS, 1.0),
        Shape("narrow", _NARROW, 0.03),
        Shape("wide", _WIDE, 0.03),
        Shape("wide-all-faulty", _WIDE, 1.0),
    )
}

_LONG = "on and on " * 8
WAYS = (
    Way("name-missing", "account_name", "PF401", ("", "  ")),
    Way("key-missing", "domain", "PF501", ("",)),
    Way("domain-malformed", "domain", "PF313", ("acme #.com", "acme#", "acme#..com")),
    Way("domain-is-address", "domain", "PF313", ("info@acme#.com",)),
    Way("email-syntax", "contact_email", "PF307", ("jane.doe#(at)acme.com", "jane@doe@acme#.com", "@acme#.com")),
    Way("integer-band", "employees", "PF302", ("51-200", "5000+", "#-900000000")),
    Way("integer-word", "employees", "PF302", ("12k", "about #")),
    Way("decimal-word", "annual_revenue", "PF303", ("12 Mio.", "#.50.2", "roughly #")),
    Way("boolean-word", "is_customer", "PF304", ("maybe", "perhaps #")),
    Way("date-impossible", "founded", "PF305", ("2023-02-30", "2021-13-01", "2022-04-31")),
    Way("date-word", "founded", "PF305", ("soon", "after # years")),
    Way("not-on-list", "industry", "PF405", ("Space mining #", "Sheep")),
    Way("too-long", "about", "PF403", (_LONG + "#",)),
    Way("duplicate-key", "domain", "PF502", ()),
)
"""The 14 ways in which rows of a faulty table are broken."""

_ANYWHERE = {
    "id": ("PF401", ("",)),
    "domain": ("PF313", ("acme #.com", "acme#", "info@acme#.com")),
    "email": ("PF307", ("jane.doe#(at)acme.com", "jane@doe@acme#.com")),
    "integer": ("PF302", ("51-200", "12k", "about #")),
    "number": ("PF303", ("12 Mio.", "#.50.2", "roughly #")),
    "boolean": ("PF304", ("maybe", "perhaps #")),
    "date": ("PF305", ("2023-02-30", "soon", "after # years")),
    "picklist": ("PF405", ("Space mining #", "Sheep")),
}


def way_for(column: Column) -> Way:
    """How the cells of a column are broken where every cell is."""
    if column.name == "account_name":
        return WAYS[0]
    if column.max_length is not None:
        return Way("long-anywhere", column.name, "PF403", (_LONG[: column.max_length] + "#",))
    code, texts = _ANYWHERE[column.type]
    return Way(f"{column.type}-anywhere", column.name, code, texts)


def shape_of(name: str) -> Shape:
    """The shape of that name. Raises SystemExit with the names there are."""
    if name not in SHAPES:
        raise SystemExit(f'there is no shape "{name}"; wanted one of {", ".join(SHAPES)}')
    return SHAPES[name]
