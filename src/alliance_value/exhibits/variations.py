"""Estimates of one term by many models -> its variations and what supports them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd


def variations(
    estimates: pd.DataFrame,
    terms: Sequence[str],
    models: Sequence[str],
    placebos: Collection[str],
) -> pd.DataFrame:
    """Return one term's estimates, placebos first, then from smallest to largest.

    Parameters
    ----------
    estimates
        The canonical estimates.
    terms
        The term, and what stands for it in models that define the variable otherwise.
    models
        Those shown; all where it is empty.
    placebos
        Models whose terms cannot have an effect: they are no variations.

    Returns
    -------
    pandas.DataFrame
        Rows of the estimates; placebo (whether the model is one) and clear (whether the
        interval excludes zero).
    """
    names = list(models) or list(dict.fromkeys(estimates.model))
    data = estimates[estimates.term.isin(terms) & estimates.model.isin(names)]
    data = data.assign(
        placebo=data.model.isin([*placebos]),
        clear=(data.ci_low > 0) | (data.ci_high < 0),
    )
    order = ["placebo", "estimate", "model"]
    return data.sort_values(order, ascending=[False, True, True], ignore_index=True)


def with_median(varied: pd.DataFrame) -> pd.Series:
    """Return whether each variation has the sign of the median."""
    same: pd.Series = np.sign(varied.estimate) == np.sign(varied.estimate.median())
    return same


def support(varied: pd.DataFrame) -> str:
    """Say how far variations agree."""
    if varied.empty:
        return "0 variations."
    return (
        f"{len(varied)} variations; {with_median(varied).mean():.0%} have the sign of "
        f"the median, {int(varied.clear.sum())} have intervals without zero."
    )
