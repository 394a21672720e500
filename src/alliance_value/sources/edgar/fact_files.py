"""The SEC's companyfacts, one JSON file per registrant -> filings and facts."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl

from alliance_value.contracts.problems import Problem, UserError, gathered, raise_if
from alliance_value.sources.archives import members
from alliance_value.sources.edgar.filings import Filings, annual_form, month_end
from alliance_value.sources.edgar.statement_files import FACT, rejected
from alliance_value.sources.text_file import unpacked

# Days of a year: 52 weeks less some, 53 weeks and some
YEAR_DAYS = (350, 380)
STANDARD = ("us-gaap", "ifrs-full")
FACT_CELLS = ("cik", "adsh", "tag", "uom", "start", "end", "value", "file", "row")
REMEDY = "fetch it again from the SEC's companyfacts"


def read_fact_files(
    paths: Sequence[str], tags: Collection[str], forms: Sequence[str]
) -> Filings:
    """Read companyfacts of several registrants, plain or within gzip.

    A duration of 350 to 380 days is a year of 52 or 53 weeks or 12 months; other
    durations are left out. Facts have no dimensions there.

    Raises
    ------
    UserError
        With the problems of all files: no JSON, or not of a registrant's facts.
    """
    problems: list[Problem] = []
    listed: list[dict[str, Any]] = []
    held: list[dict[str, Any]] = []
    for path in map(Path, paths):
        with gathered(problems):
            for name, file in members(path, ""):
                with gathered(problems):
                    facts_of(file, name, {*tags}, forms, listed, held)
    raise_if(problems, "the SEC's companyfacts")
    log: list[pd.DataFrame] = []
    filings = pd.DataFrame(listed)
    filings["filed"] = days(filings.filed)
    lost = filings.filed.isna()
    log.append(rejected(filings[lost], "filed", "date_missing_or_unreadable"))
    filings = filings[~lost]
    again = filings.duplicated(["cik", "adsh"])
    log.append(rejected(filings[again], "adsh", "filing_stands_again"))
    filings = filings[~again].reset_index(drop=True)
    facts = pd.DataFrame(held, columns=[*FACT_CELLS])
    start, end = days(facts.start), days(facts.end)
    unread = end.isna() | (start.isna() & facts.start.notna())
    log.append(rejected(facts[unread], "end", "date_missing_or_unreadable"))
    length = (end - start).dt.days + 1
    facts["ddate"] = month_ends(end)
    facts["qtrs"] = length.between(*YEAR_DAYS).map({True: 4, False: -1})
    facts["qtrs"] = facts.qtrs.mask(facts.start.isna(), 0).astype("int64")
    facts = facts[~unread & facts.qtrs.ge(0)]
    keys = pd.MultiIndex.from_frame(filings[["cik", "adsh"]])
    closing = facts.sort_values("qtrs").groupby(["cik", "adsh", "qtrs"]).ddate.max()
    closing = closing.groupby(["cik", "adsh"]).last()
    filings["period"] = closing.reindex(keys).to_numpy("datetime64[us]")
    return Filings(
        filings=filings.assign(sic=pd.Series(pd.NA, filings.index, dtype="string")),
        facts=facts.drop_duplicates(FACT, keep="last")[[*FACT, "value"]],
        dimensioned=facts.loc[[], FACT[:-1]],
        rejected=log,
        listed=len(listed),
    )


def days(cells: pd.Series) -> pd.Series:
    """Return days of texts such as 2009-12-31, missing where they are none."""
    return pd.to_datetime(cells, format="%Y-%m-%d", errors="coerce").astype(
        "datetime64[us]"
    )


def month_ends(closing: pd.Series) -> pd.Series:
    """Return the nearest ends of months."""
    frame = pl.DataFrame({"day": closing.to_numpy()}).cast(pl.Date)
    nearest = frame.select(month_end(pl.col("day"))).to_series().to_pandas()
    return pd.Series(nearest.to_numpy("datetime64[us]"), closing.index)


def facts_of(
    path: Path,
    name: str,
    tags: set[str],
    forms: Sequence[str],
    listed: list[dict[str, Any]],
    held: list[dict[str, Any]],
) -> None:
    """Add a registrant's filings, and the facts of some tags in its annual reports.

    Raises
    ------
    UserError
        The file is no JSON of a registrant's facts.
    """
    subject = f"reading {name}"
    try:
        with unpacked(path) as stream:
            record = json.loads(stream.read())
    except (ValueError, EOFError) as error:
        problem = Problem(f"is no readable JSON ({error})", REMEDY, name)
        raise UserError([problem], subject) from None
    place = 0
    filings: dict[str, dict[str, Any]] = {}
    try:
        cik, firm = str(record["cik"]).zfill(10), str(record["entityName"])
        for taxonomy, known in record["facts"].items():
            for tag, units in known.items():
                wanted = taxonomy in STANDARD and tag in tags
                for unit, facts in units["units"].items():
                    for fact in facts:
                        place += 1
                        adsh, form = str(fact["accn"]), str(fact["form"])
                        if adsh not in filings:
                            filings[adsh] = {"cik": cik, "adsh": adsh, "name": firm}
                            filings[adsh] |= {"form": form, "filed": fact["filed"]}
                            filings[adsh] |= {"file": name, "row": place}
                        if not wanted or annual_form(form) not in forms:
                            continue
                        days_of = (fact.get("start"), fact["end"])
                        number = float(fact["val"])
                        cells = (cik, adsh, tag, unit, *days_of, number, name, place)
                        held.append(dict(zip(FACT_CELLS, cells, strict=True)))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        rule = f"does not hold the facts of a registrant ({error!r})"
        raise UserError([Problem(rule, REMEDY, name)], subject) from None
    if not filings:
        raise UserError([Problem("holds no fact", REMEDY, name)], subject)
    listed += filings.values()
