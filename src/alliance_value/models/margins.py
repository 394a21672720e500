"""Interactions of a fit -> the effect of one variable along the other."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alliance_value.models.coefficients import combined_errors, tested
from alliance_value.models.design import Design
from alliance_value.models.estimate import Fit
from alliance_value.study.spec import Model
from alliance_value.study.terms import Term, expand_all

POINTS = 41
TAIL = 0.01
FEW_VALUES = 6


def margins_table(model: Model, design: Design, result: Fit) -> pd.DataFrame:
    """Return the marginal effects of every two-way interaction, both ways round.

    Parameters
    ----------
    model, design, result
        A specification, its rows and its fit.

    Returns
    -------
    pandas.DataFrame
        Rows of the margins table; no rows without interactions.
    """
    terms, pairs = interactions_of(model, result)
    tables = [
        marginal_effect(model, design, result, terms, of, over) for of, over in pairs
    ]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


def interactions_of(
    model: Model, result: Fit
) -> tuple[list[Term], list[tuple[str, str]]]:
    """Return the terms of a fit, and the pairs that interact, both ways round."""
    terms = [
        t for t in expand_all([*model.terms, *model.controls]) if t.name in result.names
    ]
    pairs = [
        pair
        for t in terms
        if len(t.factors) == 2 and t.factors[0] != t.factors[1]
        for pair in ((t.factors[0], t.factors[1]), (t.factors[1], t.factors[0]))
    ]
    return terms, pairs


def marginal_effect(
    model: Model,
    design: Design,
    result: Fit,
    terms: list[Term],
    of: str,
    over: str,
) -> pd.DataFrame:
    """Return d outcome / d ``of`` along ``over``, with delta-method standard errors."""
    observed = observed_values(design, over)
    at = grid(observed)
    weights = slope_weights(design, result, terms, of, over, at)
    effect = weights @ result.estimates
    se = combined_errors(weights, result.covariance)
    table = tested(effect, se, result.df, model.confidence)
    below = np.searchsorted(np.sort(observed), at, side="right") / len(observed)
    table = table.rename(columns={"estimate": "effect"}).drop(columns=["t", "p"])
    return table.assign(model=model.name, of=of, over=over, at=at, share_below=below)


def slope_weights(
    design: Design,
    result: Fit,
    terms: list[Term],
    of: str,
    over: str,
    at: np.ndarray,
) -> np.ndarray:
    """Return the weight of each estimate in d outcome / d ``of`` at values of ``over``.

    The effect is ``b_of + b_of:over * over``, plus the products of ``of`` with other
    variables held at their sample means; its variance is ``g' V g`` with g the weights
    (Brambor, Clark and Golder 2006).

    Returns
    -------
    numpy.ndarray
        float64, shape (values, k).
    """
    weights = np.zeros((len(at), len(result.names)))
    for term in terms:
        power = term.factors.count(of)
        if power == 0:
            continue
        rest = list(term.factors)
        rest.remove(of)
        value = np.full(len(at), float(power))
        for factor in rest:
            mean = observed_values(design, factor).mean()
            value = value * (at if factor == over else mean)
        weights[:, result.names.index(term.name)] = value
    return weights


def observed_values(design: Design, name: str) -> np.ndarray:
    """Return a variable's values in the estimation sample."""
    return np.asarray(design.factors[name].to_numpy("float64")[design.observed])


def grid(observed: np.ndarray) -> np.ndarray:
    """Return the observed values where they are few, else a grid over their range.

    The range leaves out 1 % on either side, where few firms are.
    """
    values = np.unique(observed)
    if len(values) <= FEW_VALUES:
        return values
    low, high = np.quantile(observed, [TAIL, 1 - TAIL])
    return np.linspace(low, high, POINTS)
