"""Estimates and validation -> the headline numbers that DVC compares over versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd


def metrics(
    terms: Mapping[str, Sequence[str]],
    estimates: pd.DataFrame,
    fits: pd.DataFrame,
    validation: pd.DataFrame,
) -> dict[str, Any]:
    """Return headline numbers by name, nested.

    Parameters
    ----------
    terms
        The terms of interest by model; terms that a model does not hold are left out.
    estimates, fits, validation
        The canonical tables.

    Returns
    -------
    dict
        Per model its number of observations (0 where it is not estimated), R-squared
        and the estimate, standard error and p of each term of interest; of the
        validation how many planted values lie in their intervals and the largest
        distance in standard errors.
    """
    numbers: dict[str, Any] = {"models": {}}
    by_model = fits.set_index("model").to_dict("index")
    cells = estimates.set_index(["model", "term"])
    for model, names in terms.items():
        fit = by_model.get(model, {"n": 0, "r2_within": None})
        numbers["models"][model] = {
            "n": int(fit["n"]),
            "r2_within": short(fit["r2_within"]),
            "terms": {
                name: {
                    "estimate": short(cells.estimate[model, name]),
                    "se": short(cells.se[model, name]),
                    "p": short(cells.p[model, name]),
                }
                for name in names
                if (model, name) in cells.index
            },
        }
    if len(validation):
        numbers["validation"] = {
            "checks": len(validation),
            "covered": int(validation.covered.sum()),
            "largest_z": short(validation.z.abs().max()),
        }
    return numbers


def short(value: Any) -> float | None:
    """Return a number as text tables hold it, none where it is missing."""
    return None if pd.isna(value) else float(f"{value:.10g}")
