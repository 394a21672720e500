"""Planted values + estimates -> how well a simulated study recovered its truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from alliance_value.contracts.problems import Problem, UserError, nearest
from alliance_value.contracts.results import Validation
from alliance_value.contracts.storage import conform, empty
from alliance_value.models.combinations import Combination, combine, in_words
from alliance_value.models.small_samples import preferred


@dataclass(frozen=True)
class Dyads:
    """What planted values of the event study are compared with.

    Parameters
    ----------
    table
        One row per deal.
    estimates
        The models of dyads, with se_type.
    """

    table: pd.DataFrame
    estimates: pd.DataFrame


def validate(
    checks: Sequence[Mapping[str, Any]],
    truth: Mapping[str, Any],
    estimates: pd.DataFrame,
    covariances: pd.DataFrame,
    confidence: float,
    dyads: Dyads | None = None,
    tables: Mapping[str, pd.DataFrame] | None = None,
) -> pd.DataFrame:
    """Set each planted value beside the combination of estimates that recovers it.

    Parameters
    ----------
    checks
        The ``validation`` section of a resolved study.
    truth
        What was planted.
    estimates, covariances
        The canonical tables.
    confidence
        Level of the intervals (decimal).
    dyads
        The study of dyads, for checks that have the key ``dyads``.
    tables
        Further tables of results by name, for checks that have the key ``result``.

    Returns
    -------
    pandas.DataFrame
        Rows of the validation table: estimate ``w'b`` with standard error
        ``sqrt(w'Vw)``, z the distance from the planted value in standard errors. A
        quantity of dyads that cannot be computed is missing and not covered.

    Raises
    ------
    UserError
        A path leads nowhere in the truth, or dyads have no such column or term.
    """
    rows = []
    for check in checks:
        if "dyads" in check:
            name, words, result = of_dyads(check["dyads"], dyads, confidence)
        elif "result" in check:
            name, words, result = of_result(check["result"], tables or {}, confidence)
        else:
            name, words = check["model"], in_words(check["weights"])
            result = combine(
                estimates, covariances, check["model"], check["weights"], confidence
            )
        planted = value_at(truth, check["truth"])
        rows.append(
            {
                "truth": check["truth"],
                "model": name,
                "combination": words,
                "planted": planted,
                "estimate": result.estimate,
                "se": result.se,
                "ci_low": result.ci_low,
                "ci_high": result.ci_high,
                "z": (result.estimate - planted) / result.se,
                "covered": result.ci_low <= planted <= result.ci_high,
            }
        )
    return conform(pd.DataFrame(rows), Validation) if rows else empty(Validation)


def of_dyads(
    asked: Mapping[str, Any], dyads: Dyads | None, confidence: float
) -> tuple[str, str, Combination]:
    """Compute a quantity of dyads: a mean, a log ratio of means, or a model's term.

    The log ratio is that of the customer- over the product-centric partner's mean
    abnormal return in asymmetric deals (delta method, both partners' covariance
    included); terms have the standard errors of the study's ``deal_errors``.
    """
    if dyads is None:
        raise missing("this study has no dyads", "study alliances, or take it out")
    kind = asked["quantity"]
    if kind == "term":
        estimates = preferred(dyads.estimates)
        kept = estimates.model.eq(asked["model"]) & estimates.term.eq(asked["term"])
        row = estimates[kept]
        if row.empty:
            terms = estimates.term[estimates.model == asked["model"]].unique()
            raise missing(
                f"no model of dyads '{asked['model']}' has the term '{asked['term']}'",
                nearest(
                    asked["term"], terms if len(terms) else estimates.model.unique()
                ),
            )
        values = row.iloc[0][["estimate", "se", "ci_low", "ci_high"]]
        return (
            f"dyads: {asked['model']}",
            asked["term"],
            Combination(*map(float, values)),
        )
    table = dyads.table
    column = asked.get("of", "combined_car")
    where = asked.get("where", {})
    for name in [column, *where]:
        if name not in table.columns:
            raise missing(
                f"dyads have no column '{name}'", nearest(name, table.columns)
            )
    z = float(stats.norm.ppf((1 + confidence) / 2))
    inside = pd.Series(True, table.index)
    for name, value in where.items():
        inside &= table[name].eq(value).fillna(False)
    table = table[inside]
    at = ", ".join(f"{name} = {value}" for name, value in where.items())
    if kind == "mean":
        known = table[column].dropna().to_numpy("float64")
        estimate = float(known.mean()) if len(known) else np.nan
        se = (
            float(known.std(ddof=1) / np.sqrt(len(known))) if len(known) > 1 else np.nan
        )
        words = f"mean of {column}"
    else:
        estimate, se = log_ratio(table)
        words = "ln of customer- over product-centric mean CAR"
    return (
        "dyads",
        f"{words}, {at}" if at else words,
        Combination(estimate, se, estimate - z * se, estimate + z * se),
    )


def of_result(
    asked: Mapping[str, Any], tables: Mapping[str, pd.DataFrame], confidence: float
) -> tuple[str, str, Combination]:
    """Return the one row of a table that a check asks for, as a combination.

    Where the table has no limits of its own they are those of a normal estimate.
    """
    name, where = asked["table"], asked["where"]
    table = tables[name]
    for column in (*where, "estimate", "se"):
        if column not in table.columns:
            raise missing(
                f"{name} has no column '{column}'", nearest(column, table.columns)
            )
    words = ", ".join(f"{column} = {value}" for column, value in where.items())
    rows = table[
        np.logical_and.reduce([table[c].eq(v).fillna(False) for c, v in where.items()])
    ]
    if len(rows) != 1:
        raise missing(
            f"{len(rows)} rows of {name} have {words}",
            "name values that pick one row of it",
        )
    row = rows.iloc[0]
    estimate, se = float(row["estimate"]), float(row["se"])
    reach = float(stats.norm.ppf((1 + confidence) / 2)) * se
    low, high = (
        float(row[column]) if column in table else estimate + sign * reach
        for column, sign in (("ci_low", -1), ("ci_high", 1))
    )
    return name, words, Combination(estimate, se, low, high)


def log_ratio(dyads: pd.DataFrame) -> tuple[float, float]:
    """Return ln of the customer- over the product-centric mean CAR, and its error."""
    mixed = dyads[dyads.asymmetric == 1]
    own = (mixed.customer_centric_i == 1).to_numpy()[:, None]
    cars = mixed[["car_i", "car_j"]].to_numpy("float64")
    cars = np.where(own, cars, cars[:, ::-1])
    cars = cars[~np.isnan(cars).any(axis=1)]
    if len(cars) < 3 or (cars.mean(axis=0) <= 0).any():
        return np.nan, np.nan
    gradient = np.array([1.0, -1.0]) / cars.mean(axis=0)
    variance = gradient @ np.cov(cars.T) @ gradient / len(cars)
    ratio = np.log(cars[:, 0].mean() / cars[:, 1].mean())
    return float(ratio), float(np.sqrt(variance))


def missing(rule: str, remedy: str) -> UserError:
    """Return the error of a check that has nothing to compare."""
    return UserError([Problem(rule, remedy, "validation")], "the study's validation")


def value_at(truth: Mapping[str, Any], path: str) -> float:
    """Return the number at a dotted path; a key may hold dots itself."""
    if path in truth:
        return float(truth[path])
    for key, value in truth.items():
        if path.startswith(f"{key}.") and isinstance(value, Mapping):
            return value_at(value, path.removeprefix(f"{key}."))
    raise UserError(
        [
            Problem(
                rule=f"the truth holds nothing at '{path}'",
                remedy=nearest(path, map(str, truth)),
                where="validation",
            )
        ],
        "the study's validation",
    )
