"""Links, names and statements -> the securities whose daily rows a study needs."""

from __future__ import annotations

import pandas as pd

from alliance_value.contracts.problems import Problem, UserError
from alliance_value.contracts.vendor_tables import OPEN_END
from alliance_value.sources.columns import dates, find_columns, texts, whole_numbers
from alliance_value.sources.identifiers import padded
from alliance_value.sources.links import (
    BEGINNING,
    LINK_TYPES,
    PRIMARY,
    REQUIRED,
)
from alliance_value.sources.names import read_names
from alliance_value.sources.raw_table import RawTable


def linked_securities(
    links: RawTable,
    names: RawTable | None,
    statements: RawTable | None,
    first: str,
    last: str,
) -> list[int]:
    """Return the securities of firms in a span of days, other share classes included.

    Parameters
    ----------
    links
        ``ccmxpf_lnkhist``: links of type LC, LU or LS that are primary (P, C) count.
    names
        Name history; securities of one company go together, since market value is
        that of all of them.
    statements
        Where given, only its firms count.
    first, last
        The span, both days included, as YYYY-MM-DD.

    Returns
    -------
    list of int
        Sorted.

    Raises
    ------
    UserError
        Columns are missing, or there is no such link.
    """
    columns = find_columns(links, REQUIRED)
    printed = pd.DataFrame({n: texts(links, c) for n, c in columns.items()})
    begin = dates(printed.link_from).fillna(BEGINNING)
    end = dates(printed.link_to).fillna(OPEN_END)
    usable = printed.link_type.isin(LINK_TYPES) & printed.link_primary.isin(PRIMARY)
    usable &= (begin <= pd.Timestamp(last)) & (end >= pd.Timestamp(first))
    if statements is not None:
        firms = padded(texts(statements, "gvkey"))
        usable &= padded(printed.firm).isin(firms)
    chosen = set(whole_numbers(printed.security)[usable.fillna(False)].dropna())
    if not chosen:
        problem = Problem(
            rule=f"no link between a firm and a security holds from {first} to {last}",
            remedy="check the days of the daily table and of the statements, or write "
            "'securities: all'",
            where=links.file,
        )
        raise UserError([problem], f"reading {links.file}")
    if names is not None:
        known, _ = read_names(names)
        companies = known.company[known.security.isin(chosen)].dropna()
        chosen |= set(known.security[known.company.isin(companies)])
    return sorted(map(int, chosen))
