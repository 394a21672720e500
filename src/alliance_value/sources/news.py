"""A table of other news of securities -> security, date and kind, and rejects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from alliance_value.contracts.problems import Problem, gathered, raise_if
from alliance_value.contracts.rejects import collect
from alliance_value.sources.columns import find_columns, texts
from alliance_value.sources.dated_columns import days
from alliance_value.sources.identifiers import without_decimals
from alliance_value.sources.judged_rows import judged
from alliance_value.sources.listings import bearers
from alliance_value.sources.raw_table import RawTable
from alliance_value.sources.read_file import read_files
from alliance_value.study.spec import layout_of
from alliance_value.vocabulary.entries import reader


@reader(
    "news",
    of="confounds",
    label="other news of securities",
    reads="One row per piece of news of a security.",
    takes=("security", "date", "kind"),
    repairs=("Rows without security or readable day are rejected.",),
    stops=("Columns are absent.", "No row is left."),
)
def news(
    paths: Sequence[str],
    said: Mapping[str, Any],
    listings: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame | None, pd.DataFrame]:
    """Read other news that may confound an event, such as earnings and dividends.

    Parameters
    ----------
    paths
        Files with one row per piece of news; none is no list at all.
    said
        What the study says of them: the columns security, date and kind, and how the
        files are written.
    listings
        Which security an identifier stood for on which days.

    Returns
    -------
    news : pandas.DataFrame or None
        security (text), date, kind.
    rejected : pandas.DataFrame
        Rows without security (or one of the listings) or readable day.

    Raises
    ------
    UserError
        Columns are missing, or a file has no row that can be used; of all files.
    """
    parts: list[pd.DataFrame] = []
    log: list[pd.DataFrame] = []
    problems: list[Problem] = []
    for raw in read_files(paths, layout_of(said)):
        with gathered(problems):
            table, rejected = news_in(raw, said, listings)
            parts.append(table)
            log += rejected
    raise_if(problems, "the other news")
    return pd.concat(parts, ignore_index=True) if parts else None, collect(log)


def news_in(
    raw: RawTable, said: Mapping[str, Any], listings: pd.DataFrame | None
) -> tuple[pd.DataFrame, list[pd.DataFrame]]:
    """Return the news of one file, and parts of rejects."""
    spelled = {name: (said[name].lower(),) for name in ("security", "date", "kind")}
    kind = {"kind": spelled.pop("kind")}
    headings = find_columns(raw, spelled, kind)
    problems: list[Problem] = []
    table = pd.DataFrame(
        {
            "security": without_decimals(texts(raw, headings["security"])),
            "date": days(raw, headings["date"], problems),
            "kind": texts(raw, headings["kind"]) if "kind" in headings else "news",
        }
    )
    raise_if(problems, f"reading {raw.file}")
    rules = [
        ("security", "security_missing", table.security.isna()),
        ("date", "date_missing_or_unreadable", table.date.isna()),
    ]
    if listings is not None:
        table["security"], bore = bearers(table.security, table.date, listings)
        rules += [
            ("security", "no_listing_on_the_day", bore.eq(0)),
            ("security", "several_listings_on_the_day", bore.gt(1)),
        ]
    return judged(raw, table, headings, rules)
