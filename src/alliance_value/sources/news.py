"""A table of other news of securities -> security, date and kind of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from alliance_value.contracts.problems import Problem, raise_if
from alliance_value.sources.columns import find_columns, texts
from alliance_value.sources.dated_columns import days
from alliance_value.sources.identifiers import without_decimals
from alliance_value.sources.listings import bearers
from alliance_value.sources.raw_table import PLAIN
from alliance_value.sources.read_file import read_files
from alliance_value.study.spec import TableFile
from alliance_value.vocabulary.entries import reader


@reader(
    "news",
    of="confounds",
    label="other news of securities",
    reads="One row per piece of news of a security.",
    takes=("security", "date", "kind"),
    repairs=("Rows without security or readable day are left out.",),
    stops=("Columns are absent.",),
)
def news(
    paths: Sequence[str],
    columns: Mapping[str, str],
    layout: TableFile = PLAIN,
    listings: pd.DataFrame | None = None,
) -> pd.DataFrame | None:
    """Read other news that may confound an event, such as earnings and dividends.

    Parameters
    ----------
    paths
        Files with one row per piece of news; none is no list at all.
    columns
        Names of the columns security, date and kind.
    layout
        How the files are written.
    listings
        Which security an identifier stood for on which days.

    Returns
    -------
    pandas.DataFrame or None
        security (text), date, kind; rows without a readable date cannot confound
        anything and are left out.

    Raises
    ------
    UserError
        Columns are missing.
    """
    parts = []
    problems: list[Problem] = []
    for raw in read_files(paths, layout):
        required = {
            "security": (columns["security"].lower(),),
            "date": (columns["date"].lower(),),
        }
        headings = find_columns(raw, required, {"kind": (columns["kind"].lower(),)})
        table = pd.DataFrame(
            {
                "security": without_decimals(texts(raw, headings["security"])),
                "date": days(raw, headings["date"], problems),
                "kind": texts(raw, headings["kind"]) if "kind" in headings else "news",
            }
        )
        parts.append(table.dropna(subset=["security", "date"]))
    raise_if(problems, "the other news")
    if not parts:
        return None
    table = pd.concat(parts, ignore_index=True)
    if listings is not None:
        borne, _ = bearers(table.security, table.date, listings)
        table = table.assign(security=borne).dropna(subset=["security"])
    return table.reset_index(drop=True)
