"""Deals + the deals that could have been -> a formation model and its Mills ratio."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
from scipy import stats

from alliance_value.alliances.contracts.alliances import Alliances
from alliance_value.models.columns import standardized
from alliance_value.models.estimators.probit import mills, probit
from alliance_value.models.estimators.result import EstimationError

EXCLUSION = "rivals_deals"
TERMS = (
    *("asymmetric", "same_industry", "same_state", "prior_tie"),
    *("joint_size", "size_gap", "joint_experience", EXCLUSION),
)
MOST_PAIRS = 5_000_000


def potential_dyads(dyads: pd.DataFrame) -> pd.DataFrame:
    """Pair all firms that announced a deal in a year with each other.

    Parameters
    ----------
    dyads
        One row per deal, from `events.dyad_study`.

    Returns
    -------
    pandas.DataFrame
        One row per year and pair: year, firm_i, firm_j (in the order of their keys),
        formed (bool); asymmetric, same_industry (two digits of SIC), same_state and
        prior_tie (an earlier year's deal of the pair), all 0/1; joint_size and size_gap
        (sum and distance of ln $ million), joint_experience; and rivals_deals, the sum
        over both partners of ln(1 + deals that year with a firm of the partner's
        industry, those of either partner left out). A firm is as in its first deal of
        the year.

    Raises
    ------
    EstimationError
        The pairs are more than memory should hold.
    """
    deals = dyads.assign(year=dyads.announced.dt.year)
    sides = pd.concat(
        [
            pd.DataFrame(
                {
                    Alliances.alliance: deals.alliance,
                    "year": deals.year,
                    Alliances.announced: deals.announced,
                    "firm": deals[f"firm_{own}"],
                    "structure": deals[f"customer_centric_{own}"],
                    "industry": deals[f"sic_{own}"].astype("string").str[:2],
                    "state": deals[f"state_{own}"],
                    "size": deals[f"log_value_{own}"],
                    "experience": deals[f"experience_{own}"],
                }
            )
            for own in ("i", "j")
        ]
    ).sort_values(
        ["year", "firm", Alliances.announced, Alliances.alliance], ignore_index=True
    )
    firms = sides.drop_duplicates(["year", "firm"])
    sizes = firms.groupby("year").size()
    if (sizes * (sizes - 1) // 2).sum() > MOST_PAIRS:
        raise EstimationError(
            f"more than {MOST_PAIRS:,} pairs of firms could have made a deal",
            "study a shorter period",
        )
    pairs = pd.concat(
        [
            paired(part, sides[sides.year == year])
            for year, part in firms.groupby("year")
        ],
        ignore_index=True,
    )
    ties = members(deals).groupby(["firm_i", "firm_j"]).year.agg(["min", set])
    prior = ties.reindex(pd.MultiIndex.from_frame(pairs[["firm_i", "firm_j"]]))
    years = [s if isinstance(s, set) else set() for s in prior["set"]]
    pairs["formed"] = [y in s for y, s in zip(pairs.year, years, strict=True)]
    pairs["prior_tie"] = (prior["min"].to_numpy() < pairs.year.to_numpy()).astype(float)
    return pairs


def members(deals: pd.DataFrame) -> pd.DataFrame:
    """Return the year and both firms of deals, the firms in the order of their keys."""
    turned = deals.firm_i > deals.firm_j
    return pd.DataFrame(
        {
            "year": deals.year,
            "firm_i": deals.firm_i.mask(turned, deals.firm_j),
            "firm_j": deals.firm_j.mask(turned, deals.firm_i),
        }
    )


def paired(firms: pd.DataFrame, sides: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs of one year's firms, in the order of their keys."""
    places = np.array(list(combinations(range(len(firms)), 2))).reshape(-1, 2)
    one, two = (firms.iloc[places[:, k]].reset_index(drop=True) for k in (0, 1))
    rivals = rivals_deals(one, two, sides) + rivals_deals(two, one, sides)
    return pd.DataFrame(
        {
            "year": one.year,
            "firm_i": one.firm,
            "firm_j": two.firm,
            "asymmetric": (one.structure != two.structure).astype(float),
            "same_industry": same(one.industry, two.industry),
            "same_state": same(one.state, two.state),
            "joint_size": one["size"] + two["size"],
            "size_gap": (one["size"] - two["size"]).abs(),
            "joint_experience": one.experience + two.experience,
            EXCLUSION: rivals,
        }
    )


def same(one: pd.Series, two: pd.Series) -> pd.Series:
    """Return 1 where two texts are known and equal, else 0."""
    return one.eq(two).fillna(False).astype(float)


def rivals_deals(
    own: pd.DataFrame, other: pd.DataFrame, sides: pd.DataFrame
) -> pd.Series:
    """Return ln(1 + deals in a firm's industry that neither partner takes part in)."""
    of_industry = sides.groupby("industry").alliance.agg(set)
    of_firm = sides.groupby("firm").alliance.agg(set)
    counts = {
        key: len(of_industry.get(key[0], set()) - of_firm[key[1]] - of_firm[key[2]])
        for key in dict.fromkeys(zip(own.industry, own.firm, other.firm, strict=True))
    }
    keys = zip(own.industry, own.firm, other.firm, strict=True)
    return pd.Series(np.log1p([counts[key] for key in keys]), dtype="float64")


def selection(pairs: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """Explain which pairs make a deal by a probit (Heckman 1979).

    Parameters
    ----------
    pairs
        Potential dyads, with ``formed``, ``year`` and `TERMS`; terms that do not vary
        and rows without a value are left out, effects of years added and not shown.

    Returns
    -------
    formation : pandas.DataFrame
        term, estimate, se, z, p, n (pairs), formed (deals).
    mills : numpy.ndarray
        Inverse Mills ratio of each pair, shape (len(pairs),); NaN where a regressor is
        missing.

    Raises
    ------
    EstimationError
        The probit has no maximum.
    """
    rows = pairs[list(TERMS)].notna().all(axis=1).to_numpy()
    used = pairs[rows]
    shown = [t for t in TERMS if used[t].min() < used[t].max()]
    dummies = pd.get_dummies(used.year, dtype=float).iloc[:, 1:]
    names = ["constant", *shown, *(f"year {y}" for y in dummies.columns)]
    z = np.column_stack([np.ones(len(used)), used[shown], dummies]).astype("float64")
    fit = probit(used.formed.to_numpy(bool), standardized(z, names))
    se = np.sqrt(np.diag(fit.covariance))
    ratio = np.full(len(pairs), np.nan)
    ratio[rows] = mills(fit.index)
    table = pd.DataFrame({"term": names, "estimate": fit.estimates, "se": se}).assign(
        z=lambda t: t.estimate / t.se,
        p=lambda t: 2 * stats.norm.sf(t.z.abs()),
        n=len(used),
        formed=int(used.formed.sum()),
    )
    return table[table.term.isin(["constant", *shown])].reset_index(drop=True), ratio


def formation(dyads: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """Return the formation model and each deal's inverse Mills ratio.

    Parameters
    ----------
    dyads
        One row per deal, from `events.dyad_study`.

    Returns
    -------
    formation : pandas.DataFrame
        As of `selection`.
    mills : pandas.Series
        Inverse Mills ratio, aligned with ``dyads``.

    Raises
    ------
    EstimationError
        Too many pairs, or the probit has no maximum.

    References
    ----------
    Heckman (1979), Econometrica 47. Wooldridge (2010), section 19.6. The exclusion,
    what rivals announce that year, shifts whether a deal is made and is taken to leave
    its value alone: docs/methods.md.
    """
    pairs = potential_dyads(dyads)
    table, ratio = selection(pairs)
    by_pair = pairs.assign(mills=ratio)[["year", "firm_i", "firm_j", "mills"]]
    keys = members(dyads.assign(year=dyads.announced.dt.year))
    matched = keys.merge(by_pair, how="left", on=["year", "firm_i", "firm_j"])
    return table, pd.Series(matched.mills.to_numpy(), index=dyads.index)
