"""Active partnerships -> type diversity, completeness, competition, complementarity."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alliance_value.alliances.active import TYPES
from alliance_value.alliances.contracts.alliances import Alliances
from alliance_value.panel.keys import FIRM_YEAR

FUNCTIONS = [
    Alliances.marketing,
    Alliances.research,
    Alliances.manufacturing,
    Alliances.supply,
]
ALL_SETS = 2 ** len(FUNCTIONS)


def deal_composition(deals: pd.DataFrame) -> pd.DataFrame:
    """Describe which types and functions a portfolio's deals cover.

    Parameters
    ----------
    deals
        One row per firm, fiscal year and alliance with type flags as float64; a
        missing flag counts as not set.

    Returns
    -------
    pandas.DataFrame
        On firm and fiscal_year: type_diversity, Blau's 1 - sum of squared shares of
        the five types among all type flags set (0 to 0.8, missing without any);
        completeness, the share of the four functions that some deal covers (0 to 1).

    References
    ----------
    Blau (1977), Inequality and heterogeneity. Kale and Singh (2009), Academy of
    Management Perspectives 23.
    """
    counts = deals.groupby(FIRM_YEAR)[TYPES].sum()
    shares = counts.div(counts.sum(axis=1).where(lambda n: n > 0), axis=0)
    diversity = 1.0 - (shares**2).sum(axis=1, skipna=False)
    return pd.DataFrame(
        {
            "type_diversity": diversity,
            "completeness": counts[FUNCTIONS].gt(0).mean(axis=1),
        }
    )


def pair_composition(active: pd.DataFrame) -> pd.DataFrame:
    """Compare the partnerships of a portfolio pair by pair.

    Over pairs of partnerships with different partners, both of known industry and with
    at least one function: competition is the share with the same four-digit SIC and a
    function in common, complementarity the share with different SIC and no function in
    common (each 0 to 1, missing without pairs).

    Parameters
    ----------
    active
        One row per firm, fiscal year, alliance and partner: partner, partner_sic and
        the function flags.

    Returns
    -------
    pandas.DataFrame
        On firm and fiscal_year: competition, complementarity, partner_pairs (count).
    """
    sets = sum(
        active[name].eq(1.0).to_numpy("int64") << bit
        for bit, name in enumerate(FUNCTIONS)
    )
    table = active[[*FIRM_YEAR, "partner", "partner_sic"]].assign(functions=sets)
    table = table[(table["functions"] > 0) & table["partner_sic"].notna()]
    by_year = pair_counts(table, [])
    same_partner = pair_counts(table, ["partner"])
    same_sic = pair_counts(table, ["partner_sic"])
    same_both = pair_counts(table, ["partner", "partner_sic"])
    pairs = by_year["pairs"] - same_partner["pairs"]
    competing = (same_sic - same_both)["pairs"] - (same_sic - same_both)["disjoint"]
    apart = (by_year - same_partner - same_sic + same_both)["disjoint"]
    some = pairs.where(pairs > 0)
    return pd.DataFrame(
        {
            "competition": competing / some,
            "complementarity": apart / some,
            "partner_pairs": pairs,
        }
    )


def pair_counts(table: pd.DataFrame, within: list[str]) -> pd.DataFrame:
    """Count pairs of rows, and pairs that share no function, inside groups.

    With c_m the rows whose set of functions is m, pairs without a common function are
    half the sum of c_m c_m' over disjoint m and m'. No set is empty, so none is
    disjoint from itself.

    Returns
    -------
    pandas.DataFrame
        On firm and fiscal_year: pairs, disjoint (counts over all groups of the
        firm-year).
    """
    key = [*FIRM_YEAR, *within]
    grouped = table.groupby(key)
    c = np.zeros((grouped.ngroups, ALL_SETS), dtype="int64")
    np.add.at(c, (grouped.ngroup().to_numpy(), table["functions"].to_numpy()), 1)
    sets = np.arange(ALL_SETS)
    disjoint = ((sets[:, None] & sets[None, :]) == 0).astype("int64")
    total = c.sum(axis=1)
    groups = pd.DataFrame(
        {
            "pairs": total * (total - 1) // 2,
            "disjoint": ((c @ disjoint) * c).sum(axis=1) // 2,
        },
        index=grouped.size().index,
    )
    return groups.groupby(level=FIRM_YEAR).sum()
