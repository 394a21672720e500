"""A study's section ``wrds`` -> the tables, columns and days to ask WRDS for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from alliance_value.contracts.problems import Problem, nearest, raise_if
from alliance_value.study.measures import (
    measure_of,
    own_market,
)
from alliance_value.study.needs import fetched_files, required_columns
from alliance_value.study.schema import Mapped

# What a name of a schema, table or column may be, here and on the server.
IDENTIFIER = re.compile(r"[a-z_][a-z0-9_]{0,62}")


@dataclass(frozen=True)
class Known:
    """A table of WRDS that a reader knows.

    Parameters
    ----------
    schema, table
        Where it is.
    columns
        What its reader reads, the key first.
    key
        How many of the columns are the key, by which the rows are sorted.
    date
        The column whose years the table is fetched by; without one it is fetched
        whole, since matching needs the whole history of links and names.
    security
        The column of securities, where only the linked ones are fetched.
    """

    schema: str
    table: str
    columns: tuple[str, ...]
    key: int
    date: str = ""
    security: str = ""


def columns(text: str) -> tuple[str, ...]:
    """Return the words of a text."""
    return tuple(text.split())


KNOWN = {
    "compustat_funda": Known(
        "comp",
        "funda",
        columns(
            "gvkey datadate indfmt datafmt popsrc consol fyear fyr curcd costat "
            "tic cusip cik conm sich at sale"
        ),
        6,
        date="datadate",
    ),
    # the latest industry and place of each firm, for the study's table of firms
    "compustat_company": Known(
        "comp", "company", columns("gvkey conm sic naics state city fic"), 1
    ),
    "compustat_segments": Known(
        "comp",
        "wrds_segmerged",
        columns("gvkey datadate srcdate stype sid snms sales sics1"),
        5,
        date="datadate",
    ),
    "ccm_lnkhist": Known(
        "crsp",
        "ccmxpf_lnkhist",
        columns("gvkey linkdt lpermno linkprim linktype liid lpermco linkenddt"),
        3,
    ),
    "crsp_dsenames": Known(
        "crsp",
        "dsenames",
        columns("permno namedt nameendt permco ncusip comnam shrcd exchcd siccd"),
        2,
    ),
    "crsp_dsedelist": Known(
        "crsp", "dsedelist", columns("permno dlstdt dlstcd dlret"), 2
    ),
    "crsp_dsf": Known(
        "crsp",
        "dsf",
        columns("permno date permco prc ret shrout"),
        2,
        date="date",
        security="permno",
    ),
    "crsp_dsi": Known("crsp", "dsi", columns("date vwretd ewretd"), 1, date="date"),
    # the tables of CRSP's newer format, CIZ
    "crsp_names_v2": Known(
        "crsp",
        "stksecurityinfohist",
        columns(
            "permno secinfostartdt secinfoenddt permco cusip issuernm sharetype "
            "primaryexch siccd"
        ),
        2,
    ),
    "crsp_delistings_v2": Known(
        "crsp",
        "stkdelists",
        columns("permno delistingdt deldlydt delactiontype delret"),
        2,
    ),
    "crsp_dsf_v2": Known(
        "crsp",
        "dsf_v2",
        columns("permno dlycaldt permco dlyprc dlyret dlyretmissflg dlydelflg shrout"),
        2,
        date="dlycaldt",
        security="permno",
    ),
    "factors_daily": Known(
        "ff", "factors_daily", columns("date mktrf smb hml rf umd"), 1, date="date"
    ),
    "fivefactors_daily": Known(
        "ff",
        "fivefactors_daily",
        columns("date mktrf smb hml rmw cma rf umd"),
        1,
        date="date",
    ),
}
LINKS, STATEMENTS = "ccm_lnkhist", "compustat_funda"
NAMES = ("crsp_dsenames", "crsp_names_v2")
# what is fetched too where trading volume is studied
VOLUMES = {"crsp_dsf": ("vol",), "crsp_dsf_v2": ("dlyvol",)}


@dataclass(frozen=True)
class Request:
    """One table as a study asks for it; every name in it is an `IDENTIFIER`.

    Parameters
    ----------
    name
        Its file, without the ending.
    schema, table
        Where it is on the server.
    columns
        What to fetch, in the file's order.
    key
        The columns by which the rows are sorted, before all others.
    date
        The column that holds the days, or nothing.
    first, last
        Days wanted as YYYY-MM-DD, both included.
    security
        The column by which rows of linked securities alone are fetched, or nothing.
    """

    name: str
    schema: str
    table: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    date: str
    first: str
    last: str
    security: str

    @property
    def place(self) -> str:
        """Return the table's name on the server."""
        return f"{self.schema}.{self.table}"


def requests(study: Mapped) -> dict[str, Request]:
    """Return what a resolved study asks of WRDS, by the name of the file.

    Raises
    ------
    UserError
        A name cannot be one of a table or column, days do not exist or are in the
        wrong order, a table is not known and not described; all at once.
    """
    section = study["sources"].get("wrds")
    if section is None:
        return {}
    problems: list[Problem] = []
    if "simulate" in study["sources"]:
        problems.append(
            Problem(
                rule="simulate and wrds exclude each other",
                remedy="keep the one that the data come from",
                where="sources",
            )
        )
    pending = {}
    for name, asked in section["tables"].items():
        where = f"sources.wrds.tables.{name}"
        request = request_of(name, {**section, **asked}, study, where, problems)
        if request is not None:
            pending[name] = request
    for name, request in pending.items():
        if request.security and LINKS not in section["tables"]:
            problems.append(
                Problem(
                    rule=f"its securities are those linked to firms, but {LINKS} is "
                    "not among the tables",
                    remedy=f"add '{LINKS}: {{}}' to the tables, or write "
                    "'securities: all'",
                    where=f"sources.wrds.tables.{name}",
                )
            )
    raise_if(problems, f"the study file of '{study['study']}'")
    return pending


def request_of(
    name: str,
    asked: Mapping[str, Any],
    study: Mapped,
    where: str,
    problems: list[Problem],
) -> Request | None:
    """Return one table's request, or note why there can be none."""
    before = len(problems)
    known = KNOWN.get(name)
    if known is None:
        absent = [key for key in ("schema", "table", "columns") if key not in asked]
        if absent:
            problems.append(
                Problem(
                    rule=f"'{name}' is no table that is known here, and its "
                    f"{', '.join(absent)} {'is' if len(absent) == 1 else 'are'} "
                    "not given",
                    remedy=f"{nearest(name, KNOWN)} Any other table needs schema, "
                    "table and columns.",
                    where=where,
                )
            )
            return None
        known = Known(asked["schema"], asked["table"], tuple(asked["columns"]), 0)
    wanted = [*known.columns, *asked.get("columns", ())]
    if name == STATEMENTS:
        wanted += statement_columns(study, name)
    if own_market(measure_of(study.get("event_study", {}))):
        wanted += VOLUMES.get(name, ())
    day = asked.get("date_column", known.date)
    if day:
        wanted.append(day)
    request = Request(
        name=name,
        schema=asked.get("schema", known.schema),
        table=asked.get("table", known.table),
        columns=tuple(dict.fromkeys(wanted)),
        key=known.columns[: known.key],
        date=day,
        first=asked["from"],
        last=asked["to"],
        security=known.security if asked.get("securities") != "all" else "",
    )
    for text in (request.schema, request.table, *request.columns):
        if not IDENTIFIER.fullmatch(text):
            problems.append(
                Problem(
                    rule="this can be no name of a schema, table or column",
                    remedy="write it in small letters, digits and underscores, as "
                    "WRDS does",
                    where=where,
                    value=text,
                )
            )
    problems += day_problems(request, where)
    return request if len(problems) == before else None


def day_problems(request: Request, where: str) -> list[Problem]:
    """Return what is wrong with the days wanted."""
    problems = []
    for key, text in (("from", request.first), ("to", request.last)):
        try:
            date.fromisoformat(text)
        except ValueError:
            problems.append(
                Problem(
                    rule=f"'{key}' is no day of the calendar",
                    remedy="write it as 1998-01-31",
                    where=where,
                    value=text,
                )
            )
    if not problems and request.first > request.last:
        problems.append(
            Problem(
                rule=f"it begins on {request.first}, after its end on {request.last}",
                remedy="put 'from' before 'to'",
                where=where,
            )
        )
    return problems


def statement_columns(study: Mapped, name: str) -> list[str]:
    """Return the columns of the statements that a study refers to, as WRDS has them.

    Where the study's firm-years come from another file, none is needed; columns that
    the table of firms names are its own.
    """
    source = study["sources"]["firm_years"]
    files = [source["file"]] if isinstance(source["file"], str) else source["file"]
    fetched = fetched_files(study)
    if name not in {fetched.get(file) for file in files}:
        return []
    of_firms = study["sources"].get("firms", {}).get("columns", {})
    uses = [use for use in required_columns(study) if use not in of_firms]
    needed = [source["columns"].get(use, use) for use in uses]
    keys = [source["entity"], source["time"], source.get("period_end")]
    return sorted({*needed, *source["text"], *filter(None, keys)})
