"""Interactions of a fit -> simple slopes, second differences, Johnson-Neyman bounds."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from alliance_value.models.coefficients import combined_errors, tested
from alliance_value.models.design import Design
from alliance_value.models.estimate import Fit
from alliance_value.models.margins import (
    FEW_VALUES,
    interactions_of,
    observed_values,
    slope_weights,
)
from alliance_value.study.spec import Model
from alliance_value.study.terms import Term


def slopes_table(model: Model, design: Design, result: Fit) -> pd.DataFrame:
    """Return simple slopes of every two-way interaction, both ways round.

    Parameters
    ----------
    model, design, result
        A specification, its rows and its fit.

    Returns
    -------
    pandas.DataFrame
        Rows of the slopes table; no rows without interactions.
    """
    terms, pairs = interactions_of(model, result)
    tables = [
        table
        for of, over in pairs
        for table in (
            simple_slopes(model, design, result, terms, of, over),
            boundaries(model, design, result, terms, of, over),
        )
        if len(table)
    ]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


def simple_slopes(
    model: Model,
    design: Design,
    result: Fit,
    terms: list[Term],
    of: str,
    over: str,
) -> pd.DataFrame:
    """Return the slopes at levels of the other variable, and highest less lowest.

    The levels are the variable's values where it has few, such as 0 and 1; else the
    sample mean and one standard deviation around it, no further than the sample goes.
    """
    observed = observed_values(design, over)
    values = np.unique(observed)
    note = "at its values"
    if len(values) > FEW_VALUES:
        mean, sd = observed.mean(), observed.std(ddof=1)
        around = np.array([mean - sd, mean, mean + sd])
        values, note = np.clip(around, values[0], values[-1]), "mean and 1 s.d. around"
    if model.interactions == "within":
        note = f"less its {{entity}}'s mean, {note}"
    weights = slope_weights(design, result, terms, of, over, values)
    slopes = combination(model, result, weights, of, over).assign(
        kind="slope", at=values, less=np.nan, note=f"{over} {note}"
    )
    if len(values) < 2:
        return slopes
    gap = combination(model, result, weights[-1:] - weights[:1], of, over).assign(
        kind="difference",
        at=values[-1],
        less=values[0],
        note=f"slope at {over} = {values[-1]:.4g} less slope at {values[0]:.4g}",
    )
    return pd.concat([slopes, gap], ignore_index=True)


def combination(
    model: Model, result: Fit, weights: np.ndarray, of: str, over: str
) -> pd.DataFrame:
    """Return linear combinations of estimates with delta-method tests."""
    se = combined_errors(weights, result.covariance)
    table = tested(weights @ result.estimates, se, result.df, model.confidence)
    return table.assign(model=model.name, of=of, over=over)


def boundaries(
    model: Model,
    design: Design,
    result: Fit,
    terms: list[Term],
    of: str,
    over: str,
) -> pd.DataFrame:
    """Return where the effect's confidence interval begins or ceases to hold zero.

    The effect is linear in ``over``, ``g0 + g1 over``: the bounds of the region solve
    ``(b'g)^2 = t^2 g'Vg``, a quadratic (Johnson and Neyman 1936; Bauer and Curran
    2005). Bounds outside the observed range are there too, with a note.
    """
    observed = observed_values(design, over)
    if len(np.unique(observed)) <= FEW_VALUES or squared(terms, of, over):
        return pd.DataFrame()
    g0, g01 = slope_weights(design, result, terms, of, over, np.array([0.0, 1.0]))
    g1 = g01 - g0
    v, b = result.covariance, result.estimates
    t2 = float(stats.t.ppf(0.5 + model.confidence / 2, result.df)) ** 2
    a = (b @ g1) ** 2 - t2 * (g1 @ v @ g1)
    middle = 2 * ((b @ g0) * (b @ g1) - t2 * (g0 @ v @ g1))
    c = (b @ g0) ** 2 - t2 * (g0 @ v @ g0)
    root = middle**2 - 4 * a * c
    if root < 0 or a == 0:
        return pd.DataFrame()
    at = np.sort((-middle + np.array([-1.0, 1.0]) * np.sqrt(root)) / (2 * a))
    low, high = observed.min(), observed.max()
    where = "outside" if a > 0 else "between"
    notes = [
        f"effect differs from zero {where} the bounds"
        + (
            ""
            if low <= x <= high
            else f"; outside the observed {low:.4g} to {high:.4g}"
        )
        for x in at
    ]
    weights = slope_weights(design, result, terms, of, over, at)
    lines = combination(model, result, weights, of, over)
    # what is zero by construction must not differ in its last digits
    sign = np.sign(lines.estimate)
    return lines.assign(
        kind="boundary",
        at=at,
        less=np.nan,
        t=sign * np.sqrt(t2),
        p=1 - model.confidence,
        ci_low=lines.ci_low.where(sign < 0, 0.0),
        ci_high=lines.ci_high.where(sign > 0, 0.0),
        note=notes,
    )


def squared(terms: list[Term], of: str, over: str) -> bool:
    """Return whether a term makes the effect of ``of`` more than linear in ``over``."""
    return any(of in t.factors and t.factors.count(over) > 1 for t in terms)
