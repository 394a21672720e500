"""A request + WRDS's PostgreSQL -> a Parquet file, fetched in parts that survive."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import adbc_driver_manager
import pyarrow as pa

from alliance_value.contracts.problems import Problem, UserError, nearest, raise_if
from alliance_value.sources.wrds_connection import Server, connected, first_line
from alliance_value.sources.wrds_store import Store
from alliance_value.sources.wrds_tables import Request

# PostgreSQL's types -> what they are fetched as. Exact decimals become doubles, as
# Stata and SAS have them; a time of day is dropped.
FETCHED_AS = (
    dict.fromkeys(("int2", "int4", "int8"), "bigint")
    | dict.fromkeys(("numeric", "float4", "float8"), "double precision")
    | dict.fromkeys(("date", "timestamp", "timestamptz"), "date")
    | dict.fromkeys(("text", "varchar", "bpchar", "char", "name", "bool"), "text")
)
ARROW = {"bigint": pa.int64(), "double precision": pa.float64()} | {
    "date": pa.date32(),
    "text": pa.string(),
}
WHOLE = "whole"  # the one part of a table that has no days
BROKEN = (adbc_driver_manager.Error, pa.ArrowException, OSError)
SUBJECT = "the tables of WRDS"


def fetch(
    request: Request,
    asked: Sequence[Request],
    server: Server,
    folder: str | Path,
    output: str | Path,
    tell: Callable[[str], None],
    *,
    securities: Sequence[int] | None = None,
    vintage: str = "",
) -> int:
    """Fetch one table, going on where an earlier run stopped.

    Before the first row of any table is fetched, all tables that the study asks for
    are looked up, so that whatever is missing is reported at once. A table with days
    is fetched year by year. Rows are sorted by key, then by all other columns, text by
    its bytes: the file is the same however often the work was interrupted.

    Parameters
    ----------
    request
        The table.
    asked
        All tables of the study.
    server
        Where they are.
    folder
        Where parts and the finished table are kept.
    output
        The file to make, from one moment to the next.
    tell
        Reports progress.
    securities
        Those wanted, where the request is for linked ones.
    vintage
        The study's word for the state of the data; another word fetches again.

    Returns
    -------
    int
        Rows of the file.

    Raises
    ------
    UserError
        No connection, tables or columns missing or closed to the user, a connection
        that broke, or a table without a row.
    """
    chosen = sorted(set(map(int, securities or ())))
    store = Store(
        folder,
        {
            "host": server.host,
            "port": server.port,
            "dbname": server.dbname,
            "vintage": vintage,
            **asdict(request),
            "securities": chosen if request.security else "all",
        },
    )
    rows = store.finished()
    if rows is None:
        with connected(server) as connection:
            types = look_up(connection, asked)[request.name]
            store.begin(types)
            rows = fetch_parts(connection, request, types, chosen, store, tell)
    else:
        tell(f"{request.name} is here already ({rows:,} rows)")
    if rows == 0:
        days = f" from {request.first} to {request.last}" if request.date else ""
        problem = Problem(
            rule=f"the table has no row{days}"
            + (f" of the {len(chosen):,} securities" if request.security else ""),
            remedy=f"check sources.wrds.tables.{request.name}",
            where=request.place,
        )
        raise UserError([problem], SUBJECT)
    store.deliver(output)
    return rows


def fetch_parts(
    connection: Any,
    request: Request,
    types: dict[str, str],
    securities: Sequence[int],
    store: Store,
    tell: Callable[[str], None],
) -> int:
    """Fetch the parts that are not there yet, and make the table of all.

    Returns
    -------
    int
        Rows of the table.
    """
    schema = pa.schema([(name, ARROW[types[name]]) for name in request.columns])
    parts = spans(request)
    kept = [part for part in parts if store.has(part)]
    if kept:
        tell(f"{request.name}: {len(kept)} of {len(parts)} parts are here already")
    part = ""
    try:
        for done, part in enumerate(parts, start=1):
            if part in kept:
                continue
            query = select(request, types, parts[part], securities)
            with connection.cursor() as cursor:
                cursor.execute(query)
                batches = cursor.fetch_record_batch()
                rows = store.add(part, schema, plain(batches, schema))
            tell(f"{request.name} {part}: {rows:,} rows ({done} of {len(parts)} parts)")
        return store.assemble(list(parts), schema)
    except BROKEN as error:
        raise UserError([interrupted(error, request, part)], SUBJECT) from None


def plain(
    batches: Iterable[pa.RecordBatch], schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    """Yield batches without what the driver notes beside their columns."""
    for batch in batches:
        yield pa.RecordBatch.from_arrays(batch.columns, schema=schema)


def spans(request: Request) -> dict[str, tuple[str, str]]:
    """Return a request's parts: each year's days, or the whole of a table."""
    if not request.date:
        return {WHOLE: ("", "")}
    first, last = date.fromisoformat(request.first), date.fromisoformat(request.last)
    return {
        f"{year:04}": (
            max(first, date(year, 1, 1)).isoformat(),
            min(last, date(year, 12, 31)).isoformat(),
        )
        for year in range(first.year, last.year + 1)
    }


def select(
    request: Request,
    types: dict[str, str],
    days: tuple[str, str],
    securities: Sequence[int],
) -> str:
    """Return the query of one part, its rows in an order that leaves nothing open."""
    chosen = ", ".join(
        f"CAST({quoted(name)} AS {types[name]}) AS {quoted(name)}"
        for name in request.columns
    )
    order = ", ".join(
        quoted(name) + (' COLLATE "C"' if types[name] == "text" else "")
        for name in dict.fromkeys([*request.key, *request.columns])
    )
    place = f"{quoted(request.schema)}.{quoted(request.table)}"
    conditions = []
    if request.date:
        day = quoted(request.date)  # as it is, so that the server can use its index
        begin, end = (date.fromisoformat(text).isoformat() for text in days)
        conditions += [f"{day} >= DATE '{begin}'"]
        conditions += [f"{day} < DATE '{end}' + 1"]
    if request.security:
        numbers = ",".join(str(int(number)) for number in securities)
        conditions += [f"{quoted(request.security)} = ANY('{{{numbers}}}'::bigint[])"]
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"SELECT {chosen} FROM {place}{where} ORDER BY {order}"


def quoted(name: str) -> str:
    """Return a name as SQL quotes it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as SQL quotes it."""
    return "'" + text.replace("'", "''") + "'"


def look_up(connection: Any, asked: Sequence[Request]) -> dict[str, dict[str, str]]:
    """Return what each column is fetched as: name of the request -> column -> type.

    Raises
    ------
    UserError
        Every table and column that is missing, closed to the user or of a type that
        is not read.
    """
    places = ", ".join(
        f"({literal(schema)}, {literal(table)})"
        for schema, table in sorted({(r.schema, r.table) for r in asked})
    )
    try:
        held = answers(connection, COLUMNS.format(places=places))
        schemas = sorted({r.schema for r in asked})
        listed = answers(
            connection, TABLES.format(schemas=", ".join(map(literal, schemas)))
        )
    except BROKEN as error:
        problem = Problem(
            rule=f"the list of tables could not be read: {first_line(str(error))}",
            remedy="run the same command again",
        )
        raise UserError([problem], SUBJECT) from None
    catalogue: dict[tuple[str, str], dict[str, tuple[str, bool]]] = {}
    for schema, table, column, kind, allowed in held:
        catalogue.setdefault((schema, table), {})[column] = (kind, allowed)
    tables: dict[str, list[str]] = {}
    for schema, table in listed:
        tables.setdefault(schema, []).append(table)
    problems: list[Problem] = []
    types: dict[str, dict[str, str]] = {}
    for request in asked:
        columns = catalogue.get((request.schema, request.table))
        if columns is None:
            problems.append(no_table(request, tables))
            continue
        problems += column_problems(request, columns)
        types[request.name] = {
            name: FETCHED_AS.get(columns[name][0], "text")
            for name in request.columns
            if name in columns
        }
    raise_if(problems, SUBJECT)
    return types


# pg_catalog lists what the user may not read too, and so tells it from what is not.
COLUMNS = """
SELECT CAST(n.nspname AS text), CAST(c.relname AS text), CAST(a.attname AS text),
       CAST(COALESCE(base.typname, t.typname) AS text),
       has_schema_privilege(n.oid, 'USAGE')
         AND has_column_privilege(c.oid, a.attnum, 'SELECT')
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a
  ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_type base ON t.typtype = 'd' AND base.oid = t.typbasetype
WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f')
  AND (CAST(n.nspname AS text), CAST(c.relname AS text)) IN ({places})
"""
TABLES = """
SELECT CAST(n.nspname AS text), CAST(c.relname AS text)
FROM pg_catalog.pg_namespace n
LEFT JOIN pg_catalog.pg_class c
  ON c.relnamespace = n.oid AND c.relkind IN ('r', 'v', 'm', 'p', 'f')
WHERE CAST(n.nspname AS text) IN ({schemas})
ORDER BY 1, 2
"""


def answers(connection: Any, query: str) -> list[tuple[Any, ...]]:
    """Return the rows of a small query."""
    with connection.cursor() as cursor:
        cursor.execute(query)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def no_table(request: Request, tables: dict[str, list[str]]) -> Problem:
    """Return the problem of a table, or its schema, that the server does not have."""
    where = f"sources.wrds.tables.{request.name}"
    if request.schema not in tables:
        return Problem(
            rule=f"the server has no schema '{request.schema}'",
            remedy="give the schema in which your institution has the table "
            f"'{request.table}', or take the table out of the study",
            where=where,
        )
    known = [name for name in tables[request.schema] if name]
    return Problem(
        rule=f"the server has no table {request.place}",
        remedy=f"{nearest(request.table, known)} Give its schema and table, or take "
        "it out of the study",
        where=where,
    )


def column_problems(
    request: Request, columns: dict[str, tuple[str, bool]]
) -> list[Problem]:
    """Return the columns that a table lacks, closes to the user, or that are odd."""
    where = f"sources.wrds.tables.{request.name}"
    held = [name for name in request.columns if name in columns]
    problems = [
        Problem(
            rule=f"{request.place} has no column '{name}'",
            remedy=nearest(name, columns),
            where=where,
        )
        for name in request.columns
        if name not in columns
    ]
    closed = [name for name in held if not columns[name][1]]
    if closed:
        what = "" if len(closed) == len(held) else f"'s {', '.join(closed)}"
        problems.append(
            Problem(
                rule=f"your account may not read {request.place}{what}",
                remedy="ask your institution's WRDS representative whether it has the "
                "licence, or take it out of the study",
                where=where,
            )
        )
    problems += [
        Problem(
            rule=f"column '{name}' of {request.place} is of the type "
            f"{columns[name][0]}, which is not read",
            remedy="leave it out",
            where=where,
        )
        for name in held
        if columns[name][0] not in FETCHED_AS
    ]
    if request.date in columns and columns[request.date][0] not in (
        "date",
        "timestamp",
        "timestamptz",
    ):
        problems.append(
            Problem(
                rule=f"column '{request.date}' of {request.place} holds no days",
                remedy="give another date_column",
                where=where,
            )
        )
    return problems


def interrupted(error: Exception, request: Request, part: str) -> Problem:
    """Return the problem of a part that did not arrive."""
    text = first_line(str(error))
    if isinstance(error, OSError) and error.errno:
        return Problem(
            rule=f"the part {part} could not be written: {error.strerror}",
            remedy="make room on the disk and run the same command again",
            where=request.place,
        )
    if "permission denied" in text.lower():
        return Problem(
            rule=f"your account may not read it ({text})",
            remedy="ask your institution's WRDS representative whether it has the "
            "licence",
            where=request.place,
        )
    return Problem(
        rule=f"the part {part} did not arrive: {text}",
        remedy="run the same command again: it goes on with this part, those before "
        "it are kept",
        where=request.place,
    )
