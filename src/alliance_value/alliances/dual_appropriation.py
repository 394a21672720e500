"""Deals with both partners' returns -> whether one's gain is the other's loss."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from alliance_value.alliances.contracts.alliances import Alliances
from alliance_value.alliances.contracts.life_results import CLASSES
from alliance_value.models.small_samples import Sample, fitted, preferred
from alliance_value.vocabulary.entries import method

CORRELATION, COVARIANCE = "correlation of CARs", "covariance of CARs"
SLOPES = {
    "larger partner's CAR on the smaller's": ("large", "small"),
    "smaller partner's CAR on the larger's": ("small", "large"),
    "customer-centric partner's CAR on the product-centric's": ("own", "other"),
    "product-centric partner's CAR on the customer-centric's": ("other", "own"),
}
TESTED = ["estimate", "se", "df", "t", "p", "ci_low", "ci_high"]
COLUMNS = ["group", "quantity", *TESTED, "n"]
FEWEST = 10


@method(
    "dual_appropriation",
    under="Deals",
    asks=("dual_appropriation",),
    order=40,
    words="Whether value is created or only moved: the correlation of both partners' "
    "abnormal returns, each less the mean of deals of its class by partners of its "
    "structure. Between the partners of a zero-sum deal it is negative. Errors are by "
    "a jackknife of firms: deals that share one may be correlated.",
    equation="r = (sum_d u_(i d) u_(j d)) / (1/2 sum_d (u_(i d)^2 + u_(j d)^2))",
)
def non_zero_sum(dyads: pd.DataFrame, confidence: float = 0.95) -> pd.DataFrame:
    """Test whether partners' returns move together, and regress each on the other's.

    Parameters
    ----------
    dyads
        One row per deal, from `dyad_study`; with ``equity`` groups by governance, with
        ``dependence_class`` groups by dependence.
    confidence
        Level of the intervals (decimal).

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`. The correlation is the intraclass one, which knows no first partner;
        its error is by the delta method. What cannot be estimated has no row.

    References
    ----------
    Aronow, Samii and Assenova (2015), Political Analysis 23 (dyadic errors, of which
    `dyadic_jackknife` is the jackknife).
    """
    table = unexplained(dyads)
    tables = [of_group(group, part, confidence) for group, part in groups(table)]
    return pd.concat(tables, ignore_index=True)[COLUMNS]


def unexplained(dyads: pd.DataFrame) -> pd.DataFrame:
    """Return deals with both returns, less the means of class and own structure."""
    known = dyads.dropna(subset=["car_i", "car_j"]).reset_index(drop=True)
    sides = pd.concat(
        [
            pd.DataFrame(
                {
                    "deal": known.index,
                    "side": side,
                    "cell": known.deal_class
                    + known[f"customer_centric_{side}"].map(str),
                    "car": known[f"car_{side}"],
                }
            )
            for side in ("i", "j")
        ]
    )
    sides["u"] = sides.car - sides.groupby("cell").car.transform("mean")
    wide = sides.pivot(index="deal", columns="side", values="u")
    return known.assign(u_i=wide["i"], u_j=wide["j"])


def groups(table: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the deals of each group: all, by structures, governance and dependence."""
    yield "all", table
    named = [("asymmetric", {1.0: "asymmetric", 0.0: "symmetric"})]
    if "equity" in table:
        named.append(("equity", {1.0: "equity", 0.0: "contract"}))
    for column, words in named:
        for value, word in words.items():
            yield word, table[table[column] == value]
    if "dependence_class" in table:
        for value in sorted(table.dependence_class.dropna().unique()):
            yield str(value), table[table.dependence_class == value]


def of_group(group: str, part: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Return every quantity of one group's deals, none where there are too few."""
    rows: list[dict[Hashable, Any]] = []
    if len(part) >= FEWEST:
        product = (part.u_i * part.u_j).to_numpy("float64")
        power = ((part.u_i**2 + part.u_j**2) / 2).to_numpy("float64")
        r = product.mean() / power.mean()
        for name, values in (
            (COVARIANCE, product),
            (CORRELATION, r + (product - r * power) / power.mean()),
        ):
            rows += estimated(name, values, {}, part, confidence)
    for name, sides in SLOPES.items():
        y, x, deals = ordered(part, *sides)
        if len(deals) >= FEWEST:
            rows += estimated(name, y, {"other": x}, deals, confidence)
    return pd.DataFrame(rows, columns=COLUMNS[1:]).assign(group=group)


def ordered(
    part: pd.DataFrame, first: str, second: str
) -> tuple[np.ndarray, np.ndarray, pd.DataFrame]:
    """Return both partners' unexplained returns, ordered by size or by structure."""
    if {first, second} == {"own", "other"}:
        part = part[part.asymmetric == 1]
        i_leads = (part.customer_centric_i == 1).to_numpy(bool)
        leading = "own"
    else:
        i_leads = (part.market_value_i >= part.market_value_j).to_numpy(bool)
        leading = "large"
    u = part[["u_i", "u_j"]].to_numpy("float64")
    lead, follow = (
        np.where(i_leads, u[:, 0], u[:, 1]),
        np.where(i_leads, u[:, 1], u[:, 0]),
    )
    return (lead, follow, part) if first == leading else (follow, lead, part)


def estimated(
    name: str,
    y: np.ndarray,
    x: dict[str, np.ndarray],
    deals: pd.DataFrame,
    confidence: float,
) -> list[dict[Hashable, Any]]:
    """Return the mean of y, or its slope on x, if there is one, for a jackknife."""
    columns = {**x, "constant": np.ones(len(y))}
    members = deals[["firm_i", "firm_j"]].to_numpy(str)
    sample = Sample(
        name=name,
        outcome=name,
        y=y,
        columns=columns,
        shown=(next(iter(columns)),),
        clusters=(members[:, 0], members[:, 1]),
        members=(members[:, 0], members[:, 1]),
        jackknife=True,
    )
    estimates, _ = fitted(sample, confidence)
    return (
        preferred(estimates)[TESTED].assign(quantity=name, n=len(y)).to_dict("records")
    )


def sign_class(car_i: pd.Series, car_j: pd.Series) -> pd.Series:
    """Return who gains: both, one or none; missing where a return is."""
    gainers = (car_i > 0).astype(int) + (car_j > 0).astype(int)
    names = gainers.map({2: "both", 1: "one", 0: "none"}).astype("string")
    return names.where(car_i.notna() & car_j.notna())


def sign_transitions(
    dyads: pd.DataFrame, cars: pd.DataFrame, model: str, windows: Sequence[str]
) -> pd.DataFrame:
    """Count how deals move between who gains, from each window to the next.

    Parameters
    ----------
    dyads
        One row per deal; groups as of `non_zero_sum`.
    cars
        The partners' abnormal returns by event, model and window.
    model
        Model of normal returns.
    windows
        Names of windows, in their order.

    Returns
    -------
    pandas.DataFrame
        group, from_window, to_window, from_class, to_class, deals, share (of the deals
        of from_class).
    """
    own = cars[cars.model == model].set_index(["window", "event"]).car
    classes = pd.DataFrame(
        {
            window: sign_class(
                *(
                    pd.Series(
                        own[window].reindex(dyads.alliance + f":{side}").to_numpy()
                    )
                    for side in ("i", "j")
                )
            )
            for window in windows
        }
    )
    table = dyads.reset_index(drop=True)
    tables = []
    for group, part in groups(table):
        for before, after in pairwise(windows):
            counts = pd.crosstab(
                classes.loc[part.index, before], classes.loc[part.index, after]
            ).reindex(index=CLASSES, columns=CLASSES, fill_value=0)
            flat = pd.DataFrame(
                {
                    "from_class": np.repeat(CLASSES, len(CLASSES)),
                    "to_class": np.tile(CLASSES, len(CLASSES)),
                    "deals": counts.to_numpy("int64").ravel(),
                }
            )
            whole = flat.groupby("from_class").deals.transform("sum")
            flat["share"] = flat.deals / whole.where(whole > 0)
            tables.append(flat.assign(group=group, from_window=before, to_window=after))
    names = ["group", "from_window", "to_window", "from_class", "to_class"]
    return pd.concat(tables, ignore_index=True)[[*names, "deals", "share"]]


def with_governance(dyads: pd.DataFrame, governed: pd.DataFrame) -> pd.DataFrame:
    """Add the form, rung and equity flag of each deal's governance."""
    forms = governed.set_index(Alliances.alliance)
    return dyads.assign(
        governance_form=dyads.alliance.map(forms.form),
        governance_rung=dyads.alliance.map(forms.rung),
        equity=dyads.alliance.map(forms.equity),
    )
