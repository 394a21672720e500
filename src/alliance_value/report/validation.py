"""Planted values + estimates -> how well a simulated study recovered its truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from alliance_value.contracts.problems import Problem, UserError, nearest
from alliance_value.contracts.tables import Validation, conform, empty


def validate(
    checks: Sequence[Mapping[str, Any]],
    truth: Mapping[str, Any],
    estimates: pd.DataFrame,
    covariances: pd.DataFrame,
    confidence: float,
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

    Returns
    -------
    pandas.DataFrame
        Rows of the validation table: estimate ``w'b`` with standard error
        ``sqrt(w'Vw)``, z the distance from the planted value in standard errors.

    Raises
    ------
    UserError
        A path leads nowhere in the truth.
    """
    rows = []
    cells = covariances.set_index(["model", "term", "other_term"]).covariance
    for check in checks:
        model, terms = check["model"], list(check["weights"])
        weights = np.array([check["weights"][t] for t in terms], dtype="float64")
        mine = estimates[estimates.model == model].set_index("term").loc[terms]
        covariance = np.array([[cells[model, a, b] for b in terms] for a in terms])
        estimate = float(weights @ mine.estimate.to_numpy())
        se = float(np.sqrt(weights @ covariance @ weights))
        half = float(stats.t.ppf(0.5 + confidence / 2, mine.df.iloc[0])) * se
        planted = value_at(truth, check["truth"])
        rows.append(
            {
                "truth": check["truth"],
                "model": model,
                "combination": " + ".join(
                    t if w == 1 else f"{w:g} {t}"
                    for t, w in zip(terms, weights, strict=True)
                ),
                "planted": planted,
                "estimate": estimate,
                "se": se,
                "ci_low": estimate - half,
                "ci_high": estimate + half,
                "z": (estimate - planted) / se,
                "covered": abs(estimate - planted) <= half,
            }
        )
    return conform(pd.DataFrame(rows), Validation) if rows else empty(Validation)


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
