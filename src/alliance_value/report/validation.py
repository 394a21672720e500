"""Planted values + estimates -> how well a simulated study recovered its truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from alliance_value.contracts.problems import Problem, UserError, nearest
from alliance_value.contracts.tables import Validation, conform, empty
from alliance_value.report.combinations import combine, in_words


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
    for check in checks:
        found = combine(
            estimates, covariances, check["model"], check["weights"], confidence
        )
        planted = value_at(truth, check["truth"])
        rows.append(
            {
                "truth": check["truth"],
                "model": check["model"],
                "combination": in_words(check["weights"]),
                "planted": planted,
                "estimate": found.estimate,
                "se": found.se,
                "ci_low": found.ci_low,
                "ci_high": found.ci_high,
                "z": (found.estimate - planted) / found.se,
                "covered": found.ci_low <= planted <= found.ci_high,
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
