"""Deals and their parties -> each firm's position in the network, year by year."""

from __future__ import annotations

from itertools import combinations

import networkx as nx
import numpy as np
import pandas as pd

from alliance_value.alliances.contracts.alliances import Alliances
from alliance_value.contracts.firm_years import FIRM, YEAR
from alliance_value.vocabulary.entries import method

LAST = 5
MEASURES = ["ties", "betweenness", "constraint", "coreness", "core"]


def positions(edges: pd.DataFrame) -> pd.DataFrame:
    """Measure every firm's position in one network.

    Parameters
    ----------
    edges
        firm, other: one row per pair of allied firms, in any order.

    Returns
    -------
    pandas.DataFrame
        On firm, sorted: ties (count of allied firms), betweenness (0 to 1), constraint,
        coreness (largest k-core), core (1 for the largest of all).

    References
    ----------
    Freeman (1977); Burt (1992); Seidman (1983). networkx computes them, all pairs of
    one weight.
    """
    graph = nx.Graph()
    # nodes and edges in the order of their keys, so that sums have one order
    pairs = sorted({tuple(sorted(p)) for p in edges.itertuples(index=False, name=None)})
    graph.add_nodes_from(sorted({firm for pair in pairs for firm in pair}))
    graph.add_edges_from(pairs)
    coreness = pd.Series(nx.core_number(graph), dtype="float64")
    return pd.DataFrame(
        {
            "ties": pd.Series(dict(graph.degree()), dtype="float64"),
            "betweenness": pd.Series(nx.betweenness_centrality(graph), dtype="float64"),
            "constraint": pd.Series(nx.constraint(graph), dtype="float64"),
            "coreness": coreness,
            "core": (coreness == coreness.max()).astype("float64"),
        }
    ).rename_axis(FIRM)


def ties_of_deals(alliances: pd.DataFrame, participants: pd.DataFrame) -> pd.DataFrame:
    """Return year, firm and other of every pair of matched firms in a deal."""
    parties = participants[participants[FIRM].notna()]
    firms = parties.groupby(Alliances.alliance)[FIRM].agg(lambda f: sorted({*f}))
    announced = alliances.set_index(Alliances.alliance).announced.dropna()
    firms = firms[firms.index.isin(announced.index)]
    years = announced.reindex(firms.index).dt.year
    rows = [
        (year, *pair)
        for year, members in zip(years, firms, strict=True)
        for pair in combinations(members, 2)
    ]
    return pd.DataFrame(rows, columns=["year", FIRM, "other"])


@method(
    "network_position",
    under="Portfolios",
    asks=("constructs.position",),
    order=60,
    words="The network of a calendar year has an edge between firms that announced a "
    "deal with each other in the five years up to its end. Betweenness is the share of "
    "shortest paths that run through a firm, constraint Burt's, the core the highest "
    "k-core.",
    equation="c_i = sum_j (p_(i j) + sum_q p_(i q) p_(q j))^2",
)
def network_years(ties: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    """Return positions at the end of each calendar year, of firms with a tie.

    Parameters
    ----------
    ties
        From `ties_of_deals`.
    first, last
        Calendar years.
    """
    parts = []
    for year in range(first, last + 1):
        within = ties[ties.year.between(year - LAST + 1, year)]
        if len(within):
            parts.append(positions(within[[FIRM, "other"]]).assign(year=year))
    if not parts:
        return pd.DataFrame(columns=[FIRM, "year", *MEASURES])
    return pd.concat(parts).reset_index()[[FIRM, "year", *MEASURES]]


def position_at(years: pd.DataFrame, firm: pd.Series, year: pd.Series) -> pd.DataFrame:
    """Return positions of firms at the ends of years; without ties 0, no constraint."""
    by = years.set_index([FIRM, "year"])
    rows = by.reindex(pd.MultiIndex.from_arrays([firm, year]))
    filled = rows.fillna(dict.fromkeys(set(MEASURES) - {"constraint"}, 0.0))
    return filled.set_axis(firm.index)


def firm_year_positions(
    years: pd.DataFrame, firm_years: pd.DataFrame, partnerships: pd.DataFrame
) -> pd.DataFrame:
    """Return positions at the last end of a calendar year that a closing knows.

    Parameters
    ----------
    years
        From `network_years`.
    firm_years
        firm, fiscal_year, datadate.
    partnerships
        Canonical partnerships, of which the share across structures is taken.
    """
    closed = (firm_years.datadate + pd.Timedelta(days=1)).dt.year - 1
    positions = position_at(years, firm_years[FIRM], closed)
    known = partnerships.dropna(subset=["partner_firm", "own_cc", "partner_cc"])
    known = known.drop_duplicates([FIRM, YEAR, "partner_firm"])
    across = (
        (known.own_cc != known.partner_cc).groupby([known[FIRM], known[YEAR]]).mean()
    )
    key = pd.MultiIndex.from_frame(firm_years[[FIRM, YEAR]])
    table = pd.concat([firm_years[[FIRM, YEAR]], positions], axis=1)
    return table.assign(across_share=across.reindex(key).to_numpy("float64"))


def of_dyads(dyads: pd.DataFrame, years: pd.DataFrame) -> pd.DataFrame:
    """Return what both partners are in the network at the end of the year before.

    Returns
    -------
    pandas.DataFrame
        joint_betweenness, the sum; betweenness_difference, i less j; both_in_core
        (0/1).
    """
    before = dyads.announced.dt.year - 1
    positions = {s: position_at(years, dyads[f"firm_{s}"], before) for s in ("i", "j")}
    i, j = positions["i"], positions["j"]
    return pd.DataFrame(
        {
            "joint_betweenness": i.betweenness + j.betweenness,
            "betweenness_difference": i.betweenness - j.betweenness,
            "both_in_core": np.minimum(i.core, j.core),
        }
    )
