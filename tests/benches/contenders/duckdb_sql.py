"""DuckDB: the whole work in SQL."""

from __future__ import annotations

import duckdb
from layout import KEY, Column

from contenders.grammar import PATTERNS, allowed, arguments, canonical


def clean(column: Column) -> str:
    """The SQL of the cells in their one form; what cannot be read stays as it is."""
    text = f"trim(\"{column.header}\", ' \t\r\n')"
    match column.type:
        case "domain":
            text = f"regexp_replace(regexp_replace(lower({text}), '^(https?://)?(www\\.)?', ''), '[/?#:].*$', '')"
        case "email":
            text = f"lower({text})"
        case "integer" | "number":
            text = f"replace(replace({text}, '$', ''), ',', '')"
        case "date":
            text = f"replace({text}, '/', '-')"
        case "boolean" | "picklist":
            cases = " ".join(f"WHEN '{writing}' THEN '{value}'" for writing, value in canonical(column).items())
            text = f"CASE lower({text}) {cases} ELSE {text} END"
        case "string" if not column.multiline:
            text = rf"regexp_replace({text}, '\s+', ' ', 'g')"
    return f"nullif({text}, '') AS {column.name}"


def is_bad(column: Column) -> str:
    """The SQL that is true where a clean cell breaks a rule."""
    name = column.name
    tests = [f"{name} IS NULL"] if column.required else []
    if column.type in PATTERNS:
        tests.append(f"NOT regexp_matches({name}, '{PATTERNS[column.type]}')")
    elif column.type == "date":
        tests.append(f"({name} IS NOT NULL AND try_strptime({name}, '%Y-%m-%d') IS NULL)")
    elif allowed(column):
        tests.append(f"{name} NOT IN ({', '.join(repr(value) for value in allowed(column))})")
    if column.max_length is not None:
        tests.append(f"length({name}) > {column.max_length}")
    if name == KEY:
        tests.append(f"({name} IS NOT NULL AND count(*) OVER (PARTITION BY {name}) > 1)")
    return f"coalesce({' OR '.join(tests) or 'false'}, false) AS {name}"


source, out, shape = arguments()
names = [column.name for column in shape.columns]
rejected = " OR ".join(f"b.{name}" for name in names)
cells = ", ".join(f"c.{name}" for name in names)
writings = "(HEADER, DELIMITER ',')"
sql = duckdb.connect()
sql.execute(f"CREATE TABLE raw AS SELECT row_number() OVER () - 1 AS n, * FROM read_csv('{source}', all_varchar=true, header=true)")
sql.execute(f"CREATE TABLE cells AS SELECT n, {', '.join(clean(column) for column in shape.columns)} FROM raw")
sql.execute(f"CREATE TABLE bad AS SELECT n, {', '.join(is_bad(column) for column in shape.columns)} FROM cells")
sql.execute(
    f"COPY (SELECT {cells} FROM cells c JOIN bad b USING (n) WHERE NOT ({rejected}) ORDER BY n) TO '{out}/good.csv' {writings}"
)
sql.execute(
    f"COPY (SELECT raw.* EXCLUDE n FROM raw JOIN bad b USING (n) WHERE {rejected} ORDER BY n) TO '{out}/rejected.csv' {writings}"
)
found = " UNION ALL ".join(f"SELECT n AS row, '{name}' AS field FROM bad WHERE {name}" for name in names)
sql.execute(f"COPY (SELECT * FROM ({found}) ORDER BY row) TO '{out}/findings.csv' {writings}")
