"""Dyads and tables of firms -> how much partners depend on and know of each other."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alliance_value.contracts.firm_years import FIRM, YEAR
from alliance_value.vocabulary.entries import method

SIDES = (("i", "j"), ("j", "i"))
YOUNG = 10


@method(
    "dependence",
    under="Deals",
    asks=("constructs.dependence",),
    order=60,
    words="What partner i depends on j for is the share of its industry's flows z, "
    "sales and purchases, that are with j's industry; mutual dependence is the sum of "
    "both sides, imbalance their distance (Casciaro and Piskorski 2005).",
    equation="d_(i j) = (z_(i j) + z_(j i)) slash sum_q (z_(i q) + z_(q i)), quad "
    "d_(i j) + d_(j i), quad |d_(i j) - d_(j i)|",
)
def industry_dependence(dyads: pd.DataFrame, flows: pd.DataFrame) -> pd.DataFrame:
    """Return each partner's dependence on the other by flows between industries.

    Parameters
    ----------
    dyads
        sic_i, sic_j.
    flows
        Canonical input-output table; its codes are leading digits of SIC codes, all of
        one length.

    Returns
    -------
    pandas.DataFrame
        dependence_i, dependence_j (decimal); missing where an industry is not in the
        table.

    References
    ----------
    Casciaro and Piskorski (2005), Administrative Science Quarterly 50; Burt (1983).
    """
    both = pd.concat(
        [
            flows.rename(columns={"from_industry": "own", "to_industry": "other"}),
            flows.rename(columns={"to_industry": "own", "from_industry": "other"}),
        ]
    )
    pair = both.groupby(["own", "other"])["value"].sum()
    total = pair.groupby("own").sum()
    digits = int(flows.from_industry.str.len().max())
    code = {s: dyads[f"sic_{s}"].str.zfill(4).str[:digits] for s in ("i", "j")}
    out = {}
    for own, other in SIDES:
        between = pair.reindex(pd.MultiIndex.from_arrays([code[own], code[other]]))
        whole = total.reindex(code[own]).to_numpy("float64")
        known = code[other].isin(total.index).to_numpy() & (whole > 0)
        share = between.fillna(0.0).to_numpy("float64")
        out[f"dependence_{own}"] = np.where(
            known, share / np.where(known, whole, 1), np.nan
        )
    return pd.DataFrame(out, index=dyads.index)


def customer_dependence(dyads: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    """Return each partner's dependence on the other by its share of sales.

    Parameters
    ----------
    dyads
        firm_i, firm_j, announced.
    customers
        Canonical major customers; those of the last closing before the announcement
        count.

    Returns
    -------
    pandas.DataFrame
        dependence_i, dependence_j (decimal); 0 where the other is no major customer,
        or the firm has reported none.
    """
    closings = customers[[FIRM, "datadate"]].drop_duplicates().sort_values("datadate")
    sold = customers.set_index([FIRM, "datadate", "customer"])["share"]
    out = {}
    for own, other in SIDES:
        asked = pd.DataFrame(
            {FIRM: dyads[f"firm_{own}"], "day": dyads.announced, "row": dyads.index}
        ).sort_values("day")
        last = pd.merge_asof(
            asked.astype({"day": "datetime64[ns]"}),
            closings.assign(closing=closings.datadate).astype(
                {"datadate": "datetime64[ns]"}
            ),
            left_on="day",
            right_on="datadate",
            by=FIRM,
            allow_exact_matches=False,
        ).set_index("row")
        last = last.reindex(dyads.index)
        key = pd.MultiIndex.from_arrays(
            [last[FIRM], last.closing, dyads[f"firm_{other}"]]
        )
        out[f"dependence_{own}"] = sold.reindex(key).fillna(0.0).to_numpy()
    return pd.DataFrame(out, index=dyads.index)


def both_sides(sides: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return mutual dependence, its imbalance and the difference i less j."""
    i, j = sides["dependence_i"], sides["dependence_j"]
    return pd.DataFrame(
        {
            f"mutual_{name}": i + j,
            f"{name}_imbalance": (i - j).abs(),
            f"{name}_difference": i - j,
        }
    )


def alternatives(dyads: pd.DataFrame, industries: pd.DataFrame) -> pd.DataFrame:
    """Return how few others each partner could turn to, in the other's industry.

    Parameters
    ----------
    dyads
        firm_i, firm_j, announced.
    industries
        Canonical measures of firm-years' industries; of the year before the
        announcement.

    Returns
    -------
    pandas.DataFrame
        alternatives, ln of the firms in both partners' industries; concentration, the
        sum of both HHIs; alternatives_difference, ln of what i has less what j has.
    """
    by = industries.set_index([FIRM, YEAR])
    year = dyads.announced.dt.year - 1
    choices = {
        s: by.reindex(pd.MultiIndex.from_arrays([dyads[f"firm_{s}"], year]))
        for s in ("i", "j")
    }
    firms = {s: np.log(choices[s].industry_firms.to_numpy("float64")) for s in choices}
    hhi = {s: choices[s].hhi.to_numpy("float64") for s in choices}
    return pd.DataFrame(
        {
            "alternatives": firms["i"] + firms["j"],
            "concentration": hhi["i"] + hhi["j"],
            # what i can turn to is in j's industry
            "alternatives_difference": firms["j"] - firms["i"],
        },
        index=dyads.index,
    )


def ages(dyads: pd.DataFrame, firm_years: pd.DataFrame) -> pd.DataFrame:
    """Return the gap between partners' ages, and pairs of a young and an older firm.

    A firm's age counts from its first fiscal year in the study's firm-years, a floor
    where these begin later; up to `YOUNG` years it is young.

    Returns
    -------
    pandas.DataFrame
        age_gap (distance of ln(1 + years)), young_established (0/1), age_difference.
    """
    born = firm_years.groupby(FIRM)[YEAR].min()
    age = {
        s: (dyads.announced.dt.year - dyads[f"firm_{s}"].map(born)).clip(lower=0)
        for s in ("i", "j")
    }
    logs = {s: np.log1p(age[s].astype("float64")) for s in age}
    known = age["i"].notna() & age["j"].notna()
    mixed = (age["i"] <= YOUNG) != (age["j"] <= YOUNG)
    return pd.DataFrame(
        {
            "age_gap": (logs["i"] - logs["j"]).abs(),
            "young_established": mixed.astype("float64").where(known),
            "age_difference": logs["i"] - logs["j"],
        }
    )


def knowledge_overlap(dyads: pd.DataFrame, classes: pd.DataFrame) -> pd.Series:
    """Return the cosine of both partners' vectors of classes (0 to 1).

    References
    ----------
    Jaffe (1986), American Economic Review 76: technological proximity.
    """
    wide = classes.pivot(index=FIRM, columns="class_", values="weight").fillna(0.0)
    vectors = {
        s: wide.reindex(dyads[f"firm_{s}"]).to_numpy("float64") for s in ("i", "j")
    }
    length = [np.sqrt((vectors[s] ** 2).sum(axis=1)) for s in ("i", "j")]
    size = length[0] * length[1]
    product = (vectors["i"] * vectors["j"]).sum(axis=1)
    cosine = np.where(size > 0, product / np.where(size > 0, size, 1), np.nan)
    return pd.Series(cosine, index=dyads.index, name="knowledge_overlap")


def concentration_of_customers(
    customers: pd.DataFrame, firm_years: pd.DataFrame
) -> pd.DataFrame:
    """Return count and HHI of each firm-year's major customers (Patatoukas 2012)."""
    closings = firm_years[[FIRM, YEAR, "datadate"]].astype(
        {"datadate": "datetime64[ns]"}
    )
    known = customers.astype({"datadate": "datetime64[ns]"})
    table = closings.merge(known, on=[FIRM, "datadate"])
    grouped = table.assign(square=table.share**2).groupby([FIRM, YEAR])
    return pd.DataFrame(
        {
            "major_customers": grouped.size().astype("float64"),
            "customer_concentration": grouped.square.sum(),
        }
    ).reset_index()
