"""The paper's headlines + a study's results -> published beside estimated.

Each claim is a quantity of this study; a verdict follows from its interval by rule and
never from the reader's wish.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from alliance_value.contracts.funnel import FunnelBranch
from alliance_value.contracts.results import Claims
from alliance_value.contracts.storage import conform, empty
from alliance_value.models.combinations import combine
from alliance_value.models.design import design
from alliance_value.study.spec import Model

VERDICTS = {
    "contains": "interval contains the published value",
    "different": "same direction, but another size",
    "nothing": "indistinguishable from no effect",
    "opposite": "opposite direction",
    "unknown": "not computed in this study",
}


@dataclass(frozen=True)
class Evidence:
    """What claims are computed from.

    Parameters
    ----------
    estimates, covariances
        The canonical tables.
    samples
        Model -> its estimation sample: outcome and variables.
    outcomes
        Model -> its outcome.
    dyads
        One row per deal, empty in studies without an event study.
    confidence
        Level of the intervals (decimal).
    results
        Tables of results by name, of which claims may name a row.
    """

    estimates: pd.DataFrame
    covariances: pd.DataFrame
    samples: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    outcomes: Mapping[str, str] = field(default_factory=dict)
    dyads: pd.DataFrame = field(default_factory=pd.DataFrame)
    confidence: float = 0.95
    results: Mapping[str, pd.DataFrame] = field(default_factory=dict)


def evidence_of(
    panel: pd.DataFrame,
    models: Sequence[Model],
    estimates: pd.DataFrame,
    covariances: pd.DataFrame,
    dyads: pd.DataFrame,
    confidence: float,
    results: Mapping[str, pd.DataFrame] | None = None,
) -> Evidence:
    """Return what claims are computed from; models without estimates are left out.

    Parameters
    ----------
    panel
        The analysis panel.
    models
        Those of which claims speak.
    estimates, covariances, dyads, confidence, results
        As in `Evidence`.
    """
    samples = {}
    estimated = set(estimates.model)
    for model in models:
        rows = design(panel, model, FunnelBranch(model.name), [])
        if rows is not None and model.name in estimated:
            samples[model.name] = rows.factors.assign(**{model.outcome: rows.outcome})
    outcomes = {model.name: model.outcome for model in models}
    return Evidence(
        estimates, covariances, samples, outcomes, dyads, confidence, results or {}
    )


def claims_table(
    claims: Sequence[Mapping[str, Any]], evidence: Evidence
) -> pd.DataFrame:
    """Set every claim's published value beside this study's, one row per reading.

    Parameters
    ----------
    claims
        Entries of the claims file.
    evidence
        The study's results.

    Returns
    -------
    pandas.DataFrame
        The claims table; a claim that this study cannot compute has no estimate.
    """
    rows = []
    for claim in claims:
        quantity = claim["quantity"]
        for reading, values in computed(quantity, claim, evidence):
            rows.append(
                {
                    "claim": claim["claim"],
                    "label": claim.get("label") or claim["claim"].replace("_", " "),
                    "headline": claim["headline"],
                    "reading": reading["name"],
                    "unit": reading["unit"],
                    "published": float(reading.get("published", claim["published"])),
                    "neutral": float(claim.get("neutral", 0.0)),
                    **values,
                    "source": claim["source"],
                }
            )
            rows[-1]["verdict"] = verdict(rows[-1])
    return conform(pd.DataFrame(rows), Claims) if rows else empty(Claims)


def verdict(row: Mapping[str, Any]) -> str:
    """Judge an interval: what it contains, and on which side of no effect it lies."""
    low, high = row["ci_low"], row["ci_high"]
    if np.isnan(row["estimate"]):
        return VERDICTS["unknown"]
    low, high = (
        -np.inf if np.isnan(low) else low,
        np.inf if np.isnan(high) else high,
    )
    if low <= row["neutral"] <= high:
        return VERDICTS["nothing"]
    if low <= row["published"] <= high:
        return VERDICTS["contains"]
    same = np.sign(row["estimate"] - row["neutral"]) == np.sign(
        row["published"] - row["neutral"]
    )
    return VERDICTS["different" if same else "opposite"]


def computed(
    quantity: Mapping[str, Any], claim: Mapping[str, Any], evidence: Evidence
) -> list[tuple[Mapping[str, Any], dict[str, Any]]]:
    """Compute a claim's quantity under each of its readings."""
    if quantity["kind"] == "slope":
        return [
            (reading, slope(quantity, reading, evidence))
            for reading in claim["readings"]
        ]
    reading = claim["readings"][0]
    if quantity["kind"] == "result":
        return [(reading, of_results(quantity, evidence))]
    if evidence.dyads.empty:
        return [(reading, unknown())]
    if quantity["kind"] == "ratio_of_means":
        values = evidence.dyads[quantity["of"]]
        first, second = (
            values[members(evidence.dyads, quantity[side])].dropna()
            for side in ("numerator", "denominator")
        )
        ratio = fieller(
            first.to_numpy(), second.to_numpy(), evidence.confidence, paired=False
        )
        return [(reading, ratio)]
    return [(reading, capture(evidence.dyads, evidence.confidence))]


def of_results(quantity: Mapping[str, Any], evidence: Evidence) -> dict[str, Any]:
    """Return the one row of a table of results with the values of ``where``.

    ``value`` names the column of the estimate; where the row has no interval, it is
    the estimate and twice its standard error by the normal quantile.
    """
    table = evidence.results.get(quantity["table"], pd.DataFrame())
    value = quantity.get("value", "estimate")
    if not {value, *quantity["where"]} <= {*table.columns}:
        return unknown()
    row = table[members(table, quantity["where"])]
    if len(row) != 1 or pd.isna(row[value].iloc[0]):
        return unknown()
    first = row.iloc[0]
    estimate, se = float(first[value]), float(first.get("se", np.nan))
    reach = float(stats.norm.ppf(0.5 + evidence.confidence / 2)) * se
    own = value == "estimate"
    return {
        "estimate": estimate,
        "se": se,
        "ci_low": float(first.get("ci_low", np.nan)) if own else estimate - reach,
        "ci_high": float(first.get("ci_high", np.nan)) if own else estimate + reach,
        "n": int(first.get("n", first.get("spells", 0))),
    }


def capture(dyads: pd.DataFrame, confidence: float) -> dict[str, Any]:
    """Return the customer-centric over the product-centric partner's mean return.

    Parameters
    ----------
    dyads
        One row per deal; those of two structures count.
    confidence
        Level of Fieller's interval (decimal).
    """
    mixed = dyads[dyads.asymmetric == 1]
    own = (mixed.customer_centric_i == 1).to_numpy()
    cars = mixed[["car_i", "car_j"]].to_numpy("float64")
    cars = np.where(own[:, None], cars, cars[:, ::-1])
    cars = cars[~np.isnan(cars).any(axis=1)]
    return fieller(cars[:, 0], cars[:, 1], confidence, paired=True)


def members(dyads: pd.DataFrame, conditions: Mapping[str, Any]) -> pd.Series:
    """Return the deals that have every value that is asked for."""
    inside = pd.Series(True, dyads.index)
    for column, value in conditions.items():
        inside &= dyads[column] == value
    return inside


def slope(
    quantity: Mapping[str, Any], reading: Mapping[str, Any], evidence: Evidence
) -> dict[str, Any]:
    """Return a combination of a model's terms in the unit of a reading.

    With b the slope of the outcome y in the share s, the scales are ``points``: b;
    ``point``: 0.01 b; ``elasticity``: b mean(s) / mean(y); ``point_of_mean``:
    0.01 b / mean(y), near zero also the change in ln y; ``sd_of_mean``:
    b sd(s) / mean(y); ``sd_of_sd``: b sd(s) / sd(y). Means and standard deviations are
    those of the estimation sample and taken as given.
    """
    model = quantity["model"]
    if model not in evidence.samples:
        return unknown()
    combination = combine(
        evidence.estimates,
        evidence.covariances,
        model,
        quantity["weights"],
        evidence.confidence,
    )
    sample = evidence.samples[model]
    y, s = sample[evidence.outcomes[model]], sample[quantity["of"]]
    factor = {
        "points": 1.0,
        "point": 0.01,
        "elasticity": s.mean() / y.mean(),
        "point_of_mean": 0.01 / y.mean(),
        "sd_of_mean": s.std() / y.mean(),
        "sd_of_sd": s.std() / y.std(),
    }[reading["scale"]]
    ends = sorted((combination.ci_low * factor, combination.ci_high * factor))
    return {
        "estimate": combination.estimate * factor,
        "se": combination.se * abs(factor),
        "ci_low": ends[0],
        "ci_high": ends[1],
        "n": len(sample),
    }


def fieller(
    above: np.ndarray, below: np.ndarray, confidence: float, *, paired: bool
) -> dict[str, Any]:
    """Return the ratio of two means with Fieller's interval.

    The interval has no end where the denominator's mean could be zero.

    Parameters
    ----------
    above, below
        Values whose means are divided, shape (n,) each; rows belong together where
        ``paired``.
    confidence
        Level (decimal).
    paired
        Whether the means are correlated.

    References
    ----------
    Fieller (1954), Journal of the Royal Statistical Society B 16.
    """
    n, m = len(above), len(below)
    if min(n, m) < 3:
        return unknown()
    a, b = above.mean(), below.mean()
    va, vb = above.var(ddof=1) / n, below.var(ddof=1) / m
    cab = float(np.cov(above, below)[0, 1]) / n if paired else 0.0
    t = float(stats.t.ppf(0.5 + confidence / 2, (n if paired else n + m - 1) - 1))
    return {
        **ratio_of_estimates(float(a), float(b), (va, vb, cab), t),
        "n": n if paired else n + m,
    }


def ratio_of_estimates(
    above: float, below: float, moments: tuple[float, float, float], t: float
) -> dict[str, float]:
    """Return the ratio of two normal estimates with Fieller's interval.

    Parameters
    ----------
    above, below
        The estimates.
    moments
        Their variances and their covariance.
    t
        Quantile of the interval.

    Returns
    -------
    dict
        estimate, se (delta method), ci_low, ci_high (missing where the interval has no
        end).
    """
    va, vb, cab = moments
    ratio = above / below
    se = np.sqrt(va + ratio**2 * vb - 2 * ratio * cab) / abs(below)
    # those ratios r for which above - r below lies within t standard errors of zero
    quadratic = (
        below**2 - t**2 * vb,
        -2 * (above * below - t**2 * cab),
        above**2 - t**2 * va,
    )
    inside = quadratic[1] ** 2 - 4 * quadratic[0] * quadratic[2]
    low = high = np.nan
    if quadratic[0] > 0 and inside >= 0:
        root = np.sqrt(inside)
        low = (-quadratic[1] - root) / (2 * quadratic[0])
        high = (-quadratic[1] + root) / (2 * quadratic[0])
    return {
        "estimate": float(ratio),
        "se": float(se),
        "ci_low": float(low),
        "ci_high": float(high),
    }


def unknown() -> dict[str, Any]:
    """Return the row of a claim that this study cannot compute."""
    return {**dict.fromkeys(("estimate", "se", "ci_low", "ci_high"), np.nan), "n": 0}
